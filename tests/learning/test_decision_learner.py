"""Behind a frozen encoder: what is learnt, what stays as it was, and that a run goes on."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.config import NATURE, RAM, ConfigError, TrainingConfig
from agents.experience.memory import Batch
from agents.inference.player import Model
from agents.learning.teacher import AdvisedTeacher, ScriptedExpert
from game.emulation.cabinet import Action

CONFIG = dataclasses.replace(
    TrainingConfig(),
    encoder=NATURE,  # compiled in a third of the time
    towers=1,
    emulators=4,
    batch=32,
    memory_frames=2_000,
    refill_steps=100,
    samples_per_step=8.0,
    n_step=3,
    n_step_start=3,
    mirror=0.0,
    trial_samples=0,
    precision="float32",
    learning_rate=3e-3,
    adam_epsilon=1e-7,
    gradient_norm=1e9,
    frozen_encoder=1,
    weight_average=0.0,
    offline_updates=0,
    guide_steps=1,
    imitation_samples=1_000_000,
    teacher="stands in",
)


class Liker:
    """A guide that likes one action, by a tenth of a hit."""

    reads_ram = True

    def q(self, stacks: NDArray[np.uint8], _ram: NDArray[np.uint8] | None) -> NDArray[np.float32]:
        return 1 + 0.1 * np.eye(len(Action), dtype=np.float32)[np.full(len(stacks), Action.LEFT)]

    def lead(self, _score: float) -> float:
        return 1.0


@pytest.fixture(scope="module")
def learner(tensorflow: Any) -> Any:
    """A learner of one small student; tests go on with what those before them taught it."""
    import keras

    from agents.learning.decision_learner import DecisionLearner

    keras.utils.set_random_seed(3)
    return DecisionLearner(CONFIG)


@pytest.fixture(scope="module")
def stacks() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (32, 4, 84, 84), dtype=np.uint8)


def batch_of(seen: NDArray[Any], q: NDArray[np.float32], **returns: Any) -> Batch:
    size = len(seen)
    numbers: dict[str, Any] = {
        "a_tm1": np.zeros(size, np.int32),
        "r_t": np.zeros(size, np.float32),
        "discount_t": np.zeros(size, np.float32),
        "s_t": seen[:, None],
        "state_targets": np.zeros((size, 0), np.float32),
    }
    return Batch(s_tm1=seen[:, None], teacher_q=q, **(numbers | returns))


@pytest.mark.slow
def test_copying_changes_decisions_and_leaves_the_encoder_alone(
    learner: Any, stacks: NDArray[np.uint8]
) -> None:
    seen_layers = {layer.name for layer in learner.online.layers if layer.name != "state"}
    before = learner.state()
    seen = learner.look(stacks)
    wanted = np.arange(len(stacks)) % len(Action)  # any choice at all can be learnt by heart
    q = np.eye(len(Action), dtype=np.float32)[wanted]
    for _ in range(150):
        scalars = learner.learn(batch_of(seen, q), imitate=True)
    assert float(scalars["agreement"]) == 1
    assert (learner.act(learner.look(stacks))[0].argmax(axis=1) == wanted).all()
    after = learner.state()
    changed = {
        variable.path.split("/")[0]
        for index, variable in enumerate(learner.online.variables)
        if (before[f"online/{index}"] != after[f"online/{index}"]).any()
    }
    assert changed and "state" in changed
    frozen = {"auxiliary", "heatmaps"} | {n for n in seen_layers if n.startswith("conv2d")}
    assert not changed & frozen


@pytest.mark.slow
@pytest.mark.parametrize("int8", [0, 1])
def test_the_exported_student_decides_as_the_one_that_acts(
    int8: int, stacks: NDArray[np.uint8], tmp_path: Path, tensorflow: Any
) -> None:
    import keras

    from agents.learning.decision_learner import DecisionLearner
    from agents.runs.export import write_model

    keras.utils.set_random_seed(4)
    learner = DecisionLearner(dataclasses.replace(CONFIG, int8_encoder=int8))
    q = np.eye(len(Action), dtype=np.float32)[np.arange(len(stacks)) % len(Action)]
    for _ in range(20):
        learner.learn(batch_of(learner.look(stacks), q), imitate=True)
    learner.state()
    write_model(learner.online, tmp_path / "student.tflite", {}, NATURE, int8=bool(int8))
    exported = Model(tmp_path / "student.tflite")(np.ascontiguousarray(np.moveaxis(stacks, 1, -1)))
    acts = learner.act(learner.look(stacks))[0]
    # bfloat16 is what the memory keeps; in 8 bits the decisions' own layers are exported too.
    np.testing.assert_allclose(exported["q"], acts, atol=0.02 if int8 else 2e-3)
    other = learner.online(np.moveaxis(stacks, 1, -1))["q"].numpy()
    assert (np.abs(exported["q"] - other).max() > 1e-3) == int8, "8 bits are told from float32"


@pytest.mark.slow
def test_it_looks_through_the_encoder_that_it_has_now(
    learner: Any, stacks: NDArray[np.uint8]
) -> None:
    before = learner.look(stacks)
    features = learner.online.get_layer("features")
    weights = features.get_weights()
    features.set_weights([-each for each in weights])
    np.testing.assert_array_equal(learner.look(stacks), before, "it was not told")
    learner.encoder_changed()
    assert (learner.look(stacks) != before).any()
    features.set_weights(weights)
    learner.encoder_changed()
    np.testing.assert_array_equal(learner.look(stacks), before)


@pytest.mark.slow
def test_returns_are_learnt_with_the_bootstrap_of_the_average(
    learner: Any, stacks: NDArray[np.uint8]
) -> None:
    seen = learner.look(stacks)
    random = np.random.default_rng(2)
    rewards = random.random(len(seen)).astype(np.float32)
    actions = random.integers(0, len(Action), len(seen)).astype(np.int32)
    nothing = np.full((len(seen), len(Action)), np.nan, np.float32)
    batch = batch_of(seen, nothing, a_tm1=actions, r_t=rewards)
    for _ in range(200):
        learner.learn(batch)
    q = learner.act(learner.look(stacks))[0]
    np.testing.assert_allclose(q[np.arange(len(q)), actions], rewards, atol=0.1)
    ahead = dataclasses.replace(batch, discount_t=np.full(len(seen), 0.5, np.float32))
    error = float(learner.learn(ahead)["td_error"])
    assert error == pytest.approx(0.5 * np.abs(q.max(axis=1)).mean(), rel=0.3)


@pytest.mark.training
def test_the_learning_rate_falls_from_where_this_run_began(
    learner: Any, stacks: NDArray[np.uint8]
) -> None:
    from agents.learning.decision_learner import DecisionLearner

    falling = dataclasses.replace(
        CONFIG, learning_rate=1e-2, last_learning_rate=0.0, learning_rate_samples=64
    )
    q, seen = learner.act(learner.look(stacks))
    fresh = DecisionLearner(falling)
    fresh.begin_from(learner.state())
    moved = []
    for _ in range(3):
        before = fresh.state()
        fresh.learn(batch_of(seen, q + 1), imitate=True)
        after = fresh.state()
        names = [name for name in after if name.startswith("decisions/")]
        moved.append(max(float(np.abs(after[n] - before[n]).max()) for n in names))
    assert moved[0] == pytest.approx(1e-2, rel=0.1), "Adam's first step is as large as its rate"
    assert moved[2] == 0


@pytest.mark.training
def test_a_share_of_the_features_is_not_learnt_from(
    learner: Any, stacks: NDArray[np.uint8]
) -> None:
    from agents.learning.decision_learner import DecisionLearner
    from agents.networks.networks import SHARED_UNITS

    seen = learner.look(stacks)
    batch = batch_of(np.ones_like(seen), np.zeros((len(seen), len(Action)), np.float32))
    dropping = DecisionLearner(dataclasses.replace(CONFIG, feature_dropout=0.5))
    left = np.asarray(dropping._without_some_features(batch.s_tm1[:, 0]), np.float32)
    targets, features = left[:, :-SHARED_UNITS], left[:, -SHARED_UNITS:]
    assert (targets == 1).all(), "where things are is always seen"
    assert set(np.unique(features)) == {0, 2}
    assert 0.4 < (features == 0).mean() < 0.6
    assert np.isfinite(float(dropping.learn(batch, imitate=True)["loss"]))
    assert np.isfinite(float(dropping.learn(batch)["loss"]))


@pytest.mark.training
def test_what_is_resumed_goes_on_alike(learner: Any, stacks: NDArray[np.uint8]) -> None:
    from agents.learning.decision_learner import DecisionLearner

    config = dataclasses.replace(CONFIG, weight_average=0.9)
    seen = learner.look(stacks)
    q = np.random.default_rng(4).random((len(seen), len(Action))).astype(np.float32)
    batch = batch_of(seen, q)
    first, second = DecisionLearner(config), DecisionLearner(config)
    for _ in range(12):
        first.learn(batch, imitate=True)
    second.restore(first.state())
    for each in (first, second):
        for _ in range(12):
            each.learn(batch, imitate=True)
    states = first.state(), second.state()
    for name, array in states[0].items():
        np.testing.assert_allclose(states[1][name], array, atol=1e-6, err_msg=name)


@pytest.mark.training
@pytest.mark.usefixtures("tensorflow")
def test_a_run_learns_behind_a_frozen_encoder_and_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agents.runs import train

    monkeypatch.setattr(train, "_teacher", lambda _config: Liker())
    config = dataclasses.replace(CONFIG, int8_encoder=1, practice=0.5)
    run = train.open_run(tmp_path / "run", config)
    run.refill(train.StopSignal())
    before = run.measured()
    assert before["fresh_agreement"] < 0.5, "it has learnt nothing yet"
    lost = 0.1 * (1 - before["fresh_agreement"])  # by the guide's values, a hit's tenth each time
    assert before["fresh_regret"] == pytest.approx(lost, abs=1e-4)
    scalars = [run.advance() for _ in range(40)][-1]
    assert scalars["agreement"] > 0.9
    assert {"practised", "practice_deaths"} <= run.measured().keys()
    run.advance()
    assert run.measured()["fresh_agreement"] > 0.9
    assert "fresh_agreement" not in run.measured(), "nothing was met since"
    run.save()
    run.close()
    again = train.open_run(tmp_path / "run", config)
    assert (again.samples, again.agent_steps) == (run.samples, run.agent_steps) == (41 * 32, 164)
    for name, array in run.learner.state().items():
        np.testing.assert_array_equal(array, again.learner.state()[name], err_msg=name)
    again.close()


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ({"mirror": 0.5}, "mirror=0"),
        ({"encoder": RAM}, "a student that sees"),
        ({"algorithm": "iqn"}, "a student that sees"),
        ({"frozen_encoder": 0, "int8_encoder": 1}, "frozen_encoder=1"),
    ],
)
def test_what_cannot_be_behind_a_frozen_encoder_is_refused(
    numbers: dict[str, Any], says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        dataclasses.replace(CONFIG, **numbers)


def test_the_experts_choice_is_worth_more_to_an_advised_teacher() -> None:
    rams = np.random.default_rng(5).integers(0, 256, (6, 2, 129), dtype=np.uint8)
    stacks = np.zeros((6, 4, 84, 84), np.uint8)
    gained = AdvisedTeacher(Liker(), 0.5).q(stacks, rams) - Liker().q(stacks, rams)
    np.testing.assert_allclose(gained, 0.5 * ScriptedExpert().q(stacks, rams), atol=1e-6)
