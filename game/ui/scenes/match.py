"""A match on the screen. Play, watch and race differ only in who sits there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import pygame

from game.emulation.cabinet import Rules
from game.play.coached_player import CoachedPlayer
from game.play.match import EVEN, Match
from game.play.player import PLAYERS, DelayedPlayer, HumanPlayer, Player
from game.play.tape import Tape, TapePlayer
from game.tournament.desk import Call
from game.ui.input.party import Person
from game.ui.scenes.match_course import FULL_SPEED, MatchCourse
from game.ui.scenes.match_view import MatchView
from game.ui.scenes.scene import Arcade, Mode
from game.ui.widgets.control import Control
from game.ui.widgets.theme import Theme


def seat_players(mode: Mode, arcade: Arcade) -> list[Player] | None:
    """Return the players of `mode`, or None if it needs an agent and there is none."""
    given = arcade.play_handicap if mode is Mode.PLAY else arcade.race_handicap
    human = HumanPlayer(auto_fire=given.auto_fire, one_switch=given.one_switch)
    if mode is Mode.PLAY:
        return [human if arcade.agent.problem else CoachedPlayer(arcade.agent.player, human)]
    agent = arcade.watched_player() if mode is Mode.WATCH else arcade.rival_player()
    if agent is None:
        return None
    if mode is Mode.WATCH:
        return [agent]
    return [human, DelayedPlayer(agent, given.delay_frames)]


def start_match(mode: Mode, arcade: Arcade, rules: Rules | None = None) -> MatchScene | None:
    """Return the scene of a new match, or None if there is no agent to sit in it.

    It is played under `rules`, or those of the command line.
    """
    if arcade.party.is_two and mode in (Mode.RACE, Mode.PLAY):
        return start_race(arcade, with_network=mode is Mode.RACE, rules=rules)
    players = seat_players(mode, arcade)
    if players is None:
        return None
    race = mode is Mode.RACE
    limit = arcade.race_frames if race else None
    handicap = {Mode.RACE: arcade.race_handicap, Mode.PLAY: arcade.play_handicap}.get(mode, EVEN)
    speed = arcade.play_speed if mode is Mode.PLAY else FULL_SPEED
    seed, day = arcade.next_start()
    match = Match(players, rules or arcade.options.rules, seed, limit, handicap, day=day)
    return MatchScene(mode, match, arcade, speed=speed)


def start_race(
    arcade: Arcade,
    names: Sequence[str] | None = None,
    with_network: bool = False,
    rules: Rules | None = None,
    seed: int | None = None,
) -> MatchScene | None:
    """Return the scene of a race of the two people who take part.

    They are called by `names`, which tapes and boards keep. With the network it is a race of
    three; None if there is none. `rules` and `seed` are those of the command line unless given.
    """
    party = arcade.party
    handicaps = [arcade.handicap_of(person) for person in party.people]
    people: list[Player] = []
    for name, person, given in zip(names or PLAYERS, party.people, handicaps, strict=True):
        human = HumanPlayer(name, given.auto_fire, given.one_switch)
        coached = not with_network and arcade.agent.problem is None
        people.append(CoachedPlayer(_coach_of(person, arcade), human) if coached else human)
    players = people
    if with_network:
        agent = arcade.rival_player()
        if agent is None:
            return None
        delay = max(given.delay_frames for given in handicaps)
        players = [*people, DelayedPlayer(agent, delay)]
        handicaps = [*handicaps, EVEN]
    day = None
    if seed is None:
        seed, day = arcade.next_start()
    rules = rules or arcade.options.rules
    match = Match(players, rules, seed, arcade.race_frames, handicaps, day=day)
    return MatchScene(Mode.RACE, match, arcade)


def start_called(call: Call, arcade: Arcade) -> MatchScene:
    """Return the scene of a tournament's game, in which nobody is given or told anything."""
    if call.side is not None:
        arcade.party.forget()  # one seat, which is everybody's in turn
    players = [HumanPlayer(name) for name in call.names]
    match = Match(players, call.rules, call.seed, call.limit_frames)
    return MatchScene(Mode.RACE if len(players) > 1 else Mode.PLAY, match, arcade, call=call)


def _coach_of(person: Person, arcade: Arcade) -> Callable[[], Player | None]:
    """Return what finds the network for a person once they want its advice."""
    return lambda: arcade.agent.player() if person.coach else None


def start_ghost(tape: Tape, arcade: Arcade) -> MatchScene:
    """Return the scene where a person races `tape`, under its rules and seed, as long as it is."""
    limit = None if tape.over else tape.frames
    match = Match([HumanPlayer(), TapePlayer(tape)], tape.rules, tape.seed, limit)
    return MatchScene(Mode.GHOST, match, arcade)


def start_again(match: Match, mode: Mode, arcade: Arcade) -> MatchScene | None:
    """Return the scene of a match like `match`, or None if there is no agent to sit in it."""
    for seat in match.seats:
        if isinstance(seat.player, TapePlayer):
            return start_ghost(seat.player.tape, arcade)
    if len(match.people) == 2 and arcade.party.is_two:
        names = [seat.player.name for seat in match.people]
        with_network = len(match.seats) > 2
        return start_race(arcade, names, with_network, match.rules)
    return start_match(mode, arcade, match.rules)


class MatchScene(MatchCourse):
    """Shows a match and lets it run."""

    @cached_property
    def _view(self) -> MatchView:
        return MatchView(self)

    def controls(self) -> Sequence[Control]:
        return self._view.controls

    def draw(
        self, target: pygame.Surface, theme: Theme, fresh: bool = True
    ) -> list[pygame.Rect] | None:
        return self._view.draw(target, theme, fresh)
