from __future__ import annotations

import errno
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from game.emulation.cabinet import Action, Rules
from game.play.match import Match
from game.play.player import ConstantPlayer, HumanPlayer, Kind
from game.play.tape import Tape, load
from game.records import archive as archive_module
from game.records import tape_library
from game.records.archive import DATABASE, Archive, Standings, verify_beside
from game.records.scores import Board, Scores
from game.system import files
from tests.helpers.common import wait_for

PLAY = Board("play", Kind.HUMAN)
SCRIPT = Board("play", Kind.SCRIPT)


def short_tape(frames: int = 90, player: HumanPlayer | ConstantPlayer | None = None) -> Tape:
    match = Match([player or HumanPlayer()], Rules(), seed=5, limit_frames=frames)
    while not match.over:
        match.step()
    return match.seats[0].tape


def scored(points: int) -> Tape:
    tape = short_tape()
    tape.score = points
    return tape


def never(_path: Path) -> bool | None:
    return None


def shown(archive: Archive, board: Board = PLAY) -> Standings:
    """The board as it stands when everything that waits is written."""
    done = threading.Event()
    archive.standings(board)
    archive._jobs.put(done.set)
    archive._jobs.put(archive_module._nothing)
    wait_for(lambda: done.is_set() and archive._jobs.empty() and archive.standings(board))
    standings = archive.standings(board)
    assert standings is not None
    return standings


def test_tape_and_score_are_there_after_a_restart(tmp_path: Path) -> None:
    archive = Archive(tmp_path, never)
    entries = [archive.save(PLAY, scored(123)) for _ in range(2)]
    archive.close()
    assert archive.problem is None
    assert [entry.number for entry in entries] == [1, 2]
    again = Archive(tmp_path, never)
    assert [run.score for run in shown(again).ever] == [123, 123]
    assert again.best(PLAY) == 123
    again.close()
    files = sorted((tmp_path / "tapes").iterdir())
    assert len(files) == 2, "two games in one second keep a tape each"
    assert load(files[0]).frames == 90


def test_a_board_is_known_soon_after_a_game_and_signed(tmp_path: Path) -> None:
    archive = Archive(tmp_path, never)
    assert archive.standings(PLAY) is None
    assert shown(archive).ever == ()
    entry = archive.save(PLAY, scored(50))
    archive.save(PLAY, scored(70), completed=False)
    archive.sign(entry, "ABC")
    wait_for(lambda: archive.best(PLAY) == 50)
    (line,) = shown(archive).today
    assert (line.number, line.initials, line.score) == (entry.number, "ABC", 50)
    archive.close()


def test_yesterdays_board_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(tmp_path, never)
    archive.save(PLAY, scored(50))
    assert len(shown(archive).today) == 1
    now = time.localtime(time.time() + 86_400 * 1.5)
    monkeypatch.setattr(archive_module, "_today", lambda: tuple(now[:3]))
    wait_for(lambda: (s := archive.standings(PLAY)) is not None and s.today == ())
    assert len(shown(archive).ever) == 1
    archive.close()


def test_tapes_are_verified_beside_and_a_false_one_leaves_the_board(tmp_path: Path) -> None:
    asked: list[str] = []

    def check(path: Path) -> bool:
        asked.append(path.name)
        return load(path).score < 100

    archive = Archive(tmp_path, check)
    archive.save(PLAY, scored(50))
    archive.save(PLAY, scored(500))
    archive.save(PLAY, scored(700), completed=False)
    archive.save(SCRIPT, short_tape(player=ConstantPlayer(Action.FIRE)))
    wait_for(lambda: [(r.score, r.verified) for r in shown(archive).ever] == [(50, True)])
    archive.close()
    assert len(asked) == 2


def test_what_was_not_verified_is_verified_at_the_next_start(tmp_path: Path) -> None:
    archive = Archive(tmp_path, never)
    archive.save(PLAY, scored(50))
    archive.close()
    again = Archive(tmp_path, lambda _path: True)
    wait_for(lambda: [run.verified for run in shown(again).ever] == [True])
    again.close()


def test_closing_does_not_wait_for_a_tape_that_is_being_verified(tmp_path: Path) -> None:
    begun, end = threading.Event(), threading.Event()

    def slow(_path: Path) -> bool:
        begun.set()
        return end.wait(60)

    archive = Archive(tmp_path, slow)
    archive.save(PLAY, scored(50))
    assert begun.wait(60)
    start = time.monotonic()
    archive.close()
    assert time.monotonic() - start < 5
    end.set()
    scores = Scores(tmp_path / DATABASE)
    assert len(scores.unverified()) == 1
    scores.close()


@pytest.mark.slow
@pytest.mark.parametrize("edit", [False, True])
def test_a_program_of_its_own_verifies(tmp_path: Path, edit: bool) -> None:
    tape, path = short_tape(), tmp_path / "a.tape"
    if edit:
        tape.score += 10
    tape.save(path)
    assert verify_beside(path) is not edit


def test_an_unwritable_folder_is_said_and_survived(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    archive = Archive(blocked, never)
    entry = archive.save(PLAY, short_tape())
    archive.sign(entry, "ABC")
    assert archive.standings(PLAY) is None
    archive.close()
    assert archive.problem is not None
    assert archive.problem.startswith("Games are not being saved")


@pytest.mark.slow
def test_a_folder_that_comes_back_is_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.write_text("in the way")
    archive = Archive(folder, never)
    archive.save(PLAY, short_tape())
    wait_for(lambda: archive.problem is not None)
    folder.unlink()
    entry = archive.save(PLAY, scored(40))
    assert shown(archive).ever[0].score == 40
    assert entry.number > 0
    assert archive.problem is None
    archive.close()


def test_a_damaged_database_is_said_and_games_are_kept(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"not a database" * 100)
    archive = Archive(tmp_path, never)
    archive.save(PLAY, scored(60))
    assert shown(archive).ever[0].score == 60
    archive.close()
    assert archive.problem is not None
    aside = archive.problem.partition("kept as ")[2].partition(",")[0]
    assert (tmp_path / aside).read_bytes().startswith(b"not a database")
    assert len(list((tmp_path / "tapes").iterdir())) == 1


def test_scores_of_a_later_program_are_said_and_the_tape_is_kept(tmp_path: Path) -> None:
    import sqlite3

    later = sqlite3.connect(tmp_path / DATABASE)
    later.execute("PRAGMA user_version = 99")
    later.close()
    archive = Archive(tmp_path, never)
    archive.save(PLAY, short_tape())
    archive.close()
    assert archive.problem is not None
    assert "version 99" in archive.problem
    assert len(list((tmp_path / "tapes").iterdir())) == 1


def test_what_the_disk_refuses_is_written_later_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    archive = Archive(tmp_path, never)
    shown(archive)
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", refuse)
        early = [archive.save(PLAY, scored(points)) for points in (50, 60)]
        archive.sign(early[0], "ABC")
        wait_for(lambda: archive.problem is not None and archive._jobs.empty())
        shown(archive)
        assert [entry.number for entry in early] == [0, 0]
        assert not list(tmp_path.rglob("*.tmp")), "halves would fill it further"
    late = archive.save(PLAY, scored(40))
    archive.close()
    assert archive.problem is None
    assert [entry.number for entry in (*early, late)] == [1, 2, 3]
    scores = Scores(tmp_path / DATABASE)
    runs = list(scores.runs())
    scores.close()
    assert [(run.score, run.initials) for run in runs] == [(50, "ABC"), (60, ""), (40, "")]
    assert runs[0].finished < runs[2].finished
    assert len(list((tmp_path / "tapes").iterdir())) == 3


@pytest.mark.slow
def test_a_clock_that_was_set_back_costs_no_tape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tape_library, "KEEP_TAPES", 2)
    archive = Archive(tmp_path, never)
    for score, year in enumerate(("2026", "2027", "1970", "1970")):
        monkeypatch.setattr(tape_library.time, "strftime", lambda _form, y=year: f"{y}0101-000000")
        wait_for(partial(getattr, archive.save(PLAY, scored(score)), "number"))
    archive.close()
    kept = sorted(path.stem for path in (tmp_path / "tapes").glob("*.tape"))
    assert kept == ["19700101-000000-play-human-2", "19700101-000000-play-human-3"]


@pytest.mark.slow
def test_a_tape_from_elsewhere_outlives_a_full_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tape_library, "KEEP_TAPES", 1)
    friend = tmp_path / "tapes" / "friend.tape"
    short_tape().save(friend)
    archive = Archive(tmp_path, never)
    for score in range(3):
        archive.save(PLAY, scored(score))
    archive.games()
    archive.close()
    assert friend.exists()
    assert len(list(friend.parent.glob("*.tape"))) == 2
    found = archive.games()
    assert found is not None and "friend" in [game.first.name for game in found]


@pytest.mark.slow
def test_a_run_of_a_clock_that_was_ahead_does_not_lead_today(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(tmp_path, never)
    now = time.time()
    for ahead, score in ((0, 10), (365 * 86_400, 90), (86_400, 70), (-86_400, 80)):
        monkeypatch.setattr(archive_module.time, "time", lambda ahead=ahead: now + ahead)
        archive.save(PLAY, scored(score))
    standings = shown(archive)
    archive.close()
    assert [run.score for run in standings.today] == [10]
    assert [run.score for run in standings.ever] == [90, 80, 70, 10]


def test_a_day_ends_when_the_next_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(time, "tzset"):
        pytest.skip("this system's time zone cannot be set")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        for day, hours in (((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 12, 31), 24)):
            begin, end = archive_module._bounds(day)
            assert end - begin == hours * 3600
            assert time.localtime(end)[3:6] == (0, 0, 0)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_boards_that_nobody_looks_at_any_more_are_forgotten(tmp_path: Path) -> None:
    archive = Archive(tmp_path, never)
    archive.save(PLAY, scored(50))
    assert len(shown(archive).ever) == 1
    for frames in range(archive_module.MOST_BOARDS):
        shown(archive, Board("race", Kind.HUMAN, limit_frames=frames))
    assert len(archive._standings) <= archive_module.MOST_BOARDS
    assert len(shown(archive).ever) == 1, "and found again"
    archive.close()
