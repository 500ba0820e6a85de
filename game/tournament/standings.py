"""Who stands where, and why: places, points and what decides between equals.

In a knock-out those who lost in the same round share a place. In a round robin a win counts two
points and a tie one; of those with equal points, the points from their matches against each other
decide, then the difference of the scores in all matches that both sides played, and whoever is
still equal shares the place.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from game.tournament.model import Format, Pairing, Tournament

WIN, TIE = 2, 1  # points
_CSV_COLUMNS = (
    *("place", "name", "won", "tied", "lost", "points"),
    *("points_scored", "points_against", "out_in_round"),
)


@dataclass
class Standing:
    """One person's record; byes do not count, walk-overs do."""

    entrant: int  # place in Plan.names
    place: int = 0  # from 1; equals share one
    won: int = 0
    tied: int = 0
    lost: int = 0
    scored: int = 0  # in matches that both sides played
    against: int = 0
    out: int | None = None  # the round of a knock-out in which this person lost

    @property
    def points(self) -> int:
        """What counts first in a round robin."""
        return WIN * self.won + TIE * self.tied


@lru_cache(maxsize=2)  # a page draws them sixty times a second
def standings(tournament: Tournament) -> tuple[Standing, ...]:
    """Return everybody's standing by what has been decided so far, best first.

    In a knock-out those who are still in stand before all others.
    """
    table = [Standing(entrant) for entrant in range(len(tournament.plan.names))]
    decided = [pairing for pairing in tournament.pairings if _counts(pairing)]
    for pairing in decided:
        _add(table, pairing)
    if tournament.plan.format is Format.KNOCKOUT:
        return _placed(table, lambda one: (tournament.plan.rounds if one.out is None else one.out,))
    tied = _direct_points(table, decided)
    return _placed(table, lambda one: (one.points, tied[one.entrant], one.scored - one.against))


def _counts(pairing: Pairing) -> bool:
    return pairing.over and not pairing.is_bye


def _add(table: list[Standing], pairing: Pairing) -> None:
    """Add a match that is over to the records of its sides."""
    for side, entrant in enumerate(pairing.sides):
        assert entrant is not None, "it is over"
        one = table[entrant]
        if pairing.winner is None:
            one.tied += 1
        elif pairing.winner == entrant:
            one.won += 1
        else:
            one.lost += 1
            one.out = pairing.round
        ours, theirs = pairing.scores[side], pairing.scores[1 - side]
        if len(pairing.present) == 2 and ours is not None and theirs is not None:
            one.scored += ours
            one.against += theirs


def _direct_points(table: list[Standing], decided: Iterable[Pairing]) -> list[int]:
    """Return what each person won in matches against those with as many points."""
    found = [0] * len(table)
    for pairing in decided:
        first, second = pairing.sides
        assert first is not None and second is not None, "it is over"
        if table[first].points != table[second].points:
            continue
        if pairing.winner is None:
            found[first] += TIE
            found[second] += TIE
        elif pairing.winner in pairing.sides:
            found[pairing.winner] += WIN
    return found


def _placed(
    table: list[Standing], key: Callable[[Standing], tuple[int, ...]]
) -> tuple[Standing, ...]:
    """Return `table` with places, the greatest key first; equal keys keep their order."""
    keys = {one.entrant: key(one) for one in table}
    for one in table:
        one.place = 1 + sum(other > keys[one.entrant] for other in keys.values())
    return tuple(sorted(table, key=lambda one: one.place))


def to_csv(tournament: Tournament) -> bytes:
    """Return the standings as a table with a header, in UTF-8."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(_CSV_COLUMNS)
    robin = tournament.plan.format is Format.ROUND_ROBIN
    for one in standings(tournament):
        out = "" if one.out is None or robin else one.out + 1
        name, points = tournament.plan.names[one.entrant], one.points if robin else ""
        record = (one.won, one.tied, one.lost, points, one.scored, one.against)
        table.writerow((one.place, name, *record, out))
    return text.getvalue().encode()
