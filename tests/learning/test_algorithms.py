"""The losses of both learners against slow loops, with networks that are plain functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from agents.config import TrainingConfig  # noqa: E402
from agents.learning.algorithms import ALGORITHMS, Transitions  # noqa: E402
from agents.networks.networks import ACTIONS, even_taus  # noqa: E402

pytestmark = pytest.mark.usefixtures("tensorflow")

STATES, BATCH = 4, 5
KAPPA = 0.7
Q_ONLINE, Q_TARGET = np.random.default_rng(0).normal(size=(2, STATES, ACTIONS)).astype(np.float32)
SPREAD = np.random.default_rng(1).uniform(0.5, 3, (STATES, ACTIONS)).astype(np.float32)


def huber(error: float) -> float:
    return 0.5 * error**2 if abs(error) <= KAPPA else KAPPA * (abs(error) - 0.5 * KAPPA)


def divergence(teacher: Any, student: Any, temperature: float) -> float:
    if np.isnan(teacher[0]):
        return 0.0
    p, q = (np.exp(np.float64(each) / temperature) for each in (teacher, student))
    p, q = p / p.sum(), q / q.sum()
    return float((p * np.log(p / q)).sum())


def batch(guidance: float) -> Transitions:
    """States are numbers, of which the third ends in a death and two were shown to a teacher."""
    random = np.random.default_rng(2)
    teacher_q = random.normal(size=(BATCH, ACTIONS)).astype(np.float32)
    teacher_q[2:] = np.nan
    return Transitions(
        s_tm1=tf.constant([0, 1, 2, 3, 1]),
        a_tm1=tf.constant([5, 0, 2, 2, 4]),
        r_t=tf.constant(random.normal(size=BATCH).astype(np.float32)),
        discount_t=tf.constant([0.9, 0.8, 0.0, 0.9, 0.7]),
        s_t=tf.constant([1, 2, 3, 0, 3]),
        teacher_q=tf.constant(teacher_q),
        state_targets=tf.zeros((BATCH, 0)),
        guidance=tf.constant(guidance),
    )


def dueling(q: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda states: {"q": tf.gather(q, states)}


def implicit(q: Any) -> Callable[[list[Any]], Any]:
    """A network whose quantiles rise with their fraction, in each action by its own spread."""

    def network(inputs: list[Any]) -> Any:
        states, taus = inputs
        spread = tf.gather(SPREAD, states)[:, None]  # [B, 1, A]
        return tf.gather(q, states)[:, None] + spread * taus[:, :, None]

    return network


@pytest.mark.parametrize(("guidance", "kept"), [(0.0, 0.0), (3.0, 0.0), (3.0, 5.0)])
def test_double_q_learning_equals_a_slow_loop(guidance: float, kept: float) -> None:
    config = TrainingConfig(huber_kappa=KAPPA, distill_temperature=0.5, kept_advantages=kept)
    given, total, kl, gap, advantages = batch(guidance), 0.0, 0.0, 0.0, 0.0
    for i in range(BATCH):
        then, now = int(given.s_t[i]), int(given.s_tm1[i])
        best = max(range(ACTIONS), key=lambda action: Q_ONLINE[then, action])
        goal = float(given.r_t[i]) + float(given.discount_t[i]) * Q_TARGET[then, best]
        total += huber(goal - Q_ONLINE[now, int(given.a_tm1[i])]) / BATCH
        kl += divergence(given.teacher_q[i].numpy(), Q_ONLINE[now], 0.5) / BATCH
        wrong = given.teacher_q[i].numpy() - Q_ONLINE[now]
        advantages += 0.0 if np.isnan(wrong[0]) else 0.5 * np.var(wrong) / BATCH
        gap += np.abs(Q_ONLINE[then] - Q_TARGET[then]).mean() / BATCH
    loss, scalars = ALGORITHMS["double-dqn"].loss(
        config, dueling(Q_ONLINE), dueling(Q_TARGET), given, tf.constant([0, 0])
    )
    assert float(loss) == pytest.approx(total + guidance * (kl + kept * advantages), rel=1e-5)
    assert float(scalars["teacher_kl"]) == pytest.approx(kl, rel=1e-4)
    assert float(scalars["q_gap"]) == pytest.approx(gap, rel=1e-5)
    assert float(scalars["q_online"]) == pytest.approx(
        Q_ONLINE[given.s_t.numpy()].max(axis=1).mean(), rel=1e-5
    )


@pytest.mark.parametrize("guidance", [0.0, 3.0])
def test_implicit_quantile_regression_equals_a_slow_loop(guidance: float) -> None:
    count, seed = 3, tf.constant([7, 1])
    config = TrainingConfig(
        quantiles=count, munchausen=0.0, huber_kappa=KAPPA, distill_temperature=0.5
    )
    given = batch(guidance)
    drawn = tf.random.stateless_uniform([1, count], seed).numpy()[0]
    even = [(i + 0.5) / count for i in range(count)]
    total, kl = 0.0, 0.0
    for i in range(BATCH):
        then, now, done = int(given.s_t[i]), int(given.s_tm1[i]), int(given.a_tm1[i])
        means = [
            sum(Q_TARGET[then, a] + SPREAD[then, a] * tau for tau in even) / count
            for a in range(ACTIONS)
        ]
        best = int(np.argmax(means))
        for predicted in drawn:
            for sampled in even:
                value = Q_TARGET[then, best] + SPREAD[then, best] * sampled
                goal = float(given.r_t[i]) + float(given.discount_t[i]) * value
                error = goal - (Q_ONLINE[now, done] + SPREAD[now, done] * predicted)
                weight = 1 - predicted if error < 0 else predicted
                total += weight * huber(error) / KAPPA / count / BATCH
        student = Q_ONLINE[now] + SPREAD[now] * drawn.mean()
        kl += divergence(given.teacher_q[i].numpy(), student, 0.5) / BATCH
    loss, scalars = ALGORITHMS["iqn"].loss(
        config, implicit(Q_ONLINE), implicit(Q_TARGET), given, seed
    )
    assert float(loss) == pytest.approx(total + guidance * kl, rel=1e-4)
    assert float(scalars["teacher_kl"]) == pytest.approx(kl, rel=1e-4)


def test_who_acts_asks_for_fixed_even_quantiles() -> None:
    np.testing.assert_allclose(even_taus(4), [[0.125, 0.375, 0.625, 0.875]])
    asked: list[Any] = []

    def network(inputs: list[Any]) -> Any:
        asked.append(inputs[1].numpy())
        return implicit(Q_ONLINE)(inputs)

    config = TrainingConfig(quantiles=8)
    answers = [ALGORITHMS["iqn"].q(config, network, tf.range(STATES)) for _ in range(2)]
    np.testing.assert_array_equal(*answers)
    np.testing.assert_allclose(answers[0], Q_ONLINE + SPREAD / 2, rtol=1e-5)
    for taus in asked:
        np.testing.assert_allclose(taus, even_taus(8))
