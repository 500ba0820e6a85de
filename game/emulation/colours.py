"""The colours of the numbers of which `Cabinet.screen` consists, as ALE draws them.

A number is the console's: its hue times 16, and its brightness in bits 1 to 3. The cartridge leaves
bit 3 out, whatever its memory holds, so 64 of the console's 128 colours are all that it shows. They
were read from ale-py 0.12.1 by writing all values into byte 71, which shifts every colour;
tests/emulation/test_colours.py does that again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# For each hue the colours of its four brightnesses, darkest first, as hexadecimal RGB.
_HUES = (
    "000000 4a4a4a 6f6f6f 8e8e8e",
    "484800 69690f 86861d a2a22a",
    "7c2c00 904811 a26221 b47a30",
    "901c00 a33915 b55328 c66c3a",
    "940000 a71a1a b83232 c84848",
    "840064 97197a a8308f b846a2",
    "500084 68199a 7d30ad 9246c0",
    "140090 331aa3 4e32b5 6848c6",
    "000094 181aa7 2d32b8 4248c8",
    "001c88 183b9d 2d57b0 4272c2",
    "003064 185080 2d6d98 4288b0",
    "004030 18624e 2d8169 429e82",
    "004400 1a661a 328432 48a048",
    "143c00 355f18 527e2d 6e9c42",
    "303800 505916 6d762b 88923e",
    "482c00 694d14 866a26 a28638",
)
SHOWN = np.array([16 * hue + 2 * shade for hue in range(16) for shade in range(4)], np.uint8)


def _table() -> NDArray[np.uint8]:
    shades = [list(bytes.fromhex(hue)) for hue in _HUES]
    colours = np.array(shades, np.uint8).reshape(len(SHOWN), 3)
    table = np.zeros((256, 3), np.uint8)
    table[SHOWN] = colours
    return table


COLOURS = _table()  # [256, 3], black for numbers that no picture holds
