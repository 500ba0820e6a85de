"""The gallery: browsers that follow the matches in the arcade's window, and do nothing else."""

from __future__ import annotations

from typing import Any

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.web import requests
from game.web.feed import FeedReader
from game.web.requests import Request, RequestError
from game.web.rooms import Room
from game.web.visitor import Visitor

QUIET_FRAMES = 2 * FRAMES_PER_SECOND  # without a frame: the window shows no match


class Gallery:
    """Everybody sees what the feed brings."""

    def __init__(self, feed: FeedReader) -> None:
        self.visitors: set[Visitor] = set()
        self._feed = feed
        self._room = Room()
        self._match: int | None = None
        self._told: dict[str, Any] = {}
        self._quiet = 0

    def enter(self, visitor: Visitor) -> None:
        """Take in a browser that has just connected."""
        self.visitors.add(visitor)
        offer = {"rungs": [], "chosen": 0, "champion": False, "follow": True}
        visitor.tell(hello={**offer, "most": 0, "playing": 0, "waiting": 0})

    def leave(self, visitor: Visitor) -> None:
        """Forget a browser that is gone."""
        self._room.leave(visitor)
        self.visitors.discard(visitor)

    def answer(self, visitor: Visitor, request: Request) -> None:
        """Do what a browser asks; raise RequestError for what no page of ours asks here."""
        match request:
            case requests.Follow():
                self._room.join(visitor)
                self._introduce(visitor)
            case requests.Leave():
                self._room.leave(visitor)
            case _:
                raise RequestError("here one only looks on")

    def tick(self) -> None:
        """Show what has come."""
        came = self._feed.read()
        self._quiet = 0 if came else self._quiet + 1
        if self._quiet == QUIET_FRAMES:
            self._match = None
            self._tell_all()
        for fed in came:
            if fed.match_number != self._match:
                self._match, self._told = fed.match_number, fed.told
                self._tell_all()
            self._room.send(fed.view)

    def _tell_all(self) -> None:
        for visitor in self._room.visitors:
            self._introduce(visitor)

    def _introduce(self, visitor: Visitor) -> None:
        if self._match is None:
            visitor.tell(gone="ended")
        else:
            visitor.tell(match=self._told)
