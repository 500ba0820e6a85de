"""Keypoints: a heat map for each small object, and the object's position by a local soft-argmax.

A bomb is one pixel wide. A heat map keeps the picture's layout, so the same weights learn from a
bomb wherever it falls: after 80,000 samples heat maps were as exact as a dense layer behind the
whole encoder after ten million (see models/CARD.md). The position is the mean over the likeliest
cell and its neighbours, weighted by probability.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from keras import layers

from agents.inference.preprocess import SIDE
from agents.state import ram_map, targets
from agents.state.motion import interception_x
from game.emulation.cabinet import SCREEN_HEIGHT, SCREEN_WIDTH

# The keypoints, and the offset of each one's drawn middle in pixels of the screen from its position
# in RAM, with y doubled. Measured in frames of random play. The cannon and the ship move in x
# alone. The formation's keypoint is the lowest invader of its first column that has one. The
# missile has no keypoint while it explodes, because its y is a timer then.
CANNON, LOWER_BOMB, UPPER_BOMB, SHIP, FORMATION, MISSILE = range(6)
KEYPOINTS = 6
OFF_X = np.array([2, -2, -2, 3, 2.5, -2], np.float32)
OFF_Y = np.array([190, 6, 6, 15.5, 1.5, 7.5], np.float32)
ROWS = np.array([0, 2, 2, 0, 2, 2], np.float32)  # rows of the screen for one step of the RAM's y

# Targets that are read from heat maps alone; with PASSING, which follows by the laws of motion.
_FROM_HEATMAPS = np.r_[
    targets.CANNON, targets.BOMBS_X, targets.BOMBS_Y, targets.SHIP, targets.FORMATION_X
]
FROM_KEYPOINTS = np.r_[_FROM_HEATMAPS, targets.PASSING]
# All targets that are refined: also the missile's, which come from its heat map while it flies, and
# those that take few values, which are rounded to the nearest.
_REFINED = np.r_[
    FROM_KEYPOINTS, targets.MISSILE_X, targets.MISSILE_Y, targets.FORMATION_Y, targets.BOTTOMS
]
_REFINED_ONE_HOT = np.eye(targets.TARGETS, dtype=np.float32)[_REFINED]  # [R, 37]
_RARE = 5.0  # minus the logit of a bomb where nothing is known
_FEW = 8  # invaders, below which the logarithm tells their number best
# Rows and columns of a cell's neighbourhood, relative to the cell.
_NEAR = np.mgrid[-1:2, -1:2].reshape(2, 9).astype(np.float32)


class Heatmaps(layers.Layer):
    """From feature maps [B, S, S, C] of an encoder, finest first, to logits [B, S, S, K]."""

    def __init__(self, count: int = KEYPOINTS) -> None:
        """Make `count` heat maps, at most eight; those beyond the keypoints begin nearly empty."""
        super().__init__(dtype="float32", name="heatmaps")
        self.count = count

    def build(self, shapes: list[tuple[int | None, ...]]) -> None:
        self.side = side = int(shapes[0][1] or 0)
        self.convolutions = [
            layers.Conv2D(
                self.count, 3, padding="same", kernel_initializer="zeros", dtype="float32"
            )
            for _ in shapes
        ]
        for convolution, shape in zip(self.convolutions, shapes, strict=True):
            convolution.build(shape)
        # A prior: most keypoints move in a strip, and the lower bomb is below the upper one.
        empty = np.where(np.arange(self.count) < KEYPOINTS, 0.0, -_RARE).astype(np.float32)
        self.prior = self.add_weight(
            shape=(side, side, self.count),
            initializer=lambda shape, dtype: tf.zeros(shape, dtype) + empty,
            name="prior",
        )

    def call(self, maps: list[tf.Tensor]) -> tf.Tensor:
        # Two neighbouring columns are computed at once, because LiteRT's kernels compute sixteen
        # outputs and six would leave most of them idle. Shapes are [B, S/2, 2, S/2, 2 * K].
        half, both = self.side // 2, 2 * self.count
        logits = tf.reshape(self.prior, [half, 2, half, both])
        for convolution, each in zip(self.convolutions, maps, strict=True):
            features = tf.nn.relu(tf.cast(each, tf.float32))
            kernel = convolution.kernel  # [3, 3, C, K]
            if int(features.shape[1]) == self.side:
                left = tf.pad(kernel, [[0, 0], [0, 1], [0, 0], [0, 0]])
                right = tf.pad(kernel, [[0, 0], [1, 0], [0, 0], [0, 0]])
                added = tf.nn.conv2d(features, tf.concat([left, right], axis=3), (1, 2), "SAME")
                rows = 2
            else:  # of half the side: each cell counts for two rows and two columns
                added = tf.nn.conv2d(features, tf.tile(kernel, [1, 1, 1, 2]), 1, "SAME")
                rows = 1
            added = tf.nn.bias_add(added, tf.tile(convolution.bias, [2]))
            logits = logits + tf.reshape(added, [-1, half, rows, half, both])
        return tf.reshape(logits, [-1, self.side, self.side, self.count])


class KeypointRefinement(layers.Layer):
    """Refine predicted targets [B, 37] with the positions in the logits [B, S, S, 6].

    Where a missile passes each column follows by the laws of motion. No gradient flows back.
    """

    def __init__(self, fold: int) -> None:
        super().__init__(dtype="float32", name="predicted")
        self._fold = fold

    def call(self, predicted: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        x, y = soft_argmax(tf.stop_gradient(logits), self._fold)
        return refine(tf.stop_gradient(predicted), x, y)


def refine(predicted: tf.Tensor, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Return `predicted` [B, 37] with the keypoints at `x` and `y` [B, 6]."""
    pixels = targets.in_pixels(predicted)
    # Everything is float, [B, 1] or wider, and without conditions: LiteRT fuses such
    # operations.
    cannon, bombs = x[:, CANNON : CANNON + 1], slice(LOWER_BOMB, UPPER_BOMB + 1)
    ends = tf.clip_by_value(tf.round(pixels[:, targets.ENDS]), 0, ram_map.COLUMNS - 1)
    first, last = ends[:, :1], ends[:, 1:]
    formation = x[:, FORMATION : FORMATION + 1] - ram_map.COLUMN * first
    descent = tf.round(_of(pixels, targets.FORMATION_Y) / ram_map.DESCENT)
    descent = ram_map.DESCENT * descent
    rows = tf.round((ram_map.INVADER_BOTTOM - pixels[:, targets.BOTTOMS]) / ram_map.ROW)
    rows = tf.clip_by_value(rows, 0, ram_map.ROW_COUNT - 1)
    bottoms = ram_map.INVADER_BOTTOM - ram_map.ROW * rows
    # The fewer invaders, the faster the formation, and the more exact the logarithm.
    few = tf.exp(np.log(2).astype(np.float32) * _of(pixels, targets.LOG_COUNT)) - 1
    few = tf.minimum(tf.round(few), _FEW)
    many = tf.maximum(few - (_FEW - 1), 0)  # 0 or 1
    count = few + many * (tf.round(_of(pixels, targets.COUNT)) - few)
    rightward = positive(_of(pixels, targets.HEADING))
    met_x = interception_x(formation, descent, rightward, first, last, count, bottoms)
    middles = met_x + ram_map.COLUMNS_X + ram_map.CENTRE
    passing = tf.clip_by_value(cannon + ram_map.MUZZLE - middles, -targets.NEAR, targets.NEAR)
    missile = pixels[:, targets.MISSILE_X : targets.MISSILE_Y + 1]
    flies = positive((ram_map.MISSILE_START + ram_map.WRECK_END) / 2 - missile[:, 1:])
    flying = tf.concat([x[:, MISSILE : MISSILE + 1], y[:, MISSILE : MISSILE + 1]], axis=1)
    missile = flies * flying + (1 - flies) * missile
    ship = x[:, SHIP : SHIP + 1]
    # LiteRT's kernels concatenate at most five tensors.
    objects = tf.concat([cannon, x[:, bombs] - cannon, y[:, bombs], ship, formation], axis=1)
    refined = tf.concat([objects, passing, missile, descent, bottoms], axis=1)
    refined = (refined - targets.CENTRES[_REFINED]) / targets.SIZES[_REFINED]
    return predicted * (1 - _REFINED_ONE_HOT.sum(0)) + tf.matmul(refined, _REFINED_ONE_HOT)


def soft_argmax(logits: tf.Tensor, fold: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Return x and y [B, 6] of the keypoints in `logits` [B, S, S, 6 or more], in the RAM's units.

    A cell is `fold` pixels of 84 wide. The position is the mean over the likeliest cell and its
    eight neighbours, weighted by their probabilities.
    """
    side = int(logits.shape[1])
    logits = logits if int(logits.shape[3]) == KEYPOINTS else logits[..., :KEYPOINTS]
    cells = tf.transpose(tf.reshape(logits, [-1, side * side, KEYPOINTS]), [0, 2, 1])
    best = tf.reshape(_float(tf.argmax(cells, axis=2, output_type=tf.int32)), [-1, KEYPOINTS, 1])
    row = tf.floor((best + 0.5) / side)  # [B, 6, 1]
    column = best - side * row
    rows, columns = row + _NEAR[0], column + _NEAR[1]  # [B, 6, 9]
    rows_inside = tf.clip_by_value(rows, 0, side - 1)
    columns_inside = tf.clip_by_value(columns, 0, side - 1)
    outside = tf.abs(rows - rows_inside) + tf.abs(columns - columns_inside)
    indices = tf.cast(rows_inside * side + columns_inside, tf.int32)
    probability = tf.nn.softmax(tf.gather(cells, indices, batch_dims=2) - 1e9 * outside)
    row = tf.reduce_sum(probability * rows, axis=2)
    column = tf.reduce_sum(probability * columns, axis=2)
    x = pixel(column, side, fold, SCREEN_WIDTH) - OFF_X
    y = (pixel(row, side, fold, SCREEN_HEIGHT) - OFF_Y) / np.maximum(ROWS, 1)
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
    lowest_y = pixels[:, targets.FORMATION_Y, None] + lowest
    missile = pixels[:, targets.MISSILE_X, None], pixels[:, targets.MISSILE_Y, None]
    x = tf.concat([cannon, pixels[:, targets.BOMBS_X] + cannon, ship, outer, missile[0]], axis=1)
    y = tf.concat([cannon, pixels[:, targets.BOMBS_Y], ship, lowest_y, missile[1]], axis=1)
    there = tf.math.is_finite(x) & tf.math.is_finite(y)
    flies = missile[1] <= ram_map.MISSILE_START
    there &= tf.concat([tf.ones_like(there[:, :-1]), flies], axis=1)
    column = cell(tf.where(there, x, 0.0) + OFF_X, side, fold, SCREEN_WIDTH)
    row = cell(tf.where(there, y, 0.0) * ROWS + OFF_Y, side, fold, SCREEN_HEIGHT)
    numbers = tf.range(side, dtype=tf.float32)[:, None]
    across = tf.nn.relu(1 - tf.abs(numbers - column[:, None]))  # [B, S, 6]
    along = tf.nn.relu(1 - tf.abs(numbers - row[:, None]))
    wanted = along[:, :, None] * across[:, None]  # [B, S, S, 6], sums to one
    losses = -tf.nn.log_softmax(tf.reshape(logits, [-1, side * side, KEYPOINTS]), axis=1)
    losses = tf.reduce_sum(tf.reshape(wanted, [-1, side * side, KEYPOINTS]) * losses, axis=1)
    return tf.reduce_sum(tf.where(there, losses, 0.0), axis=1)


def _round(values: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.round(values), tf.int32)


def _float(values: tf.Tensor) -> tf.Tensor:
    return tf.cast(values, tf.float32)


def _of(pixels: tf.Tensor, target: int) -> tf.Tensor:
    """Return one target [B, 1] of `pixels` [B, 37]."""
    return pixels[:, target : target + 1]


def positive(values: tf.Tensor) -> tf.Tensor:
    """Return 1 where `values` are above zero, else 0."""
    return tf.clip_by_value(1e6 * values, 0, 1)  # without a condition, and sharp enough


def pixel(cell: tf.Tensor, side: int, fold: int, pixels: int) -> tf.Tensor:
    """Return the pixel, of the screen's `pixels`, in the middle of `cell`; maps are centred."""
    margin = (SIDE // fold - side) / 2
    return (cell + margin + 0.5) * (fold * pixels / SIDE) - 0.5


def cell(pixel: tf.Tensor, side: int, fold: int, pixels: int) -> tf.Tensor:
    margin = (SIDE // fold - side) / 2
    cell = (pixel + 0.5) / (fold * pixels / SIDE) - 0.5 - margin
    return tf.clip_by_value(cell, 0, side - 1)
