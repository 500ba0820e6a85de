"""The mood of a network: what the last half second did to its prospects, in one word.

Its value says how many hits it expects soon. A hit that was made is not expected any
more, so hits are added back; what is left of the change is good or bad news.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

WINDOW = 8  # decisions, about half a second
FALL = 0.6  # hits: so much less to expect is a threat
RISE = 1.0  # hits: so much more is a chance
HOLD = 22  # decisions, a second and a half: a word shall be read before it goes


class Mood(StrEnum):
    """One word for what the value does."""

    CALM = "calm"
    THREATENED = "threatened"
    HUNTING = "hunting"


class MoodReader:
    """Follows the value of one game.

    Threatened: within the last half second the value fell by `FALL` hits or more, and has
    not come back to where it was. Hunting: it rose by `RISE` or more, hits made included.
    Calm: neither. A mood stays for a second and a half after its last cause; only a threat
    interrupts another mood, because danger does not wait.
    """

    def __init__(self) -> None:
        self.mood = Mood.CALM
        self.change = 0.0  # hits that the last half second brought, or took away
        self._values: deque[float] = deque(maxlen=WINDOW + 1)
        self._hits: deque[int] = deque(maxlen=WINDOW)
        self._held = 0

    def reset(self) -> None:
        """Begin anew with another life: what it expects of that is no news."""
        self._values.clear()
        self._hits.clear()

    def update(self, value: float, hits: int) -> Mood:
        """Take in the value at a decision and the hits made since the one before."""
        if self._values:
            self._hits.append(hits)
        self._values.append(value)
        self.change = value - self._values[0] + sum(self._hits)
        self._held += 1
        caused = self._caused()
        if caused is self.mood:
            self._held = self._held if caused is Mood.CALM else 0
        elif caused is Mood.THREATENED or (self._held >= HOLD and not self._lasts()):
            self.mood, self._held = caused, 0
        return self.mood

    def _caused(self) -> Mood:
        if self.change <= -FALL:
            return Mood.THREATENED
        return Mood.HUNTING if self.change >= RISE else Mood.CALM

    def _lasts(self) -> bool:
        """Whether the change still has the sign that brought the mood."""
        return {Mood.THREATENED: self.change < 0, Mood.HUNTING: self.change > 0}.get(
            self.mood, False
        )
