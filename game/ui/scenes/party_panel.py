"""On the title: who takes part, with what, and how a second person joins."""

from __future__ import annotations

import pygame

from game.ui.input.party import Party
from game.ui.widgets.badge import SIZE, draw_badge
from game.ui.widgets.theme import MUTED, PEOPLE, TEXT, Colour, Font, Theme
from game.ui.widgets.translation import say

WIDTH = 430  # units


def party_height(theme: Theme) -> int:
    """Return the height of the panel in pixels."""
    return 2 * _step(theme) + theme.height(Font.CAPTION) + theme.px(18)


def draw_party(target: pygame.Surface, rect: pygame.Rect, party: Party, theme: Theme) -> None:
    """Draw a line for each of two people, and below how to join or leave, into `rect`."""
    theme.panel(target, rect)
    inner = rect.inflate(-2 * theme.px(14), -2 * theme.px(8))
    y = inner.top
    for number, (words, colour) in enumerate(_lines(party)):
        middle = y + _step(theme) // 2
        badge = draw_badge(target, (inner.left + theme.text_px(SIZE) // 2, middle), number, theme)
        left = badge.right + theme.px(10)
        room = inner.right - left
        theme.text(target, words, Font.BODY, colour, room, midleft=(left, middle))
        y += _step(theme)
    hint = say("On another gamepad, or left Shift or right Ctrl")
    if party.is_two:
        hint = say("Hold B or Esc to leave")
    theme.text(target, hint, Font.CAPTION, MUTED, inner.width, bottomleft=inner.bottomleft)


def _lines(party: Party) -> list[tuple[str, Colour]]:
    """Return what is said of each place at the arcade, taken or free."""
    names = (say("Player 1"), say("Player 2"))
    lines: list[tuple[str, Colour]] = [
        (say("{name}: {device}", name=name, device=party.station_name(person)), colour)
        for name, person, colour in zip(names, party.people, PEOPLE, strict=False)
    ]
    if not party.is_two:
        lines.append((say("Player 2: press fire"), TEXT))
    return lines


def _step(theme: Theme) -> int:
    return max(theme.height(Font.BODY), theme.text_px(SIZE) + theme.px(4))
