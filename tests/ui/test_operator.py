"""The operator's way in and what stands behind it, at a kiosk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pygame
import pytest

from game.emulation.cabinet import Rules
from game.play.player import Kind
from game.play.tape import Tape
from game.records.scores import Board, Scores
from game.system.health import STARTS_ENV, Health
from game.system.preferences import Preferences, load_preferences
from game.system.version import MAKER
from game.ui.audio.effects import Effect
from game.ui.input.party import Person
from game.ui.input.stations import LEFT_HALF, RIGHT_HALF
from game.ui.scenes import operator
from game.ui.scenes.attract import Attract
from game.ui.scenes.operator import (
    CSV_NAME,
    MENU_WAIT_S,
    PICTURE_NAME,
    PIN_WAIT_S,
    TRIES,
    OperatorMenu,
    PinEntry,
)
from game.ui.scenes.scene import Mode
from game.ui.scenes.settings import Settings
from game.ui.scenes.title import ATTRACT_AFTER_S, Title
from game.ui.widgets.command import Command
from game.ui.widgets.event_banner import PICTURE, load_event_picture
from game.ui.window.app import CHORD_FRAMES, App
from tests.helpers.common import wait_for
from tests.helpers.drawn import WatchedTheme, draw
from tests.helpers.visit import match_scene_of, press, run, run_to_results

CHORD = (pygame.K_LEFT, pygame.K_d, pygame.K_SPACE)


def hold_chord(app: App, frames: int, keys: tuple[int, ...] = CHORD) -> None:
    for key in keys:
        pygame.event.post(pygame.Event(pygame.KEYDOWN, key=key, mod=0))
    run(app, frames)
    for key in keys:
        pygame.event.post(pygame.Event(pygame.KEYUP, key=key, mod=0))
    app.poll()


def enter_pin(app: App, pin: str) -> None:
    for digit in pin:
        press(app, *[pygame.K_UP] * int(digit), pygame.K_RETURN)


@pytest.fixture
def kiosk(make_app: Callable[..., App]) -> App:
    app = make_app(Mode.PLAY, kiosk=True)
    hold_chord(app, CHORD_FRAMES)
    assert isinstance(app.scene, PinEntry)
    return app


def choose(app: App, key: str, *then: int) -> OperatorMenu:
    scene = app.scene
    assert isinstance(scene, OperatorMenu)
    while scene._menu.current.key != key:
        press(app, pygame.K_DOWN)
    press(app, *then)
    return scene


def test_the_chord_has_to_be_held_for_five_seconds(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY, kiosk=True, rules=Rules(frame_cap=3000))
    hold_chord(app, CHORD_FRAMES - 5)
    run(app, 20)
    hold_chord(app, CHORD_FRAMES - 5)
    match_scene_of(app)
    hold_chord(app, CHORD_FRAMES)
    assert isinstance(app.scene, PinEntry)


@pytest.mark.slow
def test_two_people_at_one_keyboard_hold_no_chord_together(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.RACE, kiosk=True, rules=Rules(frame_cap=3000))
    app.arcade.party.people = [Person(LEFT_HALF), Person(RIGHT_HALF)]
    together = (pygame.K_a, pygame.K_w, pygame.K_RIGHT, pygame.K_UP)
    hold_chord(app, CHORD_FRAMES + 5, together)
    match_scene_of(app)
    hold_chord(app, CHORD_FRAMES, (pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP))
    assert isinstance(app.scene, PinEntry), "one alone does"


def test_a_pad_has_a_chord_too(make_app: Callable[..., App]) -> None:
    app = make_app(kiosk=True)
    buttons = (
        pygame.CONTROLLER_BUTTON_LEFTSHOULDER,
        pygame.CONTROLLER_BUTTON_RIGHTSHOULDER,
        pygame.CONTROLLER_BUTTON_BACK,
    )
    for pads in ((1, 2, 3), (1, 1, 1)):
        for pad, button in zip(pads, buttons, strict=True):
            event = pygame.Event(pygame.CONTROLLERBUTTONDOWN, instance_id=pad, button=button)
            pygame.event.post(event)
        run(app, CHORD_FRAMES)
        assert isinstance(app.scene, PinEntry) == (len(set(pads)) == 1), "one pad alone"
        app.arcade.controls.release_all()


@pytest.mark.slow
def test_at_home_the_chord_does_nothing(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY)
    hold_chord(app, CHORD_FRAMES + 10)
    match_scene_of(app)


def test_the_pin_opens_and_a_wrong_one_does_not(kiosk: App) -> None:
    for _ in range(TRIES - 1):
        enter_pin(kiosk, "0000")
        assert isinstance(kiosk.scene, PinEntry)
    enter_pin(kiosk, Preferences().pin)
    assert isinstance(kiosk.scene, OperatorMenu)


def test_three_wrong_pins_lead_home(kiosk: App) -> None:
    for _ in range(TRIES):
        enter_pin(kiosk, "1111")
    assert isinstance(kiosk.scene, Title)


@pytest.mark.parametrize(("inside", "wait"), [(False, PIN_WAIT_S), (True, MENU_WAIT_S)])
def test_a_door_left_open_closes(kiosk: App, inside: bool, wait: int) -> None:
    if inside:
        enter_pin(kiosk, Preferences().pin)
    run(kiosk, wait * 60)
    assert isinstance(kiosk.scene, Title)


def test_what_is_set_holds_at_once_and_the_next_time(kiosk: App, tmp_path: Path) -> None:
    enter_pin(kiosk, Preferences().pin)
    choose(kiosk, "settings", pygame.K_RETURN)
    assert isinstance(kiosk.scene, Settings)
    press(kiosk, pygame.K_LEFT, pygame.K_ESCAPE)
    choose(kiosk, "attract_sound", pygame.K_RETURN)
    choose(kiosk, "turn_minutes", pygame.K_LEFT)
    choose(kiosk, "allow_play", pygame.K_LEFT)
    choose(kiosk, "allow_challenge", pygame.K_RIGHT)
    choose(kiosk, "pin", pygame.K_RETURN)
    assert isinstance(kiosk.scene, PinEntry)
    enter_pin(kiosk, "0007")
    choose(kiosk, "home", pygame.K_RETURN)
    run(kiosk, 2)
    title = kiosk.scene
    assert isinstance(title, Title)
    assert [c.key for c in title._menu.choices] == [
        "race",
        "handicap",
        "watch",
        "how",
        "board",
        "looks",
        "language",
    ]
    assert kiosk.arcade.race_frames == 3600
    assert kiosk.arcade.demo_is_heard
    hold_chord(kiosk, CHORD_FRAMES)
    enter_pin(kiosk, "0007")
    assert isinstance(kiosk.scene, OperatorMenu)
    assert kiosk.arcade.archive is not None
    kiosk.arcade.archive.close()
    kiosk.arcade.archive = None
    expected = Preferences(
        volume=9,
        attract_sound=True,
        turn_minutes=1,
        allow_play=False,
        allow_challenge=False,
        pin="0007",
    )
    assert load_preferences(tmp_path) == expected


@pytest.mark.slow
def test_a_race_at_a_kiosk_lasts_what_the_operator_set(make_app: Callable[..., App]) -> None:
    app = make_app(kiosk=True, minutes=0)
    wanted = Preferences().turn_minutes * 3600
    assert app.arcade.race_frames == wanted
    press(app, pygame.K_RIGHT)
    assert app.arcade.race_frames != wanted, "a visitor may choose"
    run(app, ATTRACT_AFTER_S * 60)
    assert app.arcade.race_frames == wanted, "the next one chooses anew"


def test_the_operator_ends_the_arcade(kiosk: App) -> None:
    enter_pin(kiosk, Preferences().pin)
    choose(kiosk, "quit", pygame.K_RETURN)
    press(kiosk, pygame.K_DOWN, pygame.K_RETURN)
    assert not kiosk.running


@pytest.mark.slow
def test_games_are_counted_and_the_last_can_be_taken_off(
    make_app: Callable[..., App], tmp_path: Path
) -> None:
    app = make_app(kiosk=True, rules=Rules(frame_cap=1500))
    for _ in range(2):
        press(app, pygame.K_RETURN)
        app.arcade.race_frames = 600
        match_scene_of(app).skip_countdown()
        run_to_results(app)
        press(app, pygame.K_ESCAPE)
        app.arcade.race_frames = 600
    hold_chord(app, CHORD_FRAMES)
    enter_pin(app, Preferences().pin)
    menu = choose(app, "clear")
    wait_for(lambda: app.arcade.archive.recent() != ())
    press(app, pygame.K_RETURN, pygame.K_DOWN, pygame.K_RETURN)
    assert "Removed: " in menu._done
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    scores = Scores(tmp_path / "scores.sqlite")
    people = [run_ for run_ in scores.runs() if run_.board.kind == "human"]
    # The last is the match that the chord's fire began, and the operator left.
    assert [run_.completed for run_ in people] == [True, True, False]
    assert [run_.removed for run_ in people] == [False, True, False]
    assert [run_.won for run_ in people] == [False, False, None]
    counted = scores.counters()
    assert (counted.plays, counted.races, counted.wins) == (2, 2, 0), "the day's count stays"
    assert counted.mean_seconds > 5


def test_scores_go_to_a_stick_that_is_plugged_in(
    kiosk: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter_pin(kiosk, Preferences().pin)
    monkeypatch.setattr(operator, "_MOUNTS", (tmp_path / "media",))
    assert "Insert a USB drive" in choose(kiosk, "export", pygame.K_RETURN)._done
    stick = tmp_path / "media" / "someone" / "STICK"
    stick.mkdir(parents=True)
    monkeypatch.setattr(Path, "is_mount", lambda path: path == stick)
    press(kiosk, pygame.K_RETURN)
    assert kiosk.arcade.archive is not None
    kiosk.arcade.archive.close()
    kiosk.arcade.archive = None
    assert (stick / CSV_NAME).read_text().startswith("number,finished,")


def test_any_recent_game_can_be_taken_off_the_boards(kiosk: App, tmp_path: Path) -> None:
    archive = kiosk.arcade.archive
    assert archive is not None
    for score, initials in ((10, "AAA"), (20, "BAD"), (30, "CCC")):
        tape = Tape(Rules(), 1, "You", Kind.HUMAN, score=score)
        archive.sign(archive.save(Board("race", Kind.HUMAN), tape), initials)
    enter_pin(kiosk, Preferences().pin)
    menu = choose(kiosk, "clear")
    wait_for(lambda: len(archive.recent()) == 3)
    press(kiosk, *[pygame.K_RIGHT] * 9)
    run(kiosk, 2)
    assert "AAA 10, " in menu._menu.current.value, "the oldest is the last"
    press(kiosk, pygame.K_LEFT, pygame.K_RETURN)
    press(kiosk, pygame.K_RETURN)
    assert menu._done == "", "the answer that changes nothing stands first"
    press(kiosk, pygame.K_RETURN, pygame.K_DOWN, pygame.K_RETURN)
    assert "BAD 20, " in menu._done
    wait_for(lambda: any(removed.removed for removed in archive.recent()))
    archive.close()
    kiosk.arcade.archive = None
    scores = Scores(tmp_path / "scores.sqlite")
    assert {r.initials: r.removed for r in scores.runs() if r.initials} == {
        "AAA": False,
        "BAD": True,
        "CCC": False,
    }
    board = Board("race", Kind.HUMAN)
    assert [r.initials for r in scores.leaders(board)] == ["CCC", "AAA"]
    assert scores.counters().plays == 3, "what an operator removes was played all the same"
    scores.close()


def test_row_18_a_removed_score_can_be_put_back(kiosk: App) -> None:
    archive, board = kiosk.arcade.archive, Board("race", Kind.HUMAN)
    assert archive is not None
    archive.sign(archive.save(board, Tape(Rules(), 1, "You", Kind.HUMAN, score=10)), "AAA")
    enter_pin(kiosk, Preferences().pin)
    menu = choose(kiosk, "clear")
    wait_for(lambda: len(archive.recent()) == 1)
    press(kiosk, pygame.K_RETURN, pygame.K_DOWN, pygame.K_RETURN)
    wait_for(lambda: archive.recent()[0].removed)
    press(kiosk, pygame.K_RETURN)
    assert "Put back: " in menu._done
    wait_for(lambda: not archive.recent()[0].removed)


def test_a_day_is_reset_after_a_question_and_comes_back(kiosk: App) -> None:
    archive, board = kiosk.arcade.archive, Board("race", Kind.HUMAN)
    assert archive is not None
    for score in (10, 20):
        archive.save(board, Tape(Rules(), 1, "You", Kind.HUMAN, score=score))
    enter_pin(kiosk, Preferences().pin)
    wait_for(lambda: len(archive.recent()) == 2)
    menu = choose(kiosk, "reset")
    run(kiosk, 1)
    assert menu._menu.current.value == "2 games"
    press(kiosk, pygame.K_RETURN, pygame.K_RETURN)
    assert menu._done == "", "the answer that changes nothing stands first"
    press(kiosk, pygame.K_RETURN, pygame.K_DOWN, pygame.K_RETURN)
    wait_for(lambda: all(one.removed for one in archive.recent()))
    archive.save(board, Tape(Rules(), 1, "You", Kind.HUMAN, score=30))
    wait_for(lambda: len(archive.recent()) == 3)
    run(kiosk, 1)
    assert menu._menu.current.value == "1 game"
    press(kiosk, pygame.K_RIGHT)
    run(kiosk, 1)
    assert menu._menu.current.value == "put back 2"
    press(kiosk, pygame.K_RETURN)
    wait_for(lambda: not any(one.removed for one in archive.recent()))
    assert archive.counters is not None
    assert archive.counters.plays == 3
    assert menu._question is None


def test_row_18_the_end_of_the_arcade_is_asked_for(kiosk: App) -> None:
    enter_pin(kiosk, Preferences().pin)
    choose(kiosk, "quit", pygame.K_RETURN)
    press(kiosk, pygame.K_RETURN)
    assert kiosk.running


@pytest.mark.slow
def test_menus_wait_as_long_as_the_operator_wants(make_app: Callable[..., App]) -> None:
    app = make_app(kiosk=True)
    app.arcade.prefer(app.arcade.preferences.stepped("time_out", 1))
    assert app.arcade.preferences.time_out == 200
    run(app, ATTRACT_AFTER_S * 60 + 10)
    assert isinstance(app.scene, Title)
    run(app, ATTRACT_AFTER_S * 60)
    assert isinstance(app.scene, Attract)
    home = make_app()
    home.arcade.prefer(home.arcade.preferences.stepped("time_out", 1))
    run(home, ATTRACT_AFTER_S * 60 + 10)
    assert isinstance(home.scene, Attract), "at home it is as usual"


def shown_by(scene: OperatorMenu) -> list[str]:
    theme = WatchedTheme((1280, 720))
    draw(scene, theme)
    return [text.string for text in theme.texts]


def test_the_operator_sees_how_the_arcade_does(kiosk: App) -> None:
    enter_pin(kiosk, Preferences().pin)
    kiosk.arcade.health.errors = 2
    kiosk.arcade.health.restarts = 7
    run(kiosk, 2)
    assert isinstance(kiosk.scene, OperatorMenu)
    shown = shown_by(kiosk.scene)
    assert {"Version", MAKER, "0 h 0 min", "7", "2", "Gamepads", "Sound"} <= set(shown)
    assert any(words.endswith(" GB") for words in shown), "the free disk"


def test_the_watchdog_says_how_often_it_started_the_arcade(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, restarts in (("1", 0), ("4", 3), ("", 0), ("many", 0)):
        monkeypatch.setenv(STARTS_ENV, value)
        assert Health().restarts == restarts


def test_an_error_in_a_scene_is_counted(make_app: Callable[..., App]) -> None:
    app = make_app()
    try:
        raise ValueError("a scene's mistake")
    except ValueError:
        app._recover()
    assert app.arcade.health.errors == 1


def test_the_sound_can_be_tried(kiosk: App, monkeypatch: pytest.MonkeyPatch) -> None:
    enter_pin(kiosk, Preferences().pin)
    heard: list[Effect] = []
    monkeypatch.setattr(kiosk.arcade.speaker, "effect", heard.append)
    choose(kiosk, "sound", pygame.K_RETURN)
    assert heard[-1] is Effect.RECORD


def test_the_event_gets_a_name(kiosk: App) -> None:
    enter_pin(kiosk, Preferences().pin)
    menu = choose(kiosk, "event", pygame.K_RETURN)
    assert menu._picker is not None
    letters = [Command.UP, Command.RIGHT, Command.UP, Command.UP]  # after the blank, A and B
    for command in (*letters, Command.PAUSE):  # a gamepad's start
        menu.handle(command)
    assert kiosk.arcade.preferences.event_name == "AB"
    assert menu._picker is None
    choose(kiosk, "event", pygame.K_RETURN, pygame.K_ESCAPE)
    assert kiosk.arcade.preferences.event_name == "AB", "back leaves it as it was"
    choose(kiosk, "event", pygame.K_RETURN)
    menu.write("FAIR\n")
    assert kiosk.arcade.preferences.event_name == "FAIR", "and it can be typed"


def test_the_event_gets_a_picture_from_a_stick(
    kiosk: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter_pin(kiosk, Preferences().pin)
    stick = tmp_path / "stick"
    monkeypatch.setattr(operator, "export_folder", lambda: stick if stick.exists() else None)
    menu = choose(kiosk, "picture", pygame.K_RETURN)
    assert menu._done == f"Put {PICTURE_NAME} on a USB drive and try again"
    stick.mkdir()
    pygame.image.save(pygame.Surface((30, 10)), stick / PICTURE_NAME)
    press(kiosk, pygame.K_RETURN)
    assert kiosk.arcade.event_picture is not None
    wait_for(lambda: (tmp_path / PICTURE).exists())
    assert load_event_picture(tmp_path / PICTURE) is not None, "the next start finds it"
    press(kiosk, pygame.K_RETURN)
    assert kiosk.arcade.event_picture is None
    wait_for(lambda: not (tmp_path / PICTURE).exists())
