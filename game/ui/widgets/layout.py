"""The layout of a match in a window of any size."""

from __future__ import annotations

from dataclasses import dataclass

import pygame

from game.ui.widgets.game_picture import largest_picture
from game.ui.widgets.theme import GAP, Font, Theme

HEADER = 84  # units
SIDE_HEADER = 114
UPRIGHT_PANEL = 340  # below a single picture in a window that is higher than wide
LOWEST_PANEL = 168  # at 1280 x 720 each of two pictures then keeps two pixels a line
SPARE_PANEL = 120  # extra height of the panels where there is room
WIDE_PX = 1600  # pixels from which on the engineer's panel stands beside the pictures
COLUMN, WIDEST_COLUMN = 300, 520  # units, of that panel
FOCUS_COLUMN, INSET, INSET_HEIGHT = 446, 0.75, 190  # units, and a share, of the column in focus


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
    """One cabinet: the picture beside a column with score and panel, or between them if upright."""
    gap = theme.px(GAP)
    window = pygame.Rect((0, 0), theme.size)
    area = window.inflate(-2 * gap, -2 * gap)
    if window.height > window.width:
        return _upright(area, theme)
    column_width = min(max(theme.px(360), round(area.width * 0.3)), theme.px(520))
    picture = largest_picture(
        pygame.Rect(area.left, area.top, area.width - column_width - gap, area.height)
    )
    picture.left = (window.width - picture.width - gap - column_width) // 2
    column = pygame.Rect(picture.right + gap, picture.top, column_width, picture.height)
    score = pygame.Rect(column.topleft, (column.width, _side_header(theme)))
    panel = pygame.Rect(column.left, score.bottom + gap, column.width, 0)
    panel.height = column.bottom - panel.top
    return SeatLayout(picture, score, panel)


def _upright(area: pygame.Rect, theme: Theme) -> SeatLayout:
    """Score, picture and panel, one below the other in the middle of `area`."""
    gap, header = theme.px(GAP), _side_header(theme)
    rest = area.height - header - 2 * gap
    picture = largest_picture(pygame.Rect(0, 0, area.width, rest - _lowest_panel(theme)))
    height = min(rest - picture.height, theme.text_px(UPRIGHT_PANEL))
    score = pygame.Rect(area.left, 0, area.width, header)
    score.top = area.top + (rest - picture.height - height) // 2
    picture.midtop = (area.centerx, score.bottom + gap)
    panel = pygame.Rect(area.left, picture.bottom + gap, area.width, height)
    return SeatLayout(picture, score, panel)


def _side_header(theme: Theme) -> int:
    """Return the height of the panel with the score of one cabinet."""
    return max(theme.px(SIDE_HEADER), header_height(theme) + theme.px(20))


@dataclass(frozen=True)
class PairLayout:
    """The rectangles of two or three seats, of the clock, and of the thoughts."""

    seats: tuple[SeatLayout, ...]
    clock: pygame.Rect
    thoughts: pygame.Rect | None = None  # the engineer's column beside the pictures


def pair_layout(theme: Theme, engineer: bool = False, focus: bool = False) -> PairLayout:
    """Two cabinets: beside each other, or one above the other in a window that is higher than wide.

    For an `engineer` a wide window has a column for the network's thoughts. With `focus` the first
    picture is as large as it can be, and the other one small beside it.
    """
    gap = theme.px(GAP)
    window = pygame.Rect((0, 0), theme.size)
    area = window.inflate(-2 * gap, -2 * gap)
    if window.height > window.width:
        return _stacked(area, theme)
    if focus:
        return _focused(area, theme)
    pair = _side_by_side(area, theme)
    if not engineer or window.width < WIDE_PX:
        return pair
    taken = pair.seats[1].picture.right - pair.seats[0].picture.left
    width = max(theme.px(COLUMN), min(area.width - taken - gap, theme.px(WIDEST_COLUMN)))
    column = pygame.Rect(0, area.top, width, area.height)
    column.right = area.right
    pictures = area.copy()
    pictures.width = column.left - gap - area.left
    pair = _side_by_side(pictures, theme)
    return PairLayout(pair.seats, pair.clock, column)


def row_layout(theme: Theme, count: int) -> PairLayout:
    """Three cabinets or more: in a row below the clock, or below each other in a high window."""
    gap = theme.px(GAP)
    window = pygame.Rect((0, 0), theme.size)
    area = window.inflate(-2 * gap, -2 * gap)
    if window.height > window.width:
        return _stacked(area, theme, count)
    header, lowest = header_height(theme), _lowest_panel(theme)
    clock = pygame.Rect(0, area.top, theme.px(420), header)
    clock.centerx = area.centerx
    top = clock.bottom + gap // 2
    room = pygame.Rect(0, 0, (area.width - gap * (count - 1)) // count, 0)
    room.height = area.bottom - top - header - lowest - 2 * gap
    picture = largest_picture(room)
    slack = max(0, room.height - picture.height)
    panel_height = lowest + min(slack, theme.px(SPARE_PANEL))

    def seat(number: int) -> SeatLayout:
        place = picture.copy()
        place.centerx = area.left + number * (room.width + gap) + room.width // 2
        place.top = top + header + gap
        return SeatLayout(
            picture=place,
            score=pygame.Rect(place.left, top, place.width, header),
            panel=pygame.Rect(place.left, place.bottom + gap, place.width, panel_height),
        )

    return PairLayout(tuple(seat(number) for number in range(count)), clock)


def _side_by_side(area: pygame.Rect, theme: Theme) -> PairLayout:
    """Scores above, pictures side by side, panels below."""
    gap = theme.px(GAP)
    header, spare = header_height(theme), theme.px(SPARE_PANEL)
    lowest = _lowest_panel(theme)
    room = pygame.Rect(0, 0, (area.width - gap) // 2, area.height - header - lowest - 2 * gap)
    picture = largest_picture(room)
    slack = max(0, room.height - picture.height)
    panel_height = lowest + min(slack, spare)
    top = area.top + max(0, slack - spare) // 2
    middle = area.centerx

    def seat(left: int) -> SeatLayout:
        place = pygame.Rect((left, top + header + gap), picture.size)
        return SeatLayout(
            picture=place,
            score=pygame.Rect(left, top, place.width, header),
            panel=pygame.Rect(left, place.bottom + gap, place.width, panel_height),
        )

    clock = pygame.Rect(0, top, theme.px(300), header)
    clock.centerx = middle
    return PairLayout((seat(middle - gap // 2 - picture.width), seat(middle + gap // 2)), clock)


def _focused(area: pygame.Rect, theme: Theme) -> PairLayout:
    """The first picture large; in a column beside it the other one, and both panels."""
    gap, header = theme.px(GAP), header_height(theme)
    column = min(max(theme.text_px(FOCUS_COLUMN), area.width // 3), theme.text_px(WIDEST_COLUMN))
    room = pygame.Rect(0, 0, area.width - column - gap, area.height - header - gap)
    picture = largest_picture(room)
    left = area.left + (area.width - column - gap - picture.width) // 2
    top = area.top + (area.height - header - gap - picture.height) // 2
    picture.topleft = left, top + header + gap
    side = pygame.Rect(picture.right + gap, top, column, picture.bottom - top)
    inset = largest_picture(pygame.Rect(0, 0, round(column * INSET), theme.px(INSET_HEIGHT)))
    inset.topleft = side.left, side.top + header + gap // 2
    height = (side.bottom - inset.bottom - 2 * gap) // 2
    thoughts = pygame.Rect(side.left, inset.bottom + gap, column, height)
    mine = thoughts.move(0, height + gap)
    score = pygame.Rect(left, top, picture.width, header)
    clock = pygame.Rect(0, top, theme.px(300), header)
    clock.right = picture.right
    return PairLayout(
        (
            SeatLayout(picture, score, mine),
            SeatLayout(inset, pygame.Rect(side.left, side.top, column, header), thoughts),
        ),
        clock,
    )


def _stacked(area: pygame.Rect, theme: Theme, count: int = 2) -> PairLayout:
    """Blocks of score, picture and panel, one below the other; the clock is in the first."""
    gap, header = theme.px(GAP), header_height(theme)
    height = (area.height - gap * (count - 1)) // count
    lowest = _lowest_panel(theme)
    room = pygame.Rect(0, 0, area.width, height - header - lowest - 2 * gap)
    picture = largest_picture(room)

    def seat(top: int) -> SeatLayout:
        place = picture.copy()
        place.midtop = (area.centerx, top + header + gap)
        panel = pygame.Rect(area.left, place.bottom + gap, area.width, 0)
        panel.height = top + height - panel.top
        return SeatLayout(place, pygame.Rect(area.left, top, area.width, header), panel)

    clock = pygame.Rect(0, area.top, theme.px(300), header)
    clock.centerx = area.centerx
    return PairLayout(
        tuple(seat(area.top + number * (height + gap)) for number in range(count)), clock
    )


def _lowest_panel(theme: Theme) -> int:
    """Return the least height of a panel: where the text is large, it gives way to the header."""
    return theme.px(LOWEST_PANEL) - (header_height(theme) - theme.px(HEADER))
