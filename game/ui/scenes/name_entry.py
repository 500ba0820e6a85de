"""Where the name of somebody who takes part in a tournament is entered."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.records.initials import LETTERS, is_wanted
from game.tournament.model import LONGEST_NAME, folded
from game.ui.input.hints import name_hint
from game.ui.scenes.menu_scene import IdleScene
from game.ui.scenes.scene import Arcade, Pop, Transition
from game.ui.widgets.back_button import draw_back
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.idle_timer import IdleTimer
from game.ui.widgets.letter_picker import LetterPicker
from game.ui.widgets.theme import BACKGROUND, HUMAN, MUTED, TEXT, WARNING, Font, Theme
from game.ui.widgets.translation import say

WAIT_S = 120
CHARACTERS = LETTERS.rstrip() + "ÄÖÜß "
BOX, STEP = 92, 104  # units, the width of a letter's box and the distance of two
LETTERS_WIDTH = 980  # units, of the letters on the screen


class NameEntry(IdleScene):
    """Up to ten letters; fire on a blank behind them, or on the last one, enters the name."""

    def __init__(self, arcade: Arcade, number: int | None = None) -> None:
        """Change the name with this `number` in the list, or add one."""
        super().__init__(IdleTimer(WAIT_S))
        self._controls = arcade.controls
        self._names = arcade.desk.draft.names
        self._number = number
        before = "" if number is None else self._names[number]
        self._picker = LetterPicker(CHARACTERS, before.ljust(LONGEST_NAME))
        self._refused = ""
        self._back: list[Control] = []

    @property
    def name(self) -> str:
        """The name as it stands."""
        return " ".join(self._picker.text.split())

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if command is Command.BACK and self._picker.at == 0:
            return Pop()
        if command in (Command.UP, Command.DOWN):
            self._refused = ""
        ends = command is Command.CONFIRM and not self._picker.text[self._picker.at :].strip()
        return self._entered() if ends or self._picker.handle(command) else None

    @property
    def takes_text(self) -> str:
        """The characters that are typed."""
        return self._picker.takes

    def write(self, text: str) -> Transition | None:
        self._idle_timer.renew()
        self._refused = ""
        return self._entered() if self._picker.write(text) else None

    def controls(self) -> Sequence[Control]:
        return [*self._back, *self._picker.controls()]

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        pointed = self._controls.kind.is_pointer  # then there are letters to press
        y -= theme.px(90) if pointed else 0
        head = (middle, y - theme.px(220))
        title = theme.text(target, say("Name"), Font.HEADLINE, TEXT, midtop=head)
        boxes = []
        for number, letter in enumerate(self._picker.text):
            box = pygame.Rect(0, 0, theme.px(BOX), theme.px(110))
            box.center = (round(middle + (number - (LONGEST_NAME - 1) / 2) * theme.px(STEP)), y)
            boxes.append(box)
            theme.panel(target, box)
            here = number == self._picker.at
            theme.text(target, letter, Font.LOGO, TEXT if here else MUTED, center=box.center)
            if here:
                theme.frame(target, box, HUMAN, 4)
        self._picker.place(target, boxes, theme)
        self._back = [draw_back(target, theme)]
        if pointed:
            letters = pygame.Rect(0, y + theme.px(130), theme.px(LETTERS_WIDTH), 0)
            letters.centerx = middle
            self._picker.draw_letters(target, letters, theme)
            words, place = self._refused, title.midbottom
        else:
            words = self._refused or name_hint(self._controls.kind)
            place = (middle, y + theme.px(120))
        colour = WARNING if self._refused else MUTED
        if words:
            room = target.get_width() - 2 * theme.px(20)
            draw_hint(target, words, Font.MENU, colour, theme, room, midtop=place)
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _entered(self) -> Transition | None:
        """Take the name over, unless it is somebody's already; none at all is taken off."""
        others = [name for place, name in enumerate(self._names) if place != self._number]
        if not self.name:
            self._names[:] = others
            return Pop()
        if folded(self.name) in map(folded, others):
            self._refused = say("{name} takes part already", name=self.name)
        elif not is_wanted(self.name):
            self._refused = say("Please choose another name")
        elif self._number is None:
            self._names.append(self.name)
            return Pop()
        else:
            self._names[self._number] = self.name
            return Pop()
        self._picker.begin_again()
        return None
