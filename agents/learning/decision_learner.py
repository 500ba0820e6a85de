"""The decision learner: it trains the student's decisions behind a frozen encoder.

Nearly all of an update with pictures is spent in the encoder. Here the encoder and the keypoints
stay as they are. They look through LiteRT, as the exported model does, while the learner learns
from steps of before. Instead of pictures the memory keeps the input of the first decision layer:
the radial basis of the predicted targets, and the features. So the layers behind it learn many
times from each step, and from the errors that the encoder really makes, also those of weights in 8
bits.

A running average of the learnt weights (Polyak and Juditsky 1992) acts, is the target of double
Q-learning, and is exported, so that no single noisy update decides how the student plays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import ml_dtypes
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from agents.config import TrainingConfig
from agents.experience.memory import Batch
from agents.inference.observation import Observation
from agents.inference.player import SIGNATURE
from agents.learning import losses
from agents.learning.algorithms import Scalars, copying_loss, guidance_loss
from agents.learning.learner import assign, assign_student
from agents.learning.schedules import learning_rate
from agents.networks.litert import converted
from agents.networks.networks import (
    ACTIONS,
    SHARED_UNITS,
    arithmetic,
    dueling_network,
)

AVERAGE_PERIOD = 8  # updates for each step of the average, which costs as much as Adam's
BETAS = 0.9, 0.999  # Adam's (Kingma and Ba 2015)


class DecisionLearner:
    """Trains the decisions behind a student's encoder; it has the interface of Learner.

    `online` is the whole student: the frozen encoder and the averaged decisions.
    """

    def __init__(self, config: TrainingConfig) -> None:
        """Build the student and two copies of its decisions, the learnt and the averaged."""
        self._config = config
        self.online = dueling_network(config.encoder, "float32")
        seen = self.online.get_layer("seen").output
        # Its tensors are named as the whole student's, by which weights in 8 bits are chosen.
        self._encoder = keras.Model(self.online.inputs, seen, name=self.online.name)
        self._looks: Any | None = None  # the encoder in LiteRT, once it is asked
        precision = arithmetic(config.precision)
        self._learnt, self._averaged = (
            _decisions(dueling_network(config.encoder, precision)) for _ in range(2)
        )
        self._exported = _decisions(self.online)
        shape = (int(seen.shape[-1]),)
        self.observation = Observation(shape, 1, ml_dtypes.bfloat16)  # what the memory keeps
        self._optimizer = FusedAdam(self._learnt.trainable_variables, config.adam_epsilon)
        self._rate = tf.Variable(config.learning_rate)
        self._compile(shape)
        self.copy_to_target()

    def _compile(self, shape: tuple[int]) -> None:
        states = tf.TensorSpec([None, *shape], tf.bfloat16)
        values = tf.TensorSpec([None, ACTIONS], tf.float32)
        numbers, actions = tf.TensorSpec([None], tf.float32), tf.TensorSpec([None], tf.int32)
        guidance = tf.TensorSpec([], tf.float32)
        transitions = [states, actions, numbers, numbers, states, values, guidance]
        self._act = tf.function(self._averaged, [states], autograph=False)
        self._imitation = tf.function(self._imitate, [states, values], autograph=False)
        self._update = tf.function(self._learn_returns, transitions, autograph=False)

    def copy_to_target(self) -> None:
        """Start from the student's own decisions; later the running average needs no copies."""
        if int(self._optimizer.count) == 0:
            _copy(self._exported, self._learnt)
            _copy(self._exported, self._averaged)

    def look(self, stacks: NDArray[np.uint8]) -> NDArray[Any]:
        """Return what the encoder says of `stacks` [E, 4, 84, 84], bfloat16 [E, P].

        Another thread may call it while this one learns.
        """
        if self._looks is None:
            self._looks = self._encoder_in_litert()
        frames = np.ascontiguousarray(np.moveaxis(stacks, 1, -1))
        return self._looks(frames=frames)["seen"].astype(ml_dtypes.bfloat16)

    def act(self, seen: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[Any]]:
        """Return Q [E, 6] for what `look` returned [E, P], and that, which the memory keeps."""
        return self._act(seen).numpy(), seen

    def encoder_changed(self) -> None:
        """Look through the encoder as it is now."""
        self._looks = None

    def _encoder_in_litert(self) -> Any:
        frames = tf.TensorSpec([None, *self.online.inputs[0].shape[1:]], tf.uint8, name="frames")
        data = converted(
            self._encoder,
            lambda shown: {"seen": self._encoder(shown)},
            SIGNATURE,
            frames,
            bool(self._config.int8_encoder),
        )
        interpreter = Interpreter(model_content=data, num_threads=1)
        return interpreter.get_signature_runner(SIGNATURE)

    def learn(
        self, batch: Batch, guidance: float = 0.0, imitate: bool = False
    ) -> dict[str, tf.Tensor]:
        """Update on `batch`, whose states are those that `act` returned; return scalars to log.

        `guidance` is the weight of the teacher's choice; with `imitate` the loss is that of
        imitation alone.
        """
        s_tm1 = batch.s_tm1[:, 0]
        learnt = int(self._optimizer.count) * self._config.batch
        self._rate.assign(learning_rate(self._config, learnt))
        if imitate:
            return dict(self._imitation(s_tm1, batch.teacher_q))
        returns = batch.a_tm1, batch.r_t, batch.discount_t, batch.s_t[:, 0]
        return dict(self._update(s_tm1, *returns, batch.teacher_q, np.float32(guidance)))

    def _imitate(self, s_tm1: tf.Tensor, teacher_q: tf.Tensor) -> Scalars:
        s_tm1 = self._without_some_features(s_tm1)
        with tf.GradientTape() as tape:
            q_tm1 = self._learnt(s_tm1)
            loss, scalars = copying_loss(self._config, q_tm1, teacher_q)
        return {**scalars, **self._step(tape, loss), "agreement": _agreement(q_tm1, teacher_q)}

    def _learn_returns(
        self,
        s_tm1: tf.Tensor,
        a_tm1: tf.Tensor,
        r_t: tf.Tensor,
        discount_t: tf.Tensor,
        s_t: tf.Tensor,
        teacher_q: tf.Tensor,
        guidance: tf.Tensor,
    ) -> Scalars:
        """Double Q-learning on n-step returns, with the teacher's choice distilled (QDagger)."""
        config = self._config
        q_t, q_target_t = self._learnt(s_t), self._averaged(s_t)  # [B, A]
        target_tm1 = losses.double_q_target(r_t, discount_t, q_t, q_target_t)  # [B]
        s_tm1 = self._without_some_features(s_tm1)
        with tf.GradientTape() as tape:
            q_tm1 = self._learnt(s_tm1)  # [B, A]
            chosen = tf.reduce_sum(q_tm1 * tf.one_hot(a_tm1, ACTIONS), axis=-1)
            error = tf.stop_gradient(target_tm1) - chosen  # [B]
            td_loss = tf.reduce_mean(losses.huber(error, config.huber_kappa))
            guided, scalars = guidance_loss(config, q_tm1, teacher_q, guidance)
            loss = td_loss + guided
        return {
            **self._step(tape, loss),
            "loss": loss,
            "td_error": tf.reduce_mean(tf.abs(error)),
            "q_online": tf.reduce_mean(tf.reduce_max(q_t, axis=-1)),
            "q_target": tf.reduce_mean(tf.reduce_max(q_target_t, axis=-1)),
            "q_gap": tf.reduce_mean(tf.abs(q_t - q_target_t)),
            **scalars,
            "agreement": _agreement(q_tm1, teacher_q),
        }

    def _without_some_features(self, seen: tf.Tensor) -> tf.Tensor:
        """Return states `seen` [B, P] with a share of the features dropped, the others larger.

        Targets are few and say where things are. Features are many and tell a state of the memory
        from all others, so that decisions learn it by heart.
        """
        if not self._config.feature_dropout:
            return seen
        features = tf.nn.dropout(seen[:, -SHARED_UNITS:], self._config.feature_dropout)
        return tf.concat([seen[:, :-SHARED_UNITS], features], axis=1)

    def _step(self, tape: tf.GradientTape, loss: tf.Tensor) -> Scalars:
        variables = self._learnt.trainable_variables
        gradients = tape.gradient(loss, variables)
        gradients, norm = tf.clip_by_global_norm(gradients, self._config.gradient_norm)
        self._optimizer.apply(gradients, self._rate)
        due = self._optimizer.count % AVERAGE_PERIOD == 0
        tf.cond(due, self._average, tf.no_op)
        return {"gradient_norm": norm}

    def _average(self) -> tf.Operation:
        share = 1 - self._config.weight_average
        pairs = zip(self._averaged.variables, self._learnt.variables, strict=True)
        return tf.group(
            [
                average.value.assign_add((learnt.value - average.value) * share)
                for average, learnt in pairs
            ]
        )

    def state(self) -> dict[str, NDArray[Any]]:
        """Return every array that a resumed learner needs, by name; `online` is the student."""
        _copy(self._averaged, self._exported)
        return {
            f"{part}/{index}": np.asarray(variable)
            for part, variables in self._parts().items()
            for index, variable in enumerate(variables)
        }

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Load what `state` returned; raise ValueError if names or shapes differ."""
        for part, variables in self._parts().items():
            assign(part, variables, arrays)
        _copy(self._exported, self._averaged)
        self.encoder_changed()

    def begin_from(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Load a student's `online` arrays; raise like `restore`."""
        assign_student(self.online, self._config.encoder, arrays)
        self.copy_to_target()
        self.encoder_changed()

    def _parts(self) -> dict[str, list[Any]]:
        return {
            "online": self.online.variables,
            "decisions": self._learnt.variables,
            "optimizer": self._optimizer.variables,
        }


class FusedAdam:
    """Adam as TensorFlow's fused operation: Keras's is up to a third of so small an update."""

    def __init__(self, variables: list[Any], epsilon: float) -> None:
        """Keep two moments for each of `variables`."""
        self._learnt, self._epsilon = variables, epsilon
        self.count = tf.Variable(0, dtype=tf.int64)
        self._first, self._second = (
            [tf.Variable(tf.zeros(variable.shape)) for variable in variables] for _ in BETAS
        )

    @property
    def variables(self) -> list[Any]:
        """The variables that change, except the learnt ones."""
        return [self.count, *self._first, *self._second]

    def apply(self, gradients: list[tf.Tensor], rate: tf.Variable) -> None:
        """Apply one step with learning rate `rate`."""
        self.count.assign_add(1)
        powers = [tf.pow(beta, tf.cast(self.count, tf.float32)) for beta in BETAS]
        for variable, first, second, gradient in zip(
            self._learnt, self._first, self._second, gradients, strict=True
        ):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.value.handle,
                m=first.handle,
                v=second.handle,
                beta1_power=powers[0],
                beta2_power=powers[1],
                lr=rate,
                beta1=BETAS[0],
                beta2=BETAS[1],
                epsilon=self._epsilon,
                grad=gradient,
            )


def _decisions(network: keras.Model) -> keras.Model:
    """Return the layers of a student `network` from the output of `seen` to Q [B, 6]."""
    return keras.Model(network.get_layer("seen").output, network.output["q"])


def _copy(source: keras.Model, target: keras.Model) -> None:
    for variable, value in zip(target.variables, source.variables, strict=True):
        variable.assign(value)


def _agreement(q: tf.Tensor, teacher_q: tf.Tensor) -> tf.Tensor:
    """Return the share of states [] in which both choose the same action."""
    same = tf.argmax(q, axis=1) == tf.argmax(teacher_q, axis=1)
    return tf.reduce_mean(tf.cast(same, tf.float32))
