"""Emulators in their own process against cabinets stepped here."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.helpers.common import is_one_sentence

pytest.importorskip("gymnasium")

from agents.config import FRAME_SKIP, IMPALA, RAM, TrainingConfig
from agents.experience.collector import RamCollector, open_collector
from agents.experience.emulators import Emulators, EmulatorsError
from agents.inference.episode import play_episode
from agents.inference.observation import RAM_BYTES
from agents.inference.player import FrameStack, Model, ModelError, privileged_model, seeing_model
from game.emulation.cabinet import Action, Cabinet, Rules

ROOT = Path(__file__).parents[2]
COUNT, SEED = 3, 40
SHORT = Rules(frame_cap=900)


@pytest.fixture
def emulators() -> Iterator[Emulators]:
    opened = Emulators(COUNT, SHORT, SEED, pictures=True)
    yield opened
    opened.close()


@pytest.mark.slow
def test_they_play_the_games_that_cabinets_play(emulators: Emulators) -> None:
    cabinets = [Cabinet(SHORT, SEED + lane) for lane in range(COUNT)]
    stacks = [FrameStack() for _ in range(COUNT)]
    next_seed, restarts, ends = SEED + COUNT, 0, set()
    random = np.random.default_rng(1)
    shared = emulators.shared
    for lane, cabinet in enumerate(cabinets):
        stacks[lane].push(cabinet.frame.grey, None)
    for _ in range(260):
        for lane, cabinet in enumerate(cabinets):
            assert bytes(shared.ram[lane, :RAM_BYTES]) == cabinet.ram()
            np.testing.assert_array_equal(shared.pictures[lane], stacks[lane].array[..., -1])
        actions = random.integers(0, 6, COUNT)
        emulators.send(actions)
        emulators.receive()
        for lane in range(COUNT):
            if cabinets[lane].frame.over:
                cabinets[lane] = Cabinet(SHORT, next_seed)
                next_seed, restarts = next_seed + 1, restarts + 1
                stacks[lane].reset()
                stacks[lane].push(cabinets[lane].frame.grey, None)
                assert shared.ram[lane, RAM_BYTES] == Action.NOOP
                assert (shared.rewards[lane], shared.terminated[lane]) == (0, False)
                continue
            score = cabinets[lane].frame.score
            for _ in range(FRAME_SKIP):
                before = cabinets[lane].frame.grey
                frame = cabinets[lane].step(Action(int(actions[lane])))
            stacks[lane].push(frame.grey, before)
            assert shared.ram[lane, RAM_BYTES] == actions[lane]
            assert shared.rewards[lane] == frame.score - score
            assert shared.lives[lane] == frame.lives
            cut_off = bool(shared.truncated[lane])
            assert bool(shared.terminated[lane]) == (frame.over and not cut_off)
            if frame.over:
                ends.add(cut_off)
    assert restarts >= COUNT
    assert True in ends


def test_row_2_the_reason_why_there_are_no_emulators_arrives(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ALE_ROMS_DIR", str(tmp_path))
    with pytest.raises(EmulatorsError, match="ALE_ROMS_DIR") as error:
        Emulators(COUNT, SHORT, SEED, pictures=False)
    assert is_one_sentence(error.value)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere signals end a process at once")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_are_left_to_the_learner(emulators: Emulators, number: int) -> None:
    os.kill(emulators._process.pid or 0, number)
    for _ in range(3):
        emulators.send(np.zeros(COUNT))
        emulators.receive()
    emulators.close()
    assert not emulators._process.is_alive()


@pytest.mark.slow
def test_a_program_ends_though_it_left_its_emulators_open() -> None:
    program = """
from agents.experience.emulators import Emulators
from game.emulation.cabinet import Rules
if __name__ == "__main__":
    emulators = Emulators(1, Rules(), 0, pictures=False)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, cwd=ROOT)


def test_a_lost_process_is_reported_in_one_sentence(emulators: Emulators) -> None:
    emulators._process.kill()
    emulators._process.join()
    with pytest.raises(EmulatorsError) as error:
        emulators.send(np.zeros(COUNT))
        emulators.receive()
    assert is_one_sentence(error.value)


@pytest.fixture(scope="module")
def reader(tensorflow: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that reads RAM, with seeded, untrained weights."""
    import keras

    from agents.networks.networks import iqn_network
    from agents.runs.export import write_model
    from tests.helpers.common import stirred

    keras.utils.set_random_seed(3)
    file = tmp_path_factory.mktemp("reader") / "reader.tflite"
    write_model(stirred(iqn_network(RAM)), file, {"algorithm": "none"}, RAM)
    return file


@pytest.mark.training
def test_a_model_that_reads_ram_plays_as_it_acts_in_training(reader: Path) -> None:
    model = Model(reader)
    assert model.reads_ram
    config = TrainingConfig.of_teacher(emulators=1, frame_cap=2_000)
    collector = RamCollector(config, SEED, pictures=False)
    actions = []
    while not collector.games.count:
        action = model(collector.ram)["q"].argmax(axis=1)
        actions.append(int(action[0]))
        collector.send(action)
        collector.receive()
    collector.close()
    episode = play_episode(privileged_model(model), config.rules(), SEED)
    assert len(set(actions)) > 1
    assert [episode.score] == list(collector.games.recent)
    assert episode.actions == np.bincount(actions, minlength=6).tolist()


@pytest.mark.slow
def test_collectors_show_what_the_encoder_reads_and_the_ram_if_asked() -> None:
    student = dataclasses.replace(TrainingConfig(), emulators=2)
    assert student.encoder == IMPALA
    guided = open_collector(student, SEED, ram=True)
    plain = open_collector(student, SEED)
    teacher = open_collector(TrainingConfig.of_teacher(emulators=2), SEED)
    try:
        assert guided.observations.shape == plain.observations.shape == (2, 4, 84, 84)
        assert guided.ram is not None
        assert guided.ram.shape == teacher.observations.shape == (2, 2, RAM_BYTES + 1)
        assert plain.ram is None
        for _ in range(3):
            guided.send(np.array([1, 2]))
            guided.receive()
        assert not (guided.observations[:, 0] == guided.observations[:, 3]).all()
        assert (guided.ram[:, :, RAM_BYTES] == [[1, 1], [2, 2]]).all()
    finally:
        guided.close()
        teacher.close()


@pytest.mark.slow
def test_a_model_that_reads_ram_is_no_opponent(reader: Path) -> None:
    with pytest.raises(ModelError, match="choose another model") as error:
        seeing_model(reader)
    assert is_one_sentence(error.value)
