"""Radial basis features: positions spread over grids, so that a dense layer can tell pixels apart.

A network is slow to draw sharp borders between inputs that are plain numbers (Rahaman et al. 2019),
and here one pixel decides whether a bomb hits. So each position becomes the heights of Gaussians
centred on the points of a grid (radial basis functions, Broomhead and Lowe 1988). Two positions
that matter together become the products of both. What is not there has zero height everywhere.

With these features the student copied the teacher's choices twice as closely (see models/CARD.md).
"""

from __future__ import annotations

import tensorflow as tf
from keras import layers

from agents.state import targets

_FEW = (1, 2, 3, 4)  # invaders: each of these numbers has a speed of its own


class RadialBasis(layers.Layer):
    """From predicted targets [B, 37] to heights on all grids, float32 [B, P].

    No gradient flows back: the prediction is to stay true, whatever would help the decision.
    """

    def call(self, predicted: tf.Tensor) -> tf.Tensor:
        return radial_basis(tf.stop_gradient(tf.cast(predicted, tf.float32)))


def radial_basis(predicted: tf.Tensor) -> tf.Tensor:
    """Return the heights on all grids [B, P] of `predicted` targets [B, 37] (see targets.py)."""
    pixels = targets.in_pixels(predicted)
    cannon, formation = pixels[:, targets.CANNON], pixels[:, targets.FORMATION_X]
    missile_y = _grid(pixels[:, targets.MISSILE_Y], 0, 128, 4)
    shown, falling = pixels[:, targets.SHOWN, None], pixels[:, targets.FALLING, None]
    heading, ship_heading = pixels[:, targets.HEADING], pixels[:, targets.SHIP_HEADING]
    logarithm, columns = pixels[:, targets.LOG_COUNT], pixels[:, targets.COLUMNS, None]
    passing = columns * _grid(
        pixels[:, targets.PASSING], -targets.NEAR, targets.NEAR, 1
    )  # [B, C, P]
    bombs = _product(  # [B, 2, P]
        _grid(pixels[:, targets.BOMBS_X], -32, 32, 2), _grid(pixels[:, targets.BOMBS_Y], 25, 97, 3)
    )
    missile = _product(
        _grid(pixels[:, targets.MISSILE_X] - formation, -32, 128, 4),
        _grid(pixels[:, targets.MISSILE_Y], 0, 96, 8),
    )
    return tf.concat(
        [
            predicted * _presence(pixels),
            _grid(cannon, 34, 118, 2),
            _grid(formation, -60, 132, 3),
            _grid(pixels[:, targets.FORMATION_Y], 0, 80, 2),
            _grid(cannon - formation, -60, 170, 2),
            _grid(logarithm, 0, 5.25, 0.15),
            _product(_grid(formation, -60, 132, 6), _directions(heading)),
            shown * missile_y,
            shown * missile,
            tf.reduce_sum(falling * bombs, axis=1),
            tf.reshape(passing, [-1, passing.shape[1] * passing.shape[2]]),
            _product(tf.reduce_sum(passing, axis=1), _few(logarithm)),
            _product(
                _grid(pixels[:, targets.SHIP] - cannon, -80, 152, 4), _directions(ship_heading)
            ),
        ],
        axis=1,
    )


def _grid(values: tf.Tensor, low: float, high: float, step: float) -> tf.Tensor:
    """Return heights [..., P] at `values` [...] of Gaussians at points from `low` to `high`."""
    points = tf.range(low, high + step / 2, step, dtype=tf.float32)
    return _gaussian((values[..., None] - points) / (0.7 * step))


def _gaussian(distance: tf.Tensor) -> tf.Tensor:
    return tf.exp(-0.5 * tf.square(distance))


def _product(left: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Return every height of `left` [..., P] times every one of `right` [..., Q]: [..., P * Q]."""
    heights = left[..., :, None] * right[..., None, :]
    *outer, p, q = heights.shape
    return tf.reshape(heights, [-1, *outer[1:], p * q])


def _directions(heading: tf.Tensor) -> tf.Tensor:
    """Return `heading` [B] from -1 to 1 as two heights [B, 2], leftward and rightward."""
    return tf.nn.relu(tf.stack([-heading, heading], axis=1))


def _few(logarithm: tf.Tensor) -> tf.Tensor:
    """Return heights [B, 5] for one, two, three, four and more invaders left."""
    few = tf.math.log(tf.constant(_FEW, tf.float32) + 1) / tf.math.log(2.0)
    many = tf.sigmoid((logarithm - 2.45) / 0.06)  # 2.45 lies between four and five
    return tf.concat([_gaussian((logarithm[:, None] - few) / 0.12), many[:, None]], axis=1)


def _presence(pixels: tf.Tensor) -> tf.Tensor:
    """Return how surely the object of each target is there [B, 37]; else its value says nothing."""
    always = tf.ones_like(pixels[:, :1])
    return tf.abs(tf.gather(tf.concat([pixels, always], axis=1), targets.PRESENCE, axis=1))
