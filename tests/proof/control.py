"""A loop that only calculates, a few milliseconds in each frame, until it is asked to end.

What is late here, the machine is to blame for: other programs, or other guests of its host. Prints
how many frames were due, how many of them were late, and the seconds of a processor that it took.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from types import TracebackType

from game.ui.tools.loop_times import calculate
from game.ui.window.pacer import Pacer

SQUARES = 50_000  # what a frame of the arcade takes at 640x480, or somewhat less


class Control:
    """Such a loop in a process of its own, from entering to leaving."""

    def __init__(self) -> None:
        self.late_share = self.seconds = 0.0  # of its frames, of a processor; known in the end

    def __enter__(self) -> Control:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.proof.control"], stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        said, _ = self._process.communicate(timeout=60)
        due, late, self.seconds = map(float, said.split() or (0, 0, 0))  # nothing if not begun
        self.late_share = late / max(1, due)

    def late_share_of(self, seconds: float) -> float:
        """Return the share of late frames of a loop that takes `seconds` of a processor meanwhile.

        Whatever interrupts a frame makes it late if it comes while there is work to do, so twice
        the work is late twice as often.
        """
        return self.late_share * seconds / self.seconds if self.seconds else 0.0


def main() -> None:
    """Run until SIGTERM."""
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: asked.append(number))
    pacer, due, draws = Pacer(), 0, 0
    while not asked:
        due += pacer.wait()
        draws += 1
        calculate(SQUARES)
    print(due, due - draws, time.process_time())


if __name__ == "__main__":
    main()
