"""What each side of a race sees and may do, in three columns: you, the rule, the network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pygame

from game.emulation.cabinet import Rules
from game.play.ladder import Rung
from game.play.match import EVEN, Handicap
from game.ui.widgets.cell import draw_cell
from game.ui.widgets.fairness_panel import of_day_words, rung_words, training_words
from game.ui.widgets.theme import (
    AGENT,
    BACKGROUND,
    HUMAN,
    LINE,
    MUTED,
    TEXT,
    Colour,
    Font,
    Theme,
)
from game.ui.widgets.translation import percent, say

SIDES = 0.39  # of the width: each side's column
ROW = 54  # units, at most


@dataclass(frozen=True)
class Difference:
    """One row: what holds for the person, the rule's name, and what holds for the network."""

    yours: str
    rule: str
    its: str
    given: bool = False  # whether it is a handicap, to the person's advantage


def differences(handicap: Handicap, limited: bool, rung: Rung | None) -> list[Difference]:
    """Return what is not the same for both in a race; `limited` is one with a time limit."""
    rows = [
        Difference(say("the full picture"), say("Input"), say("a small greyscale picture")),
        Difference(
            say("{number} per second", number=60),
            say("Reactions"),
            say("{number} per second", number=15),
        ),
    ]
    if rung is not None and handicap == EVEN:  # where there is more to compare, that comes first
        rows.append(Difference("-", say("Training"), training_words(rung)))
    if handicap.delay_ms:
        delay = say("{number} ms", number=handicap.delay_ms)
        rows.append(Difference(say("none"), say("Added delay"), delay, given=True))
    if handicap.head_start_s:
        later = say("{seconds} s after you", seconds=handicap.head_start_s)
        rows.append(Difference(say("at once"), say("Starts"), later, given=True))
    if handicap.extra_s and limited:
        later = say("{seconds} s after the network", seconds=handicap.extra_s)
        rows.append(Difference(later, say("Stops"), say("when time is up"), given=True))
    if handicap.auto_fire:
        rows.append(Difference(say("automatic"), say("Firing"), say("its own choice"), given=True))
    return rows


def both_words(rules: Rules, day: date | None, several: bool = False) -> str:
    """Return what is the same for both sides, or `several`, in a game of the `day` or another."""
    share = percent(round(100 * rules.sticky))
    if rules.sticky and several:
        words = say("All: {percent} of frames repeat the input", percent=share)
    elif rules.sticky:
        words = say("Both: {percent} of frames repeat the input", percent=share)
    elif several:
        words = say("All: every input counts at once")
    else:
        words = say("Both: every input counts at once")
    return words if day is None else f"{words}.  {say('Game')} {of_day_words(day)}"


def draw_fairness_table(
    target: pygame.Surface,
    rect: pygame.Rect,
    rows: list[Difference],
    both: str,
    rung: Rung | None,
    theme: Theme,
) -> None:
    """Draw the head, a line for each of `rows`, and below what holds for `both`."""
    target.fill(theme.ink(BACKGROUND), rect)
    theme.panel(target, rect)
    inner = rect.inflate(-2 * theme.px(14), -2 * theme.px(6))
    step = min(theme.text_px(ROW), inner.height // (len(rows) + 2))
    top = inner.centery - step * (len(rows) + 2) // 2
    its = say("The network") if rung is None else rung_words(rung)
    line = pygame.Rect(inner.left, top, inner.width, step)
    _draw_line(target, line, (say("You"), "", its), (HUMAN, MUTED, AGENT), theme)
    for row in rows:
        ends = line.bottomleft, line.bottomright
        pygame.draw.line(target, theme.ink(LINE), *ends, theme.px(1))
        line = line.move(0, step)
        colours = (HUMAN if row.given else TEXT, MUTED, HUMAN if row.given else TEXT)
        _draw_line(target, line, (row.yours, row.rule, row.its), colours, theme)
    ends = line.bottomleft, line.bottomright
    pygame.draw.line(target, theme.ink(LINE), *ends, theme.px(1))
    foot = line.move(0, step)
    theme.text(target, both, Font.BODY, MUTED, foot.width, step, center=foot.center)


def _draw_line(
    target: pygame.Surface,
    line: pygame.Rect,
    words: tuple[str, str, str],
    colours: tuple[Colour, Colour, Colour],
    theme: Theme,
) -> None:
    gap = theme.px(10)
    side = round(line.width * SIDES)
    left = pygame.Rect(line.left, line.top, side - gap, line.height)
    right = left.copy()
    right.right = line.right
    middle = pygame.Rect(line.left + side, line.top, line.width - 2 * side, line.height)
    for cell, text, colour in zip((left, middle, right), words, colours, strict=True):
        if text:
            draw_cell(target, cell, text, colour, theme)
