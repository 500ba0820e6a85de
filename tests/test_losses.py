from __future__ import annotations

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from agents import losses  # noqa: E402

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


def test_death_shuts_out_even_a_broken_bootstrap_value() -> None:
    q = tf.constant([[1e30, 2.0]])
    assert losses.double_q_target(tf.constant([0.5]), tf.constant([0.0]), q, q).numpy() == [0.5]


def test_no_gradient_flows_through_the_target() -> None:
    parts = [tf.Variable(x) for x in ([1.0], [0.9], [[1.0, 2.0]], [[3.0, 4.0]])]
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(losses.double_q_target(*parts))
    assert tape.gradient(total, parts) == [None] * 4


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
