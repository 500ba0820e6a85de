"""Mirror augmentation: the game is symmetric, so a mirrored transition is a valid transition.

Invaders, shields and the cannon's range lie evenly about one column of the picture. Only the digits
of the score do not, and they stand above everything that matters.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from agents.experience.memory import Batch
from agents.inference.preprocess import SIDE
from game.emulation.cabinet import Action

# Measured over a game: the invaders move from column 22 to 134 of 160, so column x of the 84 is
# mirrored to 82 - x. The last column has no partner and repeats its neighbour's.
AXIS = 82
MIRROR_COLUMNS = np.clip(AXIS - np.arange(SIDE), 0, SIDE - 1)
MIRROR_ACTIONS = np.array([Action.of(-a.direction, a.fires) for a in Action])


def mirror(batch: Batch, which: NDArray[np.bool_]) -> Batch:
    """Return `batch` with the transitions in the mask `which` [B] mirrored."""
    s_tm1, s_t = _mirror_stacks(batch.s_tm1, which), _mirror_stacks(batch.s_t, which)
    a_tm1, teacher_q = batch.a_tm1.copy(), batch.teacher_q.copy()
    a_tm1[which] = MIRROR_ACTIONS[a_tm1[which]]
    teacher_q[which] = teacher_q[which][:, MIRROR_ACTIONS]
    state_targets = np.where(
        which[:, None], np.float32(np.nan), batch.state_targets
    )  # targets are not mirrored
    return dataclasses.replace(
        batch, s_tm1=s_tm1, a_tm1=a_tm1, s_t=s_t, teacher_q=teacher_q, state_targets=state_targets
    )


def _mirror_stacks(stacks: NDArray[np.uint8], which: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Mirror the stacks in the mask `which` [B]; slices are eight times as fast as indices."""
    result, chosen = stacks.copy(), stacks[which]
    result[which, ..., : AXIS + 1] = chosen[..., AXIS::-1]
    result[which, ..., AXIS + 1 :] = chosen[..., :1]
    return result
