"""Two real workers on this machine, each in a process of its own."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.helpers.common import is_one_sentence

pytest.importorskip("tensorflow")

import keras

from agents.config import NATURE, ConfigError, TrainingConfig
from agents.learning import cluster
from agents.learning.cluster import ClusterError, Task, join, read_task
from agents.learning.learner import Learner
from agents.networks.networks import encoder_variables
from agents.runs import checkpoint
from tests.helpers.cluster_worker import learn

ROOT = Path(__file__).parents[2]
# One float32 tower in each of two workers does the arithmetic of two towers in one worker.
ALONE = dataclasses.replace(
    TrainingConfig(),
    encoder=NATURE,
    precision="float32",
    towers=2,
    gradient_norm=0.5,
    learning_rate=0.03,
)
TEACHER_ALONE = dataclasses.replace(
    TrainingConfig.of_teacher(),
    precision="float32",
    towers=2,
    gradient_norm=0.5,
    learning_rate=0.03,
    adam_epsilon=ALONE.adam_epsilon,  # below it a rounding's gradient is a whole step
)
NOTICED_SECONDS = 60
MINI = {
    "encoder": NATURE,
    "emulators": 4,
    "batch": 8,
    "memory_frames": 2_000,
    "learning_starts": 100,
    "refill_steps": 100,
    "exploration_steps": 500,
    "samples_per_step": 8.0,
    "log_seconds": 0.5,
    "checkpoint_minutes": 0.02,
    "check_period": 5,
    "trial_samples": 0,
    "towers": 1,
}


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("localhost", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def start(commands: list[list[str]], indices: list[int]) -> list[subprocess.Popen[str]]:
    """Start the workers `indices` of a cluster of two with their commands."""
    addresses = [f"localhost:{port}" for port in free_ports(2)]
    workers = []
    for command, index in zip(commands, indices, strict=True):
        task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        environment = {**os.environ, "TF_CONFIG": json.dumps(task), "CUDA_VISIBLE_DEVICES": "-1"}
        workers.append(
            subprocess.Popen(
                [sys.executable, *command],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
        )
    return workers


def said(worker: subprocess.Popen[str], timeout: float = 400) -> tuple[int, str]:
    """Wait for a worker; return its status and the sentence that it ended with."""
    try:
        _, errors = worker.communicate(timeout=timeout)
    finally:
        worker.kill()
    ours = [line for line in errors.splitlines() if line.startswith("bigchamp: ")]
    assert "Traceback" not in errors, errors
    return worker.returncode, (ours or [""])[-1]


@pytest.mark.cluster
@pytest.mark.parametrize("one", [ALONE, TEACHER_ALONE], ids=["double-dqn", "iqn"])
def test_two_workers_learn_what_one_does_and_a_difference_is_noticed(
    one: TrainingConfig, tmp_path: Path, tensorflow: Any
) -> None:
    config = dataclasses.replace(one, towers=1).to_json()
    script = str(ROOT / "tests" / "helpers" / "cluster_worker.py")
    command = [script, config, "200", "1", str(tmp_path / "worker")]
    (first, _), (second, sentence) = map(said, start([command, command], [0, 1]))
    assert (first, second) == (0, 1)
    assert "weights of worker 1" in sentence
    assert is_one_sentence(sentence)

    first_state, second_state = (dict(np.load(tmp_path / f"worker-{i}.npz")) for i in (0, 1))
    for name, array in first_state.items():
        np.testing.assert_array_equal(array, second_state[name], err_msg=name)
    keras.utils.set_random_seed(one.seed)
    learner = Learner(one)
    seeing = {f"online/{i}" for i in range(len(encoder_variables(learner.online)))}
    before = learner.state()
    learn(learner, one, 0, 1)
    alone = learner.state()
    assert alone.keys() == first_state.keys()
    for name, array in alone.items():
        moved = np.abs(array - before[name]).max()
        assert np.abs(first_state[name] - array).max() <= 0.01 * moved, name
        if name in seeing and array.ndim == 4:
            assert moved > 1e-4


def train_command(runs: Path, *more: str) -> list[str]:
    settings = [f"--set={name}={value}" for name, value in MINI.items()]
    return ["main.py", "train", "student", "--runs", str(runs), "--name", "two", *settings, *more]


def wait_for(folder: Path, pattern: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not list(folder.glob(pattern)):
        assert time.monotonic() < deadline, f"no {pattern} in {seconds} s"
        time.sleep(0.2)


@pytest.mark.cluster
def test_a_killed_chief_ends_the_job_which_resumes_holds_a_trial_and_ends_on_a_signal(
    tmp_path: Path,
) -> None:
    trial = {"trial_samples": 800, "trial_episodes": 2, "frame_cap": 400}
    command = train_command(tmp_path, *(f"--set={name}={value}" for name, value in trial.items()))
    kill_one(0, command, tmp_path / "two")
    before = checkpoint.load(tmp_path / "two")
    assert before is not None

    log = tmp_path / "two" / "log.jsonl"
    workers = start([command, command], [0, 1])
    try:
        wait_for(tmp_path / "two", "best.npz", 180)  # the other one waits as long
        deadline = time.monotonic() + 60
        while '"agent_steps"' not in log.read_text().partition('"trial"')[2]:
            assert time.monotonic() < deadline, "they do not go on after the trial"
            time.sleep(0.2)
        workers[1].send_signal(signal.SIGTERM)
        assert [said(worker)[0] for worker in workers] == [0, 0]
    finally:
        for worker in workers:
            worker.kill()
    after = checkpoint.load(tmp_path / "two")
    assert after is not None
    assert after[1]["updates"] > before[1]["updates"]
    assert after[1]["starts"] == before[1]["starts"] + 1
    assert after[1]["updates"] * 8 == after[1]["agent_steps"] * 8
    assert after[1]["trials"] > 0
    assert after[1]["best"] is not None


@pytest.mark.cluster
def test_a_killed_worker_ends_the_job_too(tmp_path: Path) -> None:
    kill_one(1, train_command(tmp_path), tmp_path / "two")
    assert checkpoint.load(tmp_path / "two") is not None


def kill_one(lost: int, command: list[str], run: Path) -> None:
    """Let two workers train, and kill one at a checkpoint: the other says so."""
    workers = start([command, command], [0, 1])
    try:
        wait_for(run, "checkpoint-*.json", 120)
        workers[lost].kill()
        killed = time.monotonic()
        status, sentence = said(workers[1 - lost], NOTICED_SECONDS)
        assert time.monotonic() - killed < NOTICED_SECONDS
    finally:
        for worker in workers:
            worker.kill()
    assert status == 1
    assert "resume" in sentence
    assert is_one_sentence(sentence)


@pytest.mark.cluster
def test_worker_that_never_comes_is_named(tmp_path: Path) -> None:
    script = str(ROOT / "tests" / "helpers" / "cluster_worker.py")
    config = dataclasses.replace(ALONE, towers=1).to_json()
    (worker,) = start([[script, config, "5", "-1", str(tmp_path / "w")]], [0])
    status, sentence = said(worker)
    assert status == 1
    assert "did not answer within 5 s" in sentence
    assert sentence.count("localhost:") == 1, "only the one that is missing"


def test_worker_whose_port_is_taken_says_so() -> None:
    with socket.create_server(("", 0)) as taken:
        address = f"localhost:{taken.getsockname()[1]}"
        config = {"cluster": {"worker": [address]}, "task": {"type": "worker", "index": 0}}
        with pytest.raises(ClusterError, match="cannot listen") as error:
            join(json.dumps(config))
    assert is_one_sentence(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"cluster": {"worker": ["a:1"]}}',
        '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}',
        '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": "0"}}',
        '{"cluster": {"worker": ["a:1"]}, "task": {"type": "ps", "index": 0}}',
        '{"cluster": {"worker": ["nowhere"]}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": []}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": 5}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": null}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": [5]}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": ["a:0"]}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": ["a:99999"]}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": ["a:\\u00b2"]}, "task": {"type": "worker", "index": 0}}',
    ],
)
def test_tf_config_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(ClusterError) as error:
        join(text)
    assert is_one_sentence(error.value)


def test_a_peer_whose_name_cannot_be_one_does_not_answer() -> None:
    (port,) = free_ports(1)
    workers = [f"localhost:{port}", "a..b:1"]
    config = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": 0}}
    with pytest.raises(ClusterError, match=r"a\.\.b:1 did not answer") as error:
        join(json.dumps(config), connect_seconds=0.1)
    assert is_one_sentence(error.value)


def test_tf_config_of_a_scheduler_is_understood() -> None:
    vertex = {"chief": ["a:1"], "worker": ["b:1", "c:1"]}
    config = {"cluster": vertex, "task": {"type": "worker", "index": 1}, "environment": "cloud"}
    assert read_task(json.dumps(config)) == Task(["a:1", "b:1", "c:1"], 2)
    config["task"] = {"type": "chief", "index": 0}
    assert read_task(json.dumps(config)) == Task(["a:1", "b:1", "c:1"], 0)


def test_without_tf_config_there_is_one_worker() -> None:
    alone = cluster.join(None)
    assert (alone.chief, alone.workers, alone.index) == (True, 1, 0)
    values = np.arange(3.0)
    np.testing.assert_array_equal(alone.share(values), values)
    assert alone.any(True)
    assert not alone.any(False)
    assert alone.share_text("as it is") == "as it is"


def test_workers_have_equal_parts() -> None:
    whole = TrainingConfig()
    part = whole.part(2)
    assert (part.batch, part.emulators) == (whole.batch // 2, whole.emulators // 2)
    assert part.memory_frames == whole.memory_frames // 2
    assert whole.part(1) == whole
    with pytest.raises(ConfigError) as error:
        whole.part(3)
    assert is_one_sentence(error.value)
