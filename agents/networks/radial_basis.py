"""Radial basis features: positions spread over grids, so that a dense layer can tell pixels apart.

A network is slow to draw sharp borders between inputs that are plain numbers (Rahaman et al. 2019),
and here one pixel decides whether a bomb hits. So each position becomes the heights of Gaussians
centred on the points of a grid (radial basis functions, Broomhead and Lowe 1988). Two positions
that matter together become the products of both. What is not there has zero height everywhere.

With these features the student copied the teacher's choices twice as closely (see models/CARD.md).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from agents.state import targets

_FEW = (1, 2, 3, 4)  # invaders: each of these numbers has a speed of its own


class _Grid(NamedTuple):
    """Points from `low` to `high` in pixels for each of `targets`, minus the target `less`."""

    targets: slice
    low: float
    high: float
    step: float
    less: int | None = None

    @property
    def points(self) -> int:
        return round((self.high - self.low) / self.step) + 1

    @property
    def size(self) -> int:
        return int(self.targets.stop - self.targets.start)


def _one(target: int) -> slice:
    return slice(target, target + 1)


# Grids whose heights are features themselves.
_ALONE = (
    _Grid(_one(targets.CANNON), 34, 118, 2),
    _Grid(_one(targets.FORMATION_X), -60, 132, 3),
    _Grid(_one(targets.FORMATION_Y), 0, 80, 2),
    _Grid(_one(targets.CANNON), -60, 170, 2, less=targets.FORMATION_X),
    _Grid(_one(targets.LOG_COUNT), 0, 5.25, 0.15),
)
# Grids whose heights are multiplied by another target or by another grid.
_FORMATION = _Grid(_one(targets.FORMATION_X), -60, 132, 6)
_MISSILE_Y = _Grid(_one(targets.MISSILE_Y), 0, 128, 4)
_MISSILE = (
    _Grid(_one(targets.MISSILE_X), -32, 128, 4, less=targets.FORMATION_X),
    _Grid(_one(targets.MISSILE_Y), 0, 96, 8),
)
_BOMBS = _Grid(targets.BOMBS_X, -32, 32, 2), _Grid(targets.BOMBS_Y, 25, 97, 3)
_PASSING = _Grid(targets.PASSING, -targets.NEAR, targets.NEAR, 1)
_SHIP = _Grid(_one(targets.SHIP), -80, 152, 4, less=targets.CANNON)
_GRIDS = (*_ALONE, _FORMATION, _MISSILE_Y, *_MISSILE, *_BOMBS, _PASSING, _SHIP)


class RadialBasis(layers.Layer):
    """From predicted targets [B, 37] to heights on all grids, float32 [B, P].

    No gradient flows back: the prediction is to stay true, whatever would help the decision.
    """

    def call(self, predicted: tf.Tensor) -> tf.Tensor:
        return radial_basis(tf.stop_gradient(tf.cast(predicted, tf.float32)))


def radial_basis(predicted: tf.Tensor) -> tf.Tensor:
    """Return the heights on all grids [B, P] of `predicted` targets [B, 37] (see targets.py).

    They are computed at once and then cut apart, because for a single picture an operation takes
    longer to start than to run.
    """
    pixels = targets.in_pixels(predicted)
    heights = _gaussian((tf.matmul(pixels, _OF) - _POINTS) / _WIDTHS)  # [B, G]
    shown = pixels[:, _one(targets.SHOWN)]
    columns = tf.reshape(pixels[:, targets.COLUMNS], [-1, _PASSING.size, 1])
    falling = tf.reshape(pixels[:, targets.FALLING], [-1, _BOMBS[0].size, 1])
    passing = columns * _cut(heights, _PASSING)  # [B, C, P]
    bombs = _product(falling * _cut(heights, _BOMBS[0]), _cut(heights, _BOMBS[1]))  # [B, 2, P]
    many = tf.sigmoid(
        (pixels[:, _one(targets.LOG_COUNT)] - 2.45) / 0.06
    )  # 2.45 lies between four and five
    few = tf.concat([heights[:, -len(_FEW) :], many], axis=1)
    directions = tf.nn.relu(tf.matmul(pixels, _DIRECTIONS))  # [B, 4]
    presence = tf.abs(tf.matmul(pixels, _PRESENCE) + _ALWAYS)
    # LiteRT's kernels concatenate at most five tensors.
    first = [
        predicted * presence,
        heights[:, : sum(grid.points for grid in _ALONE)],
        _product(_cut(heights, _FORMATION), directions[:, :2]),
        shown * _cut(heights, _MISSILE_Y),
    ]
    second = [
        _product(shown * _cut(heights, _MISSILE[0]), _cut(heights, _MISSILE[1])),
        tf.reduce_sum(bombs, axis=1),
        tf.reshape(passing, [-1, _PASSING.size * _PASSING.points]),
        _product(tf.reduce_sum(passing, axis=1), few),
        _product(_cut(heights, _SHIP), directions[:, 2:]),
    ]
    return tf.concat([tf.concat(first, axis=1), tf.concat(second, axis=1)], axis=1)


def _cut(heights: tf.Tensor, grid: _Grid) -> tf.Tensor:
    """Return the heights on `grid`, [B, P] or for N targets [B, N, P], of all `heights` [B, G]."""
    start = sum(each.size * each.points for each in _GRIDS[: _GRIDS.index(grid)])
    part = heights[:, start : start + grid.size * grid.points]
    return tf.reshape(part, [-1, grid.size, grid.points]) if grid.size > 1 else part


def _gaussian(distance: tf.Tensor) -> tf.Tensor:
    return tf.exp(-0.5 * tf.square(distance))


def _product(left: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Return every height of `left` [..., P] times every one of `right` [..., Q]: [..., P * Q]."""
    *outer, p = left.shape[1:]
    q = right.shape[-1]
    heights = tf.reshape(left, [-1, *outer, p, 1]) * tf.reshape(right, [-1, *outer, 1, q])
    return tf.reshape(heights, [-1, *outer, p * q])


def _points() -> tuple[NDArray[np.float32], ...]:
    """Return for the points of all grids their targets [37, G], positions [G] and widths [G].

    The points for few invaders come last.
    """
    of, points, widths = [], [], []
    for grid in _GRIDS:
        for target in range(grid.targets.start, grid.targets.stop):
            minus = 0 if grid.less is None else _ONE_HOT[grid.less]
            of += [_ONE_HOT[target] - minus] * grid.points
            points += [grid.low + grid.step * number for number in range(grid.points)]
            widths += [0.7 * grid.step] * grid.points
    of += [_ONE_HOT[targets.LOG_COUNT]] * len(_FEW)
    points += [float(np.log2(1 + few)) for few in _FEW]
    widths += [0.12] * len(_FEW)
    return np.stack(of, axis=1), np.array(points, np.float32), np.array(widths, np.float32)


_ONE_HOT = np.eye(targets.TARGETS, dtype=np.float32)
_OF, _POINTS, _WIDTHS = _points()
# How surely the object of each target is there; else its value says nothing.
_PRESENCE = np.eye(targets.TARGETS, targets.TARGETS + 1, dtype=np.float32)[:, targets.PRESENCE]
_ALWAYS = (targets.PRESENCE == targets.TARGETS).astype(np.float32)
# The headings from -1 to 1 of the formation and of the ship, each as a height for the left and one
# for the right.
_DIRECTIONS = np.stack(
    [
        sign * _ONE_HOT[heading]
        for heading in (targets.HEADING, targets.SHIP_HEADING)
        for sign in (-1, 1)
    ],
    axis=1,
)
