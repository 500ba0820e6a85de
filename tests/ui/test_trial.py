"""The arcade measures its machine, by a clock that says how slow that is."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pygame
import pytest
from numpy.typing import NDArray

from game.emulation.cabinet import Frame
from game.play.player import Decision, Player
from game.play.saliency import SaliencyMap
from game.system.detail import (
    AUTO,
    EASY_SPANS,
    FILE,
    FULL,
    PLAIN,
    SLOW_SPANS,
    SMALL,
    SPAN,
    Detail,
)
from game.system.limits import machine
from game.system.preferences import ENGINEER
from game.ui.scenes.match import MatchScene
from game.ui.scenes.scene import Mode
from game.ui.scenes.settings import Settings
from game.ui.scenes.title import Title
from game.ui.widgets.theme import Theme
from game.ui.window import app as app_module
from game.ui.window import desktop
from game.ui.window.app import App
from game.ui.window.pacer import Pacer
from game.ui.window.trial import TRIED, WARM_UP
from tests.helpers.common import wait_for
from tests.helpers.visit import Thinker, press

A_LEVEL = WARM_UP + TRIED  # draws
OBSERVATION = np.zeros((84, 84, 4), np.uint8)


class Seer(Thinker):
    """A thinker that says what it saw."""

    def decide(self, frame: Frame) -> Decision:
        decision = super().decide(frame)
        assert decision.thought is not None
        thought = dataclasses.replace(decision.thought, observation=OBSERVATION)
        return Decision(decision.action, thought)


class Maps:
    """Saliency maps of nothing, made at once; each takes a while of the clock."""

    def __init__(self) -> None:
        self.made = 0
        self.saliency_map: SaliencyMap | None = None

    def look(self, observation: NDArray[np.uint8]) -> None:
        self.made += 1
        self.saliency_map = SaliencyMap(observation, *np.zeros((2, 12, 12), np.float32))

    def close(self) -> None: ...


class Machine:
    """A machine of which the test says what things cost, in parts of a frame's time."""

    def __init__(self, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app, self.now = app, 0.0
        self.tint = self.match = self.pixel = 0.0
        self.pacer = Pacer(self._read, self._sleep)
        self.saliency = Maps()
        app.arcade.agent.saliency = self.saliency
        draw = MatchScene.draw

        def slow_draw(scene: MatchScene, target: pygame.Surface, *rest: Any) -> Any:
            tinted = scene.level == ENGINEER and app.arcade.shown_detail == FULL
            self._work(self.match + self.tint * tinted + self.pixel * target.get_height())
            return draw(scene, target, *rest)

        monkeypatch.setattr(MatchScene, "draw", slow_draw)

    def run(self, draws: int) -> None:
        """Run so many turns of the loop, each with one frame, however late it is."""
        left = itertools.count(draws - 1, -1)

        def wait() -> int:
            self.app.running = next(left) > 0
            Pacer.wait(self.pacer)
            return 1

        self.pacer.wait = wait  # type: ignore[method-assign]
        self.app.run(self.pacer)
        self.app.running = True

    def _read(self) -> float:
        self.now += 1e-5  # looking at a clock takes time, so spinning ends
        return self.now

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def _work(self, frames: float) -> None:
        self.now += frames / 60


def kept(folder: Path) -> dict[str, str] | None:
    file = folder / FILE
    return json.loads(file.read_text()) if file.exists() else None


@pytest.fixture
def opened(make_app: Callable[..., App], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Machine]:
    def opened(mode: Mode | None = None, measured: bool = True, **options: Any) -> Machine:
        def load() -> Callable[[], Player]:
            return Seer

        app = make_app(mode, load=load, **options)
        app.arcade.detail = Detail(measured=measured)
        app.arcade.preferences = dataclasses.replace(app.arcade.preferences, overlay=ENGINEER)
        return Machine(app, monkeypatch)

    return opened


@pytest.mark.slow
def test_a_quick_machine_shows_all_from_its_first_start_on(
    opened: Callable[..., Machine], tmp_path: Path
) -> None:
    quick = opened(measured=False)
    quick.match, quick.tint = 0.2, 0.3
    quick.run(A_LEVEL - 1)
    assert isinstance(quick.app.scene, Title), "nobody waits for it, and keys open the menu"
    assert not quick.app.arcade.detail.measured
    quick.run(1)
    detail = quick.app.arcade.detail
    assert (detail.measured, detail.level) == (True, FULL)
    assert quick.saliency.made > 5, "it was tried with all that can be shown"
    wait_for(lambda: kept(tmp_path) == {"machine": machine(), "detail": FULL}, 10)
    assert not list(tmp_path.rglob("*.tape")), "nobody played"


@pytest.mark.slow
def test_a_slow_machine_leaves_the_tint_out_before_anybody_plays(
    opened: Callable[..., Machine], tmp_path: Path
) -> None:
    slow = opened(measured=False)
    slow.match, slow.tint = 0.4, 0.5
    slow.run(2 * A_LEVEL)
    assert slow.app.arcade.detail.level == PLAIN
    wait_for(lambda: kept(tmp_path) == {"machine": machine(), "detail": PLAIN}, 10)
    made = slow.saliency.made
    press(slow.app, pygame.K_RETURN)
    assert isinstance(slow.app.scene, MatchScene)
    slow.app.scene.skip_countdown()
    slow.run(60)
    assert slow.saliency.made == made
    assert slow.app.scene.match.number > 40


@pytest.mark.slow
def test_a_match_ends_a_measurement_and_a_later_title_begins_it_again(
    opened: Callable[..., Machine],
) -> None:
    one = opened(measured=False)
    one.match, one.tint = 0.4, 0.5
    one.run(10)
    press(one.app, pygame.K_RETURN)
    one.run(10)
    assert not one.app.arcade.detail.measured
    press(one.app, pygame.K_ESCAPE)
    one.app._home()
    one.run(2 * A_LEVEL)
    assert one.app.arcade.detail.level == PLAIN


@pytest.mark.slow
def test_a_machine_that_becomes_slow_is_noticed_while_somebody_looks_on(
    opened: Callable[..., Machine], tmp_path: Path
) -> None:
    one = opened(Mode.WATCH)
    one.match, one.tint = 0.3, 0.2
    one.run(60)
    assert one.saliency.made > 0
    one.tint = 0.9
    one.run(SPAN * SLOW_SPANS)
    assert one.app.arcade.detail.level == PLAIN
    wait_for(lambda: kept(tmp_path) == {"machine": machine(), "detail": PLAIN}, 10)
    scene = one.app.scene
    assert isinstance(scene, MatchScene)
    assert scene.saliency_tint.saliency_map is None


@pytest.mark.slow
def test_a_machine_that_is_quick_again_shows_the_tint_again(
    opened: Callable[..., Machine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = opened(Mode.WATCH)
    one.app.arcade.detail = Detail(PLAIN)
    monkeypatch.setattr(one.app.arcade.detail, "_patience", 1)  # instead of EASY_SPANS
    assert EASY_SPANS > 1
    one.match = one.tint = 0.1
    one.run(SPAN + 20)
    assert one.app.arcade.detail.level == FULL
    assert one.saliency.made > 0
    wait_for(lambda: kept(tmp_path) == {"machine": machine(), "detail": FULL}, 10)


@pytest.mark.slow
def test_whoever_chooses_the_detail_keeps_it(opened: Callable[..., Machine]) -> None:
    one = opened(Mode.WATCH)
    arcade = one.app.arcade
    arcade.prefer(dataclasses.replace(arcade.preferences, detail=FULL))
    one.tint = 2.0
    one.run(SPAN * SLOW_SPANS + 20)
    assert arcade.shown_detail == FULL
    made = one.saliency.made
    assert made > 10
    arcade.prefer(dataclasses.replace(arcade.preferences, detail=PLAIN))
    one.run(30)
    assert one.saliency.made == made
    arcade.prefer(dataclasses.replace(arcade.preferences, detail=AUTO))
    assert arcade.shown_detail == FULL, "what was slow by choice was not held against the machine"


@pytest.mark.slow
def test_the_settings_measure_the_machine_again(opened: Callable[..., Machine]) -> None:
    one = opened()
    one.match = 0.2
    arcade = one.app.arcade
    arcade.prefer(dataclasses.replace(arcade.preferences, detail=SMALL))
    settings = Settings(arcade)
    one.app._stack.append(settings)
    while settings._menu.current.key != "measure":
        press(one.app, pygame.K_DOWN)
    assert "least" in settings._labels()["detail"]
    press(one.app, pygame.K_RETURN)
    assert "being measured" in settings._labels()["detail"]
    one.run(A_LEVEL + 1)
    assert arcade.preferences.detail == AUTO
    assert "automatic (full)" in settings._labels()["detail"]


def test_without_a_network_there_is_nothing_to_measure(opened: Callable[..., Machine]) -> None:
    one = opened(measured=False)
    one.app.arcade.agent._factory = None
    one.run(2)
    assert (one.app.arcade.detail.measured, one.app.arcade.detail.level) == (True, FULL)


@pytest.mark.slow
def test_a_measurement_that_fails_is_given_up(
    opened: Callable[..., Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake in a trial")

    one = opened(measured=False)
    monkeypatch.setattr(Theme, "panel", broken)
    one.run(1)
    monkeypatch.undo()
    one.run(5)
    assert one.app.arcade.detail.measured
    assert one.app.arcade.health.errors == 1


@pytest.mark.slow
def test_a_full_screen_has_fewer_pixels_between_matches_only(
    opened: Callable[..., Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = opened(fullscreen=True)
    opens = []

    def set_mode(size: object, fullscreen: bool, monitor: int, small: bool) -> pygame.Surface:
        opens.append(small)
        return pygame.display.get_surface()

    monkeypatch.setattr(app_module, "_set_mode", set_mode)
    press(one.app, pygame.K_RETURN)
    one.app.arcade.detail.level = SMALL
    one.run(5)
    assert opens == []
    one.app._home()
    one.run(5)
    assert opens == [True]
    one.app.arcade.detail.level = PLAIN
    one.run(5)
    assert opens == [True, False]


@pytest.mark.parametrize(
    ("own", "modes", "small"),
    [
        ((3840, 2160), [(3840, 2160), (1920, 1080), (1280, 720), (1024, 768)], (1280, 720)),
        ((1366, 768), [(1366, 768), (1280, 720), (640, 480)], (1280, 720)),
        ((1080, 1920), [(1080, 1920), (720, 1280), (600, 800)], (720, 1280)),
        ((1920, 1080), [(1920, 1080), (800, 600), (320, 180)], None),
        ((1280, 720), [(1280, 720), (960, 540)], None),
        ((1920, 1080), -1, None),
    ],
)
def test_the_smaller_full_screen_has_the_monitors_shape(
    own: tuple[int, int],
    modes: Any,
    small: tuple[int, int] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pygame.display, "get_desktop_sizes", lambda: [own])
    monkeypatch.setattr(pygame.display, "list_modes", lambda **_: modes)
    assert desktop.small_mode() == small
