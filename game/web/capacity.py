"""How many can play at once: as many matches as fit a frame, measured at the start."""

from __future__ import annotations

import time
from collections.abc import Callable

from game.emulation.cabinet import FRAMES_PER_SECOND, Action
from game.play.match import Match
from game.play.player import HumanPlayer
from game.web.stream import Stream
from game.web.view import MatchViewer

MEASURED_FRAMES = 90
# Of a frame's time: the rest is for sending, for those who watch, and for what comes unevenly.
USABLE_SHARE = 0.6
MOST = 64


def most_players(make: Callable[[], Match]) -> int:
    """Return how many matches like those of `make` one processor keeps at 60 frames a second."""
    share = frame_cost(make) * FRAMES_PER_SECOND
    return max(1, min(MOST, int(USABLE_SHARE / share)))


def frame_cost(make: Callable[[], Match], frames: int = MEASURED_FRAMES) -> float:
    """Return how many seconds of processor time a frame of such a match takes, packed."""
    viewer, stream = MatchViewer(make()), Stream()
    stream.pack(viewer.view(), key=True)
    viewer.match.step()  # whatever is done only once
    start = time.process_time()
    for _ in range(frames):
        for seat in viewer.match.seats:
            if isinstance(seat.player, HumanPlayer):
                seat.player.held = Action.RIGHTFIRE
        viewer.match.step()
        stream.pack(viewer.view())
    return (time.process_time() - start) / frames
