"""Where a person leaves three letters: stick up and down for the letter, fire for the next."""

from __future__ import annotations

import pygame

from game.records.initials import LETTERS, is_wanted
from game.ui.audio.effects import Effect
from game.ui.input.settled_input import SettledInput
from game.ui.scenes.scene import Arcade, BoardEarned, BoardWanted, Earned, PlayedMatch, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.letter_picker import LetterPicker
from game.ui.widgets.theme import (
    BACKGROUND,
    MARK,
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


class InitialsEntry:
    """Asks for initials; begins with the last ones, and keeps what is there when time is up."""

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
        self._picker = LetterPicker(LETTERS, self._person.initials)
        self._refused = False
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
        if command in (Command.UP, Command.DOWN):
            self._refused = False
        if not self._picker.handle(command):
            return None
        if is_wanted(self.text):
            return self._done()
        self._refused = True
        self._picker.at = 0
        return None

    def update(self) -> Transition | None:
        self._idle_timer.update()
        self._input.update()
        return self._done() if self._idle_timer.over else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Nothing to put in order."""

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        title = theme.text(
            target, self._title, Font.HEADLINE, TEXT, midtop=(middle, y - theme.px(280))
        )
        points = plural(self._seat.frame.score, "{number} point", "{number} points")
        theme.text(target, points, Font.MENU, self._colour, midtop=title.midbottom)
        for number, letter in enumerate(self.text):
            box = pygame.Rect(0, 0, theme.px(150), theme.px(180))
            box.center = (middle + (number - 1) * theme.px(180), y + theme.px(10))
            theme.panel(target, box)
            here = number == self._picker.at
            theme.text(
                target, letter, Font.COUNT, TEXT if here else MUTED, center=box.move(4, 4).center
            )
            if here:
                theme.frame(target, box, self._colour, 4)
                _draw_arrow(target, (box.centerx, box.top - theme.px(24)), -1, theme)
                _draw_arrow(target, (box.centerx, box.bottom + theme.px(24)), 1, theme)
        words, colour = say("Up/down to choose, fire to confirm"), MUTED
        if self._refused:
            words, colour = say("Please choose other initials"), WARNING
        theme.text(target, words, Font.MENU, colour, midtop=(middle, y + theme.px(180)))
        self._idle_timer.draw(target, theme, say("Continuing"))

    @property
    def _title(self) -> str:
        """Whose initials these are."""
        if len(self._played.match.people) < 2:
            return say("Your initials")
        return say("{name}: your initials", name=name_of(self._seat.player))

    def _done(self) -> Transition:
        arcade = self._arcade
        if arcade.archive is not None and is_wanted(self.text):
            arcade.archive.sign(self._earned[0].entry, self.text)
            self._person.initials = self.text
            arcade.speaker.effect(Effect.SIGNED)
        signed = (*self._signed, self._earned[0])
        if len(self._earned) > 1:
            return BoardEarned(self._played, self._earned[1:], signed)
        return BoardWanted(self._played, signed[0].board)


def _draw_arrow(target: pygame.Surface, centre: tuple[int, int], way: int, theme: Theme) -> None:
    x, y = centre
    size = theme.px(14)
    points = [(x, y + way * size), (x - size, y - way * size // 2), (x + size, y - way * size // 2)]
    pygame.draw.polygon(target, theme.ink(MARK), points)
