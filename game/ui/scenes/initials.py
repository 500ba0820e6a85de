"""Where a person leaves three letters: stick up and down for the letter, fire for the next."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.records.archive import Entry
from game.records.initials import LETTERS, is_wanted
from game.records.scores import Board
from game.ui.audio.effects import Effect
from game.ui.input.hints import entry_hint
from game.ui.input.settled_input import SettledInput
from game.ui.scenes.scene import Arcade, BoardWanted, PlayedMatch, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.letter_picker import LetterPicker
from game.ui.widgets.theme import BACKGROUND, HUMAN, MUTED, TEXT, WARNING, Font, Theme
from game.ui.widgets.translation import plural, say

WAIT_S = 30
BOX, POINTED_BOX = 180, 150  # units, the height of a letter; the lower one leaves room below
LETTERS_WIDTH = 980  # units, of the letters on the screen


class InitialsEntry:
    """Asks for initials; begins with the last ones, and keeps what is there when time is up."""

    def __init__(self, arcade: Arcade, played: PlayedMatch, entry: Entry, board: Board) -> None:
        self._arcade = arcade
        self._played = played
        self._entry = entry
        self._board = board
        self._picker = LetterPicker(LETTERS, arcade.last_initials)
        self._refused = False
        self._idle_timer = arcade.idle_timer(WAIT_S)
        self._input = SettledInput(arcade.controls)

    @property
    def text(self) -> str:
        """The letters as they stand."""
        return self._picker.text

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if not self._input.hears(command):
            return None
        if command in (Command.UP, Command.DOWN):
            self._refused = False
        return self._signed() if self._picker.handle(command) else None

    def update(self) -> Transition | None:
        self._idle_timer.update()
        self._input.update()
        return self._done() if self._idle_timer.over else None

    @property
    def takes_text(self) -> str:
        """The characters that are typed."""
        return self._picker.takes

    def write(self, text: str) -> Transition | None:
        self._idle_timer.renew()
        if not self._input.hears(Command.CONFIRM):
            return None
        self._refused = False
        return self._signed() if self._picker.write(text) else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Nothing to put in order."""

    def controls(self) -> Sequence[Control]:
        return self._picker.controls()

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        points_at = self._arcade.controls.kind.is_pointer  # then there are letters to press
        title = theme.text(
            target, say("Your initials"), Font.HEADLINE, TEXT, midtop=(middle, y - theme.px(280))
        )
        score = next(s for s in self._played.match.seats if s.tape.kind is self._board.kind)
        points = plural(score.frame.score, "{number} point", "{number} points")
        refused = say("Please choose other initials")
        words, colour = (refused, WARNING) if self._refused and points_at else (points, HUMAN)
        theme.text(target, words, Font.MENU, colour, midtop=title.midbottom)
        height = theme.px(POINTED_BOX if points_at else BOX)
        row = y - theme.px(30) if points_at else y + theme.px(10)
        boxes = [
            pygame.Rect(0, 0, theme.px(150), height).move(
                middle + (number - 1) * theme.px(180) - theme.px(75), row - height // 2
            )
            for number in range(len(self.text))
        ]
        for number, (letter, box) in enumerate(zip(self.text, boxes, strict=True)):
            theme.panel(target, box)
            here = number == self._picker.at
            theme.text(
                target, letter, Font.COUNT, TEXT if here else MUTED, center=box.move(4, 4).center
            )
            if here:
                theme.frame(target, box, HUMAN, 4)
        self._picker.place(target, boxes, theme)
        if points_at:
            letters = pygame.Rect(0, y + theme.px(112), theme.px(LETTERS_WIDTH), 0)
            letters.centerx = middle
            self._picker.draw_letters(target, letters, theme)
        else:
            words, colour = entry_hint(self._arcade.controls.kind), MUTED
            if self._refused:
                words, colour = refused, WARNING
            draw_hint(target, words, Font.MENU, colour, theme, midtop=(middle, y + theme.px(180)))
        self._idle_timer.draw(target, theme, say("Continuing"))

    def _signed(self) -> Transition | None:
        """Leave with the letters as they stand, unless a board would not show them."""
        if is_wanted(self.text):
            return self._done()
        self._refused = True
        self._picker.begin_again()
        return None

    def _done(self) -> Transition:
        arcade = self._arcade
        if arcade.archive is not None and is_wanted(self.text):
            arcade.archive.sign(self._entry, self.text)
            arcade.last_initials = self.text
            arcade.speaker.effect(Effect.SIGNED)
        return BoardWanted(self._played, self._board, self._entry.number)
