"""The card before a film: who played, the scores, and when."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.player import Kind
from game.play.tape import Tape
from game.system.dates import day_words
from game.ui.review.decision_panel import name_of_tape
from game.ui.widgets.theme import AGENT, MUTED, TEXT, Colour, Font, Theme
from game.ui.widgets.title_layout import draw_sky
from game.ui.widgets.translation import grouped, say

CARD_FRAMES = 2 * FRAMES_PER_SECOND
MARGIN, GAP, HEIGHT = 60, 30, 240  # units, around everything, between scores, and of a score


def draw_card(
    target: pygame.Surface,
    tapes: Sequence[Tape],
    colours: Sequence[Colour],
    played: float | None,
    theme: Theme,
) -> None:
    """Fill `target` with the card of a match of `tapes`, one for each seat.

    It was `played` so many seconds after the epoch, None if nobody knows.
    """
    draw_sky(target, theme)
    area = target.get_rect().inflate(-2 * theme.px(MARGIN), -2 * theme.px(MARGIN))
    logo = theme.text(target, "BIGCHAMP", Font.TABLE, TEXT, area.width, midtop=area.midtop)
    words, under = headline(tapes), (area.centerx, logo.bottom + theme.px(30))
    head = theme.text(target, words, Font.HEADLINE, AGENT, area.width, midtop=under)
    width = (area.width - theme.px(GAP) * (len(tapes) - 1)) // len(tapes)
    height = min(theme.px(HEIGHT), area.bottom - head.bottom - theme.px(120))
    middle = (head.bottom + area.bottom - theme.height(Font.MENU)) // 2
    for number, (tape, colour) in enumerate(zip(tapes, colours, strict=True)):
        cell = pygame.Rect(area.left + number * (width + theme.px(GAP)), 0, width, height)
        cell.centery = middle
        theme.panel(target, cell)
        room = width - 2 * theme.px(20)
        above = (cell.centerx, cell.centery - theme.px(8))
        theme.text(target, name_of_tape(tape), Font.HEADLINE, colour, room, midbottom=above)
        below = (cell.centerx, cell.centery + theme.px(16))
        theme.text(target, grouped(tape.score), Font.LOGO, TEXT, room, midtop=below)
    if played is not None:
        day = time.localtime(played)
        when = day_words(date(day.tm_year, day.tm_mon, day.tm_mday), say)
        theme.text(target, when, Font.MENU, MUTED, area.width, midbottom=area.midbottom)


def headline(tapes: Sequence[Tape]) -> str:
    """Return what kind of match it was."""
    if len(tapes) > 1:
        return say("Race")
    return say("The network alone") if tapes[0].kind is Kind.AGENT else say("Playing alone")
