"""Where a network looks: a map of what on its picture its outputs hang on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SaliencyMap:
    """What blurring each place of a picture changes, in squared hits; zero for nothing.

    Row 0 is the picture's top; the rows and columns divide it evenly.
    """

    observation: NDArray[np.uint8]  # [84, 84, 4], the very array that was looked at
    value: NDArray[np.float32]  # [rows, columns], of how it sees the situation
    advantage: NDArray[np.float32]  # [rows, columns], of how it sees its choice


class SaliencySource(Protocol):
    """Makes such maps beside the game, of the newest picture whenever it is free."""

    @property
    def saliency_map(self) -> SaliencyMap | None:
        """The last map made, None before the first."""
        ...

    @property
    def made(self) -> int:
        """How many maps were made."""
        ...

    def look(self, observation: NDArray[np.uint8]) -> None:
        """Hand over a picture [84, 84, 4], which stays as it is, and return at once."""
        ...

    def close(self) -> None:
        """Finish the map under way and stop."""
        ...
