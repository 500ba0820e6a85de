"""Commands: what a press means in a menu."""

from __future__ import annotations

from enum import Enum, auto


class Command(Enum):
    """A command to a scene, other than playing."""

    UP = auto()
    DOWN = auto()
    LEFT = auto()
    RIGHT = auto()
    CONFIRM = auto()
    BACK = auto()
    CANCEL = auto()  # back, from a button that fires in a match, where it is no command
    PAUSE = auto()
    OVERLAY = auto()
    HAND_OVER = auto()
    MUTE = auto()
    FULLSCREEN = auto()
    PICTURE = auto()  # takes a screenshot
    OTHER = auto()  # any other press: somebody is there
