"""A timer that returns a menu to the title when nobody is there any more."""

from __future__ import annotations

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.ui.widgets.theme import LINE, MUTED, Font, Theme
from game.ui.widgets.translation import say

SHOWN_S = 10  # the countdown is shown for the last so many seconds


class IdleTimer:
    """A timer that restarts with every press, and shows its last seconds."""

    def __init__(self, seconds: float, stands: bool = False) -> None:
        """Give somebody `seconds`; one that `stands` is never over."""
        self._full = round(seconds * FRAMES_PER_SECOND)
        self._left = self._full
        self._stands = stands

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self._left <= 0

    def renew(self) -> None:
        """Restart the timer."""
        self._left = self._full

    def update(self) -> None:
        """Advance by one frame."""
        if not self._stands:
            self._left -= 1

    def draw(self, target: pygame.Surface, theme: Theme, what: str) -> None:
        """Show at the bottom when `what` will happen, during the last seconds."""
        window = target.get_rect()
        seconds = -(-self._left // FRAMES_PER_SECOND)
        if seconds > SHOWN_S:
            return
        y = window.bottom - theme.px(22)
        words = say("{what} in {seconds} s", what=what, seconds=max(0, seconds))
        placed = theme.text(target, words, Font.BODY, MUTED, midbottom=(window.centerx, y))
        bar = pygame.Rect(0, placed.bottom + theme.px(4), theme.px(260), theme.px(4))
        bar.centerx = window.centerx
        share = max(0.0, min(1.0, self._left / (SHOWN_S * FRAMES_PER_SECOND)))
        theme.box(target, bar, LINE, radius=2)
        bar.width = max(1, round(bar.width * share))
        theme.box(target, bar, MUTED, radius=2)
