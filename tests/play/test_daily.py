"""The seed of the day: the same everywhere, one for each day, and a day that never goes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pygame
import pytest

from game.emulation.cabinet import MAX_SEED
from game.play.daily import day_of, day_seed, stored
from game.play.player import Kind
from game.play.tape import Tape
from game.records.scores import Board, Scores
from game.system import dates
from game.ui.scenes.high_scores import both_boards
from game.ui.scenes.match import start_match
from game.ui.scenes.results import Results
from game.ui.scenes.scene import Mode
from game.ui.scenes.title import Title
from game.ui.window.app import App
from tests.helpers.common import wait_for
from tests.helpers.visit import SHORT, match_scene_of, press, run, run_to_results

DAY = date(2026, 11, 29)
NEXT = DAY + timedelta(days=1)


class Clock:
    """A clock that somebody sets, in place of the system's in game/system/dates.py."""

    def __init__(self, day: date) -> None:
        self.day = day

    def localtime(self) -> time.struct_time:
        return time.struct_time(self.day.timetuple())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(DAY)
    monkeypatch.setattr(dates, "time", clock)
    return clock


def test_the_seed_follows_from_the_date_alone() -> None:
    """Worked out with sha256sum and a calculator, not with this program."""
    assert day_seed(date(2026, 11, 29)) == 1762013755
    assert day_seed(date(2026, 11, 30)) == 385897817


def test_every_day_of_ten_years_has_a_seed_of_its_own_that_a_game_takes() -> None:
    days = [date(2000, 1, 1) + timedelta(days=number) for number in range(3_652)]
    seeds = {day_seed(day) for day in days}
    assert all(0 <= seed <= MAX_SEED for seed in seeds)
    assert len(days) - len(seeds) < 3  # two of 2**31 may be equal by chance


@pytest.mark.parametrize(
    "text", ["", "day", "day 2026-13-01", "day 2026-11-29 ", "15 s head start"]
)
def test_only_a_stored_day_is_one(text: str) -> None:
    assert day_of(stored(DAY)) == DAY
    assert day_of(text) is None


def test_a_day_is_a_class_beside_the_handicap() -> None:
    for given in ("", "auto-fire", "with a coach; 15 s head start"):
        board = Board("race", Kind.HUMAN, SHORT, 3600, given)
        assert board.day is None
        assert board.of_day(None) == board
        assert board.of_day(DAY).day == DAY
        assert board.of_day(DAY) != board.of_day(NEXT) != board
        assert "game of 29 Nov 2026" in board.of_day(DAY).words()


@pytest.mark.slow
def test_a_race_and_a_game_alone_of_one_day_have_the_days_seed(
    make_app: Callable[..., App], clock: Clock
) -> None:
    app = make_app(seed=None, daily=True)
    for mode in (Mode.RACE, Mode.PLAY, Mode.WATCH):
        scene = start_match(mode, app.arcade)
        assert scene is not None
        assert (scene.match.seed, scene.match.day) == (day_seed(DAY), DAY)
        assert scene.board(scene.match.seats[0]).day == DAY


@pytest.mark.slow
def test_a_game_that_midnight_meets_counts_for_the_day_on_which_it_began(
    make_app: Callable[..., App], clock: Clock, tmp_path: Path
) -> None:
    app = make_app(Mode.RACE, seed=None, daily=True)
    match_scene_of(app).skip_countdown()
    run(app, 60)
    clock.day = NEXT
    run_to_results(app)
    assert isinstance(app.scene, Results)
    press(app, pygame.K_RETURN)  # once more: by now it is the next day
    assert match_scene_of(app).match.day == NEXT
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    scores = Scores(tmp_path / "scores.sqlite")
    assert {run.board.day for run in scores.runs()} == {DAY}
    assert {run.seed for run in scores.runs()} == {day_seed(DAY)}
    scores.close()


def finished(app: App, board: Board) -> int:
    """Let a person finish a game on `board`; return its number in the file."""
    archive = app.arcade.archive
    assert archive is not None
    entry = archive.save(board, Tape(SHORT, 1, "You", Kind.HUMAN, score=50))
    wait_for(lambda: entry.number > 0)
    return entry.number


@pytest.mark.slow
def test_a_clock_that_is_set_back_opens_no_earlier_board(
    make_app: Callable[..., App], clock: Clock
) -> None:
    app = make_app(seed=None, daily=True)
    assert app.arcade.day == DAY
    finished(app, Board("race", Kind.HUMAN, SHORT).of_day(DAY))
    clock.day = NEXT
    assert app.arcade.day == NEXT
    number = finished(app, Board("race", Kind.HUMAN, SHORT).of_day(NEXT))
    for behind in (DAY, date(1970, 1, 1)):
        clock.day = behind
        assert app.arcade.day == NEXT
        assert "30 Nov 2026 has been played here" in str(app.arcade.clock_problem)
        again = make_app(seed=None, daily=True)  # and a restart makes no difference
        assert again.arcade.day == NEXT
    assert isinstance(app.scene, Title)
    run(app, 1)
    # A game by a clock that was ahead can be taken off its board: then the day is open again.
    assert app.arcade.archive is not None
    clock.day = DAY
    app.arcade.archive.remove(number)
    wait_for(lambda: app.arcade.day == DAY)
    assert app.arcade.clock_problem is None


def test_a_games_day_is_left_to_whoever_chooses(make_app: Callable[..., App], clock: Clock) -> None:
    app = make_app(seed=None)
    assert (app.arcade.day, app.arcade.chooses_day) == (None, True)
    app.arcade.prefer(app.arcade.preferences.stepped("daily", 1))
    assert app.arcade.day == DAY
    given = make_app(seed=5)
    given.arcade.prefer(given.arcade.preferences.stepped("daily", 1))
    assert (given.arcade.day, given.arcade.chooses_day) == (None, False)


def test_a_network_has_one_line_on_the_board_of_a_day(tmp_path: Path) -> None:
    scores = Scores(tmp_path / "scores.sqlite")
    people, networks = both_boards(Board("race", Kind.HUMAN, SHORT, 3600).of_day(DAY))
    from tests.records.test_scores import run as a_run

    for name, points in (("champion", 600), ("recruit", 90), ("champion", 600), ("champion", 580)):
        scores.add(a_run(name, points, networks))
        scores.add(a_run("You", points, people))
    theirs = scores.leaders(networks)
    assert [(one.player, one.score, one.number) for one in theirs] == [
        ("champion", 600, 1),
        ("recruit", 90, 3),
    ]
    assert len(scores.leaders(people)) == 4
    assert scores.latest_day() == DAY
    scores.close()


def test_the_network_is_watched_at_the_game_that_people_play_alone() -> None:
    alone = Board("play", Kind.HUMAN, SHORT, handicap="auto-fire").of_day(DAY)
    people, networks = both_boards(alone)
    assert people == alone
    assert networks == Board("watch", Kind.AGENT, SHORT).of_day(DAY)
    assert both_boards(networks)[0] == Board("play", Kind.HUMAN, SHORT).of_day(DAY)
