"""Many emulators in lock-step, as training needs them.

Pictures come from ALE's C++ vector environment. Where the console's RAM is read too, both come from
emulators.py.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from dataclasses import dataclass

import numpy as np
from ale_py.vector_env import AtariVectorEnv
from numpy.typing import NDArray

from agents.config import RAM, TrainingConfig
from agents.experience.emulators import Emulators
from agents.experience.practice import practising
from agents.inference.observation import PICTURE, RAM_OBSERVATION, Observation
from agents.state import ram_map

RECENT_GAMES = 100


@dataclass(frozen=True)
class Step:
    """What followed the actions of one step, one entry for each of E emulators."""

    rewards: NDArray[np.int32]  # [E], ALE's unclipped
    deaths: NDArray[np.bool_]  # [E], a life was lost or the game is over
    final: NDArray[np.bool_]  # [E], the emulator only restarted; its action did nothing
    idle: NDArray[np.bool_]  # [E], nothing obeyed its action, if that is known


class Games:
    """The games of E emulators: lives lost, and the scores of games that ended."""

    def __init__(
        self, lives: NDArray[np.int32], practising: NDArray[np.bool_] | None = None
    ) -> None:
        """Begin with `lives` [E]; emulators that are `practising` [E] have no scores."""
        self._lives = lives.copy()
        self.practising = np.zeros(len(lives), bool) if practising is None else practising
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
        """Take the results of one step of all emulators, [E] each; return the step."""
        final, over = self._over, terminated | truncated
        deaths = ~final & ((lives < self._lives) | terminated)
        self._lives, self._over = lives.copy(), over
        self._scores += rewards
        for emulator in np.flatnonzero(over):
            if not (self._left_out[emulator] or self.practising[emulator]):
                self.recent.append(int(self._scores[emulator]))
                self.count += 1
            self._scores[emulator], self._left_out[emulator] = 0, False
        return Step(rewards.copy(), deaths, final, np.zeros(len(final), bool))

    def forget(self) -> None:
        """Drop the scores so far, and leave out the games that are under way."""
        self.recent.clear()
        self._left_out[:] = True

    def reached(self, score: float) -> bool:
        """Whether the last hundred games have a mean score of at least `score` points."""
        return len(self.recent) == self.recent.maxlen and bool(np.mean(self.recent) >= score)


class PictureCollector:
    """Steps E emulators that show pictures.

    `observations` uint8 [E, 4, 84, 84] are the current stacks, oldest frame first.
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
        """Start one agent step (four frames) with `actions` [E], and return at once."""
        self._env.send(actions.astype(np.int64))

    def receive(self) -> Step:
        """Wait for the step that was sent, and return what followed."""
        self.observations, rewards, terminated, truncated, info = self._env.recv()
        return self.games.step(rewards, info["lives"], terminated, truncated)

    def close(self) -> None:
        """Close the emulators."""
        self._env.close()


class RamCollector:
    """Steps E emulators that show the console's RAM, and also pictures if asked.

    `ram` uint8 [E, 2, 129] is the current RAM. `observations` is the same, or with `pictures` the
    current stacks uint8 [E, 4, 84, 84]. Both are oldest first.
    """

    def __init__(self, config: TrainingConfig, seed: int, pictures: bool) -> None:
        count = config.emulators
        self._emulators = Emulators(count, config.rules(), seed, pictures, config.practice)
        shared = self._emulators.shared
        self._pictures = _Stack(PICTURE, count) if pictures else None
        self._ram = _Stack(RAM_OBSERVATION, count)
        self._death_at_hit = bool(config.death_at_hit)
        self._show(np.ones(count, bool))
        self.games = Games(shared.lives, practising(count, config.practice))

    def send(self, actions: NDArray[np.integer]) -> None:
        """Start one agent step (four frames) with `actions` [E], and return at once."""
        self._emulators.send(actions)

    def receive(self) -> Step:
        """Wait for the step that was sent, and return what followed."""
        self._emulators.receive()
        shared = self._emulators.shared
        step = self.games.step(shared.rewards, shared.lives, shared.terminated, shared.truncated)
        before = self._ram.newest[:, ram_map.CANNON_IDLE]
        self._show(step.final)
        if self._death_at_hit:
            step = self._dead_when_hit(step, before)
        # What an emulator shows again before it practises was done elsewhere.
        again = shared.again.copy()
        return dataclasses.replace(step, deaths=step.deaths & ~again, idle=step.idle | again)

    def _dead_when_hit(self, step: Step, before: NDArray[np.uint8]) -> Step:
        """Return `step` with deaths when the cannon is hit, not 128 frames later when lives fall.

        `before` [E] is the byte `CANNON_IDLE` when the actions began.
        """
        idle = (before != 0) & ~step.final
        explodes = self._ram.newest[:, ram_map.CANNON_IDLE] & ram_map.EXPLODES != 0
        deaths = (step.deaths | explodes) & ~idle & ~step.final
        return dataclasses.replace(step, deaths=deaths, idle=idle)

    def close(self) -> None:
        """Close the emulators."""
        self._emulators.close()

    def _show(self, begins: NDArray[np.bool_]) -> None:
        shared = self._emulators.shared
        self.ram = self.observations = self._ram.push(shared.ram, begins)
        if self._pictures is not None:
            self.observations = self._pictures.push(shared.pictures, begins)


class _Stack:
    """The newest observations of E emulators; zeros stand for those from before a game began."""

    def __init__(self, observation: Observation, emulators: int) -> None:
        self._array = np.zeros((emulators, observation.stack, *observation.shape), np.uint8)

    @property
    def newest(self) -> NDArray[np.uint8]:
        """The observations pushed last, [E, ...]."""
        newest: NDArray[np.uint8] = self._array[:, -1]
        return newest

    def push(self, newest: NDArray[np.uint8], begins: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """Add the `newest` observations [E, ...]; clear the stacks of games that begin [E]."""
        array = np.roll(self._array, -1, axis=1)
        array[begins] = 0
        array[:, -1] = newest
        self._array = array
        return array


Collector = PictureCollector | RamCollector


def open_collector(config: TrainingConfig, seed: int, ram: bool = False) -> Collector:
    """Return emulators that show what the encoder of `config` reads, and with `ram` the RAM too."""
    if config.encoder == RAM or ram:
        return RamCollector(config, seed, pictures=config.encoder != RAM)
    return PictureCollector(config, seed)
