"""Faults put in on purpose: each has to be caught by the check that is there for it."""

from __future__ import annotations

import os
import struct
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from game.emulation.cabinet import FRAMES_PER_SECOND, Cabinet
from game.play import tape
from game.play.tape import DIGEST_BYTES, Tape
from game.system import files
from game.ui.audio.speaker import Speaker
from game.ui.scenes.match_view import MatchView
from tests.helpers import wheel

from . import endings
from .checks import BY_NAME
from .trial import Budget, Result, patched, perform

SEED = 2600


class _WithoutSync:
    """The module os, but for its fsync, which does nothing."""

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def fsync(self, _file: int) -> None:
        """Leave what was written to the system's good will."""


def _seal_one_late(self: Tape, cabinet: Cabinet) -> None:
    """Seal a second without its first action."""
    begin = len(self.digests) // DIGEST_BYTES * FRAMES_PER_SECOND + 1
    sealed = sha256(self.digests[-DIGEST_BYTES:])
    sealed.update(self.actions[begin:])
    sealed.update(cabinet.ram())
    sealed.update(struct.pack("<q?", self.score, self.over))
    self.digests += sealed.digest()[:DIGEST_BYTES]


# For a process of its own, which looks at this when it starts.
_DEAF = """
import signal
import game.system.ending as ending
ending.SIGNALS = tuple(each for each in ending.SIGNALS if each != signal.SIGHUP)
"""


@dataclass(frozen=True)
class Fault:
    """A mistake that somebody could make, and the cases that are to find it."""

    what: str
    put_in: Callable[[], AbstractContextManager[None]]
    check: str
    group: str
    share: float = 1.0


FAULTS = (
    Fault(
        "a skipped fsync in write_atomically",
        lambda: patched(files, "os", _WithoutSync()),
        "scores",
        "power cuts",
        share=0.05,
    ),
    Fault(
        "a missing bound on a tape's length",
        lambda: patched(tape, "MAX_FILE_BYTES", 2**62),
        "tapes",
        "lengths",
    ),
    Fault(
        "an off-by-one in the tape's hash",
        lambda: patched(Tape, "_seal", _seal_one_late),
        "replay",
        "kept tapes",
    ),
    Fault(
        "a lost sound device that nobody opens again",
        lambda: patched(Speaker, "update", lambda _self, playing: None),
        "sound",
        "arcades:0",
    ),
    Fault(
        "a match that is drawn without a look at what has changed",
        lambda: patched(MatchView, "_parts", lambda _self: ()),
        "drawing",
        "sequences in a match",
        share=0.01,
    ),
    Fault(
        "a wheel without the languages",
        lambda: patched(wheel, "LEFT_OUT", (*wheel.LEFT_OUT, "languages")),
        "wheels",
        "files",
    ),
    Fault(
        "a closed terminal that nobody handles",
        lambda: patched(endings, "HOOK", endings.HOOK + _DEAF),
        "endings",
        "signals to an arcade:0",
    ),
)


def found_by(fault: Fault, folder: Path, put_in: bool = True) -> Result:
    """Run the cases that are to find `fault`, with or without it."""
    with fault.put_in() if put_in else nullcontext():
        budget = Budget(fault.share, case=fault.group)
        return perform(BY_NAME[fault.check], SEED, folder, budget)


def show_all() -> int:
    """Put each fault in, print who caught it, and return 1 if one was missed."""
    missed = 0
    for fault in FAULTS:
        with tempfile.TemporaryDirectory(prefix="proof-") as name:
            without = found_by(fault, Path(name) / "without", put_in=False)
            given = found_by(fault, Path(name) / "with")
        caught = given.findings and not without.findings
        missed += not caught
        print(f"{fault.what}: {'caught' if caught else 'MISSED'} by {fault.check} ({fault.group})")
        print(f"    without it: {without.verdict}, {without.counts}")
        print(f"    with it: {given.verdict}, {given.counts}")
        for finding in given.findings[:3]:
            print(f"        {finding['what']}")
    return 1 if missed else 0
