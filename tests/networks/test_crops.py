"""Crops: which places are looked at, what is cut out, and what follows from what is seen there."""

from __future__ import annotations

import dataclasses
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.config import IMPALA, IMPALA_CROPS, ConfigError, TrainingConfig
from agents.state import targets
from game.system.paths import default_model

SIDE, FOLD = 42, 2


@pytest.fixture
def crops(tensorflow: ModuleType) -> Any:
    from agents.networks import crops as module

    return module


def known(bombs: list[tuple[float, float]], cannon: float = 71) -> NDArray[np.float32]:
    """Return targets [1, 37] that know the cannon and the `bombs` alone, each at x and y."""
    state_targets = np.full((1, targets.TARGETS), np.nan, np.float32)
    state_targets[:, targets.CANNON] = cannon
    lowest_first = sorted(bombs, key=lambda at: -at[1])
    for number, (x, y) in enumerate(lowest_first):
        state_targets[:, targets.BOMBS_X.start + number] = x - cannon
        state_targets[:, targets.BOMBS_Y.start + number] = y
    return (state_targets - targets.CENTRES) / targets.SIZES


def cells_at(crops: Any, places: list[tuple[float, float]]) -> NDArray[np.float32]:
    """Return cells [1, 6, 2] near `places` in the RAM's x and y: candidates, cannon and missile."""
    from agents.networks import keypoints

    at = np.array(places, np.float32)
    which = np.array([keypoints.LOWER_BOMB] * 4 + [keypoints.CANNON, keypoints.MISSILE])
    x, y = at[:, 0] + keypoints.OFF_X[which], at[:, 1] * keypoints.ROWS[which]
    columns = keypoints.cell(x, SIDE, FOLD, 160)
    rows = keypoints.cell(y + keypoints.OFF_Y[which], SIDE, FOLD, 210)
    return np.round(np.stack([rows, columns], axis=1))[None].astype(np.float32)


def seen_exactly(
    crops: Any, cells: NDArray[np.float32], places: list[tuple[float, float]], there: list[bool]
) -> NDArray[np.float32]:
    """Return what a perfect network sees [1, 6, 3] in `cells` of what is at `places`."""
    _, x, y = crops.positions(cells, np.zeros((1, 6, 3), np.float32), FOLD)
    at = np.array(places, np.float32)
    score = np.where(there, 9.0, -9.0)
    return np.stack([score, at[:, 0] - x[0], at[:, 1] - y[0]], axis=1)[None].astype(np.float32)


@pytest.mark.parametrize("upper_first", [False, True])
def test_two_bombs_are_told_apart_and_none_is_counted_twice(crops: Any, upper_first: bool) -> None:
    low, high = (60.0, 81.0), (101.0, 45.0)
    near_low = (low[0] + 1, low[1] - 1)  # the same bomb, found from a cell beside it
    bombs = [high, low] if upper_first else [low, high]
    places = [*bombs, near_low, (20.0, 60.0), (80.0, 0.0), (64.0, 33.0)]
    there = [True, True, True, False, True, True]
    cells = cells_at(crops, places)
    looked = seen_exactly(crops, cells, places, there)
    layer = crops.CropRefinement(FOLD)
    x = y = np.zeros((1, 6), np.float32)
    predicted = layer._with_crops(np.zeros((1, 37), np.float32), x, y, cells, looked)
    seen = np.asarray(targets.in_pixels(predicted))[0]
    np.testing.assert_allclose(seen[targets.BOMBS_X], [60 - 80, 101 - 80], atol=1.01)
    np.testing.assert_allclose(seen[targets.BOMBS_Y], [81, 45], atol=1.01)
    np.testing.assert_allclose(seen[targets.FALLING], [1, 1], atol=1e-3)
    assert seen[targets.CANNON] == pytest.approx(80, abs=1e-3)


def test_a_single_bomb_is_the_lower_one(crops: Any) -> None:
    places = [(101.0, 45.0), (60.0, 81.0), (20.0, 60.0), (20.0, 90.0), (80.0, 0.0), (64.0, 33.0)]
    cells = cells_at(crops, places)
    looked = seen_exactly(crops, cells, places, [True, False, False, False, True, False])
    x = y = np.zeros((1, 6), np.float32)
    predicted = crops.CropRefinement(FOLD)._with_crops(
        np.zeros((1, 37), np.float32), x, y, cells, looked
    )
    seen = np.asarray(targets.in_pixels(predicted))[0]
    np.testing.assert_allclose(seen[targets.FALLING], [1, 0], atol=1e-3)
    assert seen[targets.BOMBS_Y][0] == pytest.approx(45, abs=1e-3)


def test_what_is_seen_exactly_has_no_loss(crops: Any) -> None:
    bombs = [(60.0, 81.0), (101.0, 45.0)]
    places = [*bombs, (20.0, 60.0), (130.0, 60.0), (71.0, 0.0), (64.0, 33.0)]
    cells = cells_at(crops, places)
    there = [True, True, False, False, True, False]
    state_targets = known(bombs)
    right = seen_exactly(crops, cells, places, there)
    assert float(crops.looking_loss(cells, right, state_targets, FOLD)[0]) < 0.01
    for place, output, by in ((0, 1, 2.0), (1, 2, 2.0), (2, 0, 18.0), (4, 1, 1.0)):
        wrong = right.copy()
        wrong[0, place, output] += by
        assert float(crops.looking_loss(cells, wrong, state_targets, FOLD)[0]) > 0.5


def test_the_highest_cells_that_are_apart_are_looked_at(crops: Any) -> None:
    import tensorflow as tf

    bombs = [(60.0, 81.0), (101.0, 45.0)]
    wanted = cells_at(crops, [*bombs, *bombs, (71.0, 0.0), (64.0, 33.0)])[0, :2]
    logits = tf.Variable(tf.fill([1, SIDE, SIDE, crops.HEATMAPS], -12.0))
    for _ in range(8):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(crops.bombs_cross_entropy(logits, known(bombs), FOLD))
        logits.assign_sub(4.0 * tape.gradient(loss, logits))
    assert float(loss) < 0.2
    beside = np.zeros(logits.shape, np.float32)  # almost as likely, in the next cell
    row, column = wanted[0].astype(int)
    beside[0, row, column + 1, crops.BOMB] = logits[0, row, column, crops.BOMB] + 11.9
    x = y = tf.zeros([1, 6])
    cells = crops.CropRefinement(FOLD).places(logits + beside, x, y).numpy()
    np.testing.assert_array_equal(np.sort(cells[0, :2], axis=0), np.sort(wanted, axis=0))


def test_crops_hold_the_cells_around_a_place(crops: Any) -> None:
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    folded = np.stack([rows, columns], axis=2)[None]
    cells = np.tile(np.float32([20, 30]), (1, crops.PLACES, 1))
    cells[0, 1] = 0, SIDE - 1
    cut = np.asarray(crops.cut(folded, cells))[0].reshape(crops.PLACES, 7, 5, 2)
    np.testing.assert_array_equal(cut[0, :, 0, 0], np.arange(17, 24))
    np.testing.assert_array_equal(cut[0, 0, :, 1], np.arange(28, 33))
    assert cut[1].min() == 0 and cut[1].max() == SIDE - 1, "the edge stands for what is beyond"


def test_what_is_seen_of_the_cannon_counts_for_the_others(crops: Any) -> None:
    random = np.random.default_rng(3)
    layer = crops.CropRefinement(FOLD)
    layer.build((None, 37), (None, SIDE, SIDE, 7), (None, SIDE, SIDE, 16), (None, 21, 21, 32))
    shown = random.integers(0, 256, (1, crops.PLACES, 560)).astype(np.float32)
    context = random.random((1, crops.PLACES, 51)).astype(np.float32)
    cells = np.full((1, crops.PLACES, 2), 20, np.float32)
    before = np.asarray(layer.look(shown, context, cells))[0]
    for changed in range(crops.PLACES):
        other = shown.copy()
        other[0, changed] = 255 - other[0, changed]
        moved = (np.asarray(layer.look(other, context, cells))[0] != before).any(axis=1)
        everywhere = changed == crops.CANNON
        assert moved.tolist() == [everywhere or place == changed for place in range(crops.PLACES)]


@pytest.mark.training
def test_a_student_with_crops_begins_with_the_eyes_of_one_without(crops: Any) -> None:
    from agents.learning.learner import assign_student
    from agents.networks.networks import dueling_network
    from agents.runs import checkpoint

    arrays, _ = checkpoint.load_weights(default_model().with_suffix(".npz"))
    before, after = dueling_network(IMPALA), dueling_network(IMPALA_CROPS)
    if f"online/{len(before.variables)}" not in arrays:  # the bundled one has none
        assign_student(before, IMPALA, arrays)
        assign_student(after, IMPALA_CROPS, arrays)
    else:
        plain = {f"online/{i}": np.asarray(v) for i, v in enumerate(before.variables)}
        assign_student(after, IMPALA_CROPS, plain)
    frames = np.random.default_rng(0).integers(0, 256, (2, 84, 84, 4), dtype=np.uint8)
    old, new = before(frames), after(frames)
    np.testing.assert_allclose(new["auxiliary"], old["auxiliary"], atol=1e-5)
    np.testing.assert_allclose(new["heatmaps"][..., : crops.BOMB], old["heatmaps"], atol=1e-4)
    with pytest.raises(ValueError, match="is missing"):
        assign_student(after, IMPALA_CROPS, {})


@pytest.mark.parametrize(
    "numbers", [{"encoder": IMPALA, "frozen_encoder": 1}, {"encoder": IMPALA_CROPS}]
)
def test_crops_are_learnt_behind_a_frozen_encoder_that_has_them(numbers: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="crop_states are for crops"):
        dataclasses.replace(TrainingConfig(), mirror=0.0, crop_states=100, **numbers)
