"""The value of the last ten seconds as a line, with hits and lost lives marked."""

from __future__ import annotations

import pygame

from game.play.mood import Mood
from game.ui.overlay.history import HISTORY, History
from game.ui.widgets.theme import AGENT, MARK, MUTED, TEXT, WARNING, Colour, Font, Theme
from game.ui.widgets.translation import decimal, say

MOOD_COLOURS: dict[Mood, Colour] = {
    Mood.CALM: MUTED,
    Mood.THREATENED: WARNING,
    Mood.HUNTING: AGENT,
}


def mood_words(mood: Mood) -> str:
    """Return `mood` in words."""
    return {
        Mood.CALM: say("as expected"),
        Mood.THREATENED: say("worse than expected"),
        Mood.HUNTING: say("better than expected"),
    }[mood]


def draw_value(target: pygame.Surface, rect: pygame.Rect, history: History, theme: Theme) -> None:
    """Draw the value as a number and a line, the mood, and the margin over the second best."""
    thought = history.thought
    value = "-" if thought is None else decimal(thought.value, 1)
    number = theme.text(target, value, Font.MENU, TEXT, topright=rect.topright)
    room = rect.width - number.width - theme.px(8)
    placed = theme.text(target, say("Value (V)"), Font.CAPTION, MUTED, room, topleft=rect.topleft)
    mood = history.mood
    colour = MOOD_COLOURS[mood]
    named = theme.text(
        target, mood_words(mood), Font.CAPTION, colour, room, topleft=placed.bottomleft
    )
    gap = decimal(history.margin, 2)
    words = say("Margin over 2nd best: {hits} hits", hits=gap)
    foot = rect.bottom
    for line in reversed(theme.wrap(words, Font.CAPTION, rect.width)):
        placed = theme.text(target, line, Font.CAPTION, MUTED, bottomleft=(rect.left, foot))
        foot = placed.top
    top = max(number.bottom, named.bottom)
    chart = pygame.Rect(rect.left, top, rect.width, foot - top)
    draw_line(target, chart.inflate(0, -theme.px(6)), history, theme)


def draw_line(target: pygame.Surface, chart: pygame.Rect, history: History, theme: Theme) -> None:
    """Draw the line, with a tick for each hit and a crossed line for each lost life."""
    pygame.draw.line(target, theme.ink(MARK), chart.bottomleft, chart.bottomright, theme.px(1))
    values = list(history.values)
    if len(values) < 2 or chart.height < theme.px(10):
        return
    step = chart.width / HISTORY

    def across(made: int) -> int:
        return max(chart.left, round(chart.right - (history.made - made) * step))

    for kill in history.kills:
        notch = pygame.Rect(0, 0, theme.px(3), theme.px(8))
        notch.midbottom = (across(kill), chart.bottom)
        pygame.draw.rect(target, theme.ink(TEXT), notch)
    for death in history.deaths:
        _draw_death(target, chart, across(death), theme)
    top = max(history.q_scale, max(values))
    points = [
        (
            chart.right - (len(values) - 1 - i) * step,
            chart.bottom - chart.height * min(1.0, max(0.0, value / top)),
        )
        for i, value in enumerate(values)
    ]
    pygame.draw.lines(target, theme.ink(AGENT), False, points, theme.px(3))
    pygame.draw.circle(target, theme.ink(TEXT), points[-1], theme.px(5))


def _draw_death(target: pygame.Surface, chart: pygame.Rect, x: int, theme: Theme) -> None:
    pygame.draw.line(target, theme.ink(WARNING), (x, chart.top), (x, chart.bottom), theme.px(2))
    arm = theme.px(5)
    for way in (-1, 1):
        ends = ((x - arm, chart.top + arm - way * arm), (x + arm, chart.top + arm + way * arm))
        pygame.draw.line(target, theme.ink(WARNING), *ends, theme.px(3))
