"""Miniature runs. Each that learns compiles its update anew, so few do."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from tests.helpers.common import is_one_sentence
from tests.helpers.odd_models import WRONG, odd_model

pytest.importorskip("tensorflow")

from agents.config import IMPALA_CROPS, NATURE, ConfigError, TrainingConfig, load_config
from agents.experience import collector
from agents.inference.episode import POSITION_BUCKET
from agents.inference.evaluate import EvaluationError, EvaluationStoppedError
from agents.inference.player import Model, ModelError
from agents.learning.learner import Learner
from agents.learning.schedules import exploration, learning_rate, return_steps
from agents.networks.networks import encoder_variables
from agents.runs import checkpoint, train, trials
from agents.runs.export import ExportError, export_run
from agents.runs.train import (
    Run,
    StopSignal,
    TrainingError,
    encoder_of,
    open_run,
)
from agents.runs.train import (
    train as train_run,
)
from agents.state import ram_map
from game.emulation.cabinet import Rules

pytestmark = [pytest.mark.usefixtures("tensorflow"), pytest.mark.training]

MINI = dataclasses.replace(
    TrainingConfig(),
    encoder=NATURE,  # with one tower compiled in a third of the time
    towers=1,
    emulators=4,
    memory_frames=2_000,
    learning_starts=200,
    refill_steps=200,
    exploration_steps=500,
    log_seconds=0.5,
    batch=8,
    n_step_start=3,
    samples_per_step=8.0,
    target_period=4,
    precision="float32",
    frame_cap=160,
    trial_samples=0,
)


@pytest.fixture(scope="module", autouse=True)
def threads() -> Iterator[None]:
    """Leave the threads as the fixture `tensorflow` set them: a process can do it only once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "set_threads", lambda _towers: None)
        yield


@pytest.fixture(scope="module")
def finished(tensorflow: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that was stopped after three lines of its log."""
    folder = tmp_path_factory.mktemp("runs") / "mini"
    lines: list[object] = []

    def stop_after_three(entry: object, _minutes_left: object) -> None:
        lines.append(entry)
        if len(lines) == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "_show", stop_after_three)
        train_run(folder, MINI, minutes=None, until=None)
    return folder


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Learn nothing, which needs no compiling."""
    scalars = {"loss": 0.0, "gradient_norm": 0.0, "q_online": 0.0}
    monkeypatch.setattr(Learner, "learn", lambda _self, _batch, *_: scalars)


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished run."""
    return Path(shutil.copytree(finished, tmp_path / "mini"))


def state_of(folder: Path) -> dict[str, Any]:
    found = checkpoint.load(folder)
    assert found is not None
    return found[1]


def lines_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_run_leaves_configuration_log_and_checkpoint(finished: Path) -> None:
    assert load_config(finished) == MINI
    entries = lines_of(finished)
    assert len(entries) == 3
    for entry in entries:
        assert entry["samples_per_s"] > 0
        assert entry["score"] >= 0
        assert entry["games"] > 0
        assert sum(entry["action_shares"]) == pytest.approx(1, abs=1e-3)
        measured = ("loss", "gradient_norm", "q_online", "q_target", "q_gap", "td_error")
        assert np.isfinite([entry[name] for name in measured]).all()
        assert 0 < entry["action_entropy_bits"] <= np.log2(6)
        assert "top_pair" not in entry, "pictures do not tell where the cannon is"
    assert [e["samples"] for e in entries] == sorted({e["samples"] for e in entries})

    state = state_of(finished)
    assert state["agent_steps"] == entries[-1]["agent_steps"] > 0
    assert state["updates"] * MINI.batch == state["agent_steps"] * MINI.samples_per_step
    assert state["hours"] > 0
    assert state["starts"] == 1
    (arrays,) = finished.glob("checkpoint-*.npz")
    assert arrays.stem.endswith(str(state["updates"] * MINI.batch))
    assert (finished / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert sum(file.stat().st_size for file in (finished / "events").iterdir()) > 0


def test_the_live_line_shows_progress_score_time_rates_value_and_actions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    entry: dict[str, Any] = {
        "samples": 1_234_567,
        "score": 321.4,
        "samples_per_s": 359.4,
        "agent_steps_per_s": 89.6,
        "q_online": 1.234,
        "action_shares": [0.01, 0.02, 0.03, 0.04, 0.4, 0.5],
    }
    train._show(entry, 12.3)
    assert capsys.readouterr().out == (
        "1.23 million gradient samples, score 321, 12 minutes left, 359 samples/s, 90 steps/s, "
        "expected hits 1.23, actions 1% 2% 3% 4% 40% 50%\n"
    )
    train._show(entry | {"score": None}, None)
    assert "score -, 359 samples/s" in capsys.readouterr().out


def test_the_live_line_fits_a_terminal_and_leaves_it_clean(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    train._live("x" * 100)
    train._end_live()
    first, shown, last = capsys.readouterr().out.split("\r\x1b[K")
    assert (first, shown, last) == ("", "x" * 39, "")


@pytest.mark.usefixtures("idle")
def test_a_kill_loses_at_most_five_minutes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = itertools.count(0.0, 20.0)  # of a step: a slow machine
    now = [0.0]

    def monotonic() -> float:
        now[0] = next(seconds)
        return now[0]

    saves: list[float] = []
    monkeypatch.setattr(train, "time", SimpleNamespace(monotonic=monotonic))
    monkeypatch.setattr(Run, "save", lambda _run: saves.append(now[0]))
    train_run(folder, MINI, minutes=15)
    assert len(saves) >= 3
    assert max(np.diff([0, *saves])) <= 300
    assert saves[-1] == now[0], "and the end is saved"


def test_target_is_copied_every_period(finished: Path) -> None:
    found = checkpoint.load(finished)
    assert found is not None
    arrays, state = found
    assert state["updates"] % MINI.target_period == 0
    online = [name for name in arrays if name.startswith("online/")]
    assert len(online) > 10
    for name in online:
        np.testing.assert_array_equal(arrays[name], arrays[name.replace("online", "target")])


def test_resumed_run_continues_where_it_stopped(folder: Path) -> None:
    before, lines = state_of(folder), lines_of(folder)
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    train_run(folder, dataclasses.replace(MINI, seed=9), minutes=0.001, until=None)
    after, entry = state_of(folder), lines_of(folder)[-1]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert load_config(folder) == MINI  # a run keeps the configuration that it has
    assert after["starts"] == 2
    assert after["agent_steps"] == entry["agent_steps"] > before["agent_steps"]
    assert after["updates"] * MINI.batch == entry["samples"] > before["updates"] * MINI.batch
    assert after["hours"] > before["hours"]
    assert len(lines_of(folder)) == len(lines) + 1


def test_reopened_run_has_the_counters_weights_and_generators(folder: Path) -> None:
    arrays, state = checkpoint.load(folder) or ({}, {})
    run = open_run(folder, MINI)
    assert (run.agent_steps, run.updates) == (state["agent_steps"], state["updates"])
    assert (run.hours, run.starts) == (state["hours"], state["starts"] + 1)
    for name, array in run.learner.state().items():
        np.testing.assert_array_equal(array, arrays[name], err_msg=name)
    assert (exploration(run.config, run.agent_steps) < 1).all()
    run.save()
    again = state_of(folder)
    assert (again["random"], again["memory_random"]) == (state["random"], state["memory_random"])


def weights_after(folder: Path, updates: int, stop_at: int | None = None) -> dict[str, Any]:
    """Train `updates` updates in `folder`, in one go or closed and opened again at `stop_at`."""
    run = open_run(folder, MINI)
    run.refill(StopSignal())
    while run.updates < (stop_at or updates):
        run.advance()
    run.save()
    return run.learner.state() if stop_at is None else weights_after(folder, updates)


@pytest.fixture(scope="module")
def unbroken(tensorflow: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of 24 updates that nothing stopped."""
    folder = tmp_path_factory.mktemp("unbroken")
    weights_after(folder, 24)
    return folder


def test_same_seed_trains_to_the_same_weights(unbroken: Path, tmp_path: Path) -> None:
    first, second = (checkpoint.load(unbroken) or ({}, {}))[0], weights_after(tmp_path, 24)
    assert set(first) == set(second)
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name], err_msg=name)
    moved = [name for name in first if name.startswith("online/") and first[name].any()]
    assert len(moved) > 20


def test_same_seed_makes_the_same_teacher(tmp_path: Path) -> None:
    config = TrainingConfig.of_teacher(
        emulators=4, refill_steps=200, memory_frames=2_000, batch=32, updates_together=1
    )
    runs = [Run(tmp_path / name, config) for name in ("first", "second")]
    for run in runs:
        run.refill(StopSignal())
        while run.updates < 24:
            run.advance()
    first, second = (run.learner.state() for run in runs)
    assert set(first) == set(second)
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name], err_msg=name)
    here = ram_map.CANNON_RANGE[0] // POSITION_BUCKET
    assert runs[0]._done[here].any(), "it begins at the left"
    assert not runs[0]._done[:here].any()
    measured = [run.measured() for run in runs]
    assert measured[0] == measured[1]
    runs[0]._done[4:6, 3] = 3, 1
    assert runs[0].measured()["top_pair"] == {"share": 0.75}
    runs[0]._points, runs[0]._deaths = 250, 2
    for counts in ([250, 2], [0, 0]):  # each line has what came since the one before
        measured_now = runs[0].measured()
        assert [measured_now[name] for name in ("points", "deaths")] == counts
    for run in runs:
        run.close()


def test_resumed_run_has_the_counters_of_an_unbroken_one(unbroken: Path, tmp_path: Path) -> None:
    weights_after(tmp_path, 24, stop_at=12)
    whole, parts = state_of(unbroken), state_of(tmp_path)
    for counter in ("agent_steps", "updates", "trials", "best"):
        assert whole[counter] == parts[counter], counter
    assert (whole["starts"], parts["starts"]) == (1, 2)
    rates = [exploration(MINI, state["agent_steps"]) for state in (whole, parts)]
    np.testing.assert_array_equal(*rates)
    iterations = [
        (checkpoint.load(folder) or ({}, {}))[0]["optimizer/0"] for folder in (unbroken, tmp_path)
    ]
    assert iterations[0] == iterations[1] == 24


def test_stop_while_the_memory_fills_ends_and_saves(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state_of(folder)
    monkeypatch.setattr(train, "_live", lambda _line: os.kill(os.getpid(), signal.SIGINT))
    train_run(folder, MINI, minutes=None, until=None)
    after = state_of(folder)
    assert after["starts"] == before["starts"] + 1
    assert (after["updates"], after["hours"]) == (before["updates"], before["hours"])


@pytest.mark.usefixtures("idle")
def test_run_ends_at_the_wanted_score_or_when_time_is_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "RECENT_GAMES", 12)
    games: list[int] = []
    monkeypatch.setattr(Run, "draw", lambda run: games.append(run.collector.games.count))
    train_run(folder, MINI, minutes=5, until=0)  # every score is enough
    assert 12 <= games[-1] < 12 + MINI.emulators
    before = len(lines_of(folder))
    train_run(folder, MINI, minutes=0.03, until=1e9)  # no score is
    assert len(lines_of(folder)) > before + 1


def test_full_disk_ends_a_run_in_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state_of(folder)

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(train, "_live", lambda _line: os.kill(os.getpid(), signal.SIGINT))
    monkeypatch.setattr(checkpoint, "write_atomically", full_disk)
    with pytest.raises(TrainingError, match="No space left") as error:
        train_run(folder, MINI, minutes=None, until=None)
    assert is_one_sentence(error.value)
    assert state_of(folder) == before


def test_a_run_goes_on_after_a_trial_that_cannot_be_held(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = open_run(folder, MINI)
    run.config = dataclasses.replace(MINI, trial_samples=16)
    for error in (EvaluationError("one"), ExportError("another"), ModelError("a third")):
        monkeypatch.setattr(trials, "export_run", Mock(side_effect=error))
        assert run.trial_due()
        assert run.hold_trial(StopSignal())["failed"] == str(error)
        assert not run.trial_due()
        assert run.best is None
        run.updates += 2
    run.close()


def watch(run: Run) -> tuple[list[Any], list[Any]]:
    """Keep what the emulators showed when actions were sent, and the memory's rows."""
    sent: list[Any] = []
    rows: list[Any] = []
    send, add = run.collector.send, run.memory.add

    def sending(actions: Any) -> None:
        sent.append((run.collector.observations[:, -1].copy(), actions.copy()))
        send(actions)

    def adding(**row: Any) -> None:
        assert len(rows) < 1_000, "the memory fills for ever"
        rows.append(row)
        add(**row)

    run.collector.send = sending  # type: ignore[method-assign]
    run.memory.add = adding  # type: ignore[method-assign]
    return sent, rows


@pytest.mark.usefixtures("idle")
def test_a_refill_is_enough_to_learn_from(tmp_path: Path) -> None:
    run = Run(tmp_path, dataclasses.replace(MINI, learning_starts=0))
    run.refill(StopSignal())
    run.advance()
    assert run.updates > 0


def test_refill_stops_at_the_memorys_size(tmp_path: Path) -> None:
    run = Run(tmp_path, dataclasses.replace(MINI, memory_frames=50, learning_starts=10_000))
    _, rows = watch(run)
    run.refill(StopSignal())
    assert len(rows) == 12


@pytest.mark.usefixtures("idle")
def test_workers_compare_their_weights_every_period(tmp_path: Path) -> None:
    run = Run(tmp_path, dataclasses.replace(MINI, check_period=3))
    compared: list[int] = []
    others = SimpleNamespace(
        workers=2, index=0, chief=True, check_equal=lambda _: compared.append(run.updates)
    )
    run.refill(StopSignal())
    run.cluster = others  # type: ignore[assignment]
    while run.updates < 10:
        run._learn()
    assert compared == [3, 6, 9]


@pytest.mark.usefixtures("idle")
def test_memory_gets_what_the_emulators_showed_and_did(tmp_path: Path) -> None:
    run = Run(tmp_path, MINI)
    sent, rows = watch(run)
    run.refill(StopSignal())
    for _ in range(10):
        run.advance()
    assert len(sent) == len(rows) == 60
    assert (run.agent_steps, run.samples) == (40, 320)
    for (shown, done), row in zip(sent, rows, strict=True):
        np.testing.assert_array_equal(row["frames"], shown)
        np.testing.assert_array_equal(row["actions"], done)
        assert [row[name].shape for name in ("rewards", "deaths", "final")] == [(4,)] * 3
        assert row["teacher_q"] is None
        assert not {"late", "state_targets"} & set(row), "the RAM is not read"
    assert any(row["final"].any() for row in rows)
    assert sum(run.measured()["action_shares"]) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("algorithm", "munchausen", "soft"),
    [("double-dqn", 0.9, False), ("iqn", 0.0, False), ("iqn", 0.9, True)],
)
def test_only_a_soft_learner_acts_softly(
    algorithm: str, munchausen: float, soft: bool, tmp_path: Path
) -> None:
    config = dataclasses.replace(MINI, algorithm=algorithm, munchausen=munchausen)
    run = Run(tmp_path, config)
    odds = np.array([0.6, 0.3, 0.1, 0, 0, 0])
    with np.errstate(divide="ignore"):
        q = np.tile(np.maximum(np.log(odds), -99), (4_000, 1)) * config.munchausen_temperature
    shares = np.bincount(run._choose(q.astype(np.float32)), minlength=6) / len(q)
    expected = odds if soft else np.eye(6)[0]
    np.testing.assert_allclose(shares, expected, atol=0.04)


GUIDED = dataclasses.replace(MINI, offline_updates=3, guide_steps=80, refill_steps=200)


@pytest.fixture
def teacher(tiny_model: Path, tmp_path: Path) -> Path:
    """A measured teacher with a mean of 400 points."""
    file = tmp_path / "teacher.tflite"
    shutil.copyfile(tiny_model, file)
    card = json.loads(tiny_model.with_suffix(".json").read_text())
    card["results"] = {"sticky 0.25": {"summary": {"mean": 400.0}}}
    file.with_suffix(".json").write_text(json.dumps(card))
    return file


@pytest.mark.usefixtures("idle")
def test_a_teacher_fills_the_memory_acts_less_and_less_and_is_let_go(
    teacher: Path, tmp_path: Path
) -> None:
    config = dataclasses.replace(GUIDED, teacher=str(teacher), exploration_high=0.001)
    config = dataclasses.replace(config, exploration_low=0.001)
    run = open_run(tmp_path / "guided", config)
    sent, rows = watch(run)
    run.refill(StopSignal())
    assert len(rows) == 50, "a guided run begins with as much as a resumed one"
    stacks = run.collector.observations
    np.testing.assert_array_equal(
        Model(teacher)(np.moveaxis(stacks, 1, -1))["q"],
        run._teacher.q(stacks, None),  # type: ignore[union-attr]
    )
    follows = [
        (actions == row["teacher_q"].argmax(axis=1)).mean()
        for (_, actions), row in zip(sent, rows, strict=True)
    ]
    assert np.mean(follows) > 0.98

    for _ in range(3):
        run.advance()
    assert (run.updates, run.agent_steps) == (3, 0), "first it learns without acting"
    shares = []
    for _ in range(20):
        shares.append(run.measured()["teacher_share"])
        run.advance()
    assert shares == pytest.approx(np.linspace(1, 0, 20, endpoint=False))
    assert run.measured()["teacher_share"] == 0
    assert run.samples == (3 * 8) + 80 * 8
    follows = [
        (actions == row["teacher_q"].argmax(axis=1)).mean()
        for (_, actions), row in zip(sent[50:], rows[50:], strict=True)
    ]
    assert np.mean(follows[:5]) > np.mean(follows[-5:]), "it acts less and less"
    helped = run.collector.games.count
    assert helped > 0
    run.advance()
    assert run.measured()["score"] is None, "games that it helped with say nothing of the student"
    assert not run.reached(0)
    chosen: list[Any] = []
    choose = run._choose

    def choosing(q: Any) -> Any:
        chosen.append(choose(q))
        return chosen[-1]

    run._choose = choosing  # type: ignore[method-assign]
    for _ in range(10):
        run.advance()
    done = [actions for _, actions in sent[-10:]]
    assert np.mean(np.array(done) == np.array(chosen)) > 0.98, "now the student acts alone"

    assert run.guidance() == config.distill_weight
    run.best = 300.0  # of the teacher's 400
    assert run.guidance() == pytest.approx(config.distill_weight / 4)
    run.advance()
    assert rows[-1]["teacher_q"] is not None, "its values are still distilled"
    run.best = 401.0
    assert run.guidance() == 0
    run.advance()
    assert rows[-1]["teacher_q"] is None, "nobody asks it any more"
    run.config = dataclasses.replace(config, imitation_samples=run.samples + 1)
    run.advance()
    assert rows[-1]["teacher_q"] is not None, "but who copies it does"


@pytest.mark.parametrize(
    "wrong", ["missing", "never measured", "never scored", "damaged", "width", "side"]
)
def test_teacher_that_cannot_guide_is_refused(
    wrong: str, teacher: Path, tmp_path: Path, tensorflow: Any
) -> None:
    card = teacher.with_suffix(".json")
    if wrong == "missing":
        teacher.unlink()
    elif wrong == "damaged":
        teacher.write_bytes(teacher.read_bytes()[:-100])
    elif wrong in WRONG:  # another shape
        data = odd_model(tensorflow, wrong, tmp_path)
        teacher.write_bytes(data)
        sha256 = hashlib.sha256(data).hexdigest()
        card.write_text(json.dumps(json.loads(card.read_text()) | {"sha256": sha256}))
    else:
        data = json.loads(card.read_text())
        data["results"] = {} if wrong == "never measured" else data["results"]
        for result in data["results"].values():
            result["summary"]["mean"] = 0
        card.write_text(json.dumps(data))
    config = dataclasses.replace(GUIDED, teacher=str(teacher))
    with pytest.raises(TrainingError, match="teacher") as error:
        open_run(tmp_path / "guided", config)
    assert is_one_sentence(error.value)


def test_exploration_falls_to_a_spread_of_rates() -> None:
    final = np.geomspace(MINI.exploration_low, MINI.exploration_high, MINI.emulators)
    np.testing.assert_allclose(exploration(MINI, 0), np.ones(4))
    np.testing.assert_allclose(exploration(MINI, 250), (1 + final) / 2)
    for steps in (500, 501, 10**9):
        np.testing.assert_allclose(exploration(MINI, steps), final)
    guided = dataclasses.replace(MINI, teacher="teacher.tflite")
    np.testing.assert_allclose(exploration(guided, 0), final)


def test_configuration_survives_a_round_trip_with_units_and_sources() -> None:
    assert TrainingConfig.from_json(MINI.to_json()) == MINI
    for number in json.loads(MINI.to_json())["numbers"].values():
        assert number["unit"]
        assert number["source"]


def without(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(MINI.to_json())
    del data["numbers"][name]
    return data


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({**json.loads(MINI.to_json()), "version": 99}).encode(),
        json.dumps(without("gamma")).encode(),
        MINI.to_json().replace('"gamma"', '"lambda"').encode(),
        MINI.to_json().replace('"value": 8,', '"value": "many",').encode(),
        b'{"version": 1, "numbers": [1]}',
        b'{"version": 1, "numbers": {"gamma": 1}}',
        b"[]",
        b"{",
        b"",
        b"\xff\xfe\x00",
    ],
)
def test_configuration_of_another_version_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(data)
    with pytest.raises(TrainingError) as error:
        open_run(tmp_path, MINI)
    assert is_one_sentence(error.value)
    assert (tmp_path / "config.json").read_bytes() == data
    with pytest.raises(ConfigError):
        load_config(tmp_path)


def test_a_configuration_from_before_the_falling_learning_rate_is_read() -> None:
    numbers = json.loads(MINI.to_json())["numbers"]
    for name in ("last_learning_rate", "learning_rate_samples"):
        del numbers[name]
    written = json.dumps({"version": 7, "numbers": numbers})
    assert TrainingConfig.from_json(written) == MINI


@pytest.mark.parametrize("name", ["file", "file/run"])
def test_file_where_the_folder_should_be_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TrainingError, match="cannot write") as error:
        train_run(tmp_path / name, MINI, minutes=1, until=None)
    assert is_one_sentence(error.value)


def test_a_run_whose_checkpoints_are_all_damaged_is_not_started_again(folder: Path) -> None:
    (arrays,) = folder.glob("checkpoint-*.npz")
    arrays.write_bytes(arrays.read_bytes()[:1000])
    with pytest.raises(TrainingError, match="is damaged") as error:
        open_run(folder, MINI)
    assert is_one_sentence(error.value)
    assert arrays.exists()


@pytest.mark.parametrize("wrong", ["arrays", "state"])
def test_checkpoint_of_another_version_is_refused(wrong: str, folder: Path) -> None:
    arrays, state = checkpoint.load(folder) or ({}, {})
    if wrong == "arrays":
        arrays["online/0"] = arrays["online/0"][..., 1:]
    else:
        del state["hours"]
    checkpoint.save(folder, 10**9, arrays, state)
    with pytest.raises(TrainingError, match="another version") as error:
        open_run(folder, MINI)
    assert is_one_sentence(error.value)


def test_a_new_run_begins_with_the_weights_and_counters_of_another(
    finished: Path, tmp_path: Path
) -> None:
    loaded = checkpoint.load(finished)
    assert loaded is not None
    arrays, state = loaded
    file = tmp_path / "start.npz"
    file.write_bytes(checkpoint.weights_file(arrays, state))
    run = Run(tmp_path / "next", dataclasses.replace(MINI, trial_samples=16), file)
    assert (run.agent_steps, run.updates, run.hours) == (
        state["agent_steps"],
        state["updates"],
        state["hours"],
    )
    assert not run.trial_due()
    # Its samples are counted on, whatever the batch.
    file.write_bytes(checkpoint.weights_file(arrays, state | {"samples": 10 * MINI.batch}))
    half = dataclasses.replace(MINI, batch=MINI.batch // 2)
    assert Run(tmp_path / "half", half, file).samples == 10 * MINI.batch
    fresh = run.learner.state()
    for name in (n for n in arrays if n.startswith("online/")):
        np.testing.assert_allclose(fresh[name], arrays[name], rtol=1e-3, atol=1e-6)
        np.testing.assert_array_equal(fresh[name.replace("online", "target")], fresh[name])


def test_a_teacher_begins_with_the_encoder_of_a_student(finished: Path, tmp_path: Path) -> None:
    loaded = checkpoint.load(finished)
    assert loaded is not None
    file = tmp_path / "student.npz"
    file.write_bytes(checkpoint.weights_file(*loaded))
    config = dataclasses.replace(MINI, algorithm="iqn", encoder_from=str(file))
    run = Run(tmp_path / "teacher", config)
    assert (run.updates, run.hours) == (0, 0)
    for taken, given in zip(
        encoder_variables(run.learner.online), loaded[0].values(), strict=False
    ):
        np.testing.assert_allclose(taken, given, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("damage", ["missing", "other shape"])
def test_an_encoder_that_cannot_be_taken_is_named(damage: str, tmp_path: Path) -> None:
    file = tmp_path / "eye.npz"
    if damage == "other shape":
        file.write_bytes(checkpoint.weights_file({"online/0": np.zeros((2, 2))}, {}))
    with pytest.raises(TrainingError, match="cannot take the encoder") as error:
        Run(tmp_path / "next", dataclasses.replace(MINI, encoder_from=str(file)))
    assert is_one_sentence(error.value)


def test_returns_grow_shorter() -> None:
    config = dataclasses.replace(MINI, n_step=3, n_step_start=10, n_step_samples=1_000)
    lengths = [return_steps(config, samples) for samples in range(0, 2_000, 50)]
    assert lengths[0] == 10
    assert lengths[20:] == [3] * 20
    assert lengths == sorted(lengths, reverse=True)
    assert len(set(lengths)) == 8
    assert return_steps(dataclasses.replace(config, n_step_samples=0), 0) == 3


def test_the_learning_rate_is_constant_unless_it_is_to_fall() -> None:
    config = dataclasses.replace(MINI, learning_rate=1.0, last_learning_rate=0.2)
    assert learning_rate(config, 500) == 1.0
    falling = dataclasses.replace(config, learning_rate_samples=1_000)
    rates = [learning_rate(falling, samples) for samples in (0, 500, 1_000, 9_000)]
    assert rates == pytest.approx([1.0, 0.6, 0.2, 0.2])


def test_weights_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "start.npz"
    file.write_bytes(checkpoint.weights_file({"online/0": np.zeros((2, 2))}, {"updates": 1}))
    with pytest.raises(TrainingError) as error:
        Run(tmp_path / "next", MINI, file)
    assert is_one_sentence(error.value)


@pytest.mark.parametrize(
    ("card", "encoder"),
    [
        ({"encoder": IMPALA_CROPS}, [IMPALA_CROPS]),
        ({"encoder": "another"}, []),
        ({"encoder": None}, []),
        ({}, []),
        (None, []),
    ],
)
def test_a_run_has_the_encoder_of_the_weights_that_it_begins_with(
    card: dict[str, Any] | None, encoder: list[str], tmp_path: Path
) -> None:
    if card is not None:
        (tmp_path / "start.json").write_text(json.dumps(card))
    assert encoder_of(tmp_path / "start.npz") == encoder
    assert encoder_of(None) == []


def test_numbers_of_a_run_can_be_set_by_name() -> None:
    changed = MINI.changed(["n_step=5", "gamma=0.5", "precision=float32"])
    assert (changed.n_step, changed.gamma, changed.precision) == (5, 0.5, "float32")
    assert MINI.changed([]) == MINI


@pytest.mark.parametrize(
    "setting",
    [
        "n_steps=5",
        "n_step=many",
        "n_step",
        "=3",
        "encoder=eye",
        "towers=3",
        "towers=0",
        "guide_steps=0",
        "exploration_steps=-1",
        "gamma=nan",
        "gamma=2",
        "mirror=2",
        "sticky=2",
        "frame_cap=0",
        "exploration_low=0",
        "distill_temperature=0",
        "learning_rate=inf",
        "learning_rate=-1e-4",
    ],
)
def test_a_number_that_is_none_is_refused(setting: str) -> None:
    with pytest.raises(ConfigError) as error:
        MINI.changed([setting])
    assert is_one_sentence(error.value)
    assert ("try n_step" in str(error.value)) == (setting == "n_steps=5")


@pytest.mark.parametrize(
    ("setting", "now"),
    [
        ("rehearsal_samples=5", "--set state_pretraining_samples=5"),
        ("rehearsal_learning_rate=1e-4", "--set state_pretraining_learning_rate=1e-4"),
        ("facts_weight=2", "--set auxiliary_weight=2"),
        ("teacher=marksman", "'scripted-expert'"),
    ],
)
def test_a_number_that_was_renamed_names_the_new_one(setting: str, now: str) -> None:
    with pytest.raises(ConfigError, match="is now called") as error:
        MINI.changed([setting])
    assert now in str(error.value)
    assert is_one_sentence(error.value)


def test_a_run_that_exists_keeps_its_numbers_and_says_so(tmp_path: Path) -> None:
    asked = dataclasses.replace(MINI.changed(["gamma=0.5"]), seed=9)
    MINI.compare(asked, ["n_step"])  # nobody asked for another seed or gamma
    with pytest.raises(ConfigError, match=r"gamma=0\.99") as error:
        MINI.compare(asked, ["n_step", "gamma"])
    assert is_one_sentence(error.value)
    (tmp_path / "config.json").write_text(MINI.to_json())
    with pytest.raises(TrainingError, match=r"gamma=0\.99"):
        open_run(tmp_path, asked, asked=["gamma"])


def test_a_run_that_cannot_be_opened_is_not_started(tmp_path: Path) -> None:
    missing = dataclasses.replace(MINI, teacher="nowhere.tflite")
    with pytest.raises(TrainingError, match=r"nowhere\.tflite"):
        open_run(tmp_path, missing, asked=["teacher"])
    run = open_run(tmp_path, MINI, asked=["teacher"])
    run.close()
    assert load_config(tmp_path) == MINI


def test_a_memory_that_is_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="too few") as error:
        Run(tmp_path, dataclasses.replace(MINI, memory_frames=20))
    assert is_one_sentence(error.value)


def test_practice_without_who_reads_the_memory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="practice=0") as error:
        Run(tmp_path, dataclasses.replace(MINI, practice=0.25))
    assert is_one_sentence(error.value)


def test_a_better_trial_is_kept_apart_with_its_result_on_fresh_seeds(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    means = iter([10.0, 12.0, 9.0, 20.0, 18.0, 30.0, 28.0])
    asked: list[int] = []

    def fake(
        agent: str, rules: Rules, count: int, seed: int, stopped: Callable[[], bool]
    ) -> dict[str, Any]:
        assert Path(agent).exists()
        assert rules.frame_cap == MINI.frame_cap
        assert count == 100
        if stopped():
            raise EvaluationStoppedError
        asked.append(seed)
        summary = {"mean": next(means), "episodes": count}
        kept = {"seeds": [seed, seed + count - 1], "machine": "m", "summary": summary}
        return {"rules": dataclasses.asdict(rules), **kept}

    exports = itertools.count()

    def export(run: Path, model: Path) -> None:
        """Export once, which takes its time, and then a file that differs."""
        if next(exports):
            model.write_bytes(model.read_bytes() + b" ")
        else:
            export_run(run, model)

    monkeypatch.setattr(trials, "export_run", export)
    monkeypatch.setattr(trials, "evaluate", fake)
    config = dataclasses.replace(MINI, trial_samples=16)
    (folder / "config.json").write_text(config.to_json())
    run, stop = open_run(folder, config), StopSignal()
    assert run.trial_due()
    stop.requested = True
    assert run.hold_trial(stop) == {}
    assert run.trial_due(), "one that was stopped is held again"
    stop.requested = False
    assert set(run.hold_trial(stop)) == {"samples", "hours", "trial", "fresh"}
    first = (folder / "best.tflite").read_bytes()
    assert not run.trial_due()
    run.updates += 2
    assert run.trial_due()
    assert "fresh" not in run.hold_trial(stop), "9 is not better than 10"
    assert (folder / "best.tflite").read_bytes() == first
    assert run.best == 10.0
    run.updates += 2
    run.hold_trial(stop)
    assert run.best == 20.0
    assert (folder / "best.tflite").read_bytes() == (folder / "latest.tflite").read_bytes() != first
    assert len(set(asked)) == 3, "one set to choose, other ones for each report"
    card = json.loads((folder / "best.json").read_text())
    assert card["results"]["sticky 0.25"]["summary"]["mean"] == 18.0
    again = open_run(folder, config)
    assert (again.best, again.trials) == (20.0, run.trials)

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    again.updates += 2
    monkeypatch.setattr(trials, "replace_together", full_disk)
    with pytest.raises(OSError, match="No space"):
        again.hold_trial(stop)
    assert json.loads((folder / "best.json").read_text()) == card, "the best so far is as it was"
    assert state_of(folder)["best"] == 20.0
    assert state_of(folder)["trials"] < again.samples // 16, "and the trial is held again"
