"""The privileged state targets, compared with values written by hand and with the emulator."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.state import ram_map
from agents.state.targets import TARGETS, state_targets
from game.emulation.cabinet import Action, Cabinet, Rules


def ram_of(cabinet: Cabinet, **values: int) -> NDArray[np.uint8]:
    """The RAM observation of `cabinet` [1, 2, 129] with some bytes changed, by name."""
    now = np.frombuffer(cabinet.ram() + b"\0", np.uint8).copy()
    for name, value in values.items():
        now[getattr(ram_map, name)] = value
    return np.stack([now, now])[None]


def start() -> Cabinet:
    cabinet = Cabinet(Rules(sticky=0, noop_max=0), 1, blind=True)
    cabinet.hold(Action.NOOP, 140)
    return cabinet


def test_targets_have_a_size_of_about_one_and_are_nan_where_nothing_is_there() -> None:
    cabinet, moves = start(), np.random.default_rng(1)
    shown = []
    for _ in range(200):
        cabinet.hold(Action(int(moves.integers(len(Action)))), 8)
        shown.append(ram_of(cabinet)[0, -1])
    found = state_targets(np.stack([shown[:-1], shown[1:]], 1))
    assert found.shape == (199, TARGETS)
    assert 1 <= np.nanmax(np.abs(found)) <= 6
    missing = np.isnan(found).mean(0)
    assert (missing > 0).sum() >= 6, (
        "the positions of the missile, both bombs and the ship at least"
    )
    assert (missing == 0).sum() >= 15


def test_a_target_changes_with_its_own_object_alone() -> None:
    cabinet = start()
    gone = {"MISSILE_Y": ram_map.GONE}
    plain = state_targets(ram_of(cabinet, **gone))[0]
    ship = state_targets(ram_of(cabinet, SHIP_X=60, **gone))[0]
    changed = np.flatnonzero(~np.isclose(plain, ship, equal_nan=True))
    assert len(changed) == 2, "the ship's position and heading"
    flying = state_targets(ram_of(cabinet, MISSILE_Y=50, MISSILE_X=70))[0]
    changed = np.flatnonzero(~np.isclose(plain, flying, equal_nan=True))
    assert len(changed) == 3, "the missile's position, and that it is there"


def test_the_lower_bomb_comes_first_whichever_it_is() -> None:
    cabinet = start()

    def bombs(*y: int) -> NDArray[np.uint8]:
        shown = ram_of(cabinet)
        shown[:, :, ram_map.BOMBS_Y] = y
        shown[:, :, ram_map.BOMBS_X] = (60, 90) if y[0] == 70 else (90, 60)
        return shown

    np.testing.assert_array_equal(state_targets(bombs(70, 80)), state_targets(bombs(80, 70)))


def test_one_game_is_read_like_many() -> None:
    one = ram_of(start())
    many = state_targets(np.repeat(one, 5, axis=0))
    np.testing.assert_array_equal(many, np.repeat(state_targets(one), 5, axis=0))
