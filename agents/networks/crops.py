"""Crops: a second, closer look at bombs, cannon and missile.

A heat map tells where something like a bomb is, in cells of two by two pixels. Then a small dense
network looks at the four frames around that place, pixel by pixel: is it a bomb, and where exactly?
It looks at the likeliest places alone, so it may be far larger than a convolution at every cell.
This is a region proposal and its refinement (Ren et al. 2015, Faster R-CNN). Beside the crop it is
told what the encoder makes of that place, and of how many bombs there are.

The cartridge draws bombs in frames of one parity of its own count, and moves the cannon in frames
of one parity too. Which of them an agent decides in follows from the no-ops that began the game,
and in the others the same picture means bombs and a missile that are a pixel further. The cannon
tells: while it moves, two frames laid over each other smear it or do not (99 % of cases, 91 % of
all). So it is looked at first, and what is seen there is passed on.
"""

from __future__ import annotations

import itertools

import numpy as np
import tensorflow as tf
from keras import layers

from agents.inference.preprocess import SIDE
from agents.networks import keypoints
from agents.state import ram_map, targets
from game.emulation.cabinet import SCREEN_HEIGHT, SCREEN_WIDTH

BOMB = keypoints.KEYPOINTS  # the heat map of every bomb, behind those of the keypoints
HEATMAPS = keypoints.KEYPOINTS + 1
CANDIDATES = 4  # places that may be a bomb
# What is looked at: the candidates, then cannon and missile.
CANNON, MISSILE = CANDIDATES, CANDIDATES + 1
PLACES = CANDIDATES + 2
HIDDEN = 96, 48  # units of a network that looks
OUTPUTS = 3  # the logit of what is looked for, and its offset in x and y, in the RAM's units
PASSED_ON = 4  # numbers from the cannon's look to the others
_RADIUS = 3, 2  # rows and columns of cells that are seen on each side
_OFFSETS = np.mgrid[-_RADIUS[0] : _RADIUS[0] + 1, -_RADIUS[1] : _RADIUS[1] + 1].reshape(2, -1)
_KEYPOINT = np.array([keypoints.LOWER_BOMB] * CANDIDATES + [keypoints.CANNON, keypoints.MISSILE])
_REACH = 2.0  # cells between a place and what it is said to show, at most
_SAME = 4.0  # pixels, and steps of the RAM's y: bombs nearer than this are one
_FAR = 1e3  # more than any logit
_LOGIT_SIZE = 0.1  # by which logits are about as large as the other inputs
_BOMBS = 2

Shape = tuple[int | None, ...]


class CropRefinement(layers.Layer):
    """Refine predicted targets [B, 37] with logits [B, S, S, 7] and folded frames [B, S, S, C].

    Returns the targets, the places that were looked at, [B, 6, 2] rows and columns of cells, and
    what was seen there, [B, 6, 3] (see OUTPUTS). A gradient flows to what was seen alone.
    """

    def __init__(self, fold: int) -> None:
        super().__init__(dtype="float32", name="predicted")
        self._fold = fold

    def build(
        self,
        predicted_shape: Shape,
        logits_shape: Shape,
        folded_shape: Shape,
        coarse_shape: Shape,
    ) -> None:
        context = PLACES + CANDIDATES + HEATMAPS + _BOMBS + int(coarse_shape[-1] or 0)
        inputs = int(folded_shape[-1] or 0) * _OFFSETS.shape[1] + 2 + context
        self._bombs = self._dense(inputs + PASSED_ON, OUTPUTS)
        self._cannon = self._dense(inputs, OUTPUTS + PASSED_ON)
        self._missile = self._dense(inputs + PASSED_ON, OUTPUTS)

    def _dense(self, inputs: int, outputs: int) -> list[tuple[tf.Variable, tf.Variable]]:
        return [
            (
                self.add_weight(shape=(before, after), initializer="he_normal", name="kernel"),
                self.add_weight(shape=(after,), initializer="zeros", name="bias"),
            )
            for before, after in itertools.pairwise((inputs, *HIDDEN, outputs))
        ]

    def call(
        self, predicted: tf.Tensor, logits: tf.Tensor, folded: tf.Tensor, coarse: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        predicted, logits, coarse = (tf.stop_gradient(x) for x in (predicted, logits, coarse))
        x, y = keypoints.soft_argmax(logits, self._fold)
        cells = self.places(logits, x, y)
        context = around(predicted, logits, coarse, cells)
        looked = self.look(cut(folded, cells), context, cells)
        predicted = self._with_crops(predicted, x, y, cells, looked)
        return predicted, cells, looked

    def places(self, logits: tf.Tensor, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Return rows and columns of the cells to look at, float [B, 6, 2]."""
        side = int(logits.shape[1])
        bombs = logits[..., BOMB:]
        highest = tf.nn.max_pool2d(bombs, [5, 3], 1, "SAME")
        peaks = tf.reshape(bombs - _FAR * (highest - bombs), [-1, side * side])
        best = tf.cast(tf.math.top_k(peaks, CANDIDATES).indices, tf.float32)  # [B, K]
        row = tf.floor((best + 0.5) / side)
        column = best - side * row
        which = np.array([keypoints.CANNON, keypoints.MISSILE])
        seen_x = tf.stack([x[:, each] for each in which], axis=1) + keypoints.OFF_X[which]
        seen_y = tf.stack([y[:, each] for each in which], axis=1)
        seen_y = seen_y * keypoints.ROWS[which] + keypoints.OFF_Y[which]
        columns = tf.round(keypoints.cell(seen_x, side, self._fold, SCREEN_WIDTH))
        rows = tf.round(keypoints.cell(seen_y, side, self._fold, SCREEN_HEIGHT))
        return tf.stack([tf.concat([row, rows], 1), tf.concat([column, columns], 1)], axis=2)

    def look(self, crops: tf.Tensor, context: tf.Tensor, cells: tf.Tensor) -> tf.Tensor:
        """Return what is seen [B, 6, 3] in `crops` [B, 6, P] at `cells` [B, 6, 2].

        `context` [B, 6, Q] is what `around` returns.
        """
        at = cells * (self._fold / SIDE)
        shown = tf.concat([tf.cast(crops, tf.float32) / 255, at, context], axis=2)
        cannon = _through(self._cannon, shown[:, CANNON])  # [B, 7]
        passed_on = tf.tanh(cannon[:, OUTPUTS:])
        shown = tf.concat([shown, tf.tile(passed_on[:, None], [1, PLACES, 1])], axis=2)
        inputs = self._bombs[0][0].shape[0]
        bombs = _through(self._bombs, tf.reshape(shown[:, :CANDIDATES], [-1, inputs]))
        missile = _through(self._missile, shown[:, MISSILE])
        rest = tf.stack([cannon[:, :OUTPUTS], missile], axis=1)
        return tf.concat([tf.reshape(bombs, [-1, CANDIDATES, OUTPUTS]), rest], axis=1)

    def _with_crops(
        self,
        predicted: tf.Tensor,
        x: tf.Tensor,
        y: tf.Tensor,
        cells: tf.Tensor,
        looked: tf.Tensor,
    ) -> tf.Tensor:
        score, at_x, at_y = positions(cells, tf.stop_gradient(looked), self._fold)
        bombs = score[:, :CANDIDATES]
        first = _one_hot_of_highest(bombs)
        x_1, y_1 = _pick(at_x, first), _pick(at_y, first)  # [B, 1]
        distance = tf.maximum(
            tf.abs(at_x[:, :CANDIDATES] - x_1), tf.abs(at_y[:, :CANDIDATES] - y_1)
        )
        others = bombs - _FAR * _positive(_SAME - distance)
        second = _one_hot_of_highest(others)
        x_2, y_2 = _pick(at_x, second), _pick(at_y, second)
        falls = tf.sigmoid(tf.concat([_pick(bombs, first), _pick(others, second)], axis=1))
        # The second is the lower one if it is there and lower.
        swap = _positive(falls[:, 1:] - 0.5) * _positive(y_2 - y_1)
        keep = 1 - swap
        bombs_x = tf.concat([keep * x_1 + swap * x_2, keep * x_2 + swap * x_1], axis=1)
        bombs_y = tf.concat([keep * y_1 + swap * y_2, keep * y_2 + swap * y_1], axis=1)
        falls = keep * falls + swap * falls[:, ::-1]
        cannon, missile = slice(CANNON, CANNON + 1), slice(MISSILE, MISSILE + 1)
        x = tf.concat(
            [at_x[:, cannon], bombs_x, x[:, keypoints.SHIP :][:, :2], at_x[:, missile]], 1
        )
        y = tf.concat([y[:, :1], bombs_y, y[:, keypoints.SHIP :][:, :2], at_y[:, missile]], 1)
        refined = keypoints.refine(predicted, x, y)
        one_hot = np.eye(targets.TARGETS, dtype=np.float32)[targets.FALLING]
        return refined * (1 - one_hot.sum(0)) + tf.matmul(falls, one_hot)


def cut(folded: tf.Tensor, cells: tf.Tensor) -> tf.Tensor:
    """Return the crops [B, 6, P] of `folded` frames [B, S, S, C] around `cells` [B, 6, 2]."""
    side, channels = int(folded.shape[1]), int(folded.shape[3])
    offsets = _OFFSETS.astype(np.float32)
    rows = tf.clip_by_value(cells[:, :, :1] + offsets[0], 0, side - 1)  # [B, 6, N]
    columns = tf.clip_by_value(cells[:, :, 1:] + offsets[1], 0, side - 1)
    indices = tf.reshape(tf.cast(rows * side + columns, tf.int32), [-1, PLACES * offsets.shape[1]])
    each = tf.reshape(tf.cast(folded, tf.float32), [-1, side * side, channels])
    crops = tf.gather(each, indices, batch_dims=1)  # [B, 6 * N, C]
    return tf.reshape(crops, [-1, PLACES, offsets.shape[1] * channels])


def around(
    predicted: tf.Tensor, logits: tf.Tensor, coarse: tf.Tensor, cells: tf.Tensor
) -> tf.Tensor:
    """Return what is known beside the crops at `cells` [B, 6, 2], float32 [B, 6, Q].

    That is, for each place: which of the six it is; the logits of all candidates; its own `logits`
    [B, S, S, 7]; whether bombs fall, as `predicted` [B, 37]; and the feature map `coarse`
    [B, S/2, S/2, C].
    """
    own = _at(logits, cells) * _LOGIT_SIZE  # [B, 6, 7]
    features = tf.nn.relu(tf.cast(_at(coarse, tf.floor((cells + 0.5) / 2)), tf.float32))
    shared = tf.concat([own[:, :CANDIDATES, BOMB], predicted[:, targets.FALLING]], axis=1)
    shared = tf.tile(shared[:, None], [1, PLACES, 1])
    which = tf.zeros_like(own[:, :, :PLACES]) + np.eye(PLACES, dtype=np.float32)
    return tf.concat([which, shared, own, features], axis=2)


def _at(maps: tf.Tensor, cells: tf.Tensor) -> tf.Tensor:
    """Return `maps` [B, S, S, C] at `cells` [B, 6, 2]: [B, 6, C]."""
    side, channels = int(maps.shape[1]), int(maps.shape[3])
    indices = tf.cast(cells[:, :, 0] * side + cells[:, :, 1], tf.int32)
    return tf.gather(tf.reshape(maps, [-1, side * side, channels]), indices, batch_dims=1)


def positions(
    cells: tf.Tensor, looked: tf.Tensor, fold: int
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return logits, x and y [B, 6] in the RAM's units of what was `looked` at in `cells`."""
    side = SIDE // fold
    x = keypoints.pixel(cells[:, :, 1], side, fold, SCREEN_WIDTH) - keypoints.OFF_X[_KEYPOINT]
    y = keypoints.pixel(cells[:, :, 0], side, fold, SCREEN_HEIGHT) - keypoints.OFF_Y[_KEYPOINT]
    y = y / np.maximum(keypoints.ROWS[_KEYPOINT], 1)
    return looked[:, :, 0], x + looked[:, :, 1], y + looked[:, :, 2]


def bombs_cross_entropy(logits: tf.Tensor, state_targets: tf.Tensor, fold: int) -> tf.Tensor:
    """Return the cross-entropy [B] of the bombs' heat map in `logits` [B, S, S, 7].

    A cell is right if a bomb's middle is in it. The cells next to that one are not counted.
    """
    side = int(logits.shape[1])
    row, column, there = _bombs(state_targets, side, fold)  # [B, 2]
    numbers = tf.range(side, dtype=tf.float32)[:, None]
    away_rows = tf.abs(numbers - tf.round(row)[:, None])  # [B, S, 2]
    away_columns = tf.abs(numbers - tf.round(column)[:, None])
    away = tf.maximum(away_rows[:, :, None], away_columns[:, None])  # [B, S, S, 2]
    away = tf.reduce_min(tf.where(there[:, None, None], away, float(side)), axis=3)
    wanted = tf.cast(away < 0.5, tf.float32)
    counted = tf.cast((away < 0.5) | (away > 1.5), tf.float32)
    losses = tf.nn.sigmoid_cross_entropy_with_logits(wanted, logits[..., BOMB])
    return tf.reduce_sum(losses * counted, axis=[1, 2])


def looking_loss(
    cells: tf.Tensor, looked: tf.Tensor, state_targets: tf.Tensor, fold: int
) -> tf.Tensor:
    """Return the loss [B] of what was `looked` at [B, 6, 3] in `cells` [B, 6, 2]."""
    side = SIDE // fold
    pixels = targets.in_pixels(state_targets)
    score, x, y = positions(cells, looked, fold)
    cannon = pixels[:, targets.CANNON, None]
    bombs_x = pixels[:, targets.BOMBS_X] + cannon  # [B, 2], NaN where there is none
    bombs_y = pixels[:, targets.BOMBS_Y]
    row, column, there = _bombs(state_targets, side, fold)
    away = tf.maximum(
        tf.abs(cells[:, :CANDIDATES, 0, None] - row[:, None]),
        tf.abs(cells[:, :CANDIDATES, 1, None] - column[:, None]),
    )  # [B, K, 2]
    away = tf.where(there[:, None], away, _FAR)
    nearest = tf.argmin(away, axis=2)
    found = tf.reduce_min(away, axis=2) <= _REACH  # [B, K]
    flies = pixels[:, targets.MISSILE_Y, None] <= ram_map.MISSILE_START  # False for NaN
    always = tf.ones_like(flies)
    is_there = tf.concat([found, always, flies], axis=1)  # [B, 6]
    true_x = tf.concat(
        [tf.gather(bombs_x, nearest, batch_dims=1), cannon, pixels[:, targets.MISSILE_X, None]], 1
    )
    true_y = tf.concat(
        [
            tf.gather(bombs_y, nearest, batch_dims=1),
            y[:, CANNON, None],
            pixels[:, targets.MISSILE_Y, None],
        ],
        1,
    )
    wrong = tf.abs(tf.where(is_there, true_x - x, 0.0)), tf.abs(tf.where(is_there, true_y - y, 0.0))
    off = sum(tf.where(each < 0.5, tf.square(each), each - 0.25) for each in wrong)
    losses = tf.nn.sigmoid_cross_entropy_with_logits(tf.cast(is_there, tf.float32), score)
    return tf.reduce_sum(losses + off, axis=1)


def _bombs(state_targets: tf.Tensor, side: int, fold: int) -> tuple[tf.Tensor, ...]:
    """Return rows, columns (in cells) and presence [B, 2] of the bombs in `state_targets`."""
    pixels = targets.in_pixels(state_targets)
    x = pixels[:, targets.BOMBS_X] + pixels[:, targets.CANNON, None]
    y = pixels[:, targets.BOMBS_Y]
    there = tf.math.is_finite(x) & tf.math.is_finite(y)
    which = keypoints.LOWER_BOMB
    x = tf.where(there, x, 0.0) + keypoints.OFF_X[which]
    y = tf.where(there, y, 0.0) * keypoints.ROWS[which] + keypoints.OFF_Y[which]
    return (
        keypoints.cell(y, side, fold, SCREEN_HEIGHT),
        keypoints.cell(x, side, fold, SCREEN_WIDTH),
        there,
    )


def _through(dense: list[tuple[tf.Variable, tf.Variable]], x: tf.Tensor) -> tf.Tensor:
    """Return what the layers `dense` make of `x` [B, P], with ReLU between them."""
    for number, (kernel, bias) in enumerate(dense):
        x = tf.matmul(tf.nn.relu(x) if number else x, kernel) + bias
    return x


def _one_hot_of_highest(scores: tf.Tensor) -> tf.Tensor:
    return tf.one_hot(tf.argmax(scores, axis=1, output_type=tf.int32), CANDIDATES)


def _pick(values: tf.Tensor, one_hot: tf.Tensor) -> tf.Tensor:
    """Return the one of the first `values` [B, 4 or more] that `one_hot` [B, 4] chooses: [B, 1]."""
    return tf.reduce_sum(values[:, :CANDIDATES] * one_hot, axis=1, keepdims=True)


def _positive(values: tf.Tensor) -> tf.Tensor:
    return tf.clip_by_value(1e6 * values, 0, 1)
