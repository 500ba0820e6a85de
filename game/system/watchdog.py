"""Keeps a kiosk alive: starts the arcade, and starts it again when it dies or hangs.

The arcade says that it lives by writing a line to its output once a second, from the frame
loop itself: a loop that stands still is silent, whatever other threads do.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TextIO

BEAT_ENV = "BIGCHAMP_BEAT"  # set where somebody listens
BEAT = "beat\n"
BEAT_SECONDS = 1.0
SAFE_ENVIRONMENT = {"SDL_FRAMEBUFFER_ACCELERATION": "0", "SDL_AUDIODRIVER": "dummy"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Waits:
    """How long the launcher waits, in seconds."""

    start: float = 30.0  # for the first beat
    silence: float = 10.0  # between beats: a hung arcade is back within 15 s
    restart: float = 1.0  # before the next start
    quick: float = 60.0  # an arcade that ends sooner crashed quickly
    crashes: int = 3  # so many quick ones in a row, and the next start is a safe one
    slowest: float = 30.0  # the longest wait before a start, when nothing helps


class Heart:
    """Beats once a second from the frame loop, where a launcher listens."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, out: TextIO | None = None
    ) -> None:
        self._clock = clock
        self._out = out or (sys.stdout if os.environ.get(BEAT_ENV) else None)
        self._next = clock()

    def beat(self) -> None:
        """Say that a frame went by."""
        if self._out is None or self._clock() < self._next:
            return
        self._next = self._clock() + BEAT_SECONDS
        try:
            self._out.write(BEAT)
            self._out.flush()
        except OSError:  # the launcher is gone; somebody else will stop this
            self._out = None


class Launcher:
    """Runs a command again and again, until it ends by itself or `stop` is called."""

    def __init__(self, command: Sequence[str], waits: Waits | None = None) -> None:
        self._command = list(command)
        self._waits = waits or Waits()
        self._stopping = threading.Event()
        self._child: subprocess.Popen[str] | None = None
        self.starts = 0
        self.safe = False

    def run(self) -> int:
        """Return the status of the command when it ended by itself, or could never start."""
        waits, crashes, ever_lived = self._waits, 0, False
        status = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            status, lived = self._run_once()
            ever_lived |= lived
            if status == 0 or self._stopping.is_set():
                return 0
            if not ever_lived and status == 1:
                return status  # a mistake, such as no screen; it has said so itself
            lasted = time.monotonic() - began
            crashes = crashes + 1 if lasted < waits.quick else 0
            self.safe = crashes >= waits.crashes
            wait = waits.restart * max(1, 2 ** (crashes - waits.crashes))
            _log.warning(
                "the arcade ended with status %d after %.0f s; starting it again%s",
                status,
                lasted,
                ", safely" if self.safe else "",
            )
            self._stopping.wait(min(wait, waits.slowest))
        return status

    def stop(self) -> None:
        """End the command, gently, and do not start it again."""
        self._stopping.set()
        child = self._child
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                child.terminate()

    def _run_once(self) -> tuple[int, bool]:
        """Run the command once; return its status and whether it ever said that it lives."""
        environment = {**os.environ, BEAT_ENV: "1", **(SAFE_ENVIRONMENT if self.safe else {})}
        self.starts += 1
        beats: queue.Queue[bool] = queue.Queue()
        child = subprocess.Popen(
            self._command,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",  # what libraries print is no beat, and no reason to stop listening
            env=environment,
            bufsize=1,
        )
        self._child = child
        try:
            if self._stopping.is_set():
                child.terminate()
            threading.Thread(target=_listen, args=(child, beats), daemon=True).start()
            lived, wait = False, self._waits.start
            while True:
                try:
                    alive = beats.get(timeout=wait)
                except queue.Empty:
                    _log.warning("the arcade was silent for %.0f s and is ended", wait)
                    child.kill()
                    return child.wait() or 1, lived
                if not alive:
                    return child.wait(), lived
                lived, wait = True, self._waits.silence
        finally:  # leave no child behind
            if child.poll() is None:
                child.kill()
                child.wait()


def _listen(child: subprocess.Popen[str], beats: queue.Queue[bool]) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        if line == BEAT:
            beats.put(True)
    beats.put(False)
