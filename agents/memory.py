"""Experience memory: every frame is kept once; stacks and n-step returns form at sampling.

A frame is one step's observation: a picture, or the console's memory.

The memory is a ring of rows, one row per step of all emulators together. A slot is
one emulator's part of a row. A game that ended leaves one slot more than it has
steps: its last picture, from which nothing was done (`final`). Returns may end
there (a truncated game goes on in value) and never pass it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.observation import PICTURE, Observation
from game.cabinet import Action


@dataclass(frozen=True)
class Batch:
    """B transitions; frames are stacked oldest first and the time step is in the name."""

    s_tm1: NDArray[np.uint8]  # [B, 4, 84, 84], or [B, 2, 129] of the console's memory
    a_tm1: NDArray[np.int32]  # [B]
    r_t: NDArray[np.float32]  # [B], discounted sum of up to n clipped rewards
    discount_t: NDArray[np.float32]  # [B], zero where the return ended in a death
    s_t: NDArray[np.uint8]  # as s_tm1, the state that the return ends in
    teacher_q: NDArray[np.float32]  # [B, 6], what the teacher said of s_tm1, else NaN
    facts: NDArray[np.float32]  # [B, F] of s_tm1 (see facts.py), or [B, 0]


class Memory:
    """A ring of single frames from several emulators."""

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
        facts: int = 0,
    ) -> None:
        """Hold `frames` frames of `emulators` emulators; raise ValueError if that is too few.

        `most_steps` is the longest n-step return that will be asked for. A late step (see `add`)
        is sampled `late_weight` times as often as another. So many `facts` are kept of each.
        """
        self._rows = frames // emulators
        self._stack = observation.stack
        if self._rows <= most_steps + self._stack:
            raise ValueError(f"{frames} frames are too few for {emulators} emulators")
        shape = (self._rows, emulators)
        self._frames = np.zeros((*shape, *observation.shape), np.uint8)
        self._actions = np.zeros(shape, np.uint8)
        self._rewards = np.zeros(shape, np.float32)
        self._deaths = np.zeros(shape, bool)
        self._final = np.zeros(shape, bool)
        self._late = np.zeros(shape, bool)
        self._late_weight = late_weight
        self._teacher_q = np.full((*shape, len(Action)), np.nan, np.float16)
        self._facts = np.full((*shape, facts), np.nan, np.float16)
        self._age = np.zeros(shape, np.uint8)  # steps since the game's start, at most the stack
        self._emulators = emulators
        self._most_steps = most_steps
        self._gamma = gamma
        self._clip = reward_clip
        self.random = np.random.default_rng(seed)
        self._added = 0  # rows ever added

    def __len__(self) -> int:
        """Number of frames held."""
        return min(self._added, self._rows) * self._emulators

    def add(
        self,
        frames: NDArray[np.uint8],
        actions: NDArray[np.integer],
        rewards: NDArray[np.number],
        deaths: NDArray[np.bool_],
        final: NDArray[np.bool_],
        teacher_q: NDArray[np.floating] | None = None,
        late: NDArray[np.bool_] | None = None,
        facts: NDArray[np.floating] | None = None,
    ) -> None:
        """Add one row: what each of E emulators showed, did and got.

        `frames` [E, 84, 84] (or [E, 129]) are the newest frames before the actions; `rewards` [E]
        and `deaths` [E] followed the actions; `final` [E] marks slots that hold only
        a game's last picture (their action, reward and death mean nothing).
        `teacher_q` [E, 6] is what the teacher said of what was shown, if it was asked. `late` [E]
        marks steps near a wave's end, without it all are. `facts` [E, F] are those of what was
        shown.
        """
        row, before = self._added % self._rows, (self._added - 1) % self._rows
        starts = self._final[before] if self._added else np.ones(self._emulators, bool)
        self._age[row] = np.where(starts, 0, np.minimum(self._age[before] + 1, self._stack))
        self._frames[row] = frames
        self._actions[row] = actions
        self._rewards[row] = np.clip(rewards, -self._clip, self._clip)
        self._deaths[row] = deaths
        self._final[row] = final
        self._teacher_q[row] = np.nan if teacher_q is None else teacher_q
        self._late[row] = True if late is None else late
        self._facts[row] = np.nan if facts is None else facts
        self._added += 1

    def sample(self, size: int, n_step: int) -> Batch:
        """Draw `size` transitions with `n_step`-step returns, with replacement.

        All are equally likely, but for late ones (see `__init__`).

        Raises ValueError if there are too few rows, or for longer returns than announced.
        """
        if not 1 <= n_step <= self._most_steps:
            raise ValueError(f"n_step must be from 1 to {self._most_steps}")
        rows, lanes = self._draw(size)
        r_t, discount_t, end_rows = self._returns(rows, lanes, n_step)
        return Batch(
            s_tm1=self._stacks(rows, lanes),
            a_tm1=self._actions[rows % self._rows, lanes].astype(np.int32),
            r_t=r_t,
            discount_t=discount_t,
            s_t=self._stacks(end_rows, lanes),
            teacher_q=self._teacher_q[rows % self._rows, lanes].astype(np.float32),
            facts=self._facts[rows % self._rows, lanes].astype(np.float32),
        )

    def _draw(self, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Choose start slots: absolute rows and lanes, never a game's last picture.

        The newest rows may have no complete return yet and the oldest may lack
        the frames of their stack.
        """
        oldest = max(0, self._added - self._rows)
        low = oldest + self._stack - 1 if oldest else 0
        high = self._added - self._most_steps
        if high <= low:
            raise ValueError("the memory holds too few steps to sample from")
        rows, lanes = np.zeros(size, np.int64), np.zeros(size, np.int64)
        wrong = np.arange(size)
        while len(wrong):
            rows[wrong] = self.random.integers(low, high, len(wrong))
            lanes[wrong] = self.random.integers(0, self._emulators, len(wrong))
            at = (rows[wrong] % self._rows, lanes[wrong])
            early = ~self._late[at]
            dropped = early & (self.random.random(len(wrong)) * self._late_weight > 1)
            wrong = wrong[self._final[at] | dropped]
        return rows, lanes

    def _returns(
        self, rows: NDArray[np.int64], lanes: NDArray[np.int64], n_step: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        """Sum up to n rewards; return the sums, the bootstrap's discount and its rows."""
        total = np.zeros(len(rows), np.float32)
        discount = np.ones(len(rows), np.float32)
        end = rows.copy()
        going = np.ones(len(rows), bool)
        for _ in range(n_step):
            at = (end % self._rows, lanes)
            going &= ~self._final[at]  # a truncated game: bootstrap from its last picture
            total += np.where(going, discount * self._rewards[at], 0).astype(np.float32)
            died = going & self._deaths[at]
            discount = np.where(died, 0, np.where(going, discount * self._gamma, discount))
            discount = discount.astype(np.float32)
            going &= ~died
            end += going
        return total, discount, end

    def _stacks(self, rows: NDArray[np.int64], lanes: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return stacks uint8 [B, ...]; frames from before the game's start are zeros."""
        back = np.arange(self._stack - 1, -1, -1)  # of pictures: 3, 2, 1, 0 steps back
        at = (rows[:, None] - back[None, :]) % self._rows  # [B, stack]
        stacks: NDArray[np.uint8] = self._frames[at, lanes[:, None]]
        stacks[self._age[rows % self._rows, lanes][:, None] < back[None, :]] = 0
        return stacks
