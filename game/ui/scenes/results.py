"""How a match ended."""

from __future__ import annotations

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.coached_player import CoachedPlayer
from game.play.match import Seat
from game.play.player import Kind
from game.records.archive import Entry
from game.ui.audio.effects import Effect
from game.ui.input.settled_input import SettledInput
from game.ui.scenes.scene import (
    Arcade,
    BoardEarned,
    BoardWanted,
    Home,
    Mode,
    PlayedMatch,
    RematchWanted,
    ReviewWanted,
    Transition,
)
from game.ui.widgets.command import Command
from game.ui.widgets.menu import Choice, Menu
from game.ui.widgets.theme import AGENT, HUMAN, MUTED, TEXT, Colour, Font, Theme, colour_of, name_of
from game.ui.widgets.translation import grouped, percent, plural, say

SUGGEST_FRAMES = 30  # after which a place on the board is known and offered
WAIT_S = 30
_PEOPLE_FIRST = (Kind.HUMAN, Kind.AGENT, Kind.SCRIPT, Kind.TAPE)


class Results:
    """Says who won and by how much, and offers a rematch."""

    def __init__(self, played: PlayedMatch, arcade: Arcade) -> None:
        self._played = played
        self._arcade = arcade
        match = played.match
        kind = min((seat.tape.kind for seat in match.seats), key=_PEOPLE_FIRST.index)
        self._board = played.board(kind)
        self._best_before = arcade.archive.best(self._board) if arcade.archive else 0
        self._age = 0
        self._input = SettledInput(arcade.controls)
        self._touched = False
        self._idle_timer = arcade.idle_timer(WAIT_S)
        again = {
            Mode.RACE: say("Rematch"),
            Mode.PLAY: say("Play again"),
            Mode.WATCH: say("Watch another game"),
            Mode.GHOST: say("Rematch"),
        }
        self._menu = Menu(
            [
                Choice("again", again[played.mode]),
                Choice("board", say("High scores")),
                Choice("review", say("Review")),
                Choice("home", say("Main menu")),
            ]
        )
        played.leave()  # the tapes are kept as soon as there is a result
        winner = match.winner()
        if winner is not None:
            won = winner.player.kind is Kind.HUMAN
            arcade.speaker.effect(Effect.WIN if won else Effect.LOSE)

    @property
    def headline(self) -> tuple[str, Colour]:
        """The result in a few words, and its colour."""
        match = self._played.match
        if len(match.seats) == 1:
            return say("Game over"), TEXT
        winner = match.winner()
        if winner is None:
            return say("It's a tie"), TEXT
        if winner.player.kind is Kind.HUMAN:
            return say("You win!"), HUMAN
        words = say("{name} wins", name=name_of(winner.player))
        return words, colour_of(winner.player.kind)

    @property
    def entry(self) -> Entry | None:
        """What the archive was given of the game that the board is about."""
        return self._played.entries.get(self._board.kind)

    @property
    def on_board(self) -> bool:
        """Whether a person's game is among today's best; known soon after the match's end."""
        if self._board.kind is not Kind.HUMAN or self.entry is None or self._arcade.archive is None:
            return False
        if not any(s.frame.score for s in self._played.match.seats if s.tape.kind is Kind.HUMAN):
            return False
        standings = self._arcade.archive.standings(self._board)
        mine = self.entry.number
        return standings is not None and any(run.number == mine for run in standings.today)

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if not self._input.hears(command):
            return None
        self._touched = True
        if command is Command.BACK:
            return Home()
        match self._menu.handle(command):
            case "again":
                return RematchWanted(self._played)
            case "sign" if self.entry is not None:
                return BoardEarned(self._played, self.entry, self._board)
            case "board":
                own = self.entry.number if self.entry is not None else 0
                return BoardWanted(self._played, self._board, own)
            case "review":
                return ReviewWanted(self._played)
            case "home":
                return Home()
        return None

    def update(self) -> Transition | None:
        self._age += 1
        self._idle_timer.update()
        # A mark that somebody has moved stays where it is.
        self._input.update()
        if self._age >= SUGGEST_FRAMES and not self._touched and self.on_board:
            self._menu.index = 1
            self._menu.choices[1] = Choice("sign", say("Enter your initials"))
        return Home() if self._idle_timer.over else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Nothing to put in order."""

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        self._played.draw(target, theme)
        theme.shade(target, target.get_rect(), 240)
        middle = target.get_rect().centerx
        match = self._played.match
        words, colour = self.headline
        y = target.get_rect().centery - theme.px(310)
        placed = theme.text(target, words, Font.HEADLINE, colour, midtop=(middle, y))
        order = match.standings()
        if match.winner() is not None:
            lead = order[0].frame.score - order[1].frame.score
            by = plural(lead, "by {number} point", "by {number} points")
            placed = theme.text(target, by, Font.MENU, TEXT, midtop=placed.midbottom)
        card = pygame.Rect(0, 0, theme.px(330), theme.px(168))
        spread = theme.px(360) * (len(match.seats) - 1)
        for number, seat in enumerate(match.seats):
            card.midtop = (
                middle - spread // 2 + number * theme.px(360),
                target.get_rect().centery - theme.px(166),
            )
            theme.panel(target, card)
            tint = colour_of(seat.tape.kind)
            name, room = _called(seat), card.width - theme.px(24)
            head = (card.centerx, card.top + theme.px(12))
            theme.text(target, name, Font.MENU, tint, room, midtop=head)
            theme.text(target, grouped(seat.frame.score), Font.SCORE, TEXT, center=card.center)
            seconds = round(seat.frame.number / FRAMES_PER_SECOND)
            ended = say("time's up after {seconds} s", seconds=seconds)
            if seat.frame.over:
                ended = say("game over after {seconds} s", seconds=seconds)
            foot = (card.centerx, card.bottom - theme.px(12))
            theme.text(target, ended, Font.BODY, MUTED, room, midbottom=foot)
        rows = pygame.Rect(0, card.bottom + theme.px(30), theme.text_px(360), 0)
        rows.top += theme.height(Font.BODY)
        rows.centerx = middle
        best = self._new_best()
        if best:
            theme.text(target, best, Font.BODY, HUMAN, midbottom=(middle, rows.top - theme.px(14)))
        accent = AGENT if all(s.tape.kind is Kind.AGENT for s in match.seats) else HUMAN
        self._menu.draw(target, rows, accent, theme, centred=True)
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _new_best(self) -> str | None:
        if self._played.is_practice:
            return say(
                "Practice at {percent} speed: not ranked", percent=percent(self._played.speed)
            )
        humans = [s for s in self._played.match.seats if s.tape.kind is Kind.HUMAN]
        if not humans or self._best_before == 0:
            return None
        before = grouped(self._best_before)
        if humans[0].frame.score > self._best_before:
            return say("A new record on this machine! The old one was {score}", score=before)
        return say("The record on this machine is {score}", score=before)


def _called(seat: Seat) -> str:
    """Return whose game it was: a person's may have become the network's too."""
    if isinstance(seat.player, CoachedPlayer):
        return say("You and the network") if seat.player.shared else say("You")
    return name_of(seat.player)
