"""Players: each looks at a frame and decides what to press."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from game.emulation.cabinet import Action, Frame
from game.play.one_switch import Sweep


class Kind(StrEnum):
    """Who played a seat, as tapes and boards name it."""

    HUMAN = "human"
    AGENT = "agent"
    SCRIPT = "script"
    TAPE = "tape"


# Tapes and score files of every version hold these names: they must never change.
YOU = "You"
PLAYERS = ("Player 1", "Player 2")  # two people without names of their own

FRAMES_A_DECISION = 4  # a network decides again after so many
TEMPERATURE = 0.1  # hits, of the policy whose entropy is shown


@dataclass(frozen=True)
class Thought:
    """Why an agent chose: a network's outputs for one decision, float32, by action."""

    q: NDArray[np.float32]  # [6], expected discounted hits if this action comes first
    value: float  # of the state, averaged over the actions
    advantage: NDArray[np.float32]  # [6], mean zero: q = value + advantage
    observation: NDArray[np.uint8] | None = None  # [84, 84, 4], oldest frame first
    discount: float = 0.99  # factor by which a hit counts less for each decision that it lies ahead

    @property
    def gap(self) -> float:
        """The margin of the best action over the second best, in hits."""
        second, best = np.partition(self.q, -2)[-2:]
        return float(best - second)

    @property
    def spread(self) -> float:
        """The spread from the best to the worst action, in hits: how much the choice matters."""
        return float(self.q.max() - self.q.min())

    @property
    def entropy(self) -> float:
        """The entropy in bits of the policy softmax(Q / 0.1 hits): 0 is sure, 2.58 is none.

        The network itself always takes the best action; the temperature is the one at which it
        was taught (QDagger, Agarwal et al. 2022).
        """
        scaled = (self.q - self.q.max()).astype(float) / TEMPERATURE
        shares = np.exp(scaled) / np.exp(scaled).sum()
        return float(-(shares * np.log2(shares + 1e-12)).sum())

    def loss(self, action: Action) -> float:
        """Return how many hits less than the best action `action` is expected to bring."""
        return float(self.q.max() - self.q[action])


@dataclass(frozen=True)
class Decision:
    """An action and, where the player has one, the explanation of it."""

    action: Action
    thought: Thought | None = None


class Player(Protocol):
    """Plays one game: `decide` is called once for each frame, in order."""

    @property
    def name(self) -> str:
        """Its name in tapes and on boards."""
        ...

    @property
    def kind(self) -> Kind:
        """What kind of player it is."""
        ...

    def decide(self, frame: Frame) -> Decision:
        """Return what to press during the next frame."""
        ...


class HumanPlayer:
    """Presses what the person holds."""

    kind = Kind.HUMAN

    def __init__(self, name: str = YOU, auto_fire: bool = False, one_switch: bool = False) -> None:
        """With `auto_fire`, always fire, whatever is held.

        With `one_switch` the cannon moves by itself, and whatever is held is the one button.
        """
        self.name = name
        self.held = Action.NOOP
        self._auto_fire = auto_fire
        self._sweep = Sweep() if one_switch else None

    def decide(self, frame: Frame) -> Decision:
        action = self.held
        if self._sweep is not None:
            action = self._sweep.action(frame, self.held is not Action.NOOP)
        if self._auto_fire:
            action = Action.of(action.direction, True)
        return Decision(action)


class DelayedPlayer:
    """Plays the decisions of another player some frames later; until then it does nothing."""

    def __init__(self, player: Player, frames: int) -> None:
        """Delay `player` by `frames` frames of 1/60 s."""
        self.name, self.kind = player.name, player.kind
        self._player = player
        self._late: deque[Decision] = deque([Decision(Action.NOOP)] * frames)

    def decide(self, frame: Frame) -> Decision:
        self._late.append(self._player.decide(frame))
        return self._late.popleft()


class StandInPlayer:
    """Another player in a person's place, for those who only look on: it has a person's colour."""

    kind = Kind.SCRIPT

    def __init__(self, player: Player) -> None:
        """Let `player` play, without its thoughts."""
        self.name = player.name
        self._player = player

    def decide(self, frame: Frame) -> Decision:
        return Decision(self._player.decide(frame).action)


class ConstantPlayer:
    """Always holds one action: a baseline without any strategy."""

    kind = Kind.SCRIPT

    def __init__(self, action: Action) -> None:
        self.name = f"constant {action.name}"
        self._decision = Decision(action)

    def decide(self, frame: Frame) -> Decision:
        return self._decision


class RandomPlayer:
    """Holds each random action for four frames; the same seed gives the same actions."""

    kind = Kind.SCRIPT
    name = "stand-in"

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._decision = Decision(Action.NOOP)

    def decide(self, frame: Frame) -> Decision:
        if frame.number % FRAMES_A_DECISION == 0:
            self._decision = Decision(Action(self._random.randrange(len(Action))))
        return self._decision
