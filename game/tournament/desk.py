"""The tournament that is under way: which match comes next, who plays it, and that it is kept."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from game.emulation.cabinet import FRAMES_PER_SECOND, Rules
from game.system.sentence import Sentence
from game.tournament import store
from game.tournament.model import Absent, Format, Pairing, Plan, Played, Tournament
from game.tournament.store import Found

SEEDS = 2**31


class Written(Protocol):
    """Says whether something that was handed over is on the disk."""

    @property
    def written(self) -> bool: ...


# Hands something to whoever writes beside the window; it is called with the data folder.
Keep = Callable[[Callable[[Path], None]], Written]


@dataclass(frozen=True)
class Call:
    """A game of a match: who plays it, on which seed, and under which rules."""

    match: int
    ties: int  # of this match before it
    names: tuple[str, ...]  # of both sides, or of the one who plays in this turn
    side: int | None  # whose turn it is, None where both play at once
    opponent: str  # of the one whose turn it is
    to_beat: int | None  # the opponent's score, where that is known already
    seed: int
    rules: Rules
    limit_frames: int | None


@dataclass
class Draft:
    """The plan of the next tournament, as far as it has been entered."""

    form: Format = Format.KNOCKOUT
    minutes: int = 2  # of a game, 0 for no time limit
    turns: bool = True  # whether the two of a match play one after the other
    names: list[str] = field(default_factory=list)


class Desk:
    """Holds one tournament, or none; every change is written at once."""

    def __init__(self, found: Found | None = None, keep: Keep | None = None) -> None:
        """Go on with what was `found` on the disk; without `keep` nothing is written."""
        found = found or Found()
        self.tournament: Tournament | None = found.tournament
        self.problem: Sentence | None = found.problem
        self._keep = keep
        self._written: Written | None = None
        self.resting = False  # whether the screen is left to visitors meanwhile
        self._picked = 0  # among the matches that can be played
        before = [] if found.tournament is None else sorted(found.tournament.plan.names)
        self.draft = Draft(names=before)  # often the same people play again

    @property
    def running(self) -> bool:
        """Whether there is a tournament with a match to play."""
        now = self.tournament
        return now is not None and not now.over and not now.ended

    @property
    def saved(self) -> bool:
        """Whether all that has happened is on the disk, or nothing is to be kept at all."""
        return self._written is None or self._written.written

    @property
    def next(self) -> Pairing | None:
        """The match that is called next, None if there is none."""
        if self.tournament is None or not self.running:
            return None
        return self.tournament.open[self._picked % len(self.tournament.open)]

    def pick(self, step: int) -> None:
        """Call another of the matches that can be played; the first is called after each result."""
        if self.tournament is not None and self.running:
            self._picked = (self._picked + step) % len(self.tournament.open)

    def begin(self, rules: Rules) -> None:
        """Begin the tournament of the draft, its names in an order that is drawn by lot.

        Raises TournamentError if there are too few or too many names, or two of the same.
        """
        seed, draft = random.SystemRandom().randrange(SEEDS), self.draft
        drawn, limit = list(draft.names), draft.minutes * 60 * FRAMES_PER_SECOND or None
        random.Random(seed).shuffle(drawn)
        plan = Plan(draft.form, tuple(drawn), seed, rules, limit, draft.turns, time.time())
        self.problem = None
        self._change(Tournament(plan), store.begin)

    def call(self) -> Call | None:
        """Return the game that is to be played next, None if there is none."""
        pairing, now = self.next, self.tournament
        if pairing is None or now is None:
            return None
        plan = now.plan
        first, second = (plan.names[side] for side in pairing.sides if side is not None)
        names, seed = (first, second), pairing.seed(plan.seed)
        game = (seed, plan.rules, plan.limit_frames)
        if not plan.turns:
            return Call(pairing.number, pairing.ties, names, None, "", None, *game)
        begins = pairing.first_side(plan.seed)
        side = begins if pairing.scores[begins] is None else 1 - begins
        to_beat = pairing.scores[1 - side]
        one, other = names[side], names[1 - side]
        return Call(pairing.number, pairing.ties, (one,), side, other, to_beat, *game)

    def finish(self, call: Call, scores: Sequence[int]) -> None:
        """Enter the scores of a game that ended, in the order of its names.

        Raises TournamentError if that game has a result already.
        """
        if self.tournament is None:
            return
        both: list[int | None] = [None, None]
        if call.side is None:
            both[:] = scores
        else:
            (both[call.side],) = scores
        self._change(self.tournament.after(Played(call.match, (both[0], both[1]))), store.write)

    def absent(self, match: int, sides: tuple[bool, bool]) -> None:
        """Enter who did not come to a match."""
        if self.tournament is not None:
            self._change(self.tournament.after(Absent(match, sides)), store.write)

    def take_back(self) -> None:
        """Undo the last result."""
        if self.tournament is not None:
            self._change(self.tournament.before_the_last(), store.write)

    def end(self) -> None:
        """End the tournament before its last match."""
        if self.tournament is not None and self.running:
            self._change(self.tournament.as_ended(), store.write)

    def _change(self, now: Tournament, write: Callable[[Path, Tournament], None]) -> None:
        self.tournament, self._picked = now, 0
        if self._keep is not None:
            self._written = self._keep(lambda folder: write(folder, now))
