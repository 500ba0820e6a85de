"""Time: sixty frames a second against absolute deadlines. No other module reads a clock."""

from __future__ import annotations

import time
from collections.abc import Callable

from game.emulation.cabinet import FRAMES_PER_SECOND

MOST_FRAMES_OWED = 4
SPIN_S = 0.0004  # the end of a wait is spent polling the clock, because a sleep may overshoot


class Pacer:
    """Tells how many frames are due. After a long stall the missed frames are dropped."""

    load = 0.0  # of the last frame: the share of its time that work took

    def __init__(
        self,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start now; `clock` gives seconds and `sleep` waits for some."""
        self._clock = clock
        self._sleep = sleep
        self._origin = self._woke = clock()
        self._frames = 0

    def wait(self) -> int:
        """Wait for the next deadline and return the number of frames due, from 1 to 4.

        What was done since the last wait is the `load`, in parts of a frame's time.
        """
        self.load = (self._clock() - self._woke) * FRAMES_PER_SECOND
        due = self._due()
        self._woke = self._clock()
        return due

    def load_of(self, work: Callable[[], object]) -> float:
        """Do some work; return its share of a frame's time."""
        began = self._clock()
        work()
        return (self._clock() - began) * FRAMES_PER_SECOND

    def _due(self) -> int:
        deadline = self._origin + (self._frames + 1) / FRAMES_PER_SECOND
        while (left := deadline - self._clock()) > 0:
            if left > SPIN_S:
                self._sleep(left - SPIN_S)
        late = self._clock() - deadline
        due = 1 + int(late * FRAMES_PER_SECOND)
        if due > MOST_FRAMES_OWED:
            self._origin = self._clock()
            self._frames = 0
            return 1
        self._frames += due
        return due
