"""Saliency maps: which parts of the picture the network's outputs depend on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SaliencyMap:
    """How much blurring each region of the picture changes the outputs, in squared hits.

    Row 0 is the top of the picture; rows and columns divide it evenly.
    """

    observation: NDArray[np.uint8]  # [84, 84, 4], the very array that was analysed
    value: NDArray[np.float32]  # [rows, columns], effect on the value
    advantage: NDArray[np.float32]  # [rows, columns], effect on the advantages


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
