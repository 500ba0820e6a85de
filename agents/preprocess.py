"""From emulator frames to the network's input: one implementation for play and evaluation.

It repeats, in NumPy, what ALE's vector environment does in C++ for training: the
maximum of the last two grey frames of an agent step, area-averaged to 84 x 84, and
a stack of the last four, with zeros before a game's start.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SIDE = 84
STACK = 4
FRAME_SKIP = 4
SCREEN_HEIGHT, SCREEN_WIDTH = 210, 160

Grey = NDArray[np.uint8]


def _area_weights(source: int, target: int) -> NDArray[np.float32]:
    """Return the [target, source] matrix that averages `source` pixels into `target`.

    Row i holds the share of each source pixel in the interval that target pixel i
    covers: OpenCV's INTER_AREA for shrinking.
    """
    edges = np.arange(target + 1) * (source / target)
    pixels = np.arange(source)
    low = np.maximum(edges[:-1, None], pixels[None, :])
    high = np.minimum(edges[1:, None], pixels[None, :] + 1)
    return (np.clip(high - low, 0, None) * (target / source)).astype(np.float32)


_ROWS = _area_weights(SCREEN_HEIGHT, SIDE)
_COLUMNS = _area_weights(SCREEN_WIDTH, SIDE).T.copy()


def shrink(grey: Grey) -> Grey:
    """Area-average a grey screen uint8 [210, 160] to uint8 [84, 84]."""
    return np.rint(_ROWS @ grey.astype(np.float32) @ _COLUMNS).astype(np.uint8)


class FrameStack:
    """The last four processed frames of one game."""

    def __init__(self) -> None:
        self._stack = np.zeros((SIDE, SIDE, STACK), np.uint8)

    def reset(self) -> None:
        """Forget the game: the stack is zeros again."""
        self._stack[:] = 0

    def push(self, last: Grey, before: Grey | None) -> None:
        """Add an agent step from its last two grey screens [210, 160]."""
        grey = last if before is None else np.maximum(last, before)
        self._stack[:, :, :-1] = self._stack[:, :, 1:]
        self._stack[:, :, -1] = shrink(grey)

    @property
    def array(self) -> NDArray[np.uint8]:
        """The stack, uint8 [84, 84, 4], oldest first; a view that the next push changes."""
        return self._stack
