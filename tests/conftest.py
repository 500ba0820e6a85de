"""What several test files share. TensorFlow is optional: players' installs have none."""

from __future__ import annotations

import os
import sqlite3  # noqa: F401 - before TensorFlow, whose own SQLite would take its place: it crashed
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings

from tests.helpers.common import hear_signals, stirred

hear_signals()
os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

# What plain pytest leaves out: see the marks in pyproject.toml.
LONG = (
    *("training", "cluster", "fair", "scenes", "slow", "proof"),
    *("window", "browser", "frozen", "timed", "wheel"),
)


@pytest.hookimpl(tryfirst=True)  # before pytest selects by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as long what one of the marks `LONG` says so of."""
    for item in items:
        if any(item.get_closest_marker(name) for name in LONG):
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def tensorflow() -> ModuleType:
    """TensorFlow, with the threads of a training run: they can be set only once a process."""
    module: ModuleType = pytest.importorskip("tensorflow")
    from agents.config import TrainingConfig
    from agents.runs.train import set_threads

    set_threads(TrainingConfig().towers)
    return module


@pytest.fixture(scope="session")
def tiny_network(tensorflow: ModuleType) -> Any:
    """The student's network with seeded weights that nobody trained."""
    import keras

    from agents.networks.networks import dueling_network

    keras.utils.set_random_seed(7)
    return stirred(dueling_network())


@pytest.fixture(scope="session")
def tiny_model(tiny_network: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of `tiny_network`, exported."""
    from agents.runs.export import write_model

    path = tmp_path_factory.mktemp("model") / "tiny.tflite"
    write_model(tiny_network, path, {"algorithm": "none"})
    return path


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[Any]:
    """A function that opens an arcade (see visit.Visits) on a folder of its own."""
    from tests.helpers.visit import Visits

    visits = Visits(tmp_path)
    yield visits
    visits.close()
