"""Finished games: their tapes as files and their results in SQLite, written beside the game."""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from game.player import Kind
from game.tape import SUFFIX, Tape

KEEP_TAPES = 1000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY,
    finished REAL NOT NULL,      -- seconds since 1970
    mode TEXT NOT NULL,          -- play, watch or race
    player TEXT NOT NULL,
    kind TEXT NOT NULL,          -- human, agent, script
    score INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    over INTEGER NOT NULL,       -- 0 if stopped before the game's end
    tape TEXT NOT NULL           -- file name
)
"""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """One line of a board."""

    player: str
    kind: Kind
    mode: str
    score: int
    frames: int
    seed: int
    tape: str


class Scores:
    """The table of runs in one SQLite file, for use from one thread."""

    def __init__(self, path: Path) -> None:
        """Open or create the file; raise sqlite3.Error or OSError if that fails."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path)
        self._database.execute("PRAGMA synchronous = FULL")
        with self._database:
            self._database.execute(_SCHEMA)

    def add(self, run: Run, over: bool) -> None:
        """Write one run; it is on disk when this returns."""
        with self._database:
            self._database.execute(
                "INSERT INTO runs (finished, mode, player, kind, score, frames, seed, over, tape)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    time.time(),
                    run.mode,
                    run.player,
                    run.kind,
                    run.score,
                    run.frames,
                    run.seed,
                    over,
                    run.tape,
                ),
            )

    def best(self, kind: Kind, limit: int = 10) -> list[Run]:
        """Return the best runs of `kind`, best first, the older of equal ones first."""
        rows = self._database.execute(
            "SELECT player, kind, mode, score, frames, seed, tape FROM runs WHERE kind = ?"
            " ORDER BY score DESC, id LIMIT ?",
            (kind, limit),
        )
        return [Run(row[0], Kind(row[1]), *row[2:]) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._database.close()


class Archive:
    """Saves tapes and scores in a thread of its own: a durable write takes longer than a frame."""

    def __init__(self, folder: Path) -> None:
        """Keep everything in `folder`. Nothing is raised: `problem` says what went wrong."""
        self._folder = folder
        self._queue: queue.Queue[tuple[str, Tape] | None] = queue.Queue()
        self.problem: str | None = None
        self.best_human = 0
        self._thread = threading.Thread(target=self._work, name="archive", daemon=True)
        self._thread.start()

    def save(self, mode: str, tape: Tape) -> None:
        """Hand over a sealed tape; returns at once."""
        self._queue.put((mode, tape))

    def close(self) -> None:
        """Write what is waiting and stop."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        scores: Scores | None = None
        try:
            scores = Scores(self._folder / "scores.sqlite")
            self._remember_best(scores)
        except (sqlite3.Error, OSError) as error:
            self._fail(error)
        while (item := self._queue.get()) is not None:
            mode, tape = item
            try:
                name = self._save_tape(mode, tape)
                if scores is not None:
                    run = Run(
                        tape.player, tape.kind, mode, tape.score, tape.frames, tape.seed, name
                    )
                    scores.add(run, tape.over)
                    self._remember_best(scores)
            except (sqlite3.Error, OSError) as error:
                self._fail(error)
        if scores is not None:
            scores.close()

    def _save_tape(self, mode: str, tape: Tape) -> str:
        folder = self._folder / "tapes"
        stamp = time.strftime("%Y%m%d-%H%M%S")
        stem = f"{stamp}-{mode}-{tape.kind}-{tape.score}"
        path, copy = folder / (stem + SUFFIX), 1
        while path.exists():
            copy += 1
            path = folder / f"{stem}-{copy}{SUFFIX}"
        tape.save(path)
        for old in sorted(folder.glob(f"*{SUFFIX}"))[:-KEEP_TAPES]:
            old.unlink()
        return path.name

    def _remember_best(self, scores: Scores) -> None:
        best = scores.best(Kind.HUMAN, 1)
        self.best_human = best[0].score if best else 0

    def _fail(self, error: Exception) -> None:
        reason = getattr(error, "strerror", None) or str(error)
        self.problem = f"Games are not being saved: {reason}"
        _log.warning("%s (%s)", self.problem, self._folder)
