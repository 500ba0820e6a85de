"""Charts of a race over its time: who leads by how much, and both scores."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.story import SAMPLE_FRAMES, Story
from game.ui.widgets.scale import round_up
from game.ui.widgets.theme import AGENT, HUMAN, MARK, MUTED, TEXT, Colour, Font, Theme
from game.ui.widgets.translation import grouped, say, signed

LEAST_END = 50  # points, of either chart's scale


def round_points(points: int) -> int:
    """Return the smallest of 50, 100, 200, 500 and so on that is at least `points`."""
    return round(round_up(max(LEAST_END, points)))


def draw_lead(
    target: pygame.Surface,
    rect: pygame.Rect,
    story: Story,
    frames: int,
    theme: Theme,
    seat: int = 0,
    tints: tuple[Colour, Colour] = (HUMAN, AGENT),
) -> None:
    """Draw the lead of `seat` over a race of `frames` frames: above the line ahead, below behind.

    The colours are those of ahead and behind.
    """
    leads = story.leads_at(seat)
    end = round_points(max(map(abs, leads)))
    caption = say("Your lead over time")
    placed = theme.text(target, caption, Font.CAPTION, MUTED, rect.width, topleft=rect.topleft)
    chart = _frame_chart(target, rect, placed.bottom, (end, 0, -end), frames, theme)
    step = chart.width * SAMPLE_FRAMES / max(1, frames)
    for number, lead in enumerate(leads[:-1]):
        left = chart.left + round(number * step)
        right = max(left + 1, chart.left + round((number + 1) * step))
        height = round(chart.height / 2 * abs(lead) / end)
        if lead == 0 or left >= chart.right:
            continue
        bar = pygame.Rect(left, chart.centery, min(right, chart.right) - left, max(1, height))
        if lead > 0:
            bar.bottom = chart.centery
        target.fill(theme.ink(tints[lead < 0]), bar)


def draw_scores(
    target: pygame.Surface,
    rect: pygame.Rect,
    story: Story,
    colours: Sequence[Colour],
    frames: int,
    theme: Theme,
) -> None:
    """Draw each seat's score as a line in its colour over a match of `frames` frames."""
    end = round_points(max(max(scores) for scores in story.samples))
    chart = _frame_chart(target, rect, rect.top, (end, end // 2, 0), frames, theme)
    step = chart.width * SAMPLE_FRAMES / max(1, frames)
    for seat, colour in reversed(list(enumerate(colours))):
        points = [
            (
                min(chart.right, chart.left + round(number * step)),
                chart.bottom - round(chart.height * scores[seat] / end),
            )
            for number, scores in enumerate(story.samples)
        ]
        if len(points) > 1:
            pygame.draw.lines(target, theme.ink(colour), False, points, theme.px(3))
        pygame.draw.circle(target, theme.ink(colour), points[-1], theme.px(5))
    for frame in story.changes:
        x = chart.left + round(chart.width * min(1.0, frame / max(1, frames)))
        ends = (x, chart.bottom), (x, chart.bottom - theme.px(10))
        pygame.draw.line(target, theme.ink(TEXT), *ends, theme.px(2))


def clock(frames: int) -> str:
    """Return a length of time as minutes and seconds."""
    seconds = round(frames / FRAMES_PER_SECOND)
    return f"{seconds // 60}:{seconds % 60:02d}"


def _frame_chart(
    target: pygame.Surface,
    rect: pygame.Rect,
    top: int,
    ticks: tuple[int, int, int],
    frames: int,
    theme: Theme,
) -> pygame.Rect:
    """Draw a line and a number for each of `ticks` and the time below; return the chart's place."""
    line, gap = theme.height(Font.CAPTION), theme.px(8)
    words = [grouped(abs(tick)) for tick in ticks]
    if min(ticks) < 0:
        words = [signed(tick, word) for tick, word in zip(ticks, words, strict=True)]
    axis = max(theme.width(word, Font.CAPTION) for word in words) + gap
    chart = pygame.Rect(rect.left + axis, top + line // 2, rect.width - axis, 0)
    chart.height = rect.bottom - line - line // 2 - chart.top
    chart.height = max(theme.px(4), chart.height)
    roomy = chart.height >= 2 * line
    for place, (tick, word) in enumerate(zip(ticks, words, strict=True)):
        y = chart.top + chart.height * place // 2
        width = theme.px(2 if tick == 0 else 1)
        pygame.draw.line(target, theme.ink(MARK), (chart.left, y), (chart.right, y), width)
        if roomy or place != 1:
            left = (chart.left - gap, y)
            theme.text(target, word, Font.CAPTION, MUTED, midright=left)
    foot, half = rect.bottom, chart.width // 2 - gap
    theme.text(target, "0:00", Font.CAPTION, MUTED, half, bottomleft=(chart.left, foot))
    theme.text(target, clock(frames), Font.CAPTION, MUTED, half, bottomright=(chart.right, foot))
    return chart
