"""Where small things are: a map for each of how likely it is in which cell of the picture.

A bomb is one pixel wide. A map keeps the picture's neighbourhood, so it teaches the same weights
wherever it falls: maps refined it as exactly after 80,000 samples as a dense layer behind the whole
encoder did after ten million (see models/CARD.md). The place is the mean over the likeliest cell
and those next to it.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from keras import layers

from agents.inference.preprocess import SIDE
from agents.state import ram_map, targets
from agents.state.motion import interception_x
from game.emulation.cabinet import SCREEN_HEIGHT, SCREEN_WIDTH

# What there is a map for, and where its middle is drawn: pixels of the screen, from where the
# memory says that it is, y doubled. Counted in frames of random play. The cannon and the ship move
# in x alone; of the formation it is the lowest invader of the first column that has one. Where the
# missile explodes its y counts the time.
CANNON, LOWER_BOMB, UPPER_BOMB, SHIP, FORMATION, MISSILE = range(6)
KEYPOINTS = 6
_OFF_X = np.array([2, -2, -2, 3, 2.5, -2], np.float32)
_OFF_Y = np.array([190, 6, 6, 15.5, 1.5, 7.5], np.float32)
_ROWS = np.array([0, 2, 2, 0, 2, 2], np.float32)  # of the screen to one of the memory's y

# The targets that are read from maps alone, and those that follow by the laws of motion.
_FROM_HEATMAPS = np.r_[
    targets.CANNON, targets.BOMBS_X, targets.BOMBS_Y, targets.SHIP, targets.FORMATION_X
]
FROM_KEYPOINTS = np.r_[_FROM_HEATMAPS, targets.PASSING]
# With them those that are made better: read from a map while the missile flies, or, of few values,
# the nearest.
_REFINED = np.r_[
    FROM_KEYPOINTS, targets.MISSILE_X, targets.MISSILE_Y, targets.FORMATION_Y, targets.BOTTOMS
]
_REFINED_ONE_HOT = np.eye(targets.TARGETS, dtype=np.float32)[_REFINED]  # [T, F]
_FEW = 8  # invaders


class Heatmaps(layers.Layer):
    """Heatmaps [B, S, S, C] of an encoder, finest first, to logits float32 [B, S, S, 6]."""

    def build(self, shapes: list[tuple[int | None, ...]]) -> None:
        self.side = side = int(shapes[0][1] or 0)
        self.convolutions = [
            layers.Conv2D(KEYPOINTS, 3, padding="same", kernel_initializer="zeros", dtype="float32")
            for _ in shapes
        ]
        for convolution, shape in zip(self.convolutions, shapes, strict=True):
            convolution.build(shape)
        # Most of them move in a strip, and the lower bomb is the lower one.
        self.usual = self.add_weight(
            shape=(side, side, KEYPOINTS), initializer="zeros", name="usual"
        )

    def call(self, maps: list[tf.Tensor]) -> tf.Tensor:
        logits = self.usual
        for convolution, each in zip(self.convolutions, maps, strict=True):
            answer = convolution(tf.nn.relu(tf.cast(each, tf.float32)))
            times = self.side // int(answer.shape[1])
            logits = logits + tf.repeat(tf.repeat(answer, times, axis=1), times, axis=2)
        return logits


class KeypointRefinement(layers.Layer):
    """Targets [B, 37] made better: places from the logits [B, S, S, 6], and what follows from them.

    No gradient goes through.
    """

    def __init__(self, fold: int) -> None:
        super().__init__(dtype="float32", name="predicted")
        self._fold = fold

    def call(self, predicted: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        predicted = tf.stop_gradient(predicted)
        pixels = targets.in_pixels(predicted)
        x, y = soft_argmax(tf.stop_gradient(logits), self._fold)
        cannon, bombs = x[:, CANNON, None], slice(LOWER_BOMB, UPPER_BOMB + 1)
        first, last = (
            tf.clip_by_value(_round(pixels[:, end]), 0, ram_map.COLUMNS - 1)
            for end in range(targets.ENDS.start, targets.ENDS.stop)
        )
        formation = x[:, FORMATION] - ram_map.COLUMN * _float(first)
        down = ram_map.DESCENT * _float(_round(pixels[:, targets.FORMATION_Y] / ram_map.DESCENT))
        rows = _round((ram_map.INVADER_BOTTOM - pixels[:, targets.BOTTOMS]) / ram_map.ROW)
        rows = tf.clip_by_value(rows, 0, ram_map.ROW_COUNT - 1)
        bottoms = ram_map.INVADER_BOTTOM - ram_map.ROW * _float(rows)
        # The fewer, the faster, and the logarithm is the surer where they are few.
        few = _round(2 ** pixels[:, targets.LOG_COUNT] - 1)
        count = tf.where(few < _FEW, few, _round(pixels[:, targets.COUNT]))
        there = interception_x(
            formation, down, pixels[:, targets.HEADING] > 0, first, last, count, bottoms
        )
        middles = there + ram_map.COLUMNS_X + ram_map.CENTRE
        passing = tf.clip_by_value(cannon + ram_map.MUZZLE - middles, -targets.NEAR, targets.NEAR)
        missile = pixels[:, targets.MISSILE_X : targets.MISSILE_Y + 1]
        flies = missile[:, 1:] < (ram_map.MISSILE_START + ram_map.WRECK_END) / 2
        missile = tf.where(flies, tf.stack([x[:, MISSILE], y[:, MISSILE]], axis=1), missile)
        refined = [cannon, x[:, bombs] - cannon, y[:, bombs], x[:, SHIP, None], formation[:, None]]
        refined = tf.concat([*refined, passing, missile, down[:, None], bottoms], axis=1)
        refined = (refined - targets.CENTRES[_REFINED]) / targets.SIZES[_REFINED]
        return predicted * (1 - _REFINED_ONE_HOT.sum(0)) + tf.matmul(refined, _REFINED_ONE_HOT)


def soft_argmax(logits: tf.Tensor, fold: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Return x and y [B, 6] where the `logits` [B, S, S, 6] of cells of `fold` pixels are highest.

    They are as the console's memory has them; between cells by how likely the neighbours are.
    """
    side = int(logits.shape[1])
    cells = tf.reshape(logits, [-1, side * side, KEYPOINTS])
    best = tf.argmax(cells, axis=1, output_type=tf.int32)  # [B, 6]
    numbers = tf.range(side, dtype=tf.float32)
    near = [
        tf.cast(tf.abs(numbers[:, None] - tf.cast(at, tf.float32)[:, None]) < 1.5, tf.float32)
        for at in (best // side, best % side)  # [B, S, 6]
    ]
    likely = tf.nn.softmax(cells, axis=1)
    likely = (
        tf.reshape(likely, [-1, side, side, KEYPOINTS]) * near[0][:, :, None] * near[1][:, None]
    )
    whole = tf.reduce_sum(likely, axis=(1, 2))
    row = tf.reduce_sum(tf.reduce_sum(likely, axis=2) * numbers[:, None], axis=1) / whole
    column = tf.reduce_sum(tf.reduce_sum(likely, axis=1) * numbers[:, None], axis=1) / whole
    x = _pixel(column, side, fold, SCREEN_WIDTH) - _OFF_X
    y = (_pixel(row, side, fold, SCREEN_HEIGHT) - _OFF_Y) / np.maximum(_ROWS, 1)
    return x, y


def cross_entropy(logits: tf.Tensor, state_targets: tf.Tensor, fold: int) -> tf.Tensor:
    """Return the cross-entropy [B] of the `logits` [B, S, S, 6] against `state_targets` [B, 37].

    In nats, summed over the objects that are there. A position between cells is shared by the
    cells next to it.
    """
    side = int(logits.shape[1])
    pixels = targets.in_pixels(state_targets)
    cannon, ship = pixels[:, targets.CANNON, None], pixels[:, targets.SHIP, None]
    first = pixels[:, targets.ENDS.start, None]
    first = tf.where(tf.math.is_finite(first), first, 0.0)
    lowest = tf.gather(pixels[:, targets.BOTTOMS], _round(first), batch_dims=1, axis=1)
    outer = pixels[:, targets.FORMATION_X, None] + ram_map.COLUMN * first
    height = pixels[:, targets.FORMATION_Y, None] + lowest
    missile = pixels[:, targets.MISSILE_X, None], pixels[:, targets.MISSILE_Y, None]
    x = tf.concat([cannon, pixels[:, targets.BOMBS_X] + cannon, ship, outer, missile[0]], axis=1)
    y = tf.concat([cannon, pixels[:, targets.BOMBS_Y], ship, height, missile[1]], axis=1)
    there = tf.math.is_finite(x) & tf.math.is_finite(y)
    flies = missile[1] <= ram_map.MISSILE_START
    there &= tf.concat([tf.ones_like(there[:, :-1]), flies], axis=1)
    column = _cell(tf.where(there, x, 0.0) + _OFF_X, side, fold, SCREEN_WIDTH)
    row = _cell(tf.where(there, y, 0.0) * _ROWS + _OFF_Y, side, fold, SCREEN_HEIGHT)
    numbers = tf.range(side, dtype=tf.float32)[:, None]
    across = tf.nn.relu(1 - tf.abs(numbers - column[:, None]))  # [B, S, 6]
    down = tf.nn.relu(1 - tf.abs(numbers - row[:, None]))
    wanted = down[:, :, None] * across[:, None]  # [B, S, S, 6], sums to one
    surprise = tf.nn.log_softmax(tf.reshape(logits, [-1, side * side, KEYPOINTS]), axis=1)
    surprise = -tf.reduce_sum(tf.reshape(wanted, [-1, side * side, KEYPOINTS]) * surprise, axis=1)
    return tf.reduce_sum(tf.where(there, surprise, 0.0), axis=1)


def refine_with_keypoints(
    maps: list[tf.Tensor], predicted: tf.Tensor, fold: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return better targets, and the logits that places are read from."""
    logits = Heatmaps(dtype="float32", name="heatmaps")(maps)
    return KeypointRefinement(fold)(predicted, logits), logits


def _round(values: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.round(values), tf.int32)


def _float(values: tf.Tensor) -> tf.Tensor:
    return tf.cast(values, tf.float32)


def _pixel(cell: tf.Tensor, side: int, fold: int, pixels: int) -> tf.Tensor:
    """Return which of the screen's `pixels` the middle of a `cell` is; cells lie in the middle."""
    margin = (SIDE // fold - side) / 2
    return (cell + margin + 0.5) * (fold * pixels / SIDE) - 0.5


def _cell(pixel: tf.Tensor, side: int, fold: int, pixels: int) -> tf.Tensor:
    margin = (SIDE // fold - side) / 2
    cell = (pixel + 0.5) / (fold * pixels / SIDE) - 0.5 - margin
    return tf.clip_by_value(cell, 0, side - 1)
