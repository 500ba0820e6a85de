"""The game's sprites for people with low vision: brighter, or with an outline."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from game.system.preferences import BRIGHT, PLAIN
from game.ui.widgets.picture_style import OUTLINE_LINES

GROUND = 195  # the first line of the ground, which is large and stays as it is
OUTLINE = 255
GAP = OUTLINE_LINES, 3  # lines and pixels, of a gap that is inside of a sprite
WHITE_SHARE = 0.25  # mixed into the brightest version of a colour


def stand_out(rgb: NDArray[np.uint8], lines: NDArray[np.bool_], sprites: str) -> NDArray[np.uint8]:
    """Return the picture `rgb` [210, 160, 3] with `sprites` as chosen, at least its `lines` [210].

    Everything that is not black counts as one, but for the ground.
    """
    if sprites == PLAIN:
        return rgb
    shown, numbers = rgb.copy(), np.flatnonzero(lines[:GROUND])
    if sprites == BRIGHT:
        shown[numbers] = np.take(_brightest(), _codes(rgb[numbers]), axis=0)
        return shown
    shown[numbers] |= _around(_lit(rgb), numbers)[..., None] * np.uint8(OUTLINE)
    return shown


def _lit(rgb: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which pixels [210, 160] are not black."""
    lit: NDArray[np.bool_] = (rgb[..., 0] | rgb[..., 1] | rgb[..., 2]) > 0
    lit[GROUND:] = False
    return lit


def _around(lit: NDArray[np.bool_], numbers: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which pixels of the lines with `numbers` [n, 160] are just outside of a sprite.

    A narrow gap between two lit pixels is inside: between legs, or two lines of a digit.
    """
    own = lit[numbers]
    lines = np.pad(lit, ((GAP[0], GAP[0]), (0, 0)))
    above, below = (
        [lines[numbers + GAP[0] + way * far] for far in range(1, GAP[0] + 1)] for way in (-1, 1)
    )
    before, after = ([_moved(own, way * far) for far in range(1, GAP[1] + 1)] for way in (1, -1))
    inside = (_any(above) & _any(below)) | (_any(before) & _any(after))
    column = own | above[0] | below[0]
    beside = column | _moved(column, 1) | _moved(column, -1)
    return beside & ~own & ~inside


def _moved(lines: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """Return `lines` [n, 160] moved to the right, or to the left if `by` is negative."""
    moved = np.zeros_like(lines)
    if by > 0:
        moved[:, by:] = lines[:, :-by]
    else:
        moved[:, :by] = lines[:, -by:]
    return moved


def _any(arrays: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Return where any of `arrays` is true."""
    return functools.reduce(np.bitwise_or, arrays)


def _codes(rgb: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Return the colours of pixels [..., 3] in 16 bits: five of red, six of green, five of blue."""
    red, green, blue = (rgb[..., channel].astype(np.uint16) for channel in range(3))
    return np.asarray((red >> 3 << 11) | (green >> 2 << 5) | (blue >> 3), np.uint16)


@cache
def _brightest() -> NDArray[np.uint8]:
    """Return for each colour in 16 bits the brightest of its hue, with some white in it."""
    codes = np.arange(1 << 16)
    levels = np.stack([codes >> 11, codes >> 5 & 63, codes & 31], axis=1) / (31, 63, 31)
    most = levels.max(axis=1, keepdims=True)
    bright = levels / np.maximum(most, 1e-6)
    bright = WHITE_SHARE + (1 - WHITE_SHARE) * bright
    return np.asarray(np.rint(np.where(most > 0, bright, 0) * 255), np.uint8)
