"""Many browsers at once, without their pictures: they connect, ask for something and count."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from game.system.background import lower_priority

PLAYS_EVERY_S = 0.2  # a player presses another key so often
SETTLE_S = 1.0  # before anything is counted
FRAME_MARKS = (1, 2)


@dataclass(frozen=True)
class Wish:
    """What every one of a crowd does."""

    question: bytes  # the message that is sent first
    plays: bool = False  # whether it presses keys
    waits: bool = True  # whether it is there only once a frame has come


WATCHES = Wish(b"\x02\x00")
FOLLOWS = Wish(b"\x08", waits=False)
RACES = Wish(b"\x03\x01\x00\x05", plays=True)


@dataclass
class Counts:
    """What the crowd got: one number for each of them."""

    seconds: float = 0.0
    frames: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)  # bytes

    @property
    def frames_a_second(self) -> list[float]:
        """Frames a second that each got."""
        return [frames / self.seconds for frames in self.frames]

    @property
    def bytes_a_second(self) -> float:
        """Bytes a second that one of them got, on average."""
        return sum(self.sizes) / len(self.sizes) / self.seconds


@contextmanager
def crowd(port: int, number: int, wish: Wish, niceness: int = 0) -> Iterator[Connection]:
    """Let so many connect from a process of their own, for as long as the context lasts.

    With `niceness` other processes go before theirs: browsers are on machines of their own.

    Each number of seconds that is sent to the connection is answered with the Counts of that time.
    """
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    process = context.Process(target=_run, args=(far, port, number, wish, niceness), daemon=True)
    process.start()
    far.close()
    try:
        if near.recv() != number:
            raise OSError("not everybody could connect")
        yield near
    finally:
        near.close()
        process.kill()
        process.join()


def _run(connection: Connection, port: int, number: int, wish: Wish, niceness: int) -> None:
    if niceness:
        lower_priority(niceness)
    asyncio.run(_Crowd(port, wish).run(connection, number))


class _Crowd:
    def __init__(self, port: int, wish: Wish) -> None:
        self._port, self._wish = port, wish
        self._frames: dict[int, int] = {}
        self._bytes: dict[int, int] = {}

    async def run(self, connection: Connection, number: int) -> None:
        """Connect, and count whenever it is asked for."""
        tasks = [asyncio.create_task(self._one(at)) for at in range(number)]
        await asyncio.sleep(SETTLE_S)
        while self._there() < number and not all(task.done() for task in tasks):
            await asyncio.sleep(0.05)
        connection.send(self._there())
        while True:
            seconds = await asyncio.to_thread(connection.recv)
            before, begin = (dict(self._frames), dict(self._bytes)), time.monotonic()
            await asyncio.sleep(seconds)
            took = time.monotonic() - begin
            frames = [self._frames[at] - before[0][at] for at in before[0]]
            sizes = [self._bytes[at] - before[1][at] for at in before[1]]
            connection.send(Counts(took, frames, sizes))

    def _there(self) -> int:
        """Return how many are ready to be counted."""
        return sum(frames > 0 or not self._wish.waits for frames in self._frames.values())

    async def _one(self, at: int) -> None:
        origin = Origin(f"http://127.0.0.1:{self._port}")
        address = f"ws://127.0.0.1:{self._port}/live"
        try:
            async with connect(address, origin=origin, compression=None) as socket:
                await socket.send(self._wish.question)
                self._frames[at] = self._bytes[at] = 0
                pressing = asyncio.create_task(self._press(socket)) if self._wish.plays else None
                try:
                    async for message in socket:
                        if isinstance(message, bytes) and message[0] in FRAME_MARKS:
                            self._frames[at] += 1
                        self._bytes[at] += len(message)
                finally:
                    if pressing is not None:
                        pressing.cancel()
        except (OSError, WebSocketException):
            return

    async def _press(self, socket: ClientConnection) -> None:
        """Press keys in turn, as a player does."""
        for number in range(1 << 16):
            await socket.send(bytes((1, number & 255, number >> 8, 4 | (number & 1) + 1)))
            await asyncio.sleep(PLAYS_EVERY_S)
