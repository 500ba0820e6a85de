"""What is kept of one game of a player that is measured."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from agents.config import FRAME_SKIP
from agents.state import ram_map
from game.emulation.cabinet import Action, Frame, Rules
from game.play.match import Match
from game.play.player import Player

POSITION_BUCKET = 8  # pixels of the cannon's position counted as one place
BOMB, LANDING = "bomb", "landing"


@dataclass(frozen=True)
class Episode:
    """One game: its seed, result, and how its agent steps were spent."""

    seed: int
    score: int
    frames: int
    actions: list[int]  # [6], agent steps that chose each action
    places: dict[str, int]  # agent steps in each "bucket:action" pair
    deaths: list[list[int]]  # [D, 2], the wave of each lost life, and how many invaders were left
    causes: list[str] = field(default_factory=list)  # [D], a bomb or that invaders landed


class Tally:
    """Counts what a game's decisions were and where its lives were lost, as it is played."""

    def __init__(self, rules: Rules, seed: int, frame: Frame) -> None:
        """Begin with a game's first frame."""
        self._seed = seed
        self._capped = rules.frame_cap - rules.noop_max  # the frame from which the cap may end it
        self._frame = frame
        self.wave = 1
        self._actions = np.zeros(len(Action), np.int64)
        self._places: Counter[str] = Counter()
        self._deaths: list[list[int]] = []
        self._causes: list[str] = []

    def decided(self, action: Action) -> None:
        """Count an agent step that chose `action` at the newest frame."""
        place = self._frame.ram[ram_map.CANNON_X] // POSITION_BUCKET
        self._actions[action] += 1
        self._places[f"{place}:{action.name}"] += 1

    def stepped(self, frame: Frame) -> None:
        """Take in the next frame."""
        before, self._frame = self._frame, frame
        invaders = frame.ram[ram_map.COUNT]
        self.wave += invaders > before.ram[ram_map.COUNT]
        landed = frame.over and before.lives > 0 and frame.number < self._capped
        if frame.lives < before.lives or landed:
            self._deaths.append([self.wave, invaders])
            hit = before.ram[ram_map.CANNON_IDLE] & ram_map.EXPLODES
            self._causes.append(BOMB if hit else LANDING)

    def episode(self) -> Episode:
        """Return what was counted until the newest frame."""
        return Episode(
            self._seed,
            self._frame.score,
            self._frame.number,
            self._actions.tolist(),
            dict(self._places),
            self._deaths,
            self._causes,
        )


def play_episode(player: Player, rules: Rules, seed: int) -> Episode:
    """Play one game to its end in a match, as the window shows it.

    The protocol plays many at once (see lockstep.py), and each of them as this does.
    """
    match = Match([player], rules, seed)
    (seat,) = match.seats
    tally = Tally(rules, seed, seat.frame)
    while not match.over:
        decides = seat.frame.number % FRAME_SKIP == 0
        match.step()
        if decides and seat.decision is not None:
            tally.decided(seat.decision.action)
        tally.stepped(seat.frame)
    return tally.episode()
