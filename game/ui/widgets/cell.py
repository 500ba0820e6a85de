"""A text in a cell: on one line, or on two smaller ones where one has no room for it."""

from __future__ import annotations

import pygame

from game.ui.widgets.face import pieces
from game.ui.widgets.theme import BAR_EDGE, LEADING, Colour, Font, Theme

_LEAST = 0.78  # share of a small line's usual height that each of two lines needs


def draw_cell(
    target: pygame.Surface,
    rect: pygame.Rect,
    words: str,
    colour: Colour,
    theme: Theme,
    font: Font = Font.BODY,
) -> None:
    """Draw `words` in the middle of `rect`."""
    edge = theme.px(BAR_EDGE)
    step = (rect.height - 2 * edge) // 2
    lines = halves(words, theme)
    needed = _LEAST * theme.height(Font.CAPTION) * 100 / theme.look.text
    roomy = step * LEADING >= needed and len(lines) == 2
    if not roomy or theme.width(words, font) <= rect.width:
        theme.on_bar(target, rect, words, font, colour, rect.width)
        return
    for number, line in enumerate(lines):
        place = pygame.Rect(rect.left, rect.top + number * step, rect.width, step + 2 * edge)
        theme.on_bar(target, place, line, Font.CAPTION, colour, rect.width)


def halves(words: str, theme: Theme) -> list[str]:
    """Return `words` on two lines that are as equally long as they can be, or on one."""
    parts = pieces(words)
    splits = [
        ("".join(parts[:at]).rstrip(" "), "".join(parts[at:]).rstrip(" "))
        for at in range(1, len(parts))
    ]
    if not splits:
        return [words]
    return list(min(splits, key=lambda two: max(theme.width(line, Font.CAPTION) for line in two)))
