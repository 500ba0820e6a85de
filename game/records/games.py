"""Finished games as people remember them: a race is one game, whoever took part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.match import HANDICAPS
from game.play.player import Kind
from game.records.scores import TOGETHER, Run
from game.records.tape_library import TapeEntry

NEAR = 4  # games back, in which a recording of the same second may belong
TOGETHER_S = 2.0  # seats of one race are written within so many seconds
_FIRST = (Kind.HUMAN, Kind.SCRIPT, Kind.AGENT, Kind.TAPE)
_HEAD_STARTS = {given.name: given.head_start_s for given in HANDICAPS if given.head_start_s}


@dataclass(frozen=True)
class Recording:
    """One recording of a game, and the line of the scores that tells of it, if there is one."""

    tape: TapeEntry
    run: Run | None = None

    @property
    def frames(self) -> int | None:
        """Its length, None if nobody knows."""
        return None if self.run is None else self.run.frames

    @property
    def head_start_s(self) -> int:
        """The head start that a person was given."""
        if self.run is None or self.tape.kind is not Kind.HUMAN:
            return 0
        parts = self.run.board.handicap.split(TOGETHER)
        return max((_HEAD_STARTS.get(part, 0) for part in parts), default=0)


@dataclass(frozen=True)
class Game:
    """A finished match: its seats, people first."""

    seats: tuple[Recording, ...]

    @property
    def first(self) -> TapeEntry:
        """The recording that stands for the game."""
        return self.seats[0].tape

    @property
    def is_race(self) -> bool:
        """Whether more than one took part."""
        return len(self.seats) > 1

    @property
    def lead(self) -> int:
        """Points by which the first seat won; negative if it lost."""
        return self.first.score - max(seat.tape.score for seat in self.seats[1:])

    def begins(self, number: int) -> int:
        """Return the frame of the match at which seat `number` began."""
        latest = max(seat.head_start_s for seat in self.seats)
        return (latest - self.seats[number].head_start_s) * FRAMES_PER_SECOND


def games(tapes: Iterable[TapeEntry], runs: Mapping[str, Run]) -> tuple[Game, ...]:
    """Return the games on `tapes`, in their order; `runs` are known by the names of their tapes."""
    found: list[list[Recording]] = []
    for tape in tapes:
        seat = Recording(tape, runs.get(tape.path.name))
        home = next((seats for seats in found[-NEAR:] if _is_of(seat, seats[0])), None)
        if home is None:
            found.append([seat])
        else:
            home.append(seat)
    return tuple(
        Game(tuple(sorted(seats, key=lambda seat: _FIRST.index(seat.tape.kind)))) for seats in found
    )


def _is_of(seat: Recording, other: Recording) -> bool:
    """Whether both seats are of one race."""
    ours, theirs = seat.run, other.run
    if ours is None or theirs is None or seat.tape.mode != "race" or other.tape.mode != "race":
        return False
    near = abs(ours.finished - theirs.finished) < TOGETHER_S
    return near and ours.seed == theirs.seed and ours.board.rules == theirs.board.rules
