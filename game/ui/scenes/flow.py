"""Which scene comes next: what happened in the course of a game, and where that leads.

Menus push the pages that belong to them. What leads from one part of a visit to another is
decided here, so scenes do not know each other.
"""

from __future__ import annotations

from typing import assert_never

from game.ui.jobs.film import Reel
from game.ui.scenes.attract import Attract
from game.ui.scenes.high_scores import Leaders
from game.ui.scenes.initials import Signing
from game.ui.scenes.match import start_again, start_ghost, start_match
from game.ui.scenes.pause import Pause
from game.ui.scenes.results import Results
from game.ui.scenes.review import ReviewScene
from game.ui.scenes.scene import (
    Arcade,
    BoardEarned,
    BoardWanted,
    Happening,
    Home,
    MatchOver,
    MatchPaused,
    MatchWanted,
    Move,
    NobodyThere,
    PlayedMatch,
    Push,
    RematchWanted,
    Replace,
    ReviewWanted,
    Scene,
    TapeRaceWanted,
)


def follow(happened: Happening, arcade: Arcade) -> Move | None:
    """Return what `happened` does to the stack of scenes; None if it leads nowhere."""
    match happened:
        case MatchWanted(mode, rules):
            arena = start_match(mode, arcade, rules)
            return None if arena is None else Push(arena)
        case TapeRaceWanted(tape):
            return Replace(start_ghost(tape, arcade))
        case MatchPaused(played, reason):
            return Push(Pause(played, arcade, reason))
        case MatchOver(played):
            return Replace(Results(played, arcade))
        case RematchWanted(played):
            arena = start_again(played.match, played.mode, arcade)
            return Home() if arena is None else Replace(arena)
        case ReviewWanted(played):
            return Push(_review(played, arcade))
        case BoardEarned(played, entry, board):
            return Replace(Signing(arcade, played, entry, board))
        case BoardWanted(played, board, own):
            return Replace(Leaders(arcade, board, played, own))
        case NobodyThere():
            return Push(Attract(arcade))
        case _:
            assert_never(happened)


def _review(played: PlayedMatch, arcade: Arcade) -> Scene:
    seats = [seat for seat in played.match.seats if seat.tape.frames]
    return ReviewScene([Reel(seat.tape, seat.begins) for seat in seats], arcade)
