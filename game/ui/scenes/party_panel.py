"""On the title: who takes part, with what, and how a second person joins."""

from __future__ import annotations

import pygame

from game.ui.input.party import Party
from game.ui.widgets.badge import draw_badge
from game.ui.widgets.theme import MUTED, PEOPLE, TEXT, Colour, Font, Theme
from game.ui.widgets.title_layout import PARTY
from game.ui.widgets.translation import say

PLACES = 0.6  # of the width, for two people; the rest says how to join or leave


def draw_party(target: pygame.Surface, rect: pygame.Rect, party: Party, theme: Theme) -> None:
    """Draw each of two people, and how to join or leave, side by side into the strip `rect`."""
    theme.panel(target, rect)
    inner = rect.inflate(-2 * theme.px(14), 0)
    cell = inner.copy()
    cell.width = round(inner.width * PLACES / 2)
    for number, (words, colour) in enumerate(_lines(party)):
        middle = cell.centery
        badge = draw_badge(target, (cell.left + theme.text_px(PARTY) // 2, middle), number, theme)
        left = badge.right + theme.px(10)
        room = cell.right - theme.px(10) - left
        theme.text(target, words, Font.BODY, colour, room, midleft=(left, middle))
        cell = cell.move(cell.width, 0)
    hint = say("On another gamepad, or left Shift or right Ctrl")
    if party.is_two:
        hint = say("Hold B or Esc to leave")
    room = inner.right - cell.left
    theme.text(target, hint, Font.CAPTION, MUTED, room, midright=inner.midright)


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
