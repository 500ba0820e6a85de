"""What a student is asked of a picture: answers written by hand, and the emulator's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.state import ram_map
from agents.state.targets import TARGETS, state_targets
from game.emulation.cabinet import Action, Cabinet, Rules


def memory(cabinet: Cabinet, **places: int) -> NDArray[np.uint8]:
    """What networks are shown of `cabinet` [1, 2, 129], some bytes changed, by name."""
    now = np.frombuffer(cabinet.ram() + b"\0", np.uint8).copy()
    for name, value in places.items():
        now[getattr(ram_map, name)] = value
    return np.stack([now, now])[None]


def start() -> Cabinet:
    cabinet = Cabinet(Rules(sticky=0, noop_max=0), 1, blind=True)
    cabinet.hold(Action.NOOP, 140)
    return cabinet


def test_all_are_about_one_in_size_and_what_is_not_there_is_unknown() -> None:
    cabinet, moves = start(), np.random.default_rng(1)
    shown = []
    for _ in range(200):
        cabinet.hold(Action(int(moves.integers(len(Action)))), 8)
        shown.append(memory(cabinet)[0, -1])
    found = state_targets(np.stack([shown[:-1], shown[1:]], 1))
    assert found.shape == (199, TARGETS)
    assert 1 <= np.nanmax(np.abs(found)) <= 6
    missing = np.isnan(found).mean(0)
    assert (missing > 0).sum() >= 6, "a missile's, both bombs' and the ship's places at least"
    assert (missing == 0).sum() >= 15


def test_a_fact_changes_with_what_it_is_about_alone() -> None:
    cabinet = start()
    gone = {"MISSILE_Y": ram_map.GONE}
    plain = state_targets(memory(cabinet, **gone))[0]
    ship = state_targets(memory(cabinet, SHIP_X=60, **gone))[0]
    changed = np.flatnonzero(~np.isclose(plain, ship, equal_nan=True))
    assert len(changed) == 2, "the ship's place and way"
    flying = state_targets(memory(cabinet, MISSILE_Y=50, MISSILE_X=70))[0]
    changed = np.flatnonzero(~np.isclose(plain, flying, equal_nan=True))
    assert len(changed) == 3, "the missile's place, and that it is there"


def test_the_lower_bomb_comes_first_whichever_it_is() -> None:
    cabinet = start()

    def bombs(*y: int) -> NDArray[np.uint8]:
        shown = memory(cabinet)
        shown[:, :, ram_map.BOMBS_Y] = y
        shown[:, :, ram_map.BOMBS_X] = (60, 90) if y[0] == 70 else (90, 60)
        return shown

    np.testing.assert_array_equal(state_targets(bombs(70, 80)), state_targets(bombs(80, 70)))


def test_it_reads_one_game_like_many() -> None:
    one = memory(start())
    many = state_targets(np.repeat(one, 5, axis=0))
    np.testing.assert_array_equal(many, np.repeat(state_targets(one), 5, axis=0))
