"""Many emulators in lock-step, as training needs them.

Pictures come from ALE's C++ vector environment; where the console's memory is read too,
from emulators.py.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from ale_py.vector_env import AtariVectorEnv
from numpy.typing import NDArray

from agents.config import RAM, TrainingConfig
from agents.experience.emulators import Emulators
from agents.inference.observation import PICTURE, RAM_OBSERVATION, Observation

RECENT_GAMES = 100


@dataclass(frozen=True)
class Step:
    """What the actions of one step brought, one entry for each of E emulators."""

    rewards: NDArray[np.int32]  # [E], ALE's unclipped
    deaths: NDArray[np.bool_]  # [E], a life was lost or the game is over
    final: NDArray[np.bool_]  # [E], the emulator only restarted: the actions did nothing


class Games:
    """The games of E emulators: whose life was lost, and the scores of those that ended."""

    def __init__(self, lives: NDArray[np.int32]) -> None:
        self._lives = lives.copy()
        self._over = np.zeros(len(lives), bool)
        self._left_out = np.zeros(len(lives), bool)
        self._scores = np.zeros(len(lives), np.int64)
        self.recent: deque[int] = deque(maxlen=RECENT_GAMES)
        self.count = 0

    def step(
        self,
        rewards: NDArray[np.int32],
        lives: NDArray[np.int32],
        terminated: NDArray[np.bool_],
        truncated: NDArray[np.bool_],
    ) -> Step:
        """Take what one step of all emulators brought, [E] each."""
        final, over = self._over, terminated | truncated
        deaths = ~final & ((lives < self._lives) | terminated)
        self._lives, self._over = lives.copy(), over
        self._scores += rewards
        for emulator in np.flatnonzero(over):
            if not self._left_out[emulator]:
                self.recent.append(int(self._scores[emulator]))
                self.count += 1
            self._scores[emulator], self._left_out[emulator] = 0, False
        return Step(rewards.copy(), deaths, final)

    def forget(self) -> None:
        """Leave out the scores so far, and those of the games that are under way."""
        self.recent.clear()
        self._left_out[:] = True

    def reached(self, score: float) -> bool:
        """Whether as many recent games as are kept average `score` points."""
        return len(self.recent) == self.recent.maxlen and bool(np.mean(self.recent) >= score)


class PictureCollector:
    """Steps E emulators that show pictures.

    `observations` uint8 [E, 4, 84, 84] is what they show now, oldest frame first.
    """

    ram: NDArray[np.uint8] | None = None

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
        self.observations, info = self._env.reset(seed=seed)
        self.games = Games(info["lives"])

    def send(self, actions: NDArray[np.integer]) -> None:
        """Begin to do `actions` [E], each for one agent step (four frames), and return."""
        self._env.send(actions.astype(np.int64))

    def receive(self) -> Step:
        """Wait for what the sent actions brought."""
        self.observations, rewards, terminated, truncated, info = self._env.recv()
        return self.games.step(rewards, info["lives"], terminated, truncated)

    def close(self) -> None:
        """Let the emulators go."""
        self._env.close()


class RamCollector:
    """Steps E emulators that show the console's memory, and with `pictures` these too.

    `ram` uint8 [E, 2, 129] is the memory now, `observations` the same or, with pictures,
    uint8 [E, 4, 84, 84]; oldest first.
    """

    def __init__(self, config: TrainingConfig, seed: int, pictures: bool) -> None:
        count = config.emulators
        self._emulators = Emulators(count, config.rules(), seed, pictures)
        shared = self._emulators.shared
        self._pictures = _Stack(PICTURE, count) if pictures else None
        self._memory = _Stack(RAM_OBSERVATION, count)
        self._show(np.ones(count, bool))
        self.games = Games(shared.lives)

    def send(self, actions: NDArray[np.integer]) -> None:
        """Begin to do `actions` [E], each for one agent step (four frames), and return."""
        self._emulators.send(actions)

    def receive(self) -> Step:
        """Wait for what the sent actions brought."""
        self._emulators.receive()
        shared = self._emulators.shared
        step = self.games.step(shared.rewards, shared.lives, shared.terminated, shared.truncated)
        self._show(step.final)
        return step

    def close(self) -> None:
        """Let the emulators go."""
        self._emulators.close()

    def _show(self, begins: NDArray[np.bool_]) -> None:
        shared = self._emulators.shared
        self.ram = self.observations = self._memory.push(shared.ram, begins)
        if self._pictures is not None:
            self.observations = self._pictures.push(shared.pictures, begins)


class _Stack:
    """The newest observations of E emulators; zeros from before a game's start."""

    def __init__(self, observation: Observation, emulators: int) -> None:
        self._array = np.zeros((emulators, observation.stack, *observation.shape), np.uint8)

    def push(self, newest: NDArray[np.uint8], begins: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """Add `newest` [E, ...] where a game goes on and begin anew where one `begins` [E]."""
        array = np.roll(self._array, -1, axis=1)
        array[begins] = 0
        array[:, -1] = newest
        self._array = array
        return array


Collector = PictureCollector | RamCollector


def open_collector(config: TrainingConfig, seed: int, ram: bool = False) -> Collector:
    """Return emulators that show what the encoder of `config` sees, and with `ram` the memory."""
    if config.encoder == RAM or ram:
        return RamCollector(config, seed, pictures=config.encoder != RAM)
    return PictureCollector(config, seed)
