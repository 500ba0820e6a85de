"""Where Space Invaders keeps what in the console's 128 bytes of memory.

Anand et al. 2019 list some of these; the others were read off the game.
"""

from __future__ import annotations

# x and y are pixels, y halved and counted downwards.
COUNT, FORMATION_Y, FORMATION_X = 17, 16, 26
ROWS = slice(18, 24)  # six rows of invaders from below, a bit for each column
HEADING, RIGHTWARD = 24, 2  # the formation's, a bit of the byte
CANNON_X, SHIP_X, LIVES = 28, 30, 73
BOMBS_Y, BOMBS_X = slice(81, 83), slice(83, 85)
MISSILE_Y, MISSILE_X = 85, 87
SHIELDS = 43, 52, 61  # the highest of each one's nine rows, a bit for each pixel
GONE = 246  # y of a bomb or missile that is not in the air
NO_SHIP = 180
COLUMN = 16  # pixels from one column of invaders to the next
COLUMNS = ROW_COUNT = 6
INVADERS = COLUMNS * ROW_COUNT
