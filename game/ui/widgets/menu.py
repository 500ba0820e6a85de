"""A menu for keyboard, gamepad, mouse and finger."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import pygame

from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.control import target as finger_target
from game.ui.widgets.theme import BACKGROUND, MUTED, PANEL, TEXT, Colour, Font, Theme

ROW = 48  # units
TIGHTEST = 0.92  # share of a row's height, below which the menu scrolls instead
_BEFORE, _AFTER = "   <  ", "  >"  # around a value


@dataclass
class Choice:
    """One line of a menu; `why_not` says why it cannot be chosen now.

    On a card, `value` is what left and right change; in a list it is part of the label.
    """

    key: str
    label: str
    why_not: str | None = None
    value: str = ""


@dataclass(frozen=True)
class Place:
    """Where choice `number` of a menu is drawn; of a value on a card also where it is changed."""

    number: int
    rect: pygame.Rect
    less: pygame.Rect | None = None
    more: pygame.Rect | None = None


def with_value(name: str, value: object) -> str:
    """Return the label of a choice with a value that left and right change."""
    return f"{name}{_BEFORE}{value}{_AFTER}"


class Menu:
    """Choices with one of them marked."""

    def __init__(self, choices: list[Choice]) -> None:
        self.choices = choices
        self.index = 0
        self._first: int | None = None  # the first row shown, while a pointer holds the list still
        self._drawn: list[Place] = []  # where the choices were drawn last
        self._more: list[Control] = []  # the arrows to what is beyond them

    @property
    def current(self) -> Choice:
        """The marked choice."""
        return self.choices[self.index]

    def handle(self, command: Command) -> str | None:
        """Move the mark, or return the key of the choice that was confirmed."""
        if command in (Command.UP, Command.DOWN):
            self._first = None
        if command is Command.UP:
            self.index = (self.index - 1) % len(self.choices)
        elif command is Command.DOWN:
            self.index = (self.index + 1) % len(self.choices)
        elif command is Command.CONFIRM and self.current.why_not is None:
            return self.current.key
        return None

    def controls(self) -> list[Control]:
        """Return what can be pressed, where it was drawn last: values, rows, and arrows."""
        found: list[Control] = list(self._more)
        rows: list[Control] = []
        for place in self._drawn:
            if place.number >= len(self.choices):
                continue
            found += self._halves(place)
            rows.append(self._control(place, "", place.rect, Command.CONFIRM))
        return [*found, *rows]

    def _halves(self, place: Place) -> list[Control]:
        """Return the controls of a value: less and more."""
        sides = ((" -", place.less, Command.LEFT), (" +", place.more, Command.RIGHT))
        return [
            self._control(place, suffix, rect, does)
            for suffix, rect, does in sides
            if rect is not None
        ]

    def _control(self, place: Place, suffix: str, rect: pygame.Rect, does: Command) -> Control:
        choice, first = self.choices[place.number], self._drawn[0].number

        def mark() -> None:
            self.index, self._first = place.number, first

        words = " ".join((choice.label, choice.value)).strip()
        marked = place.number == self.index
        return Control(f"{choice.key}{suffix}", rect, does, words, mark, marked)

    def height(self, theme: Theme) -> int:
        """Return the height in pixels that all choices need."""
        return theme.text_px(ROW) * len(self.choices)

    def places(self, rect: pygame.Rect, room: int, theme: Theme) -> list[Place]:
        """Return where choices are drawn from the top of `rect` down, in `room` pixels of height.

        Where that is too low for all, those around the marked one have a place.
        """
        step = theme.text_px(ROW)
        step = min(step, max(round(step * TIGHTEST), room // len(self.choices)))
        count = min(len(self.choices), max(1, room // step))
        first = self.index - count // 2 if self._first is None else self._first
        first = min(max(0, first), len(self.choices) - count)
        size = (rect.width, step)
        return [
            Place(first + line, pygame.Rect((rect.left, rect.top + line * step), size))
            for line in range(count)
        ]

    def draw(
        self,
        target: pygame.Surface,
        rect: pygame.Rect,
        accent: Colour,
        theme: Theme,
        centred: bool = False,
    ) -> int:
        """Draw the choices from the top of `rect` down, the marked one on a bar of `accent`.

        Where a height is given that is too low for all, those around the marked one are
        shown. Returns the height in pixels that was taken.
        """
        places = self.places(rect, rect.height or target.get_height() - rect.top, theme)
        self._drawn = [
            self._draw_row(target, place, accent, theme, centred=centred) for place in places
        ]
        bottom = places[-1].rect.bottom
        x = rect.right + theme.px(14) if centred else rect.left - theme.px(14)
        self._more = []
        if places[0].number > 0:
            self._draw_more(target, (x, rect.top + theme.px(14)), Command.UP, theme)
        if places[-1].number + 1 < len(self.choices):
            self._draw_more(target, (x, bottom - theme.px(18)), Command.DOWN, theme)
        return bottom - rect.top

    def _draw_more(
        self, surface: pygame.Surface, centre: tuple[int, int], way: Command, theme: Theme
    ) -> None:
        around = draw_more(surface, centre, way, theme)
        self._more.append(Control(f"more {way.name}", around, way))

    def _draw_row(
        self,
        target: pygame.Surface,
        place: Place,
        accent: Colour,
        theme: Theme,
        centred: bool,
    ) -> Place:
        """Draw a row; return its place with the halves of its value, where it has one."""
        row, choice, marked = place.rect, self.choices[place.number], place.number == self.index
        colour = TEXT if choice.why_not is None else MUTED
        if marked:
            theme.box(target, row, accent, radius=8)
            colour = BACKGROUND if choice.why_not is None else PANEL
        room = row.inflate(-2 * theme.px(18), 0)
        # At the left only the marked one's bar ends somewhere.
        width = room.width if centred or marked else None
        left = None if centred else room.left
        words = theme.on_bar(target, row, choice.label, Font.MENU, colour, width, left)
        return _with_halves(place, choice.label, words, theme)


def draw_more(
    surface: pygame.Surface, centre: tuple[int, int], way: Command, theme: Theme
) -> pygame.Rect:
    """Draw an arrow: there are choices beyond what is shown. Return where it is pressed."""
    x, y = centre
    size = theme.px(8)
    tip = -size if way is Command.UP else size
    points = [(x, y + tip), (x - size, y - tip), (x + size, y - tip)]
    pygame.draw.polygon(surface, theme.ink(MUTED), points)
    return finger_target(pygame.Rect(x - size, y - size, 2 * size, 2 * size), theme)


def _with_halves(place: Place, label: str, words: pygame.Rect, theme: Theme) -> Place:
    """Return `place` with the halves of the value in `label`, whose ink is in `words`."""
    name, arrow, _ = label.rpartition(_BEFORE)
    if not arrow:
        return place
    share = words.width / max(1, theme.width(label, Font.MENU))
    left = words.left + round(theme.width(name, Font.MENU) * share)
    middle, row = (left + words.right) // 2, place.rect
    less = pygame.Rect(left, row.top, middle - left, row.height)
    more = pygame.Rect(middle, row.top, words.right + theme.px(18) - middle, row.height)
    return dataclasses.replace(place, less=less, more=more)
