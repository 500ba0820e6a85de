"""What each seat of a race of two people and the network sees and may do: a column for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pygame

from game.play.ladder import Rung
from game.play.match import Handicap
from game.ui.widgets.cell import draw_cell
from game.ui.widgets.theme import (
    AGENT,
    BACKGROUND,
    LINE,
    MUTED,
    PEOPLE,
    TEXT,
    Colour,
    Font,
    Theme,
    rung_name,
)
from game.ui.widgets.translation import say

RULE = 0.22  # of the width: the column of the rules' names
ROW = 54  # units, at most


@dataclass(frozen=True)
class Rule:
    """One row: the rule's name, what holds for each seat, and whether that is a handicap."""

    name: str
    seats: tuple[str, ...]
    given: tuple[bool, ...] = (False, False, False)


def seat_rules(handicaps: Sequence[Handicap], limited: bool) -> list[Rule]:
    """Return what is not the same for two people with `handicaps` and the network beside them.

    `limited` is a race with a time limit.
    """
    full, small = say("in full"), say("small, grey")
    fast, slow = (say("{number} per second", number=number) for number in (60, 15))
    rules = [
        Rule(say("Picture"), (full, full, small)),
        Rule(say("Reactions"), (fast, fast, slow)),
    ]
    delay = max(given.delay_ms for given in handicaps)
    if delay:
        words = (say("none"), say("none"), say("{number} ms", number=delay))
        rules.append(Rule(say("Added delay"), words, (False, False, True)))
    heads = [*(given.head_start_s for given in handicaps), 0]
    if any(heads):
        waits = [max(heads) - head for head in heads]
        starts = [say("{seconds} s later", seconds=s) if s else say("at once") for s in waits]
        rules.append(Rule(say("Starts"), tuple(starts), tuple(head > 0 for head in heads)))
    extra = [*(given.extra_s if limited else 0 for given in handicaps), 0]
    if any(extra):
        ends = [say("{seconds} s later", seconds=s) if s else say("on time") for s in extra]
        rules.append(Rule(say("Stops"), tuple(ends), tuple(s > 0 for s in extra)))
    auto = [*(given.auto_fire for given in handicaps), False]
    if any(auto):
        fires = [say("automatic") if fire else say("its own choice") for fire in auto[2:]]
        fires = [say("automatic") if fire else "-" for fire in auto[:2]] + fires
        rules.append(Rule(say("Firing"), tuple(fires), tuple(auto)))
    return rules


def draw_seats_table(
    target: pygame.Surface,
    rect: pygame.Rect,
    rules: list[Rule],
    both: str,
    rung: Rung | None,
    theme: Theme,
) -> None:
    """Draw the names of the seats, a line for each of `rules`, and below what holds for all."""
    target.fill(theme.ink(BACKGROUND), rect)
    theme.panel(target, rect)
    inner = rect.inflate(-2 * theme.px(14), -2 * theme.px(6))
    step = min(theme.text_px(ROW), inner.height // (len(rules) + 2))
    top = inner.centery - step * (len(rules) + 2) // 2
    its = say("The network") if rung is None else rung_name(rung.name)
    names = ("", say("Player 1"), say("Player 2"), its)
    line = pygame.Rect(inner.left, top, inner.width, step)
    _draw_line(target, line, names, (MUTED, *PEOPLE, AGENT), theme)
    for rule in rules:
        ends = line.bottomleft, line.bottomright
        pygame.draw.line(target, theme.ink(LINE), *ends, theme.px(1))
        line = line.move(0, step)
        tints = (*PEOPLE, PEOPLE[0])
        colours = [tint if given else TEXT for tint, given in zip(tints, rule.given, strict=True)]
        _draw_line(target, line, (rule.name, *rule.seats), (MUTED, *colours), theme)
    ends = line.bottomleft, line.bottomright
    pygame.draw.line(target, theme.ink(LINE), *ends, theme.px(1))
    foot = line.move(0, step)
    theme.text(target, both, Font.BODY, MUTED, foot.width, step, center=foot.center)


def _draw_line(
    target: pygame.Surface,
    line: pygame.Rect,
    words: Sequence[str],
    colours: Sequence[Colour],
    theme: Theme,
) -> None:
    gap, first = theme.px(8), round(line.width * RULE)
    width = (line.width - first) // (len(words) - 1)
    cell = pygame.Rect(line.left, line.top, first - gap, line.height)
    for text, colour in zip(words, colours, strict=True):
        if text:
            draw_cell(target, cell, text, colour, theme)
        cell = pygame.Rect(cell.right + gap, line.top, width - gap, line.height)
