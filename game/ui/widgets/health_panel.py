"""The operator's panel: how the arcade does, and when people played today."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.ui.widgets.theme import HUMAN, MARK, MUTED, TEXT, WARNING, Font, Theme
from game.ui.widgets.translation import say

HOURS = 24
FIGURES = 0.68  # of the width; the rest shows the games by hour
A_ROW = 5
LOWEST = 84  # units, of two rows of figures


def draw_health(
    target: pygame.Surface,
    rect: pygame.Rect,
    figures: Sequence[tuple[str, str, bool]],
    games: Sequence[int],
    theme: Theme,
) -> None:
    """Draw `figures`, each a name, a value and whether all is well, and `games` by hour.

    Where `rect` is too low for all, the first ones are drawn.
    """
    theme.panel(target, rect)
    inner = rect.inflate(-2 * theme.px(14), -2 * theme.px(5))
    if rect.height < theme.text_px(LOWEST):
        figures = figures[:A_ROW]
    width = round(inner.width * FIGURES)
    rows = -(-len(figures) // A_ROW)
    size = width // A_ROW, inner.height // rows
    for number, (name, value, well) in enumerate(figures):
        across, down = number % A_ROW, number // A_ROW
        place = (inner.left + across * size[0], inner.top + down * size[1])
        _draw_figure(target, pygame.Rect(place, size), name, value, well, theme)
    chart = pygame.Rect(inner.left + width + theme.px(10), inner.top, 0, inner.height)
    chart.width = inner.right - chart.left
    _draw_hours(target, chart, games, theme)


def _draw_figure(
    target: pygame.Surface, rect: pygame.Rect, name: str, value: str, well: bool, theme: Theme
) -> None:
    half, room = rect.height // 2, rect.width - theme.px(12)
    upper, lower = (rect.left, rect.top + half // 2), (rect.left, rect.top + half + half // 2)
    theme.text(target, name, Font.CAPTION, MUTED, room, half, midleft=upper)
    words = theme.fit(value, Font.BODY, room)
    theme.text(target, words, Font.BODY, TEXT if well else WARNING, room, half, midleft=lower)


def _draw_hours(
    target: pygame.Surface, rect: pygame.Rect, games: Sequence[int], theme: Theme
) -> None:
    """Draw a bar for each hour, its foot marked every six hours."""
    head = say("Games today, by hour (most: {number})", number=max(games, default=0))
    line = min(theme.height(Font.CAPTION), rect.height // 3)
    top = (rect.left, rect.top + line // 2)
    theme.text(target, head, Font.CAPTION, MUTED, rect.width, line, midleft=top)
    chart = pygame.Rect(rect.left, rect.top + line, rect.width, rect.height - 2 * line)
    most, step = max([1, *games]), rect.width / HOURS
    foot = chart.bottomleft, chart.bottomright
    pygame.draw.line(target, theme.ink(MARK), *foot, theme.px(1))
    for hour, count in enumerate(games):
        height = chart.height * count // most
        left = chart.left + round(hour * step)
        bar = pygame.Rect(left, chart.bottom - height, max(1, round(step) - theme.px(2)), height)
        if count:
            target.fill(theme.ink(HUMAN), bar)
    for hour in range(0, HOURS, 6):
        at = (chart.left + round(hour * step), rect.bottom - line // 2)
        theme.text(target, f"{hour}:00", Font.CAPTION, MUTED, round(6 * step), line, midleft=at)
