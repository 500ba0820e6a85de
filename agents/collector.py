"""Many emulators in lock-step: ALE's C++ vector environment, as training needs it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from ale_py.vector_env import AtariVectorEnv
from numpy.typing import NDArray

from agents.config import TrainingConfig

RECENT_GAMES = 100


@dataclass(frozen=True)
class Step:
    """What the actions of one step brought, one entry for each of E emulators."""

    rewards: NDArray[np.int32]  # [E], ALE's unclipped
    deaths: NDArray[np.bool_]  # [E], a life was lost or the game is over
    final: NDArray[np.bool_]  # [E], the emulator only restarted: the actions did nothing


class Collector:
    """Steps E emulators and keeps the scores of the games that end.

    `stacks` uint8 [E, 4, 84, 84] is what the emulators show now, oldest frame first.
    """

    def __init__(self, config: TrainingConfig, seed: int) -> None:
        self._env = AtariVectorEnv(
            "space_invaders",
            config.emulators,
            num_threads=1,
            frameskip=config.frame_skip,
            repeat_action_probability=config.sticky,
            noop_max=config.noop_max,
            max_num_frames_per_episode=config.frame_cap,
            use_fire_reset=False,
            reward_clipping=False,  # scores are logged unclipped; the memory clips
        )
        self.stacks, info = self._env.reset(seed=seed)
        self._lives: NDArray[np.int32] = info["lives"].copy()
        self._over = np.zeros(config.emulators, bool)
        self._scores = np.zeros(config.emulators, np.int64)
        self.recent: deque[int] = deque(maxlen=RECENT_GAMES)
        self.games = 0

    def send(self, actions: NDArray[np.integer]) -> None:
        """Begin to do `actions` [E], each for one agent step (four frames), and return."""
        self._env.send(actions.astype(np.int64))

    def receive(self) -> Step:
        """Wait for what the sent actions brought."""
        final = self._over
        stacks, rewards, terminated, truncated, info = self._env.recv()
        self.stacks = stacks
        lives = info["lives"]
        deaths = ~final & ((lives < self._lives) | terminated)
        self._lives = lives.copy()
        self._over = terminated | truncated
        self._scores += rewards
        for emulator in np.flatnonzero(self._over):
            self.recent.append(int(self._scores[emulator]))
            self._scores[emulator] = 0
            self.games += 1
        return Step(rewards, deaths, final)
