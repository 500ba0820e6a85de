from __future__ import annotations

import csv
import dataclasses
import os
import random
import sqlite3
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from game.emulation.cabinet import Rules
from game.play.player import Kind
from game.records import scores as scores_module
from game.records.scores import Board, Resettable, Run, Scores, write_csv

PLAY = Board("play", Kind.HUMAN)
KILLS = int(os.environ.get("BIGCHAMP_KILLS", "15"))


def run(player: str, score: int, board: Board = PLAY, **changes: object) -> Run:
    plain = Run(player, board, score, 100, 1, f"{player}.tape")
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


@pytest.fixture
def scores(tmp_path: Path) -> Scores:
    return Scores(tmp_path / "scores.sqlite")


def names(runs: list[Run]) -> list[str]:
    return [entry.player for entry in runs]


def test_leaders_best_first_and_older_first_among_equals(scores: Scores) -> None:
    for name, points in (("a", 50), ("b", 90), ("c", 90)):
        scores.add(run(name, points))
    assert names(scores.leaders(PLAY)) == ["b", "c", "a"]
    assert names(scores.leaders(PLAY, limit=1)) == ["b"]


@pytest.mark.parametrize(
    "other",
    [
        Board("race", Kind.HUMAN),
        Board("play", Kind.AGENT),
        Board("play", Kind.HUMAN, Rules(sticky=0)),
        Board("play", Kind.HUMAN, Rules(mode=3)),
        Board("play", Kind.HUMAN, limit_frames=7200),
        Board("play", Kind.HUMAN, handicap="15 s head start"),
    ],
)
def test_only_the_same_match_and_class_are_compared(scores: Scores, other: Board) -> None:
    scores.add(run("here", 5))
    scores.add(run("there", 500, other))
    assert names(scores.leaders(PLAY)) == ["here"]
    assert names(scores.leaders(other)) == ["there"]
    assert set(scores.boards()) == {PLAY, other}
    assert other.words() != PLAY.words() or other.kind != PLAY.kind


def test_a_board_holds_completed_runs_that_nobody_refuted_since_a_time(scores: Scores) -> None:
    scores.add(run("left early", 900, completed=False))
    refuted = scores.add(run("refuted", 800))
    scores.mark(refuted, False)
    scores.add(run("yesterday", 700, finished=1_000.0))
    scores.mark(scores.add(run("true", 60)), True)
    scores.add(run("unchecked", 50))
    assert names(scores.leaders(PLAY)) == ["yesterday", "true", "unchecked"]
    assert names(scores.leaders(PLAY, since=2_000.0)) == ["true", "unchecked"]
    assert [entry.verified for entry in scores.leaders(PLAY)] == [None, True, None]
    assert [tape for _, tape in scores.unverified()] == ["yesterday.tape", "unchecked.tape"]


def test_all_of_a_run_comes_back_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "scores.sqlite"
    board = Board("race", Kind.AGENT, Rules(sticky=0.1, difficulty=1), 3600, "even more")
    given = run("net", 123, board, finished=5.5, frames=77, seed=2**31 - 1)
    scores = Scores(file)
    number = scores.add(given)
    scores.sign(number, "ABC")
    scores.mark(number, True)
    scores.close()
    again = Scores(file)
    expected = dataclasses.replace(given, number=number, initials="ABC", verified=True)
    assert list(again.runs()) == [expected]
    assert again.leaders(board) == [expected]


def test_the_first_versions_file_is_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "scores.sqlite"
    old = sqlite3.connect(file)
    old.execute(
        "CREATE TABLE runs (id INTEGER PRIMARY KEY, finished REAL NOT NULL, mode TEXT NOT NULL,"
        " player TEXT NOT NULL, kind TEXT NOT NULL, score INTEGER NOT NULL, frames INTEGER NOT"
        " NULL, seed INTEGER NOT NULL, over INTEGER NOT NULL, tape TEXT NOT NULL)"
    )
    old.execute("INSERT INTO runs VALUES (7, 1.0, 'play', 'You', 'human', 420, 9, 3, 1, 'x.tape')")
    old.commit()
    old.close()
    for _ in range(2):  # and only once
        scores = Scores(file)
        (kept,) = scores.runs()
        assert (kept.number, kept.score, kept.tape, kept.completed) == (7, 420, "x.tape", True)
        assert scores.leaders(PLAY) == [], "nobody knows which rules it was played under"
        scores.close()


def test_the_tables_are_made_once_and_by_the_first_opening_alone(tmp_path: Path) -> None:
    told: list[str] = []
    connect = scores_module._connect

    def listening(name: str, uri: bool = False) -> sqlite3.Connection:
        database = connect(name, uri)
        database.set_trace_callback(told.append)
        return database

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores_module, "_connect", listening)
        for made in (2, 0):
            told.clear()
            Scores(tmp_path / "scores.sqlite").close()
            assert sum(statement.startswith("CREATE") for statement in told) == made


def test_two_damaged_files_of_one_second_are_both_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scores_module.time, "strftime", lambda _form: "20260101-120000")
    for text in (b"first", b"second"):
        (tmp_path / "scores.sqlite").write_bytes(text)
        Scores(tmp_path / "scores.sqlite").close()
    kept = sorted(path.read_bytes() for path in tmp_path.glob("scores-damaged-*"))
    assert kept == [b"first", b"second"]


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["rubbish", "torn"])
def test_a_damaged_file_is_kept_under_another_name(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "scores.sqlite"
    scores = Scores(file)
    for number in range(300):
        scores.add(run(f"player {number}", number))
    scores.close()
    data = bytearray(file.read_bytes())
    data[0 if damage == "rubbish" else 4096 : 12_000] = b"?" * 8_000
    file.write_bytes(data)
    again = Scores(file)
    assert again.set_aside is not None
    assert again.set_aside.read_bytes() == bytes(data)
    again.add(run("new", 1))
    assert names(again.leaders(PLAY)) == ["new"]


@pytest.mark.slow
@pytest.mark.parametrize("column", [str(name) for _, name, *_ in scores_module._sound_columns()])
def test_a_column_whose_name_has_changed_is_damage_and_costs_no_run(
    tmp_path: Path, column: str
) -> None:
    file = tmp_path / "scores.sqlite"
    scores = Scores(file)
    for number in range(3):
        scores.add(run(f"player {number}", number))
    before = list(scores.runs())
    scores.close()
    data = file.read_bytes()
    named = f"    {column} ".encode()
    assert data.count(named) == 1, "once, where the table is declared"
    file.write_bytes(data.replace(named, f"    {column[:-1]}_ ".encode()))
    again = Scores(file)
    assert again.set_aside is not None
    assert again.rescued == 3
    assert list(again.runs()) == before
    again.add(run("new", 9))
    assert names(again.leaders(PLAY))[0] == "new"
    again.close()


def test_a_file_that_another_copy_begins_at_the_same_time_is_not_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, connect = tmp_path / "scores.sqlite", sqlite3.connect
    others: list[Scores] = []

    class Slow(sqlite3.Connection):
        """Knows the file's version, and goes on only when another copy has made the file."""

        def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
            if ("sqlite_master" in sql or "BEGIN" in sql) and not others:
                monkeypatch.setattr(sqlite3, "connect", connect)
                others.append(Scores(file))
                others[0].add(run("You", 50))
            return super().execute(sql, *values)

    monkeypatch.setattr(sqlite3, "connect", partial(connect, factory=Slow))
    scores = Scores(file)
    scores.add(run("You", 60))
    assert scores.set_aside is None
    assert [kept.score for kept in others[0].runs()] == [50, 60]


def test_a_file_whose_making_was_cut_short_is_finished(tmp_path: Path) -> None:
    file = tmp_path / "scores.sqlite"
    Scores(file).add(run("You", 50))
    with sqlite3.connect(file) as made:
        made.execute("PRAGMA user_version = 0")
        made.execute("DROP INDEX runs_by_score")
    scores = Scores(file)
    assert scores.set_aside is None
    assert [kept.score for kept in scores.runs()] == [50]


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "scores.sqlite"
    later = sqlite3.connect(file)
    later.execute("PRAGMA user_version = 99")
    later.close()
    before = file.read_bytes()
    with pytest.raises(sqlite3.NotSupportedError, match="version 99"):
        Scores(file)
    assert file.read_bytes() == before


def test_old_runs_go_but_never_those_that_lead(scores: Scores) -> None:
    other = Board("race", Kind.HUMAN)
    scores.add(run("champion", 999))
    scores.add(run("racer", 10, other))
    for number in range(20):
        scores.add(run(f"n{number}", number))
    scores.prune(keep=5, best=2)
    kept = names(list(scores.runs()))
    assert kept == ["champion", "racer", "n15", "n16", "n17", "n18", "n19"]


def test_runs_that_an_operator_took_off_crowd_out_none_that_leads(scores: Scores) -> None:
    for number in range(3):
        scores.remove(scores.add(run(f"off{number}", 900 + number)))
    scores.add(run("champion", 500))
    for number in range(6):
        scores.add(run(f"n{number}", number))
    scores.prune(keep=3, best=2)
    assert names(scores.leaders(PLAY))[0] == "champion"


def test_a_day_is_reset_and_put_back_and_counts_all_the_same(scores: Scores) -> None:
    scores.add(run("before", 70, finished=50.0))
    scores.add(run("here", 90, finished=150.0))
    scores.remove(scores.add(run("bad", 95, finished=160.0)))
    scores.add(run("left", 99, finished=170.0, completed=False))
    assert scores.resettable(100, 200) == Resettable(on_boards=1)
    scores.reset_day(100, 200)
    assert scores.resettable(100, 200) == Resettable(taken_off=1)
    assert names(scores.leaders(PLAY)) == ["before"]
    assert [entry.removed for entry in scores.runs()] == [False, True, True, False]
    assert scores.counters().plays == 3, "what was played was played"
    scores.undo_reset()
    assert names(scores.leaders(PLAY)) == ["here", "before"], "the other one stays off"


def test_only_the_last_day_that_was_reset_is_put_back(scores: Scores) -> None:
    for number, finished in enumerate((50.0, 150.0, 160.0)):
        scores.add(run(f"n{number}", number, finished=finished))
    scores.reset_day(0, 100)
    scores.reset_day(100, 200)
    scores.add(run("later", 9, finished=170.0))
    scores.reset_day(100, 200)
    scores.undo_reset()
    assert names(scores.leaders(PLAY)) == ["later", "n2", "n1"]


def test_csv_has_every_run_with_its_rules(scores: Scores, tmp_path: Path) -> None:
    board = Board("race", Kind.HUMAN, Rules(sticky=0.5, mode=2), 7200)
    scores.sign(scores.add(run('Quote", comma', 5, board)), "A,B")
    scores.add(run("second", 6, completed=False))
    file = tmp_path / "out.csv"
    assert write_csv(scores.runs(), file) == 2
    with file.open(newline="", encoding="utf-8") as text:
        first, second = csv.DictReader(text)
    assert (first["player"], first["initials"], first["score"]) == ('Quote", comma', "A,B", "5")
    assert (first["sticky"], first["variant"], first["limit_seconds"]) == ("0.5", "2", "120.0")
    assert (second["completed"], second["verified"], second["limit_seconds"]) == ("0", "", "")


WRITER = """
import sys
from pathlib import Path
from game.play.player import Kind
from game.records.scores import Board, Run, Scores
scores = Scores(Path(sys.argv[1]))
while True:
    number = scores.add(Run("x", Board("play", Kind.HUMAN), 1, 1, 1, "t"))
    print(number, flush=True)
    scores.sign(number, "ABC")
    print(f"signed {number}", flush=True)
"""


@pytest.mark.slow
def test_kill_at_any_moment_of_writing_loses_nothing_that_was_finished(tmp_path: Path) -> None:
    """BIGCHAMP_KILLS=200 in the environment tries more often."""
    file = tmp_path / "scores.sqlite"
    moments = random.Random(0)
    finished: set[int] = set()
    signed: set[int] = set()
    for _ in range(KILLS):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[2],
        )
        assert writer.stdout is not None
        lines = [writer.stdout.readline()]  # it writes now
        time.sleep(moments.uniform(0, 0.1))
        writer.kill()
        lines += [line for line in writer.stdout if line.endswith("\n")]
        writer.wait()
        words = [line.split() for line in lines]
        finished |= {int(parts[-1]) for parts in words}
        signed |= {int(parts[-1]) for parts in words if len(parts) == 2}
    scores = Scores(file)
    assert scores.set_aside is None
    found = {entry.number: entry.initials for entry in scores.runs()}
    assert finished <= set(found)
    assert all(found[number] == "ABC" for number in signed)
    assert len(finished) >= KILLS


@pytest.mark.parametrize("column", ["rules", "kind", "score", "limit_frames", "mode", "player"])
def test_a_run_that_cannot_be_read_costs_no_other_one(tmp_path: Path, column: str) -> None:
    """A changed byte leaves the pages sound; what read such a run ended what saves games."""
    file = tmp_path / "scores.sqlite"
    scores = Scores(file)
    for number in range(20):
        scores.add(run(f"player {number}", number, initials="ABC"))
    scores.close()
    database = sqlite3.connect(file)
    database.execute(f"UPDATE runs SET {column} = CAST(x'7bff22' AS BLOB) WHERE id = 7")
    database.commit()
    database.close()
    damaged = file.read_bytes()
    again = Scores(file)
    assert again.set_aside is not None
    assert again.set_aside.read_bytes() == damaged
    assert again.rescued == 19
    kept = list(again.runs())
    assert [entry.number for entry in kept] == [n for n in range(1, 21) if n != 7]
    assert all(entry.initials == "ABC" for entry in kept)
    assert again.add(run("new", 1)) == 21


def test_a_header_that_forbids_writing_is_damage(tmp_path: Path) -> None:
    """SQLite took a file of a format to come for one that it may read only: nothing was saved."""
    file = tmp_path / "scores.sqlite"
    scores = Scores(file)
    scores.add(run("A", 1))
    scores.close()
    data = bytearray(file.read_bytes())
    data[18] ^= 0x40
    file.write_bytes(data)
    again = Scores(file)
    assert again.set_aside is not None
    assert again.set_aside.read_bytes() == bytes(data)
    assert again.rescued == 1
    assert again.add(run("new", 1)) == 2


@pytest.mark.parametrize("finished", [1e300, -1e18, 1e12])
def test_a_run_whose_time_cannot_be_shown_costs_no_other_one(
    tmp_path: Path, finished: float
) -> None:
    """A changed byte is still a number, of no year that there is: what wrote a table died of it."""
    file = tmp_path / "scores.sqlite"
    scores = Scores(file)
    for number in range(3):
        scores.add(run(f"player {number}", number, finished=1.0 if number != 1 else finished))
    scores.close()
    again = Scores(file)
    assert (again.set_aside is not None, again.rescued) == (True, 2)
    assert write_csv(again.runs(), tmp_path / "all.csv") == 2


def test_a_letter_that_is_none_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "scores.sqlite"
    scores = Scores(file)
    scores.add(run("You", 5))
    scores._database.execute("UPDATE runs SET tape = CAST(x'61ff62' AS TEXT)")
    assert [entry.tape for entry in scores.runs()] == ["a\ufffdb"]


def test_a_run_is_on_the_disk_when_the_power_goes(scores: Scores) -> None:
    """With FULL the folder is not synced after a commit: the run could be undone."""
    assert scores._database.execute("PRAGMA synchronous").fetchone() == (3,)


def test_a_table_whose_name_is_no_text_is_set_aside(tmp_path: Path) -> None:
    """SQLite's own message then is none that Python can read."""
    file = tmp_path / "scores.sqlite"
    Scores(file).close()
    data = file.read_bytes()
    damaged = data.replace(b"CREATE TABLE runs", b"CREATE TABL\xba runs")
    assert damaged != data
    file.write_bytes(damaged)
    scores = Scores(file)
    assert scores.set_aside is not None
    assert scores.set_aside.read_bytes() == damaged
    assert scores.add(run("new", 1)) == 1


def test_games_of_a_day_are_counted_by_the_hour(scores: Scores) -> None:
    noon = time.mktime((2026, 11, 28, 12, 30, 0, 0, 0, -1))
    for finished in (noon, noon + 60, noon + 3600):
        scores.add(run("today", 10, finished=finished))
    scores.add(run("yesterday", 10, finished=noon - 86_400))
    scores.add(run("left", 10, finished=noon, completed=False))
    scores.add(run("network", 10, Board("play", Kind.AGENT), finished=noon))
    hours = scores.by_hour(noon - 3600, noon + 7200)
    assert (hours[12], hours[13], sum(hours)) == (2, 1, 3)
