"""A menu on cards: related choices stand together, and values are changed in place."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pygame

from game.ui.widgets.arrows import draw_arrow
from game.ui.widgets.cell import draw_cell
from game.ui.widgets.command import Command
from game.ui.widgets.menu import Choice, Menu, Place
from game.ui.widgets.theme import (
    AGENT,
    BACKGROUND,
    MUTED,
    PANEL,
    TEXT,
    Colour,
    Font,
    Theme,
)

HEAD, ROW, PAD, GAP = 34, 50, 10, 14  # units
INDENT, ARROW = 16, 22  # units: of texts from a row's ends, and the width of an arrow
FIRST = 0.47  # of the width: the first card's
_SIDES = {Command.LEFT: -1, Command.RIGHT: 1}


@dataclass
class Card:
    """Choices that belong together, under a title with a note at its right."""

    title: str
    choices: list[Choice]
    note: str = ""


class CardMenu(Menu):
    """Two cards beside each other with a strip of buttons below; up and down visit all of them.

    In the strip left and right move the mark too. `places` is the only source of where a choice
    is: what draws it and what a pointer hits.
    """

    def __init__(self, cards: list[Card], strip: list[Choice]) -> None:
        """Show `cards`, one or two, and the `strip`; nothing of it may be empty."""
        super().__init__([*(choice for card in cards for choice in card.choices), *strip])
        self.cards = cards
        self.strip = strip

    def handle(self, command: Command) -> str | None:
        first = len(self.choices) - len(self.strip)
        if command in _SIDES and self.index >= first:
            self.index = first + (self.index - first + _SIDES[command]) % len(self.strip)
            return None
        return super().handle(command)

    def height(self, theme: Theme) -> int:
        """Return the height in pixels that cards and strip take."""
        return self._cards_height(theme, theme.text_px(ROW)) + theme.px(GAP) + theme.text_px(ROW)

    def places(self, rect: pygame.Rect, room: int, theme: Theme) -> list[Place]:
        """Return where every choice is in `rect`; none is left out.

        Where the `room` in pixels of height is too low, the rows stand closer.
        """
        places: list[Place] = []
        step = self._step(room, theme)
        for card, box in zip(self.cards, self._boxes(rect, step, theme), strict=True):
            top = box.top + theme.text_px(HEAD)
            for line, choice in enumerate(card.choices):
                row = pygame.Rect(box.left + theme.px(PAD), top + line * step, 0, 0)
                row.size = box.width - 2 * theme.px(PAD), step
                places.append(_place(len(places), row, choice, theme))
        top = rect.top + self._cards_height(theme, step) + theme.px(GAP)
        gap, count = theme.px(GAP), len(self.strip)
        # Each begins where it has to, so that the last one ends where the cards do.
        lefts = [rect.left + (rect.width + gap) * line // count for line in range(count + 1)]
        for left, after in itertools.pairwise(lefts):
            places.append(Place(len(places), pygame.Rect(left, top, after - gap - left, step)))
        return places

    def draw(
        self,
        target: pygame.Surface,
        rect: pygame.Rect,
        accent: Colour,
        theme: Theme,
        centred: bool = False,
    ) -> int:
        """Draw cards and strip at the top of `rect`, the mark in `accent`; return their height."""
        step = self._step(rect.height, theme)
        for card, box in zip(self.cards, self._boxes(rect, step, theme), strict=True):
            theme.panel(target, box)
            _draw_head(target, box, card, theme)
        first = len(self.choices) - len(self.strip)
        self._drawn = self.places(rect, rect.height, theme)
        for place in self._drawn:
            marked, choice = place.number == self.index, self.choices[place.number]
            colour = TEXT if choice.why_not is None else MUTED
            if marked:
                theme.box(target, place.rect, accent, radius=8)
                colour = BACKGROUND if choice.why_not is None else PANEL
            elif place.number >= first:
                theme.panel(target, place.rect)
            if place.number >= first:
                room = place.rect.width - theme.px(INDENT)
                theme.on_bar(target, place.rect, choice.label, Font.MENU, colour, room)
            else:
                _draw_choice(target, place, choice, colour, marked, theme)
        return self._cards_height(theme, step) + theme.px(GAP) + step

    @property
    def _rows(self) -> int:
        """The rows of the longest card."""
        return max(len(card.choices) for card in self.cards)

    def _step(self, room: int, theme: Theme) -> int:
        """Return the height of a row where there is `room` for all, which may be little."""
        rows = room - theme.text_px(HEAD) - theme.px(PAD) - theme.px(GAP)
        return min(theme.text_px(ROW), rows // (self._rows + 1))

    def _cards_height(self, theme: Theme, step: int) -> int:
        return theme.text_px(HEAD) + self._rows * step + theme.px(PAD)

    def _boxes(self, rect: pygame.Rect, step: int, theme: Theme) -> list[pygame.Rect]:
        """Return the place of each card, whose rows are `step` pixels high."""
        size = (rect.width, self._cards_height(theme, step))
        if len(self.cards) == 1:
            return [pygame.Rect(rect.topleft, size)]
        first = pygame.Rect(rect.topleft, (round(rect.width * FIRST), size[1]))
        second = first.copy()
        second.left = first.right + theme.px(GAP)
        second.width = rect.right - second.left
        return [first, second]


def _place(number: int, row: pygame.Rect, choice: Choice, theme: Theme) -> Place:
    """Return the place of a row, with the halves of its value where it has one."""
    if not choice.value:
        return Place(number, row)
    left = row.left + theme.px(INDENT) + theme.width(choice.label, Font.MENU) + theme.px(INDENT)
    left = min(left, row.left + round(row.width * 0.62))
    value = pygame.Rect(left, row.top, row.right - left, row.height)
    less, more = value.copy(), value.copy()
    less.width //= 2
    more.left, more.width = less.right, value.right - less.right
    return Place(number, row, less, more)


def _draw_head(target: pygame.Surface, box: pygame.Rect, card: Card, theme: Theme) -> None:
    """Draw a card's title, and its note as far as there is room."""
    indent, middle = theme.px(PAD + INDENT), box.top + theme.text_px(HEAD) // 2 + theme.px(2)
    left = (box.left + indent, middle)
    title = theme.text(target, card.title, Font.CAPTION, MUTED, box.width // 2, midleft=left)
    if card.note:
        room = box.right - indent - title.right - theme.px(INDENT)
        end = (box.right - indent, middle)
        theme.text(target, card.note, Font.CAPTION, AGENT, room, midright=end)


def _draw_choice(
    target: pygame.Surface, place: Place, choice: Choice, colour: Colour, marked: bool, theme: Theme
) -> None:
    """Draw a row of a card: the name at the left, and its value between two arrows."""
    row, indent = place.rect, theme.px(INDENT)
    left = row.left + indent
    if place.less is None or place.more is None:
        room = row.width - 2 * indent
        theme.on_bar(target, row, choice.label, Font.MENU, colour, room, left)
        return
    room = place.less.left - indent // 2 - left
    theme.on_bar(target, row, choice.label, Font.MENU, colour, room, left)
    faint = colour if marked else MUTED
    end = place.more.right - indent
    draw_arrow(target, (place.less.left + theme.px(6), row.centery), -1, faint, theme)
    draw_arrow(target, (end - theme.px(6), row.centery), 1, faint, theme)
    value = pygame.Rect(place.less.left + theme.px(ARROW), row.top, 0, row.height)
    value.width = end - theme.px(ARROW) - value.left
    draw_cell(target, value, choice.value, colour, theme)
