"""Plays a game of five minutes and keeps its tape: python -m tests.long_game

It looks ahead in the emulator and goes back when it was hit, as no player can.
"""

from __future__ import annotations

import random
from pathlib import Path

from game.cabinet import FRAMES_PER_SECOND, Action, Cabinet, Rules
from game.player import Kind
from game.tape import Tape

FILE = Path(__file__).parent / "golden" / "five-minutes.tape"
FRAMES = 5 * 60 * FRAMES_PER_SECOND
RULES = Rules(sticky=0)  # a state lacks what stickiness repeats
SEED = 7
STEP, AHEAD = 20, 50  # frames
WHIM = 8  # points that chance is worth, so that a way back is not the same way again
WAYS = (Action.FIRE, Action.RIGHTFIRE, Action.LEFTFIRE)

BACK = 60  # steps at most, where everything ends badly


def five_minutes() -> Tape:
    """Return the tape."""
    cabinet, chance = Cabinet(RULES, SEED, blind=True), random.Random(SEED)
    done: list[Action] = []
    moments = [cabinet.snapshot()]
    while len(done) * STEP < FRAMES:
        action = _choice(cabinet, chance)
        if action is None and moments[-1].frame.lives > 1:
            action = Action.FIRE  # a life is lost
        if action is None or moments[-1].frame.over:
            for _ in range(min(chance.randint(1, BACK), len(done))):
                moments.pop()
                done.pop()
            cabinet.restore(moments[-1])
            continue
        cabinet.restore(moments[-1])
        _hold(cabinet, action, STEP)
        done.append(action)
        moments.append(cabinet.snapshot())
    tape, again = Tape(RULES, SEED, "You", Kind.HUMAN), Cabinet(RULES, SEED)
    for action in [action for action in done for _ in range(STEP)][:FRAMES]:
        tape.record(action, again.step(action), again)
    tape.finish(again)
    return tape


def _choice(cabinet: Cabinet, chance: random.Random) -> Action | None:
    """Return what to hold now so as not to be hit soon, if there is such; mostly for points."""
    start, found = cabinet.snapshot(), []
    for action in WAYS:
        cabinet.restore(start)
        if _hold(cabinet, action, STEP) and _hold(cabinet, Action.FIRE, AHEAD):
            found.append((cabinet.frame.score + chance.uniform(0, WHIM), action))
    return max(found)[1] if found else None


def _hold(cabinet: Cabinet, action: Action, frames: int) -> bool:
    """Hold `action`; return whether the cannon is not hit meanwhile."""
    bursting = cabinet.signs.bursting
    for _ in range(frames):
        cabinet.step(action)
        if cabinet.frame.over or (cabinet.signs.bursting and not bursting):
            return False
    return True


if __name__ == "__main__":
    made = five_minutes()
    made.save(FILE)
    print(f"{made.frames / FRAMES_PER_SECOND:.0f} s, {made.score} points in {FILE}")
