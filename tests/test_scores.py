from __future__ import annotations

import sqlite3
from pathlib import Path

from game.cabinet import Rules
from game.match import Match
from game.player import HumanPlayer, Kind
from game.scores import Archive, Run, Scores
from game.tape import Tape, load


def short_tape(frames: int = 90) -> Tape:
    match = Match([HumanPlayer()], Rules(), seed=5, limit_frames=frames)
    while not match.over:
        match.step()
    return match.seats[0].tape


def run(player: str, score: int, kind: Kind = Kind.HUMAN) -> Run:
    return Run(player, kind, "play", score, 100, 1, f"{player}.tape")


def test_best_runs_by_kind_older_first_among_equals(tmp_path: Path) -> None:
    scores = Scores(tmp_path / "scores.sqlite")
    for name, points in (("a", 50), ("b", 90), ("c", 90)):
        scores.add(run(name, points), over=True)
    scores.add(run("net", 500, Kind.AGENT), over=True)
    assert [entry.player for entry in scores.best(Kind.HUMAN)] == ["b", "c", "a"]
    assert scores.best(Kind.AGENT, 1) == [run("net", 500, Kind.AGENT)]
    scores.close()


def test_an_archive_keeps_tape_and_score_over_a_restart(tmp_path: Path) -> None:
    tape = short_tape()
    tape.score = 123
    archive = Archive(tmp_path)
    archive.save("play", tape)
    archive.save("play", tape)
    archive.close()
    assert archive.problem is None
    again = Archive(tmp_path)
    again.close()
    assert again.best_human == 123
    files = sorted((tmp_path / "tapes").iterdir())
    assert len(files) == 2, "two games in one second keep a tape each"
    assert load(files[0]).actions == tape.actions


def test_an_unwritable_folder_is_said_and_survived(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    archive = Archive(blocked)
    archive.save("play", short_tape())
    archive.close()
    assert archive.problem is not None
    assert archive.problem.startswith("Games are not being saved")


def test_a_damaged_database_is_said_and_the_tape_is_kept(tmp_path: Path) -> None:
    (tmp_path / "scores.sqlite").write_bytes(b"not a database" * 100)
    archive = Archive(tmp_path)
    archive.save("play", short_tape())
    archive.close()
    assert archive.problem is not None
    assert len(list((tmp_path / "tapes").iterdir())) == 1


def test_the_file_is_plain_sqlite(tmp_path: Path) -> None:
    scores = Scores(tmp_path / "scores.sqlite")
    scores.add(run("a", 7), over=False)
    scores.close()
    rows = sqlite3.connect(tmp_path / "scores.sqlite").execute("SELECT score, over FROM runs")
    assert rows.fetchall() == [(7, 0)]
