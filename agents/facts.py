"""What a picture shows, in numbers read off the console's memory.

A student that learns to see by copying a teacher is also asked where everything is. The answers
cost it nothing when it plays: that part of the network is left out of its export. The last
six say where a missile fired now would pass each column, which is what aiming is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents import console
from agents.marksman import Scene

FACTS = 29
_NEAR = 32.0  # pixels beyond which it does not matter how far a missile passes
_SCREEN = 80.0  # pixels, half of its width


def facts(memory: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the facts of `memory` uint8 [E, 2, 129], float32 [E, 29], each about one in size.

    What is not there (a missile, a bomb, the ship, a column) is NaN.
    """
    scene = Scene.of(memory)
    formation = scene.formation
    start = np.full((len(memory), console.COLUMNS), console.LATENCY, np.float32)
    _, x, _ = formation.meets(start, console.MISSILE_START)
    columns_x = np.float32(console.COLUMN) * np.arange(console.COLUMNS)
    passing = (scene.cannon + console.MUZZLE)[:, None] - x - columns_x - console.CENTRE
    passing = np.clip(passing, -_NEAR, _NEAR) / 8
    nothing = np.float32(np.nan)
    shown = (scene.flying | scene.wreck)[:, None]
    bombs = np.where(scene.falling[:, :, None], scene.bombs, nothing)
    # The lower one first, for no picture shows which is which.
    order = np.argsort(-bombs[:, :, 1], axis=1)
    bombs = np.take_along_axis(bombs, order[:, :, None], axis=1)
    bombs_x = (bombs[:, :, 0] - scene.cannon[:, None]) / 16
    ship = np.where(scene.ship_speed != 0, scene.ship, nothing)
    first, last = formation.ends
    numbers = [
        scene.cannon[:, None] / _SCREEN - 1,
        formation.x[:, None] / _SCREEN - 1,
        formation.y[:, None] / 16,
        np.where(formation.rightward, 1.0, -1.0)[:, None],
        np.stack([first, last], 1) / 3 - 1,
        formation.count[:, None] / (console.INVADERS / 2) - 1,
        np.log2(1 + formation.count)[:, None] / 3,
        np.where(shown, scene.missile / _SCREEN - 1, nothing),
        shown,
        bombs_x,
        bombs[:, :, 1] / 32 - 2,
        (ship / _SCREEN - 1)[:, None],
        (scene.ship_speed / console.SHIP_SPEED)[:, None],
        formation.columns,
        np.where(formation.columns, passing, nothing),
    ]
    told: NDArray[np.float32] = np.concatenate(numbers, axis=1).astype(np.float32)
    return told
