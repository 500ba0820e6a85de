"""The button that leaves a page which has no row for it."""

from __future__ import annotations

import pygame

from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.theme import TEXT, Font, Theme
from game.ui.widgets.translation import say

WIDTH, HEIGHT, INSET = 150, 48, 20  # units


def draw_back(target: pygame.Surface, theme: Theme) -> Control:
    """Draw the button into the upper left corner; return its control."""
    inset = theme.px(INSET)
    rect = pygame.Rect(inset, inset, theme.text_px(WIDTH), theme.text_px(HEIGHT))
    theme.panel(target, rect)
    x, y, size = rect.left + theme.px(22), rect.centery, theme.px(8)
    arrow = [(x - size, y), (x + size // 2, y - size), (x + size // 2, y + size)]
    pygame.draw.polygon(target, theme.ink(TEXT), arrow)
    room, left = rect.right - x - 3 * size, (x + 2 * size, y)
    theme.text(target, say("Back"), Font.BODY, TEXT, room, midleft=left)
    return Control("back", rect, Command.BACK, say("Back"))
