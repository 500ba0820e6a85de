"""Numbers of colours stand for what ALE draws."""

from __future__ import annotations

import numpy as np

from game.emulation.cabinet import Action, Cabinet, Rules
from game.emulation.colours import COLOURS, SHOWN

SHIFT = 71  # the byte of memory that the cartridge changes to spare a screen


def numbers_in(cabinet: Cabinet) -> set[int]:
    """Return the numbers in the present picture, in which each has the colour of the table."""
    numbers, ale = cabinet.screen(), cabinet._ale
    assert (COLOURS[numbers] == ale.getScreenRGB()).all()
    return set(np.unique(numbers).tolist())


def test_every_colour_that_the_cartridge_can_show_is_in_the_table() -> None:
    cabinet = Cabinet(Rules(sticky=0.0), 0)
    for _ in range(200):
        cabinet.step(Action.FIRE)
    ale, seen = cabinet._ale, set()
    for shift in range(0, 256, 2):
        ale.setRAM(SHIFT, shift)
        cabinet.step(Action.NOOP)
        seen |= numbers_in(cabinet)
    assert seen == set(SHOWN.tolist())
