"""How a match ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.coached_player import CoachedPlayer
from game.play.match import Seat
from game.play.player import Kind
from game.play.story import Tally
from game.records.archive import Entry
from game.system.dates import day_words
from game.system.qr_code import code_rows
from game.ui.audio.effects import Effect
from game.ui.input.settled_input import SettledInput
from game.ui.jobs.screenshot import PICTURES, Screenshots
from game.ui.scenes.high_scores import again_words
from game.ui.scenes.scene import (
    Arcade,
    BoardEarned,
    BoardWanted,
    Earned,
    Home,
    PlayedMatch,
    RematchWanted,
    ReviewWanted,
    Transition,
)
from game.ui.widgets.badge import draw_badge
from game.ui.widgets.code_picture import code_picture, code_side
from game.ui.widgets.command import Command
from game.ui.widgets.confetti import draw_confetti
from game.ui.widgets.control import Control
from game.ui.widgets.menu import Choice, Menu
from game.ui.widgets.race_chart import draw_scores
from game.ui.widgets.race_words import accuracy_words, decisive_words
from game.ui.widgets.result_code import result_text
from game.ui.widgets.result_picture import Result, result_picture
from game.ui.widgets.theme import (
    AGENT,
    BACKGROUND,
    HUMAN,
    MUTED,
    TEXT,
    Colour,
    Font,
    Theme,
    colours_of,
    name_of,
)
from game.ui.widgets.translation import grouped, percent, plural, say

SUGGEST_FRAMES = 30  # after which a place on the board is known and offered
WAIT_S = 30
WIDTH, CARDS = 1180, 172  # units, of the row of cards and of its height
GROWN_CARDS = 152  # units of the height that grow with the text
CARD = 0.23  # of that width
CODE, CODE_MARGIN = 210, 40  # units, of the QR code and of what may stand beside its foot
TALL_CARDS = 200  # units, where people are called by their names
SLIM_CARD = 0.21  # the same where there are three
_PEOPLE_FIRST = (Kind.HUMAN, Kind.AGENT, Kind.SCRIPT, Kind.TAPE)


class Results:
    """Says who won and by how much, and offers a rematch."""

    def __init__(self, played: PlayedMatch, arcade: Arcade) -> None:
        self._played = played
        self._arcade = arcade
        match = played.match
        kinds = [seat.tape.kind for seat in match.seats]
        self._subject = kinds.index(min(kinds, key=_PEOPLE_FIRST.index))  # whose board is offered
        self._board = played.board(match.seats[self._subject])
        self._people = [number for number, kind in enumerate(kinds) if kind is Kind.HUMAN]
        boards = {number: played.board(match.seats[number]) for number in self._people}
        archive = arcade.archive
        self._best_before = {
            n: archive.best(board) if archive else 0 for n, board in boards.items()
        }
        self._age = 0
        self._input = SettledInput(arcade.controls)
        self._touched = False
        self._idle_timer = arcade.idle_timer(WAIT_S)
        self._menu = Menu(
            [
                Choice("again", again_words(played.mode)),
                Choice("board", say("High scores")),
                Choice("review", say("Review")),
                Choice("home", say("Main menu")),
            ]
        )
        played.leave()  # the tapes are kept as soon as there is a result
        self._code = code_rows(result_text(match)) if self._people else None
        self._pictures: Screenshots | None = None  # visitors of a kiosk leave no files
        if self._code is not None and archive is not None and not arcade.options.kiosk:
            self._pictures = Screenshots(archive.folder / PICTURES)
            self._menu.choices.insert(3, Choice("picture", say("Save as a picture")))
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
        if winner.player.kind is Kind.HUMAN and len(self._people) == 1:
            return say("You win!"), HUMAN
        words = say("{name} wins", name=name_of(winner.player))
        return words, self._colours[match.seats.index(winner)]

    @property
    def _colours(self) -> list[Colour]:
        """The colour of each seat."""
        return colours_of(seat.tape.kind for seat in self._played.match.seats)

    @property
    def entry(self) -> Entry | None:
        """What the archive was given of the game that the board is about."""
        return self._played.entries.get(self._subject)

    @property
    def earned(self) -> list[Earned]:
        """The people's games among today's best; known soon after the match's end."""
        found = []
        for number in self._people:
            seat, entry = self._played.match.seats[number], self._played.entries.get(number)
            if entry is None or self._arcade.archive is None or not seat.frame.score:
                continue
            board = self._played.board(seat)
            standings = self._arcade.archive.standings(board)
            if standings is not None and any(r.number == entry.number for r in standings.today):
                found.append(Earned(number, entry, board))
        return found

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
            case "sign":
                return BoardEarned(self._played, tuple(self.earned))
            case "board":
                return BoardWanted(self._played, self._board)
            case "review":
                return ReviewWanted(self._played)
            case "picture":
                self._save()
            case "home":
                return Home()
        return None

    def update(self) -> Transition | None:
        self._age += 1
        if self._pictures is not None:
            self._pictures.update()
        self._idle_timer.update()
        # A mark that somebody has moved stays where it is.
        self._input.update()
        if self._age >= SUGGEST_FRAMES and not self._touched and self.earned:
            self._menu.index = 1
            self._menu.choices[1] = Choice("sign", say("Enter your initials"))
        return Home() if self._idle_timer.over else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Finish what is being written."""
        if self._pictures is not None:
            self._pictures.close()

    def controls(self) -> Sequence[Control]:
        return self._menu.controls()

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        if self._celebrates:
            draw_confetti(target, self._age, theme)
        middle = target.get_rect().centerx
        match = self._played.match
        words, colour = self.headline
        y = target.get_rect().centery - theme.px(345)
        placed = theme.text(target, words, Font.HEADLINE, colour, midtop=(middle, y))
        if match.winner() is not None:
            by = plural(self._played.story.margin, "by {number} point", "by {number} points")
            placed = theme.text(target, by, Font.MENU, TEXT, midtop=placed.midbottom)
        row = pygame.Rect(0, placed.bottom + theme.px(10), theme.px(WIDTH), 0)
        least = CARDS if len(self._people) < 2 else TALL_CARDS
        row.height = max(theme.px(least), theme.text_px(GROWN_CARDS))
        row.width = min(row.width, target.get_width() - 2 * theme.px(20))
        row.centerx = middle
        self._draw_cards(target, row, theme)
        y = row.bottom + theme.px(8)
        for words, colour in self._lines():
            width, place = row.width - theme.px(40), (middle, y)
            if colour is HUMAN and self._is_record:
                y = _draw_banner(target, place, words, width, theme)
            else:
                y = theme.text(target, words, Font.BODY, colour, width, midtop=place).bottom
            y += theme.px(2)
        rows = pygame.Rect(0, y + theme.px(8), theme.text_px(360), 0)
        rows.height = target.get_height() - theme.px(54) - rows.top
        rows.centerx = middle
        accent = AGENT if all(s.tape.kind is Kind.AGENT for s in match.seats) else HUMAN
        self._menu.draw(target, rows, accent, theme, centred=True)
        if self._code is not None:
            corner = row.right, rows.top
            self._draw_code(target, corner, rows.height, self._code, theme)
        self._idle_timer.draw(target, theme, say("Main menu"))
        if self._pictures is not None and self._pictures.speaks:
            self._pictures.draw(target, theme)

    @property
    def _celebrates(self) -> bool:
        """Whether a person has won or set a record."""
        winner = self._played.match.winner()
        return self._is_record or (winner is not None and winner.tape.kind is Kind.HUMAN)

    def _draw_code(
        self,
        target: pygame.Surface,
        corner: tuple[int, int],
        height: int,
        code: Sequence[Sequence[bool]],
        theme: Theme,
    ) -> None:
        """Draw the QR code with its upper right at `corner`, in `height`, and what it is."""
        line = theme.height(Font.CAPTION)
        side = code_side(code, min(theme.px(CODE), height - line))
        place = pygame.Rect(0, 0, side, side)
        place.topright = corner
        picture = theme.keep(("result", id(self), side), lambda: code_picture(code, side))
        target.blit(picture, place)
        words, room = say("Photograph your result"), theme.px(2 * CODE_MARGIN) + side
        below = (place.centerx, place.bottom + theme.px(2))
        theme.text(target, words, Font.CAPTION, MUTED, room, midtop=below)

    def _save(self) -> None:
        """Save the result as a picture."""
        if self._pictures is None or self._code is None:
            return
        match, story = self._played.match, self._played.story
        headline, colour = self.headline
        lines = [words for words, _ in self._lines()]
        if match.winner() is not None:
            lines.insert(0, plural(story.margin, "by {number} point", "by {number} points"))
        now = self._arcade.preferences
        result = Result(headline, colour, lines, self._code, now.event_name)
        picture = result_picture(match, story, self._colours, result, now.high_contrast)
        self._pictures.take(picture, "result")

    def _draw_cards(self, target: pygame.Surface, row: pygame.Rect, theme: Theme) -> None:
        """Draw a card for each seat, and the scores over time between or beside them."""
        seats, gap = self._played.match.seats, theme.px(14)
        colours = self._colours
        share = CARD if len(seats) < 3 else SLIM_CARD
        card = pygame.Rect(row.topleft, (round(row.width * share), row.height))
        chart = row.copy()
        for number, (seat, tally) in enumerate(zip(seats, self._played.story.tallies, strict=True)):
            last = number == len(seats) - 1
            card.left = row.right - card.width if number and last else chart.left
            _draw_card(target, card, seat, tally, colours[number], theme)
            if len(self._people) > 1 and number in self._people:
                corner = card.left + theme.px(24), card.top + theme.px(24)
                draw_badge(target, corner, self._people.index(number), theme)
            if number and last:
                chart.width = card.left - gap - chart.left
            else:
                chart.width -= card.width + gap
                chart.left = card.right + gap
        theme.panel(target, chart)
        inner = chart.inflate(-2 * theme.px(16), -2 * theme.px(10))
        frames = self._played.match.number
        draw_scores(target, inner, self._played.story, colours, frames, theme)

    def _lines(self) -> list[tuple[str, Colour]]:
        """Return what decided the match, and whether it is a record."""
        lines: list[tuple[str, Colour]] = []
        if len(self._played.match.seats) > 1:
            words = decisive_words(self._played.match, self._played.story)
            lines += [(sentence, TEXT) for sentence in words]
        best = self._new_best()
        return [*lines, (best, HUMAN)] if best else lines

    @property
    def _is_record(self) -> bool:
        """Whether a person's game is the best of its kind on this machine."""
        return self._record_before is not None and not self._played.is_practice

    @property
    def _record_before(self) -> int | None:
        """The best score that a person has beaten here, None if nobody has."""
        seats = self._played.match.seats
        beaten = [
            before
            for number, before in self._best_before.items()
            if 0 < before < seats[number].frame.score
        ]
        return max(beaten, default=None)

    def _new_best(self) -> str | None:
        if self._played.is_practice:
            return say(
                "Practice at {percent} speed: not ranked", percent=percent(self._played.speed)
            )
        before, day = self._record_before, self._played.match.day
        best = max(self._best_before.values(), default=0)
        if day is not None:
            return _best_of_day(day, before, best)
        if before is not None:
            old = grouped(before)
            return say("A new record on this machine! The old one was {score}", score=old)
        if best == 0:
            return None
        return say("The record on this machine is {score}", score=grouped(best))


def _best_of_day(day: date, before: int | None, best: int) -> str:
    """Return what a day's best is; `before` is the one that a person has just beaten."""
    words = day_words(day, say)
    if before is not None:
        return say("The best of {day}! Before it: {score}", day=words, score=grouped(before))
    if best:
        return say("The best of {day} so far: {score}", day=words, score=grouped(best))
    return say("Game of the day, {day}", day=words)


def _draw_banner(
    target: pygame.Surface, place: tuple[int, int], words: str, width: int, theme: Theme
) -> int:
    """Draw `words` on a bar whose upper middle is at `place`; return where it ends."""
    room = width - 2 * theme.px(20)
    text = theme.fitted(words, Font.MENU, BACKGROUND, room)
    bar = text.get_rect(midtop=place).inflate(2 * theme.px(20), theme.px(4))
    bar.top = place[1]
    theme.box(target, bar, HUMAN, radius=8)
    theme.on_bar(target, bar, words, Font.MENU, BACKGROUND, room)
    return bar.bottom


def _called(seat: Seat) -> str:
    """Return whose game it was: a person's may have become the network's too."""
    if isinstance(seat.player, CoachedPlayer):
        return say("You and the network") if seat.player.shared else say("You")
    return name_of(seat.player)


def _draw_card(
    target: pygame.Surface,
    card: pygame.Rect,
    seat: Seat,
    tally: Tally,
    tint: Colour,
    theme: Theme,
) -> None:
    """Draw one seat's name, score, accuracy and end."""
    theme.panel(target, card)
    room, gap = card.width - theme.px(24), theme.px(10)
    head = (card.centerx, card.top + gap)
    name = theme.text(target, _called(seat), Font.MENU, tint, room, midtop=head)
    seconds = round(seat.frame.number / FRAMES_PER_SECOND)
    ended = say("time's up after {seconds} s", seconds=seconds)
    if seat.frame.over:
        ended = say("game over after {seconds} s", seconds=seconds)
    shots = say("{hits} of {shots} shots hit", hits=tally.hits, shots=tally.shots)
    if tally.accuracy is not None:
        shots = f"{shots} ({accuracy_words(tally.accuracy)})"
    foot = (card.centerx, card.bottom - gap)
    placed = theme.text(target, ended, Font.BODY, MUTED, room, midbottom=foot)
    above = (card.centerx, placed.top)
    placed = theme.text(target, shots, Font.BODY, MUTED, room, midbottom=above)
    middle = (card.centerx, (name.bottom + placed.top) // 2)
    theme.text(target, grouped(seat.frame.score), Font.SCORE, TEXT, room, center=middle)
