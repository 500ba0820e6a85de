"""The RAM map of Space Invaders: what each byte means, and the cartridge's laws of motion.

Anand et al. 2019 (AtariARI) list some of the bytes. The others, and the laws of motion, were
measured in 45 recorded games of random play. x and y are pixels; y is halved and counted downwards,
as the console does. Times are frames.
"""

from __future__ import annotations

import numpy as np

# Addresses of bytes.
COUNT, FORMATION_Y, FORMATION_X = 17, 16, 26
ROWS = slice(18, 24)  # six rows of invaders, the lowest first; one bit for each column
HEADING, RIGHTWARD = 24, 2  # the formation's heading: this bit of the byte is set to the right
SHIELDS_STAND = 64  # a bit of the same byte, cleared when the cartridge takes the shields away
CANNON_X, SHIP_X, LIVES = 28, 30, 73
# Not zero while the cannon ignores the joystick: when a game begins, and for 192 frames after a
# hit. During the first 128 of these it explodes; then `LIVES` falls.
CANNON_IDLE, EXPLODES = 42, 4
BOMBS_Y, BOMBS_X = slice(81, 83), slice(83, 85)
MISSILE_Y, MISSILE_X = 85, 87
SHIELDS = 43, 52, 61  # the top row of each shield's nine, one bit for each pixel
GONE = 246  # y of a bomb or a missile that is not in the air
NO_SHIP = 180  # x of the ship while there is none
COLUMN = 16  # pixels from one column of invaders to the next
COLUMNS = ROW_COUNT = 6
COLUMNS_X = np.float32(COLUMN) * np.arange(COLUMNS)  # x of each column from the formation's
INVADERS = COLUMNS * ROW_COUNT

# Speeds in pixels a frame.
CANNON_SPEED = 0.5
MISSILE_SPEED = 1.0
BOMB_SPEED = 0.5
SHIP_SPEED = 0.25
# The formation's speed, indexed by the number of invaders left. Its steps repeat every 64 frames.
SPEEDS = np.full(INVADERS + 1, 2 / 64, np.float32)
SPEEDS[8:22], SPEEDS[5:8] = 6 / 64, 12 / 64
SPEEDS[:5] = (0, 80 / 64, 36 / 64, 27 / 64, 15 / 64)

# Positions.
CANNON_RANGE = 35, 117  # x of the cannon
FORMATION_RANGE = 23, 130  # x of the outer columns where the formation turns and descends
DESCENT = 5  # y
LANDED = 87  # y of an invader that has landed: the lowest from which it still descends is 82
MUZZLE = 5  # x of a new missile from the cannon's left edge
MISSILE_START, MISSILE_END = 85, 3  # y of a missile
INVADER_BOTTOM, ROW = 62, 9  # y of the lowest row when the first wave begins; row spacing
INVADER_HEIGHT = 7
INVADER_HIT = 0, 9  # a missile hits if its x from the column's lies between these
CENTRE = 4.5  # x of an invader's middle from its column's
SHIP_Y, SHIP_CENTRE = 8, 4
CANNON_HIT = 1, 7  # a bomb hits if its x from the cannon's lies between these
BOMB_ENTERS, BOMB_LEAVES = 85, 95  # y of a bomb between which it can hit the cannon
SHIELD_X = (51, 83, 115)  # x of each shield's lowest bit; higher bits lie to the left
SHIELD_ROWS = 9
SHIELD_Y = 75, 85  # y of a bomb or a missile that passes the shields
WRECK_END = 119  # while a missile explodes its y is a timer that counts down to this
LATENCY = 2.0  # frames until a button press takes effect: one, and some for stickiness
