"""A tournament: what was planned and what has happened. All else follows from these two.

A tournament never changes: `after` returns the one in which something more has happened. So what
a file has to keep is the plan and the events, and whoever reads them has the whole tournament.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from game.emulation.cabinet import Rules
from game.tournament import knockout, round_robin
from game.tournament.knockout import NOBODY

FEWEST, MOST = 4, 32  # people
LONGEST_NAME = 10  # letters
MOST_POINTS = 2**63 - 1  # as in a tape
LAST_SECOND = 32_503_680_000  # of the year 2999, the last that every system can show


class TournamentError(ValueError):
    """A plan or an event that is not possible; the message says why."""


class Format(StrEnum):
    """Who meets whom."""

    KNOCKOUT = "knockout"  # whoever loses is out
    ROUND_ROBIN = "round robin"  # everybody meets everybody once


@dataclass(frozen=True)
class Plan:
    """What is decided before the first match. Raises TournamentError if it is not possible."""

    format: Format
    names: tuple[str, ...]  # in the order that the lots gave
    seed: int  # from which the seeds of all matches follow
    rules: Rules = field(default_factory=Rules)
    limit_frames: int | None = None  # of a match, None for no limit
    turns: bool = True  # whether the two play one after the other, on one seat
    begun: float = 0.0  # seconds since 1970

    def __post_init__(self) -> None:
        if not FEWEST <= len(self.names) <= MOST:
            raise TournamentError(f"a tournament has {FEWEST} to {MOST} people")
        if len({folded(name) for name in self.names}) < len(self.names):
            raise TournamentError("two people of a tournament have the same name")
        if not 0 <= self.begun <= LAST_SECOND or (
            self.limit_frames is not None and self.limit_frames < 1
        ):
            raise TournamentError("a time of the tournament is none that there can be")
        if not all(is_name(name) for name in self.names):
            raise TournamentError(f"a name has 1 to {LONGEST_NAME} letters")

    @property
    def rounds(self) -> int:
        """How many rounds there are."""
        if self.format is Format.KNOCKOUT:
            return knockout.rounds(len(self.names))
        return round_robin.rounds(len(self.names))


def is_name(text: str) -> bool:
    """Whether somebody can be called `text` in a tournament."""
    return 0 < len(text) <= LONGEST_NAME and text.isprintable() and text == text.strip()


def folded(name: str) -> str:
    """Return what two names have in common that people would take for the same."""
    return " ".join(name.casefold().split())


@dataclass(frozen=True)
class Played:
    """The scores of games that ended: of both sides of a match, or of one who played alone."""

    match: int
    scores: tuple[int | None, int | None]


@dataclass(frozen=True)
class Absent:
    """One or both of a match did not come: a walk-over."""

    match: int
    sides: tuple[bool, bool]


Event = Played | Absent


@dataclass(frozen=True)
class Pairing:
    """A match as it stands. Its two sides are places in `Plan.names`."""

    number: int
    round: int  # from 0
    sides: tuple[int | None, int | None]  # None: not known yet, NOBODY: a bye
    scores: tuple[int | None, int | None] = (None, None)  # since the last tie
    ties: int = 0  # of a knock-out; each was played again
    absent: tuple[bool, bool] = (False, False)

    @property
    def present(self) -> list[int]:
        """Who is known to be there."""
        pairs = zip(self.sides, self.absent, strict=True)
        return [side for side, away in pairs if side not in (None, NOBODY) and not away]

    @property
    def over(self) -> bool:
        """Whether nothing more happens here."""
        return None not in self.sides and (len(self.present) < 2 or None not in self.scores)

    @property
    def open(self) -> bool:
        """Whether it can be played now."""
        return None not in self.sides and not self.over

    @property
    def winner(self) -> int | None:
        """Who won, NOBODY if nobody came, None for a tie or a match that is not over."""
        if not self.over:
            return None
        if len(self.present) < 2:
            return self.present[0] if self.present else NOBODY
        first, second = (score or 0 for score in self.scores)
        return None if first == second else self.sides[second > first]

    @property
    def is_bye(self) -> bool:
        """Whether there is nothing to play because a side is nobody."""
        return NOBODY in self.sides

    def first_side(self, seed: int) -> int:
        """Return which side begins where they play in turns, drawn from the tournament's seed."""
        return _drawn(seed, self.number, self.ties)[4] & 1

    def seed(self, seed: int) -> int:
        """Return the seed of this match, drawn from the tournament's; after a tie it is another."""
        return int.from_bytes(_drawn(seed, self.number, self.ties)[:4], "big") & 0x7FFF_FFFF


def _drawn(seed: int, match: int, ties: int) -> bytes:
    return hashlib.sha256(f"BigChamp tournament {seed} {match} {ties}".encode("ascii")).digest()


@dataclass(frozen=True)
class Tournament:
    """A plan, and all that has happened, in its order."""

    plan: Plan
    events: tuple[Event, ...] = ()
    ended: bool = False  # before its last match

    @cached_property
    def pairings(self) -> tuple[Pairing, ...]:
        """Every match as it stands, by number."""
        happened: dict[int, list[Event]] = {}
        for event in self.events:
            happened.setdefault(event.match, []).append(event)
        count = len(self.plan.names)
        if self.plan.format is Format.ROUND_ROBIN:
            return tuple(
                _as_it_stands(Pairing(number, at, sides), happened.get(number, ()), False)
                for number, (at, sides) in enumerate(round_robin.schedule(count))
            )
        found: list[Pairing] = []
        for number, at in enumerate(knockout.matches(count)):
            below = knockout.feeders(number, count)
            sides = knockout.first_sides(number, count)
            if below is not None:
                sides = (found[below[0]].winner, found[below[1]].winner)
            pairing = Pairing(number, at, sides)
            found.append(_as_it_stands(pairing, happened.get(number, ()), True))
        return tuple(found)

    @property
    def open(self) -> list[Pairing]:
        """The matches that can be played now, in their order."""
        return [pairing for pairing in self.pairings if pairing.open]

    @property
    def over(self) -> bool:
        """Whether every match has been decided."""
        return all(pairing.over for pairing in self.pairings)

    def after(self, event: Event) -> Tournament:
        """Return the tournament after `event`; raise TournamentError if it cannot happen now."""
        if not 0 <= event.match < len(self.pairings) or not self.pairings[event.match].open:
            raise TournamentError(f"match {event.match} cannot be played now")
        pairing = self.pairings[event.match]
        known = [score is not None for score in pairing.scores]
        news: list[bool] = (
            [score is not None for score in event.scores]
            if isinstance(event, Played)
            else list(event.sides)
        )
        if not any(news) or any(old and new for old, new in zip(known, news, strict=True)):
            raise TournamentError(f"match {event.match} has that result already, or none was given")
        if isinstance(event, Played):
            given = [score for score in event.scores if score is not None]
            if not all(0 <= score <= MOST_POINTS for score in given):
                raise TournamentError("a score is a number of points from zero")
        return Tournament(self.plan, (*self.events, event))

    def before_the_last(self) -> Tournament:
        """Return the tournament as if its last event, or its early end, had not happened."""
        return Tournament(self.plan, self.events if self.ended else self.events[:-1])

    def as_ended(self) -> Tournament:
        """Return the tournament as one that somebody has ended before its last match."""
        return Tournament(self.plan, self.events, ended=True)


def _as_it_stands(pairing: Pairing, events: Iterable[Event], again: bool) -> Pairing:
    """Return `pairing` after its own `events`; a tie is played `again`, or stays one."""
    for event in events:
        if isinstance(event, Absent):
            pairing = replace(pairing, absent=event.sides)
            continue
        first, second = (
            old if new is None else new
            for old, new in zip(pairing.scores, event.scores, strict=True)
        )
        if again and first is not None and first == second:
            pairing = replace(pairing, scores=(None, None), ties=pairing.ties + 1)
        else:
            pairing = replace(pairing, scores=(first, second))
    return pairing
