"""What one person plays with: a pad, the keyboard, or half of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import pygame

from game.ui.input.bindings import KEYBOARD, Use
from game.ui.widgets.translation import say


class Part(Enum):
    """Which part of which device a station is."""

    PAD = "pad"
    KEYBOARD = "keyboard"
    LEFT = "left half"
    RIGHT = "right half"


@dataclass(frozen=True)
class Station:
    """What one person plays with."""

    part: Part
    pad: int | None = None  # SDL's instance number, of a pad

    @property
    def on_keyboard(self) -> bool:
        """Whether it is the keyboard or half of it."""
        return self.part is not Part.PAD


WHOLE_KEYBOARD = Station(Part.KEYBOARD)
LEFT_HALF, RIGHT_HALF = Station(Part.LEFT), Station(Part.RIGHT)

# What the halves hold, by scancode. These stay whatever keys somebody who plays alone prefers, as
# two people must not reach into each other's half.
HALVES: Mapping[Part, Mapping[int, Use]] = {
    Part.LEFT: {
        pygame.KSCAN_A: Use.LEFT,
        pygame.KSCAN_D: Use.RIGHT,
        pygame.KSCAN_W: Use.FIRE,
        pygame.KSCAN_LSHIFT: Use.FIRE,
        pygame.KSCAN_SPACE: Use.FIRE,
    },
    Part.RIGHT: {
        pygame.KSCAN_LEFT: Use.LEFT,
        pygame.KSCAN_RIGHT: Use.RIGHT,
        pygame.KSCAN_UP: Use.FIRE,
        pygame.KSCAN_RCTRL: Use.FIRE,
        pygame.KSCAN_RETURN: Use.FIRE,
    },
}
# Fire of one half alone: whoever presses it while somebody else has the keyboard takes that half.
JOINS = {pygame.KSCAN_LSHIFT: LEFT_HALF, pygame.KSCAN_RCTRL: RIGHT_HALF}


def other_half(half: Station) -> Station:
    """Return the half of the keyboard beside `half`."""
    return RIGHT_HALF if half == LEFT_HALF else LEFT_HALF


def keys_of(station: Station) -> tuple[str, str]:
    """Return what moves and what fires on half of the keyboard, in words."""
    if station == LEFT_HALF:
        left, right, fire = map(KEYBOARD.name, (pygame.KSCAN_A, pygame.KSCAN_D, pygame.KSCAN_W))
        return f"{left},  {right}", say("{key} or left Shift", key=fire)
    return say("Left, right"), say("Up or right Ctrl")
