"""Frames on their way from the arcade's window to the process that serves them.

They lie in a file that both have in memory, in a ring of slots. The window writes the next slot
and then its number, and never looks whether anybody reads: who is too slow finds newer ones.
"""

from __future__ import annotations

import json
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from game.emulation.cabinet import (
    SAMPLES_PER_FRAME,
    SCREEN_HEIGHT,
    SCREEN_WIDTH,
    Action,
)
from game.play.match import Match
from game.play.player import Thought
from game.web.rooms import seats_of
from game.web.view import MOST_SEATS, MatchViewer, Phase, SeatState, SeatView, View

SLOTS = 8
_PIXELS = SCREEN_HEIGHT * SCREEN_WIDTH
_NAMES_BYTES = 400
_HEAD = struct.Struct("<QIIBBiB")  # number, match, frame, phase, count-down, frames left, seats
_SEAT = struct.Struct("<IBBBB8f")  # score, lives, state, action, whether a thought follows, thought
_SEATS_AT = _HEAD.size
_AUDIO_AT = _SEATS_AT + MOST_SEATS * _SEAT.size
_NAMES_AT = _AUDIO_AT + SAMPLES_PER_FRAME
_PICTURES_AT = _NAMES_AT + _NAMES_BYTES
SLOT_BYTES = _PICTURES_AT + MOST_SEATS * _PIXELS
FILE_BYTES = 8 + SLOTS * SLOT_BYTES  # the newest number stands before the slots


class FeedWriter:
    """The window's end."""

    def __init__(self, path: Path) -> None:
        """Make the file at `path`."""
        with path.open("wb") as file:
            file.truncate(FILE_BYTES)
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), FILE_BYTES)
        self._bytes = np.frombuffer(self._memory, np.uint8)
        self._number = 0
        self._match_number = 0
        self._viewer: MatchViewer | None = None
        self._names = b""

    def show(self, match: Match, countdown: int) -> None:
        """Write the present frame of `match`."""
        viewer = self._viewer
        if viewer is None or viewer.match is not match:
            viewer = self._viewer = MatchViewer(match)
            self._match_number += 1
            told = {"mode": "race" if len(match.seats) > 1 else "watch", "seats": seats_of(match)}
            self._names = json.dumps(told).encode()[:_NAMES_BYTES].ljust(_NAMES_BYTES)
        phase = Phase.OVER if match.over else Phase.COUNTDOWN if countdown else Phase.PLAY
        # Thoughts are repeated: the frame that had one first may never be read.
        self._write(viewer.view(phase, countdown, whole=True))

    def close(self) -> None:
        """Let go of the file."""
        del self._bytes
        self._memory.close()

    def _write(self, view: View) -> None:
        self._number += 1
        at = 8 + self._number % SLOTS * SLOT_BYTES
        left = -1 if view.frames_left is None else view.frames_left
        # While it is written, the slot has no number that anybody waits for.
        struct.pack_into("<Q", self._memory, at, 0)
        _HEAD.pack_into(
            self._memory,
            at,
            *(0, self._match_number, view.number, view.phase, view.countdown, left),
            len(view.seats),
        )
        self._bytes[at + _AUDIO_AT : at + _NAMES_AT] = view.audio
        self._memory[at + _NAMES_AT : at + _PICTURES_AT] = self._names
        for place, seat in enumerate(view.seats):
            self._write_seat(at, place, seat)
        struct.pack_into("<Q", self._memory, at, self._number)
        struct.pack_into("<Q", self._memory, 0, self._number)

    def _write_seat(self, at: int, place: int, seat: SeatView) -> None:
        thought = seat.thought
        numbers = (0.0,) * 8 if thought is None else (*thought.q, thought.value, thought.discount)
        _SEAT.pack_into(
            self._memory,
            at + _SEATS_AT + place * _SEAT.size,
            *(seat.score, seat.lives, seat.state, seat.action, thought is not None, *numbers),
        )
        start = at + _PICTURES_AT + place * _PIXELS
        self._bytes[start : start + _PIXELS] = seat.screen.reshape(-1)


@dataclass(frozen=True)
class Fed:
    """One frame, and what the browsers are told of its match."""

    match_number: int
    told: dict[str, Any]
    view: View


class FeedReader:
    """The serving end."""

    def __init__(self, path: Path) -> None:
        """Read the file at `path`; raises OSError or ValueError if it is none."""
        with path.open("rb") as file:
            self._memory = mmap.mmap(file.fileno(), FILE_BYTES, access=mmap.ACCESS_READ)
        self._seen = self._newest()
        self._thoughts: list[tuple[float, ...] | None] = [None] * MOST_SEATS

    def read(self) -> list[Fed]:
        """Return the frames since the last call, as far as they are still there."""
        newest = self._newest()
        first = max(self._seen + 1, newest - SLOTS + 2)
        found = [self._slot(number) for number in range(first, newest + 1)]
        self._seen = newest
        return [fed for fed in found if fed is not None]

    def _newest(self) -> int:
        return int(struct.unpack_from("<Q", self._memory, 0)[0])

    def _slot(self, number: int) -> Fed | None:
        """Return a slot's frame, None if another has taken its place meanwhile."""
        at = 8 + number % SLOTS * SLOT_BYTES
        data = self._memory[at : at + SLOT_BYTES]
        before, match_number, frame, phase, countdown, left, count = _HEAD.unpack_from(data)
        if before != number or struct.unpack_from("<Q", self._memory, at)[0] != number:
            return None
        seats = [self._seat(data, place) for place in range(count)]
        audio = np.frombuffer(data, np.uint8, SAMPLES_PER_FRAME, _AUDIO_AT)
        limit = None if left < 0 else left
        view = View(frame, seats, audio, Phase(phase), countdown, limit)
        return Fed(match_number, json.loads(data[_NAMES_AT:_PICTURES_AT]), view)

    def _seat(self, data: bytes, place: int) -> SeatView:
        score, lives, state, action, thinks, *numbers = _SEAT.unpack_from(
            data, _SEATS_AT + place * _SEAT.size
        )
        start = _PICTURES_AT + place * _PIXELS
        screen = np.frombuffer(data, np.uint8, _PIXELS, start)
        thought = None
        if thinks and tuple(numbers) != self._thoughts[place]:
            self._thoughts[place] = tuple(numbers)
            q = np.array(numbers[:6], np.float32)
            value, discount = numbers[6:]
            thought = Thought(q, value, q - np.float32(value), discount=discount)
        return SeatView(
            screen.reshape(SCREEN_HEIGHT, SCREEN_WIDTH),
            *(score, lives, Action(action), SeatState(state), thought),
        )
