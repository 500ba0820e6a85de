"""Radial basis features: what they tell apart, what is not there, and no gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.state import targets
from agents.state.scripted_expert import GameState
from game.emulation.cabinet import Action, Cabinet, Rules


@pytest.fixture(scope="module")
def seen() -> NDArray[np.float32]:
    """Return predicted targets [E, 37] from one game, zero where nothing is there."""
    cabinet, moves, shown = Cabinet(Rules(noop_max=0), 2, blind=True), np.random.default_rng(1), []
    for _ in range(300):
        cabinet.hold(Action(int(moves.integers(len(Action)))), 4)
        shown.append(np.frombuffer(cabinet.ram() + b"\0", np.uint8))
    memory = np.stack([shown[:-1], shown[1:]], 1)
    assert GameState.of(memory).falling.all(1).any(), "both bombs are seen"
    return np.nan_to_num(targets.state_targets(memory))


def heights_of(predicted: NDArray[np.float32]) -> NDArray[np.float32]:
    from agents.networks.radial_basis import radial_basis

    told: NDArray[np.float32] = radial_basis(predicted).numpy()
    return told


@pytest.mark.usefixtures("tensorflow")
def test_heights_are_finite_and_of_similar_size(seen: NDArray[np.float32]) -> None:
    heights = heights_of(seen)
    assert heights.shape[0] == len(seen)
    assert heights.dtype == np.float32
    assert np.isfinite(heights).all()
    assert 1 <= np.abs(heights).max() <= 6


@pytest.mark.usefixtures("tensorflow")
def test_a_pixel_makes_a_larger_difference_than_in_plain_numbers(
    seen: NDArray[np.float32],
) -> None:
    moved = seen.copy()
    moved[:, targets.PASSING] += 1 / targets.SIZES[targets.PASSING]
    there = seen[:, targets.COLUMNS].sum(1) > 0
    plain = np.linalg.norm(moved - seen, axis=1)[there]
    sharp = np.linalg.norm(heights_of(moved) - heights_of(seen), axis=1)[there]
    assert np.median(sharp / plain) > 5


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize(
    ("says", "places"),
    [
        (targets.SHOWN, (targets.MISSILE_X, targets.MISSILE_Y)),
        (targets.FALLING, (targets.BOMBS_X, targets.BOMBS_Y)),
        (targets.SHIP_HEADING, (targets.SHIP,)),
        (targets.COLUMNS, (targets.PASSING, targets.BOTTOMS)),
    ],
)
def test_the_position_of_what_is_not_there_does_not_matter(
    seen: NDArray[np.float32], says: Any, places: tuple[Any, ...]
) -> None:
    without, elsewhere = seen.copy(), seen.copy()
    without[:, says] = elsewhere[:, says] = 0
    for place in places:
        elsewhere[:, place] += 1
    np.testing.assert_array_equal(heights_of(without), heights_of(elsewhere))
    moved = seen.copy()
    for place in places:
        moved[:, place] += 1
    assert not np.allclose(heights_of(seen), heights_of(moved)), "but where it is there, it does"


@pytest.mark.usefixtures("tensorflow")
def test_the_order_of_the_bombs_does_not_matter(seen: NDArray[np.float32]) -> None:
    swapped = seen.copy()
    for pair in (targets.BOMBS_X, targets.BOMBS_Y, targets.FALLING):
        swapped[:, pair] = seen[:, pair][:, ::-1]
    grids = slice(targets.TARGETS, None)  # behind the facts themselves
    np.testing.assert_allclose(heights_of(swapped)[:, grids], heights_of(seen)[:, grids], atol=1e-6)


@pytest.mark.usefixtures("tensorflow")
def test_no_gradient_flows_back(seen: NDArray[np.float32]) -> None:
    import tensorflow as tf

    from agents.networks.radial_basis import RadialBasis

    state_targets = tf.Variable(seen[:4])
    with tf.GradientTape() as tape:
        heights = tf.reduce_sum(RadialBasis()(state_targets) ** 2)
    assert float(heights) > 0
    assert tape.gradient(heights, state_targets) is None
