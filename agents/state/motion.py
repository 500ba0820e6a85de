"""Where the formation will be when a missile gets there: the cartridge's laws of motion."""

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
    """Return x [B, C] of the formation when a missile fired now meets each column's lowest.

    `x` and `y` float32 [B] are its place, `rightward` bool [B] its way, `first` and `last`
    int32 [B] the outer columns that are left, `count` int32 [B] how many invaders are; `bottoms`
    float32 [B, C] are y of the columns' lowest, had it not come down.
    """
    # Its way is as long as a game and folded: there, and back.
    low = ram_map.FORMATION_RANGE[0] - ram_map.COLUMN * tf.cast(first, tf.float32)
    width = ram_map.FORMATION_RANGE[1] - ram_map.COLUMN * tf.cast(last, tf.float32) - low
    width = tf.maximum(width, 1)
    gone = tf.where(rightward, x - low, 2 * width - (x - low))
    before = tf.minimum(tf.floor(gone / width), tf.where(rightward, 0.0, 1.0))
    speeds = tf.constant(ram_map.SPEEDS)
    speed = tf.gather(speeds, tf.clip_by_value(count, 0, len(ram_map.SPEEDS) - 1))
    there, height = x[:, None], y[:, None]
    # It may come down while the missile flies; once more with where it is then.
    for _ in range(2):
        flight = tf.maximum(ram_map.MISSILE_START - bottoms - height, 0.0)
        way = gone[:, None] + speed[:, None] * (ram_map.LATENCY + flight / ram_map.MISSILE_SPEED)
        turns = tf.floor(way / width[:, None]) - before[:, None]
        way = tf.math.floormod(way, 2 * width[:, None])
        there = low[:, None] + tf.where(way < width[:, None], way, 2 * width[:, None] - way)
        height = y[:, None] + ram_map.DESCENT * turns
    return there
