"""Reviews a finished game with a network: what it would have done, and what it thinks was lost.

For each decision, one in four frames, the network says how many hits (Q) it expects of each
action. From these:

    loss    = best Q - Q of what was done, in expected hits
    regret  = loss / max(spread, 0.1), with spread = best Q - lowest Q of the six actions

A regret of 0 is the network's own choice, 1 is its last choice. Where it does not matter what
is done, spread is small; the floor of 0.1 hits keeps such decisions from looking like
mistakes. What was done is one action for the four frames: the direction that was held for
most of them, the earlier of equal ones, with fire if fire was down in any.

All of this is one network's opinion, not the truth. It is an estimate from four small greyscale
pictures, made for the way this network plays; it does not know what a person intends, and a
person who plays better than the network often gets high regret. Only the events, which need no
network, say what happened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from game.emulation.cabinet import FRAMES_PER_SECOND, Action, Cabinet
from game.play.player import FRAMES_A_DECISION, Player
from game.play.tape import Tape
from game.records.playback import Event, EventKind, TapeIndex

SPREAD_FLOOR = 0.1  # hits; a twentieth of this network's decisions have less spread
AHEAD = FRAMES_PER_SECOND // FRAMES_A_DECISION  # decisions until a moment's outcome: one second
WORST = 3  # how many moments are listed
LEAST = 0.05  # hits that a worst moment fell short by at least: less is shown as none
APART = 2 * AHEAD  # decisions between two of them, at least
BEFORE_DEATH = 15  # frames that tell where the cannon was going when it was hit
REACTION_FRAMES = FRAMES_PER_SECOND  # a later turn counts as no reaction


class Mishap(StrEnum):
    """What went wrong in a worst moment; the values are stored in JSON."""

    INTO_BOMB = "moved into a bomb"
    UNDER_BOMB = "stood under a bomb"
    LANDED = "let the invaders land"
    MISSED = "fired and hit nothing"
    IDLE = "did not fire"
    FEWER = "hit too few"


@dataclass(frozen=True)
class Moment:
    """One decision: what was done, what the network would have done, and its reasons."""

    frame: int  # on which it was made
    done: Action
    best: Action
    q: NDArray[np.float32]  # [6], expected hits by action
    value: float  # of the state, in expected hits
    regret: float  # from 0, the network's own choice, to 1
    discount: float  # of a hit, for each decision that it lies ahead

    @property
    def loss(self) -> float:
        """The hits that the network thinks were given away."""
        return float(self.q[self.best] - self.q[self.done])


@dataclass(frozen=True)
class WorstMoment:
    """A second that brought far fewer hits than the network expected at its start."""

    frame: int
    what: Mishap
    hits: float  # that it fell short by


@dataclass(frozen=True)
class Figures:
    """The statistics of a game. A mean of nothing is None."""

    score: int
    seconds: float
    lives_lost: int
    waves: int
    shots: int
    hits: int
    accuracy: float | None  # hits a shot
    presses: float  # changes of the input per second
    regret: float | None  # mean
    agreed: float | None  # share of decisions that were the network's own choice
    reaction_ms: float | None  # median time to a turn that the network wanted
    reacted: int  # turns that came within a second
    wanted: int  # turns that the network wanted


def regret(q: NDArray[np.float32], done: Action) -> float:
    """Return the regret of `done` where the actions are worth `q` [6]."""
    best, lowest = float(q.max()), float(q.min())
    return (best - float(q[done])) / max(best - lowest, SPREAD_FLOOR)


def action_of(actions: Sequence[int]) -> Action:
    """Return the one action that stands for what was held during a decision's frames."""
    held = [Action(action) for action in actions]
    ways = Counter(action.direction for action in held)  # in order of their first
    return Action.of(max(ways, key=lambda way: ways[way]), any(a.fires for a in held))


class Review:
    """A review of a tape by a network, complete up to `moments`."""

    def __init__(self, tape: Tape, commentator: Player | None) -> None:
        """Start a review; without a `commentator` there are events only. Each `advance` goes on."""
        self.tape = tape
        self.tape_index = TapeIndex(tape)
        self.commentator = commentator
        self.moments: list[Moment] = []
        self._cabinet: Cabinet | None = None  # plays the game for the network

    @property
    def done(self) -> bool:
        """Whether the review is complete."""
        wanted = (
            -(-self.tape_index.frames // FRAMES_A_DECISION) if self.commentator is not None else 0
        )
        return self.tape_index.done and len(self.moments) >= wanted

    def advance(self) -> None:
        """Process a second more: first the events of all the game, then the network's opinions."""
        if not self.tape_index.done:
            self.tape_index.advance()
        elif not self.done:
            self._judge()

    def worst(self) -> list[WorstMoment]:
        """Return the worst moments in the order of the game, as far as opinions are known.

        They are the seconds that fell furthest short: the value at a second's beginning, less
        the hits in it and less the value at its end, these discounted.
        """
        found: list[tuple[float, int]] = []
        short = sorted(((self._shortfall(i), i) for i in range(len(self.moments))), reverse=True)
        for hits, index in short:
            if hits >= LEAST and all(abs(index - other) >= APART for _, other in found):
                found.append((hits, index))
            if len(found) == WORST:
                break
        return [self._named(index, hits) for hits, index in sorted(found, key=lambda f: f[1])]

    def figures(self) -> Figures:
        """Return the game in numbers, as far as it is known."""
        facts, frames = self.tape_index, self.tape_index.frames
        happened = Counter(event.what for event in facts.events)
        actions = self.tape.actions[:frames]
        changes = sum(a != b for a, b in pairwise(actions))
        delays = [delay for delay in self._delays() if delay is not None]
        count = len(self.moments)
        return Figures(
            score=facts.scores[-1],
            seconds=frames / FRAMES_PER_SECOND,
            # A landing takes all lives at once, a bomb's hit one, two seconds later.
            lives_lost=max(happened[EventKind.DEATH], facts.lives[0] - facts.lives[-1]),
            waves=happened[EventKind.WAVE],
            shots=len(facts.shots),
            hits=happened[EventKind.HIT],
            accuracy=happened[EventKind.HIT] / len(facts.shots) if facts.shots else None,
            presses=changes * FRAMES_PER_SECOND / frames if frames else 0.0,
            regret=sum(m.regret for m in self.moments) / count if count else None,
            agreed=sum(m.done is m.best for m in self.moments) / count if count else None,
            reaction_ms=median(delays) * 1000 / FRAMES_PER_SECOND if delays else None,
            reacted=len(delays),
            wanted=len(self._delays()),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything for JSON."""
        tape = self.tape
        return {
            "player": tape.player,
            "kind": tape.kind,
            "seed": tape.seed,
            "rules": asdict(tape.rules),
            "frames": self.tape_index.frames,
            "true": self.tape_index.true,
            "network": None if self.commentator is None else self.commentator.name,
            "regret_is": f"(best q - q of done) / max(best q - lowest q, {SPREAD_FLOOR:g}); the "
            "network's opinion, not the truth",
            "figures": asdict(self.figures()),
            "events": [asdict(event) for event in self.tape_index.events],
            "shots": self.tape_index.shots,
            "worst": [asdict(moment) for moment in self.worst()],
            "decisions": [
                {
                    "frame": moment.frame,
                    "done": moment.done.name,
                    "best": moment.best.name,
                    "q": [float(q) for q in moment.q],
                    "value": moment.value,
                    "regret": moment.regret,
                }
                for moment in self.moments
            ],
        }

    def _judge(self) -> None:
        """Let the network evaluate a second of the game."""
        commentator, actions = self.commentator, self.tape.actions
        assert commentator is not None, "without a network there is nothing to judge"
        if self._cabinet is None:
            self._cabinet = Cabinet(self.tape.rules, self.tape.seed)
        cabinet = self._cabinet
        begin = cabinet.frame.number
        for number in range(begin, min(begin + FRAMES_PER_SECOND, self.tape_index.frames)):
            thought = commentator.decide(cabinet.frame).thought
            if number % FRAMES_A_DECISION == 0 and thought is not None:
                done = action_of(actions[number : number + FRAMES_A_DECISION])
                self.moments.append(
                    Moment(
                        frame=number,
                        done=done,
                        best=Action(int(np.argmax(thought.q))),
                        q=thought.q,
                        value=thought.value,
                        regret=regret(thought.q, done),
                        discount=thought.discount,
                    )
                )
            cabinet.step(Action(actions[number]))

    def _shortfall(self, index: int) -> float:
        """Return by how many hits the second after a decision fell short; 0 where unknown."""
        end = index + AHEAD
        if end < len(self.moments):
            then = self.moments[end].value
        elif self.tape_index.done and self.tape.over:
            then = 0.0
        else:
            return 0.0
        begin, discount = self.moments[index].frame, self.moments[index].discount
        hits = sum(
            discount ** ((event.frame - 1 - begin) // FRAMES_A_DECISION)
            for event in self._during(index)
            if event.what is EventKind.HIT
        )
        return self.moments[index].value - hits - discount**AHEAD * then

    def _during(self, index: int) -> list[Event]:
        begin = self.moments[index].frame
        return [e for e in self.tape_index.events if begin < e.frame <= begin + FRAMES_PER_SECOND]

    def _named(self, index: int, hits: float) -> WorstMoment:
        frame = self.moments[index].frame
        return WorstMoment(frame, self._mishap(index), hits)

    def _mishap(self, index: int) -> Mishap:
        """Say what went wrong in the second after a decision, from what really happened."""
        begin = self.moments[index].frame
        events = self._during(index)
        for event in events:
            if event.what is EventKind.DEATH:
                return self._how_it_was_hit(event.frame)
            if event.what is EventKind.LANDING:
                return Mishap.LANDED
        if any(event.what is EventKind.HIT for event in events):
            return Mishap.FEWER
        shots = [
            shot for shot in self.tape_index.shots if begin < shot <= begin + FRAMES_PER_SECOND
        ]
        return Mishap.MISSED if shots else Mishap.IDLE

    def _how_it_was_hit(self, frame: int) -> Mishap:
        held = self.tape.actions[max(0, frame - BEFORE_DEATH) : frame]
        ways = Counter(Action(action).direction for action in held)
        still = ways[0] == max(ways.values())
        return Mishap.UNDER_BOMB if still else Mishap.INTO_BOMB

    def _delays(self) -> list[int | None]:
        """Return for each turn that the network wanted the frames until it came, None for late.

        A turn is wanted where the network's choice begins to go left or right and the player
        does not go there already.
        """
        ways = [Action(action).direction for action in self.tape.actions]
        delays: list[int | None] = []
        for before, now in pairwise(self.moments):
            way = now.best.direction
            if way in (0, before.best.direction) or ways[now.frame] == way:
                continue
            later = ways[now.frame : now.frame + REACTION_FRAMES]
            delays.append(later.index(way) if way in later else None)
        return delays
