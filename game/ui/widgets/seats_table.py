"""What each seat of a race of two people and the network sees and may do: a column for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pygame

from game.play.ladder import Rung
from game.play.match import Handicap
from game.ui.widgets.rules_table import Row, draw_rules_table
from game.ui.widgets.theme import AGENT, MUTED, PEOPLE, TEXT, Theme, rung_name
from game.ui.widgets.translation import say

RULE = 0.22  # of the width: the column of the rules' names


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
    its = say("The network") if rung is None else rung_name(rung.name)
    names = ("", say("Player 1"), say("Player 2"), its)
    lines: list[Row] = [(names, (MUTED, *PEOPLE, AGENT))]
    tints = (*PEOPLE, PEOPLE[0])
    for rule in rules:
        colours = [tint if given else TEXT for tint, given in zip(tints, rule.given, strict=True)]
        lines.append(((rule.name, *rule.seats), (MUTED, *colours)))

    def columns(line: pygame.Rect) -> list[pygame.Rect]:
        gap, first = theme.px(8), round(line.width * RULE)
        width = (line.width - first) // (len(names) - 1)
        cells = [pygame.Rect(line.left, line.top, first - gap, line.height)]
        for _ in names[1:]:
            cells.append(pygame.Rect(cells[-1].right + gap, line.top, width - gap, line.height))
        return cells

    draw_rules_table(target, rect, lines, both, columns, theme)
