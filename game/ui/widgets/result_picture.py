"""The result of a match as a picture to keep or to send."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pygame

from game.play.match import Match
from game.play.story import Story
from game.ui.widgets.code_picture import code_picture, code_side
from game.ui.widgets.race_chart import draw_scores
from game.ui.widgets.theme import (
    MUTED,
    TEXT,
    Colour,
    Font,
    Look,
    Theme,
    name_of,
)
from game.ui.widgets.title_layout import draw_sky
from game.ui.widgets.translation import date_time, grouped, say

SIZE = (1280, 720)
MARGIN, CODE = 48, 230  # units


@dataclass(frozen=True)
class Result:
    """What the picture says of a match."""

    headline: str
    colour: Colour
    lines: Sequence[str]  # by how much, what decided it, a record
    code: Sequence[Sequence[bool]]  # the QR code's modules
    event: str  # its name, empty without one


def result_picture(
    match: Match, story: Story, colours: Sequence[Colour], result: Result, contrast: bool = False
) -> pygame.Surface:
    """Return the picture, in the look with or without high `contrast`."""
    theme = Theme(SIZE, Look(contrast=contrast))
    canvas = pygame.Surface(SIZE)
    draw_sky(canvas, theme)
    area = canvas.get_rect().inflate(-2 * theme.px(MARGIN), -2 * theme.px(MARGIN))
    logo = theme.text(canvas, "BIGCHAMP", Font.TABLE, TEXT, topleft=area.topleft)
    when = date_time(time.localtime())
    place = f"{result.event}, {when}" if result.event else when
    room, end = area.width - logo.width - theme.px(30), (area.right, logo.centery)
    theme.text(canvas, place, Font.BODY, MUTED, room, midright=end)
    under = (area.left, logo.bottom + theme.px(16))
    head = theme.text(canvas, result.headline, Font.HEADLINE, result.colour, topleft=under)
    y = head.bottom
    for words in result.lines:
        below = (area.left, y)
        y = theme.text(canvas, words, Font.BODY, TEXT, area.width, topleft=below).bottom
    scores = pygame.Rect(area.left, y + theme.px(14), area.width, theme.px(96))
    _draw_scores(canvas, scores, match, colours, theme)
    side = code_side(result.code, theme.px(CODE))
    code = pygame.Rect(0, 0, side, side)
    code.bottomright = area.right, area.bottom - theme.height(Font.CAPTION)
    canvas.blit(code_picture(result.code, side), code)
    what = (code.centerx, area.bottom)
    words = say("Score, seed and the recording's digest")
    theme.text(canvas, words, Font.CAPTION, MUTED, side, midbottom=what)
    chart = pygame.Rect(area.left, scores.bottom + theme.px(14), 0, 0)
    chart.width, chart.height = code.left - theme.px(40) - area.left, area.bottom - chart.top
    theme.panel(canvas, chart)
    inner = chart.inflate(-2 * theme.px(16), -2 * theme.px(10))
    draw_scores(canvas, inner, story, colours, match.number, theme)
    return canvas


def _draw_scores(
    target: pygame.Surface,
    rect: pygame.Rect,
    match: Match,
    colours: Sequence[Colour],
    theme: Theme,
) -> None:
    """Draw each seat's name above its score, side by side."""
    width = rect.width // len(match.seats)
    for number, (seat, colour) in enumerate(zip(match.seats, colours, strict=True)):
        cell = pygame.Rect(rect.left + number * width, rect.top, width - theme.px(12), rect.height)
        theme.panel(target, cell)
        left = (cell.left + theme.px(18), cell.centery)
        points = grouped(seat.frame.score)
        end = (cell.right - theme.px(18), cell.centery)
        placed = theme.text(target, points, Font.SCORE, TEXT, cell.width // 2, midright=end)
        room = placed.left - theme.px(12) - left[0]
        theme.text(target, name_of(seat.player), Font.MENU, colour, room, midleft=left)
