"""Where small things are: from places to maps and back, and where the screen shows them."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.state import ram_map
from agents.state import targets as fact
from game.emulation.cabinet import Action, Cabinet, Rules

SIDE, FOLD = 42, 2


@pytest.fixture
def spots(tensorflow: ModuleType) -> Any:
    from agents.networks import keypoints as module

    return module


def told(**pixels: Any) -> NDArray[np.float32]:
    """Facts [1, 37] of which these are known."""
    facts = np.full((1, fact.FACTS), np.nan, np.float32)
    for name, value in pixels.items():
        which = getattr(fact, name)
        facts[:, which] = (np.asarray(value, np.float32) - fact.CENTRES[which]) / fact.SIZES[which]
    return facts


def played(steps: int) -> NDArray[np.float32]:
    """Facts [1, 37] after so many steps at random, with all that may be there put in."""
    cabinet, moves = Cabinet(Rules(noop_max=0), 2, blind=True), np.random.default_rng(steps)
    for _ in range(steps):
        cabinet.hold(Action(int(moves.integers(len(Action)))), 4)
        if cabinet.frame.over:
            break
        memory = np.frombuffer(cabinet.ram() + b"\0", np.uint8).copy()
    memory[ram_map.BOMBS_X], memory[ram_map.BOMBS_Y] = (60, 101), (81, 45)
    memory[ram_map.SHIP_X] = 120
    memory[ram_map.MISSILE_X], memory[ram_map.MISSILE_Y] = 64, 33
    return fact.facts(np.stack([memory, memory])[None])


def learnt(spots: Any, facts: NDArray[np.float32]) -> tuple[Any, float]:
    """Logits that are as little surprised by `facts` as can be, and how much they are."""
    import tensorflow as tf

    logits = tf.Variable(tf.zeros([1, SIDE, SIDE, spots.SPOTS]))
    for _ in range(200):
        with tf.GradientTape() as tape:
            surprise = tf.reduce_sum(spots.cross_entropy(logits, facts, FOLD))
        logits.assign_sub(4.0 * tape.gradient(surprise, logits))
    return logits, float(surprise)


def test_what_is_told_to_maps_is_read_from_them(spots: Any) -> None:
    facts = played(700)
    logits, surprise = learnt(spots, facts)
    assert surprise < 10, "an even map is surprised by 7.5 nats for each of six"
    # The encoder's own answers: a little wrong, and of what the maps tell it has no idea.
    dense = np.nan_to_num(facts) + np.float32(0.1) / fact.SIZES
    dense[:, spots.TOLD] = 0.5
    seen = spots.Spotted(FOLD)(dense, logits).numpy()
    off = np.abs(seen - facts) * fact.SIZES
    missile = np.r_[fact.MISSILE_X, fact.MISSILE_Y]
    assert np.nanmax(off[:, np.r_[spots.TOLD, missile]]) < 0.5, "pixels"
    dense[:, fact.MISSILE_Y] = (130 - fact.CENTRES[fact.MISSILE_Y]) / fact.SIZES[fact.MISSILE_Y]
    exploding = spots.Spotted(FOLD)(dense, logits).numpy()
    np.testing.assert_allclose(exploding[:, missile], dense[:, missile], rtol=1e-5)
    # Places that are some pixels apart are those they can be.
    assert np.nanmax(off[:, fact.BOTTOMS]) < 1e-3
    assert off[:, fact.FORMATION_Y] < 1e-3
    np.testing.assert_array_equal(seen[:, fact.COLUMNS], dense[:, fact.COLUMNS])


def test_where_a_missile_passes_follows_from_what_else_is_seen(spots: Any) -> None:
    """With the true places on the maps it is what the memory's facts say."""
    for steps in range(300, 1500, 100):
        facts = played(steps)
        pixels = fact.in_pixels(facts)
        first = int(pixels[0, fact.ENDS][0])
        x = np.zeros((1, spots.SPOTS), np.float32)
        x[0, spots.CANNON] = pixels[0, fact.CANNON]
        x[0, spots.FORMATION] = pixels[0, fact.FORMATION_X] + ram_map.COLUMN * first
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(spots, "places", lambda *_, x=x: (x, x))
            seen = spots.Spotted(FOLD)(np.nan_to_num(facts), np.zeros(1, np.float32)).numpy()
        known = np.isfinite(facts[0, fact.PASSING])
        np.testing.assert_allclose(
            seen[0, fact.PASSING][known], facts[0, fact.PASSING][known], atol=1e-4
        )


def test_what_is_not_there_surprises_nobody(spots: Any) -> None:
    import tensorflow as tf

    logits = tf.zeros([1, SIDE, SIDE, spots.SPOTS])
    alone = spots.cross_entropy(logits, told(CANNON=71), FOLD).numpy()
    with_bomb = told(CANNON=71, BOMBS_X=[4, np.nan], BOMBS_Y=[60, np.nan])
    np.testing.assert_allclose(alone, np.log(SIDE**2), rtol=1e-5)
    np.testing.assert_allclose(spots.cross_entropy(logits, with_bomb, FOLD), 2 * alone, rtol=1e-5)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        surprise = spots.cross_entropy(logits, told(CANNON=71), FOLD)
    gradient = tape.gradient(surprise, logits).numpy()
    assert np.isfinite(gradient).all()
    assert np.abs(gradient[..., spots.CANNON]).max() > 0
    assert np.abs(gradient[..., spots.LOWER_BOMB :]).max() == 0


def test_a_second_thing_far_away_does_not_draw_the_first_to_it(spots: Any) -> None:
    logits = learnt(spots, played(700))[0].numpy()
    left = spots.places(logits, FOLD)[0].numpy()
    logits[:, 5, 2] = logits.max(axis=(1, 2)) - 0.1  # nearly as likely, at the other end
    np.testing.assert_allclose(spots.places(logits, FOLD)[0], left, atol=0.01)


def test_bombs_are_drawn_where_they_are_looked_for(spots: Any) -> None:
    """Below the invaders and above the cannon, away from shields, nothing else is white there."""
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
                rows = np.flatnonzero(strip[:, 8 + int(spots._OFF_X[spots.LOWER_BOMB])] > 100)
                middle.append(rows.mean() - 2 if len(rows) else np.nan)
    assert len(brightest) > 10
    assert np.median(brightest) == spots._OFF_X[spots.LOWER_BOMB]
    assert abs(np.nanmedian(middle) - spots._OFF_Y[spots.LOWER_BOMB]) <= 1.5
