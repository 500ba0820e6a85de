from __future__ import annotations

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

import keras  # noqa: E402

from agents.config import TrainingConfig  # noqa: E402
from agents.learning import losses  # noqa: E402
from agents.learning.algorithms import copying_loss  # noqa: E402
from agents.networks.networks import ACTIONS  # noqa: E402

pytestmark = pytest.mark.usefixtures("tensorflow")


@pytest.mark.parametrize("seed", [0, 1])
def test_double_q_target_equals_a_slow_loop(seed: int) -> None:
    random = np.random.default_rng(seed)
    r_t, discount_t = random.normal(size=(2, 7)).astype(np.float32)
    online, target = random.normal(size=(2, 7, 6)).astype(np.float32)
    discount_t[2] = 0
    expected = []
    for i in range(7):
        best = max(range(6), key=lambda action: online[i, action])
        expected.append(r_t[i] + discount_t[i] * target[i, best])
    actual = losses.double_q_target(*map(tf.constant, (r_t, discount_t, online, target)))
    np.testing.assert_allclose(actual.numpy(), expected, rtol=1e-6)
    assert actual[2] == r_t[2]  # after a death only the reward counts


def test_after_a_death_even_a_broken_bootstrap_value_counts_nothing() -> None:
    q = tf.constant([[1e30, 2.0]])
    assert losses.double_q_target(tf.constant([0.5]), tf.constant([0.0]), q, q).numpy() == [0.5]


def test_no_gradient_flows_through_the_target() -> None:
    parts = [tf.Variable(x) for x in ([1.0], [0.9], [[1.0, 2.0]], [[3.0, 4.0]])]
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(losses.double_q_target(*parts))
    assert tape.gradient(total, parts) == [None] * 4


@pytest.mark.parametrize("temperature", [0.03, 1.0])
def test_munchausens_terms_equal_a_slow_loop(temperature: float) -> None:
    random = np.random.default_rng(6)
    q = random.normal(scale=2 * temperature, size=(5, 4)).astype(np.float32)
    z = random.normal(size=(5, 3, 4)).astype(np.float32)  # [B, M, A]
    actions, floor = [0, 1, 2, 3, 0], -1.5 * temperature
    bonuses, values = [], []
    for i, action in enumerate(actions):
        weights = [np.exp(float(x) / temperature) for x in q[i]]
        policy = [w / sum(weights) for w in weights]
        logs = [temperature * np.log(p) for p in policy]
        bonuses.append(max(logs[action], floor))
        values.append([sum(policy[a] * (z[i, m, a] - logs[a]) for a in range(4)) for m in range(3)])
    log_policy = losses.log_policy(tf.constant(q), temperature)
    bonus = losses.munchausen_bonus(log_policy, tf.constant(actions), floor)
    np.testing.assert_allclose(bonus, bonuses, rtol=1e-4)
    assert floor in bonuses
    soft = losses.soft_quantiles(tf.constant(z), log_policy, temperature)
    np.testing.assert_allclose(soft, values, rtol=1e-4)


def test_a_clear_choice_has_no_bonus_and_a_hard_value() -> None:
    log_policy = losses.log_policy(tf.constant([[0.0, 5.0, 1.0]]), 0.03)
    z = tf.constant([[[1.0, 2.0, 9.0], [3.0, 4.0, 9.0]]])
    np.testing.assert_allclose(losses.soft_quantiles(z, log_policy, 0.03), [[2, 4]], rtol=1e-5)
    bonus = losses.munchausen_bonus(tf.repeat(log_policy, 3, axis=0), tf.range(3), -1.0)
    np.testing.assert_allclose(bonus, [-1, 0, -1], atol=1e-6)


@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_distillation_equals_a_slow_loop(temperature: float) -> None:
    random = np.random.default_rng(5)
    teacher, student = random.normal(scale=temperature, size=(2, 6, 4)).astype(np.float32)
    expected = []
    for mine, theirs in zip(student.tolist(), teacher.tolist(), strict=True):
        p, q = ([np.exp(x / temperature) for x in xs] for xs in (theirs, mine))
        p, q = ([x / sum(xs) for x in xs] for xs in (p, q))
        expected.append(sum(a * np.log(a / b) for a, b in zip(p, q, strict=True)))
    actual = losses.distillation(tf.constant(teacher), tf.constant(student), temperature)
    np.testing.assert_allclose(actual, expected, rtol=1e-3, atol=1e-6)
    assert min(expected) > 0.01
    same = losses.distillation(tf.constant(teacher), tf.constant(teacher), temperature)
    np.testing.assert_allclose(same, np.zeros(6), atol=1e-6)


def test_states_without_the_teachers_values_have_no_gradient() -> None:
    teacher = tf.constant([[np.nan, np.nan], [1.0, 2.0]])
    q = tf.Variable([[5.0, 1.0], [2.0, 1.0]])
    with tf.GradientTape() as tape:
        kl = losses.distillation(teacher, q, 0.5)
    assert kl[0] == 0
    gradient = tape.gradient(kl, q).numpy()
    np.testing.assert_array_equal(gradient[0], [0, 0])
    assert gradient[1, 0] > 0 > gradient[1, 1]


@pytest.mark.parametrize("kappa", [0.5, 1.0, 2.0])
def test_huber_equals_a_slow_loop(kappa: float) -> None:
    errors = np.array([-5, -2, -1, -0.5, -0.1, 0, 0.1, 0.5, 1, 2, 5], np.float32)
    expected = [
        0.5 * e**2 if abs(e) <= kappa else kappa * (abs(e) - 0.5 * kappa) for e in errors.tolist()
    ]
    np.testing.assert_allclose(losses.huber(tf.constant(errors), kappa), expected, rtol=1e-6)


def test_hubers_gradient_is_the_error_up_to_kappa() -> None:
    errors = tf.constant([-3.0, -0.5, 0.5, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(errors)
        loss = tf.reduce_sum(losses.huber(errors, 1.0))
    np.testing.assert_allclose(tape.gradient(loss, errors), [-1, -0.5, 0.5, 1])


def slow_quantile_huber(error: np.ndarray, taus: np.ndarray, kappa: float) -> list[float]:
    totals = []
    for errors, fractions in zip(error.tolist(), taus.tolist(), strict=True):
        total = 0.0
        for row, tau in zip(errors, fractions, strict=True):
            for e in row:
                size = abs(e)
                cost = 0.5 * e**2 if size <= kappa else kappa * (size - 0.5 * kappa)
                total += (1 - tau if e < 0 else tau) * cost / kappa / len(row)
        totals.append(total)
    return totals


@pytest.mark.parametrize("kappa", [0.5, 1.0])
def test_quantile_huber_equals_a_slow_loop(kappa: float) -> None:
    random = np.random.default_rng(3)
    error = random.normal(scale=2, size=(5, 3, 4)).astype(np.float32)
    taus = random.uniform(size=(5, 3)).astype(np.float32)
    actual = losses.quantile_huber(tf.constant(error), tf.constant(taus), kappa)
    np.testing.assert_allclose(actual, slow_quantile_huber(error, taus, kappa), rtol=1e-5)


def test_too_low_at_a_high_fraction_costs_more_than_too_high() -> None:
    taus = tf.constant([[0.9]])
    low, high = (losses.quantile_huber(tf.constant([[[e]]]), taus, 1.0) for e in (2.0, -2.0))
    assert float(low[0] / high[0]) == pytest.approx(9)


def test_the_gradient_of_a_quantile_leans_as_its_fraction_says() -> None:
    """Far from the samples the pull up is tau for each sample above, down 1 - tau below."""
    quantile = tf.Variable([[0.0]])
    samples = tf.constant([[[5.0, 5.0, 5.0, -5.0]]])
    with tf.GradientTape() as tape:
        error = samples - quantile[:, :, None]
        loss = tf.reduce_sum(losses.quantile_huber(error, tf.constant([[0.3]]), 1.0))
    assert float(tape.gradient(loss, quantile)[0, 0]) == pytest.approx(-(0.3 * 3 - 0.7) / 4)


@pytest.mark.slow
def test_minimising_finds_the_quantiles_of_a_known_distribution() -> None:
    taus = tf.constant([[0.1, 0.5, 0.9]])
    samples = tf.constant(np.linspace(0, 100, 1001, dtype=np.float32))
    quantiles = tf.Variable([[50.0, 50.0, 50.0]])
    for step in range(400):
        with tf.GradientTape() as tape:
            error = samples[None, None, :] - quantiles[:, :, None]
            loss = tf.reduce_sum(losses.quantile_huber(error, taus, 1.0))
        quantiles.assign_sub((40 if step < 300 else 4) * tape.gradient(loss, quantiles))
    np.testing.assert_allclose(quantiles.numpy(), [[10, 50, 90]], atol=1)


@pytest.mark.parametrize("weight", [0.0, 40.0])
def test_a_student_that_confuses_two_states_weighs_the_loss_in_the_rarer(weight: float) -> None:
    # Four times of five the second action is a little better, else it costs a life.
    values = [[13.0, 13.2, 12, 12, 12, 12]] * 4 + [[13.0, 0.5, 12, 12, 12, 12]]
    config = TrainingConfig(advantage_weight=weight, distill_weight=2.0, distill_temperature=0.1)
    q = tf.Variable(tf.zeros([ACTIONS]))
    descent = keras.optimizers.Adam(0.1)
    descent.build([q])

    @tf.function
    def descend() -> None:
        with tf.GradientTape() as tape:
            loss, _scalars = copying_loss(config, tf.tile(q[None], [5, 1]), tf.constant(values))
        descent.apply([tape.gradient(loss, q)], [q])

    for _ in range(800):
        descend()
    assert int(tf.argmax(q)) == (0 if weight else 1)
