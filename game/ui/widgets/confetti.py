"""Confetti for somebody who won: it falls, or lies still where nothing may move without need."""

from __future__ import annotations

import random
from functools import cache
from typing import NamedTuple

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.ui.widgets.theme import AGENT, HUMAN, TEXT, WARNING, Colour, Theme

PIECES = 90
FALLS_S = 5  # after which it has left the window
SIZE = 9  # units
STILL_HEIGHT = 0.3  # of the window: where the pieces lie that do not fall
MIDDLE = 0.26  # of the width on either side of the middle, which stays free for what is read
_COLOURS: tuple[Colour, ...] = (HUMAN, AGENT, TEXT, WARNING)


class _Piece(NamedTuple):
    """A piece of paper, in shares of the window's width and height."""

    x: float
    y: float  # where it lies still, and how long it waits before it falls
    speed: float  # heights a second
    colour: Colour
    wide: bool


@cache
def _pieces() -> tuple[_Piece, ...]:
    """Return the pieces, the same each time."""
    chance = random.Random(2600)
    made = []
    for number in range(PIECES):
        side = chance.uniform(0, 0.5 - MIDDLE)
        x = side if number % 2 else 1 - side
        speed = chance.uniform(0.35, 0.7)
        made.append(
            _Piece(x, chance.random(), speed, _COLOURS[number % len(_COLOURS)], number % 3 == 0)
        )
    return tuple(made)


def draw_confetti(target: pygame.Surface, frame: int, theme: Theme) -> None:
    """Draw it at both sides, `frame` frames after it was thrown."""
    width, height = target.get_size()
    seconds = frame / FRAMES_PER_SECOND
    for piece in _pieces():
        still, falling = piece.y * STILL_HEIGHT, (seconds - 2 * piece.y) * piece.speed
        y = still if theme.look.steady else falling
        if 0 <= y < 1 and (theme.look.steady or seconds < FALLS_S):
            size = theme.px(SIZE), theme.px(SIZE // 2)
            place = pygame.Rect((0, 0), size if piece.wide else size[::-1])
            place.center = round(piece.x * width), round(y * height)
            target.fill(theme.ink(piece.colour), place)
