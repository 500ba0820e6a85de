"""The RAM encoder: a network that reads the console's 128 bytes of RAM instead of pictures.

Space Invaders keeps every position in these bytes (Anand et al. 2019 list some; the others were
found by watching the game). A network that reads them needs no convolutions, so a gradient sample
costs a tenth of one with a picture. Such a privileged network learns first and then teaches the
networks that see pictures only ("learning by cheating", Chen et al. 2019). The cartridge's frame
counter and random numbers are left out, because no picture shows what they predict.

An observation is uint8 [129]: the RAM, and the action of the agent step before. The network is
shown the newest two.
"""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import layers

from agents.inference.observation import RAM_BYTES
from agents.state import ram_map
from agents.state.motion import interception_x
from game.emulation.cabinet import Action

# Twice as many units took 2.3 times as long: Adam and the gathers are half of an update.
EMBEDDING_UNITS = 128
UNITS = 256

# Bytes that are read bit by bit: formation, positions, explosions, shields, animation, lives,
# timers and bombs. The stack, the score, the frame counter (74) and the random numbers (90, 106)
# are not.
_BIT_BYTES = (*range(16, 25), 26, 28, 30, 42, *range(43, 71), 72, 73, *range(75, 90))
BITS = 8 * len(_BIT_BYTES)

_NEAR = 32  # pixels to either side of the cannon within which a bomb's x is exact
_BOMB = 2 * _NEAR * 35 + 1
_MISSILE = 160 * 12 + 1
_AIM = 64  # pixels to either side of an invader within which a missile's x is exact
_LAST = 5  # numbers of invaders told apart: 0 to 3, and more
# The size of each table, in the order of `table_rows`; both bombs share the first.
_PLAIN = (256, 128, 128, 64, 256, 256, 40, 4, 128, 512, 512, 512, 16, 16, 6)
_AIMS = (4 * _AIM, 2 * _AIM * _LAST, 2 * _AIM * _LAST)
_TABLE_SIZES = (_BOMB, _MISSILE, *_PLAIN, *_AIMS)


def table_rows(observations: tf.Tensor) -> tf.Tensor:
    """Return a row of the embedding tables for each object, int32 [B, T].

    `observations` is uint8 [B, 2, 129], oldest first. Where objects are relative to each other is
    what matters, so most tables are indexed by distances in pixels. The sum of the rows is then a
    first layer that need not learn to subtract.
    """
    before, now = tf.unstack(tf.cast(observations, tf.int32), axis=1)
    cannon, formation = now[:, ram_map.CANNON_X], now[:, ram_map.FORMATION_X]
    ship, missile_y = now[:, ram_map.SHIP_X], now[:, ram_map.MISSILE_Y]
    bombs_x, bombs_y = now[:, ram_map.BOMBS_X], now[:, ram_map.BOMBS_Y]
    bombs = [
        _cell_row(x - cannon + _NEAR, 2 * _NEAR, (y - 40) // 2, 35, y == ram_map.GONE)
        for x, y in zip(tf.unstack(bombs_x, axis=1), tf.unstack(bombs_y, axis=1), strict=True)
    ]
    missile_x = now[:, ram_map.MISSILE_X] - formation + 32
    missile = _cell_row(missile_x, 160, missile_y // 8, 12, missile_y == ram_map.GONE)
    column = _clip((cannon - formation + ram_map.COLUMN) // ram_map.COLUMN, 8)
    indices = [
        missile,
        _clip(cannon - formation + 128, 256),
        _clip(cannon, 128),
        _clip(formation, 128),
        _clip(now[:, ram_map.FORMATION_Y], 64),
        _clip(ship, 256),
        _clip(ship - cannon + 128, 256),
        _clip(now[:, ram_map.COUNT], 40),
        _clip(now[:, ram_map.LIVES], 4),
        (cannon - formation) % ram_map.COLUMN * 8 + column,
        *_columns_above(now[:, ram_map.ROWS], column),
        _clip(formation - before[:, ram_map.FORMATION_X] + 8, 16),
        _clip(ship - before[:, ram_map.SHIP_X] + 8, 16),
        _clip(now[:, RAM_BYTES], len(Action)),
        *_aims(now),
    ]
    starts = [sum(_TABLE_SIZES[:i]) for i in range(1, len(_TABLE_SIZES))]
    others = [index + start for index, start in zip(indices, starts, strict=True)]
    return tf.stack([*bombs, *others], axis=1)


def _aims(now: tf.Tensor) -> list[tf.Tensor]:
    """Return rows [B] of three tables: at what distance a missile fired now will pass invaders.

    `now` is the newest observation [B, 129]. The first row is for the nearest invader, and for
    whether the cannon is free to fire. The other two are for the outer columns, and for how many
    invaders are left, because few invaders are fast. Without these rows the teacher learnt
    everything except to hit the last invader (see models/CARD.md).
    """
    rows = now[:, ram_map.ROWS]
    alive = rows[:, :, None] // tf.constant([1, 2, 4, 8, 16, 32]) % 2  # [B, rows, C]
    columns = tf.reduce_max(alive, axis=1) > 0  # [B, C]
    count = tf.reduce_sum(alive, axis=(1, 2))
    first = tf.argmax(columns, axis=1, output_type=tf.int32)
    last = ram_map.COLUMNS - 1 - tf.argmax(columns[:, ::-1], axis=1, output_type=tf.int32)
    bottoms = ram_map.INVADER_BOTTOM - ram_map.ROW * tf.argmax(alive, axis=1, output_type=tf.int32)
    rightward = now[:, ram_map.HEADING] // ram_map.RIGHTWARD % 2
    x, y = now[:, ram_map.FORMATION_X], now[:, ram_map.FORMATION_Y]
    met_x = interception_x(
        x=_column(x),
        y=_column(y),
        rightward=_column(rightward),
        first=_column(first),
        last=_column(last),
        count=_column(count),
        bottoms=_float(bottoms),
    )
    missile = _float(now[:, ram_map.CANNON_X]) + ram_map.MUZZLE
    off = tf.where(columns, missile[:, None] - met_x - ram_map.COLUMNS_X, 1e3)  # [B, C]
    nearest = tf.argmin(tf.abs(off - ram_map.CENTRE), axis=1)
    free = tf.cast(now[:, ram_map.MISSILE_Y] > ram_map.MISSILE_START, tf.int32)
    few = _clip(count, _LAST)
    rows_of = [
        _clip(tf.cast(tf.round(tf.gather(off, which, batch_dims=1)), tf.int32) + _AIM, 2 * _AIM)
        for which in (nearest, first, last)
    ]
    return [2 * rows_of[0] + free, _LAST * rows_of[1] + few, _LAST * rows_of[2] + few]


def bits(observations: tf.Tensor) -> tf.Tensor:
    """Return the bits of the newest observation, without those left out, float32 [B, BITS]."""
    now = tf.cast(tf.gather(observations[:, -1], tf.constant(_BIT_BYTES), axis=1), tf.int32)
    powers = tf.constant([1, 2, 4, 8, 16, 32, 64, 128])
    return tf.cast(tf.reshape(now[:, :, None] // powers % 2, [-1, BITS]), tf.float32)


def _columns_above(rows: tf.Tensor, column: tf.Tensor) -> list[tf.Tensor]:
    """Return which invaders are alive in the columns left of, above and right of the cannon.

    `rows` is [B, 6]; `column` [B] counts from 0 (left of the formation) to 7. Each result is a
    row [B] of a table with 8 times 64 rows.
    """
    weights = tf.constant([1, 2, 4, 8, 16, 32])
    alive = [tf.reduce_sum(rows // 2**i % 2 * weights, axis=1) for i in range(ram_map.COLUMNS)]
    none = tf.zeros_like(column)
    columns = tf.stack([none, *alive, none], axis=1)  # [B, 8]
    near = [_clip(column + side, 8) for side in (-1, 0, 1)]
    return [64 * at + tf.gather(columns, at, batch_dims=1) for at in near]


def _float(values: tf.Tensor) -> tf.Tensor:
    return tf.cast(values, tf.float32)


def _column(values: tf.Tensor) -> tf.Tensor:
    """Return `values` [B] as float32 [B, 1]."""
    return _float(values)[:, None]


def _clip(index: tf.Tensor, size: int) -> tf.Tensor:
    return tf.clip_by_value(index, 0, size - 1)


def _cell_row(x: tf.Tensor, width: int, y: tf.Tensor, height: int, gone: tf.Tensor) -> tf.Tensor:
    """Return the row [B] of a table of `height` x `width` cells and one more for what is gone."""
    return tf.where(gone, width * height, _clip(y, height) * width + _clip(x, width))


class EmbeddingSum(layers.Layer):
    """The sum of one table's rows at `table_rows`: float32 [B, EMBEDDING_UNITS]."""

    def build(self, _shape: tuple[int | None, ...]) -> None:
        # The sum of about twenty rows is to have a size of about one.
        initializer = keras.initializers.RandomNormal(stddev=0.1)
        self.rows = self.add_weight(
            shape=(sum(_TABLE_SIZES), EMBEDDING_UNITS), initializer=initializer
        )

    def call(self, observations: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(tf.gather(self.rows, table_rows(observations)), axis=1)


class Bits(layers.Layer):
    """`bits` as a layer."""

    def call(self, observations: tf.Tensor) -> tf.Tensor:
        return bits(observations)


def encode(observations: tf.Tensor) -> tf.Tensor:
    """Return features [B, 256] of observations uint8 [B, 2, 129]."""
    x = EmbeddingSum(dtype="float32")(observations)
    x = x + layers.Dense(EMBEDDING_UNITS)(Bits(dtype="float32")(observations))
    x = layers.ReLU()(layers.LayerNormalization()(x))
    x = layers.Dense(UNITS)(x)
    return layers.ReLU()(layers.LayerNormalization()(x))
