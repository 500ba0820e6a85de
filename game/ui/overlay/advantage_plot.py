"""The advantage of each action: bars about zero on a round scale, beside Q about the value.

Q is V + A, so one picture shows both: the left axis counts from zero, the right one from V.
"""

from __future__ import annotations

import pygame

from game.play.player import Thought
from game.ui.overlay.action_icon import ORDER, draw_action
from game.ui.overlay.history import Doer, History
from game.ui.widgets.scale import digits_of
from game.ui.widgets.theme import AGENT, MARK, MUTED, TEXT, Font, Theme
from game.ui.widgets.translation import decimal, say, signed

WIDE = 330  # units from which on Q has an axis too
BAR = 0.5  # of a column's width


def draw_actions(
    target: pygame.Surface,
    rect: pygame.Rect,
    history: History,
    theme: Theme,
    doer: Doer | None = None,
) -> None:
    """Draw a column for each action: Q as a number, the advantage as a bar, the icon below.

    The network's choice is framed, and what a `doer` did underlined.
    """
    thought = history.thought
    if thought is None:
        return
    words = say("Advantage (A) in hits, and Q = V + A")
    caption = theme.text(target, words, Font.CAPTION, MUTED, rect.width, topleft=rect.topleft)
    end = history.advantage_scale.end
    axis = _axis_width(end, thought, theme)
    right = axis if rect.width >= theme.px(WIDE) else 0
    icon_height = min(theme.px(44), max(theme.px(28), rect.height // 7))
    numbers = pygame.Rect(rect.left + axis, caption.bottom, rect.width - axis - right, 0)
    numbers.height = theme.height(Font.CAPTION)
    area = pygame.Rect(numbers.left, numbers.bottom, numbers.width, 0)
    area.height = rect.bottom - icon_height - theme.px(4) - area.top
    room = axis - theme.px(6)
    head = (numbers.left - theme.px(6), numbers.centery)
    theme.text(target, say("Q"), Font.CAPTION, MUTED, room, midright=head)
    area = _draw_axes(target, area, thought, end, right > 0, theme)
    width = area.width / len(ORDER)
    for column, action in enumerate(ORDER):
        cell = pygame.Rect(round(area.left + column * width), area.top, round(width), area.height)
        chosen = action is history.action
        colour = TEXT if chosen else MUTED
        q = float(thought.q[action])
        number, above = decimal(q, 2 if abs(q) < 10 else 1), (cell.centerx, numbers.centery)
        most = cell.width - theme.px(6)
        theme.text(target, number, Font.CAPTION, colour, most, center=above)
        _draw_bar(target, cell, float(thought.advantage[action]) / end, chosen, theme)
        icon = pygame.Rect(cell.left, rect.bottom - icon_height, cell.width, icon_height)
        draw_action(target, icon, action, colour, theme)
        if chosen:
            theme.box(target, icon.inflate(-theme.px(2), 0), TEXT, 2, 6)
        if doer is not None and action is history.pressed:
            line = pygame.Rect(0, 0, icon.width - theme.px(16), theme.px(4))
            line.midbottom = icon.centerx, icon.bottom - theme.px(4)
            theme.box(target, line, doer.colour, radius=2)


def _axis_width(end: float, thought: Thought, theme: Theme) -> int:
    """Return how wide the numbers of either axis are, with a gap."""
    digits = digits_of(end)
    texts = [signed(-end, decimal(end, digits)), decimal(thought.value + end, digits)]
    return max(theme.width(text, Font.CAPTION) for text in texts) + theme.px(10)


def _draw_axes(
    target: pygame.Surface,
    rect: pygame.Rect,
    thought: Thought,
    end: float,
    both: bool,
    theme: Theme,
) -> pygame.Rect:
    """Draw lines at both ends and at zero with their numbers; return the place between them.

    Where three numbers have no room, one at the middle says how far both ways go.
    """
    line, gap = theme.height(Font.CAPTION), theme.px(6)
    roomy = rect.height >= 2.6 * line
    area = rect.inflate(0, -line if roomy else -theme.px(8))
    digits = digits_of(end)
    for number, y in ((end, area.top), (0.0, area.centery), (-end, area.bottom - 1)):
        width = theme.px(2 if number == 0 else 1)
        pygame.draw.line(target, theme.ink(MARK), (area.left, y), (area.right, y), width)
        tick = signed(number, decimal(end, digits)) if number else "0"
        if not roomy:
            tick = "" if number else f"\u00b1{decimal(end, digits)}"
        theme.text(target, tick, Font.CAPTION, MUTED, midright=(area.left - gap, y))
        if both and roomy:
            q = decimal(thought.value + number, max(1, digits))
            theme.text(target, q, Font.CAPTION, MUTED, midleft=(area.right + gap, y))
    return area


def _draw_bar(
    target: pygame.Surface, cell: pygame.Rect, share: float, chosen: bool, theme: Theme
) -> None:
    """Draw a bar of `share` of half the cell's height, from -1 to 1, up or down from its middle."""
    length = round(cell.height // 2 * max(-1.0, min(1.0, share)))
    bar = pygame.Rect(0, 0, round(cell.width * BAR), max(theme.px(2), abs(length)))
    bar.centerx = cell.centerx
    if share >= 0:
        bar.bottom = cell.centery
    else:
        bar.top = cell.centery
    # Filled above the line, hollow below it: told apart by more than place and colour.
    theme.box(target, bar, AGENT if chosen else MUTED, 0 if share >= 0 else 2, radius=2)
