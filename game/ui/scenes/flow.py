"""Which scene comes next: what happened in the course of a game, and where that leads.

Menus push the pages that belong to them. What leads from one part of a visit to another is
decided here, so scenes do not know each other.
"""

from __future__ import annotations

import time
from typing import assert_never

from game.emulation.cabinet import Action
from game.play.match import Seat
from game.ui.jobs.film import SeatTape
from game.ui.scenes.attract import Attract
from game.ui.scenes.freeze import Freeze
from game.ui.scenes.high_scores import HighScores
from game.ui.scenes.initials import InitialsEntry
from game.ui.scenes.match import start_again, start_called, start_ghost, start_match
from game.ui.scenes.pause import Pause
from game.ui.scenes.results import Results
from game.ui.scenes.review import ReviewScene
from game.ui.scenes.scene import (
    Arcade,
    BoardEarned,
    BoardWanted,
    GameCalled,
    Home,
    MatchMenuWanted,
    MatchOver,
    MatchPaused,
    MatchWanted,
    Mode,
    Move,
    NobodyThere,
    PlayedMatch,
    Push,
    RematchWanted,
    Replace,
    ReviewWanted,
    Scene,
    SceneEvent,
    TapeRaceWanted,
    TournamentWanted,
)
from game.ui.scenes.tournament import TournamentScene
from game.ui.widgets.theme import Colour, colours_of


def follow(event: SceneEvent, arcade: Arcade) -> Move | None:
    """Return what `event` does to the stack of scenes; None if it leads nowhere."""
    match event:
        case MatchWanted(mode, rules):
            match_scene = start_match(mode, arcade, rules)
            return None if match_scene is None else Push(match_scene)
        case TapeRaceWanted(tape):
            return Replace(start_ghost(tape, arcade))
        case MatchPaused(played, None) if played.mode is Mode.WATCH:
            return Push(Freeze(played, arcade))
        case MatchPaused(played, reason):
            return Push(Pause(played, arcade, reason))
        case TournamentWanted():
            arcade.desk.resting = False
            return Replace(TournamentScene(arcade))
        case GameCalled():
            call = arcade.desk.call()
            return Home() if call is None else Replace(start_called(call, arcade))
        case MatchOver(played) if played.call is not None:
            played.leave()  # first its game is kept, then its result: what is told has both
            arcade.desk.finish(played.call, [seat.frame.score for seat in played.match.seats])
            return Replace(TournamentScene(arcade, settled=False))
        case MatchMenuWanted(played):
            return Push(Pause(played, arcade))
        case MatchOver(played):
            _let_go(played, arcade)
            return Replace(Results(played, arcade))
        case RematchWanted(played):
            match_scene = start_again(played.match, played.mode, arcade)
            return Home() if match_scene is None else Replace(match_scene)
        case ReviewWanted(played):
            return Push(_review(played, arcade))
        case BoardEarned(played, earned, signed):
            return Replace(InitialsEntry(arcade, played, earned, signed))
        case BoardWanted(played, board):
            return Replace(HighScores(arcade, board, played, _own_runs(played)))
        case NobodyThere() if _waits_for_tournament(arcade):
            return Replace(TournamentScene(arcade))
        case NobodyThere():
            return Push(Attract(arcade))
        case _:
            assert_never(event)


def _let_go(played: PlayedMatch, arcade: Arcade) -> None:
    """Let whoever of two people pressed nothing in a whole match go: they have walked away."""
    people = played.match.people
    if len(people) < 2:
        return
    for number in reversed(range(len(people))):
        if arcade.party.is_two and set(people[number].tape.actions) <= _alone(people[number]):
            arcade.party.leave(number)


def _alone(seat: Seat) -> set[Action]:
    """Return what a tape holds of somebody who presses nothing."""
    given = seat.handicap
    ways = (-1, 0, 1) if given.one_switch else (0,)
    return {Action.of(way, given.auto_fire) for way in ways}


def _own_runs(played: PlayedMatch) -> dict[int, Colour]:
    """Return the numbers of the runs of a match, each with the colour of its seat."""
    colours = colours_of(seat.tape.kind for seat in played.match.seats)
    return {entry.number: colours[seat] for seat, entry in played.entries.items()}


def _waits_for_tournament(arcade: Arcade) -> bool:
    """Whether a kiosk goes back to its tournament once nobody is there."""
    return arcade.options.kiosk and arcade.desk.running and not arcade.desk.resting


def _review(played: PlayedMatch, arcade: Arcade) -> Scene:
    seats = [seat for seat in played.match.seats if seat.tape.frames]
    now = time.time()
    return ReviewScene([SeatTape(seat.tape, seat.begins, now) for seat in seats], arcade)
