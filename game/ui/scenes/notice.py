"""A message to a person; any press goes back."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.ui.scenes.menu_scene import IdleScene
from game.ui.scenes.scene import Pop, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control, anywhere
from game.ui.widgets.idle_timer import IdleTimer
from game.ui.widgets.theme import BACKGROUND, MUTED, TEXT, Font, Theme
from game.ui.widgets.translation import say

WAIT_S = 20


class Notice(IdleScene):
    """Shows `words`, and goes back to the scene below."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(IdleTimer(WAIT_S))

    def handle(self, command: Command) -> Transition | None:
        return Pop()

    def controls(self) -> Sequence[Control]:
        return anywhere(Command.CONFIRM, say("Back"))

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        window = target.get_rect()
        lines = theme.wrap(self.words, Font.MENU, window.width - theme.px(160))
        y = window.centery - len(lines) * theme.height(Font.MENU) // 2
        for line in lines:
            place = (window.centerx, y)
            y = theme.text(target, line, Font.MENU, TEXT, midtop=place).bottom
        foot = (window.centerx, y + theme.px(40))
        theme.text(target, say("Press any button to go back"), Font.MENU, MUTED, midtop=foot)
        self._idle_timer.draw(target, theme, say("Main menu"))
