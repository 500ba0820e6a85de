"""Tests share one learner, put back before each, because compiling its update takes seconds."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.helpers.common import stirred

tf = pytest.importorskip("tensorflow")

import keras  # noqa: E402

from agents.config import IMPALA, NATURE, TrainingConfig  # noqa: E402
from agents.experience.memory import Batch  # noqa: E402
from agents.inference.observation import RAM_OBSERVATION  # noqa: E402
from agents.learning.learner import Learner  # noqa: E402
from agents.networks.networks import (  # noqa: E402
    arithmetic,
    behind_fold,
    dueling_network,
    encoder_variables,
    fold_stacks,
    iqn_network,
)
from agents.runs.export import decide  # noqa: E402

pytestmark = pytest.mark.usefixtures("tensorflow")

STATES, ACTIONS, GAMMA = 3, 6, 0.6
CONFIG = dataclasses.replace(
    TrainingConfig(),
    encoder=NATURE,  # compiled in half the time
    precision="float32",
    munchausen=0.0,  # exact values are the plain ones
    learning_rate=1e-3,
    gradient_norm=1.0,
    batch=18,
)


def build(seed: int, algorithm: str = CONFIG.algorithm, **numbers: Any) -> Learner:
    keras.utils.set_random_seed(seed)
    config = dataclasses.replace(CONFIG, algorithm=algorithm, **({"munchausen": 0.0} | numbers))
    learner = Learner(config)
    stirred(learner.online)
    learner.copy_to_target()
    return learner


@pytest.fixture(scope="module")
def first(tensorflow: Any) -> tuple[Learner, dict[str, NDArray[Any]]]:
    learner = build(0)
    return learner, learner.state()


@pytest.fixture
def learner(first: tuple[Learner, dict[str, NDArray[Any]]]) -> Learner:
    shared, fresh = first
    shared.restore(fresh)
    return shared


def channels_last(stacks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Stacks as the network takes them, [B, 84, 84, 4]; the learner folds them another way."""
    return np.moveaxis(stacks, 1, -1)


def random_batch(seed: int, size: int = 8) -> Batch:
    random = np.random.default_rng(seed)
    return Batch(
        s_tm1=random.integers(0, 256, (size, 4, 84, 84), np.uint8),
        a_tm1=random.integers(0, ACTIONS, size).astype(np.int32),
        r_t=random.normal(size=size).astype(np.float32),
        discount_t=random.choice([0.0, 0.97], size).astype(np.float32),
        s_t=random.integers(0, 256, (size, 4, 84, 84), np.uint8),
        teacher_q=random.normal(size=(size, ACTIONS)).astype(np.float32),
        state_targets=np.zeros((size, 0), np.float32),
    )


def unknown_targets(states: NDArray[Any]) -> NDArray[np.float32]:
    return np.zeros((len(states), 0), np.float32)


def pictures() -> NDArray[np.uint8]:
    """Return one stack for each state, with a bright bar at a position of its own."""
    stacks = np.zeros((STATES, 4, 84, 84), np.uint8)
    for state in range(STATES):
        stacks[state, :, :, 28 * state : 28 * state + 28] = 200
    return stacks


@pytest.mark.training
@pytest.mark.parametrize("algorithm", ["double-dqn", "iqn"])
def test_learner_finds_the_values_of_a_small_known_problem(
    algorithm: str, request: pytest.FixtureRequest
) -> None:
    learner = (
        request.getfixturevalue("learner") if algorithm == CONFIG.algorithm else build(0, algorithm)
    )
    state, action = np.divmod(np.arange(STATES * ACTIONS), ACTIONS)
    reward = np.random.default_rng(0).uniform(1.0, 2.0, STATES * ACTIONS)
    then = (state + action) % STATES
    discount = np.where(action == 5, 0, GAMMA)  # the last action ends the game
    exact = np.zeros(STATES * ACTIONS)
    for _ in range(100):
        exact = reward + discount * exact.reshape(STATES, ACTIONS).max(axis=1)[then]

    stacks = pictures()
    order = np.random.default_rng(1).permutation(STATES * ACTIONS)
    batch = Batch(
        stacks[state[order]],
        action[order].astype(np.int32),
        reward[order].astype(np.float32),
        discount[order].astype(np.float32),
        stacks[then[order]],
        np.full((len(order), ACTIONS), np.nan, np.float32),
        np.zeros((len(order), 0), np.float32),
    )
    error = np.inf
    for update in range(1, 601):
        if update == 300:  # smaller steps settle what the random fractions of IQN stir up
            learner.optimizer.learning_rate.assign(1e-4)
        learner.learn(batch)
        if update % 20 == 0:
            learner.copy_to_target()
            q = decide(learner.online, channels_last(stacks))["q"].numpy().ravel()
            error = np.abs(q / exact - 1).max()
            if error < 0.04 and update >= 200:
                break
    learner.optimizer.learning_rate.assign(CONFIG.learning_rate)
    assert error < 0.05
    values = exact.reshape(STATES, ACTIONS)
    chosen = values[np.arange(STATES), learner.q(stacks[[0, 1, 2, 0]])[:STATES].argmax(axis=1)]
    assert (chosen > 0.9 * values.max(axis=1)).all()


@pytest.mark.training
def test_munchausen_widens_the_gap_between_actions() -> None:
    """Vieillard et al. 2020, theorem 2: at the limit a gap grows by 1 / (1 - weight)."""
    learner = build(0, "iqn", munchausen=0.5)
    stacks, steps = pictures()[:1], np.arange(ACTIONS)
    reward = np.where(steps == 2, 1.0, 0.7)  # the game ends after one action
    batch = Batch(
        np.repeat(stacks, ACTIONS, axis=0)[np.tile(steps, 3)],
        np.tile(steps, 3).astype(np.int32),
        np.tile(reward, 3).astype(np.float32),
        np.zeros(3 * ACTIONS, np.float32),
        np.repeat(stacks, 3 * ACTIONS, axis=0),
        np.full((3 * ACTIONS, ACTIONS), np.nan, np.float32),
        np.zeros((3 * ACTIONS, 0), np.float32),
    )
    gap = 0.0
    for update in range(400):
        learner.learn(batch)
        if update % 20 == 0:
            q = decide(learner.online, channels_last(stacks))["q"].numpy()[0]
            gap = float(q[2] - np.delete(q, 2).max())
            if gap > 0.5:
                break
    assert gap > 0.5  # 0.3 without, 0.6 at the limit
    assert q[2] == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("flags", "policy"), [("fpu avx512_bf16 sse", "mixed_bfloat16"), ("fpu avx2", "float32")]
)
def test_arithmetic_is_the_processors_faster_one(
    flags: str, policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "read_text", lambda _self, encoding: f"flags : {flags}\n")
    assert arithmetic("auto") == policy
    assert arithmetic("float32") == "float32"


def test_processor_that_does_not_say_what_it_can_computes_in_float32(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(_self: Path, encoding: str) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", missing)
    assert arithmetic("auto") == "float32"


@pytest.mark.slow
@pytest.mark.parametrize(("encoder", "features"), [(IMPALA, 1152), (NATURE, 3136)])
def test_folding_stacks_equals_the_networks_own_first_step(encoder: str, features: int) -> None:
    network = stirred(dueling_network(encoder))
    stacks = random_batch(3).s_tm1
    expected = network(channels_last(stacks))["q"]
    folded = behind_fold(network)(fold_stacks(tf.constant(stacks), encoder))["q"]
    np.testing.assert_allclose(folded, expected, atol=1e-4)
    assert np.ptp(expected.numpy(), axis=0).max() > 0.01
    assert features in {v.shape[0] for v in network.trainable_variables if len(v.shape) == 2}


@pytest.mark.slow
def test_every_network_begins_with_the_encoder() -> None:
    for network in (dueling_network(), iqn_network()):
        encoder = encoder_variables(network)
        assert len(encoder) == 30  # fifteen convolutions
        assert all(a is b for a, b in zip(encoder, network.variables, strict=False))


def test_nature_encoder_is_the_published_one() -> None:
    """A 2 x 2 convolution of folded pixels is an 8 x 8 one with stride 4 of the pictures."""
    network = dueling_network(NATURE)
    first = next(layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D))
    folded, bias = (x.numpy() for x in first.weights)  # [2, 2, 64, 32], [32]
    kernel = folded.reshape(2, 2, 4, 4, 4, 32).transpose(0, 2, 1, 3, 4, 5).reshape(8, 8, 4, 32)
    frames = channels_last(random_batch(4).s_tm1)
    plain = tf.nn.relu(tf.nn.conv2d(frames / np.float32(255), kernel, 4, "VALID") + bias)
    ours = keras.Model(network.input, first.output)(frames)
    assert ours.shape[1:] == (20, 20, 32)
    np.testing.assert_allclose(ours, plain, atol=1e-4)


@pytest.mark.training
def test_a_guided_student_takes_over_the_teachers_choice(learner: Learner) -> None:
    stacks = pictures()
    prefers = np.array([4, 0, 2])
    states = np.repeat(np.arange(STATES), ACTIONS)
    taken = np.tile(np.arange(ACTIONS, dtype=np.int32), STATES)
    q = np.full((STATES, ACTIONS), 1.0, np.float32)
    q[np.arange(STATES), prefers] = 1.3  # three temperatures above the others
    nothing = np.zeros(len(states), np.float32)
    batch = Batch(
        stacks[states], taken, nothing, nothing, stacks[states], q[states], unknown_targets(states)
    )
    first = float(learner.learn(batch, guidance=3.0)["teacher_kl"])
    for _ in range(60):
        last = float(learner.learn(batch, guidance=3.0)["teacher_kl"])
    assert last < 0.1 * first
    shown = [0, 1, 2, 0]
    np.testing.assert_array_equal(learner.q(stacks[shown]).argmax(axis=1), prefers[shown])


@pytest.mark.training
def test_an_imitator_takes_over_values_and_choice_and_no_return(learner: Learner) -> None:
    stacks, prefers = pictures(), np.array([4, 0, 2])
    q = np.full((STATES, ACTIONS), 1.0, np.float32)
    q[np.arange(STATES), prefers] = 1.3
    misleading = np.full(STATES, 99, np.float32)
    batch = Batch(
        stacks, np.zeros(STATES, np.int32), misleading, misleading, stacks, q, unknown_targets(q)
    )
    twice = Batch(
        **{f.name: np.repeat(getattr(batch, f.name), 2, axis=0) for f in dataclasses.fields(batch)}
    )
    # At the rate of the other tests imitation swings to and fro: its advantages weigh 40 times.
    learner.optimizer.learning_rate.assign(3e-4)
    errors = [float(learner.learn(twice, imitate=True)["td_error"]) for _ in range(45)]
    assert max(errors[-10:]) < 0.3 * errors[0]
    shown = learner.q(stacks[[0, 1, 2, 0]])
    np.testing.assert_array_equal(shown[:3].argmax(axis=1), prefers)


@pytest.mark.slow
def test_an_imitator_learns_nothing_where_the_teacher_was_not_asked(learner: Learner) -> None:
    batch = random_batch(2)
    before = learner.state()
    unasked = dataclasses.replace(batch, teacher_q=np.full_like(batch.teacher_q, np.nan))
    scalars = learner.learn(unasked, imitate=True)
    assert float(scalars["loss"]) == 0.0
    assert np.isfinite(float(scalars["gradient_norm"]))
    for name, array in learner.state().items():
        if name.startswith("online"):
            np.testing.assert_array_equal(array, before[name], err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize("guidance", [0.0, 3.0])
def test_a_teacher_that_was_not_asked_or_has_no_weight_changes_nothing(
    guidance: float, learner: Learner
) -> None:
    before, batch = learner.state(), random_batch(2)
    learner.learn(dataclasses.replace(batch, teacher_q=np.full_like(batch.teacher_q, np.nan)))
    plain = learner.state()
    learner.restore(before)
    if guidance:
        batch = dataclasses.replace(batch, teacher_q=np.full_like(batch.teacher_q, np.nan))
    learner.learn(batch, guidance)
    for name, array in learner.state().items():
        np.testing.assert_array_equal(array, plain[name], err_msg=name)


@pytest.mark.training
def test_resumed_learner_makes_the_same_next_update(learner: Learner) -> None:
    for seed in range(3):
        learner.learn(random_batch(seed))
    saved = learner.state()
    kept = {name: array.copy() for name, array in saved.items()}
    other = build(1)
    other.restore(saved)
    for seed in (3, 4):
        expected, actual = (x.learn(random_batch(seed)) for x in (learner, other))
        assert {k: float(v) for k, v in expected.items()} == {
            k: float(v) for k, v in actual.items()
        }
    after, again = learner.state(), other.state()
    assert after.keys() == again.keys()
    for name, array in after.items():
        np.testing.assert_array_equal(array, again[name], err_msg=name)
    for name, array in kept.items():  # what was saved does not change with the learner
        np.testing.assert_array_equal(saved[name], array, err_msg=name)
    assert any((after[name] != saved[name]).any() for name in saved if name.startswith("online"))


@pytest.mark.slow
def test_target_changes_only_when_it_is_copied(learner: Learner) -> None:
    frames = channels_last(pictures())
    before = learner.target(frames)["q"].numpy()
    learner.learn(random_batch(0))
    np.testing.assert_array_equal(learner.target(frames)["q"], before)
    assert (learner.online(frames)["q"].numpy() != before).any()
    learner.copy_to_target()
    np.testing.assert_array_equal(learner.target(frames)["q"], learner.online(frames)["q"])


@pytest.mark.parametrize("wrong", ["missing", "another shape", "empty"])
def test_restore_refuses_what_another_network_saved(wrong: str, learner: Learner) -> None:
    arrays = learner.state()
    if wrong == "missing":
        del arrays["target/3"]
    elif wrong == "another shape":
        arrays["online/0"] = arrays["online/0"][..., :-1]
    else:
        arrays = {}
    with pytest.raises(ValueError, match="missing or has another shape"):
        learner.restore(arrays)


def plain_gradients(learner: Learner, batch: Batch) -> tuple[list[Any], float]:
    """The mean Huber loss of the whole batch and its gradients, written out in one piece."""
    s_tm1, s_t = (channels_last(x) for x in (batch.s_tm1, batch.s_t))
    rows = np.arange(len(batch.a_tm1))
    a_t = learner.online(s_t)["q"].numpy().argmax(axis=1)
    bootstrap = learner.target(s_t)["q"].numpy()[rows, a_t]
    target = batch.r_t + batch.discount_t * bootstrap
    with tf.GradientTape() as tape:
        q = tf.gather_nd(learner.online(s_tm1)["q"], np.stack([rows, batch.a_tm1], axis=1))
        size = tf.abs(target - q)
        loss = tf.reduce_mean(tf.where(size <= 1.0, 0.5 * size**2, size - 0.5))
    variables = learner.online.trainable_variables
    gradients = tape.gradient(loss, variables)
    # The auxiliary prediction is not part of the loss.
    return [
        np.zeros(v.shape) if g is None else g.numpy()
        for g, v in zip(gradients, variables, strict=True)
    ], float(loss)


@pytest.mark.slow
@pytest.mark.parametrize("clipped", [False, True])
def test_towers_together_are_one_batch(clipped: bool, learner: Learner) -> None:
    learner.learn(random_batch(5))  # so that online and target differ
    learner.restore({**learner.state(), **fresh_optimizer(learner)})
    batch = random_batch(6, 4 * CONFIG.towers)
    if not clipped:  # returns close to the present values make small gradients
        q = learner.online(channels_last(batch.s_tm1))["q"].numpy()
        r_t = q[np.arange(len(q)), batch.a_tm1] + 0.01 * batch.r_t
        batch = dataclasses.replace(batch, r_t=r_t, discount_t=0 * batch.discount_t)
    gradients, loss = plain_gradients(learner, batch)
    norm = np.sqrt(sum(float((g.astype(float) ** 2).sum()) for g in gradients))
    assert (norm > CONFIG.gradient_norm) == clipped
    scalars = learner.learn(batch)
    assert float(scalars["loss"]) == pytest.approx(loss, rel=1e-4)
    assert float(scalars["gradient_norm"]) == pytest.approx(norm, rel=1e-4)
    # Adam's momentum after its first update is a tenth of the gradient, here clipped.
    momentums = [v.numpy() for v in learner.optimizer.variables if "momentum" in v.path]
    clip = min(1.0, CONFIG.gradient_norm / norm)
    for momentum, gradient in zip(momentums, gradients, strict=True):
        scale = np.abs(gradient).max() * clip
        np.testing.assert_allclose(momentum * 10, gradient * clip, atol=1e-3 * scale, rtol=1e-3)


@pytest.mark.training
def test_the_learning_rate_falls_and_is_taken_up_where_it_stood() -> None:
    learner = build(5, "double-dqn", learning_rate_samples=4 * CONFIG.batch, last_learning_rate=0.0)
    rates = []
    for _ in range(3):
        learner.learn(random_batch(7, CONFIG.batch))
        rates.append(float(learner.optimizer.learning_rate) / CONFIG.learning_rate)
    assert rates == pytest.approx([1, 0.75, 0.5])
    learner.restore(learner.state())
    assert float(learner.optimizer.learning_rate) / CONFIG.learning_rate == pytest.approx(0.25)


def fresh_optimizer(learner: Learner) -> dict[str, NDArray[Any]]:
    """The optimizer's variables as they were before its first update, the rate kept."""
    return {
        f"optimizer/{i}": np.zeros(variable.shape, variable.dtype)
        for i, variable in enumerate(learner.optimizer.variables)
        if "learning_rate" not in variable.path
    }


def ram_batch(seed: int, size: int) -> Batch:
    """Like `random_batch`, of RAM observations."""
    batch, random = random_batch(seed, size), np.random.default_rng(seed)
    shape = (size, RAM_OBSERVATION.stack, *RAM_OBSERVATION.shape)
    s_tm1, s_t = (random.integers(0, 256, shape, np.uint8) for _ in range(2))
    return dataclasses.replace(batch, s_tm1=s_tm1, s_t=s_t)


@pytest.mark.training
def test_updates_in_one_call_are_the_same_as_one_by_one() -> None:
    config = TrainingConfig.of_teacher(batch=8, emulators=8, updates_together=1)
    learners = []
    for together in (1, 2):
        keras.utils.set_random_seed(4)
        learners.append(Learner(dataclasses.replace(config, updates_together=together)))
        stirred(learners[-1].online)
        learners[-1].copy_to_target()
    single, double = learners
    batch = ram_batch(1, 16)
    halves = [
        Batch(**{f.name: getattr(batch, f.name)[part] for f in dataclasses.fields(batch)})
        for part in (slice(8), slice(8, 16))
    ]
    for half in halves:
        scalars = single.learn(half)
    assert float(double.learn(batch)["loss"]) == pytest.approx(float(scalars["loss"]), rel=1e-5)
    assert int(single.optimizer.iterations) == int(double.optimizer.iterations) == 2
    for ours, theirs in zip(double.online.variables, single.online.variables, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
