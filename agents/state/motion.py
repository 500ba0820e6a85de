"""Where the formation will be when a missile gets there: the cartridge's laws of motion."""

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
    """Return x [B, C] of the formation when a missile fired now meets each column's lowest.

    All are float32, and all but the last [B, 1]: `x` and `y` are its place, `rightward` is 1 or 0,
    `first` and `last` the outer columns that are left, `count` how many invaders are; `bottoms`
    [B, C] are y of the columns' lowest, had it not come down.
    """
    # Its way is as long as a game and folded: there, and back.
    low = ram_map.FORMATION_RANGE[0] - ram_map.COLUMN * first
    width = ram_map.FORMATION_RANGE[1] - ram_map.COLUMN * last - low
    width = tf.maximum(width, 1)
    gone = width + (2 * rightward - 1) * (x - low - width)
    before = tf.minimum(tf.floor(gone / width), 1 - rightward)
    count = tf.clip_by_value(count, 0, len(ram_map.SPEEDS) - 1)
    that_many = tf.nn.relu(1 - tf.abs(count - np.arange(len(ram_map.SPEEDS), dtype=np.float32)))
    speed = tf.matmul(that_many, ram_map.SPEEDS[:, None])
    there, height = x, y
    # It may come down while the missile flies; once more with where it is then.
    for _ in range(2):
        flight = tf.maximum(ram_map.MISSILE_START - bottoms - height, 0.0)
        way = gone + speed * (ram_map.LATENCY + flight / ram_map.MISSILE_SPEED)
        turns = tf.floor(way / width)
        on_a_way = way - width * turns
        back = turns - 2 * tf.floor(turns / 2)  # 1 on every second way
        there = low + on_a_way + back * (width - 2 * on_a_way)
        height = y + ram_map.DESCENT * (turns - before)
    return there
