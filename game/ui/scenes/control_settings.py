"""The control settings: keys, gamepads, and what makes playing easier."""

from __future__ import annotations

import dataclasses

import pygame

from game.ui.scenes.menu_scene import MenuScene
from game.ui.scenes.remap import Remap
from game.ui.scenes.scene import Arcade, Pop, Push, Transition
from game.ui.widgets.menu import with_value
from game.ui.widgets.theme import BACKGROUND, HUMAN, MUTED, TEXT, Font, Theme
from game.ui.widgets.translation import on_off, percent, say

WAIT_S = 60
# The fields of Preferences that left and right change.
_VALUES = ("dead_zone", "rumble", "kiosk_rumble", "auto_fire", "one_switch", "speed")
_OF_NEW_GAMES = ("auto_fire", "one_switch", "speed")  # those that a game keeps to its end


class ControlSettings(MenuScene):
    """A row for each setting; left and right change it, the bottom line explains it."""

    values = _VALUES
    scales = ("dead_zone", "speed")

    def __init__(self, arcade: Arcade, match_waits: bool = False) -> None:
        """Offer all of it, or while a `match_waits` below what can change in the middle of one."""
        self._arcade = arcade
        self._match_waits = match_waits
        self._pads = _pad_names(arcade)
        super().__init__(arcade, arcade.idle_timer(WAIT_S, stands=match_waits), self._keys())

    def _keys(self) -> tuple[str, ...]:
        """Return the rows, one of them for each kind of pad that is connected."""
        hidden = {"rumble" if self._arcade.options.kiosk else "kiosk_rumble"}
        if self._match_waits:
            hidden.update(_OF_NEW_GAMES)
        values = [key for key in _VALUES if key not in hidden]
        return ("keyboard", "gamepads", *values, *map(_row, self._pads), "back")

    def _change(self, key: str, step: int | None) -> bool:
        for pad in self._pads:
            if key == _row(pad):
                self._switch(pad)
                return True
        return super()._change(key, step)

    def _switch(self, pad: str) -> None:
        """Ignore the pads called `pad`, or use them again."""
        now = self._arcade.preferences
        ignored = {**now.ignored_pads, pad: not now.ignored_pads.get(pad, False)}
        kept = {name: True for name, left_out in ignored.items() if left_out}
        self._arcade.prefer(dataclasses.replace(now, ignored_pads=kept))

    def _chosen(self, key: str | None) -> Transition | None:
        match key:
            case "keyboard":
                return Push(Remap(self._arcade, match_waits=self._match_waits))
            case "gamepads":
                return Push(Remap(self._arcade, True, self._match_waits))
            case "back":
                return Pop()
        return None

    def _follow(self) -> None:
        pads = _pad_names(self._arcade)
        if self._pads != pads:
            self._pads = pads
            self._renew(self._keys())

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        place = (middle, y - theme.px(260))
        title = theme.text(target, say("Controls"), Font.HEADLINE, TEXT, midtop=place)
        rows = pygame.Rect(0, title.bottom + theme.px(40), theme.text_px(560), 0)
        rows.centerx = middle
        # Rows that leave the hint no room, as large ones with many gamepads do, are scrolled.
        rows.height = target.get_height() - rows.top - theme.px(40) - theme.height(Font.BODY)
        foot = rows.top + self._menu.draw(target, rows, HUMAN, theme, centred=True) + theme.px(30)
        theme.text(target, self._hint(), Font.BODY, MUTED, midtop=(middle, foot))
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _hint(self) -> str:
        """Return the explanation of the marked row."""
        hints = {
            "keyboard": say("Change the keys for left, right, fire and pause"),
            "gamepads": say("Change the buttons for left, right, fire and pause"),
            "dead_zone": say("How far the stick must move before it counts"),
            "rumble": say("The gamepad shakes when you lose a life"),
            "kiosk_rumble": say("The gamepad shakes when you lose a life"),
            "auto_fire": say("The cannon fires automatically. These games are ranked separately"),
            "one_switch": say("The cannon and the menus move by themselves. Ranked separately"),
            "speed": say("Solo play only. Slower games are silent and not ranked"),
        }
        left_out = say("Ignore a device that sends input by itself, such as pedals")
        pads = dict.fromkeys(map(_row, self._pads), left_out)
        return (hints | pads).get(self._menu.current.key, "")

    def _labels(self) -> dict[str, str]:
        now = self._arcade.preferences
        labels = {
            "keyboard": say("Keyboard"),
            "gamepads": say("Gamepads"),
            "dead_zone": with_value(say("Dead zone"), percent(now.dead_zone)),
            "rumble": with_value(say("Rumble"), on_off(now.rumble)),
            "kiosk_rumble": with_value(say("Rumble"), on_off(now.kiosk_rumble)),
            "auto_fire": with_value(say("Auto-fire"), on_off(now.auto_fire)),
            "one_switch": with_value(say("One button"), on_off(now.one_switch)),
            "speed": with_value(say("Practice speed"), percent(now.speed)),
            "back": say("Back"),
        }
        for pad in self._pads:
            state = say("ignored") if now.ignored_pads.get(pad) else say("active")
            labels[_row(pad)] = with_value(pad, state)
        return labels


def _row(pad: str) -> str:
    """Return the key of the row for the pads called `pad`."""
    return f"pad {pad}"


def _pad_names(arcade: Arcade) -> list[str]:
    """Return the names of the connected pads, each once."""
    return list(dict.fromkeys(arcade.controls.pad_names))
