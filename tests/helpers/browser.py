"""What a browser does with a server's messages, written from docs/web.md, not from the code."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Reader:
    """Takes numbers from bytes, one after another."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, layout: str) -> Any:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values[0] if len(values) == 1 else values

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


@dataclass
class SeenSeat:
    """One seat of a frame, as a browser sees it."""

    score: int
    lives: int
    state: int
    action: int
    screen: NDArray[np.uint8]
    q: tuple[float, ...] | None = None
    value: float | None = None
    maps: list[NDArray[np.float32]] | None = None


@dataclass
class Seen:
    """A frame, as a browser sees it."""

    number: int
    heard: int
    phase: int
    countdown: int
    left: int
    audio: bytes
    seats: list[SeenSeat]


@dataclass
class Unpacker:
    """Unpacks messages in their order; raises ValueError for one that cannot be understood."""

    palette: dict[int, bytes] = field(default_factory=dict)

    def take(self, message: bytes) -> Seen:
        if message[0] == 2:
            self._inflate = zlib.decompressobj(-15)
            self._screens = [np.zeros((210, 160), np.uint8) for _ in range(2)]
        elif message[0] != 1:
            raise ValueError("neither a key nor one that follows")
        record = Reader(self._inflate.decompress(message[1:]))
        if record.take("I") != len(record.data) - 4:
            raise ValueError("a message is one record")
        number, heard, phase, countdown, left = record.take("IHBBI")
        for _ in range(record.take("B")):
            colour = record.take("B")
            self.palette[colour] = record.bytes(3)
        audio = record.bytes(512)
        seats = [self._seat(record, at) for at in range(record.take("B"))]
        if record.at != len(record.data):
            raise ValueError("something is left over")
        return Seen(number, heard, phase, countdown, left, audio, seats)

    def _seat(self, record: Reader, number: int) -> SeenSeat:
        score, lives, state, action = record.take("IBBB")
        lines = list(record.bytes(record.take("B")))
        changes = np.frombuffer(record.bytes(160 * len(lines)), np.uint8).reshape(-1, 160)
        self._screens[number][lines] ^= changes
        seat = SeenSeat(score, lives, state, action, self._screens[number].copy())
        what = record.take("B")
        if what & 1:
            *q, value, _ = record.take("8f")
            seat.q, seat.value = tuple(q), value
        if what & 2:
            _, rows, columns, *tops = record.take("HBB2f")
            seat.maps = [
                np.frombuffer(record.bytes(rows * columns), np.uint8).astype(np.float32) * top / 255
                for top in tops
            ]
        return seat

    def rgb(self, screen: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return a screen in colours [210, 160, 3]."""
        table = np.zeros((256, 3), np.uint8)
        for number, colour in self.palette.items():
            table[number] = np.frombuffer(colour, np.uint8)
        return table[screen]


class Browser:
    """A connection to a running server, as a page of it would open one."""

    def __init__(self, port: int, origin: str | None = None, **more: Any) -> None:
        """Connect to `port`, or, with `more` of what websockets' connect takes, to `origin`."""
        from websockets.sync.client import connect
        from websockets.typing import Origin

        self.unpacker = Unpacker()
        self.news: list[dict[str, Any]] = []
        self.bytes = 0
        here = f"http://127.0.0.1:{port}"
        source = Origin(origin or here)
        url = (source if more else here).replace("http", "ws", 1) + "/live"
        self._context = connect(url, origin=source, compression=None, **more)
        self.socket = self._context.__enter__()

    def ask(self, *message: int) -> None:
        self.socket.send(bytes(message))

    def hear(self, timeout: float = 20) -> Seen | dict[str, Any]:
        """Return the next frame or news."""
        message = self.socket.recv(timeout)
        self.bytes += len(message)
        if isinstance(message, str):
            self.news.append(json.loads(message))
            return self.news[-1]
        return self.unpacker.take(message)

    def until(self, name: str, timeout: float = 20) -> Any:
        """Return the next news of that name."""
        while True:
            heard = self.hear(timeout)
            if isinstance(heard, dict) and name in heard:
                return heard[name]

    def frame(self, timeout: float = 20) -> Seen:
        """Return the next frame."""
        while True:
            heard = self.hear(timeout)
            if isinstance(heard, Seen):
                return heard

    def close(self) -> None:
        self._context.__exit__(None, None, None)
