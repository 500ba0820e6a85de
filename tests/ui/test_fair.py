"""A day at a fair, faster: visitors who press anything, leave at any time, break things.

BIGCHAMP_VISITORS=500 in the environment makes it the eight hours of a real day.
"""

from __future__ import annotations

import dataclasses
import errno
import logging
import os
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psutil
import pygame
import pytest

from game.emulation.cabinet import FRAMES_PER_SECOND, Rules
from game.play.ladder import CHAMPION, Rung
from game.play.match import HANDICAPS
from game.play.opponents import open_ladder
from game.play.player import Kind, Player
from game.play.tape import Tape
from game.records import archive as archive_module
from game.records import scores as scores_module
from game.records import tape_library as library_module
from game.records.archive import DATABASE, Archive, Entry
from game.records.scores import TOURNAMENT, TWO_PEOPLE, Board, Scores
from game.records.tape_library import KEEP_TAPES
from game.system import dates as dates_module
from game.system.log_files import log_to_file
from game.tournament import store
from game.tournament.desk import Desk
from game.tournament.model import FEWEST
from game.ui.input.settled_input import SETTLED_FRAMES
from game.ui.scenes.attract import Attract
from game.ui.scenes.match import MatchScene
from game.ui.scenes.operator import OperatorMenu
from game.ui.scenes.scene import TournamentWanted
from game.ui.scenes.settings import Settings
from game.ui.scenes.tape_library import TapeLibraryScene
from game.ui.scenes.title import Title
from game.ui.scenes.tournament import TournamentScene
from game.ui.tools.tournament_scenes import PEOPLE
from game.ui.window.app import App
from tests.helpers.monkeys import do_anything, do_anything_beside, join, let_go, post
from tests.helpers.visit import Thinker, press

pytestmark = pytest.mark.fair

VISITORS = int(os.environ.get("BIGCHAMP_VISITORS", "12"))
A_DAY = 500  # visitors from which on it is one
HOURS = 8
RULES = Rules(frame_cap=1800)
NOT_FOR_VISITORS = (OperatorMenu, Settings, TapeLibraryScene)
TOURNAMENT_AT = 5 if VISITORS >= A_DAY else 2  # share of the day, before memory is measured
MOST_VISITS = 60  # for each of a tournament's people, until it is over
LONGEST_WAIT_S = 150  # results, initials, board and title, one after the other
MOST_QUIET_S = 40 if VISITORS >= A_DAY else 2  # between two visitors: the attract loop
GROWTH = 1.05  # of memory, at most
DISK_BYTES = 20e6  # at most, for scores, tapes and logs

Mishap = Callable[[App], Any]


class Day:
    """Visitors one after another at one kiosk."""

    def __init__(self, app: App, seed: int) -> None:
        self.app = app
        self._random = random.Random(seed)
        self.frames = 0
        self.joined = 0  # visits in which a friend took part
        self.errors: Counter[str] = Counter()  # in scenes, by what they say

    def visit(self, in_twos: bool = False, watched: bool = False) -> None:
        """Press anything for up to 40 seconds, alone or with a friend, and walk away.

        Whoever is `watched` by an operator does not hold the keys of the operator's menu.
        """
        chance = self._random
        if in_twos:
            if isinstance(self.app.scene, Attract):  # the first press ends it
                do_anything(chance)
                self._run(2)
            join()
            self._run(2)
            self.joined += self.app.arcade.party.is_two
        for _ in range(chance.randrange(10, 40)):
            do_anything(chance)
            if in_twos:
                do_anything_beside(chance)
            if watched:
                post(pygame.KEYUP, key=pygame.K_RIGHT, mod=0)
            self._run(chance.randrange(1, FRAMES_PER_SECOND))
        let_go()

    def hold_tournament(self, people: int) -> Desk:
        """Let an operator begin a tournament, and its people press anything until it is over."""
        desk = self.app.arcade.desk
        desk.draft.names = list(PEOPLE[:people])
        desk.begin(RULES)
        for _ in range(MOST_VISITS * people):
            if not desk.running:
                break
            if isinstance(self.app.scene, Title | Attract):
                self.app._apply(TournamentWanted())
            self._run(2 * SETTLED_FRAMES)
            self.visit(watched=True)
        while isinstance(self.app.scene, TournamentScene):  # somebody has seen enough of it
            press(self.app, pygame.K_RETURN)
            self._run(FRAMES_PER_SECOND * 3)
        return desk

    def wait_for_home(self) -> None:
        """Let time pass until the arcade invites the next visitor."""
        for _ in range(LONGEST_WAIT_S):
            if type(self.app.scene) in (Title, Attract):
                return
            self._run(FRAMES_PER_SECOND)
        raise AssertionError(f"still in {type(self.app.scene).__name__}")

    def be_quiet(self) -> None:
        """Let nobody come for a while."""
        self._run(FRAMES_PER_SECOND * self._random.randrange(MOST_QUIET_S))

    def _run(self, frames: int) -> None:
        for _ in range(frames):
            self.frames += 1
            try:
                self.app.poll()
                self.app.update()
                if self.frames % 30 == 0:
                    self.app.draw()
            except Exception as error:
                self.errors[str(error)] += 1
                self.app._recover()
            assert not isinstance(self.app.scene, NOT_FOR_VISITORS)


def once(kind: type[Any], name: str, error: Exception) -> Mishap:
    """Return what lets the method `name` of `kind` fail the next time, and then never again."""

    @contextmanager
    def mishap(_app: App) -> Iterator[None]:
        usual, failed = getattr(kind, name), []

        def method(self: Any, *arguments: Any, **named: Any) -> Any:
            if not failed:
                failed.append(True)
                raise error
            return usual(self, *arguments, **named)

        with patch.object(kind, name, method):
            yield

    return mishap


@contextmanager
def full_disk(_app: App) -> Iterator[None]:
    """Nothing can be written during a whole visit."""

    def full(*_arguments: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with patch.object(Tape, "save", full), patch.object(archive_module, "write_atomically", full):
        yield


@contextmanager
def locked_scores(_app: App) -> Iterator[None]:
    """Another program holds the scores' file during a whole visit."""
    with patch.object(Scores, "add", side_effect=sqlite3.OperationalError("database is locked")):
        yield


@contextmanager
def clock_set(_app: App, by: float) -> Iterator[None]:
    """Somebody sets the system's clock by `by` seconds, until the end of the visit."""

    class Clock:
        mktime, strptime = staticmethod(time.mktime), staticmethod(time.strptime)

        @staticmethod
        def time() -> float:
            return time.time() + by

        @classmethod
        def localtime(cls, seconds: float | None = None) -> time.struct_time:
            return time.localtime(cls.time() if seconds is None else seconds)

        @classmethod
        def strftime(cls, form: str, at: time.struct_time | None = None) -> str:
            return time.strftime(form, cls.localtime() if at is None else at)

    with ExitStack() as stack:
        for module in (archive_module, scores_module, library_module, dates_module):
            stack.enter_context(patch.object(module, "time", Clock))
        yield


@contextmanager
def no_sound_device(_app: App) -> Iterator[None]:
    """The sound device is gone for good."""
    pygame.mixer.quit()
    yield


@contextmanager
def other_screen(app: App) -> Iterator[None]:
    """The monitor is gone, and another one is plugged in after the visit."""
    size = pygame.display.get_window_size()
    pygame.display.set_mode((320, 200), pygame.RESIZABLE)
    yield
    pygame.display.set_mode(size, pygame.RESIZABLE)
    pygame.event.post(pygame.Event(pygame.WINDOWSIZECHANGED, x=size[0], y=size[1]))


MISTAKES = ("in update", "in draw", "in handle", "in leave", "of a network")
# These wait, while visitors come and go, until somebody gets to where they are made.
LATENT: list[Mishap] = [
    once(MatchScene, "update", RuntimeError(MISTAKES[0])),
    once(MatchScene, "draw", ValueError(MISTAKES[1])),
    once(Title, "handle", KeyError(MISTAKES[2])),
    once(MatchScene, "leave", ZeroDivisionError(MISTAKES[3])),
    once(Thinker, "decide", RuntimeError(MISTAKES[4])),
]
MISHAPS: list[Mishap] = [
    *LATENT,
    full_disk,
    locked_scores,
    lambda app: clock_set(app, by=86_400),
    lambda app: clock_set(app, by=-20 * 365 * 86_400),
    other_screen,
    no_sound_device,
]
# What the arcade must not have met but for these.
HARMLESS = {*MISTAKES, repr(MISTAKES[2])}


def with_ladder(app: App) -> None:
    """Give the arcade three opponents, of which the recommended one cannot be opened."""
    rungs = [
        Rung(Path(f"{name}.tflite"), name, score, 10, 700_000)
        for name, score in (("recruit", 200), ("gunner", 300), (CHAMPION, 900))
    ]

    def opened(model: Path, name: str | None) -> Callable[[], Callable[[], Player]]:
        def load() -> Callable[[], Player]:
            if name == "gunner":
                raise ValueError(f"{model} is damaged")
            return Thinker

        return load

    app.arcade.opponents = open_ladder(rungs, app.arcade.agent, opened)
    app._stack[0] = Title(app.arcade)


def test_nobody_gets_out_and_nothing_is_lost(
    make_app: Callable[..., App], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(kiosk=True, rules=RULES, seed=None)
    with_ladder(app)
    assert app.arcade.archive is not None
    app.arcade.desk = Desk(keep=app.arcade.archive.keep)
    app.arcade.prefer(dataclasses.replace(app.arcade.preferences, turn_minutes=1))
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
    when = {(n + 1) * VISITORS // (len(MISHAPS) + 1): m for n, m in enumerate(MISHAPS)}
    assert len(when) == len(MISHAPS), "every error once, each with a visitor of its own"
    # Without pytest's handlers: they keep each error's frames, and in these whole scenes.
    logger, handlers = logging.getLogger(), list(logging.getLogger().handlers)
    for handler in handlers:
        logger.removeHandler(handler)
    log_to_file(tmp_path)
    try:
        with ExitStack() as whole_day:
            for visitor in range(VISITORS):
                with ExitStack() as visit:
                    mishap = when.get(visitor)
                    if mishap is not None:
                        (whole_day if mishap in LATENT else visit).enter_context(mishap(app))
                    day.visit(in_twos=visitor % 3 == 2)
                    day.wait_for_home()
                    if visitor == VISITORS // TOURNAMENT_AT:
                        desk = day.hold_tournament(8 if VISITORS >= A_DAY else FEWEST)
                        day.wait_for_home()
                day.be_quiet()
                day.wait_for_home()
                assert app.running, "a visitor got out"
                memory.append(process.memory_info().rss)
    finally:
        for handler in list(logger.handlers):
            logger.removeHandler(handler)
            handler.close()
        for handler in handlers:
            logger.addHandler(handler)
    assert app.arcade.handicap in HANDICAPS
    archive = app.arcade.archive
    assert archive is not None
    archive.close()
    app.arcade.archive = None
    assert archive.problem is None

    assert set(day.errors) <= HARMLESS, day.errors
    assert max(day.errors.values()) == 1
    database = sqlite3.connect(tmp_path / DATABASE)
    rows = database.execute("SELECT mode, kind, score, completed FROM runs")
    assert Counter((m, k, s, bool(c)) for m, k, s, c in rows) == handed
    assert sum(handed.values()) >= VISITORS // 2
    assert day.joined >= VISITORS // 6
    (in_twos,) = database.execute(
        "SELECT COUNT(*) FROM runs WHERE handicap LIKE ?", (f"{TWO_PEOPLE}%",)
    ).fetchone()
    assert in_twos >= VISITORS // 6
    now = desk.tournament
    assert now is not None and now.over and store.read(tmp_path).tournament == now
    (in_tournament,) = database.execute(
        "SELECT COUNT(*) FROM runs WHERE handicap = ? AND completed", (TOURNAMENT,)
    ).fetchone()
    # Each result is a game; one mistake may have come between a game and its result.
    assert in_tournament - len(now.events) in (0, 1)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not list(tmp_path.rglob("*.tmp"))
    tapes = list((tmp_path / "tapes").glob("*.tape"))
    assert len(tapes) == min(sum(handed.values()), KEEP_TAPES)
    disk = sum(file.stat().st_size for file in files)
    assert disk < DISK_BYTES
    early, late = memory[len(memory) // 4], memory[-1]
    hours = day.frames / FRAMES_PER_SECOND / 3600
    print(
        f"\n{VISITORS} visitors, {day.joined} of them in twos, in {hours:.1f} hours,"
        f" {len(day.errors)} errors in scenes,"
        f" {sum(handed.values())} games, each once in the scores,"
        f" {in_tournament} of them in a tournament of {len(now.plan.names)};"
        f" memory {early / 1e6:.1f} MB after a quarter, {late / 1e6:.1f} MB at the end;"
        f" disk {disk / 1e6:.1f} MB, {len(tapes)} tapes"
    )
    if VISITORS >= A_DAY:
        assert hours >= HOURS
        assert late < early * GROWTH
        assert set(day.errors) == HARMLESS - {MISTAKES[2]}


def test_a_full_disk_is_said_and_nothing_is_lost(
    make_app: Callable[..., App], tmp_path: Path
) -> None:
    app = make_app(kiosk=True, rules=RULES, seed=None)
    day = Day(app, seed=2)
    archive = app.arcade.archive
    assert archive is not None
    tape = Tape(RULES, 1, "You", Kind.HUMAN)
    board = Board("play", Kind.HUMAN, RULES)
    with full_disk(app):
        early = archive.save(board, tape)
        archive.sign(early, "ABC")
        day.visit()
        day.wait_for_home()
        assert app.running
        assert archive.problem is not None
        assert "No space left" in archive.problem
    entry = archive.save(board, tape)  # there is room again
    archive.close()
    app.arcade.archive = None
    assert 0 < early.number < entry.number
    assert archive.problem is None
    scores = Scores(tmp_path / DATABASE)
    assert {run.number: run.initials for run in scores.runs()}[early.number] == "ABC"
    scores.close()
