"""How often a learner tries something else: each emulator at a rate of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.config import TrainingConfig
from game.cabinet import Action


def exploration(config: TrainingConfig, agent_steps: int) -> NDArray[np.float64]:
    """Return each emulator's epsilon [E] after `agent_steps` steps of all together.

    A run with a teacher has no need of a random beginning.
    """
    final = np.geomspace(config.exploration_low, config.exploration_high, config.emulators)
    if config.teacher:
        return final
    left = max(0.0, 1.0 - agent_steps / config.exploration_steps)
    return final + (1.0 - final) * left


def explored(
    actions: NDArray[np.int64], rates: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.int64]:
    """Return `actions` [E], each replaced by any one with its probability of `rates` [E]."""
    explore = random.random(len(actions)) < rates
    return np.where(explore, random.integers(0, len(Action), len(actions)), actions)
