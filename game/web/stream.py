"""Packs views into binary messages: one deflate stream, in which each frame is a difference.

A message is one byte, NEXT or KEY, and a part of a raw deflate stream (RFC 1951) that ends at a
byte. With a key the stream begins anew and pictures are whole, so whoever joins, or lost messages,
goes on from there. Inflated, each message is one record, in little-endian:

    u32       bytes of the record after this number
    u32       frames since the match began
    u16       number of the player's last input that the frame was made with
    u8        phase: 0 countdown, 1 play, 2 paused, 3 over
    u8        frames until the start
    u32       frames until the time limit, 4294967295 without one
    u8        number of colours, then for each: u8 number of the colour, 3 bytes R, G, B
              (with a key all that there are, then none)
    512 bytes samples of this frame, unsigned, 30,720 a second
    u8        number of seats, then for each:
        u32       score
        u8        lives
        u8        state: 0 plays, 1 waits, 2 game over, 3 time's up
        u8        action that is held, 0 to 5
        u8        number of lines that changed, then their numbers, then for each line
                  160 bytes: colour numbers, exclusive-or with the last picture (with a key: zeros)
        u8        bit 0: a thought follows, bit 1: a saliency map follows
        8 x f32   thought: Q of the six actions, value, discount
        u16       saliency map: age in frames, u8 rows, u8 columns, f32 value's and f32 advantage's
                  hits of number 255, then the map of the value and that of the advantage, a byte
                  each place
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

from game.emulation.cabinet import SCREEN_HEIGHT, SCREEN_WIDTH
from game.emulation.colours import COLOURS, SHOWN
from game.play.player import Thought
from game.web.view import MOST_SEATS, NO_LIMIT, Gaze, SeatView, View

NEXT, KEY = b"\x01", b"\x02"
LEVEL = 6  # of compression: 1 makes pictures twice as large, 9 takes twice as long
RAW_DEFLATE = -15  # no header and a window of 2**15 bytes
_HAS_THOUGHT, _HAS_GAZE = 1, 2
_ALL_COLOURS = bytes([len(SHOWN)]) + np.column_stack([SHOWN, COLOURS[SHOWN]]).tobytes()
_NO_COLOURS = bytes([0])


class Stream:
    """Packs the frames of one match, or of matches that follow each other."""

    def __init__(self) -> None:
        self._restart()

    def pack(self, view: View, key: bool = False) -> bytes:
        """Return the message of the next frame; with `key` one that needs none before it."""
        if key:
            self._restart()
        record = b"".join(self._record(view, _ALL_COLOURS if key else _NO_COLOURS))
        record = struct.pack("<I", len(record)) + record
        packed = self._deflate.compress(record) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        return (KEY if key else NEXT) + packed

    def _restart(self) -> None:
        self._deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, RAW_DEFLATE, 9)
        self._last = [np.zeros((SCREEN_HEIGHT, SCREEN_WIDTH), np.uint8) for _ in range(MOST_SEATS)]

    def _record(self, view: View, colours: bytes) -> list[bytes]:
        left = NO_LIMIT if view.frames_left is None else view.frames_left
        seats = [self._seat(number, seat) for number, seat in enumerate(view.seats)]
        return [
            struct.pack("<IHBBI", view.number, view.heard, view.phase, view.countdown, left),
            colours,
            view.audio.tobytes(),
            bytes([len(seats)]),
            *seats,
        ]

    def _seat(self, number: int, seat: SeatView) -> bytes:
        changes = seat.screen ^ self._last[number]
        lines = np.flatnonzero(changes.any(axis=1))
        self._last[number] = seat.screen
        what = _HAS_THOUGHT * (seat.thought is not None) + _HAS_GAZE * (seat.gaze is not None)
        return b"".join(
            (
                struct.pack("<IBBB", seat.score, seat.lives, seat.state, seat.action),
                bytes([len(lines)]),
                lines.astype(np.uint8).tobytes(),
                changes[lines].tobytes(),
                bytes([what]),
                b"" if seat.thought is None else _thought(seat.thought),
                b"" if seat.gaze is None else _gaze(seat.gaze),
            )
        )


def _thought(thought: Thought) -> bytes:
    return struct.pack("<8f", *thought.q, thought.value, thought.discount)


def _gaze(gaze: Gaze) -> bytes:
    rows, columns = gaze.value.shape
    maps = (gaze.value, gaze.advantage)
    tops = [max(float(one.max()), 1e-6) for one in maps]
    parts = [
        np.rint(255 * np.clip(one / top, 0, 1)).astype(np.uint8).tobytes()
        for one, top in zip(maps, tops, strict=True)
    ]
    return struct.pack("<HBB2f", min(gaze.age, 0xFFFF), rows, columns, *tops) + b"".join(parts)
