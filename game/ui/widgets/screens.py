"""Screens for a picture beside the sharp one: a cathode ray tube's, and a soft one."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import pygame
from numpy.typing import NDArray

from game.emulation.cabinet import SCREEN_HEIGHT

Picture = NDArray[np.uint8]  # [210, 160, 3]
Lines = NDArray[np.bool_]  # [210], which of a picture's lines
ONE = 256  # fixed point
DEPTH = 0.55  # how much darker it is between two lines of a tube
GAIN, SPREAD = 26, 64  # of 256, of a pixel's light: added for that, and around it


def glowing(rgb: Picture, lines: Lines) -> NDArray[np.uint8]:
    """Return `lines` of the picture `rgb` [n, 160, 3] as a tube shows them, without its scan lines.

    They are brighter, and their light spreads by a pixel. The lines beside them are read.
    """
    numbers = np.flatnonzero(lines)
    above, below = np.maximum(numbers - 1, 0), np.minimum(numbers + 1, SCREEN_HEIGHT - 1)
    own = rgb[numbers].astype(np.uint16)
    column = own + own + rgb[above] + rgb[below]  # of 4
    around = column * 2
    around[:, 1:] += column[:, :-1]
    around[:, :-1] += column[:, 1:]  # of 16
    light = own + (own * np.uint16(GAIN) + around * np.uint16(SPREAD // 16)) // ONE
    return np.asarray(np.minimum(light, 255), np.uint8)


def draw_scanlines(target: pygame.Surface, rect: pygame.Rect, first: int, end: int) -> None:
    """Darken the rows from `first` to before `end` of the picture in `rect` between its lines."""
    veil = _scanlines(rect.size, target.get_masks())
    part = pygame.Rect(0, first, rect.width, end - first)
    target.blit(veil, (rect.left, rect.top + first), part, pygame.BLEND_RGB_MULT)


@lru_cache(maxsize=4)
def _scanlines(size: tuple[int, int], masks: tuple[int, int, int, int]) -> pygame.Surface:
    """Return what a picture of `size` is multiplied with."""
    veil = pygame.Surface(size, depth=32, masks=masks)
    for row, share in enumerate(_brightness(size[1])):
        level = round(255 * share)
        veil.fill((level, level, level), (0, row, size[0], 1))
    return veil


def _brightness(height: int) -> NDArray[np.float64]:
    """Return how bright each of `height` rows is, averaged over what it shows of a line.

    A line's brightness is a cosine that is darkest in its last row. Rows as high as a line are all
    alike: there is no room for gaps.
    """
    share = SCREEN_HEIGHT / height  # of a line in a row
    middles = (np.arange(height) + 0.5) * share
    wave = np.cos(2 * np.pi * (middles + share / 2)) * np.sinc(share)
    brightness: NDArray[np.float64] = 1 - DEPTH * (1 + wave) / 2
    return np.asarray(brightness / brightness.max())


def draw_soft(
    target: pygame.Surface, rgb: Picture, lines: Lines, rect: pygame.Rect
) -> NDArray[np.intp]:
    """Draw the rows that show one of `lines`, blended both ways; return their numbers in `rect`."""
    first, second, share = _between(rect.height)
    rows = np.flatnonzero(lines[first] | lines[second])
    of_first = share[rows, None, None]
    blend = rgb[first[rows]] * of_first + rgb[second[rows]] * (ONE - of_first)
    small = (blend >> 8).astype(np.uint8)
    window = pygame.surfarray.pixels2d(target).T[rect.top : rect.bottom, rect.left : rect.right]
    window[rows] = smoothly_widened(small, rect.width, target)
    return rows


def smoothly_widened(
    lines: NDArray[np.uint8], width: int, target: pygame.Surface
) -> NDArray[np.uint32]:
    """Return `lines` [n, 160, 3] as wide as `width`, with soft edges, in the target's format."""
    picture = pygame.transform.smoothscale(as_surface(lines, target), (width, len(lines)))
    return pygame.surfarray.pixels2d(picture).T


def as_surface(rgb: NDArray[np.uint8], target: pygame.Surface) -> pygame.Surface:
    """Return a picture [rows, columns, 3] as a surface in the target's own format."""
    rows, columns, _ = rgb.shape
    return pygame.image.frombuffer(rgb.tobytes(), (columns, rows), "RGB").convert(target)


@cache
def _between(height: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint16]]:
    """Return the two lines between whose middles each of `height` rows lies.

    The third array is the first one's share, in 256ths.
    """
    where = (np.arange(height) + 0.5) * SCREEN_HEIGHT / height - 0.5
    where = np.clip(where, 0, SCREEN_HEIGHT - 1)
    first = where.astype(np.intp)
    second = np.minimum(first + 1, SCREEN_HEIGHT - 1)
    return first, second, np.rint((1 - where + first) * ONE).astype(np.uint16)
