"""What a browser may ask: binary messages of at most 32 bytes, at most 200 a second."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from game.emulation.cabinet import Action
from game.records.initials import LENGTH, LETTERS

MOST_BYTES = 32
MOST_A_SECOND = 200
MOST_MINUTES = 5


class RequestError(ValueError):
    """A message that no page of ours sends; the connection is closed with the reason."""


class Kind(IntEnum):
    """The first byte of a message."""

    INPUT = 1
    WATCH = 2
    START = 3
    PAUSE = 4
    LEAVE = 5
    SIGN = 6
    BOARD = 7
    FOLLOW = 8


@dataclass(frozen=True)
class Held:
    """What the player holds; `number` comes back with the first frame that it acts on."""

    number: int
    action: Action


@dataclass(frozen=True)
class Watch:
    """Show the game that everybody sees, with maps of where the network looks or without."""

    saliency: bool


@dataclass(frozen=True)
class Follow:
    """Show the match that runs in the arcade's window."""


@dataclass(frozen=True)
class Start:
    """Play alone, or race the opponent with number `rung`."""

    race: bool
    rung: int
    minutes: int


@dataclass(frozen=True)
class Pause:
    """Stop the player's match, or go on with it."""

    paused: bool


@dataclass(frozen=True)
class Leave:
    """Give up the match, or the place in the queue."""


@dataclass(frozen=True)
class Sign:
    """Put initials to the match that was finished."""

    initials: str


@dataclass(frozen=True)
class ShowBoard:
    """Send a board of high scores."""

    race: bool
    minutes: int


Request = Held | Watch | Follow | Start | Pause | Leave | Sign | ShowBoard

_SIZES = {
    Kind.INPUT: "<HB",
    Kind.WATCH: "<B",
    Kind.START: "<BBB",
    Kind.PAUSE: "<B",
    Kind.LEAVE: "<",
    Kind.SIGN: f"<{LENGTH}s",
    Kind.BOARD: "<BB",
    Kind.FOLLOW: "<",
}
_LEFT, _RIGHT, _FIRE = 1, 2, 4


def read(message: bytes) -> Request:
    """Return what `message` asks for; raise RequestError if it is none of ours."""
    if not 0 < len(message) <= MOST_BYTES:
        raise RequestError("a message has 1 to 32 bytes")
    try:
        kind = Kind(message[0])
        values = struct.unpack(_SIZES[kind], message[1:])
    except (ValueError, struct.error) as error:
        raise RequestError("unknown message") from error
    match kind:
        case Kind.INPUT:
            return Held(values[0], _action(values[1]))
        case Kind.WATCH:
            return Watch(_flag(values[0]))
        case Kind.START:
            return Start(_flag(values[0]), values[1], _minutes(values[2]))
        case Kind.PAUSE:
            return Pause(_flag(values[0]))
        case Kind.LEAVE:
            return Leave()
        case Kind.SIGN:
            return Sign(_initials(values[0]))
        case Kind.BOARD:
            return ShowBoard(_flag(values[0]), _minutes(values[1]))
        case Kind.FOLLOW:
            return Follow()


def _action(bits: int) -> Action:
    if bits & ~(_LEFT | _RIGHT | _FIRE):
        raise RequestError("there are three bits of input")
    return Action.of(bool(bits & _RIGHT) - bool(bits & _LEFT), bool(bits & _FIRE))


def _flag(value: int) -> bool:
    if value > 1:
        raise RequestError("a choice is 0 or 1")
    return bool(value)


def _minutes(value: int) -> int:
    if not 1 <= value <= MOST_MINUTES:
        raise RequestError("a race lasts 1 to 5 minutes")
    return value


def _initials(letters: bytes) -> str:
    text = letters.decode("ascii", "replace")
    if any(letter not in LETTERS for letter in text):
        raise RequestError("initials are capital letters, digits, dot, dash or space")
    return text


class Clock(Protocol):
    """Returns seconds that only grow."""

    def __call__(self) -> float: ...


class Rate:
    """Counts the messages of each second."""

    def __init__(self, clock: Clock, most: int = MOST_A_SECOND) -> None:
        self._clock, self._most = clock, most
        self._since, self._count = clock(), 0

    def count(self) -> None:
        """Add a message; raise RequestError if there are too many."""
        now = self._clock()
        if now - self._since >= 1:
            self._since, self._count = now, 0
        self._count += 1
        if self._count > self._most:
            raise RequestError(f"more than {self._most} messages a second")
