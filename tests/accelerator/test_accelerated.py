"""A run exported for an accelerator: JAX makes the same update in the same folder."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.helpers.common import is_one_sentence, stirred

pytest.importorskip("tensorflow")
pytest.importorskip("jax")

from agents.accelerator.portable import PortableError, export_portable
from agents.accelerator.train import (
    AcceleratedError,
    Device,
    DeviceMemory,
    accelerate,
    imitates,
    learning_rate,
)
from agents.config import NATURE, TrainingConfig, load_config
from agents.experience.memory import Batch, Memory
from agents.experience.mirror import mirror
from agents.inference.observation import RAM_OBSERVATION
from agents.inference.preprocess import SIDE, STACK
from agents.learning.learner import Learner
from agents.runs import checkpoint
from agents.runs.log import read_log
from agents.state.targets import BOMBS_X, TARGETS
from game.emulation.cabinet import Action

TEACHER = Path(__file__).parents[2] / "models" / "teacher_iqn.tflite"
LANES, BATCH = 4, 8
CONFIG = dataclasses.replace(
    TrainingConfig(),
    encoder=NATURE,
    towers=1,
    emulators=LANES,
    batch=4,
    mirror=0.0,
    precision="float32",
    imitation_samples=1_000_000,
    teacher=str(TEACHER),
)
ALONE = dataclasses.replace(CONFIG, imitation_samples=0, teacher="", mirror=0.5, target_period=2)
STATE: dict[str, Any] = {
    "updates": 10,
    "agent_steps": 40,
    "hours": 1.0,
    "starts": 1,
    "rehearsed": 0,
}


@pytest.fixture(scope="module", params=[CONFIG, ALONE], ids=["copying", "alone"])
def run(
    request: pytest.FixtureRequest, tensorflow: Any, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    folder.mkdir()
    (folder / "config.json").write_text(request.param.to_json(), encoding="utf-8")
    # As after a while: answers that differ, and a target network that is another one.
    learner = Learner(request.param)
    stirred(learner.online)
    learner.copy_to_target()
    arrays = learner.state()
    arrays |= {n: a * 1.01 for n, a in arrays.items() if n.startswith("target/")}
    checkpoint.save(folder, 40, arrays, STATE)
    export_portable(folder, "cpu", LANES, BATCH)
    return folder


def random_batch(seed: int, taught: bool) -> Batch:
    random = np.random.default_rng(seed)
    stacks, after = (
        random.integers(0, 256, (BATCH, STACK, SIDE, SIDE)).astype(np.uint8) for _ in range(2)
    )
    actions = random.integers(0, len(Action), BATCH).astype(np.int32)
    returns = random.normal(size=BATCH).astype(np.float32)
    discounts = random.choice([0.0, 0.97], BATCH).astype(np.float32)
    state_targets = random.uniform(-0.5, 0.5, (BATCH, TARGETS)).astype(np.float32)
    state_targets[0, BOMBS_X] = np.nan
    q = random.normal(size=(BATCH, len(Action))).astype(np.float32)
    if not taught:
        q, state_targets = np.full_like(q, np.nan), state_targets[:, :0]
    return Batch(stacks, actions, returns, discounts, after, q, state_targets)


def test_the_portable_update_is_the_learners(run: Path) -> None:
    import jax

    loaded = checkpoint.load(run)
    assert loaded is not None
    config = load_config(run)
    learner = Learner(dataclasses.replace(config, batch=BATCH))
    learner.restore(loaded[0])
    update = jax.export.deserialize(bytearray((run / "portable/update.hlo").read_bytes()))
    *parts, target = [
        [loaded[0][f"{part}/{i}"] for i in range(sum(n.startswith(part) for n in loaded[0]))]
        for part in ("online", "optimizer", "target")
    ]
    for seed in range(3):  # Adam's moments count from the second step on
        batch = random_batch(seed, taught=imitates(config))
        scalars = learner.learn(batch, imitate=imitates(config))
        learnt_from = (
            ([], batch.s_tm1, batch.teacher_q, batch.state_targets)
            if imitates(config)
            else (target, batch.s_tm1, batch.a_tm1, batch.r_t, batch.discount_t, batch.s_t)
        )
        *parts, learnt = update.call(*parts, *learnt_from)
    names = json.loads((run / "portable/sizes.json").read_text(encoding="utf-8"))["scalars"]
    assert dict(zip(names, map(float, learnt), strict=True)) == pytest.approx(
        {name: float(scalars[name]) for name in names}, rel=1e-3
    )
    before, after = loaded[0], learner.state()
    for index, variable in enumerate(parts[0]):
        moved = after[f"online/{index}"] - before[f"online/{index}"]
        np.testing.assert_allclose(
            np.asarray(variable) - before[f"online/{index}"], moved, atol=2e-6
        )


def test_a_run_goes_on_with_jax_and_can_be_exported(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agents.runs.export import export_run

    before = checkpoint.load(run)
    monkeypatch.setattr("agents.accelerator.train.LOG_SECONDS", 0.1)
    accelerate(run, 0.02, processes=2, rows=30, updates=1, rates=(1e-3, 1e-4))
    loaded, config = checkpoint.load(run), load_config(run)
    assert before is not None and loaded is not None
    learnt = loaded[1]["updates"] - before[1]["updates"]
    played = loaded[1]["agent_steps"] - before[1]["agent_steps"]
    assert learnt > 0 and learnt * config.batch / BATCH == played / LANES
    assert loaded[1]["hours"] > before[1]["hours"]
    line = read_log(run / "log.jsonl")[-1]
    assert line["samples"] <= loaded[1]["updates"] * config.batch
    assert sum(line["action_shares"]) == pytest.approx(1, abs=1e-3) and line["loss"] > 0
    learner = Learner(config)
    learner.restore(loaded[0])
    assert float(loaded[0]["optimizer/1"]) != pytest.approx(config.learning_rate), "it fell"
    assert float(learner.optimizer.learning_rate) == pytest.approx(config.learning_rate)
    assert any((loaded[0][n] != before[0][n]).any() for n in loaded[0] if n.startswith("online"))
    # Each update is worth two of the run's, and the target is due after every two: they are equal.
    same = all(
        (loaded[0][n] == loaded[0][n.replace("target", "online")]).all()
        for n in loaded[0]
        if n.startswith("target")
    )
    assert same != imitates(config)
    card = export_run(run, run / "model.tflite")
    assert card["training"]["gradient_samples"] == loaded[1]["updates"] * config.batch


def test_an_update_on_the_device_equals_one_from_the_hosts_memory(run: Path) -> None:
    """With the same steps and draws, returns, stacks and mirroring are the same."""
    config = load_config(run)
    if imitates(config):
        pytest.skip("the host's memory draws otherwise, since it could be asked for returns too")
    loaded = checkpoint.load(run)
    assert loaded is not None
    learner = Learner(dataclasses.replace(config, batch=BATCH))
    learner.restore(loaded[0])
    device = Device(run, config, loaded[0])
    rows, most = 16, max(config.n_step, config.n_step_start)
    theirs = DeviceMemory(rows, LANES, config, seed=3)
    ours = Memory(
        rows * LANES,
        LANES,
        most_steps=most,
        gamma=config.gamma,
        reward_clip=config.reward_clip,
        seed=3,
    )
    random = np.random.default_rng(0)
    ram = np.zeros((LANES, RAM_OBSERVATION.stack, *RAM_OBSERVATION.shape), np.uint8)
    for step in range(20):  # the ring is full, and a game ended
        pictures = random.integers(0, 256, (LANES, SIDE, SIDE)).astype(np.uint8)
        actions = random.integers(0, len(Action), LANES)
        rewards, deaths = random.integers(0, 3, LANES), random.random(LANES) < 0.2
        final = np.full(LANES, step == 12) & (np.arange(LANES) == 2)
        device.step(theirs, pictures, ram)
        theirs.add(actions, rewards, deaths, final)
        ours.add(pictures, actions, rewards, deaths, final)
    rate = float(loaded[0]["optimizer/1"])  # the learner's, as it was saved
    scalars = device.named(device.learn(theirs, rate, n_step=3))
    batch = ours.sample(BATCH, 3)
    batch = mirror(batch, ours.random.random(BATCH) < config.mirror)
    learnt = learner.learn(batch)
    assert scalars == pytest.approx({name: float(learnt[name]) for name in scalars}, rel=1e-3)
    after = device.state()
    for name, ours_after in learner.state().items():
        np.testing.assert_allclose(after[name], ours_after, atol=2e-6, err_msg=name)


def test_what_is_drawn_was_played_and_late_steps_come_more_often() -> None:
    rows_held = 20
    memory = DeviceMemory(rows_held, LANES, dataclasses.replace(CONFIG, late_weight=3.0), seed=0)
    late, nothing = np.arange(LANES) == 1, np.zeros(LANES, np.int64)
    for step in range(50):
        ages = memory.begin()
        assert (ages == min(step, STACK)).all() or step > 30
        final = np.full(LANES, step == 30) & (np.arange(LANES) == 2)
        memory.add(nothing, nothing, nothing.astype(bool), final, late)
    memory.begin()  # the oldest row goes already
    played, lanes = memory.draw(20_000)
    rows, lanes, ages = memory.slots(played, lanes)
    np.testing.assert_array_equal(rows, played % rows_held)
    assert not ((played == 30) & (lanes == 2)).any(), "a game's last picture"
    new = np.where(lanes == 2, played - 31, STACK)  # a game began there after its last picture
    np.testing.assert_array_equal(ages, np.minimum(new, STACK))
    shares = np.bincount(lanes, minlength=LANES) / len(lanes)
    assert shares[1] == pytest.approx(3 * shares[0], rel=0.1)
    assert played.min() == 30 + STACK, "a stack reaches no further back than what is kept"


def test_the_learning_rate_is_constant_and_then_falls() -> None:
    rates = [learning_rate(1.0, 0.1, done) for done in (0.0, 0.2, 0.6, 1.0)]
    assert rates == pytest.approx([1.0, 1.0, 0.55, 0.1])


def test_runs_that_cannot_be_used_are_reported_in_one_sentence(tmp_path: Path, run: Path) -> None:
    with pytest.raises(AcceleratedError) as no_run:
        accelerate(tmp_path, 1, 1, 10, 1, (1e-3, 1e-4))
    assert is_one_sentence(no_run.value)
    with pytest.raises(AcceleratedError, match="multiple of the 3 processes") as uneven:
        accelerate(run, 1, 3, 10, 1, (1e-3, 1e-4))
    assert is_one_sentence(uneven.value)
    with pytest.raises(AcceleratedError, match="more than 0") as no_time:
        accelerate(run, 0, 1, 10, 1, (1e-3, 1e-4))
    assert is_one_sentence(no_time.value)
    guided = dataclasses.replace(CONFIG, imitation_samples=0)
    mirrored = dataclasses.replace(CONFIG, mirror=0.5)
    for config, word in (
        (guided, "imitation_samples"),
        (TrainingConfig.of_teacher(teacher=""), "only a student"),
        (mirrored, "mirror=0"),
    ):
        (tmp_path / "config.json").write_text(config.to_json(), encoding="utf-8")
        with pytest.raises(PortableError, match=word) as nothing:
            export_portable(tmp_path, "cpu", LANES, BATCH)
        assert is_one_sentence(nothing.value)


def test_it_runs_where_there_is_no_tensorflow() -> None:
    code = "import sys; sys.modules['tensorflow'] = None; import agents.accelerator.train"
    subprocess.run([sys.executable, "-c", code], check=True)
