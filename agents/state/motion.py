"""Where a missile meets the formation, by the cartridge's laws of motion, in TensorFlow."""

from __future__ import annotations

import numpy as np
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

    All are float32, and all except the last are [B, 1]. `x` and `y` are the formation's position,
    `rightward` is 1 or 0, `first` and `last` are its outer columns that have invaders, and `count`
    is the number of invaders left. `bottoms` [B, C] is y of each column's lowest invader before any
    descent.
    """
    # To and fro is unfolded into one path, with a turn after each `width`.
    low = ram_map.FORMATION_RANGE[0] - ram_map.COLUMN * first
    width = ram_map.FORMATION_RANGE[1] - ram_map.COLUMN * last - low
    width = tf.maximum(width, 1)
    start = width + (2 * rightward - 1) * (x - low - width)
    turns_before = tf.minimum(tf.floor(start / width), 1 - rightward)
    count = tf.clip_by_value(count, 0, len(ram_map.SPEEDS) - 1)
    count_one_hot = tf.nn.relu(1 - tf.abs(count - np.arange(len(ram_map.SPEEDS), dtype=np.float32)))
    speed = tf.matmul(count_one_hot, ram_map.SPEEDS[:, None])
    met_x, met_y = x, y
    # The formation may descend while the missile flies: the second pass uses its y of the first.
    for _ in range(2):
        flight = tf.maximum(ram_map.MISSILE_START - bottoms - met_y, 0.0)
        path = start + speed * (ram_map.LATENCY + flight / ram_map.MISSILE_SPEED)
        turns = tf.floor(path / width)
        since_turn = path - width * turns
        back = turns - 2 * tf.floor(turns / 2)  # 1 on the way back, else 0
        met_x = low + since_turn + back * (width - 2 * since_turn)
        met_y = y + ram_map.DESCENT * (turns - turns_before)
    return met_x
