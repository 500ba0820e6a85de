"""The story of a match: shots, hits and scores over time, and when the lead passed over."""

from __future__ import annotations

from dataclasses import dataclass

from game.emulation.cabinet import FRAMES_PER_SECOND, Frame
from game.play.match import Match

SAMPLE_FRAMES = FRAMES_PER_SECOND // 2  # between two entries of the scores over time
SHIP = 100  # points from which on a hit was the command ship


@dataclass
class Tally:
    """What one seat has done so far."""

    shots: int = 0
    hits: int = 0
    ships: int = 0  # points from command ships
    over_at: int | None = None  # frame of the match at which its game was over

    @property
    def accuracy(self) -> float | None:
        """The share of shots that hit, None before the first; a shot under way counts as a miss."""
        return min(1.0, self.hits / self.shots) if self.shots else None


class Story:
    """Follows a match; `update` belongs after each of its steps."""

    def __init__(self, match: Match) -> None:
        self._match = match
        self.tallies = [Tally() for _ in match.seats]
        self.samples: list[tuple[int, ...]] = [self._scores()]  # every half second, and the start
        self.changes: list[int] = []  # frames at which the lead passed to the other seat
        self.ahead_since: int | None = None  # frame since which the same seat leads, None for a tie
        self._leader: int | None = None  # the last seat that led
        self._seen: list[Frame] = [seat.frame for seat in match.seats]

    @property
    def lead(self) -> int:
        """Points by which the first seat of two leads; negative if it is behind."""
        first, second = self._scores()
        return first - second

    def update(self) -> None:
        """Take the last step of the match into account."""
        match = self._match
        for number, (seat, tally) in enumerate(zip(match.seats, self.tallies, strict=True)):
            frame = seat.frame
            if frame is self._seen[number]:
                continue
            self._seen[number] = frame
            tally.shots += seat.cabinet.signs.fired
            tally.hits += frame.reward > 0
            tally.ships += frame.reward if frame.reward >= SHIP else 0
            if frame.over and tally.over_at is None:
                tally.over_at = match.number
        if len(match.seats) == 2:
            self._follow_lead()
        if match.number % SAMPLE_FRAMES == 0:
            self.samples.append(self._scores())

    def leads_at(self) -> list[int]:
        """Return the first seat's lead at each sample."""
        return [first - second for first, second in self.samples]

    def after_the_other(self, seat: int) -> int:
        """Return the points that `seat` of two made after the other's game was over."""
        over_at = self.tallies[1 - seat].over_at
        if over_at is None:
            return 0
        sample = min(-(-over_at // SAMPLE_FRAMES), len(self.samples) - 1)
        return max(0, self._scores()[seat] - self.samples[sample][seat])

    def _scores(self) -> tuple[int, ...]:
        return tuple(seat.frame.score for seat in self._match.seats)

    def _follow_lead(self) -> None:
        lead, number = self.lead, self._match.number
        if lead == 0:
            self.ahead_since = None
            return
        leader = 0 if lead > 0 else 1
        if self._leader is not None and leader != self._leader:
            self.changes.append(number)
            self.ahead_since = number
        elif self.ahead_since is None:
            self.ahead_since = number
        self._leader = leader
