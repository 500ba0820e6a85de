"""Arrows beside what left and right change."""

from __future__ import annotations

import pygame

from game.ui.widgets.theme import Colour, Theme

HALF = 7  # units from an arrow's middle to its tip


def draw_arrow(
    target: pygame.Surface, centre: tuple[int, int], way: int, colour: Colour, theme: Theme
) -> None:
    """Draw an arrow to the left (`way` -1) or to the right (1)."""
    x, y = centre
    size = theme.px(HALF)
    points = [(x + way * size, y), (x - way * size // 2, y - size), (x - way * size // 2, y + size)]
    pygame.draw.polygon(target, theme.ink(colour), points)
