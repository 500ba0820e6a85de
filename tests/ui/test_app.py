"""The window's loop and scenes on SDL's dummy driver, with real events."""

from __future__ import annotations

import itertools
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pygame
import pytest

from game.emulation.cabinet import Action, Cabinet, Frame
from game.play.match import COUNTDOWN_FRAMES
from game.play.player import HumanPlayer
from game.play.tape import verify
from game.system.ending import SIGNALS, Ending
from game.system.preferences import ENGINEER, LEVELS, OFF, VISITOR
from game.ui.scenes.pause import Pause
from game.ui.scenes.scene import Mode
from game.ui.scenes.title import Title
from game.ui.widgets.layout import pair_layout
from game.ui.widgets.theme import Theme
from game.ui.window.app import App
from game.ui.window.pacer import Pacer
from tests.helpers.visit import SHORT, match_scene_of, no_agent, press, run, run_to_results


@pytest.mark.slow
def test_title_race_pause_result_rematch_title(make_app: Callable[..., App]) -> None:
    app = make_app()
    run(app, 30)
    press(app, pygame.K_RETURN)
    first = match_scene_of(app)
    run(app, COUNTDOWN_FRAMES)
    assert first.match.number == 0, "nobody plays during the count-down"
    run(app, 100)
    assert first.match.number == 100
    assert [seat.frame.number for seat in first.match.seats] == [100, 100]
    press(app, pygame.K_p)
    assert isinstance(app.scene, Pause)
    run(app, 50)
    assert first.match.number == 100
    press(app, pygame.K_RETURN)
    assert app.scene is first
    run_to_results(app)
    press(app, pygame.K_RETURN)
    second = match_scene_of(app)
    assert second is not first
    assert second.match.number == 0
    press(app, pygame.K_ESCAPE)
    press(app, pygame.K_UP, pygame.K_RETURN)
    assert isinstance(app.scene, Title)


def test_both_sides_of_a_race_have_the_same_rules_and_seed(make_app: Callable[..., App]) -> None:
    match = match_scene_of(make_app(Mode.RACE)).match
    ours, theirs = match.seats
    assert ours.tape.rules == theirs.tape.rules == SHORT
    assert ours.tape.seed == theirs.tape.seed == 5
    assert (ours.frame.grey == theirs.frame.grey).all()


def test_a_key_pressed_before_a_frame_acts_on_that_frame(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY)
    match = match_scene_of(app).match
    run(app, 10)
    pygame.event.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_LEFT, mod=0))
    run(app, 1)
    pygame.event.post(pygame.Event(pygame.KEYUP, key=pygame.K_LEFT, mod=0))
    run(app, 1)
    actions = match.seats[0].tape.actions
    assert actions[9:] == bytes([Action.NOOP, Action.LEFT, Action.NOOP])


def test_the_press_that_starts_or_resumes_is_not_a_shot(make_app: Callable[..., App]) -> None:
    app = make_app()
    press(app, pygame.K_DOWN, pygame.K_DOWN, pygame.K_SPACE)
    match = match_scene_of(app).match
    run(app, 3)
    press(app, pygame.K_ESCAPE, pygame.K_SPACE)
    run(app, COUNTDOWN_FRAMES + 3)
    assert match.seats[0].tape.actions == bytes(6)


def test_lost_focus_and_a_lost_pad_pause(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY)
    run(app, 5)
    pygame.event.post(pygame.Event(pygame.WINDOWFOCUSLOST))
    app.poll()
    assert isinstance(app.scene, Pause)
    press(app, pygame.K_RETURN)
    app.arcade.controls.pad_lost = "Stick of Doom"
    pygame.event.post(pygame.Event(pygame.USEREVENT))
    app.poll()
    assert isinstance(app.scene, Pause)
    app.draw()


@pytest.mark.slow
def test_closing_in_the_middle_of_a_race_keeps_both_tapes(
    make_app: Callable[..., App], tmp_path: Path
) -> None:
    app = make_app(Mode.RACE)
    run(app, COUNTDOWN_FRAMES + 90)
    pygame.event.post(pygame.Event(pygame.QUIT))
    app.poll()
    assert not app.running
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    tapes = list((tmp_path / "tapes").iterdir())
    assert len(tapes) == 2
    assert all(verify(tape).verified for tape in tapes)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends itself no signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_row_6_a_signal_within_a_frame_leaves_no_half_frame_on_the_tape(
    make_app: Callable[..., App],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
) -> None:
    app = make_app(Mode.PLAY)
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, *SIGNALS)}
    step = Cabinet.step

    def stepped(cabinet: Cabinet, action: Action) -> Frame:
        frame = step(cabinet, action)
        if frame.number == 5:
            signal.raise_signal(number)
        return frame

    try:
        monkeypatch.setattr(Cabinet, "step", stepped)
        ending = Ending(app.end_soon)
        app.run(Pacer())
    finally:
        monkeypatch.undo()
        for each, handler in before.items():
            signal.signal(each, handler)
    assert ending.interrupted is (number == signal.SIGINT)
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    (tape,) = (tmp_path / "tapes").iterdir()
    assert verify(tape).verified


@pytest.mark.slow
@pytest.mark.parametrize("mode", [Mode.PLAY, Mode.WATCH, Mode.RACE])
def test_a_finished_game_of_each_kind_leaves_tapes_that_verify(
    make_app: Callable[..., App], tmp_path: Path, mode: Mode
) -> None:
    app = make_app(mode)
    run_to_results(app)
    app.draw()
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    tapes = list((tmp_path / "tapes").iterdir())
    assert len(tapes) == (2 if mode is Mode.RACE else 1)
    assert all(verify(tape).verified for tape in tapes)


def test_without_an_agent_people_can_still_play(make_app: Callable[..., App]) -> None:
    app = make_app(load=no_agent)
    run(app, 5)
    press(app, pygame.K_RETURN)
    assert isinstance(app.scene, Title), "a race needs an agent"
    press(app, pygame.K_DOWN, pygame.K_DOWN, pygame.K_RETURN)
    (seat,) = match_scene_of(app).match.seats
    assert isinstance(seat.player, HumanPlayer)


def test_a_race_without_an_agent_stays_on_the_title(make_app: Callable[..., App]) -> None:
    assert isinstance(make_app(Mode.RACE, no_agent).scene, Title)


@pytest.mark.slow
def test_a_time_limit_ends_a_race(make_app: Callable[..., App]) -> None:
    app = make_app()
    app.arcade.race_frames = 60
    press(app, pygame.K_RETURN)
    match = match_scene_of(app).match
    run_to_results(app)
    assert match.number == 60
    assert not any(seat.frame.over for seat in match.seats)


def test_the_title_changes_the_time_limit(make_app: Callable[..., App]) -> None:
    app = make_app()
    assert app.arcade.race_frames == 7200
    press(app, pygame.K_RIGHT)
    assert app.arcade.race_frames == 18000
    press(app, pygame.K_RIGHT)
    assert app.arcade.race_frames is None
    press(app, pygame.K_LEFT, pygame.K_LEFT)
    assert app.arcade.race_frames == 7200


@pytest.mark.slow
@pytest.mark.parametrize("size", [(640, 480), (1024, 768), (1280, 720), (1920, 1080), (800, 1200)])
def test_the_overlay_key_changes_the_networks_panel_alone(
    make_app: Callable[..., App], size: tuple[int, int]
) -> None:
    app = make_app(Mode.RACE)
    run(app, COUNTDOWN_FRAMES + 40)
    theme = Theme(size)

    def drawn() -> np.ndarray:
        canvas = pygame.Surface(size)
        app.scene.draw(canvas, theme)
        return pygame.surfarray.array3d(canvas)

    levels = {}
    for _ in LEVELS:
        levels[match_scene_of(app).level] = drawn()
        press(app, pygame.K_TAB)
    assert (levels[VISITOR] == drawn()).all()
    wide = pair_layout(theme, engineer=True).thoughts is not None
    if wide:  # the pictures make room for a column
        assert (levels.pop(ENGINEER) != levels[OFF]).any()
    panel = pair_layout(theme).seats[1].panel
    for one, other in itertools.combinations(levels.values(), 2):
        changed = (one != other).any(axis=2)
        assert changed.any()
        changed[panel.left : panel.right, panel.top : panel.bottom] = False
        assert not changed.any(), "neither a picture nor the person's side"


def test_resizing_is_followed(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.WATCH)
    run(app, 10)
    pygame.display.set_mode((1024, 768), pygame.RESIZABLE)
    run(app, 1)
    surface = pygame.display.get_surface()
    assert surface is not None
    assert surface.get_size() == (1024, 768)
    assert len(np.unique(pygame.surfarray.array2d(surface)[700:, :])) > 20, "the column is drawn"


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1, 1), (200, 100), (640, 90), (90, 900), (3000, 480)])
@pytest.mark.parametrize("mode", [None, Mode.PLAY, Mode.RACE])
def test_any_size_that_a_window_can_be_dragged_to_is_drawn(
    make_app: Callable[..., App], size: tuple[int, int], mode: Mode | None
) -> None:
    app = make_app(mode)
    canvas = pygame.Surface(size)
    app.draw_on(canvas)
    press(app, pygame.K_p)
    app.draw_on(canvas)


def test_mute_is_a_switch(make_app: Callable[..., App]) -> None:
    app = make_app()
    press(app, pygame.K_m)
    assert app.arcade.speaker.muted
    press(app, pygame.K_m)
    assert not app.arcade.speaker.muted


def test_quit_on_the_title_ends_the_loop(make_app: Callable[..., App]) -> None:
    app = make_app()
    press(app, pygame.K_UP, pygame.K_RETURN)
    assert not app.running


@pytest.mark.slow
@pytest.mark.parametrize("mode", [Mode.PLAY, Mode.WATCH, Mode.RACE])
def test_drawing_only_what_changes_shows_the_same_as_drawing_all(
    make_app: Callable[..., App], mode: Mode
) -> None:
    app = make_app(mode)
    window = pygame.display.get_surface()
    assert window is not None
    whole = pygame.Surface(window.get_size())
    for frame in range(COUNTDOWN_FRAMES + 500):
        app.update()
        app.draw_on(window)
        if frame % 50 == 0 or frame == COUNTDOWN_FRAMES + 1:
            app.scene.draw(whole, Theme(window.get_size()))
            both = (pygame.surfarray.array2d(surface) for surface in (window, whole))
            assert np.array_equal(*both), f"frame {frame}"
        if frame == COUNTDOWN_FRAMES + 120:
            press(app, pygame.K_TAB)


class Broken(Title):
    """A scene with a mistake in it."""

    def __init__(self, app: App, part: str) -> None:
        super().__init__(app.arcade)
        self._part = part
        self.left = False

    def update(self) -> None:
        self._fail("update")

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        self._fail("draw")

    def leave(self) -> None:
        self.left = True
        self._fail("leave")

    def _fail(self, part: str) -> None:
        if self._part in (part, "leave"):
            raise RuntimeError(f"a mistake in {part}")


class OneFrame:
    """In a pacer's place: a frame is always due, and the app ends after so many."""

    def __init__(self, app: App, frames: int) -> None:
        self._app, self._left = app, frames

    def wait(self) -> int:
        self._left -= 1
        if self._left == 0:
            self._app.close()
        return 1


@pytest.mark.slow
@pytest.mark.parametrize("part", ["update", "draw", "leave"])
def test_an_error_in_a_scene_goes_to_the_log_and_home(
    make_app: Callable[..., App], caplog: pytest.LogCaptureFixture, part: str
) -> None:
    app = make_app()
    broken = Broken(app, part)
    app._stack.append(broken)
    app.run(OneFrame(app, 30))  # type: ignore[arg-type]
    assert broken.left
    assert type(app.scene) is Title
    assert app.frames > 20
    assert "an error in the scene Broken" in caplog.text
    assert "a mistake in" in caplog.text


@pytest.mark.slow
def test_errors_without_end_end_the_program(make_app: Callable[..., App]) -> None:
    app = make_app()
    app._stack[0] = Broken(app, "update")

    def title_again(_self: App) -> None:
        raise RuntimeError("always")

    app.poll = lambda: title_again(app)  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="always"):
        app.run(OneFrame(app, 30))  # type: ignore[arg-type]
