"""How much the arcade shows: less of it where the machine is too slow for all.

What a draw of the window costs is given as a load, the share of a frame's time that its work took.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

FILE = "machine.json"
MOST_BYTES = 10_000  # about 60 are written
AUTO = "auto"
FULL, PLAIN, SMALL = DETAILS = ("full", "plain", "small")  # each shows less than the one before
USUAL = 0.9  # of all draws, whose load is judged: every machine is held up now and then
MOST, EASY = 0.85, 0.5  # loads: above, frames are missed soon; below, there is time for more
SPAN = 120  # draws that are judged together, in two seconds
SLOW_SPANS, EASY_SPANS = 2, 30  # in a row, before less or more is shown

_log = logging.getLogger(__name__)


def usual_load(loads: Sequence[float]) -> float:
    """Return what nine draws of ten keep within; there has to be one."""
    return sorted(loads)[int(USUAL * len(loads))]


class Detail:
    """The level of detail that this machine keeps up with."""

    def __init__(self, level: str = FULL, measured: bool = True) -> None:
        self.level = level
        self.measured = measured  # false until it has been found out
        self.load: float | None = None  # of the last matches, None before the first
        self._loads: list[float] = []
        self._slow = self._easy = 0  # spans in a row
        self._patience = EASY_SPANS
        self._tries_more = False  # whether the last change was to more detail

    def note(self, load: float) -> bool:
        """Take note of one draw of a match; return whether the level has changed."""
        self._loads.append(load)
        if len(self._loads) < SPAN:
            return False
        self.load = usual_load(self._loads)
        self._loads.clear()
        self._slow = self._slow + 1 if self.load > MOST else 0
        self._easy = self._easy + 1 if self.load < EASY else 0
        if self._slow == SLOW_SPANS:
            return self.lower()
        return self._easy == self._patience and self._raise()

    def lower(self) -> bool:
        """Show less from now on; return whether there is less."""
        if self._tries_more:  # in vain, so the next try comes later
            self._patience *= 2
        self._tries_more = False
        return self._change(1)

    def _raise(self) -> bool:
        self._tries_more = self.level != FULL
        return self._change(-1)

    def _change(self, step: int) -> bool:
        self._slow = self._easy = 0
        number = DETAILS.index(self.level) + step
        if not 0 <= number < len(DETAILS):
            return False
        self.level = DETAILS[number]
        return True

    def to_json(self, machine: str) -> bytes:
        """Return the contents of the file that keeps the level for `machine`."""
        return (json.dumps({"machine": machine, "detail": self.level}) + "\n").encode()


def read_detail(folder: Path, machine: str) -> Detail:
    """Return what the file in `folder` says of `machine`.

    It has to be measured if nothing is known of it, or only of another one.
    """
    try:
        with (folder / FILE).open("rb") as file:
            known = json.loads(file.read(MOST_BYTES))
    except FileNotFoundError:
        return Detail(measured=False)
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("%s in %s cannot be read, the machine is measured: %s", FILE, folder, error)
        return Detail(measured=False)
    if not isinstance(known, dict) or known.get("machine") != machine:
        return Detail(measured=False)
    level = known.get("detail")
    return Detail(level) if level in DETAILS else Detail(measured=False)
