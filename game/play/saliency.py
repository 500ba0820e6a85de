"""Saliency maps: which parts of the picture the network's outputs depend on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from game.play.player import Thought

LOOK_FRAMES = 8  # between two pictures handed over for a map: at most 7.5 maps a second


@dataclass(frozen=True)
class SaliencyMap:
    """How much blurring each region of the picture changes the outputs, in squared hits.

    Row 0 is the top of the picture; rows and columns divide it evenly.
    """

    observation: NDArray[np.uint8]  # [84, 84, 4], the very array that was analysed
    value: NDArray[np.float32]  # [rows, columns], effect on the value
    advantage: NDArray[np.float32]  # [rows, columns], effect on the advantages

    @property
    def hits(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The effects on value and advantages in hits, from half their square."""
        return np.sqrt(2 * self.value), np.sqrt(2 * self.advantage)


class SaliencySource(Protocol):
    """Computes saliency maps beside the game, always of the newest observation."""

    @property
    def saliency_map(self) -> SaliencyMap | None:
        """The latest map, None before the first."""
        ...

    @property
    def made(self) -> int:
        """How many maps have been computed."""
        ...

    def look(self, observation: NDArray[np.uint8]) -> None:
        """Queue an observation [84, 84, 4], which must not change, and return at once."""
        ...

    def close(self) -> None:
        """Finish the current map and stop."""
        ...


def look_in_time(
    saliency: SaliencySource, thought: Thought | None, number: int
) -> NDArray[np.uint8] | None:
    """Hand over what a network saw if that is due at frame `number`; return it, or None."""
    observation = None if thought is None else thought.observation
    if observation is None or number % LOOK_FRAMES != 1:
        return None
    saliency.look(observation)
    return observation
