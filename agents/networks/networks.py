"""The networks: an encoder, and behind it a dueling head or implicit quantiles.

The default encoder is the deep one of IMPALA (Espeholt et al. 2018, figure 3) behind a
space-to-depth of 2: the four 84 x 84 frames become 42 x 42 x 16 without losing a pixel, which makes
a sample three times cheaper than at full resolution. The classic encoder of Mnih et al. 2015 stands
beside it for comparison, and one that reads the console's RAM (see ram_encoder.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import tensorflow as tf
from keras import layers

from agents.config import IMPALA, IMPALA_CROPS, NATURE, RAM
from agents.inference.observation import OBSERVATIONS
from agents.inference.preprocess import SIDE, STACK
from agents.networks import crops, ram_encoder
from agents.networks.keypoints import Heatmaps, KeypointRefinement
from agents.networks.radial_basis import RadialBasis
from agents.state.targets import TARGETS
from game.emulation.cabinet import Action

ACTIONS = len(Action)
STAGES = (16, 32, 32)
SHARED_UNITS = 512
DECISION_UNITS = 384
STREAM_UNITS = 256
IQN_UNITS = {  # before the outputs
    IMPALA: (512, 256),
    IMPALA_CROPS: (512, 256),
    NATURE: (512, 256),
    RAM: (256,),
}
COSINES = 64


class Fold(layers.Layer):
    """Space-to-depth: each square of `size` x `size` pixels becomes channels."""

    def __init__(self, size: int) -> None:
        super().__init__(name="fold")
        self.size = size

    def call(self, frames: tf.Tensor) -> tf.Tensor:
        # LiteRT supports this operation for floats only.
        return tf.nn.space_to_depth(tf.cast(frames, self.compute_dtype), self.size)


class Flatten(layers.Layer):
    """All axes except the batch as one; Keras's own layer computes the known shape at run time."""

    def call(self, maps: tf.Tensor) -> tf.Tensor:
        return tf.reshape(maps, [-1, math.prod(maps.shape[1:])])


def fold_stacks(stacks: tf.Tensor, encoder: str) -> tf.Tensor:
    """Fold stacks [B, 4, 84, 84], as the memory keeps them, to [B, S, S, C] for `encoder`.

    The result is that of `Fold` on stacks with the frames moved last, in one pass over the bytes:
    two passes took a sixth of an update. RAM observations are returned as they are.
    """
    if encoder == RAM:
        return stacks
    size = FOLDS[encoder]
    side = SIDE // size
    blocks = tf.reshape(stacks, [-1, STACK, side, size, side, size])
    return tf.reshape(
        tf.transpose(blocks, [0, 2, 4, 3, 5, 1]), [-1, side, side, size * size * STACK]
    )


def encoder_variables(network: keras.Model) -> list[keras.Variable]:
    """Return the encoder's weights, which come first in every network and in the same order."""
    convolutions = (layer for layer in network.layers if isinstance(layer, layers.Conv2D))
    return [variable for layer in convolutions for variable in layer.variables]


def _convolution(channels: int) -> layers.Layer:
    return layers.Conv2D(channels, 3, padding="same", kernel_initializer="he_normal")


def _residual_block(x: tf.Tensor, channels: int) -> tf.Tensor:
    y = _convolution(channels)(layers.ReLU()(x))
    y = _convolution(channels)(layers.ReLU()(y))
    return layers.Add()([x, y])


def encode(frames: tf.Tensor, encoder: str) -> tuple[tf.Tensor, list[tf.Tensor], tf.Tensor | None]:
    """Return features [B, F], feature maps [B, S, S, C], and the folded frames of an input.

    F is 1152 (IMPALA), 3136 (Nature) or 256 (RAM, which has no feature map and nothing to fold).
    The finest map is the first.
    """
    if encoder == RAM:
        return ram_encoder.encode(frames), [], None
    folded = Fold(FOLDS[encoder])(frames)
    features, maps = ENCODERS[encoder](layers.Rescaling(1 / 255)(folded))
    return features, maps, folded


def _impala(x: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
    # From [B, 42, 42, 16].
    maps = []
    for channels in STAGES:  # [B, 21, 21, 16], [B, 11, 11, 32], [B, 6, 6, 32]
        x = _convolution(channels)(x)
        maps.append(x)
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
        x = _residual_block(x, channels)
        x = _residual_block(x, channels)
    return Flatten()(layers.ReLU()(x)), maps[:2]  # 42 x 42 and 21 x 21


def _nature(x: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
    # From [B, 21, 21, 64]: 2 x 2 here are 8 x 8 with stride 4 on the whole picture.
    maps = []
    for channels, kernel, stride in ((32, 2, 1), (64, 4, 2), (64, 3, 1)):
        x = layers.Conv2D(channels, kernel, stride, activation="relu")(x)
        maps.append(x)
    return Flatten()(x), maps[:1]  # [B, 7 * 7 * 64], 20 x 20


ENCODERS = {IMPALA: _impala, IMPALA_CROPS: _impala, NATURE: _nature}
FOLDS = {
    IMPALA: 2,
    IMPALA_CROPS: 2,
    NATURE: 4,
}  # pixels, the side of a square that becomes channels


def _input(encoder: str) -> keras.KerasTensor:
    """Return the network's input, uint8: `frames` [B, 84, 84, 4] or `ram` [B, 2, 129]."""
    seen = OBSERVATIONS[encoder]
    if encoder == RAM:
        return keras.Input((seen.stack, *seen.shape), dtype="uint8", name="ram")
    return keras.Input((*seen.shape, seen.stack), dtype="uint8", name="frames")


def _stream(features: tf.Tensor, outputs: int) -> tf.Tensor:
    return _outputs(outputs)(_hidden(features, STREAM_UNITS))


def _hidden(x: tf.Tensor, units: int, name: str | None = None) -> tf.Tensor:
    return layers.ReLU()(layers.LayerNormalization()(layers.Dense(units, name=name)(x)))


def _outputs(count: int, name: str | None = None) -> layers.Layer:
    # Zero at the start: learning would bootstrap from random values of unseen states.
    return layers.Dense(count, dtype="float32", kernel_initializer="zeros", name=name)


def dueling_network(encoder: str = IMPALA, precision: str = "float32") -> keras.Model:
    """Build the student: `frames` uint8 [B, 84, 84, 4] to a dict of float32 tensors.

    - `value` [B, 1], `advantage` [B, 6] with mean zero over actions, and their sum
      `q` [B, 6] (Wang et al. 2016, equation 9), in ALE's minimal action order.
    - `auxiliary` [B, 37], the state targets as a dense layer predicts them from the features.
    - `heatmaps` [B, S, S, 6], logits of the keypoints (see keypoints.py).
    - `predicted` [B, 37], the auxiliary prediction refined with the keypoints. The student decides
      on it, spread over radial basis functions, and on its features.

    With crops (see crops.py) there is a seventh heat map, and also

    - `cells` [B, 6, 2], the places of which crops are looked at, and `looked` [B, 6, 3], what is
      seen there.

    The exported model has the first three alone. `precision` is the Keras policy of everything
    before the outputs; weights are float32 under both "float32" and "mixed_bfloat16".
    """
    with _policy(precision):
        frames = _input(encoder)
        features, maps, folded = encode(frames, encoder)
        features = _hidden(features, SHARED_UNITS, name="features")
        auxiliary = _outputs(TARGETS, name="auxiliary")(features)
        seen_closer: dict[str, tf.Tensor] = {}
        if encoder == IMPALA_CROPS:
            heatmaps = Heatmaps(crops.HEATMAPS)(maps)
            predicted, cells, looked = crops.CropRefinement(FOLDS[encoder])(
                auxiliary, heatmaps, folded, maps[1]
            )
            seen_closer = {"cells": cells, "looked": looked}
        else:
            heatmaps = Heatmaps()(maps)
            predicted = KeypointRefinement(FOLDS[encoder])(auxiliary, heatmaps)
        basis = RadialBasis(dtype="float32", name="radial_basis")(predicted)
        seen = layers.Concatenate(name="seen")([basis, features])
        state = _hidden(seen, DECISION_UNITS, name="state")
        value = _stream(state, 1)
        advantage = _stream(state, ACTIONS)
        advantage = advantage - keras.ops.mean(advantage, axis=-1, keepdims=True)
        outputs = {
            "value": value,
            "advantage": advantage,
            "q": value + advantage,
            "predicted": predicted,
            "auxiliary": auxiliary,
            "heatmaps": heatmaps,
            **seen_closer,
        }
        return keras.Model(frames, outputs, name="dueling_ddqn")


def decision_head(network: keras.Model) -> keras.Model:
    """Return the decision head of a student `network`: from targets [B, 37] to Q [B, 6].

    It shares the network's weights. The features no longer count beside the targets: their weights
    in `network` are set to zero.
    """
    state = network.get_layer("state")
    heights = state.kernel.shape[0] - SHARED_UNITS
    state.kernel.assign(keras.ops.pad(state.kernel[:heights], [[0, SHARED_UNITS], [0, 0]]))
    behind = keras.Model(network.get_layer("seen").output, network.output["q"])
    predicted = keras.Input((TARGETS,), dtype="float32")
    seen = keras.ops.pad(network.get_layer("radial_basis")(predicted), [[0, 0], [0, SHARED_UNITS]])
    return keras.Model(predicted, behind(seen))


class Cosines(layers.Layer):
    """Embed fractions tau [B, N] as cos(pi i tau) for i = 1 to 64: [B, N, 64]."""

    def call(self, taus: tf.Tensor) -> tf.Tensor:
        multiples = tf.range(1, COSINES + 1, dtype=taus.dtype) * math.pi
        return tf.cos(taus[:, :, None] * multiples)


def iqn_network(encoder: str = IMPALA, precision: str = "float32") -> keras.Model:
    """Build the teacher, an implicit quantile network (Dabney et al. 2018).

    Inputs are the encoder's, `frames` uint8 [B, 84, 84, 4] or `ram` uint8 [B, 2, 129], and `taus`
    float32 [B, N] or [1, N], fractions from 0 to 1. The output is the return's quantile at each
    fraction, float32 [B, N, 6].
    """
    units, *hidden = IQN_UNITS[encoder]
    with _policy(precision):
        frames = _input(encoder)
        taus = keras.Input((None,), dtype="float32", name="taus")
        state = _hidden(encode(frames, encoder)[0], units)  # [B, units]
        fractions = layers.Dense(units, activation="relu")(Cosines(dtype="float32")(taus))
        x = keras.ops.expand_dims(state, 1) * fractions  # [B, N, units]
        for each in hidden:
            x = layers.Dense(each, activation="relu")(x)
        quantiles = _outputs(ACTIONS)(x)  # [B, N, A]
        return keras.Model([frames, taus], quantiles, name="iqn")


def even_taus(count: int) -> tf.Tensor:
    """Return evenly spaced fractions, the middles of `count` equal parts of 0 to 1, [1, count]."""
    return ((tf.range(count, dtype=tf.float32) + 0.5) / count)[None]


def behind_fold(network: keras.Model) -> keras.Model:
    """Return `network` behind its `Fold` layer, on the same weights: it takes folded frames.

    A network that reads RAM has no such layer and is returned itself.
    """
    if network.inputs[0].name == "ram":
        return network
    folded = network.get_layer("fold").output
    others = network.inputs[1:]
    return keras.Model([folded, *others] if others else folded, network.output)


def arithmetic(precision: str) -> str:
    """Return the Keras policy that `precision` names; "auto" chooses this processor's faster one.

    A processor with bfloat16 instructions gains a little by it. Others emulate it: with AVX2 alone
    an update took nine times as long as in float32 (60 instead of 551 samples/s).
    """
    if precision != "auto":
        return precision
    native = {"avx512_bf16", "amx_bf16"}
    try:
        flags = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
    except OSError:  # not Linux
        flags = set()
    return "mixed_bfloat16" if native & flags else "float32"


@contextmanager
def _policy(name: str) -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
