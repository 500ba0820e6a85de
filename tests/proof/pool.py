"""Cabinets that are used again: loading a cartridge takes longer than a second of a game."""

from __future__ import annotations

import math
from typing import Any

from game.emulation.cabinet import _ALE_ACTIONS, Action, Cabinet, Rules, Snapshot

MOST_FREE = 24  # each holds 0.7 MB
MOST_STICKY = 0.5
STALE = 1e-12  # the probability that an action from before is still repeated

# By rules and seed, those that were given back last at the end.
_free: dict[tuple[Rules, int], list[tuple[Any, Snapshot]]] = {}


class PooledCabinet(Cabinet):
    """A cabinet whose emulator, when nobody has it any more, plays the same game's start again.

    ALE's state lacks the action that stickiness repeats, so NOOP is held before until it has
    come through, as at a game's start; under a stickiness that lets few through the cabinet is a
    new one. Under a stickiness of 1 none comes through: it is the game's first NOOP for ever.
    """

    def __init__(self, rules: Rules, seed: int, blind: bool = False) -> None:
        self._key = (rules, seed)
        free = _free.get(self._key)
        if not free:
            super().__init__(rules, seed)
            self._first = self.snapshot()
        else:
            self._ale, self._first = free.pop()
            if not free:
                del _free[self._key]
            self._sound = True
            self.restore(self._first)
            for _ in range(_frames_to_settle(rules.sticky)):
                self._ale.act(_ALE_ACTIONS[Action.NOOP])
            self.restore(self._first)
        self.blind = blind

    def __del__(self) -> None:
        if MOST_STICKY < self._key[0].sticky < 1 or not hasattr(self, "_first"):
            return
        _free[self._key] = [*_free.pop(self._key, []), (self._ale, self._first)]
        if sum(map(len, _free.values())) > MOST_FREE:
            oldest = next(iter(_free))
            _free[oldest].pop()
            if not _free[oldest]:
                del _free[oldest]


def _frames_to_settle(sticky: float) -> int:
    """Return how many frames hold an action until it is the one that would be repeated."""
    if sticky == 1:
        return 0
    return math.ceil(math.log(STALE) / math.log(sticky)) if sticky else 1
