"""The value of the last ten seconds as a line, with hits and lost lives marked."""

from __future__ import annotations

import pygame

from game.play.mood import Mood
from game.ui.overlay.history import HISTORY, HISTORY_S, History
from game.ui.widgets.scale import digits_of
from game.ui.widgets.theme import AGENT, MARK, MUTED, TEXT, WARNING, Colour, Font, Theme
from game.ui.widgets.translation import decimal, say

TICK_S = 2  # between two ticks of the time axis
HIGH = 130  # units from which on there is room for a large number
LOWEST_CHART = 24  # units: a lower one shows nothing

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
    """Draw the value as a number and as a line on axes of hits and seconds."""
    thought = history.thought
    if thought is None:
        return
    # Where the room is low, the line is worth more than a large number.
    font = Font.MENU if rect.height > theme.px(HIGH) else Font.BODY
    shown, corner = decimal(thought.value, 1), rect.topright
    number = theme.text(target, shown, font, TEXT, topright=corner)
    room, left = rect.width - number.width - theme.px(8), (rect.left, number.centery)
    words = say("Value (V) in hits")
    if theme.width(words, Font.CAPTION) > room:
        words = say("Value (V)")
    theme.text(target, words, Font.CAPTION, MUTED, room, midleft=left)
    foot = theme.height(Font.CAPTION)
    digits = digits_of(history.value_scale.end)
    ticks = [decimal(number, digits) for number in value_ticks(history)]
    axis = max(theme.width(tick, Font.CAPTION) for tick in ticks) + theme.px(8)
    chart = pygame.Rect(rect.left + axis, number.bottom, rect.width - axis, 0)
    chart.height = rect.bottom - foot - chart.top
    # Half a number stands above the highest line, and below the lowest.
    chart.inflate_ip(0, -foot // 2)
    if chart.height < theme.px(LOWEST_CHART):
        return
    _draw_axes(target, chart, rect, history, theme)
    draw_line(target, chart, history, theme)


def value_ticks(history: History) -> list[float]:
    """Return the values of the axis that have a number, from the highest to the lowest."""
    end = history.value_scale.end
    return [end, 0.0, -end] if history.lowest < 0 else [end, end / 2, 0.0]


def _draw_axes(
    target: pygame.Surface, chart: pygame.Rect, rect: pygame.Rect, history: History, theme: Theme
) -> None:
    """Draw a line for zero and one for each number, and the seconds below."""
    ticks, ink = value_ticks(history), theme.ink(MARK)
    digits = digits_of(history.value_scale.end)
    gap, line = theme.px(6), theme.height(Font.CAPTION)
    for number in ticks:
        y = _height_of(chart, number, ticks)
        width = theme.px(2 if number == 0 else 1)
        pygame.draw.line(target, ink, (chart.left, y), (chart.right, y), width)
        crowded = chart.height < 2 * line and number not in (ticks[0], ticks[-1])
        if not crowded:
            tick = decimal(number, digits if number else 0).replace("-", "\u2212")
            theme.text(target, tick, Font.CAPTION, MUTED, midright=(chart.left - gap, y))
    for second in range(0, HISTORY_S + 1, TICK_S):
        x = chart.right - round(chart.width * second / HISTORY_S)
        notch = (x, chart.bottom), (x, chart.bottom + theme.px(4))
        pygame.draw.line(target, ink, *notch, theme.px(1))
    foot = rect.bottom
    ago = say("{seconds} s ago", seconds=HISTORY_S)
    half = chart.width // 2 - gap
    theme.text(target, ago, Font.CAPTION, MUTED, half, bottomleft=(chart.left, foot))
    theme.text(target, say("now"), Font.CAPTION, MUTED, half, bottomright=(chart.right, foot))


def _height_of(chart: pygame.Rect, value: float, ticks: list[float]) -> int:
    share = (value - ticks[-1]) / (ticks[0] - ticks[-1])
    return chart.bottom - round(chart.height * min(1.0, max(0.0, share)))


def draw_line(target: pygame.Surface, chart: pygame.Rect, history: History, theme: Theme) -> None:
    """Draw the line, with a tick for each hit and a crossed line for each lost life."""
    values = list(history.values)
    step = chart.width / HISTORY

    def across(made: int) -> int:
        return max(chart.left, round(chart.right - (history.made - made) * step))

    for kill in history.kills:
        notch = pygame.Rect(0, 0, theme.px(3), theme.px(8))
        notch.midbottom = (across(kill), chart.bottom)
        pygame.draw.rect(target, theme.ink(TEXT), notch)
    for death in history.deaths:
        _draw_death(target, chart, across(death), theme)
    if len(values) < 2:
        return
    ticks = value_ticks(history)
    points = [
        (chart.right - (len(values) - 1 - i) * step, _height_of(chart, value, ticks))
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
