"""What an encoder is shown: pictures, or the console's memory."""

from __future__ import annotations

from dataclasses import dataclass

from agents.config import IMPALA, NATURE, RAM
from agents.inference.preprocess import SIDE, STACK

RAM_BYTES = 128
RAM_STACK = 2  # this step and the one before, which says where things move


@dataclass(frozen=True)
class Observation:
    """One step's bytes, uint8 of `shape`, of which the newest `stack` are shown together."""

    shape: tuple[int, ...]
    stack: int


PICTURE = Observation((SIDE, SIDE), STACK)
RAM_OBSERVATION = Observation((RAM_BYTES + 1,), RAM_STACK)  # and the action of the step before
OBSERVATIONS = {IMPALA: PICTURE, NATURE: PICTURE, RAM: RAM_OBSERVATION}
