"""The standings of a tournament as a table, in one column or two."""

from __future__ import annotations

import pygame

from game.tournament.model import Format, Tournament
from game.tournament.standings import Standing, standings
from game.ui.widgets.theme import HUMAN, MUTED, TEXT, Colour, Font, Theme
from game.ui.widgets.translation import grouped, say, signed

ROW = 42  # units, at most
LOW = 32  # units, of a row below which the letters are smaller
LARGE = 1.5  # where there is room, all grows as far as this: a menu's letters fit
A_COLUMN = 16  # people
WIDTH = 760  # units, of a column at most
SMALL = 0.8  # of a font's height, which a name does not go below


def draw_table(
    target: pygame.Surface, rect: pygame.Rect, tournament: Tournament, theme: Theme
) -> None:
    """Draw everybody's place and record into `rect`, the best first."""
    table = standings(tournament)
    columns = 1 if len(table) <= A_COLUMN else 2
    a_column = -(-len(table) // columns)
    gap = theme.px(16)
    most = (rect.width - (columns - 1) * gap) // columns
    lines = (rect.height - theme.px(8)) / (a_column + 1)
    large = max(1.0, min(LARGE, most / theme.px(WIDTH), lines / theme.text_px(ROW)))
    width = min(round(large * theme.px(WIDTH)), most)
    step = min(round(large * theme.text_px(ROW)), int(lines))
    left = rect.centerx - (columns * width + (columns - 1) * gap) // 2
    for number in range(columns):
        rows = table[number * a_column : (number + 1) * a_column]
        panel = pygame.Rect(left + number * (width + gap), rect.top, width, step * (a_column + 1))
        panel.height += theme.px(8)
        theme.panel(target, panel)
        _draw_row(target, panel, 0, step, _head(tournament), MUTED, theme)
        for row, one in enumerate(rows, 1):
            colour = HUMAN if one.place == 1 else TEXT
            _draw_row(target, panel, row, step, _cells(one, tournament), colour, theme)


def _head(tournament: Tournament) -> tuple[str, ...]:
    if tournament.plan.format is Format.KNOCKOUT:
        return ("", "", say("Won"), say("Lost"), say("Margin"))
    return ("", "", say("Won"), say("Ties"), say("Lost"), say("Margin"), say("Points"))


def _cells(one: Standing, tournament: Tournament) -> tuple[str, ...]:
    """Return place, name and record."""
    name, apart = tournament.plan.names[one.entrant], one.scored - one.against
    difference = signed(apart, grouped(abs(apart)))
    if tournament.plan.format is Format.KNOCKOUT:
        return (f"{one.place}", name, f"{one.won}", f"{one.lost}", difference)
    record = (f"{one.won}", f"{one.tied}", f"{one.lost}", difference, f"{one.points}")
    return (f"{one.place}", name, *record)


def _draw_row(
    target: pygame.Surface,
    panel: pygame.Rect,
    row: int,
    step: int,
    cells: tuple[str, ...],
    colour: Colour,
    theme: Theme,
) -> None:
    """Draw a line: the place, the name at the left, and numbers in columns from the right."""
    fonts = ((LARGE * LOW, Font.MENU), (LOW, Font.BODY))
    font = next((font for low, font in fonts if step >= theme.text_px(low)), Font.CAPTION)
    middle = panel.top + theme.px(4) + row * step + step // 2
    column = panel.width // (len(cells) + 1)
    large = max(1.0, theme.height(font) / theme.height(Font.BODY))
    right = panel.right - theme.px(12)
    for back, words in enumerate(reversed(cells[2:])):
        at = (right - back * column, middle)
        theme.text(target, words, font, colour, column - theme.px(8), step, midright=at)
    at = (panel.left + theme.px(44 * large), middle)
    theme.text(target, cells[0], font, MUTED, theme.px(36 * large), step, midright=at)
    name = (panel.left + theme.px(56 * large), middle)
    room = right - (len(cells) - 2) * column - name[0]
    words = theme.fit(cells[1], font, round(room / SMALL))
    theme.text(target, words, font, colour, room, step, midleft=name)
