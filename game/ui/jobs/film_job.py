"""Exports a video in the background, by the command `film` in a process of its own."""

from __future__ import annotations

import contextlib
import math
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.system.answers import heard
from game.system.background import NO_CONSOLE
from game.system.paths import program
from game.system.preferences import OFF
from game.ui.jobs.film import SeatTape, half_of
from game.ui.jobs.film_card import CARD_FRAMES
from game.ui.widgets.translation import spoken

LEAST_FRAMES = 30  # after which the speed is known


@dataclass(frozen=True)
class FilmRequest:
    """Which video to make."""

    seat_tapes: Sequence[SeatTape]
    begin: int  # frames of the match
    end: int
    level: str  # of the network's panels
    file: Path
    agent: Path | None = None  # whose panels; None is the bundled network
    card: bool = False  # whether a card comes first


class FilmJob:
    """Makes one video; call `cancel` before leaving it unfinished."""

    def __init__(self, request: FilmRequest) -> None:
        """Start."""
        self.request = request
        self.made = 0  # frames written so far
        self.frames = request.end - request.begin + CARD_FRAMES * request.card
        self.problem: str | None = None  # why it failed
        self.cancelled = False
        self._began: float | None = None  # when the first frame was written
        self._running: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._work, name="film", daemon=True)
        self._thread.start()

    @property
    def seconds_left(self) -> int | None:
        """How long it will still take at the speed so far, None while nobody can tell."""
        if self._began is None or self.made < LEAST_FRAMES:
            return None
        taken = time.monotonic() - self._began
        return math.ceil(taken * (self.frames - self.made) / self.made)

    @property
    def done(self) -> bool:
        """Whether it has ended, successfully or not."""
        return not self._thread.is_alive()

    def wait(self) -> None:
        """Wait for its end."""
        self._thread.join()

    def cancel(self) -> None:
        """Cancel it and return at once; nothing is left on disk."""
        self.cancelled = True
        if self._running is not None:
            self._running.terminate()

    def _work(self) -> None:
        try:
            with tempfile.TemporaryDirectory() as name:
                self._run(Path(name))
        except OSError as error:
            self.problem = error.strerror or str(error)

    def _run(self, folder: Path) -> None:
        request = self.request
        request.file.parent.mkdir(parents=True, exist_ok=True)
        tapes = [folder / f"{number}.tape" for number in range(len(request.seat_tapes))]
        for path, seat_tape in zip(tapes, request.seat_tapes, strict=True):
            seat_tape.tape.save(path)
        seconds = [f"{frame / FRAMES_PER_SECOND:.4f}" for frame in (request.begin, request.end)]
        command = [*program(), "film", "--background", "--report"]
        command += ["--from", seconds[0], "--to", seconds[1], "--language", spoken()]
        if len(tapes) > 1:
            for tape in tapes[1:]:
                command += ["--beside", str(tape)]
            for seat_tape in request.seat_tapes:
                command += ["--begins", str(seat_tape.begins)]
        if request.card:
            command += ["--card"]
            played = request.seat_tapes[0].played
            if played is not None:
                command += ["--played", f"{played:.0f}"]
        if request.level != OFF:
            command += ["--overlay", request.level]
            if request.agent is not None:
                command += ["--agent", str(request.agent.absolute())]
        running = subprocess.Popen(
            [*command, "--", str(tapes[0]), str(request.file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            creationflags=NO_CONSOLE,
        )
        self._running = running
        if self.cancelled:  # cancelled in the meantime
            running.terminate()
        assert running.stdout is not None
        problem = None
        # The process ends by itself when nobody reads its progress any more.
        with running.stdout as lines:
            for line in lines:
                answer = heard(line) or {}
                self.made = answer.get("made", self.made)
                if self._began is None and self.made:
                    self._began = time.monotonic()
                problem = answer.get("problem", problem)
        if running.wait() and not self.cancelled:
            self.problem = problem or f"status {running.returncode}"
        with contextlib.suppress(OSError):  # a killed process leaves its file behind
            half_of(request.file).unlink(missing_ok=True)
