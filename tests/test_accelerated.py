"""A run made portable, and gone on with by XLA alone: the same update, the same folder."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import is_one_sentence

pytest.importorskip("tensorflow")
pytest.importorskip("jax")

from agents import checkpoint
from agents.accelerated import AcceleratedError, DeviceMemory, accelerate, learning_rate
from agents.config import NATURE, TrainingConfig
from agents.facts import BOMBS_X, FACTS
from agents.journal import read_log
from agents.learner import Learner
from agents.memory import Batch
from agents.portable import PortableError, export_portable
from agents.preprocess import SIDE, STACK
from game.cabinet import Action

TEACHER = Path(__file__).parents[1] / "models" / "teacher_iqn.tflite"
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
STATE: dict[str, Any] = {"updates": 10, "agent_steps": 40, "hours": 1.0, "starts": 1}


@pytest.fixture(scope="module")
def run(tensorflow: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    folder.mkdir()
    (folder / "config.json").write_text(CONFIG.to_json(), encoding="utf-8")
    checkpoint.save(folder, 40, Learner(CONFIG).state(), STATE)
    export_portable(folder, "cpu", LANES, BATCH)
    return folder


def random_batch(seed: int) -> Batch:
    random = np.random.default_rng(seed)
    nothing = np.zeros(BATCH, np.float32)
    stacks = random.integers(0, 256, (BATCH, STACK, SIDE, SIDE)).astype(np.uint8)
    facts = random.uniform(-0.5, 0.5, (BATCH, FACTS)).astype(np.float32)
    facts[0, BOMBS_X] = np.nan
    q = random.normal(size=(BATCH, len(Action))).astype(np.float32)
    return Batch(stacks, nothing.astype(np.int32), nothing, nothing, stacks, q, facts)


def test_the_portable_update_is_the_learners(run: Path) -> None:
    import jax

    loaded = checkpoint.load(run)
    assert loaded is not None
    learner = Learner(dataclasses.replace(CONFIG, batch=BATCH))
    learner.restore(loaded[0])
    update = jax.export.deserialize(bytearray((run / "portable/update.hlo").read_bytes()))
    parts = [
        [loaded[0][f"{part}/{i}"] for i in range(sum(n.startswith(part) for n in loaded[0]))]
        for part in ("online", "optimizer")
    ]
    for seed in range(3):  # Adam's moments count from the second step on
        batch = random_batch(seed)
        scalars = learner.learn(batch, imitate=True)
        *parts, told = update.call(*parts, batch.s_tm1, batch.teacher_q, batch.facts)
    names = json.loads((run / "portable/sizes.json").read_text(encoding="utf-8"))["scalars"]
    assert dict(zip(names, map(float, told), strict=True)) == pytest.approx(
        {name: float(scalars[name]) for name in names}, rel=1e-3
    )
    before, after = loaded[0], learner.state()
    for index, variable in enumerate(parts[0]):
        moved = after[f"online/{index}"] - before[f"online/{index}"]
        np.testing.assert_allclose(
            np.asarray(variable) - before[f"online/{index}"], moved, atol=2e-6
        )


def test_a_run_goes_on_by_xla_and_can_be_exported(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agents.export import export_run

    before = checkpoint.load(run)
    monkeypatch.setattr("agents.accelerated.LOG_SECONDS", 0.1)
    accelerate(run, 0.02, processes=2, rows=30, updates=1, rates=(1e-3, 1e-4))
    loaded = checkpoint.load(run)
    assert before is not None and loaded is not None
    learnt = loaded[1]["updates"] - before[1]["updates"]
    played = loaded[1]["agent_steps"] - before[1]["agent_steps"]
    assert learnt > 0 and learnt * CONFIG.batch / BATCH == played / LANES
    assert loaded[1]["hours"] > before[1]["hours"]
    line = read_log(run / "log.jsonl")[-1]
    assert line["samples"] <= loaded[1]["updates"] * CONFIG.batch
    assert sum(line["action_shares"]) == pytest.approx(1, abs=1e-3) and line["loss"] > 0
    Learner(CONFIG).restore(loaded[0])
    assert any((loaded[0][n] != before[0][n]).any() for n in loaded[0] if n.startswith("online"))
    card = export_run(run, run / "model.tflite")
    assert card["training"]["gradient_samples"] == loaded[1]["updates"] * CONFIG.batch


def test_what_is_drawn_was_played_and_late_steps_come_more_often(run: Path) -> None:
    memory = DeviceMemory(rows=20, lanes=LANES, late_weight=3.0, seed=0)
    late = np.arange(LANES) == 1
    for step in range(50):
        ages = memory.begin(late)
        assert (ages == min(step, STACK)).all() or step > 30
        memory.end(np.full(LANES, step == 30) & (np.arange(LANES) == 2))
    rows, lanes, ages = memory.draw(20_000)
    useless = 30 % 20
    assert not ((rows == useless) & (lanes == 2)).any(), "a game's last picture"
    played = np.where(rows < 10, rows + 40, rows + 20)  # the step that each row holds
    new = np.where(lanes == 2, played - 31, STACK)  # a game began there after its last picture
    np.testing.assert_array_equal(ages, np.minimum(new, STACK))
    shares = np.bincount(lanes, minlength=LANES) / len(lanes)
    assert shares[1] == pytest.approx(3 * shares[0], rel=0.1)
    assert played.min() == 30 + STACK, "a stack reaches no further back than what is kept"


def test_the_learning_rate_is_level_and_then_falls() -> None:
    rates = [learning_rate(1.0, 0.1, done) for done in (0.0, 0.2, 0.6, 1.0)]
    assert rates == pytest.approx([1.0, 1.0, 0.55, 0.1])


def test_what_cannot_be_gone_on_with_is_said_in_one_sentence(tmp_path: Path, run: Path) -> None:
    with pytest.raises(AcceleratedError) as no_run:
        accelerate(tmp_path, 1, 1, 10, 1, (1e-3, 1e-4))
    assert is_one_sentence(no_run.value)
    with pytest.raises(AcceleratedError, match="multiple of the 3 processes") as uneven:
        accelerate(run, 1, 3, 10, 1, (1e-3, 1e-4))
    assert is_one_sentence(uneven.value)
    with pytest.raises(AcceleratedError, match="more than 0") as no_time:
        accelerate(run, 0, 1, 10, 1, (1e-3, 1e-4))
    assert is_one_sentence(no_time.value)
    alone = tmp_path / "config.json"
    alone.write_text(TrainingConfig().to_json(), encoding="utf-8")
    with pytest.raises(PortableError, match="imitation_samples") as nothing:
        export_portable(tmp_path, "cpu", LANES, BATCH)
    assert is_one_sentence(nothing.value)


def test_it_runs_where_there_is_no_tensorflow() -> None:
    code = "import sys; sys.modules['tensorflow'] = None; import agents.accelerated"
    subprocess.run([sys.executable, "-c", code], check=True)
