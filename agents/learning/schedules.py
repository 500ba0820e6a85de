"""Schedules: exploration, the teacher's share of steps, the learning rate, the returns' length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.config import TrainingConfig
from game.emulation.cabinet import Action


def exploration(config: TrainingConfig, agent_steps: int) -> NDArray[np.float64]:
    """Return each emulator's epsilon [E] after `agent_steps` steps of all emulators together.

    A run with a teacher needs no random phase and starts with the final rates.
    """
    final = np.geomspace(config.exploration_low, config.exploration_high, config.emulators)
    if config.teacher:
        return final
    left = max(0.0, 1.0 - agent_steps / config.exploration_steps)
    return final + (1.0 - final) * left


def explored(
    actions: NDArray[np.int64], rates: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.int64]:
    """Return `actions` [E], each replaced by a random one with its probability in `rates` [E]."""
    explore = random.random(len(actions)) < rates
    return np.where(explore, random.integers(0, len(Action), len(actions)), actions)


def teacher_share(config: TrainingConfig, agent_steps: int) -> float:
    """Return the probability that the teacher chooses the action after `agent_steps` steps."""
    return max(0.0, 1.0 - agent_steps / config.guide_steps) if config.teacher else 0.0


def learning_rate(config: TrainingConfig, samples: int) -> float:
    """Return Adam's step size after `samples` gradient samples with this optimizer."""
    if not config.learning_rate_samples:
        return config.learning_rate
    done = min(1.0, samples / config.learning_rate_samples)
    return (1 - done) * config.learning_rate + done * config.last_learning_rate


def return_steps(config: TrainingConfig, samples: int) -> int:
    """Return n of the n-step returns after `samples` gradient samples.

    Early in a run long returns carry rewards back quickly; later short ones are less off-policy.
    """
    done = min(1.0, samples / config.n_step_samples) if config.n_step_samples else 1.0
    steps: int = round(config.n_step_start ** (1 - done) * config.n_step**done)
    return steps


def longest_return(config: TrainingConfig) -> int:
    """Return the largest n of the run's n-step returns."""
    return max(config.n_step, config.n_step_start)
