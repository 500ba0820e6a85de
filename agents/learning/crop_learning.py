"""Learning to look closer: the bombs' heat map and the crops of a student, from its own games.

The encoder and everything else stay as they are. First the heat map of bombs learns from pictures.
Then nothing that comes before the crops changes any more, so they are cut out once, and the
networks that look at them learn from each many times, in a fraction of the time of pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from agents.config import TrainingConfig
from agents.inference.observation import PICTURE
from agents.networks import crops, keypoints
from agents.networks.networks import FOLDS, fold_stacks
from agents.state.targets import TARGETS

KEPT = 4  # of so many steps one is kept: the next ones look alike
HEATMAP_BATCH, CROPS_BATCH, CUT_BATCH = 128, 256, 256
HEATMAP_EPOCHS, CROPS_EPOCHS = 2, 30
HEATMAP_RATE, CROPS_RATE = 2e-3, 1e-3  # Adam's, falling evenly
LAST_SHARE = 0.01  # of the learning rate at the end
EPSILON = 1e-7  # Adam's

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.float32]


class CropLearner:
    """Keeps states of a student's games, and teaches its heat map of bombs and its crops."""

    def __init__(self, config: TrainingConfig, network: keras.Model) -> None:
        """Learn for the student `network`, in place."""
        self._encoder, self._fold = config.encoder, FOLDS[config.encoder]
        self._random = np.random.default_rng(config.seed)
        self._heatmaps, self._looking = (
            network.get_layer(name) for name in ("heatmaps", "predicted")
        )
        self._maps = keras.Model(network.get_layer("fold").output, self._heatmaps.input)
        predicted, logits, _, coarse = self._looking.input
        self._before = keras.Model(network.get_layer("fold").output, [predicted, logits, coarse])
        self._stacks = np.zeros((config.crop_states, PICTURE.stack, *PICTURE.shape), np.uint8)
        self._targets = np.zeros((config.crop_states, TARGETS), np.float32)
        self._steps = self._kept = 0
        self._compile()

    def _compile(self) -> None:
        stacks = tf.TensorSpec([None, PICTURE.stack, *PICTURE.shape], tf.uint8)
        numbers = tf.TensorSpec([None, crops.PLACES, None], tf.float32)
        state_targets = tf.TensorSpec([None, TARGETS], tf.float32)
        cut_out = tf.TensorSpec([None, crops.PLACES, None], tf.uint8)
        self._optimizers = {
            layer.name: keras.optimizers.Adam(epsilon=EPSILON)
            for layer in (self._heatmaps, self._looking)
        }
        for layer in (self._heatmaps, self._looking):
            self._optimizers[layer.name].build(layer.trainable_variables)
        self._learn_heatmap = tf.function(
            self._heatmap_update, [stacks, state_targets], autograph=False
        )
        self._cut = tf.function(self._cut_out, [stacks], autograph=False)
        self._learn_crops = tf.function(
            self._crops_update, [cut_out, numbers, numbers, state_targets], autograph=False
        )

    @property
    def full(self) -> bool:
        """Whether as many states are kept as are wanted."""
        return self._kept == len(self._stacks)

    def keep(self, stacks: Bytes, state_targets: Numbers) -> None:
        """Keep some states of a step: `stacks` [E, 4, 84, 84] with `state_targets` [E, 37]."""
        lanes = np.arange(self._steps % KEPT, len(stacks), KEPT)
        lanes = lanes[: len(self._stacks) - self._kept]
        self._steps += 1
        kept = slice(self._kept, self._kept + len(lanes))
        self._stacks[kept], self._targets[kept] = stacks[lanes], state_targets[lanes]
        self._kept += len(lanes)

    def learn(self) -> Iterator[str]:
        """Learn from the states that were kept; say after each epoch what was learnt.

        The heat map of bombs comes first, and then the crops. The caller may stop between epochs.
        """
        learnt = self._heatmaps, HEATMAP_RATE, HEATMAP_EPOCHS, HEATMAP_BATCH
        for epoch, loss in self._epochs(*learnt, self._learn_heatmap, self._stacks):
            yield f"heat map of bombs: epoch {epoch} of {HEATMAP_EPOCHS}, loss {loss:.3f}"
        learnt = self._looking, CROPS_RATE, CROPS_EPOCHS, CROPS_BATCH
        for epoch, loss in self._epochs(*learnt, self._learn_crops, *self._all_crops()):
            yield f"crops: epoch {epoch} of {CROPS_EPOCHS}, loss {loss:.3f}"

    def _epochs(
        self,
        layer: keras.Layer,
        rate: float,
        epochs: int,
        batch: int,
        update: Callable[..., tf.Tensor],
        *shown: NDArray[Any],
    ) -> Iterator[tuple[int, float]]:
        """Learn `epochs` times from what is `shown` in every state; yield each one's mean loss."""
        updates, done = epochs * (self._kept // batch), 0
        for epoch in range(1, epochs + 1):
            losses = []
            for drawn in self._batches(batch):
                share = max(LAST_SHARE, 1 - done / updates)
                self._optimizers[layer.name].learning_rate.assign(rate * share)
                losses.append(float(update(*(s[drawn] for s in shown), self._targets[drawn])))
                done += 1
            yield epoch, float(np.mean(losses))

    def _batches(self, size: int) -> Iterator[NDArray[np.int64]]:
        order = self._random.permutation(self._kept)
        for begin in range(0, self._kept - size + 1, size):
            yield np.sort(order[begin : begin + size])  # nearer in memory

    def _all_crops(self) -> list[NDArray[Any]]:
        """Return crops [N, 6, P], what is known beside them [N, 6, Q], and cells [N, 6, 2]."""
        parts = [
            [each.numpy() for each in self._cut(self._stacks[begin : begin + CUT_BATCH])]
            for begin in range(0, self._kept, CUT_BATCH)
        ]
        return [np.concatenate(each) for each in zip(*parts, strict=True)]

    def _heatmap_update(self, stacks: tf.Tensor, state_targets: tf.Tensor) -> tf.Tensor:
        maps = self._maps(fold_stacks(stacks, self._encoder))
        with tf.GradientTape() as tape:
            logits = self._heatmaps(maps)
            loss = tf.reduce_mean(crops.bombs_cross_entropy(logits, state_targets, self._fold))
        return self._step(self._heatmaps, tape, loss)

    def _cut_out(self, stacks: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        folded = fold_stacks(stacks, self._encoder)
        predicted, logits, coarse = self._before(folded)
        cells = self._looking.places(logits, *keypoints.soft_argmax(logits, self._fold))
        cut_out = tf.cast(crops.cut(folded, cells), tf.uint8)
        return cut_out, crops.around(predicted, logits, coarse, cells), cells

    def _crops_update(
        self, cut_out: tf.Tensor, around: tf.Tensor, cells: tf.Tensor, state_targets: tf.Tensor
    ) -> tf.Tensor:
        with tf.GradientTape() as tape:
            looked = self._looking.look(cut_out, around, cells)
            loss = tf.reduce_mean(crops.looking_loss(cells, looked, state_targets, self._fold))
        return self._step(self._looking, tape, loss)

    def _step(self, layer: keras.Layer, tape: tf.GradientTape, loss: tf.Tensor) -> tf.Tensor:
        variables = layer.trainable_variables
        gradients = tape.gradient(loss, variables)
        self._optimizers[layer.name].apply(gradients, variables)
        return loss
