"""The timeline: the value of a whole game as a line, with its events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.records.playback import Event, EventKind
from game.records.review import Moment, WorstMoment
from game.ui.widgets.scale import round_up
from game.ui.widgets.theme import BACKGROUND, MARK, MUTED, TEXT, WARNING, Colour, Font, Theme
from game.ui.widgets.translation import decimal, say, signed

HIGHEST = 5.0  # hits; the top of the scale is at least this
LOWEST = -0.2  # hits; from here on the scale goes below zero
AXIS = 34  # units, of the numbers beside it


@dataclass(frozen=True)
class Track:
    """The timeline of one seat."""

    colour: Colour
    begins: int  # frame of the match at which its game begins
    moments: Sequence[Moment]
    events: Sequence[Event]


def place_of(rect: pygame.Rect, theme: Theme) -> pygame.Rect:
    """Return the chart's rectangle within the panel `rect`."""
    chart = rect.inflate(-2 * theme.px(20), 0)
    axis = theme.text_px(AXIS)
    chart.left, chart.width = chart.left + axis, chart.width - axis
    chart.top = rect.top + theme.px(34)
    chart.height = rect.bottom - theme.px(40) - chart.top
    return chart


def draw_timeline(
    target: pygame.Surface,
    rect: pygame.Rect,
    tracks: Sequence[Track],
    frames: int,
    worst: Sequence[WorstMoment],
    theme: Theme,
) -> None:
    """Draw a game of `frames` frames into the panel `rect`; `worst` are the first track's."""
    theme.panel(target, rect)
    chart = place_of(rect, theme)
    frames = max(1, frames)
    values = [moment.value for track in tracks for moment in track.moments]
    top = round_up(max([HIGHEST, *values]))
    low = -round_up(-min(values)) if min(values, default=0.0) < LOWEST else 0.0
    _draw_axis(target, chart, (top, top / 2, 0.0, low), top - low, theme)
    for track in reversed(tracks):
        _draw_events(target, chart, track, frames, theme)
        _draw_value(target, chart, track, frames, (low, top), theme)
    foot = rect.bottom - theme.px(5)
    caption = say("Expected hits (V).  Ticks: hits.  Crosses: lives lost")
    room, middle = chart.width - theme.px(120), (chart.centerx, foot)
    theme.text(target, caption, Font.CAPTION, MUTED, room, midbottom=middle)
    theme.text(target, "0:00", Font.CAPTION, MUTED, bottomleft=(chart.left, foot))
    theme.text(target, clock(frames), Font.CAPTION, MUTED, bottomright=(chart.right, foot))
    places = [_x(chart, moment.frame + tracks[0].begins, frames) for moment in worst]
    heads = _spread(places, theme.px(30), chart.right)
    for number, (x, head) in enumerate(zip(places, heads, strict=True), 1):
        top_of_line = (head, rect.top + theme.px(18))
        ends = [top_of_line, (x, chart.top), (x, chart.bottom)]
        pygame.draw.lines(target, theme.ink(TEXT), False, ends, theme.px(1))
        _draw_number(target, top_of_line, number, theme)


def draw_cursor(
    target: pygame.Surface, rect: pygame.Rect, frame: int, frames: int, theme: Theme
) -> None:
    """Mark `frame` of the match on the line in the panel `rect`."""
    chart = place_of(rect, theme)
    x = _x(chart, frame, max(1, frames))
    bar = pygame.Rect(0, chart.top, theme.px(4), chart.height + theme.px(6))
    bar.centerx = x
    theme.box(target, bar, TEXT, radius=2)


def clock(frame: int) -> str:
    """Return a frame's time as minutes and seconds."""
    seconds = frame // FRAMES_PER_SECOND
    return f"{seconds // 60}:{seconds % 60:02d}"


def _spread(places: list[int], gap: int, last: int) -> list[int]:
    """Return `places`, in their order, moved so that they are `gap` apart and end at `last`."""
    heads: list[int] = []
    for place in places:
        heads.append(max(place, heads[-1] + gap) if heads else place)
    for index in reversed(range(len(heads))):
        heads[index] = min(heads[index], last - gap * (len(heads) - 1 - index))
    return heads


def _x(chart: pygame.Rect, frame: int, frames: int) -> int:
    return chart.left + round(chart.width * min(1.0, frame / frames))


def _draw_axis(
    target: pygame.Surface,
    chart: pygame.Rect,
    ticks: Sequence[float],
    span: float,
    theme: Theme,
) -> None:
    """Draw a line and a number, in hits, for each of `ticks`, the highest first."""
    last = chart.top - chart.height
    for tick in ticks:
        y = chart.top + round(chart.height * (ticks[0] - tick) / span)
        width = theme.px(2 if tick == 0 else 1)
        pygame.draw.line(target, theme.ink(MARK), (chart.left, y), (chart.right, y), width)
        if y - last >= theme.height(Font.CAPTION):
            size = decimal(abs(tick), 0 if tick == int(tick) else 1)
            end = (chart.left - theme.px(6), y)
            theme.text(target, signed(min(0.0, tick), size), Font.CAPTION, MUTED, midright=end)
            last = y


def _draw_value(
    target: pygame.Surface,
    chart: pygame.Rect,
    track: Track,
    frames: int,
    ends: tuple[float, float],
    theme: Theme,
) -> None:
    """Draw the values as a line on a scale between `ends`."""
    low, top = ends
    points = [
        (
            _x(chart, moment.frame + track.begins, frames),
            chart.bottom - round(chart.height * (moment.value - low) / (top - low)),
        )
        for moment in track.moments
    ]
    if len(points) > 1:
        pygame.draw.lines(target, theme.ink(track.colour), False, points, theme.px(2))


def _draw_events(
    target: pygame.Surface, chart: pygame.Rect, track: Track, frames: int, theme: Theme
) -> None:
    """Draw a tick for a hit, a long line with a cross for a death."""
    for event in track.events:
        x = _x(chart, event.frame + track.begins, frames)
        if event.what is EventKind.HIT:
            tick = (x, chart.bottom - theme.px(1)), (x, chart.bottom - theme.px(9))
            pygame.draw.line(target, theme.ink(track.colour), *tick, theme.px(2))
        elif event.what in (EventKind.DEATH, EventKind.LANDING):
            warning = theme.ink(WARNING)
            pygame.draw.line(target, warning, (x, chart.top), (x, chart.bottom), theme.px(2))
            arm, y = theme.px(6), chart.top
            for way in (-1, 1):
                ends = (x - arm, y - way * arm), (x + arm, y + way * arm)
                pygame.draw.line(target, warning, *ends, theme.px(3))
        else:
            ends = (x, chart.top), (x, chart.bottom)
            pygame.draw.line(target, theme.ink(MUTED), *ends, theme.px(1))


def _draw_number(
    target: pygame.Surface, centre: tuple[int, int], number: int, theme: Theme
) -> None:
    pygame.draw.circle(target, theme.ink(TEXT), centre, theme.px(13))
    theme.text(target, f"{number}", Font.CAPTION, BACKGROUND, center=centre)
