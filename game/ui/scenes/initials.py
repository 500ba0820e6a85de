"""Where a person leaves three letters: up and down for a letter, fire for the next, then OK.

Back from the first letter leaves the game unsigned, and so does its button on the screen at any
letter. So does a page that nobody touched.
"""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.records.initials import LETTERS, is_wanted
from game.ui.audio.effects import Effect
from game.ui.input.hints import button_of, entry_hint
from game.ui.input.party import FIRST_INITIALS
from game.ui.input.settled_input import SettledInput
from game.ui.scenes.scene import Arcade, BoardEarned, BoardWanted, Earned, PlayedMatch, Transition
from game.ui.widgets.back_button import draw_back
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.letter_picker import LetterPicker
from game.ui.widgets.theme import (
    BACKGROUND,
    MUTED,
    TEXT,
    WARNING,
    Font,
    Theme,
    colours_of,
    name_of,
)
from game.ui.widgets.translation import plural, say

WAIT_S = 30
BOX, POINTED_BOX = 180, 150  # units, the height of a letter; the lower one leaves room below
LETTERS_WIDTH = 980  # units, of the letters on the screen


class InitialsEntry:
    """Asks for initials; begins with the last ones, and keeps what was chosen when time is up."""

    def __init__(
        self,
        arcade: Arcade,
        played: PlayedMatch,
        earned: tuple[Earned, ...],
        signed: tuple[Earned, ...] = (),
    ) -> None:
        """Let the player of the first game in `earned` sign; those of `signed` have done so."""
        self._arcade = arcade
        self._played = played
        self._earned, self._signed = earned, signed
        self._seat = played.match.seats[earned[0].seat]
        number = played.match.people.index(self._seat)
        self._number = min(number, len(arcade.party.people) - 1)  # of the person who signs
        self._person = arcade.party.people[self._number]
        self._colour = colours_of(seat.tape.kind for seat in played.match.seats)[earned[0].seat]
        self._picker = LetterPicker(LETTERS, self._person.initials, has_ok=True)
        self._refused = False
        self._touched = self.text != FIRST_INITIALS  # whether somebody chose these letters
        self._back: list[Control] = []
        self._idle_timer = arcade.idle_timer(WAIT_S)
        self._input = SettledInput(arcade.controls)

    @property
    def text(self) -> str:
        """The letters as they stand."""
        return self._picker.text

    def handle(self, command: Command) -> Transition | None:
        if self._arcade.party.is_two and self._arcade.party.pressed_by() == 1 - self._number:
            return None  # the other one's turn comes, or was before
        self._idle_timer.renew()
        if not self._input.hears(command):
            return None
        at_once = self._picker.at == 0 or self._arcade.controls.kind.is_pointer
        if command is Command.BACK and at_once:
            return self._next()
        if command is not Command.OTHER:
            self._touched = True
        if command in (Command.UP, Command.DOWN):
            self._refused = False
        return self._leave_signed() if self._picker.handle(command) else None

    def update(self) -> Transition | None:
        self._idle_timer.update()
        self._input.update()
        if not self._idle_timer.over:
            return None
        return self._done() if self._touched else self._next()

    @property
    def takes_text(self) -> str:
        """The characters that are typed."""
        return self._picker.takes

    def write(self, text: str) -> Transition | None:
        self._idle_timer.renew()
        if not self._input.hears(Command.CONFIRM):
            return None
        self._touched, self._refused = True, False
        return self._leave_signed() if self._picker.write(text) else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Nothing to put in order."""

    def controls(self) -> Sequence[Control]:
        return [*self._back, *self._picker.controls()]

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        points_at = self._arcade.controls.kind.is_pointer  # then there are letters to press
        title = theme.text(
            target, self._title, Font.HEADLINE, TEXT, midtop=(middle, y - theme.px(280))
        )
        points = plural(self._seat.frame.score, "{number} point", "{number} points")
        refused = say("Please choose other initials")
        words, colour = points, self._colour
        if self._refused and points_at:
            words, colour = refused, WARNING
        theme.text(target, words, Font.MENU, colour, midtop=title.midbottom)
        height = theme.px(POINTED_BOX if points_at else BOX)
        row = y - theme.px(30) if points_at else y + theme.px(10)
        first = round(middle - len(self.text) / 2 * theme.px(180)) - theme.px(75)
        places = [
            pygame.Rect(first + number * theme.px(180), row - height // 2, theme.px(150), height)
            for number in range(len(self.text) + 1)
        ]
        boxes, ok = places[:-1], places[-1]
        for number, (letter, box) in enumerate(zip(self.text, boxes, strict=True)):
            theme.panel(target, box)
            here = number == self._picker.at
            theme.text(
                target, letter, Font.COUNT, TEXT if here else MUTED, center=box.move(4, 4).center
            )
            if here:
                theme.frame(target, box, self._colour, 4)
        self._picker.place(target, boxes, theme)
        self._picker.draw_ok(target, ok, self._colour, theme)
        self._back = []
        if points_at:
            words = say("No initials")
            self._back = [draw_back(target, theme, words)]
            letters = pygame.Rect(0, y + theme.px(112), theme.px(LETTERS_WIDTH), 0)
            letters.centerx = middle
            self._picker.draw_letters(target, letters, theme)
        else:
            words, colour = entry_hint(self._arcade.controls.kind), MUTED
            if self._refused:
                words, colour = refused, WARNING
            room, foot = target.get_width() - 2 * theme.px(20), (middle, y + theme.px(180))
            placed = draw_hint(target, words, Font.MENU, colour, theme, room, midtop=foot)
            if self._picker.at == 0:
                key = button_of(Command.BACK, self._arcade.controls.kind)
                words = say("{key}: no initials", key=key)
                foot = placed.move(0, theme.px(8)).midbottom
                draw_hint(target, words, Font.BODY, MUTED, theme, room, midtop=foot)
        self._idle_timer.draw(target, theme, say("Continuing"))

    @property
    def _title(self) -> str:
        """Whose initials these are."""
        if len(self._played.match.people) < 2:
            return say("Your initials")
        return say("{name}: your initials", name=name_of(self._seat.player))

    def _leave_signed(self) -> Transition | None:
        """Leave with the letters as they stand, unless a board would not show them."""
        if is_wanted(self.text):
            return self._done()
        self._refused = True
        self._picker.begin_again()
        return None

    def _done(self) -> Transition:
        arcade = self._arcade
        if arcade.archive is not None and is_wanted(self.text):
            arcade.archive.sign(self._earned[0].entry, self.text)
            self._person.initials = self.text
            arcade.speaker.effect(Effect.SIGNED)
        return self._next()

    def _next(self) -> Transition:
        """Go on to whoever signs next, or to the board."""
        signed = (*self._signed, self._earned[0])
        if len(self._earned) > 1:
            return BoardEarned(self._played, self._earned[1:], signed)
        return BoardWanted(self._played, signed[0].board)
