"""What the network thinks, drawn live: Q-values, value and advantages."""

from __future__ import annotations

import math
from collections import deque

import pygame

from game.cabinet import FRAMES_PER_SECOND, Action
from game.player import Decision, Thought
from game.ui.theme import AGENT, BACKGROUND, LINE, MUTED, TEXT, Colour, Font, Look, Theme
from game.ui.words import say

HISTORY_S = 10
DECISIONS_PER_SECOND = FRAMES_PER_SECOND // 4
_SCALE_FALL = 0.998  # per decision: the scale shrinks slowly, so that bars stay comparable

# Left to right as on a stick, so that a bar stands where the action goes.
ORDER = (
    Action.LEFTFIRE,
    Action.LEFT,
    Action.NOOP,
    Action.FIRE,
    Action.RIGHT,
    Action.RIGHTFIRE,
)


class Trace:
    """The thoughts of one agent: the last one, and the value's last ten seconds."""

    def __init__(self) -> None:
        self.values: deque[float] = deque(maxlen=HISTORY_S * DECISIONS_PER_SECOND)
        self.thought: Thought | None = None
        self.action = Action.NOOP
        self.q_scale = 1.0
        self.advantage_scale = 0.05
        self.panel: pygame.Surface | None = None  # the drawing of all this, until it changes
        self.look: Look | None = None  # of that drawing
        self._last: Decision | None = None

    def update(self, decision: Decision | None) -> None:
        """Take in the agent's decision; the same one again changes nothing."""
        if decision is None or decision is self._last or decision.thought is None:
            return
        self._last = decision
        self.panel = None
        thought = decision.thought
        self.thought = thought
        self.action = decision.action
        self.values.append(thought.value)
        self.q_scale = max(1.0, float(thought.q.max()) * 1.1, self.q_scale * _SCALE_FALL)
        spread = float(abs(thought.advantage).max())
        self.advantage_scale = max(0.05, spread, self.advantage_scale * _SCALE_FALL)


def draw_overlay(
    target: pygame.Surface, rect: pygame.Rect, trace: Trace, theme: Theme, fresh: bool = True
) -> None:
    """Draw the panel of `trace` into `rect`.

    It changes with every fourth frame only; unless `fresh`, an unchanged one is there.
    """
    if trace.panel is None or (trace.panel.get_size(), trace.look) != (rect.size, theme.look):
        trace.look = theme.look
        trace.panel = pygame.Surface(rect.size)
        trace.panel.fill(theme.ink(BACKGROUND))
        _draw_panel(trace.panel, trace.panel.get_rect(), trace, theme)
        fresh = True
    if fresh:
        target.blit(trace.panel, rect)


def _draw_panel(target: pygame.Surface, rect: pygame.Rect, trace: Trace, theme: Theme) -> None:
    """Draw actions and value side by side where `rect` is wide, else one above the other."""
    theme.panel(target, rect)
    inner = rect.inflate(-2 * theme.px(14), -2 * theme.px(10))
    if rect.width > rect.height:
        left = pygame.Rect(inner.topleft, (round(inner.width * 0.6), inner.height))
        right = pygame.Rect(left.right + theme.px(18), inner.top, 0, inner.height)
        right.width = inner.right - right.left
    else:
        left = pygame.Rect(inner.topleft, (inner.width, round(inner.height * 0.6)))
        right = pygame.Rect(inner.left, left.bottom + theme.px(16), inner.width, 0)
        right.height = inner.bottom - right.top
    _draw_actions(target, left, trace, theme)
    _draw_value(target, right, trace, theme)


def _draw_actions(target: pygame.Surface, rect: pygame.Rect, trace: Trace, theme: Theme) -> None:
    """Draw a column for each action: Q upwards, advantage about a line, the control below."""
    words = say("Hits I expect in the next seconds")
    caption = theme.text(target, words, Font.CAPTION, MUTED, rect.width, topleft=rect.topleft)
    gutter = theme.px(44)  # for the names of the rows
    icon_height = min(theme.px(48), max(theme.px(30), rect.height // 7))
    body = pygame.Rect(rect.left + gutter, caption.bottom, rect.width - gutter, 0)
    body.height = rect.bottom - icon_height - theme.px(4) - body.top
    advantage_height = min(theme.px(110), body.height // 3)
    q_area = pygame.Rect(body.topleft, (body.width, body.height - advantage_height))
    advantage_area = pygame.Rect(body.left, q_area.bottom, body.width, advantage_height)
    hits, edge = (rect.left, q_area.bottom), (rect.left, advantage_area.centery)
    room = gutter - theme.px(4)
    theme.text(target, say("hits"), Font.CAPTION, MUTED, room, bottomleft=hits)
    theme.text(target, say("edge"), Font.CAPTION, MUTED, room, midleft=edge)
    width = body.width / len(ORDER)
    for column, action in enumerate(ORDER):
        cell = pygame.Rect(round(body.left + column * width), 0, round(width), 0)
        chosen = trace.thought is not None and action is trace.action
        _draw_q(target, cell, q_area, trace, action, chosen, theme)
        _draw_advantage(target, cell, advantage_area, trace, action, chosen, theme)
        icon = pygame.Rect(cell.left, rect.bottom - icon_height, cell.width, icon_height)
        draw_action(target, icon, action, TEXT if chosen else MUTED, theme)
        if chosen:
            box = icon.inflate(-theme.px(2), 0)
            pygame.draw.rect(target, theme.ink(TEXT), box, theme.px(2), border_radius=theme.px(6))


def _draw_q(
    target: pygame.Surface,
    cell: pygame.Rect,
    area: pygame.Rect,
    trace: Trace,
    action: Action,
    chosen: bool,
    theme: Theme,
) -> None:
    label_height = theme.height(Font.CAPTION)
    full = area.height - label_height - theme.px(2)
    q = 0.0 if trace.thought is None else float(trace.thought.q[action])
    height = max(theme.px(2), round(full * min(1.0, max(0.0, q / trace.q_scale))))
    bar = pygame.Rect(0, 0, round(cell.width * 0.62), height)
    bar.midbottom = (cell.centerx, area.bottom - theme.px(2))
    radius = theme.px(3)
    pygame.draw.rect(
        target,
        theme.ink(AGENT if chosen else LINE),
        bar,
        border_top_left_radius=radius,
        border_top_right_radius=radius,
    )
    if trace.thought is not None:
        colour = TEXT if chosen else MUTED
        top = (cell.centerx, bar.top)
        theme.text(target, f"{q:.2f}", Font.CAPTION, colour, cell.width - 2, midbottom=top)


def _draw_advantage(
    target: pygame.Surface,
    cell: pygame.Rect,
    area: pygame.Rect,
    trace: Trace,
    action: Action,
    chosen: bool,
    theme: Theme,
) -> None:
    middle = area.centery
    pygame.draw.line(
        target, theme.ink(LINE), (cell.left, middle), (cell.right, middle), theme.px(1)
    )
    if trace.thought is None:
        return
    share = float(trace.thought.advantage[action]) / trace.advantage_scale
    length = round((area.height // 2 - theme.px(4)) * max(-1.0, min(1.0, share)))
    bar = pygame.Rect(0, 0, round(cell.width * 0.34), max(theme.px(2), abs(length)))
    bar.centerx = cell.centerx
    if length >= 0:
        bar.bottom = middle
    else:
        bar.top = middle
    # Full above the line, hollow below it: told apart by more than place and colour.
    colour, border = theme.ink(TEXT if chosen else MUTED), 0 if length >= 0 else theme.px(2)
    pygame.draw.rect(target, colour, bar, border, border_radius=theme.px(2))


def _draw_value(target: pygame.Surface, rect: pygame.Rect, trace: Trace, theme: Theme) -> None:
    """Draw the value of the situation as a number and its last ten seconds as a line."""
    value = "-" if trace.thought is None else f"{trace.thought.value:.1f}"
    number = theme.text(target, value, Font.MENU, TEXT, topright=rect.topright)
    theme.text(target, say("Value now"), Font.CAPTION, MUTED, midleft=(rect.left, number.centery))
    chart = pygame.Rect(rect.left, number.bottom + theme.px(4), rect.width, 0)
    chart.height = rect.bottom - theme.height(Font.CAPTION) - chart.top
    pygame.draw.line(target, theme.ink(LINE), chart.bottomleft, chart.bottomright, theme.px(1))
    theme.text(target, say("10 s ago"), Font.CAPTION, MUTED, bottomleft=rect.bottomleft)
    theme.text(target, say("now"), Font.CAPTION, MUTED, bottomright=rect.bottomright)
    values = list(trace.values)
    if len(values) < 2 or chart.height < theme.px(10):
        return
    top = max(trace.q_scale, max(values))
    step = chart.width / (trace.values.maxlen or 1)
    points = [
        (
            chart.right - (len(values) - 1 - i) * step,
            chart.bottom - chart.height * min(1.0, max(0.0, value / top)),
        )
        for i, value in enumerate(values)
    ]
    pygame.draw.lines(target, theme.ink(AGENT), False, points, theme.px(3))
    pygame.draw.circle(target, theme.ink(TEXT), points[-1], theme.px(5))


def draw_action(
    target: pygame.Surface, rect: pygame.Rect, action: Action, colour: Colour, theme: Theme
) -> None:
    """Draw what an action does with the stick and button, by shape alone."""
    ink = theme.ink(colour)
    size = min(rect.height * 0.3, rect.width * 0.19)
    parts = (["arrow"] if action.direction else []) + (["fire"] if action.fires else [])
    if not parts:
        dash = pygame.Rect(0, 0, round(size * 1.6), max(2, round(size * 0.36)))
        dash.center = rect.center
        pygame.draw.rect(target, ink, dash)
        return
    spread = size * 1.2 if len(parts) == 2 else 0
    for part, side in zip(parts, (action.direction, -action.direction), strict=False):
        x, y = rect.centerx + side * spread, rect.centery
        if part == "arrow":
            way = action.direction
            points = [(x + way * size, y), (x - way * size, y - size), (x - way * size, y + size)]
            pygame.draw.polygon(target, ink, points)
        else:
            star = [
                (
                    x + math.cos(math.pi * k / 4) * size * (1.15 if k % 2 == 0 else 0.45),
                    y + math.sin(math.pi * k / 4) * size * (1.15 if k % 2 == 0 else 0.45),
                )
                for k in range(8)
            ]
            pygame.draw.polygon(target, ink, star)
