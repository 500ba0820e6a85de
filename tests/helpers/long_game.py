"""Plays five minutes of the bundled network and keeps the tape.

Run it with `python -m tests.helpers.long_game`.
"""

from __future__ import annotations

from pathlib import Path

from agents.inference.player import AgentPlayer, Model
from game.emulation.cabinet import FRAMES_PER_SECOND, Rules
from game.play.match import Match
from game.system.paths import default_model

FILE = Path(__file__).parents[1] / "golden" / "five-minutes.tape"
FRAMES = 5 * 60 * FRAMES_PER_SECOND
SEED = 10_003  # of a game that lasts longer


if __name__ == "__main__":
    match = Match([AgentPlayer(Model(default_model()))], Rules(), SEED, FRAMES)
    while not match.over:
        match.step()
    (seat,) = match.seats
    seat.tape.save(FILE)
    print(f"{seat.tape.frames / FRAMES_PER_SECOND:.0f} s, {seat.tape.score} points in {FILE}")
