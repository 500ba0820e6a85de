"""The archive of finished games: saves their tapes and scores in the background.

A durable write takes longer than a frame, and verifying a tape takes seconds. So one thread owns
the score file and writes, and another has tapes verified in a process of its own. What cannot be
written to a full disk waits in memory and is tried again with the next job. Scenes hand over
games and read the last known state; nothing here makes them wait.
"""

from __future__ import annotations

import logging
import queue
import sqlite3
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from game.play.player import Kind
from game.play.tape import Tape
from game.records.games import Game, games
from game.records.scores import Board, Counters, Resettable, Run, Scores, write_csv
from game.records.tape_library import KEEP_TAPES, Label, TapeEntry, TapeLibrary
from game.system.answers import last_answer
from game.system.background import NO_CONSOLE
from game.system.files import write_atomically
from game.system.paths import program
from game.system.sentence import Sentence

DATABASE = "scores.sqlite"
TAPES = "tapes"
MOST_BOARDS = 48  # that are refreshed after each game; there can be hundreds
OPENS_S = 5.0  # how long the file of scores may take before nobody waits for it any longer
LISTED_RUNS = KEEP_TAPES  # the newest ones, whose tapes are there
MOST_LATE = 200  # jobs that wait while the disk is full
VERIFY_S = 600.0  # verifying the longest game takes about half a minute

_log = logging.getLogger(__name__)

Check = Callable[[Path], bool | None]
Job = Callable[[], None]


@dataclass
class Entry:
    """A game in the archive. `number` is zero until it is on disk."""

    number: int = 0


@dataclass
class Kept:
    """Something that was handed over to be written; `written` says that it is on disk."""

    written: bool = False


@dataclass(frozen=True)
class Standings:
    """The best runs of one board, best first. The board of a day has all of them in both."""

    today: tuple[Run, ...]
    ever: tuple[Run, ...]
    day: tuple[int, ...]  # for which `today` was asked


def verify_beside(tape: Path) -> bool | None:
    """Verify `tape` in a process of its own; return None if that failed.

    The process runs at the lowest priority, so that it does not slow the game down.
    """
    try:
        done = subprocess.run(
            [*program(), "verify", "--background", "--report", "--", str(tape)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            creationflags=NO_CONSOLE,
            timeout=VERIFY_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.warning("the tape %s was not verified: %s", tape.name, error)
        return None
    said = last_answer(done.stdout)
    verdict = None if said is None else said.get("verified")
    if isinstance(verdict, bool):
        return verdict
    reason = f"status {done.returncode}" if said is None else said.get("message")
    _log.warning("the tape %s was not verified: %s", tape.name, reason)
    return None


class Archive:
    """Saves tapes and scores, and knows the high scores."""

    def __init__(self, folder: Path, check: Check = verify_beside) -> None:
        """Keep everything in `folder`. Nothing is raised: `problem` says what went wrong.

        `check` returns whether a tape is genuine; it may take seconds.
        """
        self._folder = folder
        self._check = check
        self._jobs: queue.Queue[Job | None] = queue.Queue()
        self._tapes: queue.Queue[tuple[int, Path] | None] = queue.Queue()
        self._standings: dict[Board, Standings] = {}
        self._asked: dict[Board, None] = {}  # in their order
        self._closing = False
        self._late: deque[Job] = deque(maxlen=MOST_LATE)  # games that could not be written yet
        self._scores: Scores | None = None  # used by the writing thread only
        self._library = TapeLibrary(folder / TAPES)  # likewise
        self._games: tuple[Game, ...] | None = None
        self._tapes_asked = False
        self._recent: tuple[Run, ...] = ()
        self._recent_asked = False
        self._boards: tuple[Board, ...] = ()
        self._boards_asked = False
        self._latest_day: date | None = None
        self._opened = threading.Event()  # or it was tried
        self.problem: Sentence | None = None
        self.counters: Counters | None = None  # as last known
        self.hours: tuple[int, ...] = (0,) * 24  # games by people today, while `recent` is asked
        self.resettable = Resettable()  # likewise
        self._damage: Sentence | None = None  # what was set aside at the start
        self._threads = [
            threading.Thread(target=work, name=name, daemon=True)
            for work, name in ((self._write, "archive"), (self._verify, "verifier"))
        ]
        for thread in self._threads:
            thread.start()

    @property
    def folder(self) -> Path:
        """Where everything is kept."""
        return self._folder

    @property
    def latest_day(self) -> date | None:
        """The latest day whose seed a person has played to the end, as last known.

        At the program's start it waits until the file of scores is open.
        """
        self._opened.wait(OPENS_S)
        return self._latest_day

    def save(
        self, board: Board, tape: Tape, completed: bool = True, won: bool | None = None
    ) -> Entry:
        """Save a finished tape in the background; the entry gets its number when written.

        The run counts for `board` if it is `completed`, that is, if the match went to its end.
        `won` says whether it beat all others of a race with the network.
        """
        entry, finished = Entry(), time.time()
        path: Path | None = None
        if completed and board.day is not None and board.kind is Kind.HUMAN:
            self._latest_day = max(board.day, self._latest_day or board.day)

        def done() -> bool:
            nonlocal path
            if path is None:
                path = self._library.add(board.mode, tape)  # even where no scores can be written
            if self._scores is None:
                return False
            run = Run(
                player=tape.player,
                board=board,
                score=tape.score,
                frames=tape.frames,
                seed=tape.seed,
                tape=path.name,
                completed=completed,
                won=won,
                finished=finished,
            )
            entry.number = self._scores.add(run)
            self.problem = self._damage  # games can be saved again
            if completed and tape.kind is not Kind.SCRIPT:
                self._tapes.put((entry.number, path))
            return True

        self._insist(done)
        self._jobs.put(self._make_room)
        return entry

    def sign(self, entry: Entry, initials: str) -> None:
        """Add initials to a saved game."""

        def done() -> bool:
            if self._scores is None or not entry.number:
                return False
            self._scores.sign(entry.number, initials)
            return True

        self._insist(done)

    def remove(self, number: int, removed: bool = True) -> None:
        """Take the run with this number off its board, or put it back."""

        def job() -> None:
            if self._scores is not None:
                self._scores.remove(number, removed)
                self._latest_day = self._scores.latest_day()

        self._jobs.put(job)

    def reset_today(self) -> None:
        """Take all games of today off their boards."""

        def job() -> None:
            if self._scores is not None:
                self._scores.reset_day(*_bounds(_today()))
                self._latest_day = self._scores.latest_day()

        self._jobs.put(job)

    def undo_reset(self) -> None:
        """Put back what the last reset took off."""

        def job() -> None:
            if self._scores is not None:
                self._scores.undo_reset()
                self._latest_day = self._scores.latest_day()

        self._jobs.put(job)

    def recent(self) -> tuple[Run, ...]:
        """Return the last known recent games by people, newest first."""
        if not self._recent_asked:
            self._recent_asked = True
            self._jobs.put(_nothing)
        return self._recent

    def boards(self) -> tuple[Board, ...]:
        """Return the last known boards that have an entry, by mode and class."""
        if not self._boards_asked:
            self._boards_asked = True
            self._jobs.put(_nothing)
        return self._boards

    def export(self, file: Path) -> None:
        """Write every run as a table to `file`; `problem` says if that failed."""

        def job() -> None:
            if self._scores is not None:
                write_csv(self._scores.runs(), file)

        self._jobs.put(job)

    def keep(self, write: Callable[[Path], None]) -> Kept:
        """Let `write` write to the folder, in its turn, again and again until the disk takes it."""
        kept = Kept()

        def done() -> bool:
            write(self._folder)
            kept.written = True
            self.problem = self._damage
            return True

        self._insist(done)
        return kept

    def do(self, job: Job) -> None:
        """Do something that takes longer than a frame; `problem` says if that failed."""
        self._jobs.put(job)

    def write(self, name: str, data: bytes) -> None:
        """Write a small file in the folder, atomically and in the background."""
        self._jobs.put(partial(write_atomically, self._folder / name, data))

    def remove_file(self, name: str) -> None:
        """Remove a small file that `write` wrote, if it is there."""
        self._jobs.put(partial((self._folder / name).unlink, missing_ok=True))

    def standings(self, board: Board) -> Standings | None:
        """Return the last known state of a board, None while it is first being read."""
        known = self._standings.get(board)
        if known is not None and known.day != _today():
            self._asked.pop(board, None)
        self._ask(board)
        return known

    def best(self, board: Board) -> int:
        """Return the last known best score on `board`, zero if it is empty."""
        known = self.standings(board)
        return known.ever[0].score if known is not None and known.ever else 0

    def games(self) -> tuple[Game, ...] | None:
        """Return the last known games that have a tape, newest first, None while first listed."""
        if not self._tapes_asked:
            self._tapes_asked = True
            self._jobs.put(_nothing)
        return self._games

    def label(self, tape: TapeEntry, label: Label) -> None:
        """Give a tape a name, or protect it from being removed to make room."""
        self._jobs.put(partial(self._library.label, tape.path, label))

    def delete(self, tape: TapeEntry) -> None:
        """Delete a tape; the run that it proves stays on its board."""
        self._jobs.put(partial(self._library.delete, tape.path))

    def close(self) -> None:
        """Write everything that is pending and stop. Unverified tapes wait for the next start."""
        self._closing = True
        self._tapes.put(None)
        self._jobs.put(None)
        self._threads[0].join()

    def _ask(self, board: Board) -> None:
        if board not in self._asked:
            if len(self._asked) >= MOST_BOARDS:
                del self._asked[next(iter(self._asked))]
            self._asked[board] = None
            self._jobs.put(_nothing)  # every job is followed by a refresh of the boards

    def _open(self) -> None:
        try:
            scores = Scores(self._folder / DATABASE)
            scores.prune()
            for number, tape in scores.unverified():
                self._tapes.put((number, self._folder / TAPES / tape))
        except (sqlite3.Error, OSError) as error:
            self._fail(error)
            return
        self._scores = scores
        self._latest_day = scores.latest_day()
        self.counters = scores.counters()
        if scores.set_aside is not None:
            kept, rescued = scores.set_aside.name, scores.rescued
            self._damage = Sentence(
                lambda say: say(
                    "The scores were damaged: they are kept as {file}, a new file began with the "
                    "{number} runs that can be read",
                    file=kept,
                    number=rescued,
                )
            )
            self.problem = self._damage

    def _write(self) -> None:
        self._open()
        self._opened.set()
        while (job := self._jobs.get()) is not None:
            if self._scores is None:  # the disk may be back
                self._open()
            self._catch_up()
            self._try(job)
            self._try(self._look)
        self._catch_up()
        if self._scores is not None:
            self._scores.close()

    def _make_room(self) -> None:
        """Delete the oldest tapes, if there are too many. Only the scores say which are ours."""
        if self._scores is not None:
            self._library.make_room(self._scores.tapes())

    def _insist(self, done: Callable[[], bool]) -> None:
        """Queue a job about a game that is retried until `done` returns True."""

        def job() -> None:
            finished = False
            try:
                finished = done()
            finally:
                if not finished:
                    self._late.append(job)

        self._jobs.put(job)

    def _catch_up(self) -> None:
        """Retry what could not be written before, in order."""
        late, self._late = self._late, deque(maxlen=MOST_LATE)
        for job in late:
            self._try(job)

    def _try(self, job: Job) -> None:
        try:
            job()
        except (sqlite3.Error, OSError, ValueError) as error:  # what is read may be damaged
            self._fail(error)

    def _look(self) -> None:
        if self._tapes_asked:
            runs = {} if self._scores is None else self._scores.taped(LISTED_RUNS)
            self._games = games(self._library.tapes(), runs)
        if self._scores is None:
            return
        self.counters = self._scores.counters()
        if self._recent_asked:
            self._recent = tuple(self._scores.recent())
            today = _bounds(_today())
            self.hours = tuple(self._scores.by_hour(*today))
            self.resettable = self._scores.resettable(*today)
        if self._boards_asked:
            self._boards = tuple(self._scores.boards())
        day = _today()
        begin, end = _bounds(day)
        for board in list(self._asked):
            ever = tuple(self._scores.leaders(board))
            # A game of a day's seed may end after midnight, or by a clock that was set.
            here = ever if board.day else tuple(self._scores.leaders(board, begin, end))
            self._standings[board] = Standings(here, ever, day)
        for board in set(self._standings) - set(self._asked):
            del self._standings[board]

    def _verify(self) -> None:
        while (item := self._tapes.get()) is not None and not self._closing:
            number, path = item
            verdict = self._check(path) if path.exists() else None
            if verdict is not None:
                self._jobs.put(partial(self._mark, number, verdict))

    def _mark(self, number: int, verified: bool) -> None:
        if self._scores is not None:
            self._scores.mark(number, verified)
            if not verified:
                self._latest_day = self._scores.latest_day()

    def _fail(self, error: Exception) -> None:
        reason = getattr(error, "strerror", None) or str(error)
        problem = Sentence(lambda say: say("Games are not being saved: {reason}", reason=reason))
        if problem != self.problem:  # logged once, however often it is retried
            _log.warning("%s (%s)", problem, self._folder)
        self.problem = problem


def _nothing() -> None:
    pass


def _bounds(day: tuple[int, int, int]) -> tuple[float, float]:
    """Return when `day` begins and when the next one does, in seconds since 1970.

    A clock that was wrong has left runs on either side. Days have 23 to 25 hours.
    """
    year, month, number = day
    try:
        begin, end = (
            time.mktime((year, month, each, 0, 0, 0, 0, 0, -1)) for each in (number, number + 1)
        )
    except OverflowError:  # on Windows, of a clock that stands at 1970 east of Greenwich
        return 0.0, 86_400.0
    return begin, end


def _today() -> tuple[int, int, int]:
    now = time.localtime()
    return (now.tm_year, now.tm_mon, now.tm_mday)
