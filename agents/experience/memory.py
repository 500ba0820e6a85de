"""The replay memory: each frame is kept once; stacks and n-step returns form when sampling.

A frame is the observation of one step: a picture, or the console's RAM.

The memory is a ring of rows. A row holds one step of all emulators, a slot one emulator's part of a
row. A finished game leaves one slot more than it has steps: its last picture, after which nothing
was done (`final`). A return may end there, because a truncated game still has a value, but no
return goes beyond it.

`Steps` holds everything except frames. `Memory` adds the frames in main memory, and
`agents/accelerator/train.py` keeps them on the device.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.inference.observation import PICTURE, Observation
from game.emulation.cabinet import Action


@dataclass(frozen=True)
class Batch:
    """B transitions. Frames are stacked oldest first; names end with the time step."""

    s_tm1: NDArray[np.uint8]  # [B, 4, 84, 84], or [B, 2, 129] of the console's RAM
    a_tm1: NDArray[np.int32]  # [B]
    r_t: NDArray[np.float32]  # [B], discounted sum of up to n clipped rewards
    discount_t: NDArray[np.float32]  # [B], zero where the return ended with a death
    s_t: NDArray[np.uint8]  # like s_tm1, the state in which the return ends
    teacher_q: NDArray[np.float32]  # [B, 6], the teacher's values of s_tm1, NaN if it was not asked
    state_targets: NDArray[np.float32]  # [B, 37] of s_tm1 (see agents/state/targets.py), or [B, 0]


class Steps:
    """Every remembered step without its frames: actions, rewards, deaths and ends of games.

    It is a ring of R rows, one for each step of E emulators. It draws the slots to learn from and
    sums returns. Rows are absolute, counted from the first that was ever added.
    """

    def __init__(
        self,
        rows: int,
        emulators: int,
        *,
        stack: int,
        most_steps: int,
        gamma: float,
        reward_clip: float,
        seed: int,
        late_weight: float = 1.0,
    ) -> None:
        """Keep `rows` rows; a state is made of the newest `stack` of them.

        `most_steps` is the largest n of the n-step returns that will be asked for, 0 for none.
        A late step (see `add`) is drawn `late_weight` times as often as another.
        """
        self.rows, self.emulators = rows, emulators
        self.stack, self.most_steps = stack, most_steps
        shape = (rows, emulators)
        self.actions = np.zeros(shape, np.uint8)
        self._rewards = np.zeros(shape, np.float32)
        self._deaths = np.zeros(shape, bool)
        self._final = np.zeros(shape, bool)
        self._idle = np.zeros(shape, bool)
        self._late = np.zeros(shape, bool)
        self._late_weight = late_weight
        self._age = np.zeros(shape, np.uint8)  # steps since the game began, at most the stack
        self._gamma = gamma
        self._clip = reward_clip
        self.random = np.random.default_rng(seed)
        self.added = 0  # rows ever added
        self._begun = False

    def begin(self) -> NDArray[np.uint8]:
        """Let the next row's frames replace the oldest row's; return the next row's ages [E]."""
        self._begun = True
        return self._next_ages()

    def add(
        self,
        actions: NDArray[np.integer],
        rewards: NDArray[np.number],
        deaths: NDArray[np.bool_],
        final: NDArray[np.bool_],
        late: NDArray[np.bool_] | None = None,
        idle: NDArray[np.bool_] | None = None,
    ) -> None:
        """Add one row: what each of E emulators did, and what followed.

        `rewards` [E] and `deaths` [E] followed the `actions` [E]. `final` [E] marks slots that hold
        only a game's last picture, whose action, reward and death mean nothing. `late` [E] marks
        steps near a wave's end; without it all steps count as late. `idle` [E] marks steps whose
        actions did nothing, from which nothing is learnt; without it there are none.
        """
        row = self.added % self.rows
        self._age[row] = self._next_ages()
        self.actions[row] = actions
        self._rewards[row] = np.clip(rewards, -self._clip, self._clip)
        self._deaths[row] = deaths
        self._final[row] = final
        self._late[row] = True if late is None else late
        self._idle[row] = False if idle is None else idle
        self.added += 1
        self._begun = False

    def _next_ages(self) -> NDArray[np.uint8]:
        before = (self.added - 1) % self.rows
        starts = self._final[before] if self.added else np.ones(self.emulators, bool)
        ages: NDArray[np.uint8] = np.where(starts, 0, np.minimum(self._age[before] + 1, self.stack))
        return ages

    def draw(self, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Draw `size` slots, never idle ones or a game's last picture; return their rows and lanes.

        All are equally likely, except late ones. The newest rows are left out because their returns
        may be incomplete, the oldest because frames of their stacks may be gone. Raises ValueError
        if no row remains.
        """
        oldest = max(0, self.added + self._begun - self.rows)
        low = oldest + self.stack - 1 if oldest else 0
        high = self.added - self.most_steps
        if high <= low:
            raise ValueError("the memory holds too few steps to sample from")
        rows, lanes = np.zeros(size, np.int64), np.zeros(size, np.int64)
        wrong = np.arange(size)
        while len(wrong):
            rows[wrong] = self.random.integers(low, high, len(wrong))
            lanes[wrong] = self.random.integers(0, self.emulators, len(wrong))
            at = (rows[wrong] % self.rows, lanes[wrong])
            early = ~self._late[at]
            dropped = early & (self.random.random(len(wrong)) * self._late_weight > 1)
            wrong = wrong[self._final[at] | self._idle[at] | dropped]
        return rows, lanes

    def returns(
        self, rows: NDArray[np.int64], lanes: NDArray[np.int64], n_step: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        """Return n-step returns, the bootstrap's discounts, and the rows where they end, [B] each.

        Raises ValueError if `n_step` is larger than `most_steps`.
        """
        if not 1 <= n_step <= self.most_steps:
            raise ValueError(f"n_step must be from 1 to {self.most_steps}")
        total = np.zeros(len(rows), np.float32)
        discount = np.ones(len(rows), np.float32)
        end = rows.copy()
        going = np.ones(len(rows), bool)
        for _ in range(n_step):
            at = (end % self.rows, lanes)
            going &= ~self._final[at]  # bootstrap from the last picture of a truncated game
            total += np.where(going, discount * self._rewards[at], 0).astype(np.float32)
            died = going & self._deaths[at]
            discount = np.where(died, 0, np.where(going, discount * self._gamma, discount))
            discount = discount.astype(np.float32)
            going &= ~died
            end += going
        return total, discount, end

    def ages(self, rows: NDArray[np.int64], lanes: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return how many steps before each slot [B] its game began, at most the stack."""
        ages: NDArray[np.uint8] = self._age[rows % self.rows, lanes]
        return ages


class Memory:
    """The steps of E emulators together with their frames."""

    def __init__(
        self,
        frames: int,
        emulators: int,
        *,
        most_steps: int,
        gamma: float,
        reward_clip: float,
        seed: int,
        observation: Observation = PICTURE,
        late_weight: float = 1.0,
        state_targets: int = 0,
    ) -> None:
        """Hold `frames` frames of `emulators` emulators; raise ValueError if they are too few.

        `state_targets` is the number of targets kept with each frame. For the rest see Steps.
        """
        rows = frames // emulators
        if rows <= most_steps + observation.stack:
            raise ValueError(f"{frames} frames are too few for {emulators} emulators")
        self._steps = Steps(
            rows,
            emulators,
            stack=observation.stack,
            most_steps=most_steps,
            gamma=gamma,
            reward_clip=reward_clip,
            seed=seed,
            late_weight=late_weight,
        )
        shape = (rows, emulators)
        self._frames = np.zeros((*shape, *observation.shape), observation.dtype)
        self._teacher_q = np.full((*shape, len(Action)), np.nan, np.float16)
        self._state_targets = np.full((*shape, state_targets), np.nan, np.float16)

    def __len__(self) -> int:
        """The number of frames held."""
        return min(self._steps.added, self._steps.rows) * self._steps.emulators

    @property
    def random(self) -> np.random.Generator:
        """The generator of every random draw."""
        return self._steps.random

    def add(
        self,
        frames: NDArray[np.uint8],
        actions: NDArray[np.integer],
        rewards: NDArray[np.number],
        deaths: NDArray[np.bool_],
        final: NDArray[np.bool_],
        teacher_q: NDArray[np.floating] | None = None,
        late: NDArray[np.bool_] | None = None,
        idle: NDArray[np.bool_] | None = None,
        state_targets: NDArray[np.floating] | None = None,
    ) -> None:
        """Add one row: what each of E emulators showed and did, and what followed (see Steps.add).

        `frames` [E, 84, 84] (or [E, 129]) are the newest frames before the actions. `teacher_q`
        [E, 6] are the teacher's values of these states, if it was asked, and `state_targets`
        [E, 37] their targets, if they are kept.
        """
        row = self._steps.added % self._steps.rows
        self._frames[row] = frames
        self._teacher_q[row] = np.nan if teacher_q is None else teacher_q
        self._state_targets[row] = np.nan if state_targets is None else state_targets
        self._steps.add(actions, rewards, deaths, final, late, idle)

    def sample(self, size: int, n_step: int) -> Batch:
        """Draw `size` transitions with `n_step`-step returns, with replacement (see Steps.draw).

        Raises ValueError if there are too few rows, or if `n_step` is larger than `most_steps`.
        """
        steps = self._steps
        rows, lanes = steps.draw(size)
        r_t, discount_t, end_rows = steps.returns(rows, lanes, n_step)
        at = rows % steps.rows, lanes
        return Batch(
            s_tm1=self._stacks(rows, lanes),
            a_tm1=steps.actions[at].astype(np.int32),
            r_t=r_t,
            discount_t=discount_t,
            s_t=self._stacks(end_rows, lanes),
            teacher_q=self._teacher_q[at].astype(np.float32),
            state_targets=self._state_targets[at].astype(np.float32),
        )

    def _stacks(self, rows: NDArray[np.int64], lanes: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return stacks uint8 [B, ...]; frames from before the game began are zeros."""
        back = np.arange(self._steps.stack - 1, -1, -1)  # of pictures: 3, 2, 1, 0 steps back
        at = (rows[:, None] - back[None, :]) % self._steps.rows  # [B, stack]
        stacks: NDArray[np.uint8] = self._frames[at, lanes[:, None]]
        stacks[self._steps.ages(rows, lanes)[:, None] < back[None, :]] = 0
        return stacks
