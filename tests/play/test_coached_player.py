"""The coach and taking over: whose hand is on the stick, and what becomes of the run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pygame
import pytest

from game.emulation.cabinet import Action, Frame, Rules
from game.play.coached_player import LOOKS_ON, CoachedPlayer, Regret
from game.play.match import Match
from game.play.player import Decision, Kind, Player, Thought
from game.play.tape import load, verify
from game.system.preferences import VISITOR
from game.ui.scenes.pause import Pause
from game.ui.scenes.results import Results
from game.ui.scenes.scene import Mode
from game.ui.widgets.layout import single_layout
from game.ui.widgets.theme import AGENT, HUMAN, Theme
from game.ui.window.app import App
from tests.helpers.visit import (
    Thinker,
    match_scene_of,
    no_agent,
    own_board,
    press,
    run,
    run_to_results,
)


class Dreamer:
    """An agent whose action hangs on its last four pictures, as a network's does."""

    kind = Kind.AGENT
    name = "dreamer"

    def __init__(self) -> None:
        self._seen: list[int] = []
        self._decision = Decision(Action.NOOP)
        self._before: Frame | None = None

    def decide(self, frame: Frame) -> Decision:
        if frame.number % 4 == 0:
            before = frame if self._before is None else self._before
            self._seen.append(int(np.maximum(frame.grey, before.grey).sum()))
            action = Action(sum(self._seen[-4:]) % len(Action))
            q = np.arange(6, dtype=np.float32)
            self._decision = Decision(action, Thought(q, 2.5, q - q.mean()))
        self._before = frame
        return self._decision


def played(player: Player, frames: int, press_t: tuple[int, ...] = ()) -> Match:
    match = Match([player], Rules(), seed=4)
    for number in range(frames):
        if isinstance(player, CoachedPlayer):
            player.held = Action.RIGHT if number % 50 < 25 else Action.LEFTFIRE
            if number in press_t:
                assert player.hand_over()
        match.step()
    return match


def test_the_network_plays_on_from_the_true_frames() -> None:
    """What it presses after taking over is what one that looked on from the start would press."""
    player = CoachedPlayer(Dreamer)
    match = played(player, 300, (100, 200))
    actions = match.seats[0].tape.actions
    witness, again = Dreamer(), Match([CoachedPlayer(lambda: None)], Rules(), seed=4)
    wanted = []
    for action in actions:
        wanted.append(witness.decide(again.seats[0].frame).action)
        again.seats[0].player.held = Action(action)  # type: ignore[attr-defined]
        again.step()
    assert list(actions[100:200]) == wanted[100:200]
    assert list(actions[:25]) == [Action.RIGHT] * 25
    assert list(actions[200:225]) == [Action.RIGHT] * 25, "and the person again"
    assert list(actions[:100]) != wanted[:100]


@pytest.mark.parametrize("late", [1, 2, 3, 4, 50, 51])
def test_a_network_that_came_late_is_not_ready_before_it_has_seen_enough(late: int) -> None:
    calls = iter(range(1000))
    player = CoachedPlayer(lambda: Dreamer() if next(calls) >= late else None)
    match = Match([player], Rules(), seed=4)
    for _ in range(late + LOOKS_ON):
        assert not player.ready
        assert not player.hand_over()
        match.step()
    match.step()
    assert player.ready
    steps = [number for number in range(late, match.number) if number % 4 == 0]
    assert len(steps) >= 4, "four pictures, each from two frames that it saw"
    assert steps[-4] > late


def test_a_tape_with_two_hands_on_it_says_so_and_verifies(tmp_path: Path) -> None:
    match = played(CoachedPlayer(Dreamer), 300, (100, 200))
    match.finish()
    tape = tmp_path / "game.tape"
    match.seats[0].tape.save(tape)
    assert verify(tape).verified
    assert load(tape).player == "You and the network"
    assert load(tape).kind is Kind.HUMAN


def test_regret_weighs_moments_by_what_hangs_on_them() -> None:
    def thought(spread: float) -> Thought:
        q = np.array([spread, 0, 0, 0, 0, 0], np.float32)
        return Thought(q, 0.0, q - q.mean())

    regret = Regret()
    assert regret.share == 0
    regret.update(thought(1.0), Action.NOOP)
    assert regret.share == 0
    regret.update(thought(3.0), Action.LEFT)
    assert regret.share == pytest.approx(0.75)
    for _ in range(15):
        regret.update(thought(0.5), Action.NOOP)
    assert regret.share == 0, "a second later it is forgotten"


def picture_of(app: App) -> np.ndarray:
    canvas = pygame.Surface((1280, 720))
    app.scene.draw(canvas, Theme((1280, 720)))
    return pygame.surfarray.array3d(canvas)


def test_the_coach_advises_beside_the_field_and_has_a_board_of_its_own(
    make_app: Callable[..., App],
) -> None:
    app = make_app(Mode.PLAY)
    run(app, 30)
    alone = picture_of(app)
    assert own_board(app).handicap == ""
    press(app, pygame.K_TAB)
    assert app.arcade.preferences.overlay == VISITOR
    place = single_layout(Theme((1280, 720)))
    changed = np.argwhere((picture_of(app) != alone).any(axis=2))
    beside = changed[:, 0] >= place.panel.left
    ground = place.picture.bottom - place.picture.height // 10
    assert beside.any()
    assert (beside | (changed[:, 1] >= ground)).all(), "the arrow is below the cannon"
    run(app, 1)
    press(app, pygame.K_TAB)
    run(app, 1)
    assert own_board(app).words().startswith("Playing alone, with a coach")
    run_to_results(app)
    assert isinstance(app.scene, Results)
    assert app.scene._board.handicap == "with a coach"


def test_a_key_hands_the_stick_over_and_back_and_shows_who_has_it(
    make_app: Callable[..., App],
) -> None:
    app = make_app(Mode.PLAY)
    match_scene = match_scene_of(app)
    run(app, 30)
    (seat,) = match_scene.match.seats
    place = single_layout(Theme((1280, 720))).picture
    corner = (place.left - 2, place.top - 2)
    press(app, pygame.K_t)
    run(app, 8)
    assert seat.player.kind is Kind.AGENT
    assert set(seat.tape.actions[30:]) == {Action.FIRE}, "the thinker's"
    assert tuple(picture_of(app)[corner]) == AGENT
    press(app, pygame.K_t)
    run(app, 8)
    assert seat.player.kind is Kind.HUMAN
    assert tuple(picture_of(app)[corner]) == HUMAN
    assert set(seat.tape.actions[38:]) == {Action.NOOP}
    run_to_results(app)
    assert isinstance(app.scene, Results)
    assert app.scene._board.handicap == "shared with the network"
    app.draw()


def test_a_pad_without_the_button_hands_over_in_the_pause(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY)
    run(app, 30)
    press(app, pygame.K_p, pygame.K_DOWN, pygame.K_RETURN)
    assert match_scene_of(app).match.seats[0].player.kind is Kind.AGENT
    press(app, pygame.K_p)
    assert isinstance(app.scene, Pause)
    assert [c.label for c in app.scene._menu.choices][1] == "Take back control"
    press(app, pygame.K_DOWN, pygame.K_RETURN)
    assert match_scene_of(app).match.seats[0].player.kind is Kind.HUMAN


def test_without_a_network_there_is_nobody_to_ask(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY, load=no_agent)
    run(app, 30)
    before = picture_of(app)
    press(app, pygame.K_TAB, pygame.K_t)
    assert (picture_of(app) == before).all()
    assert own_board(app).handicap == ""
    press(app, pygame.K_p)
    assert isinstance(app.scene, Pause)
    assert [choice.key for choice in app.scene._menu.choices] == [
        *("resume", "again", "settings", "home")
    ]


def test_the_key_means_nothing_in_a_race(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.RACE, load=lambda: Thinker)
    run(app, 200)
    kinds = [seat.player.kind for seat in match_scene_of(app).match.seats]
    press(app, pygame.K_t)
    run(app, 2)
    assert [seat.player.kind for seat in match_scene_of(app).match.seats] == kinds
