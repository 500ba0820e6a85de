"""One moment of a match as a table: what the network saw of it, thought and did."""

from __future__ import annotations

import dataclasses
from typing import Any

from game.emulation.cabinet import FRAMES_PER_SECOND, Action
from game.play.match import Match
from game.play.player import Thought
from game.system.version import MAKER

DIGITS = 4  # decimal places of hits


def moment_of(match: Match, number: int = 0) -> dict[str, Any]:
    """Return the present moment of seat `number` as JSON can hold it.

    Q, value and advantages are in hits, entropy in bits.
    """
    seat = match.seats[number]
    decision = seat.decision
    table: dict[str, Any] = {
        "program": MAKER,
        "player": seat.player.name,
        "seed": match.seed,
        "rules": dataclasses.asdict(match.rules),
        "frame": seat.frame.number,
        "seconds": round(seat.frame.number / FRAMES_PER_SECOND, 3),
        "score": seat.frame.score,
        "lives": seat.frame.lives,
        "action": None if decision is None else decision.action.name,
    }
    thought = None if decision is None else decision.thought
    return table if thought is None else table | _thought(thought)


def _thought(thought: Thought) -> dict[str, Any]:
    """Return what a network thinks, with a number for each action."""
    return {
        "value": round(thought.value, DIGITS),
        "q": {action.name: round(float(thought.q[action]), DIGITS) for action in Action},
        "advantage": {
            action.name: round(float(thought.advantage[action]), DIGITS) for action in Action
        },
        "margin": round(thought.gap, DIGITS),
        "entropy": round(thought.entropy, DIGITS),
        "discount": thought.discount,
    }
