"""The control settings: keys, gamepads, and what makes playing easier."""

from __future__ import annotations

import dataclasses

import pygame

from game.ui.scenes.remap import Remap
from game.ui.scenes.scene import Arcade, Home, Pop, Push, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.menu import Choice, Menu, with_value
from game.ui.widgets.theme import BACKGROUND, HUMAN, MUTED, TEXT, Font, Theme
from game.ui.widgets.translation import percent, say

WAIT_S = 60
# The fields of Preferences that left and right change.
_VALUES = ("dead_zone", "auto_fire", "speed")


class ControlSettings:
    """A row for each setting; left and right change it, the bottom line explains it."""

    def __init__(self, arcade: Arcade) -> None:
        self._arcade = arcade
        self._idle_timer = arcade.idle_timer(WAIT_S)
        self._pads: list[str] = []
        self._menu = Menu(self._choices())
        self._label()

    def _choices(self) -> list[Choice]:
        """Return the rows, one of them for each kind of pad that is connected."""
        self._pads = list(dict.fromkeys(self._arcade.controls.pad_names))
        keys = ("keyboard", "gamepads", *_VALUES, *map(_row, self._pads), "back")
        return [Choice(key, "") for key in keys]

    def _switch(self, pad: str) -> None:
        """Ignore the pads called `pad`, or use them again."""
        now = self._arcade.preferences
        ignored = {**now.ignored_pads, pad: not now.ignored_pads.get(pad, False)}
        kept = {name: True for name, left_out in ignored.items() if left_out}
        self._arcade.prefer(dataclasses.replace(now, ignored_pads=kept))
        self._label()

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if command is Command.BACK:
            return Pop()
        step = {Command.LEFT: -1, Command.RIGHT: 1}.get(command)
        key = self._menu.current.key
        switched = key == "auto_fire" and command is Command.CONFIRM
        if switched or (key in _VALUES and step is not None):
            self._arcade.prefer(self._arcade.preferences.stepped(key, step or 1))
            self._label()
            return None
        for pad in self._pads:
            if key == _row(pad) and (step is not None or command is Command.CONFIRM):
                self._switch(pad)
                return None
        match self._menu.handle(command):
            case "keyboard":
                return Push(Remap(self._arcade))
            case "gamepads":
                return Push(Remap(self._arcade, gamepad=True))
            case "back":
                return Pop()
        return None

    def update(self) -> Transition | None:
        self._idle_timer.update()
        if self._pads != list(dict.fromkeys(self._arcade.controls.pad_names)):
            at = self._menu.current.key
            self._menu = Menu(self._choices())
            keys = [choice.key for choice in self._menu.choices]
            self._menu.index = keys.index(at) if at in keys else 0
            self._label()
        return Home() if self._idle_timer.over else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Nothing to clean up: every change was saved at once."""

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        place = (middle, y - theme.px(260))
        title = theme.text(target, say("Controls"), Font.HEADLINE, TEXT, midtop=place)
        rows = pygame.Rect(0, title.bottom + theme.px(40), theme.text_px(560), 0)
        rows.centerx = middle
        foot = rows.top + self._menu.draw(target, rows, HUMAN, theme, centred=True) + theme.px(30)
        theme.text(target, self._hint(), Font.BODY, MUTED, midtop=(middle, foot))
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _hint(self) -> str:
        """Return the explanation of the marked row."""
        hints = {
            "keyboard": say("Change the keys for left, right, fire and pause"),
            "gamepads": say("Change the buttons for left, right, fire and pause"),
            "dead_zone": say("How far the stick must move before it counts"),
            "auto_fire": say("The cannon fires automatically. These games are ranked separately"),
            "speed": say("Solo play only. Slower games are silent and not ranked"),
        }
        left_out = say("Ignore a device that sends input by itself, such as pedals")
        pads = dict.fromkeys(map(_row, self._pads), left_out)
        return (hints | pads).get(self._menu.current.key, "")

    def _label(self) -> None:
        now = self._arcade.preferences
        labels = {
            "keyboard": say("Keyboard"),
            "gamepads": say("Gamepads"),
            "dead_zone": with_value(say("Dead zone"), percent(now.dead_zone)),
            "auto_fire": with_value(say("Auto-fire"), say("on") if now.auto_fire else say("off")),
            "speed": with_value(say("Practice speed"), percent(now.speed)),
            "back": say("Back"),
        }
        for pad in self._pads:
            state = say("ignored") if now.ignored_pads.get(pad) else say("active")
            labels[_row(pad)] = with_value(pad, state)
        for choice in self._menu.choices:
            choice.label = labels[choice.key]


def _row(pad: str) -> str:
    """Return the key of the row for the pads called `pad`."""
    return f"pad {pad}"
