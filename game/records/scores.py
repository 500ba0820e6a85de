"""Scores in one SQLite file: who played, under which rules, with what result."""

from __future__ import annotations

import csv
import dataclasses
import itertools
import json
import logging
import math
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from game.emulation.cabinet import FRAMES_PER_SECOND, Rules, variant_name
from game.play.coached_player import COACHED, SHARED
from game.play.daily import day_of, stored
from game.play.match import HANDICAPS
from game.play.player import Kind
from game.system.dates import day_words
from game.system.files import rename_over, unused
from game.system.sentence import Say, listed

VERSION = 2  # of the table, kept in SQLite's user_version
MOST_VERSIONS = 1_000  # a larger number means damage
BOARD_LINES = 10
KEEP_RUNS = 100_000  # about 20 MB; the oldest go first, but none that leads a board
KEEP_BEST = 100  # of each board
RECENT_RUNS = 100
_REMOVED = 2  # what `completed` says of a run that an operator took off its board
_RESET = 3  # likewise of one that went with all others of its day

_COLUMNS = """
    id INTEGER PRIMARY KEY,
    finished REAL NOT NULL,      -- seconds since 1970
    mode TEXT NOT NULL,          -- play, watch, race or ghost
    player TEXT NOT NULL,
    kind TEXT NOT NULL,          -- human, agent, script
    initials TEXT NOT NULL,      -- three letters, or empty
    score INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    rules TEXT NOT NULL,         -- JSON
    limit_frames INTEGER,        -- the match's time limit
    handicap TEXT NOT NULL,      -- what the person was given, empty for an even match
    completed INTEGER NOT NULL,  -- 0 if left before the match's end, 2 or 3 if taken off the boards
    tape TEXT NOT NULL,          -- file name
    won INTEGER,                 -- 1 if it beat all others of a race with the network, else 0
    verified INTEGER             -- 1 if playing the tape gave this score, 0 if not
"""
_TABLE = f"CREATE TABLE IF NOT EXISTS runs ({_COLUMNS})"
_INDEX = "CREATE INDEX IF NOT EXISTS runs_by_score ON runs (mode, kind, score DESC)"
_CSV_COLUMNS = (
    "number", "finished", "mode", "kind", "player", "initials",
    "score", "seconds", "seed", "limit_seconds", "handicap", "sticky",
    "difficulty", "variant", "completed", "won", "verified", "tape", "day",
)  # fmt: skip
_RUN_COLUMNS = (
    "player, mode, kind, rules, limit_frames, handicap, score, frames, seed, tape,"
    " completed, initials, won, verified, finished, id"
)
_OLD_COLUMNS = "id, finished, mode, player, kind, score, frames, seed, tape"

_BOARD_COLUMNS = ("mode", "kind", "rules", "limit_frames", "handicap")
LAST_SECOND = 32_503_680_000  # of the year 2999, the last that every system can show
# Whether a run's values have the right types, and its time can be shown.
_SOUND = " AND ".join(
    [
        "typeof(finished) IN ('real', 'integer')",
        f"finished BETWEEN 0 AND {LAST_SECOND}",
        *(f"typeof({name}) = 'text'" for name in ("player", "initials", "handicap", "tape")),
        *(f"typeof({name}) = 'text'" for name in ("mode", "kind", "rules")),
        *(f"typeof({name}) = 'integer'" for name in ("score", "frames", "seed", "completed")),
        *(f"typeof({name}) IN ('integer', 'null')" for name in ("limit_frames", "won", "verified")),
        "mode IN ('play', 'watch', 'race', 'ghost')",
    ]
)

TOGETHER = "; "  # between several stored handicaps
TOURNAMENT = "tournament"  # stored like a handicap: a game of a tournament
TWO_PEOPLE = "two people"  # stored like a handicap: they raced each other
BROWSER = "browser"  # stored like a handicap: played over a network, with its delay

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Board:
    """A board of high scores: runs of the same kind of match and of player."""

    mode: str
    kind: Kind
    rules: Rules = field(default_factory=Rules)
    limit_frames: int | None = None
    # As stored: Handicap.name, COACHED, SHARED, BROWSER, TWO_PEOPLE; last, the day of its seed.
    handicap: str = ""

    @property
    def day(self) -> date | None:
        """The day whose seed its games have, None for games of any seed."""
        return day_of(self.handicap.rpartition(TOGETHER)[2])

    def of_day(self, day: date | None) -> Board:
        """Return the board of the same games on the seed of `day`, itself for None."""
        if day is None:
            return self
        parts = filter(None, (self.handicap, stored(day)))
        return dataclasses.replace(self, handicap=TOGETHER.join(parts))

    def words(self, say: Say = str.format) -> str:
        """Return the board's title; it names rules that differ from the standard ones."""
        names = {
            "play": say("Playing alone"),
            "watch": say("The network alone"),
            "race": say("Race"),
            "ghost": say("Against a recording"),
        }
        match = names[self.mode]
        if self.limit_frames is not None:
            minutes = f"{self.limit_frames / FRAMES_PER_SECOND / 60:g}"
            match = say("{match}, {minutes} min", match=match, minutes=minutes)
        elif self.mode == "race":
            match = say("{match}, no time limit", match=match)
        switches = itertools.product((False, True), repeat=2)
        eased = [
            dataclasses.replace(handicap, auto_fire=fires, one_switch=moves)
            for fires, moves in switches
            for handicap in HANDICAPS
        ]
        known = {handicap.name: handicap.words(say) for handicap in (*HANDICAPS, *eased)}
        known |= {COACHED: say("with a coach"), SHARED: say("shared with the network")}
        known |= {BROWSER: say("in the browser"), TWO_PEOPLE: say("two people")}
        known |= {TOURNAMENT: say("in a tournament")}
        day = self.day
        if day is not None:
            known[stored(day)] = say("game of {day}", day=day_words(day, say))
        given = [known.get(part, part) for part in self.handicap.split(TOGETHER) if part]
        return listed([match, *given, *_rules_words(self.rules, say)], say)


@dataclass(frozen=True)
class Run:
    """One finished game. `number` is its id in the file, zero before it is saved."""

    player: str
    board: Board
    score: int
    frames: int
    seed: int
    tape: str
    completed: bool = True
    removed: bool = False  # by an operator, from its board
    initials: str = ""
    won: bool | None = None  # a race with the network, None for any other match
    verified: bool | None = None  # None until its tape has been verified
    finished: float = 0.0  # seconds since 1970
    number: int = 0


@dataclass(frozen=True)
class Counters:
    """Statistics of what people played: completed games, mean length, races, races won."""

    plays: int
    mean_seconds: float
    races: int
    wins: int


@dataclass(frozen=True)
class Resettable:
    """Games by people: those of today on the boards, and those that a reset took off."""

    on_boards: int = 0
    taken_off: int = 0


class Scores:
    """The table of runs in one SQLite file, for use from one thread."""

    def __init__(self, path: Path) -> None:
        """Open or create the file; raise sqlite3.Error or OSError if that fails.

        A damaged file is kept under another name, `set_aside`, and a new one is begun with
        the `rescued` runs of it that can be read.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self.set_aside: Path | None = None
        self.rescued = 0
        try:
            self._database = _open(path)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            self.set_aside = _set_aside(path)
            self._database = _open(path)
            self.rescued = _rescue(self.set_aside, self._database)
            _log.warning(
                "the scores in %s are damaged (%s); kept as %s, and %d runs of them in a new file",
                *(path, error, self.set_aside.name, self.rescued),
            )

    def add(self, run: Run) -> int:
        """Write one run and return its number; it is on disk when this returns."""
        board = run.board
        with self._database:
            cursor = self._database.execute(
                "INSERT INTO runs (finished, mode, player, kind, initials, score, frames, seed,"
                " rules, limit_frames, handicap, completed, tape, won, verified)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run.finished or time.time(),
                    board.mode,
                    run.player,
                    board.kind,
                    run.initials,
                    run.score,
                    run.frames,
                    run.seed,
                    _rules_text(board.rules),
                    board.limit_frames,
                    board.handicap,
                    run.completed,
                    run.tape,
                    run.won,
                    run.verified,
                ),
            )
        return int(cursor.lastrowid or 0)

    def sign(self, number: int, initials: str) -> None:
        """Write the initials of a run."""
        with self._database:
            self._database.execute("UPDATE runs SET initials = ? WHERE id = ?", (initials, number))

    def mark(self, number: int, verified: bool) -> None:
        """Write whether playing a run's tape gave its score."""
        with self._database:
            self._database.execute("UPDATE runs SET verified = ? WHERE id = ?", (verified, number))

    def leaders(
        self,
        board: Board,
        since: float = 0.0,
        until: float = math.inf,
        limit: int = BOARD_LINES,
    ) -> list[Run]:
        """Return the best completed runs of `board` that finished in [`since`, `until`).

        Best first, the older of equal ones first; a run whose tape did not verify does not count.
        On one seed a network plays the same game again and again: there it has one line.
        """
        once = board.day is not None and board.kind is Kind.AGENT
        rows = self._database.execute(
            f"SELECT {_RUN_COLUMNS} FROM runs"
            " WHERE mode = ? AND kind = ? AND rules = ? AND limit_frames IS ? AND handicap = ?"
            " AND finished >= ? AND finished < ?"
            " AND completed = 1 AND verified IS NOT 0 ORDER BY score DESC, id LIMIT ?",
            (
                board.mode,
                board.kind,
                _rules_text(board.rules),
                board.limit_frames,
                board.handicap,
                since,
                until,
                -1 if once else limit,
            ),
        )
        runs = [_run(row) for row in rows]
        if once:
            runs = list({run.player: run for run in reversed(runs)}.values())
            runs.sort(key=lambda run: (-run.score, run.number))
        return runs[:limit]

    def latest_day(self) -> date | None:
        """Return the latest day whose seed a person has played to the end, None without one."""
        rows = self._database.execute(
            "SELECT DISTINCT SUBSTR(handicap, -14) FROM runs WHERE kind = ? AND completed = 1"
            " AND verified IS NOT 0 AND handicap LIKE '%day ____-__-__'",
            (Kind.HUMAN,),
        )
        return max(filter(None, (day_of(str(text)) for (text,) in rows)), default=None)

    def boards(self) -> list[Board]:
        """Return every board that has a line, by mode and class."""
        rows = self._database.execute(
            "SELECT DISTINCT mode, kind, rules, limit_frames, handicap FROM runs"
            " WHERE completed = 1 AND verified IS NOT 0 AND rules != ''"
            " ORDER BY mode, kind, limit_frames, handicap"
        )
        return [_board(*row) for row in rows]

    def counters(self) -> Counters:
        """Return what people played so far."""
        row = self._database.execute(
            "SELECT COUNT(*), COALESCE(AVG(frames), 0), COUNT(won), COALESCE(SUM(won), 0)"
            " FROM runs WHERE kind = ? AND completed",
            (Kind.HUMAN,),
        ).fetchone()
        return Counters(row[0], row[1] / FRAMES_PER_SECOND, row[2], row[3])

    def by_hour(self, since: float, until: float) -> list[int]:
        """Return how many games people finished in each hour of the day in [`since`, `until`)."""
        rows = self._database.execute(
            "SELECT finished FROM runs WHERE kind = ? AND completed"
            " AND finished >= ? AND finished < ?",
            (Kind.HUMAN, since, until),
        )
        hours = [0] * 24
        for (finished,) in rows:
            hours[time.localtime(finished).tm_hour] += 1
        return hours

    def recent(self, limit: int = RECENT_RUNS) -> list[Run]:
        """Return the last completed runs by people, the newest first."""
        rows = self._database.execute(
            f"SELECT {_RUN_COLUMNS} FROM runs WHERE kind = ? AND completed"
            " ORDER BY id DESC LIMIT ?",
            (Kind.HUMAN, limit),
        )
        return [_run(row) for row in rows]

    def remove(self, number: int, removed: bool = True) -> None:
        """Take a completed run off its board, or put it back; it stays in the file and counts."""
        with self._database:
            self._database.execute(
                "UPDATE runs SET completed = ? WHERE id = ? AND completed",
                (_REMOVED if removed else 1, number),
            )

    def reset_day(self, since: float, until: float) -> None:
        """Take all that finished in [`since`, `until`) off the boards; it stays and counts.

        What an earlier day's reset took off can be put back by itself only, from then on.
        """
        with self._database:
            self._database.execute(
                "UPDATE runs SET completed = ? WHERE completed = ?"
                " AND NOT (finished >= ? AND finished < ?)",
                (_REMOVED, _RESET, since, until),
            )
            self._database.execute(
                "UPDATE runs SET completed = ? WHERE completed = 1"
                " AND finished >= ? AND finished < ?",
                (_RESET, since, until),
            )

    def undo_reset(self) -> None:
        """Put back what the last reset took off the boards."""
        with self._database:
            self._database.execute("UPDATE runs SET completed = 1 WHERE completed = ?", (_RESET,))

    def resettable(self, since: float, until: float) -> Resettable:
        """Return how many games by people of [`since`, `until`) a reset would take off."""
        row = self._database.execute(
            "SELECT COALESCE(SUM(completed = 1 AND finished >= ? AND finished < ?), 0),"
            " COALESCE(SUM(completed = ?), 0) FROM runs WHERE kind = ? AND completed",
            (since, until, _RESET, Kind.HUMAN),
        ).fetchone()
        return Resettable(row[0], row[1])

    def unverified(self) -> list[tuple[int, str]]:
        """Return number and tape of the completed runs that nobody has verified, oldest first."""
        rows = self._database.execute(
            "SELECT id, tape FROM runs WHERE verified IS NULL AND completed ORDER BY id"
        )
        return [(int(number), str(tape)) for number, tape in rows]

    def taped(self, limit: int) -> dict[str, Run]:
        """Return the last `limit` runs by the names of their tapes."""
        rows = self._database.execute(
            f"SELECT {_RUN_COLUMNS} FROM runs ORDER BY id DESC LIMIT ?", (limit,)
        )
        return {run.tape: run for run in map(_run, rows)}

    def tapes(self) -> list[str]:
        """Return the file names of all tapes that were written, in their order."""
        rows = self._database.execute("SELECT tape FROM runs ORDER BY id")
        return [str(name) for (name,) in rows]

    def runs(self) -> Iterator[Run]:
        """Yield every run, oldest first."""
        for row in self._database.execute(f"SELECT {_RUN_COLUMNS} FROM runs ORDER BY id"):
            yield _run(row)

    def prune(self, keep: int = KEEP_RUNS, best: int = KEEP_BEST) -> None:
        """Delete the oldest runs beyond `keep`, but never the `best` of each board."""
        with self._database:
            self._database.execute(
                "DELETE FROM runs WHERE id IN (SELECT id FROM (SELECT id, ROW_NUMBER() OVER"
                " (PARTITION BY mode, kind, rules, limit_frames, handicap"
                " ORDER BY completed = 1 DESC, score DESC, id) AS place,"
                " ROW_NUMBER() OVER (ORDER BY id DESC) AS age"
                " FROM runs) WHERE age > ? AND place > ?)",
                (keep, best),
            )

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def write_csv(runs: Iterator[Run], file: Path) -> int:
    """Write `runs` as a table with a header to `file`; return how many. Raises OSError."""
    count = 0
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(_CSV_COLUMNS)
        for run in runs:
            count += 1
            board, limit = run.board, run.board.limit_frames
            table.writerow(
                (
                    run.number,
                    time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(run.finished)),
                    board.mode,
                    board.kind,
                    run.player,
                    run.initials,
                    run.score,
                    round(run.frames / 60, 1),
                    run.seed,
                    "" if limit is None else round(limit / 60, 1),
                    _without_day(board),
                    board.rules.sticky,
                    board.rules.difficulty,
                    board.rules.mode,
                    int(run.completed),
                    "" if run.won is None else int(run.won),
                    "" if run.verified is None else int(run.verified),
                    run.tape,
                    board.day or "",
                )
            )
        out.flush()
        os.fsync(out.fileno())
    return count


def _without_day(board: Board) -> str:
    """Return what the players of `board` were given, in its stored words."""
    if board.day is None:
        return board.handicap
    return board.handicap.removesuffix(stored(board.day)).removesuffix(TOGETHER)


def _open(path: Path) -> sqlite3.Connection:
    """Open the file at `path` and bring its table up to date; raise sqlite3.Error, or OSError."""
    # Before SQLite has it: closing a file drops every lock that this process has on it (close(2)).
    if path.exists():
        with path.open("rb") as file:
            if file.read(19)[18:] > b"\x02":  # SQLite's format for writing: 1 or 2
                raise sqlite3.DatabaseError("its header marks it as read-only")
    database = _connect(str(path))
    try:
        # A run is acknowledged when the journal's end is on the disk too: FULL leaves that out.
        database.execute("PRAGMA synchronous = EXTRA")
        if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the integrity check failed")
        if _version(database) != VERSION:
            _bring_up_to_date(database)
        if _columns(database) != _sound_columns():
            raise sqlite3.DatabaseError("its table is missing or has other columns")
        _read_all(database)
    except UnicodeDecodeError as error:  # what SQLite says of a damaged table quotes it
        database.close()
        raise sqlite3.DatabaseError("its tables cannot be read") from error
    except BaseException:
        database.close()
        raise
    return database


def _connect(name: str, uri: bool = False) -> sqlite3.Connection:
    database = sqlite3.connect(name, uri=uri)
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    return database


def _columns(database: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Return what SQLite says of each column: its place, name, type and so on."""
    return database.execute("PRAGMA table_info(runs)").fetchall()


@cache
def _sound_columns() -> list[tuple[object, ...]]:
    """Return the columns of a new table."""
    with closing(_connect(":memory:")) as database:
        database.execute(_TABLE)
        return _columns(database)


def _read_all(database: sqlite3.Connection) -> None:
    """Raise DatabaseError if there is a run that cannot be read.

    A byte that changed inside a run leaves SQLite's pages as sound as before.
    """
    if database.execute(f"SELECT 1 FROM runs WHERE NOT ({_SOUND}) LIMIT 1").fetchone():
        raise sqlite3.DatabaseError("a value has the wrong type")
    rows = database.execute(
        "SELECT DISTINCT mode, kind, rules, limit_frames, handicap FROM runs NOT INDEXED"
    ).fetchall()
    try:
        for row in rows:
            _board(*row)
    except ValueError as error:
        raise sqlite3.DatabaseError(f"a board cannot be read: {error}") from error


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is damaged, as opposed to a disk, permission or version problem."""
    if type(error) is sqlite3.DatabaseError:
        return True
    # SQLITE_ERROR: valid statements fail, so the tables are not what they were.
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def _rescue(aside: Path, database: sqlite3.Connection) -> int:
    """Copy what can be read of the damaged file `aside`; return how many runs that is."""
    count = 0
    try:
        damaged = _connect(f"{aside.absolute().as_uri()}?immutable=1", uri=True)
    except sqlite3.Error:
        return 0
    try:
        # Then SQLite reads the table although its index is for a column that is there no more.
        damaged.execute("PRAGMA writable_schema = ON")
        names = _RUN_COLUMNS
        marks = ", ".join("?" * len(names.split(", ")))
        with database:
            rows = f"SELECT {names} FROM ({_as_named(damaged)}) WHERE {_SOUND} ORDER BY id"
            for row in damaged.execute(rows):
                board = dict(zip(names.split(", "), row, strict=True))
                try:
                    _board(*(board[name] for name in _BOARD_COLUMNS))
                except ValueError:
                    continue
                database.execute(f"INSERT OR IGNORE INTO runs ({names}) VALUES ({marks})", row)
                count += 1
    except (sqlite3.Error, ValueError) as error:  # from here on there is nothing to be read
        _log.warning("the scores in %s end after %d runs: %s", aside, count, error)
    finally:
        damaged.close()
    return count


def _as_named(damaged: sqlite3.Connection) -> str:
    """Return the query of a damaged file's table with its columns by their right names.

    A byte that changed in a name makes it another one, in its old place.
    """
    pairs = zip(_columns(damaged), _sound_columns(), strict=True)
    quoted = [(str(there).replace('"', '""'), name) for (_, there, *_), (_, name, *_) in pairs]
    columns = ", ".join(f'"{there}" AS {name}' for there, name in quoted if name != "id")
    return f"SELECT rowid AS id, {columns} FROM runs"


def _version(database: sqlite3.Connection) -> int:
    """Return the version of the file's tables, zero of a new one; raise sqlite3.Error if odd."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if not 0 <= version < MOST_VERSIONS:
        raise sqlite3.DatabaseError("its version number is not valid")
    if version > VERSION:
        raise sqlite3.NotSupportedError(
            f"the scores are of version {version}, this program reads {VERSION}: update it"
        )
    return int(version)


def _bring_up_to_date(database: sqlite3.Connection) -> None:
    """Make a new file's table, or turn the first version's, which knew no rules, into this one's.

    Its runs stay in the file and come into the CSV; without known rules no board takes them.
    """
    with database:
        # Another copy of the program may be at it: only under the lock is it known what is there.
        database.execute("BEGIN IMMEDIATE")
        if _version(database) == VERSION:
            return
        columns = {name for _, name, *_ in database.execute("PRAGMA table_info(runs)")}
        old = bool(columns) and "completed" not in columns
        if old:
            database.execute("ALTER TABLE runs RENAME TO old_runs")
        database.execute(_TABLE)
        if old:
            database.execute(
                f"INSERT INTO runs ({_OLD_COLUMNS}, initials, rules, handicap, completed, verified)"
                f" SELECT {_OLD_COLUMNS}, '', '', '', over, NULL FROM old_runs"
            )
            database.execute("DROP TABLE old_runs")
        database.execute(_INDEX)
        database.execute(f"PRAGMA user_version = {VERSION}")


def _set_aside(path: Path) -> Path:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = unused(path.with_name(f"{path.stem}-damaged-{stamp}{path.suffix}"))
    rename_over(path, aside)
    journal = path.with_name(path.name + "-journal")
    if journal.exists():
        rename_over(journal, aside.with_name(aside.name + "-journal"))
    return aside


def _rules_words(rules: Rules, say: Say) -> list[str]:
    """Return what is not as in the standard rules."""
    words = {
        "sticky": say("stickiness {value}", value=f"{rules.sticky:g}"),
        "noop_max": say("up to {number} no-op frames", number=rules.noop_max),
        "mode": variant_name(rules.mode, say),
        "difficulty": say("difficulty {number}", number=rules.difficulty),
        "frame_cap": say("at most {number} frames", number=rules.frame_cap),
    }
    standard = dataclasses.asdict(Rules())
    return [words[name] for name, usual in standard.items() if getattr(rules, name) != usual]


def _rules_text(rules: Rules) -> str:
    return json.dumps(dataclasses.asdict(rules), sort_keys=True)


def _board(mode: object, kind: object, rules: object, limit: object, handicap: object) -> Board:
    known = Rules.from_dict(json.loads(str(rules))) if rules else Rules()
    frames = limit if isinstance(limit, int) else None
    return Board(str(mode), Kind(str(kind)), known, frames, str(handicap))


def _run(row: tuple[object, ...]) -> Run:
    player, mode, kind, rules, limit, handicap, score, frames, seed, tape, completed, *rest = row
    initials, won, verified, finished, number = rest
    return Run(
        player=str(player),
        board=_board(mode, kind, rules, limit, handicap),
        score=int(str(score)),
        frames=int(str(frames)),
        seed=int(str(seed)),
        tape=str(tape),
        completed=bool(completed),
        removed=completed in (_REMOVED, _RESET),
        initials=str(initials),
        won=None if won is None else bool(won),
        verified=None if verified is None else bool(verified),
        finished=float(str(finished)),
        number=int(str(number)),
    )
