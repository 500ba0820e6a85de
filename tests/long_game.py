"""Plays a game of three minutes and keeps its tape: python -m tests.long_game

It looks ahead in the emulator and goes back when it was hit, as no player can.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from game.cabinet import FRAMES_PER_SECOND, Action, Cabinet, Rules
from game.player import Kind
from game.tape import Tape

FILE = Path(__file__).parent / "golden" / "three-minutes.tape"
FRAMES = 3 * 60 * FRAMES_PER_SECOND
RULES = Rules(sticky=0)  # a state lacks what stickiness repeats
SEED = 7
STEP, AHEAD = 20, 40  # frames
WHIM = 0.9  # hits that chance is worth, so that a way back is not the same way again
SHOOT = (Action.FIRE, Action.RIGHTFIRE, Action.LEFTFIRE)
DODGE = (Action.NOOP, Action.RIGHT, Action.LEFT)
WAVE, WAIT = 36, 60  # invaders, and steps that they are left alone: later waves begin lower

BACK = 120  # steps at most, where everything ends badly


def three_minutes() -> Tape:
    """Return the tape."""
    cabinet, chance = Cabinet(RULES, SEED, blind=True), random.Random(SEED)
    done: list[Action] = []
    moments = [cabinet.snapshot()]
    whole = [0]  # for how many steps the wave has been whole, at each moment
    while len(done) * STEP < FRAMES:
        waits = cabinet.invaders == WAVE and whole[-1] < WAIT
        action = _choice(cabinet, chance, DODGE if waits else SHOOT)
        if action is None and moments[-1].frame.lives > 1:
            action = Action.FIRE  # a life is lost
        if action is None or moments[-1].frame.over:
            for _ in range(min(chance.randint(1, BACK), len(done))):
                moments.pop()
                whole.pop()
                done.pop()
            cabinet.restore(moments[-1])
            continue
        cabinet.restore(moments[-1])
        _hold(cabinet, action, STEP)
        done.append(action)
        moments.append(cabinet.snapshot())
        whole.append(whole[-1] + 1 if cabinet.invaders == WAVE else 0)
    tape, again = Tape(RULES, SEED, "You", Kind.HUMAN), Cabinet(RULES, SEED)
    for action in [action for action in done for _ in range(STEP)][:FRAMES]:
        tape.record(action, again.step(action), again)
    tape.finish(again)
    return tape


def _choice(cabinet: Cabinet, chance: random.Random, ways: Sequence[Action]) -> Action | None:
    """Return which of `ways` to go so as not to be hit soon, if any; mostly that with most hits.

    Points would lead astray: the upper invaders bring more, and the lower ones land.
    """
    start, found = cabinet.snapshot(), []
    for action in ways:
        cabinet.restore(start)
        now = _hold(cabinet, action, STEP)
        if now is None:
            continue
        then = cabinet.snapshot()
        for later in ways:
            cabinet.restore(then)
            soon = _hold(cabinet, later, STEP)
            last = None if soon is None else _hold(cabinet, ways[0], AHEAD)
            if soon is not None and last is not None:
                found.append((now + soon + last + chance.uniform(0, WHIM), action))
    return max(found)[1] if found else None


def _hold(cabinet: Cabinet, action: Action, frames: int) -> int | None:
    """Hold `action`; return how often something was shot, None where the cannon was hit."""
    bursting, hits = cabinet.signs.bursting, 0
    for _ in range(frames):
        hits += cabinet.step(action).reward > 0
        if cabinet.frame.over or (cabinet.signs.bursting and not bursting):
            return None
    return hits


if __name__ == "__main__":
    made = three_minutes()
    made.save(FILE)
    print(f"{made.frames / FRAMES_PER_SECOND:.0f} s, {made.score} points in {FILE}")
