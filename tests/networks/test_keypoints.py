"""Keypoints: from positions to heat maps and back, and where the screen shows them."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.state import ram_map, targets
from game.emulation.cabinet import Action, Cabinet, Rules

SIDE, FOLD = 42, 2


@pytest.fixture
def keypoints(tensorflow: ModuleType) -> Any:
    from agents.networks import keypoints as module

    return module


def known(**pixels: Any) -> NDArray[np.float32]:
    """Return targets [1, 37], all unknown except these."""
    state_targets = np.full((1, targets.TARGETS), np.nan, np.float32)
    for name, value in pixels.items():
        which = getattr(targets, name)
        state_targets[:, which] = (
            np.asarray(value, np.float32) - targets.CENTRES[which]
        ) / targets.SIZES[which]
    return state_targets


def played(steps: int) -> NDArray[np.float32]:
    """Return targets [1, 37] after random play, with bombs, ship and missile added."""
    cabinet, moves = Cabinet(Rules(noop_max=0), 2, blind=True), np.random.default_rng(steps)
    for _ in range(steps):
        cabinet.hold(Action(int(moves.integers(len(Action)))), 4)
        if cabinet.frame.over:
            break
        memory = np.frombuffer(cabinet.ram() + b"\0", np.uint8).copy()
    memory[ram_map.BOMBS_X], memory[ram_map.BOMBS_Y] = (60, 101), (81, 45)
    memory[ram_map.SHIP_X] = 120
    memory[ram_map.MISSILE_X], memory[ram_map.MISSILE_Y] = 64, 33
    return targets.state_targets(np.stack([memory, memory])[None])


def learnt(keypoints: Any, state_targets: NDArray[np.float32]) -> tuple[Any, float]:
    """Return logits fitted to `state_targets`, and their cross-entropy."""
    import tensorflow as tf

    logits = tf.Variable(tf.zeros([1, SIDE, SIDE, keypoints.KEYPOINTS]))
    for _ in range(200):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(keypoints.cross_entropy(logits, state_targets, FOLD))
        logits.assign_sub(4.0 * tape.gradient(loss, logits))
    return logits, float(loss)


@pytest.mark.slow
def test_positions_are_read_from_the_heat_maps_fitted_to_them(keypoints: Any) -> None:
    state_targets = played(700)
    logits, loss = learnt(keypoints, state_targets)
    assert loss < 10, "a uniform map has 7.5 nats for each of six"
    # The dense prediction: a little wrong, and useless where heat maps are read instead.
    dense = np.nan_to_num(state_targets) + np.float32(0.1) / targets.SIZES
    dense[:, keypoints.FROM_KEYPOINTS] = 0.5
    seen = keypoints.KeypointRefinement(FOLD)(dense, logits).numpy()
    off = np.abs(seen - state_targets) * targets.SIZES
    missile = np.r_[targets.MISSILE_X, targets.MISSILE_Y]
    assert np.nanmax(off[:, np.r_[keypoints.FROM_KEYPOINTS, missile]]) < 0.5, "pixels"
    dense[:, targets.MISSILE_Y] = (130 - targets.CENTRES[targets.MISSILE_Y]) / targets.SIZES[
        targets.MISSILE_Y
    ]
    exploding = keypoints.KeypointRefinement(FOLD)(dense, logits).numpy()
    np.testing.assert_allclose(exploding[:, missile], dense[:, missile], rtol=1e-5)
    # Positions that take few values are rounded to the nearest.
    assert np.nanmax(off[:, targets.BOTTOMS]) < 1e-3
    assert off[:, targets.FORMATION_Y] < 1e-3
    np.testing.assert_array_equal(seen[:, targets.COLUMNS], dense[:, targets.COLUMNS])


@pytest.mark.training
def test_where_a_missile_passes_follows_from_the_other_predictions(keypoints: Any) -> None:
    """With the true positions on the heat maps it equals the target."""
    for steps in range(300, 1500, 100):
        state_targets = played(steps)
        pixels = targets.in_pixels(state_targets)
        first = int(pixels[0, targets.ENDS][0])
        x = np.zeros((1, keypoints.KEYPOINTS), np.float32)
        x[0, keypoints.CANNON] = pixels[0, targets.CANNON]
        x[0, keypoints.FORMATION] = pixels[0, targets.FORMATION_X] + ram_map.COLUMN * first
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(keypoints, "soft_argmax", lambda *_, x=x: (x, x))
            seen = keypoints.KeypointRefinement(FOLD)(
                np.nan_to_num(state_targets), np.zeros(1, np.float32)
            ).numpy()
        known = np.isfinite(state_targets[0, targets.PASSING])
        np.testing.assert_allclose(
            seen[0, targets.PASSING][known], state_targets[0, targets.PASSING][known], atol=1e-4
        )


def test_what_is_not_there_has_no_loss(keypoints: Any) -> None:
    import tensorflow as tf

    logits = tf.zeros([1, SIDE, SIDE, keypoints.KEYPOINTS])
    alone = keypoints.cross_entropy(logits, known(CANNON=71), FOLD).numpy()
    with_bomb = known(CANNON=71, BOMBS_X=[4, np.nan], BOMBS_Y=[60, np.nan])
    np.testing.assert_allclose(alone, np.log(SIDE**2), rtol=1e-5)
    np.testing.assert_allclose(
        keypoints.cross_entropy(logits, with_bomb, FOLD), 2 * alone, rtol=1e-5
    )
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = keypoints.cross_entropy(logits, known(CANNON=71), FOLD)
    gradient = tape.gradient(loss, logits).numpy()
    assert np.isfinite(gradient).all()
    assert np.abs(gradient[..., keypoints.CANNON]).max() > 0
    assert np.abs(gradient[..., keypoints.LOWER_BOMB :]).max() == 0


@pytest.mark.training
def test_a_second_peak_far_away_does_not_move_the_first(keypoints: Any) -> None:
    logits = learnt(keypoints, played(700))[0].numpy()
    left = keypoints.soft_argmax(logits, FOLD)[0].numpy()
    logits[:, 5, 2] = logits.max(axis=(1, 2)) - 0.1  # nearly as likely, at the other end
    np.testing.assert_allclose(keypoints.soft_argmax(logits, FOLD)[0], left, atol=0.01)


@pytest.mark.slow
def test_bombs_are_drawn_at_their_keypoints(keypoints: Any) -> None:
    """Checked below the invaders, above the cannon and away from shields: only bombs are white."""
    cabinet, moves = Cabinet(Rules(noop_max=0), 5, sound=False), np.random.default_rng(0)
    brightest, middle = [], []
    for _ in range(4000):
        if cabinet.frame.over:
            cabinet = Cabinet(Rules(noop_max=0), len(middle), sound=False)
        cabinet.hold(Action(int(moves.integers(len(Action)))), 3)
        last = cabinet.frame.grey.copy()
        cabinet.hold(Action.NOOP, 1)
        memory = np.frombuffer(cabinet.ram(), np.uint8).astype(int)
        screen = np.maximum(last, cabinet.frame.grey)
        for x, y in zip(memory[ram_map.BOMBS_X], memory[ram_map.BOMBS_Y], strict=True):
            clear = min(abs(x - shield + 5) for shield in ram_map.SHIELD_X) > 16
            if clear and 55 < y < 80 and 20 < x < 140:
                strip = screen[2 * y - 2 : 2 * y + 15, x - 8 : x + 9].astype(float)
                brightest.append(int(strip.max(0).argmax()) - 8)
                rows = np.flatnonzero(
                    strip[:, 8 + int(keypoints.OFF_X[keypoints.LOWER_BOMB])] > 100
                )
                middle.append(rows.mean() - 2 if len(rows) else np.nan)
    assert len(brightest) > 10
    assert np.median(brightest) == keypoints.OFF_X[keypoints.LOWER_BOMB]
    assert abs(np.nanmedian(middle) - keypoints.OFF_Y[keypoints.LOWER_BOMB]) <= 1.5
