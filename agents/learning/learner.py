"""The learner: one compiled function that updates the weights from a batch."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from agents.config import IMPALA, IMPALA_CROPS, TrainingConfig
from agents.experience.memory import Batch
from agents.inference.observation import OBSERVATIONS
from agents.learning.algorithms import ALGORITHMS, Scalars, Transitions, imitation_loss
from agents.learning.cluster import Cluster, join, losing_a_worker_is_said
from agents.learning.schedules import learning_rate
from agents.networks.networks import (
    ACTIONS,
    arithmetic,
    behind_fold,
    dueling_network,
    encoder_variables,
    fold_stacks,
)
from agents.state.targets import TARGETS


class Learner:
    """Owns the online network, the target network and the optimizer of one algorithm.

    A batch is split into towers that run in parallel, each with operations of its own. On two
    cores two towers learn 1.8 times as fast as one thread; two threads inside each operation are
    only 1.2 to 1.3 times as fast.

    With several workers each learns from its part of the batch, and `cluster` sums the gradients.
    """

    def __init__(self, config: TrainingConfig, cluster: Cluster | None = None) -> None:
        """Build the networks and the optimizer; without a `cluster` there is one worker."""
        self._config = config
        self._cluster = cluster or join(None)
        self._algorithm = ALGORITHMS[config.algorithm]
        with self._cluster.strategy.scope():
            precision = arithmetic(config.precision)
            self.online = self._algorithm.build(config.encoder, precision)
            self.target = self._algorithm.build(config.encoder, precision)
            self._online = behind_fold(self.online)
            self._target = behind_fold(self.target)
            self.optimizer = SummedAdam(config.learning_rate, epsilon=config.adam_epsilon)
            self.optimizer.build(self.online.trainable_variables)
        self.observation = OBSERVATIONS[config.encoder]  # what the memory keeps
        self._compile()
        self.copy_to_target()

    def _compile(self) -> None:
        seen = OBSERVATIONS[self._config.encoder]
        stacks = tf.TensorSpec([None, seen.stack, *seen.shape], tf.uint8)
        numbers = tf.TensorSpec([None], tf.float32)
        actions = tf.TensorSpec([None], tf.int32)
        teacher_q = tf.TensorSpec([None, ACTIONS], tf.float32)
        state_targets = tf.TensorSpec([None, TARGETS], tf.float32)
        guidance = tf.TensorSpec([], tf.float32)
        batch = [stacks, actions, numbers, numbers, stacks, teacher_q, state_targets, guidance]
        # Without autograph, because no Python branch depends on a tensor: it compiles 20 % faster.
        self._q = tf.function(self._q_of_towers, [stacks], autograph=False)
        self._update, self._imitation = (
            tf.function(partial(self._update_replicas, imitate), batch, autograph=False)
            for imitate in (False, True)
        )

    def copy_to_target(self) -> None:
        """Make the target network equal to the online network."""
        with self._cluster.strategy.scope():
            for target, online in zip(self.target.variables, self.online.variables, strict=True):
                target.assign(online)

    def _fold(self, stacks: tf.Tensor) -> tf.Tensor:
        return fold_stacks(stacks, self._config.encoder)

    def _q_of_towers(self, stacks: tf.Tensor) -> tf.Tensor:
        q = [
            self._algorithm.q(self._config, self._online, self._fold(part))
            for part in tf.split(stacks, self._config.towers)
        ]
        return tf.concat(q, axis=0)

    def q(self, stacks: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the online network's Q [E, 6] for `stacks` of observations [E, ...]."""
        q: NDArray[np.float32] = self._q(stacks).numpy()
        return q

    def look(self, stacks: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return what `act` is asked about: the whole network sees `stacks` [E, ...] themselves."""
        return stacks

    def act(self, stacks: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return Q [E, 6] for `stacks` [E, ...], and the newest frames, which the memory keeps."""
        return self.q(stacks), stacks[:, -1]

    def learn(
        self, batch: Batch, guidance: float = 0.0, imitate: bool = False
    ) -> dict[str, tf.Tensor]:
        """Update on `batch`, this worker's part; return scalars to log, as tensors.

        With `updates_together` n the batch holds n equal parts, one for each of n updates in turn:
        calling a small update takes longer than the update itself. `guidance` is the weight of the
        teacher's values; with `imitate` the loss is that of imitation alone. Raises ClusterError
        if another worker is lost.
        """
        arrays = (
            batch.s_tm1,
            batch.a_tm1,
            batch.r_t,
            batch.discount_t,
            batch.s_t,
            batch.teacher_q,
            batch.state_targets
            if batch.state_targets.shape[1]
            else _unknown_targets(len(batch.a_tm1)),
        )
        self._set_rate()
        with losing_a_worker_is_said():
            update = self._imitation if imitate else self._update
            return dict(update(*arrays, np.float32(guidance)))

    def _set_rate(self) -> None:
        """Let the optimizer's learning rate fall, if the run's does."""
        if self._config.learning_rate_samples:
            learnt = int(self.optimizer.iterations) * self._config.batch
            with self._cluster.strategy.scope():
                self.optimizer.learning_rate.assign(learning_rate(self._config, learnt))

    def _update_replicas(
        self,
        imitate: bool,
        s_tm1: tf.Tensor,
        a_tm1: tf.Tensor,
        r_t: tf.Tensor,
        discount_t: tf.Tensor,
        s_t: tf.Tensor,
        teacher_q: tf.Tensor,
        state_targets: tf.Tensor,
        guidance: tf.Tensor,
    ) -> Scalars:
        arrays = (s_tm1, a_tm1, r_t, discount_t, s_t, teacher_q, state_targets)
        scalars: Scalars = {}
        for batch in zip(
            *(tf.split(x, self._config.updates_together) for x in arrays), strict=True
        ):
            scalars = self._cluster.strategy.run(self._replica_update, (imitate, *batch, guidance))
        return scalars

    def _replica_update(
        self,
        imitate: bool,
        s_tm1: tf.Tensor,
        a_tm1: tf.Tensor,
        r_t: tf.Tensor,
        discount_t: tf.Tensor,
        s_t: tf.Tensor,
        teacher_q: tf.Tensor,
        state_targets: tf.Tensor,
        guidance: tf.Tensor,
    ) -> Scalars:
        towers = self._config.towers
        arrays = (
            self._fold(s_tm1),
            a_tm1,
            r_t,
            discount_t,
            self._fold(s_t),
            teacher_q,
            state_targets,
        )
        batches = zip(*(tf.split(x, towers) for x in arrays), strict=True)
        parts = [
            self._gradients(tower, Transitions(*(*batch, guidance)), imitate)
            for tower, batch in enumerate(batches)
        ]
        parts_of_all = towers * self._cluster.workers
        sums = [tf.add_n(same) / parts_of_all for same in zip(*(p[0] for p in parts), strict=True)]
        names = sorted(parts[0][1])
        means = tf.stack([sum(p[1][name] for p in parts) / parts_of_all for name in names])
        context = tf.distribute.get_replica_context()
        *gradients, means = context.all_reduce(tf.distribute.ReduceOp.SUM, [*sums, means])
        gradients, norm = tf.clip_by_global_norm(gradients, self._config.gradient_norm)
        self.optimizer.apply(gradients, self.online.trainable_variables)
        return {**dict(zip(names, tf.unstack(means), strict=True)), "gradient_norm": norm}

    def _gradients(
        self, tower: int, batch: Transitions, imitate: bool
    ) -> tuple[list[tf.Tensor], Scalars]:
        """Return the gradients of one tower's mean loss, and its scalars to log."""
        # The seed follows from the update's number, so a resumed run draws the same numbers.
        update = tf.cast(self.optimizer.iterations, tf.int32)
        part = self._cluster.index * self._config.towers + tower
        seed = tf.stack([self._config.seed + part, update])
        with tf.GradientTape() as tape:
            if imitate:
                loss, scalars = imitation_loss(self._config, self._online, batch)
            else:
                loss, scalars = self._algorithm.loss(
                    self._config, self._online, self._target, batch, seed
                )
        variables = self.online.trainable_variables
        gradients = tape.gradient(loss, variables)
        # Without imitation the auxiliary prediction is not part of the loss and has no gradient.
        gradients = [
            tf.zeros(variable.shape) if gradient is None else gradient
            for gradient, variable in zip(gradients, variables, strict=True)
        ]
        return gradients, scalars

    def state(self) -> dict[str, NDArray[Any]]:
        """Return every array that a resumed learner needs, by name."""
        return {
            f"{part}/{index}": np.asarray(variable)
            for part, variables in self._parts().items()
            for index, variable in enumerate(variables)
        }

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Load what `state` returned, but for the learning rate, which is the run's own.

        Raises ValueError if names or shapes differ.
        """
        with self._cluster.strategy.scope():
            for part, variables in self._parts().items():
                assign(part, variables, arrays)
            # Who learnt last may have ended at another rate, as accelerated runs do.
            self.optimizer.learning_rate.assign(self._config.learning_rate)
        self._set_rate()

    def begin_from(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Load the online network's arrays into both networks; raise like `restore`."""
        with self._cluster.strategy.scope():
            assign_student(self.online, self._config.encoder, arrays)
        self.copy_to_target()

    def take_encoder(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Load the encoder alone from any algorithm's `state`; raise like `restore`."""
        with self._cluster.strategy.scope():
            assign("online", encoder_variables(self.online), arrays)
        self.copy_to_target()

    def _parts(self) -> dict[str, list[Any]]:
        return {
            "online": self.online.variables,
            "target": self.target.variables,
            "optimizer": self.optimizer.variables,
        }


def _unknown_targets(size: int) -> NDArray[np.float32]:
    return np.full((size, TARGETS), np.nan, np.float32)


class SummedAdam(keras.optimizers.Adam):
    """Adam for gradients that are already summed over the workers.

    Keras would sum them itself, but only after their global norm is clipped.
    """

    def _all_reduce_sum_gradients(
        self, grads_and_vars: list[tuple[tf.Tensor, tf.Variable]]
    ) -> list[tuple[tf.Tensor, tf.Variable]]:
        return grads_and_vars


def assign_student(network: keras.Model, encoder: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Set a student's weights to its `online` arrays; raise ValueError for a misfit.

    A student with crops also begins with the weights of one without, and keeps what those lack.
    """
    last = f"online/{len(network.variables) - 1}"
    if encoder != IMPALA_CROPS or last in arrays:
        assign("online", network.variables, arrays)
        return
    before = dueling_network(IMPALA)
    assign("online", before.variables, arrays)
    for layer, plain in zip(network.layers, before.layers, strict=True):
        for variable, value in zip(layer.weights, plain.weights, strict=False):
            more = np.asarray(variable)[..., value.shape[-1] :]  # of a heat map that is new
            variable.assign(np.concatenate([value, more], axis=-1))


def assign(part: str, variables: list[Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Set `variables` to the arrays `part/0`, `part/1`, ...; raise ValueError for a misfit."""
    for index, variable in enumerate(variables):
        name = f"{part}/{index}"
        if name not in arrays or arrays[name].shape != tuple(variable.shape):
            raise ValueError(f"{name} is missing or has another shape")
        variable.assign(arrays[name])
