"""How a game is going for a network: better or worse than it expected, or as expected.

Its value is the number of hits that it expects, each discounted by how far ahead it lies. What it
expected half a second ago should since have come as hits or still be expected. The difference is
the n-step temporal-difference error of that half second (Sutton and Barto 2018, chapter 7).
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

WINDOW = 8  # decisions, about half a second
FALL = 1.0  # hits below expectation from which on the mood is "threatened"
RISE = 0.75  # hits above expectation from which on the mood is "hunting"
HOLD = 22  # decisions, a second and a half: long enough to be read


class Mood(StrEnum):
    """How the last half second compares with what was expected."""

    CALM = "calm"
    THREATENED = "threatened"
    HUNTING = "hunting"


class MoodReader:
    """Derives the mood from the values of one game.

    Threatened: the last half second went worse than expected by `FALL` hits or more, and has
    not recovered since. Hunting: it went better by `RISE` or more. Calm: neither. A mood
    stays for a second and a half after its last cause; only a threat interrupts another mood.
    """

    def __init__(self) -> None:
        self.mood = Mood.CALM
        self.change = 0.0  # hits of the last half second above expectation
        self._values: deque[float] = deque(maxlen=WINDOW + 1)
        self._hits: deque[int] = deque(maxlen=WINDOW)
        self._held = 0

    def reset(self) -> None:
        """Start over with a new life: the jump in value between lives is no news."""
        self._values.clear()
        self._hits.clear()

    def update(self, value: float, hits: int, discount: float) -> Mood:
        """Add the value at a decision and the hits since the previous decision.

        `discount` is the factor for each decision that a hit lies ahead.
        """
        if self._values:
            self._hits.append(hits)
        self._values.append(value)
        came = sum(made * discount**ahead for ahead, made in enumerate(self._hits))
        self.change = came + discount ** len(self._hits) * value - self._values[0]
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
        """Whether the change still has the sign that caused the mood."""
        return {Mood.THREATENED: self.change < 0, Mood.HUNTING: self.change > 0}.get(
            self.mood, False
        )
