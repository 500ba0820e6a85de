"""The settings: sound, language and looks; changes apply and are saved at once."""

from __future__ import annotations

import pygame

from game.ui.scenes.control_settings import ControlSettings
from game.ui.scenes.scene import Arcade, Home, Pop, Push, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.menu import Choice, Menu, with_value
from game.ui.widgets.theme import BACKGROUND, HUMAN, MUTED, TEXT, Font, Theme
from game.ui.widgets.translation import NAMES, percent, say

WAIT_S = 60
# The fields of Preferences that left and right change.
_VALUES = (
    "volume",
    "effects",
    "muted",
    "language",
    "text_size",
    "high_contrast",
    "steady",
)


class Settings:
    """A row for each setting; left and right change it."""

    def __init__(self, arcade: Arcade) -> None:
        self._arcade = arcade
        self._idle_timer = arcade.idle_timer(WAIT_S)
        self._menu = Menu([Choice(key, "") for key in (*_VALUES, "controls", "home")])
        self._label()

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if command is Command.BACK:
            return Pop()
        step = {Command.LEFT: -1, Command.RIGHT: 1}.get(command)
        key = self._menu.current.key
        if step is not None and key in _VALUES:
            self._change(key, step)
        elif command is Command.CONFIRM and key in _VALUES and key not in ("volume", "effects"):
            self._change(key, 1)
        else:
            match self._menu.handle(command):
                case "controls":
                    return Push(ControlSettings(self._arcade))
                case "home":
                    return Pop()
        return None

    def update(self) -> Transition | None:
        self._idle_timer.update()
        self._label()  # the mute key works here too
        return Home() if self._idle_timer.over else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Nothing to clean up: every change was saved at once."""

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        place = (middle, y - theme.px(330))
        title = theme.text(target, say("Settings"), Font.HEADLINE, TEXT, midtop=place)
        rows = pygame.Rect(0, title.bottom + theme.px(20), theme.text_px(520), 0)
        rows.height = target.get_height() - 2 * theme.height(Font.BODY) - theme.px(40) - rows.top
        rows.centerx = middle
        rows.height = self._menu.draw(target, rows, HUMAN, theme, centred=True)
        words = self._arcade.speaker.problem or say("Left/right to change a value")
        theme.text(target, words, Font.BODY, MUTED, midtop=(middle, rows.bottom + theme.px(6)))
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _change(self, key: str, step: int) -> None:
        self._arcade.prefer(self._arcade.preferences.stepped(key, step))

    def _label(self) -> None:
        now = self._arcade.preferences
        labels = {
            "volume": with_value(say("Volume"), now.volume),
            "effects": with_value(say("Menu sounds"), now.effects),
            "muted": with_value(say("Sound"), _on(not now.muted)),
            "language": with_value(say("Language"), NAMES[now.language]),
            "text_size": with_value(say("Text size"), percent(now.text_size)),
            "high_contrast": with_value(say("High contrast"), _on(now.high_contrast)),
            "steady": with_value(say("Reduced flashing"), _on(now.steady)),
            "controls": say("Controls"),
            "home": say("Back"),
        }
        for choice in self._menu.choices:
            choice.label = labels[choice.key]


def _on(value: bool) -> str:
    return say("on") if value else say("off")
