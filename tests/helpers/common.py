"""What tests of all kinds ask and wait for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np


def is_one_sentence(message: object) -> bool:
    """Whether a person can read `message` as one line: no dump, no list of sentences."""
    text = str(message)
    return 10 < len(text) < 500 and text.isprintable() and ". " not in text and text[-1] != "."


def wait_for(what: Callable[[], object], seconds: float = 60) -> None:
    """Wait until `what` holds; fail if that takes longer than `seconds`."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def stirred(network: Any) -> Any:
    """Give the outputs of a new network, which are zero, seeded weights: answers that differ."""
    random = np.random.default_rng(7)
    for variable in network.trainable_variables:
        if len(variable.shape) == 2 and not np.asarray(variable).any():
            size = variable.shape[0] ** -0.5
            variable.assign(random.normal(0, size, variable.shape))
    return network
