"""Rooms: each runs one match and shows it to the browsers in it, sixty times a second."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import numpy as np
from numpy.typing import NDArray

from game.emulation.cabinet import Action
from game.play.match import AFTERMATH_FRAMES, COUNTDOWN_FRAMES, Match
from game.play.opponents import AgentSource
from game.play.player import HumanPlayer
from game.play.saliency import look_in_time
from game.web.stream import Stream
from game.web.view import MOST_SEATS, Gaze, MatchViewer, Phase, View
from game.web.visitor import Visitor

KEY_FRAMES = 20  # at least so many between two keys of a room


class Room:
    """Browsers that see the same frames, packed once for all of them."""

    def __init__(self) -> None:
        self.visitors: set[Visitor] = set()
        self._stream = Stream()
        self._since_key = KEY_FRAMES

    def join(self, visitor: Visitor) -> None:
        """Show the next frames to `visitor` too."""
        visitor.begin_anew()
        self.visitors.add(visitor)

    def leave(self, visitor: Visitor) -> None:
        """Show no more frames to `visitor`."""
        self.visitors.discard(visitor)
        visitor.begin_anew()

    @property
    def key_due(self) -> bool:
        """Whether somebody can go on only at a key, and one may be sent."""
        wanted = any(visitor.wants_key for visitor in self.visitors)
        return wanted and self._since_key >= KEY_FRAMES

    def send(self, view: View) -> None:
        """Pack `view` and show it to everybody here."""
        key = self.key_due
        self._since_key = 0 if key else self._since_key + 1
        frame = self._stream.pack(view, key)
        for visitor in self.visitors:
            visitor.show(frame)


def seats_of(match: Match) -> list[dict[str, str]]:
    """Return who sits in a match, as browsers are told; of three seats they see the people's."""
    shown = match.seats[:MOST_SEATS]
    return [{"kind": seat.player.kind, "name": seat.player.name} for seat in shown]


class Show(Room):
    """The champion's games, one after another, the same for everybody; it rests if nobody looks."""

    def __init__(
        self,
        champion: AgentSource,
        prepare: Callable[[], Future[Match]],
        take_back: Callable[[Match], None],
    ) -> None:
        """Show matches that `prepare` makes, and give each back when it is over."""
        super().__init__()
        self._champion = champion
        self._prepare = prepare
        self._take_back = take_back
        self._viewer: MatchViewer | None = None
        self._coming: Future[Match] | None = None
        self._aftermath = AFTERMATH_FRAMES
        self._looked: deque[tuple[NDArray[np.uint8], int]] = deque(maxlen=16)
        self._maps_made = 0

    def join(self, visitor: Visitor) -> None:
        super().join(visitor)
        self._introduce(visitor)

    def tick(self) -> None:
        """Play one frame, if anybody looks."""
        if not self.visitors:
            return
        if self._viewer is None or self._viewer.match.over:
            self._go_on()
        if self._viewer is None:
            return
        match = self._viewer.match
        match.step()
        phase = Phase.OVER if match.over else Phase.PLAY
        self.send(self._viewer.view(phase, gaze=self._gaze(match), whole=self.key_due))

    def _go_on(self) -> None:
        """Wait a moment after a game, and take the next one when it is there."""
        if self._champion.loading or self._champion.problem is not None:
            return
        if self._coming is None:
            self._coming = self._prepare()
        self._aftermath -= 1
        waits = self._viewer is not None and self._aftermath > 0
        if waits or not self._coming.done():
            return
        before, coming = self._viewer, self._coming
        self._coming, self._aftermath = None, AFTERMATH_FRAMES
        self._viewer = MatchViewer(coming.result())
        if before is not None:
            self._take_back(before.match)
        self._looked.clear()
        for visitor in self.visitors:
            self._introduce(visitor)

    def _introduce(self, visitor: Visitor) -> None:
        if self._viewer is not None:
            visitor.tell(match={"mode": "watch", "seats": seats_of(self._viewer.match)})

    def _gaze(self, match: Match) -> Gaze | None:
        """Ask now and then where the network looks, and return a map that is new."""
        saliency = self._champion.saliency
        if saliency is None or not any(visitor.wants_gaze for visitor in self.visitors):
            return None
        decision = match.seats[0].decision
        thought = None if decision is None else decision.thought
        looked_at = look_in_time(saliency, thought, match.number)
        if looked_at is not None:
            self._looked.append((looked_at, match.number))
        known = saliency.saliency_map
        if known is None or saliency.made == self._maps_made:
            return None
        self._maps_made = saliency.made
        seen = next((at for seen, at in self._looked if seen is known.observation), None)
        if seen is None:
            return None
        return Gaze(*known.hits, match.number - seen)


class Game(Room):
    """The match of one visitor, who alone sees it."""

    def __init__(self, visitor: Visitor, mode: str, limit: int | None, coming: Future[Match]):
        """Begin as soon as the match is made: `coming`."""
        super().__init__()
        self.visitor = visitor
        self.mode = mode
        self.limit = limit
        self.paused = False
        self._coming = coming
        self._held, self._heard = Action.NOOP, 0
        self._viewer: MatchViewer | None = None
        self._countdown = COUNTDOWN_FRAMES if mode == "race" else 0
        self._aftermath = AFTERMATH_FRAMES
        self.join(visitor)

    @property
    def match(self) -> Match | None:
        """The match, None while it is being made."""
        return None if self._viewer is None else self._viewer.match

    @property
    def finished(self) -> bool:
        """Whether the result can be shown."""
        return self._aftermath <= 0

    def when_over(self, take_back: Callable[[Match], None]) -> None:
        """Give the match to `take_back`, as soon as it is made if it is not yet."""

        def made(coming: Future[Match]) -> None:
            if not coming.cancelled() and coming.exception() is None:
                take_back(coming.result())

        self._coming.add_done_callback(made)

    def hold(self, action: Action, number: int) -> None:
        """Hold `action` from the next frame on."""
        self._held, self._heard = action, number

    def tick(self) -> None:
        """Play one frame and show it; raises what kept the match from being made."""
        if self._viewer is None:
            if not self._coming.done():
                return
            self._viewer = MatchViewer(self._coming.result())
            self.visitor.tell(match=self.described())
        self.send(self._viewer.view(self._advance(), self._countdown, self._heard))

    def described(self) -> dict[str, Any]:
        """Return what the browser is told of the match."""
        match = self.match
        assert match is not None, "it is told when there is one"
        return {
            "mode": self.mode,
            "seats": seats_of(match),
            "sticky": match.rules.sticky,
            "own": True,
        }

    def _advance(self) -> Phase:
        """Let one frame pass."""
        match = self.match
        assert match is not None, "tick has seen to it"
        if self.paused:
            return Phase.PAUSED
        if self._countdown > 0:
            self._countdown -= 1
            return Phase.COUNTDOWN
        if match.over:
            self._aftermath -= 1
            return Phase.OVER
        for seat in match.seats:
            if isinstance(seat.player, HumanPlayer):
                seat.player.held = self._held
        match.step()
        return Phase.OVER if match.over else Phase.PLAY
