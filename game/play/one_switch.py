"""Play with one button: the cannon goes to and fro, and a press stops, fires and turns it."""

from __future__ import annotations

import numpy as np

from game.emulation.cabinet import Action, Frame

# Where the cartridge draws the cannon, and how: rows of the picture, and the colour (RGB).
CANNON_ROWS, CANNON_COLOUR = slice(185, 195), (50, 132, 50)
STILL_FRAMES = 12  # after which a cannon that ought to move has come to the edge; it needs two
LONGEST_FRAMES = 180  # from edge to edge it takes 162


class Sweep:
    """Decides where the cannon goes, from the picture that the person sees."""

    def __init__(self) -> None:
        self._way = 1
        self._at: int | None = None  # the cannon's column
        self._still = 0  # frames that it has been there
        self._going = 0  # frames since it turned
        self._pressed = False

    def action(self, frame: Frame, pressed: bool) -> Action:
        """Return what to press in the next frame, while the one button is `pressed` or not.

        While it is held the cannon stands and fires; let go, it goes on the other way.
        """
        if self._pressed and not pressed:
            self._turn()
        self._pressed = pressed
        if pressed:
            return Action.FIRE
        self._follow(_column(frame))
        return Action.of(self._way, False)

    def _follow(self, column: int | None) -> None:
        """Turn at the edges. A new cannon blinks; where none is seen nothing is known."""
        self._going += 1
        if column is not None:
            self._still = self._still + 1 if column == self._at else 0
            self._at = column
        if self._still >= STILL_FRAMES or self._going >= LONGEST_FRAMES:
            self._turn()

    def _turn(self) -> None:
        self._way, self._still, self._going = -self._way, 0, 0


def _column(frame: Frame) -> int | None:
    """Return the first column of the cannon, None where none is drawn."""
    drawn = (frame.rgb[CANNON_ROWS] == CANNON_COLOUR).all(axis=2).any(axis=0)
    return int(drawn.argmax()) if np.any(drawn) else None
