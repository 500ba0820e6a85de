"""Plays five minutes of the bundled network and keeps the tape: python -m tests.long_game"""

from __future__ import annotations

from pathlib import Path

from agents.player import AgentPlayer, Model
from game.cabinet import FRAMES_PER_SECOND, Rules
from game.match import Match
from game.settings import default_model

FILE = Path(__file__).parent / "golden" / "five-minutes.tape"
FRAMES = 5 * 60 * FRAMES_PER_SECOND
SEED = 10_003  # of a game that lasts longer


if __name__ == "__main__":
    match = Match([AgentPlayer(Model(default_model()))], Rules(), SEED, FRAMES)
    while not match.over:
        match.step()
    (seat,) = match.seats
    seat.tape.save(FILE)
    print(f"{seat.tape.frames / FRAMES_PER_SECOND:.0f} s, {seat.tape.score} points in {FILE}")
