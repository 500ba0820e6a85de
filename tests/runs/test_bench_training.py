from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tests.helpers.common import is_one_sentence

pytest.importorskip("tensorflow")

from agents.config import NATURE, TrainingConfig
from agents.runs import bench
from agents.runs.bench import Stopwatch, TrainingBenchError, bench_training, report

QUICK = dataclasses.replace(
    TrainingConfig(),
    encoder=NATURE,
    emulators=4,
    batch=8,
    memory_frames=400,
    learning_starts=200,
    trial_samples=0,
)


@pytest.mark.training
@pytest.mark.usefixtures("tensorflow")
def test_a_run_is_measured_beside_its_learner() -> None:
    result = bench.measure(QUICK, 1.0)
    assert result["encoder"] == NATURE
    assert (
        0 < result["samples_per_s"] == result["share_of_learner"] * result["learner_samples_per_s"]
    )
    # So many samples to an agent step, whatever the speed.
    steps = result["samples_per_s"] / QUICK.samples_per_step
    assert result["agent_steps_per_s"] == pytest.approx(steps, rel=0.3)
    parts = {"choosing actions", "emulators", "sampling", "storing"}
    assert set(result["shares"]) == parts
    assert all(0 < share < 1 for share in result["shares"].values())
    assert sum(result["shares"].values()) < 1


@pytest.mark.training
def test_two_workers_that_share_a_run_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ROUNDS", 2)
    settings = {name: getattr(QUICK, name) for name in ("encoder", "emulators", "batch")}
    settings |= {"memory_frames": 2_000, "learning_starts": 200, "towers": 1}
    figures = bench._workers(settings, 0)
    assert figures["samples_per_s"] > 0
    steps = figures["samples_per_s"] / QUICK.samples_per_step
    assert figures["agent_steps_per_s"] == pytest.approx(steps, rel=0.3)


def test_stopwatch_counts_only_what_it_watches() -> None:
    class Worker:
        def work(self, times: int) -> int:
            return sum(range(times))

        def idle(self) -> None:
            pass

    worker, watch = Worker(), Stopwatch()
    watch.on(worker, "work", "working")
    worker.idle()
    assert watch.spent == {}
    assert worker.work(100_000) == sum(range(100_000))
    once = watch.spent["working"]
    worker.work(100_000)
    assert watch.spent["working"] > once > 0


def case(**changes: Any) -> dict[str, Any]:
    figures = {
        "learner_samples_per_s": 1000.0,
        "samples_per_s": 900.0,
        "share_of_learner": 0.9,
        "agent_steps_per_s": 112.0,
        "sampling_per_update": 0.05,
        "shares": {"sampling": 0.04},
    }
    return {**figures, **changes}


@pytest.mark.parametrize(
    ("changes", "library", "missed"),
    [
        ({}, 400.0, {}),
        ({"share_of_learner": 0.84}, 400.0, {"84% of the learner alone": len(bench.CASES) - 1}),
        ({"sampling_per_update": 0.11}, 400.0, {"takes 11% of an update": len(bench.CASES) - 1}),
        ({}, 500.0, {"1.8 times the samples of a library": 1}),
        ({"frozen": 4500.0}, 400.0, {}),
        ({"frozen": 4400.0}, 400.0, {"4.9 times the samples of student": 1}),
    ],
)
def test_limits_decide(
    changes: dict[str, Any],
    library: float,
    missed: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def child(order: dict[str, Any]) -> dict[str, Any]:
        if order.get("library"):
            return {"name": "a library", "samples_per_s": library, "agent_steps_per_s": 50.0}
        figures = {name: value for name, value in changes.items() if name != "frozen"}
        if "frozen_encoder" in order["case"]:
            figures["samples_per_s"] = changes.get("frozen", 4500.0)
        return case(**figures)

    shared = {"samples_per_s": 720.0, "agent_steps_per_s": 90.0}
    monkeypatch.setattr(bench, "_child", child)
    monkeypatch.setattr(bench, "_workers", lambda *_: dict(shared))
    monkeypatch.setattr(bench, "LIBRARY", "json")  # one that is installed everywhere
    seen: list[str] = []
    result = bench_training(1, seen.append)
    assert result["passed"] == (not missed)
    assert report(result).count("missed: ") == sum(missed.values())
    for line, times in missed.items():
        assert report(result).count(line) == times
    assert ["json", *bench.CASES, "student, 2 workers of one thread"] == seen
    assert result["frozen_lead"] == pytest.approx(changes.get("frozen", 4500.0) / 900)
    assert f"{result['frozen_lead']:.1f} times as many samples a second as student" in report(
        result
    )
    assert result["workers"]["lead"] == pytest.approx(0.8)
    assert result["library"]["lead"] == pytest.approx(900 / library)
    assert all(name in report(result) for name in bench.CASES)

    monkeypatch.setattr(bench, "LIBRARY", "no_such_library")
    alone = bench_training(1, seen.append)
    assert alone["library"] is None
    assert "no_such_library is not installed" in report(alone)


def test_measurement_that_ends_early_is_said_in_a_sentence() -> None:
    with pytest.raises(TrainingBenchError) as error:
        bench._child({"case": {"luck": 1}, "seconds": 1})
    assert is_one_sentence(error.value)
    assert "luck" in str(error.value)
