"""The two algorithms side by side: dueling double DQN for the student, IQN for the teacher.

An algorithm is a network, a way to read Q from it, and the loss of a batch. Everything else
(towers, optimizer, target network, checkpoints) belongs to the learner and is the same for both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from agents.config import TrainingConfig
from agents.learning import losses
from agents.networks import crops, keypoints
from agents.networks.networks import ACTIONS, FOLDS, dueling_network, even_taus, iqn_network
from agents.state.targets import TARGETS

Scalars = dict[str, tf.Tensor]
# 1 for each target that is learnt from the dense prediction, 0 for those read from heat maps alone.
DENSE_TARGETS = np.float32(~np.isin(np.arange(TARGETS), keypoints.FROM_KEYPOINTS))
# The weight of one nat of a heat map, relative to a dense target that is wrong by its size.
KEYPOINTS_SHARE = 0.1


@dataclass(frozen=True)
class Transitions:
    """A batch inside the compiled update, with folded states (see fold_stacks).

    `guidance` [] is the weight of the teacher's term, zero without a teacher.
    """

    s_tm1: tf.Tensor
    a_tm1: tf.Tensor  # [B]
    r_t: tf.Tensor  # [B]
    discount_t: tf.Tensor  # [B]
    s_t: tf.Tensor
    teacher_q: tf.Tensor  # [B, A], NaN where the teacher was not asked
    state_targets: tf.Tensor  # [B, F] of s_tm1, NaN where unknown
    guidance: tf.Tensor


@dataclass(frozen=True)
class Algorithm:
    """A network and its loss, which takes a seed [2] for the random numbers that it draws."""

    title: str
    build: Callable[[str, str], keras.Model]  # from encoder and precision
    q: Callable[[TrainingConfig, keras.Model, tf.Tensor], tf.Tensor]
    loss: Callable[
        [TrainingConfig, keras.Model, keras.Model, Transitions, tf.Tensor],
        tuple[tf.Tensor, Scalars],
    ]


def _dqn_q(_config: TrainingConfig, network: keras.Model, state: tf.Tensor) -> tf.Tensor:
    return network(state)["q"]


def _dqn_loss(
    config: TrainingConfig,
    online: keras.Model,
    target: keras.Model,
    batch: Transitions,
    _seed: tf.Tensor,
) -> tuple[tf.Tensor, Scalars]:
    """Double DQN (van Hasselt et al. 2016) on n-step returns with Huber's loss.

    While a teacher guides the student, the teacher's choice is distilled as well (QDagger).
    """
    q_online_t = tf.stop_gradient(online(batch.s_t)["q"])  # [B, A]
    q_target_t = target(batch.s_t)["q"]  # [B, A]
    target_tm1 = losses.double_q_target(batch.r_t, batch.discount_t, q_online_t, q_target_t)  # [B]
    q_tm1 = online(batch.s_tm1)["q"]  # [B, A]
    error = target_tm1 - _chosen(q_tm1, batch.a_tm1)  # [B]
    td_loss = tf.reduce_mean(losses.huber(error, config.huber_kappa))
    guided, scalars = guidance_loss(config, q_tm1, batch.teacher_q, batch.guidance)
    loss = td_loss + guided
    distance = _distance(q_online_t, q_target_t)
    return loss, {**_scalars(loss, error, q_online_t), **distance, **scalars}


def guidance_loss(
    config: TrainingConfig, q: tf.Tensor, teacher_q: tf.Tensor, guidance: tf.Tensor
) -> tuple[tf.Tensor, Scalars]:
    """Return what a guide adds to the loss of a learner's returns, and scalars to log.

    That is `guidance` times the divergence of its choice from that of `q` [B, A] (QDagger), and
    with `kept_advantages` the error of advantages that `copying_loss` has too. Returns then say
    what a state is worth, and which action is better only where they insist.
    """
    kl = tf.reduce_mean(losses.distillation(teacher_q, q, config.distill_temperature))
    if not config.kept_advantages:
        return guidance * kl, {"teacher_kl": kl}
    advantages = tf.reduce_mean(losses.advantage_error(teacher_q, q))
    guided = guidance * (kl + config.kept_advantages * advantages)
    return guided, {"teacher_kl": kl, "advantage_error": advantages}


def _iqn_q(config: TrainingConfig, network: keras.Model, state: tf.Tensor) -> tf.Tensor:
    """Return the mean of evenly spaced quantiles, so that one state has one answer."""
    return tf.reduce_mean(network([state, even_taus(config.quantiles)]), axis=1)


def _iqn_loss(
    config: TrainingConfig,
    online: keras.Model,
    target: keras.Model,
    batch: Transitions,
    seed: tf.Tensor,
) -> tuple[tf.Tensor, Scalars]:
    """Implicit quantile regression (Dabney et al. 2018, algorithm 1) on n-step returns.

    The target network's quantiles are the evenly spaced ones, which also choose actions. With
    `munchausen` the bootstrap is soft, and the log-policy of the action taken is added to the
    reward (M-IQN).
    """
    even = even_taus(config.quantiles)  # [1, N]
    # One draw for the whole batch: the embedding costs as much as the rest of a small head.
    taus = tf.random.stateless_uniform([1, config.quantiles], seed)  # [1, N]
    z_t = target([batch.s_t, even])  # [B, N, A]
    q_t = tf.reduce_mean(z_t, axis=1)  # [B, A]
    if config.munchausen > 0:
        temperature = config.munchausen_temperature
        # One pass for both: random fractions for the loss, even ones for the policy.
        z_tm1, z_even = tf.split(online([batch.s_tm1, tf.concat([taus, even], axis=1)]), 2, axis=1)
        log_policy_tm1 = losses.log_policy(tf.reduce_mean(z_even, axis=1), temperature)
        bonus = losses.munchausen_bonus(log_policy_tm1, batch.a_tm1, config.munchausen_floor)
        reward = batch.r_t + config.munchausen * bonus
        z_t = losses.soft_quantiles(z_t, losses.log_policy(q_t, temperature), temperature)
    else:
        z_tm1 = online([batch.s_tm1, taus])  # [B, N, A]
        reward = batch.r_t
        a_t = tf.argmax(q_t, axis=-1, output_type=tf.int32)  # [B]
        z_t = tf.gather(z_t, a_t, axis=2, batch_dims=1)  # [B, N]
    target_tm1 = tf.stop_gradient(reward[:, None] + batch.discount_t[:, None] * z_t)  # [B, N]
    chosen = tf.gather(z_tm1, batch.a_tm1, axis=2, batch_dims=1)  # [B, N]
    error = target_tm1[:, None, :] - chosen[:, :, None]  # [B, N, M]
    td_loss = tf.reduce_mean(losses.quantile_huber(error, taus, config.huber_kappa))
    q_tm1 = tf.reduce_mean(z_tm1, axis=1)  # [B, A]
    guided, scalars = guidance_loss(config, q_tm1, batch.teacher_q, batch.guidance)
    loss = td_loss + guided
    gap = tf.reduce_mean(target_tm1, axis=1) - tf.reduce_mean(chosen, axis=1)  # [B]
    return loss, {**_scalars(loss, gap, q_tm1), **_distance(q_tm1, q_t), **scalars}


def imitation_loss(
    config: TrainingConfig, online: keras.Model, batch: Transitions
) -> tuple[tf.Tensor, Scalars]:
    """Imitation: copy the teacher's values and choices in the states of `batch`, without returns.

    The teacher gives all six values of each state and nothing is bootstrapped, so this is much
    quicker than learning from returns. Where the student acts, the states are its own
    (DAgger). The student also learns to predict the `state_targets` where they are known.
    """
    outputs = online(batch.s_tm1)
    loss, scalars = copying_loss(config, outputs["q"], batch.teacher_q)
    known = tf.math.is_finite(batch.state_targets)
    error = tf.where(known, batch.state_targets - outputs["auxiliary"], 0.0)  # [B, 37]
    # Summed, because a mean over 37 would be too small beside the sharp divergence.
    dense = losses.huber(error, config.huber_kappa) * DENSE_TARGETS
    dense = tf.reduce_mean(tf.reduce_sum(dense, axis=1))
    keypoint = tf.reduce_mean(keypoint_losses(outputs, batch.state_targets, FOLDS[config.encoder]))
    loss += config.auxiliary_weight * (dense + KEYPOINTS_SHARE * keypoint)
    return loss, {
        **scalars,
        "loss": loss,
        "auxiliary_error": dense,
        "keypoint_cross_entropy": keypoint,
    }


def keypoint_losses(
    outputs: dict[str, tf.Tensor], state_targets: tf.Tensor, fold: int
) -> tf.Tensor:
    """Return the losses [B] of the keypoints in a student's `outputs`, and of its crops."""
    logits = outputs["heatmaps"]
    found = keypoints.cross_entropy(logits[..., : keypoints.KEYPOINTS], state_targets, fold)
    if "looked" not in outputs:
        return found
    found += crops.bombs_cross_entropy(logits, state_targets, fold)
    return found + crops.looking_loss(outputs["cells"], outputs["looked"], state_targets, fold)


def copying_loss(
    config: TrainingConfig, q: tf.Tensor, teacher_q: tf.Tensor
) -> tuple[tf.Tensor, Scalars]:
    """Return the loss of copying the teacher's values and choices with `q` [B, A], and scalars.

    Where the student cannot tell two states apart that the teacher can, the divergence alone makes
    it copy the choice in the likelier state. The squared error of advantages makes it weigh the
    loss in the other state: its minimum is the mean of the teacher's advantages, by which to act
    while the state is uncertain (QMDP, Littman et al. 1995, section 4).
    """
    kl = tf.reduce_mean(losses.distillation(teacher_q, q, config.distill_temperature))
    error = tf.where(tf.math.is_finite(teacher_q), teacher_q - q, 0.0)  # [B, A]
    advantages = tf.reduce_mean(losses.advantage_error(teacher_q, q))
    loss = tf.reduce_mean(losses.huber(error, config.huber_kappa))
    loss += config.distill_weight * kl + config.advantage_weight * advantages
    scalars = _scalars(loss, error, q)
    return loss, {**scalars, "teacher_kl": kl, "advantage_error": advantages}


def _chosen(q: tf.Tensor, actions: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(q * tf.one_hot(actions, ACTIONS), axis=-1)


def _scalars(loss: tf.Tensor, error: tf.Tensor, q_online: tf.Tensor) -> Scalars:
    return {
        "loss": loss,
        "td_error": tf.reduce_mean(tf.abs(error)),
        "q_online": tf.reduce_mean(tf.reduce_max(q_online, axis=-1)),
    }


def _distance(q_online: tf.Tensor, q_target: tf.Tensor) -> Scalars:
    return {
        "q_target": tf.reduce_mean(tf.reduce_max(q_target, axis=-1)),
        "q_gap": tf.reduce_mean(tf.abs(q_online - q_target)),
    }


ALGORITHMS = {
    "double-dqn": Algorithm("dueling double DQN", dueling_network, _dqn_q, _dqn_loss),
    "iqn": Algorithm("implicit quantile network", iqn_network, _iqn_q, _iqn_loss),
}
