"""What a browser is shown of one frame of a match, before it is packed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from game.emulation.cabinet import Action
from game.play.match import Match, Seat
from game.play.player import Decision, Kind, Thought

MOST_SEATS = 2  # that a browser shows: of a race of three the people's
NO_LIMIT = 0xFFFFFFFF  # frames left of a match without a time limit


class Phase(IntEnum):
    """How far a match is."""

    COUNTDOWN = 0
    PLAY = 1
    PAUSED = 2
    OVER = 3


class SeatState(IntEnum):
    """How far the game of one seat is."""

    PLAYS = 0
    WAITS = 1  # for its head start to end
    GAME_OVER = 2
    TIME_UP = 3


@dataclass(frozen=True)
class Gaze:
    """A saliency map as it travels: by how many hits the outputs change, and how old it is."""

    value: NDArray[np.float32]  # [rows, columns], hits
    advantage: NDArray[np.float32]  # [rows, columns], hits
    age: int  # frames since the network saw the picture


@dataclass(frozen=True)
class SeatView:
    """One seat after one frame."""

    screen: NDArray[np.uint8]  # [210, 160], numbers of the console's colours
    score: int
    lives: int
    action: Action
    state: SeatState = SeatState.PLAYS
    thought: Thought | None = None  # where there is a new one
    gaze: Gaze | None = None  # likewise


@dataclass(frozen=True)
class View:
    """A match after one frame."""

    number: int  # frames since its start
    seats: list[SeatView]
    audio: NDArray[np.uint8]  # [512], of the seat that is heard
    phase: Phase = Phase.PLAY
    countdown: int = 0  # frames until the start
    frames_left: int | None = None  # until the time limit
    heard: int = 0  # the number of the player's last input that this frame was made with


@dataclass
class MatchViewer:
    """Makes views of one match; it remembers which decisions were shown."""

    match: Match
    _shown: dict[int, Decision | None] = field(default_factory=dict)

    def view(
        self,
        phase: Phase = Phase.PLAY,
        countdown: int = 0,
        heard: int = 0,
        gaze: Gaze | None = None,
        whole: bool = False,
    ) -> View:
        """Return the present frame; `whole` repeats thoughts that were shown already."""
        match = self.match
        if whole:
            self._shown.clear()
        seats = [self._seat(number, gaze) for number in range(len(match.seats[:MOST_SEATS]))]
        return View(
            number=match.number,
            seats=seats,
            audio=self._listen().frame.audio,
            phase=phase,
            countdown=countdown,
            frames_left=match.frames_left,
            heard=heard,
        )

    def _seat(self, number: int, gaze: Gaze | None) -> SeatView:
        seat = self.match.seats[number]
        decision = seat.decision
        new = decision is not self._shown.get(number)
        self._shown[number] = decision
        agent = seat.player.kind is Kind.AGENT
        return SeatView(
            screen=seat.cabinet.screen(),
            score=seat.frame.score,
            lives=seat.frame.lives,
            action=Action.NOOP if decision is None else decision.action,
            state=self._state(seat),
            thought=decision.thought if decision is not None and new else None,
            gaze=gaze if agent else None,
        )

    def _state(self, seat: Seat) -> SeatState:
        number = self.match.number
        if seat.frame.over:
            return SeatState.GAME_OVER
        if seat.done(number):
            return SeatState.TIME_UP
        return SeatState.WAITS if seat.waits(number) else SeatState.PLAYS

    def _listen(self) -> Seat:
        """Return the seat to hear: a person's, or one that still plays."""
        seats, number = self.match.seats, self.match.number
        people = [seat for seat in seats if seat.player.kind is Kind.HUMAN]
        first = (people or seats)[0]
        return next((seat for seat in (first, *seats) if not seat.done(number)), first)
