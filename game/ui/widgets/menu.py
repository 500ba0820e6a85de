"""A menu for keyboard and gamepad."""

from __future__ import annotations

from dataclasses import dataclass

import pygame

from game.ui.widgets.command import Command
from game.ui.widgets.theme import BACKGROUND, MUTED, PANEL, TEXT, Colour, Font, Theme

ROW = 48  # units
TIGHTEST = 0.85  # share of a row's height, below which the menu scrolls instead


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
    return f"{name}   <  {value}  >"


class Menu:
    """Choices with one of them marked."""

    def __init__(self, choices: list[Choice]) -> None:
        self.choices = choices
        self.index = 0

    @property
    def current(self) -> Choice:
        """The marked choice."""
        return self.choices[self.index]

    def handle(self, command: Command) -> str | None:
        """Move the mark, or return the key of the choice that was confirmed."""
        if command is Command.UP:
            self.index = (self.index - 1) % len(self.choices)
        elif command is Command.DOWN:
            self.index = (self.index + 1) % len(self.choices)
        elif command is Command.CONFIRM and self.current.why_not is None:
            return self.current.key
        return None

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
        first = min(max(0, self.index - count // 2), len(self.choices) - count)
        size = (rect.width, step - theme.px(4))
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
        for place in places:
            self._draw_row(target, place.rect, place.number, accent, theme, centred)
        bottom = places[-1].rect.bottom + theme.px(4)
        x = rect.right + theme.px(14) if centred else rect.left - theme.px(14)
        if places[0].number > 0:
            _draw_more(target, (x, rect.top + theme.px(14)), -1, theme)
        if places[-1].number + 1 < len(self.choices):
            _draw_more(target, (x, bottom - theme.px(18)), 1, theme)
        return bottom - rect.top

    def _draw_row(
        self,
        target: pygame.Surface,
        row: pygame.Rect,
        number: int,
        accent: Colour,
        theme: Theme,
        centred: bool,
    ) -> None:
        choice, marked = self.choices[number], number == self.index
        colour = TEXT if choice.why_not is None else MUTED
        if marked:
            theme.box(target, row, accent, radius=8)
            colour = BACKGROUND if choice.why_not is None else PANEL
        room = row.inflate(-2 * theme.px(18), 0)
        # At the left only the marked one's bar ends somewhere.
        width = room.width if centred or marked else None
        if centred:
            theme.text(target, choice.label, Font.MENU, colour, width, center=room.center)
        else:
            theme.text(target, choice.label, Font.MENU, colour, width, midleft=room.midleft)


def _draw_more(target: pygame.Surface, centre: tuple[int, int], way: int, theme: Theme) -> None:
    """Draw an arrow: there are choices beyond what is shown."""
    x, y = centre
    size = theme.px(8)
    points = [(x, y + way * size), (x - size, y - way * size), (x + size, y - way * size)]
    pygame.draw.polygon(target, theme.ink(MUTED), points)
