"""A match that is watched stands still, goes on by decisions, and its moment can be kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pygame
import pytest

from game.emulation.cabinet import Action, Frame, Rules
from game.play.match import Match
from game.play.moment import moment_of
from game.play.player import Decision, Thought
from game.ui.jobs.screenshot import PICTURES
from game.ui.scenes.freeze import Freeze
from game.ui.scenes.pause import Pause
from game.ui.scenes.scene import Mode
from game.ui.widgets.command import Command
from game.ui.widgets.input_kind import InputKind
from game.ui.window.app import App
from tests.helpers.common import wait_for
from tests.helpers.drawn import WatchedTheme, draw, faults
from tests.helpers.visit import Thinker, match_scene_of, press, run


class Deciding(Thinker):
    """A thinker that decides on every fourth frame, as networks do."""

    def decide(self, frame: Frame) -> Decision:
        if frame.number % 4 == 0:
            self.last = super().decide(frame)
        return self.last


def frozen(make_app: Callable[..., App], **options: object) -> App:
    app = make_app(Mode.WATCH, load=lambda: Deciding, **options)
    run(app, 10)
    press(app, pygame.K_p)
    assert isinstance(app.scene, Freeze)
    app.draw()
    return app


def number(app: App) -> int:
    return int(app._stack[1].match.number)  # type: ignore[attr-defined]


@pytest.mark.slow
def test_it_stands_still_and_goes_on_by_decisions(make_app: Callable[..., App]) -> None:
    app = frozen(make_app)
    run(app, 30)
    assert number(app) == 10
    press(app, pygame.K_RIGHT)
    assert number(app) == 13, "the decision of frame 12 has been made"
    press(app, pygame.K_RIGHT, pygame.K_RIGHT)
    assert number(app) == 21
    press(app, pygame.K_SPACE)
    run(app, 5)
    assert match_scene_of(app).match.number == 26


def test_back_opens_the_menu_from_which_it_goes_on(make_app: Callable[..., App]) -> None:
    app = frozen(make_app)
    press(app, pygame.K_ESCAPE)
    assert isinstance(app.scene, Pause)
    press(app, pygame.K_RETURN)  # resume
    run(app, 5)
    assert match_scene_of(app).match.number > 10


def test_the_moment_is_kept_as_a_picture_and_a_table(
    make_app: Callable[..., App], tmp_path: Path
) -> None:
    app = frozen(make_app)
    press(app, pygame.K_UP)
    wait_for(lambda: list((tmp_path / PICTURES).glob("*-moment.json")))
    (file,) = (tmp_path / PICTURES).glob("*-moment.json")
    table = json.loads(file.read_text())
    assert (table["frame"], table["action"], table["value"]) == (10, "FIRE", 2.0)
    assert table["q"] == {
        "NOOP": 2.1,
        "FIRE": 2.4,
        "RIGHT": 1.8,
        "LEFT": 1.9,
        "RIGHTFIRE": 2.0,
        "LEFTFIRE": 1.8,
    }
    picture = pygame.image.load(file.with_suffix(".png"))
    assert picture.get_width() == 640
    assert len(np.unique(pygame.surfarray.array2d(picture))) > 20


def test_the_keys_are_those_of_the_device(make_app: Callable[..., App]) -> None:
    app = frozen(make_app)
    scene, controls = app.scene, app.arcade.controls
    assert isinstance(scene, Freeze)
    theme = WatchedTheme((1280, 720))
    draw(scene, theme)
    assert "Esc" in [text.string for text in theme.texts]
    assert [control.key for control in scene.controls()] == ["next", "go on"]
    controls.kind = InputKind.TOUCH
    draw(scene, theme)
    assert "Esc" not in [text.string for text in theme.texts]
    menu = scene.controls()[0]
    assert (menu.key, menu.does) == ("menu", Command.BACK), "there is no key to leave with"
    assert not list(faults("a frozen match by touch", theme))


def test_visitors_of_a_kiosk_leave_no_files(make_app: Callable[..., App], tmp_path: Path) -> None:
    app = frozen(make_app, kiosk=True)
    press(app, pygame.K_UP)
    run(app, 5)
    assert not (tmp_path / PICTURES).exists()


def test_a_moment_without_a_thought_is_a_table_too() -> None:
    match = Match([Thinker()], Rules(), 7)
    table = moment_of(match)
    assert (table["seed"], table["action"]) == (7, None)
    assert "q" not in table
    match.step()
    assert json.dumps(moment_of(match))
    thought = Thought(np.zeros(6, np.float32), 0.0, np.zeros(6, np.float32))
    assert round(thought.entropy, 2) == 2.58
    assert set(moment_of(match)["q"]) == {action.name for action in Action}
