"""Crops learn from a student's own games, and a run does that once, before anything else."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.config import IMPALA_CROPS, TrainingConfig
from agents.state import targets
from game.emulation.cabinet import Action

CONFIG = dataclasses.replace(
    TrainingConfig(),
    encoder=IMPALA_CROPS,
    frozen_encoder=1,
    crop_states=2048,
    mirror=0.0,
    towers=1,
    emulators=4,
    batch=32,
    memory_frames=2_000,
    refill_steps=100,
    samples_per_step=8.0,
    n_step=3,
    n_step_start=3,
    trial_samples=0,
    precision="float32",
    offline_updates=0,
    guide_steps=1,
    imitation_samples=1_000_000,
    teacher="stands in",
)


class Indifferent:
    """A guide to whom all actions are alike."""

    reads_ram = True

    def q(self, stacks: NDArray[np.uint8], _ram: NDArray[np.uint8] | None) -> NDArray[np.float32]:
        return np.zeros((len(stacks), len(Action)), np.float32)

    def lead(self, _score: float) -> float:
        return 1.0


def falling_bomb(random: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return a stack [4, 84, 84] in which a bomb falls, and its targets [37]."""
    from agents.networks import keypoints

    x, y = random.integers(30, 120), random.integers(40, 85)
    stack = np.zeros((4, 84, 84), np.uint8)
    column = round((x + keypoints.OFF_X[keypoints.LOWER_BOMB]) * 84 / 160)
    for age in range(4):
        row = round((2 * (y - 2 * age) + keypoints.OFF_Y[keypoints.LOWER_BOMB]) / 2.5)
        stack[3 - age, row - 2 : row + 3, column] = 142
    known = np.full(targets.TARGETS, np.nan, np.float32)
    known[targets.CANNON] = 80
    known[targets.BOMBS_X.start], known[targets.BOMBS_Y.start] = x - 80, y
    return stack, (known - targets.CENTRES) / targets.SIZES


@pytest.mark.training
def test_crops_learn_where_a_bomb_is_drawn(tensorflow: Any) -> None:
    import keras

    from agents.learning.crop_learning import CropLearner
    from agents.networks.networks import dueling_network

    random = np.random.default_rng(0)
    keras.utils.set_random_seed(0)
    network = dueling_network(IMPALA_CROPS)
    before = [layer.get_weights() for layer in network.layers]
    learner = CropLearner(CONFIG, network)
    states = [falling_bomb(random) for _ in range(CONFIG.crop_states)]
    stacks, known = (np.stack(each) for each in zip(*states, strict=True))
    while not learner.full:
        learner.keep(stacks, known)
    said = list(learner.learn())
    assert said[-1].startswith("crops: epoch")
    shown, known = (
        np.stack(each) for each in zip(*(falling_bomb(random) for _ in range(64)), strict=True)
    )
    predicted = np.asarray(network(np.moveaxis(shown, 1, -1))["predicted"])
    off = np.abs(predicted - known)[:, targets.BOMBS_Y.start] * targets.SIZES[targets.BOMBS_Y.start]
    assert np.mean(off < 2) > 0.9
    falls = predicted[:, targets.FALLING]
    assert np.mean(falls[:, 0] > 0.5) > 0.9 and np.mean(falls[:, 1] < 0.5) > 0.9
    for layer, weights in zip(network.layers, before, strict=True):
        for now, then in zip(layer.get_weights(), weights, strict=True):
            if layer.name not in ("heatmaps", "predicted"):
                np.testing.assert_array_equal(now, then, err_msg=layer.name)
            elif layer.name == "heatmaps":
                np.testing.assert_array_equal(now[..., :6], then[..., :6])


@pytest.mark.training
@pytest.mark.usefixtures("tensorflow")
def test_a_run_learns_its_crops_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from agents.learning import crop_learning
    from agents.runs import train

    monkeypatch.setattr(train, "_teacher", lambda _config: Indifferent())
    for name in ("HEATMAP_BATCH", "CROPS_BATCH", "CROPS_EPOCHS"):
        monkeypatch.setattr(crop_learning, name, 8)
    config = dataclasses.replace(CONFIG, crop_states=40)
    stop = train.StopSignal()
    run = train.open_run(tmp_path / "run", config)
    before = [np.asarray(v) for v in run.learner.online.variables]
    run.learn_crops(stop)
    after = [np.asarray(v) for v in run.learner.online.variables]
    assert any((a != b).any() for a, b in zip(after, before, strict=True))
    run.refill(stop)
    run.advance()
    run.save()
    run.close()
    again = train.open_run(tmp_path / "run", config)
    assert again.crops_learnt
    again.learn_crops(stop)
    for a, b in zip(again.learner.online.variables, run.learner.online.variables, strict=True):
        np.testing.assert_array_equal(a, b)
    again.close()
