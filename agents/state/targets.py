"""The privileged state targets: what a picture shows, as 37 numbers read from the console's RAM.

A student that copies a teacher also predicts these numbers from its pictures (an auxiliary task),
and decides on its prediction (see `agents/networks/radial_basis.py`). Six of the numbers say at
what distance a missile fired now would pass each column: that is what aiming is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.state import ram_map
from agents.state.scripted_expert import GameState

# The index of each target.
CANNON, FORMATION_X, FORMATION_Y = 0, 1, 2
HEADING = 3  # 1 rightward, -1 leftward
ENDS = slice(4, 6)  # the first and the last column with an invader left
COUNT, LOG_COUNT = 6, 7  # the number of invaders n, and log2(n + 1)
MISSILE_X, MISSILE_Y = 8, 9
SHOWN = 10  # 1 while the missile flies or explodes, else 0
BOMBS_X, BOMBS_Y = slice(11, 13), slice(13, 15)  # the lower bomb first; x from the cannon's
SHIP, SHIP_HEADING = 15, 16  # x; 1 rightward, -1 leftward, 0 if there is no ship
COLUMNS = slice(17, 23)  # 1 for each column with an invader left, else 0
PASSING = slice(23, 29)  # x of a missile fired now from each column's middle when it passes
FALLING = slice(29, 31)  # 1 for each bomb in the air, else 0
BOTTOMS = slice(31, 37)  # y of each column's lowest invader before any descent
TARGETS = 37  # the number of targets

# Targets are normalized to a size of about one: (pixels - centre) / size.
CENTRES, SIZES = np.zeros(TARGETS, np.float32), np.ones(TARGETS, np.float32)
for _which, _centre, _size in (
    (CANNON, 80, 80),
    (FORMATION_X, 80, 80),
    (FORMATION_Y, 0, 16),
    (ENDS, 3, 3),
    (COUNT, ram_map.INVADERS / 2, ram_map.INVADERS / 2),
    (LOG_COUNT, 0, 3),
    (MISSILE_X, 80, 80),
    (MISSILE_Y, 80, 80),
    (BOMBS_X, 0, 16),
    (BOMBS_Y, 64, 32),
    (SHIP, 80, 80),
    (PASSING, 0, 8),
    (BOTTOMS, 40, 16),
):
    CENTRES[_which], SIZES[_which] = _centre, _size

# The index of the target that says whether each target's object is there; TARGETS if it always is.
PRESENCE = np.full(TARGETS, TARGETS)
for _which, _presence in (
    (MISSILE_X, SHOWN),
    (MISSILE_Y, SHOWN),
    (BOMBS_X, np.r_[FALLING]),
    (BOMBS_Y, np.r_[FALLING]),
    (SHIP, SHIP_HEADING),
    (PASSING, np.r_[COLUMNS]),
    (BOTTOMS, np.r_[COLUMNS]),
):
    PRESENCE[_which] = _presence

# The targets that belong to each thing, to tell whose errors cost how much.
THINGS: dict[str, NDArray[np.int64]] = {
    "cannon": np.r_[CANNON],
    "formation": np.r_[FORMATION_X : LOG_COUNT + 1, COLUMNS, PASSING, BOTTOMS],
    "missile": np.r_[MISSILE_X : SHOWN + 1],
    "bombs": np.r_[BOMBS_X, BOMBS_Y, FALLING],
    "ship": np.r_[SHIP : SHIP_HEADING + 1],
    "all": np.r_[:TARGETS],
}

NEAR = 32.0  # pixels, the largest distance at which a missile passes that is told apart


def in_pixels(state_targets: Any) -> Any:
    """Return `state_targets` [B, 37], an array or a tensor, in pixels or their own units."""
    return state_targets * SIZES + CENTRES


def state_targets(ram: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the normalized targets float32 [E, 37] of `ram` uint8 [E, 2, 129], oldest first.

    The position of what is not there (the missile, a bomb, the ship, a column) is NaN.
    """
    state = GameState.of(ram)
    formation = state.formation
    found = np.full((len(ram), TARGETS), np.nan, np.float32)
    found[:, CANNON] = state.cannon
    found[:, FORMATION_X], found[:, FORMATION_Y] = formation.x, formation.y
    found[:, HEADING] = np.where(formation.rightward, 1, -1)
    found[:, ENDS] = np.stack(formation.ends, 1)
    found[:, COUNT], found[:, LOG_COUNT] = formation.count, np.log2(1 + formation.count)
    shown = state.flying | state.wreck
    found[shown, MISSILE_X], found[shown, MISSILE_Y] = state.missile[shown].T
    found[:, SHOWN] = shown
    bombs, falling = state.bombs_from_below()
    bombs = np.where(falling[:, :, None], bombs, np.float32(np.nan))
    found[:, BOMBS_X] = bombs[:, :, 0] - state.cannon[:, None]
    found[:, BOMBS_Y], found[:, FALLING] = bombs[:, :, 1], falling
    there = state.ship_speed != 0
    found[there, SHIP] = state.ship[there]
    found[:, SHIP_HEADING] = state.ship_speed / ram_map.SHIP_SPEED
    found[:, COLUMNS] = formation.columns
    start = np.full((len(ram), ram_map.COLUMNS), ram_map.LATENCY, np.float32)
    _, x, _ = formation.interception(start, ram_map.MISSILE_START)
    middles = x + ram_map.COLUMNS_X + ram_map.CENTRE
    passing = np.clip((state.cannon + ram_map.MUZZLE)[:, None] - middles, -NEAR, NEAR)
    found[:, PASSING] = np.where(formation.columns, passing, np.nan)
    found[:, BOTTOMS] = np.where(formation.columns, formation.bottoms, np.nan)
    return (found - CENTRES) / SIZES
