"""The sign of each of two people: a shape and a number, so that no colour alone tells them."""

from __future__ import annotations

import pygame

from game.ui.widgets.theme import BACKGROUND, PEOPLE, Font, Theme

SIZE = 30  # units, across


def draw_badge(
    target: pygame.Surface, centre: tuple[int, int], person: int, theme: Theme
) -> pygame.Rect:
    """Draw the sign of a person: the first, 0, is a disc and the second, 1, a square."""
    box = pygame.Rect(0, 0, theme.text_px(SIZE), theme.text_px(SIZE))
    box.center = centre
    if person == 0:
        pygame.draw.circle(target, theme.ink(PEOPLE[0]), box.center, box.width // 2)
    else:
        theme.box(target, box, PEOPLE[person], radius=4)
    theme.text(target, f"{person + 1}", Font.BODY, BACKGROUND, box.width, center=box.center)
    return box
