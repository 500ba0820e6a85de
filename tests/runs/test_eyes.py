"""How exactly a student sees is measured in its own games."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.config import NATURE, RAM
from agents.inference.player import ModelError, RamStack
from agents.runs.eye_errors import FEWEST, ROWS, errors_by_target, table
from agents.state import targets
from game.cli.parser import parse
from game.emulation.cabinet import Action, Cabinet, Rules

RULES = Rules(frame_cap=200)


@pytest.fixture(scope="module")
def model(tensorflow: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student that knows nothing, as `export` leaves it."""
    import keras

    from agents.networks.networks import dueling_network
    from agents.runs import checkpoint

    keras.utils.set_random_seed(2)
    network = dueling_network(NATURE)
    random = np.random.default_rng(2)
    for variable in network.variables:  # its last layers are zero at first
        noise = random.normal(0, 0.05, variable.shape)
        variable.assign(np.asarray(variable) + noise)
    arrays = {f"online/{i}": np.asarray(each) for i, each in enumerate(network.variables)}
    file = tmp_path_factory.mktemp("model") / "student.tflite"
    file.with_suffix(".npz").write_bytes(checkpoint.weights_file(arrays, {}))
    file.with_suffix(".json").write_text(json.dumps({"encoder": NATURE}))
    return file


@pytest.fixture(scope="module")
def eyes(model: Path) -> Any:
    from agents.runs.eyes import Eyes

    return Eyes(model)


def frames_and_truth() -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    random = np.random.default_rng(1)
    cabinet, memory = Cabinet(RULES, 1, blind=True, sound=False), RamStack()
    for _ in range(60):
        cabinet.step(Action.FIRE)
        memory.push(cabinet.frame.ram, Action.FIRE)
    frames = random.integers(0, 256, (1, 84, 84, 4), dtype=np.uint8)
    return frames, targets.state_targets(memory.array[None])


@pytest.mark.training
def test_it_decides_on_what_it_sees_or_on_the_truth(model: Path, eyes: Any) -> None:
    from agents.learning.learner import assign
    from agents.networks.networks import dueling_network
    from agents.runs import checkpoint

    frames, truth = frames_and_truth()
    network = dueling_network(NATURE)
    assign("online", network.variables, checkpoint.load_weights(model.with_suffix(".npz"))[0])
    own = network(frames)
    unknown = np.full_like(truth, np.nan)
    predicted, q = eyes(frames, unknown)
    np.testing.assert_allclose(predicted, own["predicted"], atol=1e-4)
    np.testing.assert_allclose(q, own["q"], atol=1e-3)
    again, better = eyes(frames, truth)
    np.testing.assert_allclose(again, predicted, atol=1e-6)
    assert np.abs(better - q).max() > 1e-3
    _, same = eyes(frames, predicted)
    np.testing.assert_allclose(same, q, atol=1e-3)


@pytest.mark.training
@pytest.mark.parametrize("truth_of", [None, "bombs"])
def test_its_own_games_are_measured(eyes: Any, truth_of: str | None) -> None:
    from agents.runs.eyes import KEPT, measure

    said: list[str] = []
    result = measure(eyes, RULES, 3, 10, truth_of, said.append)
    assert result["summary"]["episodes"] == 3
    assert said[-1].startswith("3 of 3 games")
    assert result["seeds"] == [10, 12]
    assert result["decisions"] == pytest.approx(3 * 200 / 4 / KEPT, abs=30)
    cannon = result["errors"]["cannon x"]["all"]
    assert cannon["cases"] == result["decisions"] and cannon["percentiles"][2] > 1
    assert (result["lives_lost"], result["points_per_life"]) == (0, None), "cut off too early"
    assert json.loads(json.dumps(result)) == result
    assert "cannon x, pixels" in table(result)


@pytest.mark.training
def test_what_has_no_eyes_is_refused(model: Path, tmp_path: Path) -> None:
    from agents.runs.eyes import Eyes

    for encoder, says in ((RAM, "has no eyes"), ("another", "export again")):
        (tmp_path / "m.json").write_text(json.dumps({"encoder": encoder}))
        with pytest.raises(ModelError, match=says):
            Eyes(tmp_path / "m.tflite")
    (tmp_path / "m.json").write_bytes(model.with_suffix(".json").read_bytes())
    with pytest.raises(ModelError, match=r"m\.npz cannot be used"):
        Eyes(tmp_path / "m.tflite")


def observed(cases: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Errors [N, 37] that grow evenly from 0 to 1 in every target, and memories [N, 2, 129]."""
    errors = np.repeat(np.linspace(0, 1, cases, dtype=np.float32)[:, None], targets.TARGETS, 1)
    return errors, np.zeros((cases, 2, 129), np.uint8)


def test_percentiles_are_of_what_is_known() -> None:
    errors, ram = observed(101)
    errors[51:, targets.MISSILE_X] = np.nan
    found = errors_by_target(errors, ram, np.ones(101, np.int64))
    assert set(found) == {row.name for row in ROWS}
    assert found["cannon x"]["all"] == {
        "cases": 101,
        "percentiles": [0.5, 0.9, 0.99],
        "wrong": round(50 / 101, 5),
    }
    assert found["missile x"]["all"]["cases"] == 51
    assert found["missile x"]["all"]["percentiles"][2] == pytest.approx(0.495)


def test_cases_are_told_apart_by_wave_and_few_of_them_say_nothing() -> None:
    errors, ram = observed(2 * FEWEST)
    waves = np.repeat([1, 9], [FEWEST + 1, FEWEST - 1])
    by_wave = errors_by_target(errors, ram, waves)["cannon x"]["by_wave"]
    assert list(by_wave) == ["1", "2", "3", "4 to 7", "8 to 15", "16 on"]
    assert by_wave["1"]["cases"] == FEWEST + 1 and by_wave["1"]["percentiles"] is not None
    assert by_wave["8 to 15"] == {"cases": FEWEST - 1, "percentiles": None, "wrong": None}


def test_points_per_lost_life_are_in_the_table() -> None:
    errors, ram = observed(FEWEST)
    summary = {"mean": 9.0, "mean_95": [8.0, 10.0], "median": 9.0, "episodes": 3}
    result = {
        "model": "m",
        "decisions": FEWEST,
        "truth_of": "all",
        "seeds": [1, 3],
        "summary": summary,
        "lives_lost": 2,
        "points_per_life": 13.5,
        "errors": errors_by_target(errors, ram, np.ones(FEWEST, np.int64)),
    }
    assert "2 lives lost, 14 points a life" in table(result)
    assert "no life was lost" in table(result | {"lives_lost": 0, "points_per_life": None})


def test_every_target_is_in_the_table_once() -> None:
    measured = np.concatenate([row.which for row in ROWS])
    left_out = {targets.LOG_COUNT, targets.SHIP_HEADING}
    assert sorted(measured) == [n for n in range(targets.TARGETS) if n not in left_out]


def test_things_have_every_target_between_them() -> None:
    things = {name: which for name, which in targets.THINGS.items() if name != "all"}
    assert sorted(np.concatenate(list(things.values()))) == list(targets.THINGS["all"])
    line = ["targets", "m.tflite", "--truth-of", "bombs"]
    assert parse(line).truth_of in targets.THINGS
    for name in targets.THINGS:
        parse([*line[:-1], name])
