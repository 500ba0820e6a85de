"""Arrows beside what left and right change."""

from __future__ import annotations

import pygame

from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.control import target as finger_target
from game.ui.widgets.theme import HUMAN, Colour, Theme

HALF = 7  # units from an arrow's middle to its tip
ASIDE = 34  # units from a text's end to the middle of its arrow


def draw_arrow(
    target: pygame.Surface, centre: tuple[int, int], way: int, colour: Colour, theme: Theme
) -> None:
    """Draw an arrow to the left (`way` -1) or to the right (1)."""
    x, y = centre
    size = theme.px(HALF)
    points = [(x + way * size, y), (x - way * size // 2, y - size), (x - way * size // 2, y + size)]
    pygame.draw.polygon(target, theme.ink(colour), points)


def side_arrows(
    target: pygame.Surface, rect: pygame.Rect, name: str, labels: tuple[str, str], theme: Theme
) -> list[Control]:
    """Draw an arrow at each side of a text in `rect`; return what they are for a pointer.

    Their keys begin with `name`; `labels` say what the left and the right one do.
    """
    gap, arrows = theme.px(ASIDE), []
    sides = ((rect.left - gap, -1, Command.LEFT), (rect.right + gap, 1, Command.RIGHT))
    for (x, way, command), label in zip(sides, labels, strict=True):
        draw_arrow(target, (x, rect.centery), way, HUMAN, theme)
        around = pygame.Rect(0, 0, gap, rect.height)
        around.center = (x, rect.centery)
        arrows.append(Control(f"{name} {way}", finger_target(around, theme), command, label))
    return arrows
