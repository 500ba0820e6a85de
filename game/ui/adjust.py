"""Settings: volumes, heard at once and found again."""

from __future__ import annotations

import pygame

from game.ui.controls import Command
from game.ui.menu import Choice, Menu
from game.ui.patience import Patience
from game.ui.scene import Arcade, Home, Transition
from game.ui.theme import BACKGROUND, HUMAN, MUTED, TEXT, Font, Theme

WAIT_S = 60


class Adjust:
    """A row for each setting; left and right change it."""

    def __init__(self, arcade: Arcade) -> None:
        self._arcade = arcade
        self._patience = Patience(WAIT_S)
        self._menu = Menu([Choice(key, "") for key in ("volume", "effects", "muted", "home")])
        self._label()

    def handle(self, command: Command) -> Transition | None:
        self._patience.renew()
        if command is Command.BACK:
            return Home()
        step = {Command.LEFT: -1, Command.RIGHT: 1}.get(command)
        key = self._menu.current.key
        if step is not None and key != "home":
            self._change(key, step)
        elif self._menu.handle(command) == "home":
            return Home()
        elif command is Command.CONFIRM and key == "muted":
            self._change(key, 1)
        return None

    def update(self) -> Transition | None:
        self._patience.update()
        self._label()  # the mute key works here too
        return Home() if self._patience.over else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Nothing to put in order: every change was kept at once."""

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(BACKGROUND)
        middle, y = target.get_rect().center
        title = theme.text(
            target, "Settings", Font.HEADLINE, TEXT, midtop=(middle, y - theme.px(260))
        )
        rows = pygame.Rect(0, title.bottom + theme.px(40), theme.px(520), 0)
        rows.centerx = middle
        self._menu.draw(target, rows, HUMAN, theme, centred=True)
        words = self._arcade.speaker.problem or "Left and right change a value"
        foot = rows.top + self._menu.height(theme) + theme.px(30)
        theme.text(target, words, Font.BODY, MUTED, midtop=(middle, foot))
        self._patience.draw(target, theme, "Title")

    def _change(self, key: str, step: int) -> None:
        self._arcade.prefer(self._arcade.preferences.stepped(key, step))

    def _label(self) -> None:
        now = self._arcade.preferences
        labels = (
            f"Volume   <  {now.volume}  >",
            f"Menu sounds   <  {now.effects}  >",
            f"Sound   <  {'off' if now.muted else 'on'}  >",
            "Title",
        )
        for choice, label in zip(self._menu.choices, labels, strict=True):
            choice.label = label
