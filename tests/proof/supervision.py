"""A kiosk that is stopped, killed or starved: the title is there again in time."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from game.system import watchdog
from game.system.watchdog import BEAT, Watchdog

from .trial import Trial, patched

ROOT = Path(__file__).parents[2]
TIMES = 10
STOP_S, KILL_S, STARVE_S = 15.0, 5.0, 15.0
START_S = 90.0
BESIDE_OTHERS = 4
WATCH_S = 45.0  # a starved arcade, into its attract loop; a share of the check watches less


def check(trial: Trial) -> None:
    """Each way in a kiosk of its own, since quick crashes in a row make the launcher wait."""
    for name, limit, harm in (
        ("SIGSTOP", STOP_S, _stop),
        ("SIGKILL", KILL_S, _kill),
        ("memory limit", STARVE_S, _starve),
    ):
        longest = 0.0
        # A share of it runs beside other tests, on a machine that has no time to spare.
        limit *= 1 if trial.share >= 1 else BESIDE_OTHERS
        for number in trial.cases(name, TIMES):
            folder = trial.folder / f"{name}-{number}"
            with trial.guard(seconds=None), kiosk(folder) as watch:
                took = harm(trial, watch)
                longest = max(longest, took)
                trial.expect(took <= limit, f"the title was there after {took:.1f} s, not {limit}")
        if longest:
            trial.result.facts[f"{name}, longest, s"] = round(longest, 1)


class Watch:
    """When which arcade said that its frame loop runs."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.beats: list[tuple[float, int]] = []  # when, and whose

    def note(self, process: int) -> None:
        """A beat came from `process`."""
        with self._changed:
            self.beats.append((time.monotonic(), process))
            self._changed.notify_all()

    def second_beat(self, other_than: int | None, seconds: float) -> tuple[float, int]:
        """Wait for an arcade's second beat: a second of frames on the title was drawn by then."""
        found: list[tuple[float, int]] = []

        def there() -> bool:
            counts: dict[int, int] = {}
            for when, process in self.beats:
                counts[process] = counts.get(process, 0) + 1
                if process != other_than and counts[process] == 2:
                    found.append((when, process))
                    return True
            return False

        with self._changed:
            if not self._changed.wait_for(there, seconds):
                raise TimeoutError(f"no title within {seconds:.0f} s")
        return found[0]

    def longest_silence(self, since: float, until: float) -> float:
        """Return the longest time without any beat."""
        times = [since, *(when for when, _ in self.beats if since < when < until), until]
        return max(b - a for a, b in itertools.pairwise(times))


@contextmanager
def kiosk(folder: Path) -> Iterator[Watch]:
    """Run a launcher and its arcade, which keeps its things in `folder`.

    The arcade is in a session of its own: when the shell that began the proof ends, the system
    would wake every stopped program of the shell's group (setpgid(2), orphaned process groups).
    """
    watch, listen = Watch(), watchdog._listen

    def listened(child: Any, beats: Any) -> None:
        lines, child.stdout = child.stdout, _Lines(child.stdout, watch, child.pid)
        try:
            listen(child, beats)
        finally:
            child.stdout = lines

    environment = {**os.environ, "XDG_DATA_HOME": str(folder)}
    command = [sys.executable, str(ROOT / "main.py"), "--kiosk", "--supervised"]
    apart = partial(subprocess.Popen, start_new_session=True)
    with (
        patched(watchdog, "_listen", listened),
        patched(os, "environ", environment),
        patched(subprocess, "Popen", apart),
    ):
        kept = Watchdog(command)
        thread = threading.Thread(target=kept.run)
        thread.start()
        try:
            watch.second_beat(None, START_S)
            yield watch
        finally:
            kept.stop()
            for process in _children():
                process.send_signal(signal.SIGCONT)
            thread.join(START_S)
            for process in _children():
                process.kill()
            thread.join(START_S)


class _Lines:
    """A program's lines; each beat is noted."""

    def __init__(self, lines: Any, watch: Watch, process: int) -> None:
        self._lines, self._watch, self._process = lines, watch, process

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            if line == BEAT:
                self._watch.note(self._process)
            yield line


def _children() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children()
        if any(part == "--supervised" for part in _words(child))
    ]


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _again(watch: Watch, harm: Callable[[psutil.Process], None]) -> float:
    """Do harm to the arcade; return the seconds until another one's title was there."""
    (arcade,) = _children()
    began = time.monotonic()
    harm(arcade)
    when, _ = watch.second_beat(arcade.pid, START_S)
    return when - began


def _stop(_trial: Trial, watch: Watch) -> float:
    return _again(watch, lambda arcade: arcade.send_signal(signal.SIGSTOP))


def _kill(_trial: Trial, watch: Watch) -> float:
    return _again(watch, lambda arcade: arcade.kill())


def _starve(trial: Trial, watch: Watch) -> float:
    """Let it have no more memory than now: it goes on with that, or is started again."""
    (arcade,) = _children()
    began = time.monotonic()
    size = arcade.memory_info().vms
    arcade.rlimit(psutil.RLIMIT_AS, (size, size))  # what it asks for beyond is refused
    until = began + (WATCH_S if trial.share >= 1 else 8.0)
    time.sleep(until - time.monotonic())
    return watch.longest_silence(began, until)
