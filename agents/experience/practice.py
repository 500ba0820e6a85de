"""Practice: some emulators play again and again what came just before lost lives.

Who plays well loses a life once in thousands of steps, so nearly all that it meets it can do
already. Emulators that practise begin a few seconds before a life was lost elsewhere, with other
chances, and end when the life is lost again or was saved (Florensa et al. 2017 begin near the goal
for the same reason). Most moments become easy after a while, and a few are hopeless: what is lost
in about half of the tries is practised most.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.inference.episode import BOMB, LANDING
from agents.inference.observation import PICTURE
from agents.state import ram_map
from game.emulation.cabinet import Cabinet, Frame, Snapshot

APART = 8  # agent steps between two moments
# How many moments before the loss practice begins, at least and at most. A bomb falls for a second
# or two. That invaders land was decided earlier: from 4 to 13 seconds before, three of four tries
# end so again (models/CARD.md, Returns with remedies), so practice begins up to 34 seconds before.
BEFORE_BOMB, BEFORE_LANDING = (3, 8), (8, 64)
AFTER = 32  # agent steps that practice goes on beyond the loss
POOL = 500  # moments, of the newest lost lives
CHOICES = 4  # drawn at random, of which the most instructive is practised

Shown = tuple[NDArray[np.uint8], NDArray[np.uint8] | None]  # the RAM [129] and the picture [84, 84]


@dataclass(frozen=True)
class Moment:
    """Where practice may begin: a state of a game, and what was shown until then."""

    state: Snapshot
    shown: tuple[Shown, ...]  # as many as a state of the student has, the newest last


@dataclass
class Practice:
    """What an emulator practises: from `moment` on, for `steps` agent steps."""

    moment: Moment
    steps: int
    tried: int = 0
    lost: int = 0  # how often of these

    def ended(self, lost: bool) -> None:
        """Count a try."""
        self.tried += 1
        self.lost += lost

    @property
    def instructive(self) -> float:
        """The variance of a try's end, by how those before ended (Rutherford et al. 2024)."""
        rate = (self.lost + 1) / (self.tried + 2)  # Laplace's rule of succession
        return rate * (1 - rate)


class Trail:
    """The moments of one emulator's last seconds."""

    def __init__(self) -> None:
        self._moments: deque[Moment] = deque(maxlen=BEFORE_LANDING[1])
        self._shown: deque[Shown] = deque(maxlen=PICTURE.stack)
        self._steps = 0

    def push(self, cabinet: Cabinet, shown: Shown) -> None:
        """Take in what is `shown` after a step; keep it as a moment if it is time."""
        self._shown.append(shown)
        self._steps += 1
        obeys = not shown[0][ram_map.CANNON_IDLE]
        if self._steps % APART == 0 and obeys and len(self._shown) == PICTURE.stack:
            self._moments.append(Moment(cabinet.snapshot(chance=False), tuple(self._shown)))

    def before_loss(self, landed: bool, chance: random.Random) -> Practice | None:
        """Return what is worth practising after a life was lost, if there is enough; forget it."""
        least, most = BEFORE_LANDING if landed else BEFORE_BOMB
        back = chance.randint(least, max(least, min(most, len(self._moments))))
        moments = list(self._moments)
        self._moments.clear()
        if back > len(moments):
            return None
        return Practice(moments[-back], back * APART + AFTER)


class Pool:
    """What there is to practise, of all emulators."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._practices: deque[Practice] = deque(maxlen=POOL)

    def __len__(self) -> int:
        return len(self._practices)

    def add(self, practice: Practice | None) -> None:
        """Keep `practice`, if it is any, in place of the oldest."""
        if practice is not None:
            self._practices.append(practice)

    def draw(self) -> Practice | None:
        """Return one that is instructive, or None as long as there is none."""
        if not self._practices:
            return None
        drawn = self.chance.choices(self._practices, k=CHOICES)
        return max(drawn, key=lambda practice: practice.instructive)


def cause_of_loss(before: Frame, after: Frame, cut_off: bool) -> str | None:
    """Return what cost a life in an agent step that led from `before` to `after`, None if nothing.

    A bomb's hit counts when the cannon explodes, 128 frames before the life is taken off. That the
    rules `cut_off` a game costs none.
    """
    if before.ram[ram_map.CANNON_IDLE]:
        return None  # nothing more happens to a cannon that was hit
    if after.ram[ram_map.CANNON_IDLE] & ram_map.EXPLODES:
        return BOMB
    return LANDING if after.over and before.lives > 0 and not cut_off else None


def practising(emulators: int, share: float) -> NDArray[np.bool_]:
    """Return which of the `emulators` practise [E]: evenly spread, so that they explore alike."""
    counted = np.floor(np.arange(1, emulators + 1) * share + 1e-9)
    which: NDArray[np.bool_] = np.diff(counted, prepend=0.0) > 0
    return which
