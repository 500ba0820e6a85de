"""Enters a text: letters are typed, or chosen with up and down, or pressed on the screen."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.ui.widgets.command import Command
from game.ui.widgets.control import DONE, ERASE, Control
from game.ui.widgets.control import target as finger_target
from game.ui.widgets.theme import HUMAN, MARK, MUTED, TEXT, Colour, Font, Theme
from game.ui.widgets.translation import say

_TURNS = {Command.UP: 1, Command.DOWN: -1}
_MOVES = {Command.LEFT: -1, Command.BACK: -1, Command.RIGHT: 1}
_A_ROW = 14  # letters on the screen
KEY = 48  # units, the height of one
_BLANK = " "


class LetterPicker:
    """A text of fixed length, of which one character is marked and can be changed."""

    def __init__(self, characters: str, text: str, has_ok: bool = False) -> None:
        """Begin with `text`, whose characters are all among `characters`.

        One that `has_ok` ends on a place of its own behind the last character.
        """
        self._characters = characters
        self.text = text
        self.at = 0
        self._end = len(text) if has_ok else len(text) - 1  # where the mark goes at most
        self.is_typed = False  # whether the last change came from a key of its own
        self._past = False  # whether the last character was typed: what is erased next
        self._boxes: Sequence[pygame.Rect] = ()
        self._arrows: list[Control] = []
        self._letters: list[Control] = []
        self._ok: list[Control] = []

    @property
    def on_ok(self) -> bool:
        """Whether the mark is behind the last character."""
        return self.at == len(self.text)

    @property
    def takes(self) -> str:
        """The characters that are typed now; until somebody types, and on OK, Space confirms."""
        types = self.is_typed and not self.on_ok
        return self._characters if types else self._characters.replace(_BLANK, "")

    def handle(self, command: Command) -> bool:
        """Change or leave the marked character; return whether the end was confirmed."""
        if command in _TURNS and self.on_ok:
            self.is_typed = False
        elif command in _TURNS:
            self.is_typed = False
            index = self._characters.index(self.text[self.at]) + _TURNS[command]
            self._put(self._characters[index % len(self._characters)])
        elif command in _MOVES:
            self._go(self.at + _MOVES[command])
        elif command is Command.CONFIRM:
            if self.at == self._end or self.is_typed:
                return True
            self.at += 1
        return False

    def write(self, text: str) -> bool:
        """Type `text`, which may hold ERASE and DONE; return whether the entry is done."""
        for character in text:
            if character == DONE:
                return True
            self.is_typed = True
            if character == ERASE:
                self._erase()
            elif character in self._characters:
                self.at = min(self.at, len(self.text) - 1)
                self._put(character)
                self._past = self.at == self._end
                self.at = min(self.at + 1, self._end)
        return False

    def begin_again(self) -> None:
        """Mark the first character."""
        self._go(0)

    def controls(self) -> list[Control]:
        """Return what can be pressed, where it was drawn last."""
        boxes = [self._box(i, box) for i, box in enumerate(self._boxes[: len(self.text)])]
        return [*self._arrows, *self._letters, *boxes, *self._ok]

    def place(self, target: pygame.Surface, boxes: Sequence[pygame.Rect], theme: Theme) -> None:
        """Remember where the characters were drawn; draw arrows above and below the marked one."""
        self._boxes, self._letters, self._arrows, self._ok = boxes, [], [], []
        if self.on_ok:
            return
        here = boxes[self.at]
        size = (here.width, theme.px(KEY))
        up, down = pygame.Rect((0, 0), size), pygame.Rect((0, 0), size)
        up.midbottom, down.midtop = here.midtop, here.midbottom
        _draw_arrow(target, up.center, -1, theme)
        _draw_arrow(target, down.center, 1, theme)
        self._arrows = [
            Control("up", finger_target(up, theme), Command.UP, say("Next letter")),
            Control("down", finger_target(down, theme), Command.DOWN, say("Previous letter")),
        ]

    def draw_ok(
        self, target: pygame.Surface, box: pygame.Rect, accent: Colour, theme: Theme
    ) -> None:
        """Draw the place that ends the entry, in a frame of `accent` while it is marked."""
        theme.panel(target, box)
        colour = TEXT if self.on_ok else MUTED
        theme.text(target, say("OK"), Font.HEADLINE, colour, box.width, center=box.center)
        if self.on_ok:
            theme.frame(target, box, accent, 4)
        self._ok = [Control("ok", box, DONE, say("OK"), self._mark_ok, self.on_ok, follows=False)]

    def draw_letters(self, target: pygame.Surface, rect: pygame.Rect, theme: Theme) -> int:
        """Draw all characters into `rect` to be pressed; return where they end, in pixels."""
        keys = [*((c, c) for c in self._characters if c != _BLANK)]
        if _BLANK in self._characters:
            keys.append((_BLANK, say("Blank")))
        keys += [(ERASE, say("Erase")), (DONE, say("Done"))]
        a_row = _A_ROW if len(keys) > _A_ROW else (len(keys) + 1) // 2
        step, high, gap = rect.width // a_row, theme.px(KEY), theme.px(2)
        self._letters = []
        for number, (typed, words) in enumerate(keys):
            line, column = divmod(number, a_row)
            key = pygame.Rect(rect.left + column * step, rect.top + line * high, step, high)
            self._letters.append(Control(f"letter {typed}", key, typed, words))
            colour: Colour = HUMAN if typed == DONE else MUTED if typed == ERASE else TEXT
            theme.panel(target, key.inflate(-2 * gap, -2 * gap))
            room = key.width - 4 * gap
            theme.text(target, words, Font.BODY, colour, room, center=key.center)
        return self._letters[-1].rect.bottom

    def _put(self, character: str) -> None:
        self.text = self.text[: self.at] + character + self.text[self.at + 1 :]
        self._past = False

    def _go(self, at: int) -> None:
        self.at = min(self._end, max(0, at))
        self._past = False

    def _mark_ok(self) -> None:
        self._go(self._end)

    def _erase(self) -> None:
        """Take back what was typed last: below the mark at the end, before it elsewhere."""
        if not self._past:
            self._go(self.at - 1)
        self._put(_BLANK if _BLANK in self._characters else self._characters[0])

    def _box(self, at: int, box: pygame.Rect) -> Control:
        """Return the control of a character; a mouse on its way to another leaves the mark."""

        def mark() -> None:
            self._go(at)

        words = self.text[at]
        return Control(f"place {at}", box, Command.OTHER, words, mark, at == self.at, follows=False)


def _draw_arrow(target: pygame.Surface, centre: tuple[int, int], way: int, theme: Theme) -> None:
    x, y = centre
    size = theme.px(14)
    points = [(x, y + way * size), (x - size, y - way * size // 2), (x + size, y - way * size // 2)]
    pygame.draw.polygon(target, theme.ink(MARK), points)
