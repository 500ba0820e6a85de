"""Asks before something is done that cannot be missed or is tedious to put right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pygame

from game.ui.scenes.menu_scene import IdleScene
from game.ui.scenes.scene import Pop, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.idle_timer import IdleTimer
from game.ui.widgets.menu import Choice, Menu
from game.ui.widgets.theme import BACKGROUND, HUMAN, TEXT, Font, Theme
from game.ui.widgets.translation import say

WAIT_S = 60
WIDTH = 760  # units


class Question(IdleScene):
    """A question with two answers; whoever presses on without reading changes nothing."""

    def __init__(self, words: str, yes: str, do: Callable[[], Transition | None]) -> None:
        """Ask `words`; the answer `yes` does `do`, which may lead elsewhere than back."""
        super().__init__(IdleTimer(WAIT_S))
        self._words = words
        self._do = do
        self._menu = Menu([Choice("no", say("Cancel")), Choice("yes", yes)])

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        answer = "no" if command is Command.BACK else self._menu.handle(command)
        if answer == "yes":
            return self._do() or Pop()
        return Pop() if answer == "no" else None

    def controls(self) -> Sequence[Control]:
        return self._menu.controls()

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        box = pygame.Rect(0, 0, theme.text_px(WIDTH), self._menu.height(theme) + theme.px(120))
        box.width = min(box.width, target.get_width() - 2 * theme.px(20))
        box.center = target.get_rect().center
        theme.panel(target, box)
        head, room = (box.centerx, box.top + theme.px(20)), box.width - theme.px(40)
        theme.text(target, self._words, Font.MENU, TEXT, room, midtop=head)
        rows = box.inflate(-theme.px(60), 0)
        rows.height = self._menu.height(theme)
        rows.bottom = box.bottom - theme.px(24)
        self._menu.draw(target, rows, HUMAN, theme, centred=True)
        self._idle_timer.draw(target, theme, say("Main menu"))
