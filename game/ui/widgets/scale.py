"""Scales of plots: their ends are round numbers, and they do not jump."""

from __future__ import annotations

import math
from collections import deque

_STEPS = (1, 2, 5, 10)


def round_up(size: float) -> float:
    """Return the smallest of 1, 2 or 5 times a power of ten that is at least `size` (above 0)."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(step * power for step in _STEPS if step * power >= size * (1 - 1e-9))


class Scale:
    """The end of a scale: round, and large enough for all that was shown lately.

    It grows at once, and shrinks when nothing of the last `window` updates needs it any more.
    """

    def __init__(self, least: float, window: int) -> None:
        self._least = least
        self._sizes: deque[float] = deque(maxlen=window)

    def update(self, size: float) -> None:
        """Make room for `size`, which is not negative."""
        self._sizes.append(size)

    @property
    def end(self) -> float:
        """The end of the scale, at least the least one."""
        return round_up(max([self._least, *self._sizes]))


def digits_of(end: float) -> int:
    """Return how many decimal places the ticks of a scale up to `end` need."""
    return max(0, -math.floor(math.log10(end) + 1e-9))
