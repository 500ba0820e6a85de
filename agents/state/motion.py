"""Where a missile meets the formation, by the cartridge's laws of motion, in TensorFlow."""

from __future__ import annotations

import tensorflow as tf

from agents.state import ram_map


def interception_x(
    x: tf.Tensor,
    y: tf.Tensor,
    rightward: tf.Tensor,
    first: tf.Tensor,
    last: tf.Tensor,
    count: tf.Tensor,
    bottoms: tf.Tensor,
) -> tf.Tensor:
    """Return the formation's x [B, C] when a missile fired now reaches each column's lowest row.

    `x` and `y` float32 [B] are the formation's position, `rightward` bool [B] its heading, `first`
    and `last` int32 [B] its outer columns that have invaders, and `count` int32 [B] the number of
    invaders left. `bottoms` float32 [B, C] is y of each column's lowest invader before any descent.
    """
    # To and fro is unfolded into one path of twice the width.
    low = ram_map.FORMATION_RANGE[0] - ram_map.COLUMN * tf.cast(first, tf.float32)
    width = ram_map.FORMATION_RANGE[1] - ram_map.COLUMN * tf.cast(last, tf.float32) - low
    width = tf.maximum(width, 1)
    start = tf.where(rightward, x - low, 2 * width - (x - low))
    turns_before = tf.minimum(tf.floor(start / width), tf.where(rightward, 0.0, 1.0))
    speeds = tf.constant(ram_map.SPEEDS)
    speed = tf.gather(speeds, tf.clip_by_value(count, 0, len(ram_map.SPEEDS) - 1))
    met_x, met_y = x[:, None], y[:, None]
    # The formation may descend while the missile flies: the second pass uses its y of the first.
    for _ in range(2):
        flight = tf.maximum(ram_map.MISSILE_START - bottoms - met_y, 0.0)
        path = start[:, None] + speed[:, None] * (ram_map.LATENCY + flight / ram_map.MISSILE_SPEED)
        turns = tf.floor(path / width[:, None]) - turns_before[:, None]
        path = tf.math.floormod(path, 2 * width[:, None])
        met_x = low[:, None] + tf.where(path < width[:, None], path, 2 * width[:, None] - path)
        met_y = y[:, None] + ram_map.DESCENT * turns
    return met_x
