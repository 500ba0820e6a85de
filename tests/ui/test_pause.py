"""What can be changed while a match stands still, and that the match is none the wiser."""

from __future__ import annotations

from collections.abc import Callable

import pygame
import pytest

from game.play.match import COUNTDOWN_FRAMES
from game.ui.scenes.control_settings import ControlSettings
from game.ui.scenes.look_settings import LookSettings
from game.ui.scenes.match import MatchScene
from game.ui.scenes.pause import KIOSK_WAIT_S, Pause
from game.ui.scenes.scene import Mode
from game.ui.scenes.settings import Settings
from game.ui.scenes.title import Title
from game.ui.window.app import App
from tests.helpers.visit import match_scene_of, press, run

TWO_MINUTES = 120 * 60


def open_settings(app: App) -> MatchScene:
    """Play for a moment, pause, and open the page of the settings; return the match's scene."""
    played = match_scene_of(app)
    played.skip_countdown()
    run(app, 40)
    press(app, pygame.K_p)
    assert isinstance(app.scene, Pause)
    choose(app, "settings")
    return played


def choose(app: App, key: str) -> None:
    """Mark the row `key` and press fire."""
    scene = app.scene
    assert isinstance(scene, Pause | Settings | ControlSettings)
    scene._menu.index = [choice.key for choice in scene._menu.choices].index(key)
    press(app, pygame.K_RETURN)


def keys_of(app: App) -> set[str]:
    assert isinstance(app.scene, Settings | ControlSettings)
    return {choice.key for choice in app.scene._menu.choices}


@pytest.mark.slow
def test_the_settings_of_a_pause_lead_back_to_it_and_the_game_is_as_it_was(
    make_app: Callable[..., App],
) -> None:
    app = make_app(Mode.RACE)
    played = open_settings(app)
    before = [seat.frame for seat in played.match.seats]
    assert isinstance(app.scene, Settings)
    assert keys_of(app).isdisjoint({"measure", "daily"}), "these concern other games"
    volume = app.arcade.preferences.volume
    press(app, pygame.K_LEFT)
    assert app.arcade.preferences.volume == volume - 1
    choose(app, "controls")
    assert isinstance(app.scene, ControlSettings)
    assert keys_of(app).isdisjoint({"auto_fire", "one_switch", "speed"})
    choose(app, "keyboard")
    run(app, TWO_MINUTES)
    press(app, pygame.K_ESCAPE, pygame.K_ESCAPE)
    assert isinstance(app.scene, Settings), "at home a match may wait for ever"
    choose(app, "looks")
    run(app, 70 * 60)
    assert isinstance(app.scene, LookSettings)
    press(app, pygame.K_RIGHT, pygame.K_ESCAPE, pygame.K_ESCAPE)
    assert isinstance(app.scene, Pause)
    app.draw()
    press(app, pygame.K_ESCAPE)
    assert app.scene is played
    assert [seat.frame for seat in played.match.seats] == before
    assert played.resuming == COUNTDOWN_FRAMES
    run(app, COUNTDOWN_FRAMES + 1)
    assert [seat.frame.number for seat in played.match.seats] == [41, 41]


def test_a_chosen_language_is_the_pauses_too(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY)
    open_settings(app)
    scene = app.scene
    assert isinstance(scene, Settings)
    scene._menu.index = [choice.key for choice in scene._menu.choices].index("language")
    press(app, pygame.K_RIGHT, pygame.K_ESCAPE)
    run(app, 1)
    pause = app.scene
    assert isinstance(pause, Pause)
    assert pause._menu.current.key == "settings"
    assert pause._menu.current.label == "Optionen"


def test_a_visitor_of_a_kiosk_has_the_looks_for_the_visit(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY, kiosk=True)
    played = open_settings(app)
    looks = app.scene
    assert isinstance(looks, LookSettings)
    assert "monitor" not in [choice.key for choice in looks._menu.choices]
    high = app.arcade.preferences.high_contrast
    while looks._menu.current.key != "high_contrast":
        press(app, pygame.K_DOWN)
    press(app, pygame.K_RIGHT, pygame.K_ESCAPE)
    assert isinstance(app.scene, Pause)
    assert app.arcade.preferences.high_contrast is not high
    assert app.scene._played is played


@pytest.mark.slow
def test_a_kiosk_whose_visitor_left_the_pages_goes_home(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY, kiosk=True)
    open_settings(app)
    run(app, (KIOSK_WAIT_S + 20) * 60)
    assert isinstance(app.scene, Title)
