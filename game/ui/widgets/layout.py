"""The layout of a match in a window of any size."""

from __future__ import annotations

from dataclasses import dataclass

import pygame

from game.ui.widgets.game_picture import largest_picture
from game.ui.widgets.theme import GAP, Font, Theme

HEADER = 84  # units
SIDE_HEADER = 114
LOWEST_PANEL = 168  # at 1280 x 720 each of two pictures then keeps two pixels a line
SPARE_PANEL = 120  # extra height of the panels where there is room


@dataclass(frozen=True)
class SeatLayout:
    """The rectangles of one seat's picture, score and panel."""

    picture: pygame.Rect
    score: pygame.Rect
    panel: pygame.Rect


def header_height(theme: Theme) -> int:
    """Return the height of a name above a score, which grows with the text."""
    return max(theme.px(HEADER), theme.height(Font.MENU) + theme.height(Font.SCORE) + theme.px(4))


def single_layout(theme: Theme) -> SeatLayout:
    """One cabinet: the picture beside a column with score and panel."""
    gap = theme.px(GAP)
    window = pygame.Rect((0, 0), theme.size)
    area = window.inflate(-2 * gap, -2 * gap)
    column_width = min(max(theme.px(360), round(area.width * 0.3)), theme.px(520))
    picture = largest_picture(
        pygame.Rect(area.left, area.top, area.width - column_width - gap, area.height)
    )
    picture.left = (window.width - picture.width - gap - column_width) // 2
    column = pygame.Rect(picture.right + gap, picture.top, column_width, picture.height)
    side_header = max(theme.px(SIDE_HEADER), header_height(theme) + theme.px(20))
    score = pygame.Rect(column.topleft, (column.width, side_header))
    panel = pygame.Rect(column.left, score.bottom + gap, column.width, 0)
    panel.height = column.bottom - panel.top
    return SeatLayout(picture, score, panel)


def pair_layout(theme: Theme) -> tuple[SeatLayout, SeatLayout, pygame.Rect]:
    """Two cabinets: scores above, pictures side by side, panels below; and the clock's place."""
    gap = theme.px(GAP)
    window = pygame.Rect((0, 0), theme.size)
    area = window.inflate(-2 * gap, -2 * gap)
    header, spare = header_height(theme), theme.px(SPARE_PANEL)
    # Where the text is large, the panels give way and not the pictures.
    lowest = theme.px(LOWEST_PANEL) - (header - theme.px(HEADER))
    room = pygame.Rect(0, 0, (area.width - gap) // 2, area.height - header - lowest - 2 * gap)
    picture = largest_picture(room)
    slack = max(0, room.height - picture.height)
    panel_height = lowest + min(slack, spare)
    top = area.top + max(0, slack - spare) // 2
    middle = window.centerx

    def seat(left: int) -> SeatLayout:
        place = pygame.Rect((left, top + header + gap), picture.size)
        return SeatLayout(
            picture=place,
            score=pygame.Rect(left, top, place.width, header),
            panel=pygame.Rect(left, place.bottom + gap, place.width, panel_height),
        )

    clock = pygame.Rect(0, top, theme.px(300), header)
    clock.centerx = middle
    return seat(middle - gap // 2 - picture.width), seat(middle + gap // 2), clock
