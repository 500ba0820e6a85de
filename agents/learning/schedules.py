"""What changes over a run: exploration, the teacher's share of the steps, how long returns are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.config import TrainingConfig
from game.emulation.cabinet import Action


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


def teacher_share(config: TrainingConfig, agent_steps: int) -> float:
    """Return the probability that a step is the teacher's after `agent_steps` steps."""
    return max(0.0, 1.0 - agent_steps / config.guide_steps) if config.teacher else 0.0


def return_steps(config: TrainingConfig, samples: int) -> int:
    """Return how many rewards a return sums after `samples` gradient samples.

    Long returns carry a reward back quickly while values mean little; short ones are truer
    to the policy later.
    """
    done = min(1.0, samples / config.n_step_samples) if config.n_step_samples else 1.0
    steps: int = round(config.n_step_start ** (1 - done) * config.n_step**done)
    return steps


def longest_return(config: TrainingConfig) -> int:
    """Return the most rewards that a return of the run sums."""
    return max(config.n_step, config.n_step_start)
