"""What overlaps what, read from the console's memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.inference.player import RamStack
from agents.state import ram_map
from agents.state.overlaps import ANOTHER, CANNON, INVADERS, NOTHING, SHIELD, overlaps
from agents.state.scripted_expert import GameState
from game.emulation.cabinet import Action, Cabinet, Rules


@pytest.fixture(scope="module")
def ram() -> NDArray[np.uint8]:
    """The memory [1, 2, 129] of a game that has begun, with nothing in the air."""
    cabinet, memory = Cabinet(Rules(), 3, blind=True, sound=False), RamStack()
    for _ in range(200):
        cabinet.step(Action.NOOP)
    for _ in range(2):
        memory.push(cabinet.frame.ram, Action.NOOP)
    clear = memory.array.copy()
    clear[:, [*range(128)][ram_map.BOMBS_Y]] = ram_map.GONE
    clear[:, ram_map.MISSILE_Y] = ram_map.GONE
    return clear[None]


def changed(ram: NDArray[np.uint8], **values: Any) -> NDArray[np.uint8]:
    copy = ram.copy()
    for name, value in values.items():
        copy[:, :, getattr(ram_map, name)] = value
    return copy


def named(ram: NDArray[np.uint8], thing: str) -> set[str]:
    """What overlaps `thing` in the only game of `ram`."""
    return {name for name, where in overlaps(GameState.of(ram))[thing].items() if where[0]}


def test_what_is_not_there_is_overlapped_by_nothing_and_not_by_no_thing(
    ram: NDArray[np.uint8],
) -> None:
    for thing in ("missile", "lower bomb", "upper bomb"):
        assert named(ram, thing) == set()
    assert named(ram, "cannon") == {NOTHING}
    assert named(ram, "formation") == {NOTHING, "8 to 36 left"}


@pytest.mark.parametrize(
    ("x", "y", "what"),
    [
        (ram_map.SHIELD_X[0] - 3, 78, {SHIELD}),
        (ram_map.SHIELD_X[0] + 12, 78, {NOTHING}),
        (ram_map.SHIELD_X[0] - 3, 70, {NOTHING}),
    ],
)
def test_a_missile_at_a_shield(ram: NDArray[np.uint8], x: int, y: int, what: set[str]) -> None:
    assert named(changed(ram, MISSILE_X=x, MISSILE_Y=y), "missile") == what


def test_a_shield_that_is_gone_covers_nothing(ram: NDArray[np.uint8]) -> None:
    standing = int(ram[0, -1, ram_map.HEADING])
    at = {"MISSILE_X": ram_map.SHIELD_X[0] - 3, "MISSILE_Y": 78}
    taken = changed(ram, HEADING=standing & ~ram_map.SHIELDS_STAND, **at)
    assert named(taken, "missile") == {NOTHING}


def test_a_missile_among_the_invaders_until_they_are_shot(ram: NDArray[np.uint8]) -> None:
    formation = int(ram[0, -1, ram_map.FORMATION_X])
    low = int(ram[0, -1, ram_map.FORMATION_Y]) + ram_map.INVADER_BOTTOM
    at = {"MISSILE_X": formation + 4, "MISSILE_Y": low - 2}
    assert named(changed(ram, **at), "missile") == {INVADERS}
    shot = changed(ram, **at)
    shot[:, :, ram_map.ROWS.start] &= 0b11111110  # the lowest invader of the first column
    assert named(shot, "missile") == {NOTHING}
    between = at | {"MISSILE_X": formation + ram_map.COLUMN - 4}
    assert named(changed(ram, **between), "missile") == {NOTHING}


def test_the_lower_bomb_comes_first_and_bombs_touch_each_other(ram: NDArray[np.uint8]) -> None:
    far = changed(ram, BOMBS_X=(100, 30), BOMBS_Y=(68, 70))
    assert named(far, "lower bomb") == named(far, "upper bomb") == {NOTHING}
    one = changed(ram, BOMBS_X=(100, 30), BOMBS_Y=(ram_map.GONE, 70))
    assert (named(one, "lower bomb"), named(one, "upper bomb")) == ({NOTHING}, set())
    near = changed(ram, BOMBS_X=(32, 30), BOMBS_Y=(68, 70))
    assert named(near, "lower bomb") == named(near, "upper bomb") == {ANOTHER}


def test_a_bomb_in_front_of_the_cannon_covers_both(ram: NDArray[np.uint8]) -> None:
    cannon = int(ram[0, -1, ram_map.CANNON_X])
    hit = changed(ram, BOMBS_X=(cannon + 4, 0), BOMBS_Y=(90, ram_map.GONE))
    assert named(hit, "lower bomb") == {CANNON}
    assert named(hit, "cannon") == {ANOTHER}


def test_a_formation_at_the_shields_and_with_few_left(ram: NDArray[np.uint8]) -> None:
    last = changed(ram, FORMATION_Y=20)
    last[:, :, ram_map.ROWS] = 0
    last[:, :, ram_map.ROWS.start] = 1
    assert named(last, "formation") == {SHIELD, "1 left"}
    last[:, :, ram_map.ROWS] = 0
    assert named(last, "formation") == {"0 left"}
