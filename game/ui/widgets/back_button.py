"""The button that leaves a page which has no row for it."""

from __future__ import annotations

import pygame

from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.theme import TEXT, Font, Theme
from game.ui.widgets.translation import say

WIDTH, HEIGHT, INSET = 150, 48, 20  # units


def draw_back(target: pygame.Surface, theme: Theme, words: str | None = None) -> Control:
    """Draw the button into the upper left corner; return its control.

    It says `words` where the page is left with another outcome than usual.
    """
    words = say("Back") if words is None else words
    inset, size = theme.px(INSET), theme.px(8)
    x = inset + theme.px(22)
    width = max(theme.text_px(WIDTH), x + 4 * size + theme.width(words, Font.BODY) - inset)
    rect = pygame.Rect(inset, inset, width, theme.text_px(HEIGHT))
    theme.panel(target, rect)
    y = rect.centery
    arrow = [(x - size, y), (x + size // 2, y - size), (x + size // 2, y + size)]
    pygame.draw.polygon(target, theme.ink(TEXT), arrow)
    room, left = rect.right - x - 3 * size, (x + 2 * size, y)
    theme.text(target, words, Font.BODY, TEXT, room, midleft=left)
    return Control("back", rect, Command.BACK, words)
