"""Learning targets and losses as pure functions of tensors."""

from __future__ import annotations

import tensorflow as tf


def double_q_target(
    r_t: tf.Tensor, discount_t: tf.Tensor, q_online_t: tf.Tensor, q_target_t: tf.Tensor
) -> tf.Tensor:
    """Return the double-Q target [B] (van Hasselt et al. 2016, equation 4).

    `r_t` [B] is the n-step return, `discount_t` [B] the bootstrap's discount (zero after a death),
    and `q_online_t` and `q_target_t` [B, A] are the values of the state in which the return ends.
    The online network chooses the action; the target network values it.
    """
    a_t = tf.argmax(q_online_t, axis=-1, output_type=tf.int32)  # [B]
    chosen = tf.gather(q_target_t, a_t, batch_dims=1)  # [B]
    return tf.stop_gradient(r_t + discount_t * chosen)


def quantile_huber(error: tf.Tensor, taus: tf.Tensor, kappa: float) -> tf.Tensor:
    """Return the quantile Huber loss [B] (Dabney et al. 2018, equations 3 and 4).

    `error` [B, N, M] is target sample j minus predicted quantile i; `taus` [B, N] or [1, N] are the
    fractions of the predictions. At a high fraction a prediction that is too low costs more than
    one that is too high. The loss is summed over N predictions and averaged over M samples.
    """
    below = tf.cast(error < 0, error.dtype)
    weight = tf.abs(taus[:, :, None] - tf.stop_gradient(below))
    return tf.reduce_sum(tf.reduce_mean(weight * huber(error, kappa) / kappa, axis=2), axis=1)


def log_policy(q: tf.Tensor, temperature: float) -> tf.Tensor:
    """Return the scaled log-policy T log softmax(q / T), of the shape of `q` [B, A].

    It is in units of Q: about zero for an action that is clearly the best, and for the others about
    their distance to the best action.
    """
    return temperature * tf.nn.log_softmax(q / temperature)


def munchausen_bonus(log_policy_tm1: tf.Tensor, a_tm1: tf.Tensor, floor: float) -> tf.Tensor:
    """Return what the action's own log-policy adds to the reward [B] (Vieillard et al. 2020).

    `log_policy_tm1` [B, A] is `log_policy` of the state in which `a_tm1` [B] was taken. The result
    is at least `floor` (equation 1 and section 4, "clipped").
    """
    return tf.clip_by_value(tf.gather(log_policy_tm1, a_tm1, batch_dims=1), floor, 0.0)


def soft_quantiles(z_t: tf.Tensor, log_policy_t: tf.Tensor, temperature: float) -> tf.Tensor:
    """Return quantiles [B, M] of the soft value of states (M-IQN, Vieillard et al. 2020).

    `z_t` [B, M, A] are the actions' quantiles and `log_policy_t` [B, A] is the `log_policy` under
    which they are averaged. The entropy that the temperature rewards is included.
    """
    policy = tf.exp(log_policy_t / temperature)[:, None]
    return tf.reduce_sum(policy * (z_t - log_policy_t[:, None]), axis=2)


def distillation(teacher_q: tf.Tensor, q: tf.Tensor, temperature: float) -> tf.Tensor:
    """Return the distillation loss [B] (QDagger, Agarwal et al. 2022, section 4).

    It is the divergence KL(softmax(teacher_q / T) || softmax(q / T)) in nats of the values
    [B, A], with `temperature` T in units of Q. It is zero where the teacher was not asked (NaN).
    """
    asked = tf.math.is_finite(teacher_q[:, 0])
    teacher = tf.nn.log_softmax(tf.where(asked[:, None], teacher_q, 0.0) / temperature)
    student = tf.nn.log_softmax(q / temperature)
    divergence = tf.reduce_sum(tf.exp(teacher) * (teacher - student), axis=-1)
    return tf.where(asked, divergence, 0.0)


def advantage_error(teacher_q: tf.Tensor, q: tf.Tensor) -> tf.Tensor:
    """Return half the squared error of the advantages [B], averaged over the actions.

    An advantage is a value of [B, A] less the mean of its state's. The error is zero where the
    teacher was not asked (NaN).
    """
    error = tf.where(tf.math.is_finite(teacher_q), teacher_q - q, 0.0)  # [B, A]
    error -= tf.reduce_mean(error, axis=1, keepdims=True)
    return tf.reduce_mean(0.5 * tf.square(error), axis=1)


def huber(error: tf.Tensor, kappa: float) -> tf.Tensor:
    """Return Huber's loss of the shape of `error`: quadratic up to `kappa`, linear beyond it."""
    size = tf.abs(error)
    quadratic = tf.minimum(size, kappa)
    return 0.5 * tf.square(quadratic) + kappa * (size - quadratic)
