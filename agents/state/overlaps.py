"""Which things cover or touch each other in a picture, read from the console's RAM.

A bomb in front of a shield is harder to see than one before the black sky. So the errors of a
network's predictions are told apart by what overlaps what.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.state import ram_map
from agents.state.scripted_expert import GameState

Flags = NDArray[np.bool_]
Positions = NDArray[np.floating[Any]]

NOTHING, SHIELD, INVADERS, ANOTHER, CANNON = (
    "nothing",
    "a shield",
    "invaders",
    "another missile or bomb",
    "the cannon",
)
NEAR = 2.0  # pixels, and half as many rows: what is nearer touches
_FEW = (0, 1), (1, 2), (2, 5), (5, 8), (8, ram_map.INVADERS + 1)  # invaders, from and up to


def overlaps(state: GameState) -> dict[str, dict[str, Flags]]:
    """Return for each thing what may overlap it, and in which of E games it does so [E].

    The things are "missile", "lower bomb", "upper bomb", "cannon" and "formation". What is not
    there is in none of the groups. A formation is told apart by the number of its invaders too,
    because the last ones are fast, and none are drawn between two waves.
    """
    bombs, falling = state.bombs_from_below()
    shots = {
        "missile": (state.missile, state.flying),
        "lower bomb": (bombs[:, 0], falling[:, 0]),
        "upper bomb": (bombs[:, 1], falling[:, 1]),
    }
    found: dict[str, dict[str, Flags]] = {}
    for name, (at, there) in shots.items():
        others = [(a, t) for other, (a, t) in shots.items() if other != name]
        found[name] = _complete(
            {
                SHIELD: _on_shield(state, at),
                INVADERS: _among_invaders(state, at),
                ANOTHER: np.any([t & _touch(at, a) for a, t in others], axis=0),
                CANNON: _on_cannon(state, at),
            },
            there,
        )
    every = np.ones(len(state.cannon), bool)
    on_cannon = np.any([t & _on_cannon(state, a) for a, t in shots.values()], axis=0)
    found["cannon"] = _complete({ANOTHER: on_cannon}, every)
    among = np.any([t & _among_invaders(state, a) for a, t in shots.values()], axis=0)
    count = state.formation.count
    found["formation"] = _complete({SHIELD: _at_shields(state), ANOTHER: among}, count > 0)
    for low, high in _FEW:
        name = f"{low} left" if high == low + 1 else f"{low} to {high - 1} left"
        found["formation"][name] = (count >= low) & (count < high)
    return found


def _complete(what: dict[str, Flags], there: Flags) -> dict[str, Flags]:
    """Return `what` for things that are `there` [E], and first where nothing overlaps them."""
    free = there & ~np.any(list(what.values()), axis=0)
    return {NOTHING: free} | {name: there & flags for name, flags in what.items()}


def _touch(at: Positions, other: Positions) -> Flags:
    """Return whether shots at x and y [E, 2] each are so near that they touch [E]."""
    distance = np.abs(at - other)
    return np.asarray((distance[:, 0] <= 2 * NEAR) & (distance[:, 1] <= 2 * NEAR))


def _on_shield(state: GameState, at: Positions) -> Flags:
    x, y = at[:, :1], at[:, 1]
    inside = (y >= ram_map.SHIELD_Y[0] - NEAR / 2) & (y <= ram_map.SHIELD_Y[1] + NEAR / 2)
    near = np.clip(x + np.arange(-NEAR, NEAR + 1), 0, state.shields.shape[1] - 1).astype(np.int64)
    covered = np.take_along_axis(state.shields, near, axis=1).any(axis=1)
    return np.asarray(inside & covered)


def _among_invaders(state: GameState, at: Positions) -> Flags:
    """Return whether a shot at x and y [E, 2] touches an invader [E]."""
    formation = state.formation
    left = formation.x[:, None] + ram_map.COLUMNS_X  # [E, C]
    rows = np.arange(ram_map.ROW_COUNT, dtype=np.float32)
    bottom = ram_map.INVADER_BOTTOM - ram_map.ROW * rows + formation.y[:, None]  # [E, rows]
    x, y = at[:, :1], at[:, 1:]
    low, high = ram_map.INVADER_HIT
    across = (x >= left + low - NEAR) & (x <= left + high + NEAR)
    along = (y >= bottom - ram_map.INVADER_HEIGHT - NEAR / 2) & (y <= bottom + NEAR / 2)
    return np.asarray((formation.alive & along[:, :, None] & across[:, None, :]).any(axis=(1, 2)))


def _on_cannon(state: GameState, at: Positions) -> Flags:
    low, high = ram_map.CANNON_HIT
    off = at[:, 0] - state.cannon
    level = (at[:, 1] >= ram_map.BOMB_ENTERS - NEAR) & (at[:, 1] <= ram_map.BOMB_LEAVES)
    return np.asarray(level & (off >= low - NEAR) & (off <= high + NEAR))


def _at_shields(state: GameState) -> Flags:
    """Return where the lowest invader is as low as the shields, and one of them stands [E]."""
    formation = state.formation
    lowest = np.where(formation.columns, formation.bottoms, 0).max(axis=1) + formation.y
    return np.asarray((lowest >= ram_map.SHIELD_Y[0] - NEAR / 2) & state.shields.any(axis=1))
