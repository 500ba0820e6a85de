"""Where Space Invaders keeps what in the console's 128 bytes of memory, and how all moves.

Anand et al. 2019 list some of the places; the others, and the laws of motion, were counted in
45 recorded games of random play. x and y are pixels, y halved and counted downwards as the
console does; times are frames.
"""

from __future__ import annotations

import numpy as np

# Bytes.
COUNT, FORMATION_Y, FORMATION_X = 17, 16, 26
ROWS = slice(18, 24)  # six rows of invaders from below, a bit for each column
HEADING, RIGHTWARD = 24, 2  # the formation's, a bit of the byte
CANNON_X, SHIP_X, LIVES = 28, 30, 73
CANNON_STATE, BURSTING = 42, 4  # a bit of the byte: a bomb hit, and the life goes 128 frames later
BOMBS_Y, BOMBS_X = slice(81, 83), slice(83, 85)
MISSILE_Y, MISSILE_X = 85, 87
SHIELDS = 43, 52, 61  # the highest of each one's nine rows, a bit for each pixel
GONE = 246  # y of a bomb or missile that is not in the air
NO_SHIP = 180
COLUMN = 16  # pixels from one column of invaders to the next
COLUMNS = ROW_COUNT = 6
COLUMNS_X = np.float32(COLUMN) * np.arange(COLUMNS)  # from the formation's
INVADERS = COLUMNS * ROW_COUNT

# What moves how: pixels a frame.
CANNON_SPEED = 0.5
MISSILE_SPEED = 1.0
BOMB_SPEED = 0.5
SHIP_SPEED = 0.25
# The formation's, by how many invaders are left.
SPEEDS = np.full(INVADERS + 1, 1 / 32, np.float32)
SPEEDS[8:22], SPEEDS[5:8] = 3 / 32, 3 / 16
SPEEDS[:5] = (0, 1.25, 0.53, 0.4, 0.28)

# What is where.
CANNON_RANGE = 35, 117  # x of the cannon
FORMATION_RANGE = 23, 130  # x of the outer columns, where all turn and go down
DESCENT = 5
MUZZLE = 5  # x of a missile from the cannon's, which is its left end
MISSILE_START, MISSILE_END = 85, 3  # y
INVADER_BOTTOM, ROW = 62, 9  # y of the lowest row where a first wave begins, and from row to row
INVADER_HEIGHT = 7
INVADER_HIT = 0, 9  # x of a missile from a column's between which it hits
CENTRE = 4.5
SHIP_Y, SHIP_CENTRE = 8, 4
CANNON_HIT = 1, 7  # x of a bomb from the cannon's within which it hits
BOMB_ENTERS, BOMB_LEAVES = 85, 95  # y between which it can
SHIELD_X = (51, 83, 115)  # x of each shield's lowest bit; the others are to the left
SHIELD_ROWS = 9
WRECK_END = 119  # y that stands for a missile's explosion counts down to this
LATENCY = 2.0  # frames until a press shows: the console's one, and some for stickiness
