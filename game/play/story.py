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
        self.changes: list[int] = []  # frames at which the lead passed to another seat
        self.ahead_since: int | None = None  # frame since which the same seat leads, None for a tie
        self.leader: int | None = None  # the number of the last seat that led
        self._seen: list[Frame] = [seat.frame for seat in match.seats]

    @property
    def margin(self) -> int:
        """Points by which the best seat leads the second best."""
        best, second, *_ = sorted(self._scores(), reverse=True)
        return best - second

    def lead(self, seat: int = 0) -> int:
        """Return the points by which `seat` leads the best other one; negative if it is behind."""
        return _lead(self._scores(), seat)

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
        if len(match.seats) > 1:
            self._follow_lead()
        if match.number % SAMPLE_FRAMES == 0:
            self.samples.append(self._scores())

    def leads_at(self, seat: int = 0) -> list[int]:
        """Return the lead of `seat` over the best other one at each sample."""
        return [_lead(scores, seat) for scores in self.samples]

    def after_the_others(self, seat: int) -> int:
        """Return the points that `seat` made after the games of all others were over."""
        ends = [tally.over_at for number, tally in enumerate(self.tallies) if number != seat]
        known = [end for end in ends if end is not None]
        if len(known) < len(ends):
            return 0
        sample = min(-(-max(known) // SAMPLE_FRAMES), len(self.samples) - 1)
        return max(0, self._scores()[seat] - self.samples[sample][seat])

    def _scores(self) -> tuple[int, ...]:
        return tuple(seat.frame.score for seat in self._match.seats)

    def _follow_lead(self) -> None:
        scores, number = self._scores(), self._match.number
        ahead = [seat for seat, score in enumerate(scores) if score == max(scores)]
        if len(ahead) > 1:
            self.ahead_since = None
            return
        (leader,) = ahead
        if self.leader is not None and leader != self.leader:
            self.changes.append(number)
            self.ahead_since = number
        elif self.ahead_since is None:
            self.ahead_since = number
        self.leader = leader


def _lead(scores: tuple[int, ...], seat: int) -> int:
    return scores[seat] - max(scores[:seat] + scores[seat + 1 :])
