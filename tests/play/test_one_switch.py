"""One button plays: the cannon goes to and fro, and a press stops, fires and turns it."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pygame
import pytest

from game.emulation.cabinet import Action, Cabinet, Rules
from game.play.match import HANDICAPS, Handicap, Match
from game.play.one_switch import CANNON_COLOUR, CANNON_ROWS
from game.play.player import HumanPlayer, Kind
from game.records.scores import Board
from game.system.preferences import Preferences
from game.ui.scenes.high_scores import board_of
from game.ui.scenes.scene import Mode
from game.ui.scenes.title import Title
from game.ui.window.app import SCAN_FRAMES, App
from tests.helpers.visit import match_scene_of, press, run


def played(frames: int, *held: range) -> list[Action]:
    """What one button does that is held in the frames of `held`."""
    cabinet, player, actions = Cabinet(Rules(), 5), HumanPlayer(one_switch=True), []
    for number in range(frames):
        player.held = Action.FIRE if any(number in span for span in held) else Action.NOOP
        actions.append(player.decide(cabinet.frame).action)
        cabinet.step(actions[-1])
    return actions


def test_it_goes_to_and_fro_and_never_stands_for_long() -> None:
    cabinet, player = Cabinet(Rules(), 5), HumanPlayer(one_switch=True)
    seen: list[int] = []
    while cabinet.frame.lives == 3 and cabinet.frame.number < 1500:
        cabinet.step(player.decide(cabinet.frame).action)
        drawn = (cabinet.frame.rgb[CANNON_ROWS] == CANNON_COLOUR).all(axis=2).any(axis=0)
        if drawn.any() and cabinet.frame.number > 200:
            seen.append(int(drawn.argmax()))
    assert max(seen) > 110, "to the edge"
    assert min(seen[seen.index(max(seen)) :]) < max(seen) - 20, "and back"
    stands = max(len(list(group)) for _, group in itertools.groupby(seen[:-150]))
    assert stands < 40


def test_a_press_stops_fires_and_turns() -> None:
    actions = played(320, range(150, 160))
    assert actions[149] is Action.RIGHT
    assert set(actions[150:160]) == {Action.FIRE}
    assert actions[160] is Action.LEFT
    assert Action.LEFTFIRE not in actions


def test_with_auto_fire_nothing_need_be_pressed() -> None:
    player = HumanPlayer(auto_fire=True, one_switch=True)
    assert player.decide(Cabinet(Rules(), 5).frame).action is Action.RIGHTFIRE


def test_it_scores_under_a_name_of_its_own() -> None:
    match = Match([HumanPlayer(one_switch=True)], Rules(), 5, 1200)
    while not match.over:
        seat = match.seats[0]
        assert isinstance(seat.player, HumanPlayer)
        seat.player.held = Action.FIRE if match.number % 50 < 4 else Action.NOOP
        match.step()
    assert match.seats[0].frame.score > 0
    given = Handicap(one_switch=True)
    assert given in HANDICAPS
    assert given.name == "one button"
    both = Handicap(auto_fire=True, one_switch=True, delay_ms=100)
    assert both.name == "network 100 ms slower, auto-fire, one button"
    board = Board("race", Kind.HUMAN, Rules(), handicap=both.name)
    assert "one button" in board.words()


@pytest.mark.slow
def test_the_setting_plays_alone_and_in_races_at_home_only(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY)
    app.arcade.prefer(Preferences(one_switch=True))
    assert board_of(Mode.PLAY, Kind.HUMAN, app.arcade).handicap == "one button"
    assert app.arcade.race_handicap.one_switch
    kiosk = make_app(Mode.PLAY, kiosk=True)
    kiosk.arcade.prefer(Preferences(one_switch=True))
    assert not kiosk.arcade.race_handicap.one_switch
    assert match_scene_of(kiosk)


def test_menus_move_their_mark_for_one_button(make_app: Callable[..., App]) -> None:
    app = make_app()
    app.arcade.prefer(Preferences(one_switch=True))
    title = app.scene
    assert isinstance(title, Title)
    app.draw()
    first = title._menu.index
    run(app, SCAN_FRAMES + 1)
    assert title._menu.index != first
    after = title._menu.index
    run(app, SCAN_FRAMES // 2)
    press(app, pygame.K_F5)
    run(app, SCAN_FRAMES // 2 + 2)
    assert title._menu.index == after, "a press gives time to think"
