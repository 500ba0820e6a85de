"""What several test files share. TensorFlow is optional: players' installs have none."""

from __future__ import annotations

import os
import sqlite3  # noqa: F401 - before TensorFlow, whose own SQLite would take its place: it crashed
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


def is_one_sentence(message: object) -> bool:
    """Whether a person can read `message` as one line: no dump, no list of sentences."""
    text = str(message)
    return 10 < len(text) < 500 and text.isprintable() and ". " not in text and text[-1] != "."


def wait_for(what: Callable[[], object], seconds: float = 20) -> None:
    """Wait until `what` holds; fail if that takes longer than `seconds`."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture(scope="session")
def tensorflow() -> ModuleType:
    """TensorFlow, with the threads of a training run: they can be set only once a process."""
    module: ModuleType = pytest.importorskip("tensorflow")
    from agents.config import TrainingConfig
    from agents.train import set_threads

    set_threads(TrainingConfig().towers)
    return module


@pytest.fixture(scope="session")
def tiny_network(tensorflow: ModuleType) -> Any:
    """The student's network with seeded weights that nobody trained."""
    import keras

    from agents.networks import dueling_network

    keras.utils.set_random_seed(7)
    return stirred(dueling_network())


def stirred(network: Any) -> Any:
    """Give the outputs of a new network, which are zero, seeded weights: answers that differ."""
    random = np.random.default_rng(7)
    for variable in network.trainable_variables:
        if len(variable.shape) == 2 and not np.asarray(variable).any():
            size = variable.shape[0] ** -0.5
            variable.assign(random.normal(0, size, variable.shape))
    return network


@pytest.fixture(scope="session")
def tiny_model(tiny_network: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of `tiny_network`, exported."""
    from agents.export import write_model

    path = tmp_path_factory.mktemp("model") / "tiny.tflite"
    write_model(tiny_network, path, {"algorithm": "none"})
    return path


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[Any]:
    """A function that opens an arcade (see visit.Visits) on a folder of its own."""
    from visit import Visits

    visits = Visits(tmp_path)
    yield visits
    visits.close()
