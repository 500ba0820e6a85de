"""Training runs that version 0.1.0 left, before its modules moved: they are resumed as before.

The files and how each was made are in written_before/README.md.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("tensorflow")

from agents.config import NATURE, RAM, SCRIPTED_EXPERT, TrainingConfig, load_config
from agents.learning.learner import Learner
from agents.runs import checkpoint
from agents.runs.curves import draw_curves
from agents.runs.log import LOG, read_log
from agents.runs.train import Run, StopSignal, open_run
from game.system.paths import default_model

pytestmark = pytest.mark.usefixtures("tensorflow")

WRITTEN = Path(__file__).parents[1] / "written_before"
RUNS = WRITTEN / "runs"
SMALL: dict[str, Any] = {
    "emulators": 4,
    "memory_frames": 2_000,
    "refill_steps": 200,
    "learning_starts": 200,
    "frame_cap": 160,
    "log_seconds": 2.0,
    "batch": 8,
    "towers": 1,
    "trial_episodes": 2,
    "precision": "float32",
}
STUDENT = TrainingConfig(
    seed=3, encoder=NATURE, trial_samples=400, n_step_start=3, target_period=4, **SMALL
)
TEACHER = TrainingConfig.of_teacher(
    seed=4, trial_samples=0, target_period=8, updates_together=1, **SMALL
)
CONFIGS = {"student": STUDENT, "teacher": TEACHER}


def written_arrays(name: str) -> dict[str, NDArray[Any]]:
    """The arrays in a checkpoint's file, read without the program."""
    (file,) = (RUNS / name).glob("checkpoint-*.npz")
    with np.load(file, allow_pickle=False) as arrays:
        return {each: arrays[each] for each in arrays.files}


def opened(name: str, tmp_path: Path) -> Run:
    """A copy of a run, resumed with numbers that count for a new one only."""
    return open_run(Path(shutil.copytree(RUNS / name, tmp_path / name)), TrainingConfig(seed=99))


@pytest.mark.parametrize("name", CONFIGS)
def test_its_configuration_is_as_it_was_begun(name: str) -> None:
    assert load_config(RUNS / name) == CONFIGS[name]
    assert json.loads((RUNS / name / "config.json").read_text())["version"] == 6


def test_renamed_numbers_and_values_are_read() -> None:
    config = load_config(RUNS / "teacher")
    assert (config.teacher, config.encoder) == (SCRIPTED_EXPERT, RAM)
    written = json.loads((RUNS / "teacher" / "config.json").read_text())["numbers"]
    assert written["teacher"]["value"] == "marksman"
    assert written["rehearsal_samples"]["value"] == config.state_pretraining_samples
    assert written["rehearsal_learning_rate"]["value"] == config.state_pretraining_learning_rate
    assert written["facts_weight"]["value"] == config.auxiliary_weight
    assert load_config(RUNS / "student").encoder == "s2d4-nature"


def test_the_logs_are_read_and_drawn(tmp_path: Path) -> None:
    entries = {name: read_log(RUNS / name / LOG) for name in CONFIGS}
    assert [entry["samples"] for entry in entries["student"]] == [16, 272, 400, 528, 560, 800, 848]
    assert [e["trial"]["mean"] for e in entries["student"] if "trial" in e] == [5.0, 5.0]
    assert entries["teacher"][-1]["top_pair"] == {"share": 0.7917}
    draw_curves({name: RUNS / name / LOG for name in CONFIGS}, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.training
@pytest.mark.parametrize(
    ("name", "counters", "hours", "best"),
    [
        ("student", (216, 108, 864, 2, 2), 0.004203119034444443, 5.0),
        ("teacher", (448, 448, 3584, 1, 0), 0.0033433479833333206, None),
    ],
)
def test_a_run_goes_on_where_it_stopped(
    name: str,
    counters: tuple[int, ...],
    hours: float,
    best: float | None,
    tmp_path: Path,
) -> None:
    with contextlib.closing(opened(name, tmp_path)) as run, StopSignal() as stop:
        assert run.config == CONFIGS[name]
        steps, updates, samples, starts, trials = counters
        assert (run.agent_steps, run.updates, run.samples) == (steps, updates, samples)
        assert (run.starts, run.trials) == (starts + 1, trials)
        assert (run.hours, run.best, run.pretrained_samples) == (hours, best, 0)
        arrays, restored = written_arrays(name), run.learner.state()
        assert restored.keys() == arrays.keys()
        for each, array in arrays.items():
            np.testing.assert_array_equal(restored[each], array, err_msg=each)
        assert restored["optimizer/0"] == updates, "as many steps as Adam counts"
        run.save()
        loaded = checkpoint.load(run.folder)
        (manifest,) = (RUNS / name).glob("checkpoint-*.json")
        state = json.loads(manifest.read_text())["state"]
        assert loaded is not None
        # "crops_learnt" is newer than these runs, which had none to learn.
        now = state | {"starts": starts + 1, "crops_learnt": True}
        assert loaded[1] == now, "the random states too"

        run.refill(stop)
        scalars = run.advance()
        assert run.agent_steps == steps + 4
        assert run.samples == samples + 4 * run.config.samples_per_step
        assert np.isfinite([float(scalar) for scalar in scalars.values()]).all()
        learnt = run.learner.state()
        assert any((learnt[each] != array).any() for each, array in restored.items())


@pytest.mark.training
def test_a_new_run_begins_with_exported_weights(tmp_path: Path) -> None:
    file = WRITTEN / "model" / "student.npz"
    arrays, state = checkpoint.load_weights(file)
    assert (state["agent_steps"], state["updates"], state["best"]) == (216, 108, 5.0)
    before = {name: a for name, a in written_arrays("student").items() if "online/" in name}
    assert arrays.keys() == before.keys()
    for name, array in before.items():
        np.testing.assert_array_equal(arrays[name], array.astype(np.float16), err_msg=name)
    with contextlib.closing(open_run(tmp_path / "new", STUDENT, file)) as run:
        assert (run.agent_steps, run.updates, run.starts) == (216, 108, 1)
        for name, array in arrays.items():
            np.testing.assert_array_equal(run.learner.state()[name], array, err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dueling_ddqn", "teacher_iqn"])
def test_the_weights_beside_our_models_fit_our_networks(name: str) -> None:
    file = default_model().with_name(f"{name}.npz")
    encoder = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))["encoder"]
    whole = TrainingConfig.of_teacher() if encoder == RAM else TrainingConfig(encoder=encoder)
    learner = Learner(whole)
    arrays, _ = checkpoint.load_weights(file)
    learner.begin_from(arrays)
    for each, array in arrays.items():
        np.testing.assert_array_equal(learner.state()[each], array, err_msg=each)
