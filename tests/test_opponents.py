"""The ladder in the window: who sits at the other cabinet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pygame
from visit import Thinker, arena_of, press, run

from game.ladder import Rung
from game.player import Player
from game.ui.app import App
from game.ui.arena import COUNTDOWN_FRAMES
from game.ui.opponents import AgentSource, climb
from game.ui.theme import name_of
from game.ui.title import ATTRACT_AFTER_S, Title

RUNGS = [
    Rung(Path(f"{name}.tflite"), name, score, 10)
    for name, score in (("recruit", 200), ("gunner", 310.4), ("champion", 900))
]


class Named(Thinker):
    def __init__(self, name: str) -> None:
        self.name = name


def opened(model: Path) -> Callable[[], Callable[[], Player]]:
    def load() -> Callable[[], Player]:
        if model.stem == "recruit":
            raise ValueError("recruit.tflite is damaged")
        return lambda: Named(model.stem)

    return load


def with_ladder(app: App) -> App:
    app.arcade.opponents = climb(RUNGS, app.arcade.agent, opened)
    app._stack[0] = Title(app.arcade)
    return app


def label(app: App) -> str:
    assert isinstance(app.scene, Title)
    return app.scene._menu.current.label


def wait_for_rival(app: App) -> AgentSource:
    app.arcade.rival.wait()
    run(app, 2)
    return app.arcade.rival


def test_a_race_is_against_the_chosen_rung(make_app: Callable[..., App]) -> None:
    app = with_ladder(make_app())
    press(app, pygame.K_DOWN)
    assert "Gunner, 310 points" in label(app)
    press(app, pygame.K_UP, pygame.K_RETURN)
    run(app, COUNTDOWN_FRAMES + 10)
    rival = arena_of(app).match.seats[1].player
    assert (rival.name, name_of(rival)) == ("gunner", "Gunner")


def test_the_champion_is_the_agent_that_is_open_already(make_app: Callable[..., App]) -> None:
    app = with_ladder(make_app())
    press(app, pygame.K_DOWN, pygame.K_RIGHT)
    assert "Champion, 900 points" in label(app)
    assert app.arcade.rival is app.arcade.agent
    press(app, pygame.K_RIGHT)
    assert "Recruit" in label(app), "the list goes round"


def test_a_damaged_rung_can_be_passed_by(make_app: Callable[..., App]) -> None:
    app = with_ladder(make_app())
    press(app, pygame.K_DOWN, pygame.K_LEFT)
    assert wait_for_rival(app).problem == "recruit.tflite is damaged"
    press(app, pygame.K_UP, pygame.K_RETURN)
    assert isinstance(app.scene, Title), "nobody to race"
    press(app, pygame.K_DOWN, pygame.K_RIGHT, pygame.K_UP)
    wait_for_rival(app)
    press(app, pygame.K_RETURN)
    assert arena_of(app).match.seats[1].player.name == "gunner"


def test_the_next_visitor_meets_the_recommended_one_again(make_app: Callable[..., App]) -> None:
    app = with_ladder(make_app())
    press(app, pygame.K_DOWN, pygame.K_RIGHT)
    run(app, 60 * ATTRACT_AFTER_S + 10)
    press(app, pygame.K_RETURN)
    press(app, pygame.K_DOWN)
    assert "Gunner" in label(app)


def test_one_agent_is_no_ladder(make_app: Callable[..., App]) -> None:
    app = make_app()
    assert climb(RUNGS[:1], app.arcade.agent, opened) is None
    assert app.arcade.rival is app.arcade.agent
