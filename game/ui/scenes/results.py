"""How a match ended."""

from __future__ import annotations

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.coached_player import CoachedPlayer
from game.play.match import Seat
from game.play.player import Kind
from game.play.story import Tally
from game.records.archive import Entry
from game.system.dates import day_words
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
from game.ui.widgets.race_chart import draw_scores
from game.ui.widgets.race_words import decisive_words
from game.ui.widgets.theme import AGENT, HUMAN, MUTED, TEXT, Colour, Font, Theme, colour_of, name_of
from game.ui.widgets.translation import grouped, percent, plural, say

SUGGEST_FRAMES = 30  # after which a place on the board is known and offered
WAIT_S = 30
WIDTH, CARDS = 1180, 190  # units, of the row of cards and of its height
CARD = 0.23  # of that width
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
        if self._is_record:
            arcade.speaker.effect(Effect.RECORD)
        elif winner is not None:
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
        y = target.get_rect().centery - theme.px(345)
        placed = theme.text(target, words, Font.HEADLINE, colour, midtop=(middle, y))
        if match.winner() is not None:
            lead = abs(self._played.story.lead)
            by = plural(lead, "by {number} point", "by {number} points")
            placed = theme.text(target, by, Font.MENU, TEXT, midtop=placed.midbottom)
        row = pygame.Rect(0, placed.bottom + theme.px(10), theme.px(WIDTH), theme.px(CARDS))
        row.width = min(row.width, target.get_width() - 2 * theme.px(20))
        row.centerx = middle
        self._draw_cards(target, row, theme)
        y = row.bottom + theme.px(12)
        for words, colour in self._lines():
            width = row.width
            placed = theme.text(target, words, Font.BODY, colour, width, midtop=(middle, y))
            y = placed.bottom + theme.px(2)
        rows = pygame.Rect(0, y + theme.px(12), theme.text_px(360), 0)
        rows.height = target.get_height() - theme.px(64) - rows.top
        rows.centerx = middle
        accent = AGENT if all(s.tape.kind is Kind.AGENT for s in match.seats) else HUMAN
        self._menu.draw(target, rows, accent, theme, centred=True)
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _draw_cards(self, target: pygame.Surface, row: pygame.Rect, theme: Theme) -> None:
        """Draw a card for each seat, and the scores over time between or beside them."""
        seats, gap = self._played.match.seats, theme.px(14)
        card = pygame.Rect(row.topleft, (round(row.width * CARD), row.height))
        _draw_card(target, card, seats[0], self._played.story.tallies[0], theme)
        chart = pygame.Rect(card.right + gap, row.top, 0, row.height)
        chart.width = row.right - chart.left
        if len(seats) > 1:
            card.right = row.right
            _draw_card(target, card, seats[1], self._played.story.tallies[1], theme)
            chart.width = card.left - gap - chart.left
        theme.panel(target, chart)
        colours = [colour_of(seat.tape.kind) for seat in seats]
        inner = chart.inflate(-2 * theme.px(16), -2 * theme.px(10))
        frames = self._played.match.number
        draw_scores(target, inner, self._played.story, colours, frames, theme)

    def _lines(self) -> list[tuple[str, Colour]]:
        """Return what decided the match, and whether it is a record."""
        lines: list[tuple[str, Colour]] = []
        if len(self._played.match.seats) == 2:
            words = decisive_words(self._played.match, self._played.story)
            lines += [(sentence, TEXT) for sentence in words]
        best = self._new_best()
        return [*lines, (best, HUMAN)] if best else lines

    @property
    def _is_record(self) -> bool:
        """Whether a person's game is the best of its kind on this machine."""
        humans = [s for s in self._played.match.seats if s.tape.kind is Kind.HUMAN]
        beaten = bool(humans) and 0 < self._best_before < humans[0].frame.score
        return beaten and not self._played.is_practice

    def _new_best(self) -> str | None:
        if self._played.is_practice:
            return say(
                "Practice at {percent} speed: not ranked", percent=percent(self._played.speed)
            )
        humans = [s for s in self._played.match.seats if s.tape.kind is Kind.HUMAN]
        day = self._played.match.day
        if day is not None and (not humans or self._best_before == 0):
            return say("Game of the day, {day}", day=day_words(day, say))
        if not humans or self._best_before == 0:
            return None
        before = grouped(self._best_before)
        if day is not None and self._is_record:
            return say(
                "The best of {day}! Before it: {score}",
                day=day_words(day, say),
                score=before,
            )
        if day is not None:
            return say(
                "The best of {day} so far: {score}",
                day=day_words(day, say),
                score=before,
            )
        if self._is_record:
            return say("A new record on this machine! The old one was {score}", score=before)
        return say("The record on this machine is {score}", score=before)


def _called(seat: Seat) -> str:
    """Return whose game it was: a person's may have become the network's too."""
    if isinstance(seat.player, CoachedPlayer):
        return say("You and the network") if seat.player.shared else say("You")
    return name_of(seat.player)


def _draw_card(
    target: pygame.Surface, card: pygame.Rect, seat: Seat, tally: Tally, theme: Theme
) -> None:
    """Draw one seat's name, score, accuracy and end."""
    theme.panel(target, card)
    room, gap = card.width - theme.px(24), theme.px(10)
    head = (card.centerx, card.top + gap)
    tint = colour_of(seat.tape.kind)
    name = theme.text(target, _called(seat), Font.MENU, tint, room, midtop=head)
    seconds = round(seat.frame.number / FRAMES_PER_SECOND)
    ended = say("time's up after {seconds} s", seconds=seconds)
    if seat.frame.over:
        ended = say("game over after {seconds} s", seconds=seconds)
    shots = say("{hits} of {shots} shots hit", hits=tally.hits, shots=tally.shots)
    foot = (card.centerx, card.bottom - gap)
    placed = theme.text(target, ended, Font.BODY, MUTED, room, midbottom=foot)
    above = (card.centerx, placed.top)
    placed = theme.text(target, shots, Font.BODY, MUTED, room, midbottom=above)
    middle = (card.centerx, (name.bottom + placed.top) // 2)
    theme.text(target, grouped(seat.frame.score), Font.SCORE, TEXT, room, center=middle)
