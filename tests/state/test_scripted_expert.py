"""The scripted expert: its laws of motion are the cartridge's, and it plays well by them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.inference.observation import RAM_BYTES, RAM_OBSERVATION
from agents.state import ram_map, scripted_expert
from agents.state.scripted_expert import Formation, GameState
from game.emulation.cabinet import Action, Cabinet, Rules

CALM = Rules(sticky=0, noop_max=0)


def ram_of(cabinets: list[Cabinet], before: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """Return the RAM observations of `cabinets`, uint8 [E, 2, 129]."""
    now = np.zeros((len(cabinets), *RAM_OBSERVATION.shape), np.uint8)
    for row, cabinet in zip(now, cabinets, strict=True):
        row[:RAM_BYTES] = np.frombuffer(cabinet.ram(), np.uint8)
    return np.stack([now if before is None else before[:, -1], now], 1)


def formation(x: float, rightward: bool, left: int = ram_map.INVADERS) -> Formation:
    alive = np.zeros(ram_map.INVADERS, bool)
    alive[:left] = True
    rows = alive.reshape(1, ram_map.ROW_COUNT, ram_map.COLUMNS)
    return Formation(np.float32([x]), np.float32([0]), np.array([rightward]), rows)


def test_the_formation_moves_as_the_cartridge_moves_it() -> None:
    cabinet = Cabinet(CALM, 1, blind=True)
    cabinet.hold(Action.NOOP, 150)
    state = GameState.of(ram_of([cabinet]))
    frames = np.arange(40, 441, 40, dtype=np.float32)  # then a bomb hits, and all stand still
    x, y = (values[0] for values in state.formation.at(frames[None]))
    seen = []
    for _ in frames:
        cabinet.hold(Action.NOOP, 40)
        seen.append(GameState.of(ram_of([cabinet])).formation)
    assert seen[-1].x[0] - state.formation.x[0] > 10
    np.testing.assert_allclose(x, [each.x[0] for each in seen], atol=1)
    assert list(y) == [each.y[0] for each in seen]


@pytest.mark.parametrize("rightward", [True, False])
def test_a_formation_that_turns_descends_and_moves_back(rightward: bool) -> None:
    low, high = 23, 130 - 5 * 16
    start = formation(high - 1 if rightward else low + 1, rightward)
    x, y = start.at(np.float32([[31, 2 * 32, 3 * 32]]))
    expected = [high, high - 1, high - 2] if rightward else [low, low + 1, low + 2]
    np.testing.assert_allclose(x[0], expected, atol=0.1)
    assert y[0, 0] == 0
    assert list(y[0, 1:]) == [ram_map.DESCENT] * 2


def test_a_narrow_formation_has_further_to_go() -> None:
    wide, narrow = formation(49, True), formation(49, True, left=1)  # the last is in column 0
    assert wide.at(np.float32([[64.0]]))[1][0, 0] == ram_map.DESCENT
    assert narrow.at(np.float32([[64.0]]))[1][0, 0] == 0


@pytest.mark.slow
def test_nearly_all_shots_hit() -> None:
    cabinet = Cabinet(Rules(), 40, blind=True)
    shown = ram_of([cabinet])
    shots = 0
    while cabinet.invaders > 6:  # it misses some of the last, fast ones
        action = Action(int(scripted_expert.choose(shown)[0]))
        for _ in range(4):
            cabinet.hold(action, 1)
            shots += cabinet.signs.fired
        shown = ram_of([cabinet], shown)
    hits = ram_map.INVADERS - cabinet.invaders
    assert shots <= 1.25 * hits, f"{shots} shots for {hits}"


def test_it_believes_in_no_shield_that_the_cartridge_took_away() -> None:
    shown = ram_of([Cabinet(CALM, 1, blind=True)])
    assert GameState.of(shown).shields.any(), "a first wave has shields"
    taken = shown.copy()
    # As from the fourth wave on: their own bytes still hold them.
    taken[:, -1, ram_map.HEADING] &= 255 - ram_map.SHIELDS_STAND
    assert not GameState.of(taken).shields.any()


def calm_state(cannon: float, invaders: Formation) -> GameState:
    """A state in which nothing is in the air and no shield stands."""
    none = np.zeros((1, 2), bool)
    return GameState(
        cannon=np.float32([cannon]),
        formation=invaders,
        missile=np.float32([[0, ram_map.GONE]]),
        flying=none[:, 0],
        wreck=none[:, 0],
        bombs=np.zeros((1, 2, 2), np.float32),
        falling=none,
        ship=np.float32([ram_map.NO_SHIP]),
        ship_speed=np.float32([0]),
        shields=np.zeros((1, 160), bool),
    )


@pytest.mark.parametrize("cannon", [50.0, 74.0, 90.0])
def test_it_does_not_walk_to_and_fro_between_the_last_two_until_they_land(cannon: float) -> None:
    alive = np.zeros((1, ram_map.ROW_COUNT, ram_map.COLUMNS), bool)
    alive[0, -1, [0, -1]] = True
    x, y, rightward = np.float32([50]), np.float32([50]), np.array([False])
    for _ in range(60):  # agent steps; before, it had not fired after 140, when they landed
        state = calm_state(cannon, Formation(x, y, rightward, alive))
        ready = np.zeros(1, np.float32)
        shot = scripted_expert._invader_shot(state, state.formation, ready)
        distance = shot.cannon - state.cannon
        move = np.where(np.abs(distance) >= scripted_expert.STRIDE, np.sign(distance), 0)
        if scripted_expert._fires(state, state.formation, ready, shot, move)[0]:
            return
        cannon += float(move[0]) * 0.9 * 4 * ram_map.CANNON_SPEED  # stickiness takes a tenth
        (x, y), (later, _) = (state.formation.at(np.float32([each])) for each in (4.0, 4.5))
        rightward = later > x
    pytest.fail("it has not fired")


@pytest.mark.parametrize(("x", "rightward", "first"), [(30, True, 5), (44, False, 0)])
def test_of_a_row_that_lands_next_it_shoots_first_what_leaves_its_reach_first(
    x: float, rightward: bool, first: int
) -> None:
    alive = np.ones((1, ram_map.ROW_COUNT, ram_map.COLUMNS), bool)
    alive[0, 0, 1:5] = False  # one invader at each end of the lowest row, and 20 pixels of descent
    invaders = Formation(np.float32([x]), np.float32([20]), np.array([rightward]), alive)
    above = x + ram_map.COLUMNS_X + ram_map.CENTRE - ram_map.MUZZLE
    for cannon in (45.0, 76.0, 105.0):
        state = calm_state(cannon, invaders)
        shot = scripted_expert._invader_shot(state, invaders, np.zeros(1, np.float32))
        assert np.abs(above - shot.cannon[0]).argmin() == first, "by the column it walks to"


@pytest.mark.parametrize(
    ("beside", "stays"), [(1.5, False), (2.5, False), (4.5, False), (5.5, True)]
)
def test_it_spares_a_bomb_some_pixels_where_that_costs_nothing(beside: float, stays: bool) -> None:
    state = calm_state(70, formation(49, True))
    hits = ram_map.CANNON_HIT[1]
    bombs = np.float32([[[70 + hits + beside, ram_map.BOMB_ENTERS - 8], [0, 0]]])
    state = dataclasses.replace(state, bombs=bombs, falling=np.array([[True, False]]))
    safe = scripted_expert._safe(state, state.cannon)[0]
    assert (safe == 70) == stays
    assert 70 + hits + beside - safe > hits + 5 or stays


def test_it_rather_comes_near_to_two_bombs_than_is_hit_by_one() -> None:
    state = calm_state(70, formation(49, True))
    low, high = ram_map.CANNON_HIT
    gap = np.float32([[[70 + low - 2, 80], [70 + high + 2, 80]]])
    state = dataclasses.replace(state, bombs=gap, falling=np.array([[True, True]]))
    assert abs(scripted_expert._safe(state, np.float32([60]))[0] - 70) <= 1


def play(seeds: range, steps: int) -> list[Cabinet]:
    cabinets = [Cabinet(Rules(), seed, blind=True, sound=False) for seed in seeds]
    shown = ram_of(cabinets)
    for _ in range(steps):
        for cabinet, action in zip(cabinets, scripted_expert.choose(shown), strict=True):
            cabinet.hold(Action(int(action)), 4)
        shown = ram_of(cabinets, shown)
    return cabinets


@pytest.mark.slow
def test_it_clears_waves_and_survives() -> None:
    cabinets = play(range(20, 24), 1200)  # 80 seconds
    scores = [cabinet.frame.score for cabinet in cabinets]
    assert np.mean(scores) > 1260, f"two waves are worth that without the ship: {scores}"
    assert sum(cabinet.frame.lives for cabinet in cabinets) >= 10, "three each at first"


@pytest.mark.slow
def test_a_game_has_the_same_answer_alone_or_among_others() -> None:
    cabinets = play(range(30, 33), 100)
    shown = ram_of(cabinets)
    together = scripted_expert.choose(shown)
    assert [int(scripted_expert.choose(shown[i : i + 1])[0]) for i in range(3)] == list(together)


def test_any_bytes_have_an_answer() -> None:
    shown = np.random.default_rng(5).integers(0, 256, (200, 2, 129), dtype=np.uint8)
    with np.errstate(all="raise"):
        actions = scripted_expert.choose(shown)
    assert set(actions) <= set(Action)
    assert (scripted_expert.choose(np.zeros_like(shown[:1])) < len(Action)).all()
