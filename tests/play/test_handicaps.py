"""Auto-fire and slower games: for everyone, and honest on the boards."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pygame
import pytest

from game.emulation.cabinet import Action, Rules
from game.play.coached_player import COACHED, SHARED
from game.play.match import COUNTDOWN_FRAMES, HANDICAPS, Handicap
from game.play.player import Kind
from game.play.tape import load, verify
from game.records.archive import DATABASE, TAPES
from game.records.scores import Board
from game.system.preferences import Preferences
from game.ui.scenes.high_scores import board_of
from game.ui.scenes.match_course import FULL_SPEED
from game.ui.scenes.pause import Pause
from game.ui.scenes.results import Results
from game.ui.scenes.scene import Mode
from game.ui.widgets.fairness_panel import facts
from game.ui.window.app import App
from tests.helpers.visit import SHORT, match_scene_of, own_board, press, run, run_to_results

AUTO = Preferences(auto_fire=True)


def play(app: App, preferences: Preferences) -> None:
    """Go from the title into a game alone, under `preferences`."""
    app.arcade.prefer(preferences)
    press(app, pygame.K_DOWN, pygame.K_DOWN, pygame.K_RETURN)
    assert match_scene_of(app).mode is Mode.PLAY


def saved(app: App, folder: Path) -> list[tuple[str, str, int]]:
    """Mode, handicap and whether it is completed of all that was written."""
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    database = sqlite3.connect(folder / DATABASE)
    return database.execute("SELECT mode, handicap, completed FROM runs").fetchall()


@pytest.mark.slow
def test_the_cannon_fires_by_itself_on_a_board_of_its_own(
    make_app: Callable[..., App], tmp_path: Path
) -> None:
    app = make_app()
    play(app, AUTO)
    run(app, 20)
    pygame.event.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_LEFT, mod=0))
    run(app, 20)
    tape = match_scene_of(app).match.seats[0].tape
    assert set(tape.actions[:20]) == {Action.FIRE}
    assert set(tape.actions[21:]) == {Action.LEFTFIRE}
    board = own_board(app)
    assert board == board_of(Mode.PLAY, Kind.HUMAN, app.arcade)
    assert board.words().startswith("Playing alone, auto-fire")
    run_to_results(app)
    assert saved(app, tmp_path) == [("play", "auto-fire", 1)]
    (path,) = (tmp_path / TAPES).iterdir()
    assert verify(path).verified


def test_in_a_race_it_adds_to_the_help_and_is_said(make_app: Callable[..., App]) -> None:
    app = make_app()
    app.arcade.race_frames = 300
    app.arcade.handicap = Handicap(delay_ms=100)
    app.arcade.prefer(AUTO)
    press(app, pygame.K_RETURN)
    match_scene = match_scene_of(app)
    assert match_scene.match.handicap == Handicap(delay_ms=100, auto_fire=True)
    assert own_board(app) == board_of(Mode.RACE, Kind.HUMAN, app.arcade)
    told = [facts(seat, match_scene.match) for seat in match_scene.match.seats]
    assert [("Firing", "automatic") in lines for lines in told] == [True, False]
    run(app, COUNTDOWN_FRAMES + 30)
    mine, its = (seat.tape for seat in match_scene.match.seats)
    assert set(mine.actions) == {Action.FIRE}
    assert its.actions[0] == Action.NOOP, "the network is delayed as before"


def test_watching_and_visitors_of_a_kiosk_have_none_of_it(make_app: Callable[..., App]) -> None:
    kiosk = make_app(kiosk=True)
    kiosk.arcade.prefer(Preferences(auto_fire=True, speed=50))
    assert board_of(Mode.WATCH, Kind.AGENT, kiosk.arcade).handicap == ""
    assert board_of(Mode.PLAY, Kind.HUMAN, kiosk.arcade).handicap == ""
    assert kiosk.arcade.play_speed == FULL_SPEED
    kiosk.arcade.handicap = Handicap(auto_fire=True)  # from the title's help
    assert board_of(Mode.RACE, Kind.HUMAN, kiosk.arcade).handicap == "auto-fire"


@pytest.mark.slow
@pytest.mark.parametrize("speed", [50, 70, 100])
def test_a_slower_game_is_stepped_so_much_less_often(
    make_app: Callable[..., App], speed: int
) -> None:
    app = make_app(rules=Rules(frame_cap=4000))
    play(app, Preferences(speed=speed))
    before = match_scene_of(app).match.number
    run(app, 200)
    match = match_scene_of(app).match
    assert match.number - before == 2 * speed
    assert match.seats[0].frame.number == match.number, "each step is one frame"


def test_practice_is_silent_and_for_no_board_and_its_tape_is_true(
    make_app: Callable[..., App], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(rules=SHORT)
    play(app, Preferences(speed=50))
    monkeypatch.setattr(app.arcade.speaker, "play", lambda _samples: pytest.fail("it is heard"))
    press(app, pygame.K_p)
    assert isinstance(app.scene, Pause)
    left = app.frames
    run(app, 30)
    press(app, pygame.K_p)
    assert app.frames == left + 30
    run_to_results(app)
    assert isinstance(app.scene, Results)
    assert "not ranked" in str(app.scene._new_best())
    assert saved(app, tmp_path) == [("play", "", 0)]
    (path,) = (tmp_path / TAPES).iterdir()
    assert verify(path).verified
    assert load(path).frames > 300


def test_a_race_goes_at_the_consoles_speed(make_app: Callable[..., App]) -> None:
    app = make_app()
    app.arcade.prefer(Preferences(speed=50))
    press(app, pygame.K_RETURN)
    match_scene = match_scene_of(app)
    match_scene.skip_countdown()
    run(app, 50)
    assert match_scene.match.number == 50
    assert not match_scene.is_practice


def test_boards_are_stored_under_names_that_never_change() -> None:
    """Score files of every version hold these texts; what people read may change."""
    assert [handicap.name for handicap in HANDICAPS] == [
        "",
        "network 100 ms slower",
        "network 200 ms slower",
        "network 300 ms slower",
        "15 s head start",
        "30 s extra time",
        "auto-fire",
        "one button",
    ]
    both = Handicap(delay_ms=100, auto_fire=True)
    assert both.name == "network 100 ms slower, auto-fire"
    assert both.words() == "network reacts 100 ms later, auto-fire"
    assert (COACHED, SHARED) == ("with a coach", "shared with the network")
    assert "network reacts 100 ms later" in Board("race", Kind.HUMAN, handicap=both.name).words()
