"""How a person, or the system, stops a command that has something to keep."""

from __future__ import annotations

import signal
import sys
from types import FrameType

from game.system.ending import SIGNALS


class Stop:
    """Inside, the first signal that asks to end is only noted; the next one interrupts."""

    def __init__(self, words: str) -> None:
        """Say `words` to whoever stops it for the first time."""
        self.requested = False
        self._words = words

    def __enter__(self) -> Stop:
        wanted = [number for number in (signal.SIGINT, *SIGNALS) if not _is_ignored(number)]
        self._before = {number: signal.signal(number, self._ask) for number in wanted}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
        print(f"\n{self._words}", file=sys.stderr)


def _is_ignored(number: int) -> bool:
    """Whether whoever started this program has it ignore this signal, as nohup does."""
    return signal.getsignal(number) is signal.SIG_IGN
