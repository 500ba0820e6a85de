"""What each side of a race sees and may do, in three columns: you, the rule, the network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pygame

from game.emulation.cabinet import Rules
from game.play.ladder import Rung
from game.play.match import EVEN, Handicap
from game.ui.widgets.fairness_panel import of_day_words, rung_words, training_words
from game.ui.widgets.rules_table import Row, draw_rules_table
from game.ui.widgets.theme import AGENT, HUMAN, MUTED, TEXT, Theme
from game.ui.widgets.translation import percent, say

SIDES = 0.39  # of the width: each side's column


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
    if handicap.one_switch:
        rows.append(Difference(say("automatic"), say("Moving"), say("its own choice"), given=True))
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
    its = say("The network") if rung is None else rung_words(rung)
    lines: list[Row] = [((say("You"), "", its), (HUMAN, MUTED, AGENT))]
    for row in rows:
        tint = HUMAN if row.given else TEXT
        lines.append(((row.yours, row.rule, row.its), (tint, MUTED, tint)))

    def columns(line: pygame.Rect) -> list[pygame.Rect]:
        side = round(line.width * SIDES)
        left = pygame.Rect(line.left, line.top, side - theme.px(10), line.height)
        right = left.copy()
        right.right = line.right
        middle = pygame.Rect(line.left + side, line.top, line.width - 2 * side, line.height)
        return [left, middle, right]

    draw_rules_table(target, rect, lines, both, columns, theme)
