"""What a press means in a menu."""

from __future__ import annotations

from enum import Enum, auto


class Command(Enum):
    """What a person wants of a scene, other than playing."""

    UP = auto()
    DOWN = auto()
    LEFT = auto()
    RIGHT = auto()
    CONFIRM = auto()
    BACK = auto()
    CANCEL = auto()  # back, from a button that may fire: in a match it does nothing else
    PAUSE = auto()
    OVERLAY = auto()
    HAND_OVER = auto()
    MUTE = auto()
    FULLSCREEN = auto()
    PICTURE = auto()  # keeps what the window shows
    OTHER = auto()  # somebody is there, and wants nothing in particular
