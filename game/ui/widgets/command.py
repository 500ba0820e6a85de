"""Commands: what a press means in a menu; and what is held down to play."""

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
    OTHER = auto()  # any other press, or a mouse that comes to something: somebody is there


class Hold(Enum):
    """What a finger or a mouse holds down to play."""

    LEFT = "left"
    RIGHT = "right"
    FIRE = "fire"
