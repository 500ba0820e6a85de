"""A day at a fair in a few seconds: visitors who press anything, leave at any time, break things.

BIGCHAMP_VISITORS=500 in the environment makes it a long day.
"""

from __future__ import annotations

import errno
import os
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from monkeys import do_anything, let_go

from game.archive import DATABASE, Archive, Entry
from game.cabinet import FRAMES_PER_SECOND, Rules
from game.match import HANDICAPS
from game.player import Kind
from game.scores import Board
from game.tape import Tape
from game.ui.app import App
from game.ui.arena import Arena
from game.ui.attract import Attract
from game.ui.title import Title

VISITORS = int(os.environ.get("BIGCHAMP_VISITORS", "6"))
RULES = Rules(frame_cap=900)
LONGEST_WAIT_S = 150  # results, initials, board and title, one after the other


class Day:
    """Visitors one after another at one kiosk."""

    def __init__(self, app: App, seed: int) -> None:
        self.app = app
        self._random = random.Random(seed)
        self._frames = 0

    def visit(self) -> None:
        """Press anything for up to 40 seconds, and walk away."""
        chance = self._random
        for _ in range(chance.randrange(10, 40)):
            do_anything(chance)
            self._run(chance.randrange(1, FRAMES_PER_SECOND))
        let_go()

    def wait_for_home(self) -> None:
        """Let time pass until the arcade invites the next visitor."""
        for _ in range(LONGEST_WAIT_S):
            if type(self.app.scene) in (Title, Attract):
                return
            self._run(FRAMES_PER_SECOND)
        raise AssertionError(f"still in {type(self.app.scene).__name__}")

    def _run(self, frames: int) -> None:
        for _ in range(frames):
            self._frames += 1
            try:
                self.app.poll()
                self.app.update()
                if self._frames % 30 == 0:
                    self.app.draw()
            except (RuntimeError, OSError):
                self.app._recover()


def test_nobody_gets_out_and_nothing_is_lost(
    make_app: Callable[..., App], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(kiosk=True, rules=RULES, seed=None)
    app.arcade.race_frames = 600
    handed: Counter[tuple[str, str, int, bool]] = Counter()
    save = Archive.save

    def watched(
        self: Archive, board: Board, tape: Tape, completed: bool = True, won: bool | None = None
    ) -> Entry:
        handed[board.mode, board.kind, tape.score, completed] += 1
        return save(self, board, tape, completed, won)

    monkeypatch.setattr(Archive, "save", watched)
    day = Day(app, seed=1)
    process, memory = psutil.Process(), []
    for visitor in range(VISITORS):
        if visitor == VISITORS // 3:  # a mistake in a scene, once
            with monkeypatch.context() as patch:
                patch.setattr(Arena, "update", _broken)
                day.visit()
        else:
            day.visit()
        day.wait_for_home()
        assert app.running, "a visitor got out"
        memory.append(process.memory_info().rss)
    assert app.arcade.handicap in HANDICAPS
    assert app.arcade.archive is not None
    assert app.arcade.archive.problem is None
    app.arcade.archive.close()
    app.arcade.archive = None

    rows = sqlite3.connect(tmp_path / DATABASE).execute(
        "SELECT mode, kind, score, completed FROM runs"
    )
    assert Counter((m, k, s, bool(c)) for m, k, s, c in rows) == handed
    assert sum(handed.values()) >= VISITORS // 2
    if VISITORS >= 100:
        early, late = memory[len(memory) // 4], memory[-1]
        assert late < early * 1.05


def _broken(_arena: Arena) -> None:
    raise RuntimeError("a mistake")


def test_a_full_disk_is_said_and_play_goes_on(
    make_app: Callable[..., App], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(kiosk=True, rules=RULES, seed=None)
    day = Day(app, seed=2)
    archive = app.arcade.archive
    assert archive is not None

    def full(_tape: Tape, _path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    tape = Tape(RULES, 1, "You", Kind.HUMAN)
    board = Board("play", Kind.HUMAN, RULES)
    with monkeypatch.context() as patch:
        patch.setattr(Tape, "save", full)
        archive.save(board, tape)
        for _ in range(2):
            day.visit()
            day.wait_for_home()
    assert app.running
    assert archive.problem is not None
    assert "No space left" in archive.problem
    entry = archive.save(board, tape)  # there is room again
    archive.close()
    app.arcade.archive = None
    assert entry.number > 0
    assert archive.problem is None
