"""A list of choices that keyboard and gamepad can walk."""

from __future__ import annotations

from dataclasses import dataclass

import pygame

from game.ui.controls import Command
from game.ui.theme import BACKGROUND, MUTED, PANEL, TEXT, Colour, Font, Theme

ROW = 48  # units


@dataclass
class Choice:
    """One line of a menu; `why_not` says why it cannot be chosen now."""

    key: str
    label: str
    why_not: str | None = None


def with_value(name: str, value: object) -> str:
    """Return the label of a choice whose value left and right change."""
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
        """Return the menu's height in pixels."""
        return theme.px(ROW) * len(self.choices)

    def width(self, theme: Theme) -> int:
        """Return the width in pixels that the marked choice's bar needs."""
        return theme.width(self.current.label, Font.MENU) + 2 * theme.px(18)

    def draw(
        self,
        target: pygame.Surface,
        rect: pygame.Rect,
        accent: Colour,
        theme: Theme,
        centred: bool = False,
    ) -> None:
        """Draw the choices from the top of `rect` down, the marked one on a bar of `accent`."""
        for number, choice in enumerate(self.choices):
            row = pygame.Rect(rect.left, rect.top + number * theme.px(ROW), rect.width, 0)
            row.height = theme.px(ROW - 4)
            colour = TEXT if choice.why_not is None else MUTED
            if number == self.index:
                pygame.draw.rect(target, accent, row, border_radius=theme.px(8))
                colour = BACKGROUND if choice.why_not is None else PANEL
            room = row.inflate(-2 * theme.px(18), 0)
            anchor = {"center": room.center} if centred else {"midleft": room.midleft}
            theme.text(target, choice.label, Font.MENU, colour, room.width, **anchor)
