"""One connected browser: what waits to be sent to it, and what it may still send."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any

from game.web.requests import Clock, Rate
from game.web.stream import KEY

MOST_FRAMES = 12  # that wait for a slow reader: a fifth of a second
MOST_NEWS = 40  # messages that cannot be left out; who lets more wait has stopped reading


class Visitor:
    """A browser. Frames that it is too slow for are left out, and it goes on at the next key."""

    def __init__(self, clock: Clock) -> None:
        self.rate = Rate(clock)
        self.last_heard = clock()
        self.wants_gaze = False
        self.lost = 0  # frames that were left out
        self._clock = clock
        self._frames: deque[bytes] = deque()
        self._news: deque[str] = deque()
        self._changed = asyncio.Event()
        self._needs_key = True

    @property
    def wants_key(self) -> bool:
        """Whether it could go on, if there were a key."""
        return self._needs_key and not self._frames

    def hear(self) -> None:
        """Note that it sent something; raises RequestError for too much."""
        self.rate.count()
        self.last_heard = self._clock()

    def begin_anew(self) -> None:
        """Drop the frames of one match before those of another."""
        self._frames.clear()
        self._needs_key = True

    def show(self, frame: bytes) -> None:
        """Send a packed frame, if it can keep up."""
        if self._needs_key and not frame.startswith(KEY):
            self.lost += 1
            return
        if len(self._frames) >= MOST_FRAMES:
            self.lost += len(self._frames) + 1
            self.begin_anew()
            return
        self._needs_key = False
        self._frames.append(frame)
        self._changed.set()

    def tell(self, **news: Any) -> None:
        """Send a table that is not left out."""
        if len(self._news) >= MOST_NEWS:
            return  # the server is about to end the connection
        self._news.append(json.dumps(news, separators=(",", ":")))
        self._changed.set()

    async def next(self) -> bytes | str:
        """Wait for what is sent next."""
        while not self._news and not self._frames:
            self._changed.clear()
            await self._changed.wait()
        return self._news.popleft() if self._news else self._frames.popleft()
