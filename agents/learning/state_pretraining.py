"""State pretraining: train the decision head on privileged state, without pictures.

A student decides on the state that it predicts (see `agents/state/targets.py`), and the emulator's
RAM holds the true state. So the head behind the prediction can be trained on its own, ten times as
fast as with pictures. It plays from true states to which the student's own prediction errors are
added, and copies the teacher's values in the states that it reaches (DAgger, Ross et al. 2011).
"""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from agents.config import RAM, TrainingConfig
from agents.experience.collector import open_collector
from agents.experience.memory import Batch
from agents.learning.algorithms import copying_loss
from agents.learning.schedules import exploration, explored
from agents.learning.teacher import Guide
from agents.networks.networks import ACTIONS, decision_head
from agents.state.targets import TARGETS, state_targets

EMULATORS = 128
BATCH = 256
UPDATES_PER_STEP = 4  # for each step of all emulators: eight samples per agent step
KEPT = 1_500_000  # agent steps, the memory's size
ERROR_PICTURES = 4096  # pictures, from whose predictions the errors are drawn
ADAM_EPSILON = 1e-7


def prediction_errors(network: keras.Model, batch: Batch) -> NDArray[np.float32]:
    """Return the errors of `network`'s predicted targets on `batch` [B, 37], 0 where unknown."""
    frames = np.moveaxis(batch.s_tm1, 1, -1)
    seen = [network(frames[i : i + BATCH])["predicted"] for i in range(0, len(frames), BATCH)]
    return np.nan_to_num(np.concatenate(seen) - batch.state_targets).astype(np.float32)


class StatePretraining:
    """Trains a network's decision head on true targets with its own prediction errors added."""

    samples_per_step = UPDATES_PER_STEP * BATCH

    def __init__(
        self,
        config: TrainingConfig,
        network: keras.Model,
        guide: Guide,
        errors: NDArray[np.float32],
        seed: int,
    ) -> None:
        """Begin games in which `network` decides on targets with `errors` [N, 37] drawn at random.

        Raises EmulatorsError if the emulators' process does not start.
        """
        self._config, self._guide, self._errors = config, guide, errors
        self._head = decision_head(network)
        self._optimizer = keras.optimizers.Adam(
            config.state_pretraining_learning_rate, epsilon=ADAM_EPSILON
        )
        self._random = np.random.default_rng(seed)
        games = dataclasses.replace(config, encoder=RAM, mirror=0.0, towers=1, emulators=EMULATORS)
        self._rates = exploration(games, 0)
        self._collector = open_collector(games, seed, ram=True)
        self._targets = np.zeros((KEPT // EMULATORS, EMULATORS, TARGETS), np.float16)
        self._q = np.zeros((KEPT // EMULATORS, EMULATORS, ACTIONS), np.float32)
        self._steps = 0
        targets_and_q = [tf.TensorSpec([None, size], tf.float32) for size in (TARGETS, ACTIONS)]
        self._act = tf.function(self._head, targets_and_q[:1], autograph=False)
        self._learn = tf.function(self._update, targets_and_q, autograph=False)

    def advance(self, done: float) -> dict[str, float]:
        """Act once in every game and learn meanwhile; return the last update's scalars.

        `pretraining_score` is the mean score of the last games, exploration included. The learning
        rate falls linearly with `done`, the share of the samples learnt.
        """
        rate = self._config.state_pretraining_learning_rate * (1 - done)
        self._optimizer.learning_rate.assign(rate)
        ram = self._collector.ram
        assert ram is not None, "the collector was opened with ram=True"
        row = self._steps % len(self._targets)
        true = np.nan_to_num(state_targets(ram))
        self._targets[row], self._q[row] = true, self._guide.q(self._collector.observations, ram)
        actions = np.argmax(self._act(self._predicted(true)), axis=1)
        self._collector.send(explored(actions, self._rates, self._random))
        self._steps += 1
        scalars = [self._learn(*self._sample()) for _ in range(UPDATES_PER_STEP)][-1]
        self._collector.receive()
        games = self._collector.games.recent
        score = {"pretraining_score": float(np.mean(games))} if games else {}
        return {name: float(value) for name, value in scalars.items()} | score

    def close(self) -> None:
        """End the games."""
        self._collector.close()

    def _predicted(self, true: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the targets `true` [B, 37] as the network might have predicted them."""
        which = self._random.integers(len(self._errors), size=len(true))
        predicted: NDArray[np.float32] = true.astype(np.float32) + self._errors[which]
        return predicted

    def _sample(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        rows = self._random.integers(min(self._steps, len(self._targets)), size=BATCH)
        lanes = self._random.integers(EMULATORS, size=BATCH)
        return self._predicted(self._targets[rows, lanes]), self._q[rows, lanes]

    def _update(self, predicted: tf.Tensor, teacher_q: tf.Tensor) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            loss, scalars = copying_loss(self._config, self._head(predicted), teacher_q)
        variables = self._head.trainable_variables
        gradients = tape.gradient(loss, variables)
        gradients, _ = tf.clip_by_global_norm(gradients, self._config.gradient_norm)
        self._optimizer.apply(gradients, variables)
        return scalars
