"""Time: sixty frames a second against absolute deadlines. No other module reads a clock."""

from __future__ import annotations

import time
from collections.abc import Callable

from game.emulation.cabinet import FRAMES_PER_SECOND

MOST_FRAMES_OWED = 4
SPIN_S = 0.0004  # the end of a wait is spent polling the clock, because a sleep may overshoot


class Pacer:
    """Tells how many frames are due. After a long stall the missed frames are dropped."""

    def __init__(
        self,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start now; `clock` gives seconds and `sleep` waits for some."""
        self._clock = clock
        self._sleep = sleep
        self._origin = clock()
        self._frames = 0

    def wait(self) -> int:
        """Wait for the next deadline and return the number of frames due, from 1 to 4."""
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
