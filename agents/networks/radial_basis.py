"""Where things are, spread over grids, so that one dense layer can tell pixels apart.

A network draws sharp borders slowly between inputs that are plain numbers (Rahaman et al. 2019),
and here a pixel decides whether a bomb hits. So each place becomes the heights of bells about
the points of a grid (radial basis functions, Broomhead and Lowe 1988); two places that matter
together become the products of both. What is not there has no height anywhere.

The student copied the teacher's choices twice as closely for it: see models/CARD.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from agents.state import targets

_FEW = (1, 2, 3, 4)  # invaders, each with a speed of its own; more are many


class _Grid(NamedTuple):
    """Points from `low` to `high` in pixels, for each of some targets, or for one less another."""

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


# Told as they are.
_ALONE = (
    _Grid(_one(targets.CANNON), 34, 118, 2),
    _Grid(_one(targets.FORMATION_X), -60, 132, 3),
    _Grid(_one(targets.FORMATION_Y), 0, 80, 2),
    _Grid(_one(targets.CANNON), -60, 170, 2, less=targets.FORMATION_X),
    _Grid(_one(targets.LOG_COUNT), 0, 5.25, 0.15),
)
# Told where something else is there, or together with another.
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
    """Targets [B, 37], as targets.py tells them, to heights on all grids float32 [B, P].

    No gradient goes through: what a network says it sees shall stay true.
    """

    def call(self, predicted: tf.Tensor) -> tf.Tensor:
        return radial_basis(tf.stop_gradient(tf.cast(predicted, tf.float32)))


def radial_basis(predicted: tf.Tensor) -> tf.Tensor:
    """Return the heights on all grids [B, P] of `predicted` [B, 37].

    They are made at once and then cut apart: for one picture, an operation takes longer to begin
    than to do.
    """
    pixels = targets.in_pixels(predicted)
    heights = _bell((tf.matmul(pixels, _OF) - _POINTS) / _WIDTHS)  # [B, G]
    shown = pixels[:, _one(targets.SHOWN)]
    columns = tf.reshape(pixels[:, targets.COLUMNS], [-1, _PASSING.size, 1])
    falling = tf.reshape(pixels[:, targets.FALLING], [-1, _BOMBS[0].size, 1])
    passing = columns * _cut(heights, _PASSING)  # [B, C, P]
    bombs = _product(falling * _cut(heights, _BOMBS[0]), _cut(heights, _BOMBS[1]))  # [B, 2, P]
    many = tf.sigmoid((pixels[:, _one(targets.LOG_COUNT)] - 2.45) / 0.06)  # between four and five
    few = tf.concat([heights[:, -len(_FEW) :], many], axis=1)
    directions = tf.nn.relu(tf.matmul(pixels, _DIRECTIONS))  # [B, 4]
    presence = tf.abs(tf.matmul(pixels, _PRESENCE) + _ALWAYS)
    # LiteRT's kernels join five tensors at most.
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
    """Return the `grid` of all `heights` [B, G]: [B, P], or [B, N, P] for N targets."""
    begin = sum(each.size * each.points for each in _GRIDS[: _GRIDS.index(grid)])
    part = heights[:, begin : begin + grid.size * grid.points]
    return tf.reshape(part, [-1, grid.size, grid.points]) if grid.size > 1 else part


def _bell(off: tf.Tensor) -> tf.Tensor:
    return tf.exp(-0.5 * tf.square(off))


def _product(left: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Return every height of `left` [..., P] times every one of `right` [..., Q]: [..., P * Q]."""
    *outer, p = left.shape[1:]
    q = right.shape[-1]
    heights = tf.reshape(left, [-1, *outer, p, 1]) * tf.reshape(right, [-1, *outer, 1, q])
    return tf.reshape(heights, [-1, *outer, p * q])


def _points() -> tuple[NDArray[np.float32], ...]:
    """Return which targets each point of all grids is about [37, G], its place and its width [G].

    Those for few invaders come last.
    """
    of, points, widths = [], [], []
    for grid in _GRIDS:
        for target in range(grid.targets.start, grid.targets.stop):
            about = _ONE_HOT[target] - (0 if grid.less is None else _ONE_HOT[grid.less])
            of += [about] * grid.points
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
# From -1 to 1 as two heights, leftward and rightward: of the formation, and of the ship.
_DIRECTIONS = np.stack(
    [sign * _ONE_HOT[way] for way in (targets.HEADING, targets.SHIP_HEADING) for sign in (-1, 1)],
    axis=1,
)
