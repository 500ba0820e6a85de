"""The table of what each side of a race sees and may do, whatever its columns are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pygame

from game.ui.widgets.cell import draw_cell
from game.ui.widgets.theme import BACKGROUND, LINE, MUTED, Colour, Font, Theme

ROW = 54  # units, at most

Row = tuple[Sequence[str], Sequence[Colour]]  # the words of its cells, and their colours
Columns = Callable[[pygame.Rect], Sequence[pygame.Rect]]  # the cells of a line


def draw_rules_table(
    target: pygame.Surface,
    rect: pygame.Rect,
    rows: Sequence[Row],
    foot: str,
    columns: Columns,
    theme: Theme,
) -> None:
    """Draw a line for each of `rows`, of which the first is the head, and below them `foot`."""
    target.fill(theme.ink(BACKGROUND), rect)
    theme.panel(target, rect)
    inner = rect.inflate(-2 * theme.px(14), -2 * theme.px(6))
    step = min(theme.text_px(ROW), inner.height // (len(rows) + 1))
    top = inner.centery - step * (len(rows) + 1) // 2
    line = pygame.Rect(inner.left, top, inner.width, step)
    for words, colours in rows:
        for cell, text, colour in zip(columns(line), words, colours, strict=True):
            if text:
                draw_cell(target, cell, text, colour, theme)
        ends = line.bottomleft, line.bottomright
        pygame.draw.line(target, theme.ink(LINE), *ends, theme.px(1))
        line = line.move(0, step)
    theme.text(target, foot, Font.BODY, MUTED, line.width, step, center=line.center)
