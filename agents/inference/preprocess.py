"""From emulator frames to the network's input: one implementation for playing and evaluation.

It repeats in NumPy what ALE's vector environment does in C++ for training: the maximum of the last
two grey frames of an agent step, area-averaged to 84 x 84, and a stack of the last four, with zeros
before a game's start.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from game.emulation.cabinet import SCREEN_WIDTH

SIDE = 84
STACK = 4

Grey = NDArray[np.uint8]


def _column_taps() -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return the source columns [3, 84] of each target column, and their weights [3, 84].

    A target column covers 160 / 84 = 1.905 source columns, so it overlaps at most three. The
    weights of a column sum to one. This is OpenCV's INTER_AREA for shrinking.
    """
    width = SCREEN_WIDTH / SIDE
    left = np.arange(SIDE) * width
    taps = np.floor(left + 1e-9).astype(np.intp)[None, :] + np.arange(3)[:, None]
    covered = np.minimum(left + width, taps + 1) - np.maximum(left, taps)
    weights = (np.clip(covered, 0, None) / width).astype(np.float32)
    return np.minimum(taps, SCREEN_WIDTH - 1), weights


_TAPS, _TAP_WEIGHTS = _column_taps()
_ROW_PAIRS = SIDE // 2  # 210 / 84 = 2.5: two target rows share five source rows


def shrink(grey: Grey) -> Grey:
    """Area-average a grey screen uint8 [210, 160] to uint8 [84, 84].

    It is plain array arithmetic, because a matrix product would wake a thread pool.
    """
    five = grey.reshape(_ROW_PAIRS, 5, SCREEN_WIDTH).astype(np.float32)
    rows = np.empty((_ROW_PAIRS, 2, SCREEN_WIDTH), np.float32)
    half = five[:, 2] * 0.5
    rows[:, 0] = five[:, 0] + five[:, 1] + half
    rows[:, 1] = half + five[:, 3] + five[:, 4]
    rows = rows.reshape(SIDE, SCREEN_WIDTH) * np.float32(1 / 2.5)
    columns = rows[:, _TAPS[0]] * _TAP_WEIGHTS[0]
    columns += rows[:, _TAPS[1]] * _TAP_WEIGHTS[1]
    columns += rows[:, _TAPS[2]] * _TAP_WEIGHTS[2]
    small: Grey = np.rint(columns).astype(np.uint8)
    return small


class FrameStack:
    """The stack of the last four processed frames of one game."""

    def __init__(self) -> None:
        # A pixel's four frames are the bytes of one number, the newest the highest: a frame is
        # added by a shift, which takes a tenth of moving each byte.
        self._pixels = np.zeros((SIDE, SIDE), "<u4")

    def reset(self) -> None:
        """Clear the stack to zeros for a new game."""
        self._pixels[:] = 0

    def push(self, last: Grey, before: Grey | None) -> None:
        """Add an agent step, given its last two grey screens uint8 [210, 160]."""
        self.add(shrink(last if before is None else np.maximum(last, before)))

    def add(self, picture: Grey) -> None:
        """Add an agent step whose picture uint8 [84, 84] is known."""
        self._pixels >>= 8
        self._pixels |= picture.astype("<u4") << 24

    @property
    def array(self) -> NDArray[np.uint8]:
        """The stack, uint8 [84, 84, 4], oldest first; a view that the next push changes."""
        return self._pixels.view(np.uint8).reshape(SIDE, SIDE, STACK)
