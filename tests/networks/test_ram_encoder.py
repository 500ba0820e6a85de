"""The RAM encoder, on RAM observations written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

pytest.importorskip("tensorflow")

from agents.config import RAM, ConfigError, TrainingConfig
from agents.inference.observation import RAM_BYTES, RAM_OBSERVATION
from agents.networks import ram_encoder
from agents.state import ram_map
from agents.state.scripted_expert import GameState
from game.emulation.cabinet import Action, Cabinet, Rules

pytestmark = pytest.mark.usefixtures("tensorflow")


def ram_with(**values: int) -> NDArray[np.uint8]:
    """Return the RAM observation [1, 2, 129] of a new game, some bytes changed by address `bN`."""
    newest = np.frombuffer(Cabinet(Rules(), 1).ram() + b"\0", np.uint8).copy()
    for name, value in values.items():
        newest[int(name[1:])] = value
    return np.stack([newest, newest])[None]


def rows(observation: NDArray[np.uint8]) -> set[int]:
    return set(ram_encoder.table_rows(observation).numpy()[0].tolist())


@pytest.mark.slow
@given(st.binary(min_size=2 * 129, max_size=2 * 129))
def test_any_bytes_have_rows_in_the_tables(data: bytes) -> None:
    observation = np.frombuffer(data, np.uint8).reshape(
        1, *(RAM_OBSERVATION.stack, *RAM_OBSERVATION.shape)
    )
    found = ram_encoder.table_rows(observation).numpy()
    assert found.min() >= 0
    assert found.max() < sum(ram_encoder._TABLE_SIZES)


@pytest.mark.slow
def test_a_bomb_is_read_by_its_distance_to_the_cannon() -> None:
    here = ram_with(b28=60, b83=70, b81=80)
    moved = ram_with(b28=64, b83=74, b81=80)
    assert ram_encoder.table_rows(here).numpy()[0, 0] == ram_encoder.table_rows(moved).numpy()[0, 0]
    for other in (ram_with(b28=60, b83=71, b81=80), ram_with(b28=60, b83=70, b81=82)):
        assert (
            ram_encoder.table_rows(here).numpy()[0, 0]
            != ram_encoder.table_rows(other).numpy()[0, 0]
        )
    # The same for either bomb.
    second = ram_with(b28=60, b84=70, b82=80)
    assert (
        ram_encoder.table_rows(here).numpy()[0, 0] == ram_encoder.table_rows(second).numpy()[0, 1]
    )


@pytest.mark.slow
def test_invaders_above_the_cannon_are_read_by_column() -> None:
    full = ram_with(b26=40, b28=60)
    one_less = ram_with(b26=40, b28=60, b18=0b111101)  # the cannon stands below the second column
    far_less = ram_with(b26=40, b28=60, b18=0b011111)
    assert rows(full) != rows(one_less)
    assert rows(full) == rows(far_less)


@pytest.mark.slow
@pytest.mark.parametrize("address", [74, 90, 106, 102, 104])
def test_counter_random_numbers_and_score_are_not_read(address: int) -> None:
    for value in (0, 77, 255):
        changed = ram_with(**{f"b{address}": value})
        assert rows(changed) == rows(ram_with())
        np.testing.assert_array_equal(ram_encoder.bits(changed), ram_encoder.bits(ram_with()))


def test_bits_are_the_bytes_lowest_first() -> None:
    read = ram_encoder.bits(ram_with(b16=0b10000110)).numpy()[0]
    assert read[:8].tolist() == [0, 1, 1, 0, 0, 0, 0, 1]
    assert read.shape == (ram_encoder.BITS,)


def test_motion_is_the_difference_to_the_step_before() -> None:
    still, moving = ram_with(b26=40), ram_with(b26=40)
    moving[0, 0, 26] = 39
    assert rows(still) != rows(moving)
    assert still[0, 1, RAM_BYTES] == 0


def test_ram_has_no_mirror_image(tensorflow: Any) -> None:
    with pytest.raises(ConfigError, match="mirror=0"):
        TrainingConfig(encoder=RAM)


def test_the_aims_are_where_the_scripted_expert_expects_a_missile_to_pass(tensorflow: Any) -> None:
    cabinet = Cabinet(Rules(), 3, blind=True)
    moves, seen = np.random.default_rng(3), []
    for _ in range(150):
        cabinet.hold(Action(int(moves.integers(len(Action)))), 12)
        seen.append(np.frombuffer(cabinet.ram() + b"\0", np.uint8))
    now = np.stack(seen)
    state = GameState.of(np.stack([now, now], 1))
    start = np.full((len(now), ram_map.COLUMNS), ram_map.LATENCY, np.float32)
    _, x, _ = state.formation.interception(start, ram_map.MISSILE_START)
    off = (state.cannon + ram_map.MUZZLE)[:, None] - x - 16 * np.arange(ram_map.COLUMNS)
    first, last = state.formation.ends
    nearest = np.where(state.formation.columns, np.abs(off - ram_map.CENTRE), np.inf).argmin(1)
    rows = [np.asarray(each) for each in ram_encoder._aims(tensorflow.cast(now, "int32"))]
    ways = [rows[0] // 2, rows[1] // ram_encoder._LAST, rows[2] // ram_encoder._LAST]
    for way, column in zip(ways, (nearest, first, last), strict=True):
        expected = np.clip(off[np.arange(len(now)), column] + 64, 0, 127)
        np.testing.assert_allclose(way, expected, atol=0.51)
    np.testing.assert_array_equal(rows[0] % 2, ~state.flying)
    assert 20 < state.flying.sum() < 130, "both were tried"
    np.testing.assert_array_equal(rows[1] % ram_encoder._LAST, np.minimum(state.formation.count, 4))
