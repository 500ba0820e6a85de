"""Whoever still fires when a game ends neither skips the result nor signs the board."""

from __future__ import annotations

from collections.abc import Callable

import pygame
import pytest

from game.emulation.cabinet import Rules
from game.ui.input.settled_input import LEAST_FRAMES, QUIET_FRAMES
from game.ui.scenes.high_scores import HighScores
from game.ui.scenes.initials import InitialsEntry
from game.ui.scenes.results import Results
from game.ui.scenes.scene import Mode
from game.ui.window.app import App
from tests.helpers.visit import press, run, settle


def tap(app: App, times_a_second: int, seconds: float, key: int = pygame.K_SPACE) -> None:
    """Press and release `key` again and again."""
    every = 60 // times_a_second
    for frame in range(round(60 * seconds)):
        if frame % every == 0:
            pygame.event.post(pygame.Event(pygame.KEYDOWN, key=key, mod=0))
        if frame % every == every // 2:
            pygame.event.post(pygame.Event(pygame.KEYUP, key=key, mod=0))
        app.poll()
        app.update()


@pytest.mark.slow
@pytest.mark.parametrize("rate", [4, 8])
def test_row_16_tapping_fire_through_the_end_stays_on_the_result(
    make_app: Callable[..., App], rate: int
) -> None:
    app = make_app(Mode.RACE, rules=Rules(frame_cap=100))
    while not isinstance(app.scene, Results):
        tap(app, rate, 0.25)
    tap(app, rate, 8)
    assert isinstance(app.scene, Results), "neither the board nor another race"
    settle(app)
    press(app, pygame.K_RETURN)
    assert not isinstance(app.scene, Results), "a press that is meant counts"


def test_row_16_a_held_button_counts_after_it_is_released(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.RACE, rules=Rules(frame_cap=100))
    pygame.event.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_SPACE, mod=0))
    while not isinstance(app.scene, Results):
        run(app, 10)
    run(app, 3 * LEAST_FRAMES)
    assert not app.scene._input.listens
    pygame.event.post(pygame.Event(pygame.KEYUP, key=pygame.K_SPACE, mod=0))
    run(app, QUIET_FRAMES - 2)
    assert isinstance(app.scene, Results)
    assert not app.scene._input.listens
    run(app, 4)
    assert isinstance(app.scene, Results)
    assert app.scene._input.listens


@pytest.mark.slow
@pytest.mark.parametrize("rate", [4, 8])
def test_row_16_a_run_of_taps_signs_no_board(make_app: Callable[..., App], rate: int) -> None:
    app = make_app(Mode.RACE, rules=Rules(frame_cap=400))
    while not isinstance(app.scene, Results):
        tap(app, rate, 0.25)
    run(app, 120)
    scene = app.scene
    assert isinstance(scene, Results)
    entry = scene.entry
    assert entry is not None
    app._apply(scene_signs(scene))
    assert isinstance(app.scene, InitialsEntry)
    tap(app, rate, 5)
    assert isinstance(app.scene, InitialsEntry), "the same run of taps enters nothing"
    assert app.scene._picker.at == 0
    settle(app)
    press(app, *[pygame.K_RETURN] * 4)  # three letters and OK
    assert isinstance(app.scene, HighScores)
    tap(app, rate, 5)
    assert isinstance(app.scene, HighScores), "and the board stays too"


def scene_signs(scene: Results):  # type: ignore[no-untyped-def]
    from game.ui.scenes.scene import BoardEarned, Earned

    assert scene.entry is not None
    return BoardEarned(scene._played, (Earned(0, scene.entry, scene._board),))
