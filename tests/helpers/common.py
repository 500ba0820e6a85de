"""What tests of all kinds ask and wait for."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import Any

import numpy as np


def is_one_sentence(message: object) -> bool:
    """Whether a person can read `message` as one line: no dump, no list of sentences."""
    text = str(message)
    return 10 < len(text) < 500 and text.isprintable() and ". " not in text and text[-1] != "."


def hear_signals() -> None:
    """Undo what `nohup`, or a shell with a job in the background, does: to ignore some signals.

    Every program that is started and asked to end would inherit that, and an arcade respects it.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in ("SIGHUP", "SIGQUIT", "SIGTERM"):
        if hasattr(signal, name):  # Windows has one of them
            signal.signal(getattr(signal, name), signal.SIG_DFL)


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
