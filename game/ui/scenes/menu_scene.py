"""What pages of menus share: they go home when nobody is there, and their rows change values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar

import pygame

from game.ui.scenes.scene import Arcade, Home, Pop, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.idle_timer import IdleTimer
from game.ui.widgets.menu import Choice, Menu
from game.ui.widgets.theme import HUMAN, Font, Theme

STEPS = {Command.LEFT: -1, Command.RIGHT: 1}


class IdleScene:
    """A page that returns to the title when its idle timer is over."""

    def __init__(self, idle_timer: IdleTimer) -> None:
        self._idle_timer = idle_timer

    def update(self) -> Transition | None:
        self._idle_timer.update()
        self._follow()
        return Home() if self._idle_timer.over else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Nothing to clean up: every change was saved at once."""

    def _follow(self) -> None:
        """Take over what has changed elsewhere since the last frame."""


class MenuScene(IdleScene, ABC):
    """A menu whose rows open something or have a value that left, right and fire change."""

    values: ClassVar[tuple[str, ...]] = ()  # rows that are fields of Preferences
    scales: ClassVar[tuple[str, ...]] = ()  # those of them that fire does not change

    def __init__(self, arcade: Arcade, idle_timer: IdleTimer, keys: Iterable[str]) -> None:
        """Show a row for each of `keys`."""
        super().__init__(idle_timer)
        self._arcade = arcade
        self._menu = self._made(keys)
        self._label()

    def _made(self, keys: Iterable[str]) -> Menu:
        """Return a menu with a row for each of `keys`, without their texts."""
        return Menu([Choice(key, "") for key in keys])

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if self._renew_rows():
            return None  # the press was meant for a row that is there no more
        if command is Command.BACK:
            return self._back()
        step = STEPS.get(command)
        changes = step is not None or command is Command.CONFIRM
        if changes and self._change(self._menu.current.key, step):
            self._label()
            return None
        return self._chosen(self._menu.handle(command))

    def controls(self) -> Sequence[Control]:
        return self._menu.controls()

    def _follow(self) -> None:
        self._renew_rows()

    def _keys_now(self) -> Sequence[str] | None:
        """Return the rows that there have to be by now, None where they never change."""
        return None

    def _renew_rows(self) -> bool:
        """Show the rows that there have to be; return whether they are others than before."""
        keys = self._keys_now()
        if keys is None or list(keys) == [choice.key for choice in self._menu.choices]:
            return False
        self._renew(keys)
        return True

    def _back(self) -> Transition:
        """Return where the button back leads."""
        return Pop()

    def _change(self, key: str, step: int | None) -> bool:
        """Move the value of row `key` by `step`, None for fire; return whether it has a value."""
        if key not in self.values or (step is None and key in self.scales):
            return False
        self._arcade.prefer(self._arcade.preferences.stepped(key, step or 1))
        return True

    def _draw_rows(
        self, target: pygame.Surface, top: int, units: float, theme: Theme
    ) -> pygame.Rect:
        """Draw the rows below `top`, `units` wide, with room for two lines; return where."""
        rows = pygame.Rect(0, top, theme.text_px(units), 0)
        rows.width = min(rows.width, target.get_width() - 2 * theme.px(40))
        rows.height = target.get_height() - 2 * theme.height(Font.BODY) - theme.px(40) - top
        rows.centerx = target.get_rect().centerx
        rows.height = self._menu.draw(target, rows, HUMAN, theme, centred=True)
        return rows

    @abstractmethod
    def _chosen(self, key: str | None) -> Transition | None:
        """Return where the confirmed row `key` leads, None if none was or it leads nowhere."""

    @abstractmethod
    def _labels(self) -> dict[str, str]:
        """Return the text of each row."""

    def _label(self) -> None:
        labels = self._labels()
        for choice in self._menu.choices:
            choice.label = labels[choice.key]

    def _renew(self, keys: Iterable[str]) -> None:
        """Show rows for `keys`; the mark stays where it is, if that row is still there."""
        marked = self._menu.current.key
        self._menu = self._made(keys)
        there = [choice.key for choice in self._menu.choices]
        self._menu.index = there.index(marked) if marked in there else 0
        self._label()
