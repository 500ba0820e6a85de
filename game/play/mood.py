"""The mood of a network: what the last half second did to its prospects, in one word.

Its value says how many hits it expects soon, each discounted for how far ahead it lies. What it
expected half a second ago should since have come as hits, or be expected still. The
difference (the temporal-difference error of that half second, Sutton and Barto 2018, chapter 7)
is good or bad news.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

WINDOW = 8  # decisions, about half a second
FALL = 1.0  # hits: so much less than expected is a threat
RISE = 0.75  # hits: so much more is a chance
HOLD = 22  # decisions, a second and a half: a word shall be read before it goes


class Mood(StrEnum):
    """One word for what the value does."""

    CALM = "calm"
    THREATENED = "threatened"
    HUNTING = "hunting"


class MoodReader:
    """Follows the value of one game.

    Threatened: the last half second went worse than expected by `FALL` hits or more, and has
    not become good since. Hunting: it went better by `RISE` or more. Calm: neither. A mood
    stays for a second and a half after its last cause; only a threat interrupts another mood,
    because danger does not wait.
    """

    def __init__(self) -> None:
        self.mood = Mood.CALM
        self.change = 0.0  # hits that the last half second brought beyond what was expected
        self._values: deque[float] = deque(maxlen=WINDOW + 1)
        self._hits: deque[int] = deque(maxlen=WINDOW)
        self._held = 0

    def reset(self) -> None:
        """Begin anew with another life: what it expects of that is no news."""
        self._values.clear()
        self._hits.clear()

    def update(self, value: float, hits: int, discount: float) -> Mood:
        """Take in the value at a decision and the hits made since the one before.

        `discount` is of a hit, for each decision that it lies ahead.
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
        """Whether the change still has the sign that brought the mood."""
        return {Mood.THREATENED: self.change < 0, Mood.HUNTING: self.change > 0}.get(
            self.mood, False
        )
