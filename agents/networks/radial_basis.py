"""Where things are, spread over grids, so that one dense layer can tell pixels apart.

A network draws sharp borders slowly between inputs that are plain numbers (Rahaman et al. 2019),
and here a pixel decides whether a bomb hits. So each place becomes the heights of bells about
the points of a grid (radial basis functions, Broomhead and Lowe 1988); two places that matter
together become the products of both. What is not there has no height anywhere.

The student copied the teacher's choices twice as closely for it: see models/CARD.md.
"""

from __future__ import annotations

import tensorflow as tf
from keras import layers

from agents.state import targets

_FEW = (1, 2, 3, 4)  # invaders, each with a speed of its own; more are many


class RadialBasis(layers.Layer):
    """Targets [B, 37], as targets.py tells them, to heights on all grids float32 [B, P].

    No gradient goes through: what a network says it sees shall stay true.
    """

    def call(self, predicted: tf.Tensor) -> tf.Tensor:
        return radial_basis(tf.stop_gradient(tf.cast(predicted, tf.float32)))


def radial_basis(predicted: tf.Tensor) -> tf.Tensor:
    """Return the heights on all grids [B, P] of `predicted` [B, 37]."""
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
    """Return heights [..., P] at `values` [...] of bells about points from `low` to `high`."""
    points = tf.range(low, high + step / 2, step, dtype=tf.float32)
    return _bell((values[..., None] - points) / (0.7 * step))


def _bell(off: tf.Tensor) -> tf.Tensor:
    return tf.exp(-0.5 * tf.square(off))


def _product(left: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """Return every height of `left` [..., P] times every one of `right` [..., Q]: [..., P * Q]."""
    heights = left[..., :, None] * right[..., None, :]
    *outer, p, q = heights.shape
    return tf.reshape(heights, [-1, *outer[1:], p * q])


def _directions(way: tf.Tensor) -> tf.Tensor:
    """Return `way` [B] from -1 to 1 as two heights [B, 2], leftward and rightward."""
    return tf.nn.relu(tf.stack([-way, way], axis=1))


def _few(logarithm: tf.Tensor) -> tf.Tensor:
    """Return whether one, two, three, four or more invaders are left [B, 5]."""
    few = tf.math.log(tf.constant(_FEW, tf.float32) + 1) / tf.math.log(2.0)
    many = tf.sigmoid((logarithm - 2.45) / 0.06)  # between four and five
    return tf.concat([_bell((logarithm[:, None] - few) / 0.12), many[:, None]], axis=1)


def _presence(pixels: tf.Tensor) -> tf.Tensor:
    """Return how surely the object of each target is there [B, 37]; else its value says nothing."""
    always = tf.ones_like(pixels[:, :1])
    return tf.abs(tf.gather(tf.concat([pixels, always], axis=1), targets.PRESENCE, axis=1))
