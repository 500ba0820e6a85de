"""What a check is given, its budget and its cases, and what it hands back."""

from __future__ import annotations

import contextlib
import math
import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

MOST_FINDINGS = 10  # of one group of cases: more tell nothing new
CASE_FILE = "case"  # the case under way, for whoever finds this process dead
HANG_S, BUSY_MACHINE_S = 2.0, 30.0
HERE = Path(__file__).resolve()


class HangError(Exception):
    """What was tried did not come back in time."""


@dataclass(frozen=True)
class Budget:
    """How much of a check is done."""

    share: float = 1.0  # of the full counts
    seconds: float | None = None  # then it is cut short
    case: str | None = None  # "group:number", to repeat one case, or "group" for a whole one


@dataclass
class Result:
    """What a check found. `counts` holds, by group, how many cases were tried, and of how many."""

    name: str
    seed: int
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)  # what was measured on the way
    findings: list[dict[str, str]] = field(default_factory=list)  # what, and how to repeat it
    seconds: float = 0.0

    @property
    def verdict(self) -> str:
        """failed; passed; or, where cases are left, passed in part."""
        if self.findings:
            return "failed"
        whole = all(done >= of for done, of in self.counts.values())
        return "passed" if whole and self.counts else "passed in part"

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {**vars(self), "verdict": self.verdict}


class Trial:
    """One run of one check: gives out the cases that are due and keeps what was found.

    Each case hangs on the check's seed, its group and its number alone, so that any can be
    repeated without those before it.
    """

    def __init__(self, name: str, seed: int, folder: Path, budget: Budget, groups: int) -> None:
        """Work in `folder`; the time of `budget` is shared between so many `groups` of cases."""
        self.result = Result(name, seed)
        self.folder = folder
        self.share = budget.share
        self._budget = budget
        self._groups_left = groups
        self._end = None if budget.seconds is None else time.monotonic() + budget.seconds
        self._case = ""
        self._case_file = os.open(folder / CASE_FILE, os.O_CREAT | os.O_RDWR | os.O_TRUNC)

    def close(self) -> None:
        """Close what is open."""
        os.close(self._case_file)

    def cases(self, group: str, full: int, least: int = 1) -> Iterator[int]:
        """Yield the numbers, of 0 to `full`, of the cases of `group` that are due.

        With a part of the budget these are chosen by the seed, `least` at least, and none
        where that is 0: such cases take minutes each.
        """
        result, wanted = self.result, self._budget.case
        numbers: range | list[int] = range(full)
        if wanted is not None:
            name, _, number = wanted.partition(":")
            if name != group:
                return
            numbers = [int(number)] if number else range(full)
        if self.share < 1 and len(numbers) > 1:
            count = min(full, max(least, math.ceil(self.share * full))) if least else 0
            chosen = random.Random(f"{result.name} {result.seed} {group}")
            numbers = sorted(chosen.sample(range(full), count))
        end, done = self._end_of_group(), 0
        found = len(result.findings)
        for number in numbers:
            if end is not None and done and time.monotonic() > end:
                break  # but for one case of each group
            if len(result.findings) - found >= MOST_FINDINGS:
                break
            self._case = f"{group}:{number}"
            os.pwrite(self._case_file, self._case.ljust(64).encode(), 0)
            yield number
            done += 1
            result.counts[group] = (done, full)
        result.counts[group] = (done, full)

    def random(self) -> random.Random:
        """Return the random numbers of the case under way."""
        return random.Random(f"{self.result.name} {self.result.seed} {self._case}")

    def find(self, what: str) -> None:
        """Keep a fault, with what is needed to repeat it."""
        self.result.findings.append(
            {"what": what, "repeat": repetition(self.result.name, self.result.seed, self._case)}
        )

    def expect(self, holds: object, otherwise: str) -> None:
        """Keep a fault unless something holds."""
        if not holds:
            self.find(otherwise)

    @contextlib.contextmanager
    def guard(
        self, *allowed: type[BaseException], seconds: float | None = HANG_S
    ) -> Iterator[None]:
        """Let `allowed` errors pass in silence; keep any other, and a hang, as a fault."""
        try:
            with no_longer_than(seconds):
                yield
        except allowed:
            pass
        except Exception as error:
            self.find(_one_line(error))

    def _end_of_group(self) -> float | None:
        """Return when the next group has to end: the groups left share the time left."""
        groups, self._groups_left = max(1, self._groups_left), self._groups_left - 1
        if self._end is None:
            return None
        return time.monotonic() + max(0.0, self._end - time.monotonic()) / groups


Run = Callable[[Trial], None]


@dataclass(frozen=True)
class Check:
    """One line of the table of checks."""

    name: str
    passes_when: str
    run: Run
    groups: int  # of cases, between which the time is shared
    smoke: float  # the share that the ordinary tests do, 0 for none
    minutes: int  # about, that all of it takes alone on a core
    alone: bool = False  # nothing else may be under way, since it counts seconds


def perform(check: Check, seed: int, folder: Path, budget: Budget) -> Result:
    """Run `check` in this process and return what it found."""
    folder.mkdir(parents=True, exist_ok=True)
    trial = Trial(check.name, seed, folder, budget, check.groups)
    began = time.monotonic()
    try:
        check.run(trial)
    except Exception as error:
        trial.find(f"the check itself failed: {_one_line(error)}")
    finally:
        trial.close()
    trial.result.seconds = round(time.monotonic() - began, 1)
    return trial.result


def repetition(name: str, seed: int, case: str) -> str:
    """Return the command that repeats a case."""
    return f"python -m tests.proof --only {name} --seed {seed} --case '{case}'"


@contextlib.contextmanager
def no_longer_than(seconds: float | None) -> Iterator[None]:
    """Raise HangError when the inside takes longer; for the main thread.

    Processor time counts: where other programs have the processor, everything takes longer.
    What only waits is given `BUSY_MACHINE_S` more.
    """
    if seconds is None:
        yield
        return

    began, used = time.monotonic(), time.process_time()

    def late(_number: int, _frame: FrameType | None) -> None:
        waited = time.monotonic() - began > seconds + BUSY_MACHINE_S
        if waited or time.process_time() - used > seconds:
            raise HangError(f"it took longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds / 10)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def patched(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Put `value` in the place of `owner`'s `name` for a while."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


class Memory:
    """The most memory that this process held since, in MB beyond what it held then (Linux)."""

    def __init__(self) -> None:
        self._known = Path("/proc/self/clear_refs").exists()
        if self._known:
            with contextlib.suppress(OSError):  # forbidden: then the peak is since the start
                Path("/proc/self/clear_refs").write_text("5")
        self._before = self._read("VmRSS")

    @property
    def peak_mb(self) -> float:
        """Zero where it is not known."""
        return max(0.0, round((self._read("VmHWM") - self._before) / 1024, 1))

    def _read(self, name: str) -> int:
        if not self._known:
            return 0
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1])
        return 0


def _one_line(error: BaseException) -> str:
    """Return an error and where it came from in our code, as one line."""
    places = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).resolve() != HERE and "lib/python" not in frame.filename
    ]
    text = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {text} at {' < '.join(reversed(places[-4:]))}"
