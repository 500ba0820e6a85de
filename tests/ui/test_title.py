"""The rows of the title lead where a visitor expects."""

from __future__ import annotations

from collections.abc import Callable

import pygame
import pytest

from game.play.match import HANDICAPS
from game.play.opponents import open_ladder
from game.ui.scenes.how_to_play import HowToPlay
from game.ui.scenes.scene import Mode
from game.ui.scenes.title import Title
from game.ui.widgets.theme import AGENT, HUMAN, Theme
from game.ui.window.app import App
from tests.helpers.drawn import RUNGS
from tests.helpers.visit import Thinker, match_scene_of, press, run


def go_to(app: App, row: str) -> None:
    assert isinstance(app.scene, Title)
    while app.scene._menu.current.key != row:
        press(app, pygame.K_DOWN)


@pytest.mark.parametrize("row", ["opponent", "handicap"])
def test_fire_on_what_a_race_is_like_starts_it(make_app: Callable[..., App], row: str) -> None:
    app = make_app()
    arcade = app.arcade
    arcade.opponents = open_ladder(RUNGS, arcade.agent, lambda _model, _name: lambda: Thinker)
    run(app, 1)
    go_to(app, row)
    press(app, pygame.K_RIGHT)
    chosen = arcade.opponents.current.rung.name, arcade.handicap
    press(app, pygame.K_RETURN)
    assert match_scene_of(app).mode is Mode.RACE
    assert (arcade.opponents.current.rung.name, arcade.handicap) == chosen, "fire changes nothing"
    if row == "handicap":
        assert match_scene_of(app).match.handicap == HANDICAPS[1]


def test_how_to_play_is_on_the_title(make_app: Callable[..., App]) -> None:
    app = make_app(kiosk=True)
    run(app, 1)
    go_to(app, "how")
    press(app, pygame.K_RETURN)
    assert isinstance(app.scene, HowToPlay)
    canvas = pygame.Surface((640, 480))
    app.scene.draw(canvas, Theme((640, 480)))
    found = {tuple(colour[:3]) for colour in map(canvas.unmap_rgb, set(pixels(canvas)))}
    assert {HUMAN, AGENT} <= found, "each side is told of in its own colour"
    press(app, pygame.K_SPACE)
    assert isinstance(app.scene, Title)


def pixels(surface: pygame.Surface) -> list[int]:
    return [int(value) for value in pygame.surfarray.array2d(surface).ravel()]
