"""How a person, or the system, stops a command that has something to keep."""

from __future__ import annotations

import signal
import sys
from types import FrameType


class Stop:
    """Inside, the first signal that asks to end is only noted; the next one interrupts."""

    def __init__(self, words: str) -> None:
        """Say `words` to whoever stops it for the first time."""
        self.requested = False
        self._words = words

    def __enter__(self) -> Stop:
        names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # not every system has all of them
        numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
        self._before = {number: signal.signal(number, self._ask) for number in numbers}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
        print(f"\n{self._words}", file=sys.stderr)
