"""State pretraining: what is learnt, what stays as it was, and that it survives a stop."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.config import NATURE, TrainingConfig
from agents.state import ram_map
from game.emulation.cabinet import Action

CONFIG = dataclasses.replace(
    TrainingConfig(),
    encoder=NATURE,  # with one tower compiled in a third of the time
    towers=1,
    emulators=4,
    batch=8,
    memory_frames=400,
    refill_steps=100,
    exploration_low=0.01,
    exploration_high=0.1,
    mirror=0.0,
    trial_samples=0,
    frame_cap=400,
    precision="float32",
    imitation_samples=1_000_000,
    state_pretraining_samples=4_000,
    teacher="stands in",
)


class Centred:
    """A guide that goes to the middle and values no other action."""

    reads_ram = True

    def __init__(self) -> None:
        self.said: set[int] = set()

    def q(self, _stacks: NDArray[np.uint8], ram: NDArray[np.uint8] | None) -> NDArray[np.float32]:
        assert ram is not None
        off = ram[:, -1, ram_map.CANNON_X].astype(int) - 76
        way = np.where(off > 2, Action.LEFT, np.where(off < -2, Action.RIGHT, Action.FIRE))
        self.said |= set(way.tolist())
        return np.eye(len(Action), dtype=np.float32)[way]

    def lead(self, _score: float) -> float:
        return 1.0


@pytest.fixture
def small(tensorflow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretrain with eight games and small batches."""
    from agents.learning import state_pretraining

    for name, value in {"EMULATORS": 8, "BATCH": 32, "KEPT": 2_000, "ERROR_PICTURES": 32}.items():
        monkeypatch.setattr(state_pretraining, name, value)
    monkeypatch.setattr(state_pretraining.StatePretraining, "samples_per_step", 4 * 32)
    monkeypatch.setattr("agents.runs.train.ERROR_PICTURES", 32)


@pytest.mark.usefixtures("tensorflow")
def test_the_decision_head_decides_as_the_network_that_predicts_its_targets() -> None:
    import keras

    from agents.networks.networks import decision_head, dueling_network
    from tests.helpers.common import stirred

    keras.utils.set_random_seed(3)
    network = stirred(dueling_network())
    frames = np.random.default_rng(1).integers(0, 256, (5, 84, 84, 4), dtype=np.uint8)
    before = network(frames)
    head = decision_head(network)
    after = network(frames)
    assert np.abs(after["q"] - before["q"]).max() > 1e-4, "the features counted before"
    np.testing.assert_allclose(head(after["predicted"]), after["q"], atol=1e-6)


@pytest.mark.training
@pytest.mark.usefixtures("small")
def test_pretraining_trains_the_decision_and_leaves_the_encoder_alone() -> None:
    import keras

    from agents.learning.state_pretraining import StatePretraining
    from agents.networks.networks import dueling_network, encoder_variables

    keras.utils.set_random_seed(3)
    network = dueling_network()
    observations = [variable.numpy().copy() for variable in encoder_variables(network)]
    no_error = np.zeros((1, 37), np.float32)
    guide = Centred()
    pretraining = StatePretraining(CONFIG, network, guide, no_error, 5)
    divergence = [pretraining.advance(0.0)["teacher_kl"] for _ in range(120)]
    pretraining.close()
    assert guide.said == {Action.LEFT, Action.RIGHT, Action.FIRE}, "the state varied"
    assert np.mean(divergence[-20:]) < 0.05 * np.log(len(Action)), (
        "the divergence of a uniform choice"
    )
    for before, variable in zip(observations, encoder_variables(network), strict=True):
        np.testing.assert_array_equal(before, variable.numpy())


@pytest.mark.usefixtures("tensorflow")
def test_errors_are_those_of_the_predicted_targets() -> None:
    from agents.experience.memory import Batch
    from agents.learning.state_pretraining import prediction_errors
    from agents.state.targets import TARGETS

    state_targets = np.zeros((3, TARGETS), np.float32)
    state_targets[:, 1] = np.nan
    nothing = np.zeros(3, np.float32)
    stacks = np.zeros((3, 4, 84, 84), np.uint8)
    batch = Batch(
        stacks, nothing.astype(np.int32), nothing, nothing, stacks, nothing[:, None], state_targets
    )

    def network(frames: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        assert frames.shape == (3, 84, 84, 4)
        return {"predicted": np.full((3, TARGETS), 0.5, np.float32)}

    errors = prediction_errors(network, batch)
    assert (errors[:, 1] == 0).all(), "no error where the target is unknown"
    assert (np.delete(errors, 1, axis=1) == 0.5).all()


@pytest.mark.training
@pytest.mark.usefixtures("small")
def test_a_run_pretrains_once_and_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agents.runs import train

    monkeypatch.setattr(train, "_teacher", lambda _config: Centred())
    run = train.open_run(tmp_path / "run", CONFIG)
    run.refill(train.StopSignal())
    for _ in range(3):
        assert run.advance()["pretrained_samples"] == run.pretrained_samples
    assert (run.pretrained_samples, run.updates, run.agent_steps) == (3 * 4 * 32, 0, 0)
    run.save()
    run.close()
    again = train.open_run(tmp_path / "run", CONFIG)
    assert again.pretrained_samples == run.pretrained_samples
    again.refill(train.StopSignal())
    while "pretrained_samples" in again.advance():
        targets = [variable.numpy() for variable in again.learner.target.variables]
        onlines = [variable.numpy() for variable in again.learner.online.variables]
    assert (
        CONFIG.state_pretraining_samples
        <= again.pretrained_samples
        < CONFIG.state_pretraining_samples + 4 * 32
    )
    for target, online in zip(targets, onlines, strict=True):
        np.testing.assert_array_equal(target, online)
    assert again.updates == 1, "then it learns with pictures"
    again.close()


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_without_a_teacher_that_reads_ram_there_is_no_state_pretraining(
    tmp_path: Path,
) -> None:
    from agents.runs import train

    with pytest.raises(train.TrainingError, match="a teacher that reads RAM"):
        train.open_run(tmp_path / "run", dataclasses.replace(CONFIG, teacher=""))
