"""What an encoder observes: pictures, or the console's RAM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.config import IMPALA, IMPALA_CROPS, NATURE, RAM
from agents.inference.preprocess import SIDE, STACK

RAM_BYTES = 128
RAM_STACK = 2  # this step and the one before, from which motion is seen


@dataclass(frozen=True)
class Observation:
    """The numbers of one step, of `shape`; a state is the newest `stack` of them."""

    shape: tuple[int, ...]
    stack: int
    dtype: Any = np.uint8


PICTURE = Observation((SIDE, SIDE), STACK)
RAM_OBSERVATION = Observation(
    (RAM_BYTES + 1,), RAM_STACK
)  # the RAM, and the action of the step before
OBSERVATIONS = {
    IMPALA: PICTURE,
    IMPALA_CROPS: PICTURE,
    NATURE: PICTURE,
    RAM: RAM_OBSERVATION,
}
