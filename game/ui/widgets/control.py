"""Controls: what can be pressed on a page, with whatever device.

A scene gives its controls as a list. Arrows and sticks move the mark from one to the next; a mouse
or a finger puts the mark where it points. Whoever presses does the same thing in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pygame

from game.ui.widgets.command import Command, Hold
from game.ui.widgets.theme import Theme

TARGET = 44  # units: no control is narrower or lower for a finger
ERASE, DONE = "\b", "\n"  # typed: takes the last character back, ends the entry
EVERYWHERE = pygame.Rect(0, 0, 1 << 15, 1 << 15)  # of a page on which every press does the same


@dataclass(frozen=True)
class Control:
    """One thing to press; `key` tells it apart from the others of its page."""

    key: str
    rect: pygame.Rect  # pixels
    does: Command | Hold | str  # what a press means to the scene; a text is typed into it
    label: str = ""  # in words
    mark: Callable[[], None] | None = None  # moves the mark here, None for what has no mark
    marked: bool = False
    follows: bool = True  # whether a mouse that comes over it puts the mark there
    slide: Callable[[float], None] | None = None  # takes a share of the width, from 0 to 1


def anywhere(does: Command, label: str) -> list[Control]:
    """Return the control of a page on which every press does the same."""
    return [Control("page", EVERYWHERE, does, label)]


def control_at(controls: Sequence[Control], place: tuple[int, int]) -> Control | None:
    """Return the first of `controls` at `place`, None without one."""
    return next((one for one in controls if one.rect.collidepoint(place)), None)


def target(rect: pygame.Rect, theme: Theme) -> pygame.Rect:
    """Return `rect`, grown about its middle where a finger would miss it."""
    least = theme.px(TARGET)
    grown = pygame.Rect(0, 0, max(least, rect.width), max(least, rect.height))
    grown.center = rect.center
    return grown
