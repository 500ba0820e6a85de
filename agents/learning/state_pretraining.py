"""Practice without pictures: what to do about what is seen, before or beside seeing.

What a student does with its facts (see facts.py and places.py) is a small part of it, and the
emulator's memory tells the facts without a picture. So this part can be learnt on its own, ten
times as fast as with pictures: it plays from facts that are as wrong as the student's own eyes are,
and copies what the teacher expects in the states that it comes to (Ross et al. 2011, DAgger).
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
from agents.networks.networks import ACTIONS, decider
from agents.state.targets import FACTS, facts

EMULATORS = 128
BATCH = 256
UPDATES_PER_STEP = 4  # eight samples for each agent step
KEPT = 1_500_000  # agent steps
WRONG_FACTS = 4096  # pictures whose facts were seen, to draw the eyes' errors from
ADAM_EPSILON = 1e-7


def wrong_facts(network: keras.Model, batch: Batch) -> NDArray[np.float32]:
    """Return how wrong `network` sees the pictures of `batch`, float32 [B, 37], 0 if unknown."""
    frames = np.moveaxis(batch.s_tm1, 1, -1)
    seen = [network(frames[i : i + BATCH])["facts"] for i in range(0, len(frames), BATCH)]
    return np.nan_to_num(np.concatenate(seen) - batch.facts).astype(np.float32)


class Rehearsal:
    """Games in which `network` decides on facts told with `errors` [N, 37], and learns to."""

    samples_per_step = UPDATES_PER_STEP * BATCH

    def __init__(
        self,
        config: TrainingConfig,
        network: keras.Model,
        guide: Guide,
        errors: NDArray[np.float32],
        seed: int,
    ) -> None:
        """Begin the games; raises EmulatorsError if their process does not start."""
        self._config, self._guide, self._errors = config, guide, errors
        self._decider = decider(network)
        self._optimizer = keras.optimizers.Adam(
            config.rehearsal_learning_rate, epsilon=ADAM_EPSILON
        )
        self._random = np.random.default_rng(seed)
        games = dataclasses.replace(config, encoder=RAM, mirror=0.0, towers=1, emulators=EMULATORS)
        self._rates = exploration(games, 0)
        self._collector = open_collector(games, seed, ram=True)
        self._facts = np.zeros((KEPT // EMULATORS, EMULATORS, FACTS), np.float16)
        self._q = np.zeros((KEPT // EMULATORS, EMULATORS, ACTIONS), np.float32)
        self._steps = 0
        facts_and_q = [tf.TensorSpec([None, size], tf.float32) for size in (FACTS, ACTIONS)]
        self._act = tf.function(self._decider, facts_and_q[:1], autograph=False)
        self._learn = tf.function(self._update, facts_and_q, autograph=False)

    def advance(self, done: float) -> dict[str, float]:
        """Act once in every game and learn meanwhile; return the last scalars.

        `rehearsal_score` is the mean of the last games, exploration included. The learning rate
        falls evenly with the share that is `done`.
        """
        rate = self._config.rehearsal_learning_rate * (1 - done)
        self._optimizer.learning_rate.assign(rate)
        memory = self._collector.ram
        assert memory is not None, "it was asked for"
        row = self._steps % len(self._facts)
        told = np.nan_to_num(facts(memory))
        self._facts[row], self._q[row] = told, self._guide.q(self._collector.observations, memory)
        actions = np.argmax(self._act(self._seen(told)), axis=1)
        self._collector.send(explored(actions, self._rates, self._random))
        self._steps += 1
        scalars = [self._learn(*self._sample()) for _ in range(UPDATES_PER_STEP)][-1]
        self._collector.receive()
        games = self._collector.games.recent
        score = {"rehearsal_score": float(np.mean(games))} if games else {}
        return {name: float(value) for name, value in scalars.items()} | score

    def close(self) -> None:
        """End the games."""
        self._collector.close()

    def _seen(self, told: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the facts `told` [B, 37] as the eyes might have seen them."""
        which = self._random.integers(len(self._errors), size=len(told))
        seen: NDArray[np.float32] = told.astype(np.float32) + self._errors[which]
        return seen

    def _sample(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        rows = self._random.integers(min(self._steps, len(self._facts)), size=BATCH)
        lanes = self._random.integers(EMULATORS, size=BATCH)
        return self._seen(self._facts[rows, lanes]), self._q[rows, lanes]

    def _update(self, seen: tf.Tensor, teacher_q: tf.Tensor) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            loss, scalars = copying_loss(self._config, self._decider(seen), teacher_q)
        variables = self._decider.trainable_variables
        gradients = tape.gradient(loss, variables)
        gradients, _ = tf.clip_by_global_norm(gradients, self._config.gradient_norm)
        self._optimizer.apply(gradients, variables)
        return scalars
