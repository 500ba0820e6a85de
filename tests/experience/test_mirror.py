from __future__ import annotations

import numpy as np

from agents.experience.memory import Batch
from agents.experience.mirror import MIRROR_ACTIONS, MIRROR_COLUMNS, mirror
from agents.inference.preprocess import FrameStack
from game.emulation.cabinet import Action, Cabinet, Rules


def random_batch(size: int = 6) -> Batch:
    random = np.random.default_rng(0)
    return Batch(
        random.integers(0, 256, (size, 4, 84, 84), np.uint8),
        np.arange(size, dtype=np.int32),
        random.normal(size=size).astype(np.float32),
        random.random(size).astype(np.float32),
        random.integers(0, 256, (size, 4, 84, 84), np.uint8),
        random.normal(size=(size, 6)).astype(np.float32),
        random.normal(size=(size, 3)).astype(np.float32),
    )


def test_a_mirror_swaps_left_and_right_and_nothing_else() -> None:
    pairs = {Action(i): Action(j) for i, j in enumerate(MIRROR_ACTIONS)}
    assert pairs == {
        Action.NOOP: Action.NOOP,
        Action.FIRE: Action.FIRE,
        Action.LEFT: Action.RIGHT,
        Action.RIGHT: Action.LEFT,
        Action.LEFTFIRE: Action.RIGHTFIRE,
        Action.RIGHTFIRE: Action.LEFTFIRE,
    }
    batch, which = random_batch(), np.array([True, False] * 3)
    seen = mirror(batch, which)
    for i, swapped in enumerate(which):
        assert seen.a_tm1[i] == (pairs[Action(batch.a_tm1[i])] if swapped else batch.a_tm1[i])
        for action in Action:
            there = pairs[action] if swapped else action
            assert seen.teacher_q[i, there] == batch.teacher_q[i, action]
        for before, after in ((batch.s_tm1, seen.s_tm1), (batch.s_t, seen.s_t)):
            for x in range(83):
                column = before[i, ..., 82 - x] if swapped else before[i, ..., x]
                np.testing.assert_array_equal(after[i, ..., x], column)
    np.testing.assert_array_equal(seen.r_t, batch.r_t)
    np.testing.assert_array_equal(seen.discount_t, batch.discount_t)


def test_mirroring_twice_changes_the_last_column_alone() -> None:
    batch, all_of_them = random_batch(), np.ones(6, bool)
    again = mirror(mirror(batch, all_of_them), all_of_them)
    np.testing.assert_array_equal(again.s_tm1[..., :83], batch.s_tm1[..., :83])
    np.testing.assert_array_equal(again.a_tm1, batch.a_tm1)
    np.testing.assert_array_equal(again.teacher_q, batch.teacher_q)


def test_the_formation_at_its_two_ends_is_mirrored() -> None:
    """In the real game it goes as far left as right, within a pixel of the 84."""
    cabinet = Cabinet(Rules(sticky=0), seed=3)
    shown = np.zeros(84, bool)
    stack = FrameStack()
    for _ in range(1500):
        frame = cabinet.step(Action.NOOP)
        if frame.number % 4 == 0 and not frame.over:
            stack.push(frame.grey, None)
            rows = stack.array[16:45, :, -1].astype(int)  # above the shields
            shown |= (np.abs(rows - np.median(rows, axis=1, keepdims=True)) > 40).any(axis=0)
    first, last = np.flatnonzero(shown)[[0, -1]]
    assert last > first + 40
    assert abs(MIRROR_COLUMNS[first] - last) <= 1
