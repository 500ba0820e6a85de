"""The watchdog of a kiosk: it starts the arcade, and restarts it when it crashes or hangs.

The arcade sends a heartbeat: a line on its standard output once a second, from the frame loop
itself, so a stalled loop is silent whatever other threads do. Its standard input is the way
back: a line there asks it to end, and a closed input means that the watchdog is gone, so the
arcade ends itself. This works the same on all systems; Windows has no signal for it.
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

from game.system.health import STARTS_ENV
from game.system.library_output import terminal

BEAT_ENV = "BIGCHAMP_BEAT"  # set if a watchdog listens
BEAT = "beat\n"
BEAT_SECONDS = 1.0
OPENS_SOUND, HAS_SOUND = "opens sound\n", "has sound\n"  # around what may crash in a driver
END, RESTART = "end\n", "restart\n"  # to the arcade: at once, or when nobody plays
RESTART_STATUS = 75  # of an arcade that was asked to restart (EX_TEMPFAIL of sysexits.h)
# Of an arcade that has said itself why it does not start (EX_CONFIG of sysexits.h). What somebody
# ends in the task manager of Windows has the status 1.
REFUSED_STATUS = 78
ORPHAN_S = 4.0  # a hung arcade without a watchdog ends after so long
SAFE_ENVIRONMENT = {"SDL_FRAMEBUFFER_ACCELERATION": "0", "SDL_AUDIODRIVER": "dummy"}
WITHOUT_SOUND = {"SDL_AUDIODRIVER": "dummy"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Timeouts:
    """How long the watchdog waits, in seconds."""

    start: float = 30.0  # until the first heartbeat
    silence: float = 10.0  # between heartbeats: a hung arcade is back within 15 s
    restart: float = 1.0  # before a restart
    quick: float = 60.0  # an arcade that ends sooner counts as a quick crash
    crashes: int = 3  # after so many quick crashes in a row it starts in safe mode
    slowest: float = 30.0  # the longest wait before a restart
    ending: float = 10.0  # for an arcade that was asked to end
    safe: float = 3600.0  # before what was given up is tried again


class Heartbeat:
    """The arcade's end of the connection to its watchdog; without a watchdog it does nothing."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        out: TextIO | None = None,
        orders: TextIO | None = None,
    ) -> None:
        """Write to `out` and read `orders`, or standard output and input where BEAT_ENV is set."""
        listened_to = bool(os.environ.get(BEAT_ENV))
        self._clock = clock
        self._out = out or (sys.stdout if listened_to else None)
        self._next = clock()
        self.asked_to_end = False  # or the watchdog is gone
        self.asked_to_restart = False  # as soon as nobody plays
        orders = orders or (sys.stdin if listened_to else None)
        if orders is not None:
            threading.Thread(target=self._hear, args=(orders,), daemon=True).start()

    def beat(self) -> None:
        """Report that a frame went by."""
        if self._clock() >= self._next:
            self._next = self._clock() + BEAT_SECONDS
            self.send(BEAT)

    def send(self, line: str) -> None:
        """Send the watchdog a message."""
        if self._out is None:
            return
        try:
            self._out.write(line)
            self._out.flush()
        except (OSError, ValueError):  # the watchdog is gone; `_hear` notices it too
            self._out = None

    def _hear(self, orders: TextIO) -> None:
        for line in orders:
            if line == RESTART:
                self.asked_to_restart = True
            elif line == END:
                self.asked_to_end = True
                return
        self.asked_to_end = True
        _log.warning("nobody looks after this arcade any more: it ends")
        time.sleep(ORPHAN_S)
        os._exit(1)  # the frame loop has stalled


class Watchdog:
    """Runs a command again and again, until it ends by itself or `stop` is called."""

    def __init__(self, command: Sequence[str], waits: Timeouts | None = None) -> None:
        self._command = list(command)
        self._waits = waits or Timeouts()
        self._stopping = threading.Event()
        self._child: subprocess.Popen[str] | None = None
        self._began = 0.0
        self.starts = 0
        self.given_up: dict[str, str] = {}  # the environment of an arcade that crashed too often

    @property
    def safe(self) -> bool:
        """Whether the arcade runs in safe mode, without what may have made it crash."""
        return bool(self.given_up)

    def run(self) -> int:
        """Run until the command ends by itself or cannot start, and return its status."""
        waits, crashes, ever_lived = self._waits, 0, False
        while not self._stopping.is_set():
            self._began = time.monotonic()
            end = self._run_once()
            ever_lived |= end.lived
            if end.status == 0 or self._stopping.is_set():
                return 0
            if not ever_lived and end.status == REFUSED_STATUS:
                return 1  # a user error, such as no screen
            lasted = time.monotonic() - self._began
            if end.status == RESTART_STATUS:
                # One more quick crash, and it is back in safe mode.
                self.given_up, crashes = {}, waits.crashes - 1
                _log.info("trying the arcade again with all that it had given up")
                continue
            # A reported reason for not starting, such as no screen, is not a crash.
            if end.lived or end.status != REFUSED_STATUS:
                crashes = crashes + 1 if lasted < waits.quick else 0
            if crashes >= waits.crashes:
                self.given_up = WITHOUT_SOUND if end.in_sound else SAFE_ENVIRONMENT
            elif crashes == 0:
                self.given_up = {}
            wait = waits.restart * max(1, 2 ** (crashes - waits.crashes))
            _log.warning(
                "the arcade ended with status %d after %.0f s; starting it again%s",
                end.status,
                lasted,
                f", with {self.given_up}" if self.given_up else "",
            )
            self._stopping.wait(min(wait, waits.slowest))
        return 0

    def stop(self) -> None:
        """Ask the command to end, and do not restart it."""
        self._stopping.set()
        child = self._child
        if child is not None:
            _ask(child, END)

    def _run_once(self) -> _End:
        """Run the command once and return how it ended."""
        self.starts += 1
        own = {BEAT_ENV: "1", STARTS_ENV: str(self.starts)}
        environment = {**os.environ, **own, **self.given_up}
        lines: queue.Queue[str] = queue.Queue()
        child = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=terminal(),
            encoding="utf-8",
            errors="replace",  # what libraries print is no beat, and no reason to stop listening
            env=environment,
            bufsize=1,
        )
        self._child = child
        try:
            if self._stopping.is_set():
                _ask(child, END)
            threading.Thread(target=_listen, args=(child, lines), daemon=True).start()
            return self._look_after(child, lines)
        finally:  # leave no child behind: ask it to end, with time to save
            if child.poll() is None:
                _ask(child, END)
                try:
                    child.wait(self._waits.ending)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()

    def _look_after(self, child: subprocess.Popen[str], lines: queue.Queue[str]) -> _End:
        """Listen for heartbeats until the arcade ends, or end it when they stop."""
        lived, in_sound, wait, asked = False, False, self._waits.start, False
        while True:
            try:
                line = lines.get(timeout=wait)
            except queue.Empty:
                _log.warning("no heartbeat for %.0f s: the arcade is ended", wait)
                child.kill()
                return _End(child.wait() or 1, lived, in_sound)
            if not line:
                return _End(child.wait(), lived, in_sound)
            if line in (OPENS_SOUND, HAS_SOUND):
                in_sound = line == OPENS_SOUND
                continue
            lived, wait = True, self._waits.silence
            if self.safe and not asked and time.monotonic() - self._began > self._waits.safe:
                asked = True
                _ask(child, RESTART)


@dataclass(frozen=True)
class _End:
    """How a run ended: whether there was ever a heartbeat, and whether it was opening sound."""

    status: int
    lived: bool
    in_sound: bool


def _ask(child: subprocess.Popen[str], order: str) -> None:
    """Send a line to the arcade; do nothing if it is gone."""
    assert child.stdin is not None
    with contextlib.suppress(OSError, ValueError):
        child.stdin.write(order)
        child.stdin.flush()


def _listen(child: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    """Pass on each line from the arcade, and an empty line at the end."""
    assert child.stdout is not None
    for line in child.stdout:
        if line in (BEAT, OPENS_SOUND, HAS_SOUND):
            lines.put(line)
    lines.put("")
