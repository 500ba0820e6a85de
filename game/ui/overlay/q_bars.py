"""Bars of Q and advantage for each action, and icons of the actions."""

from __future__ import annotations

import math

import pygame

from game.emulation.cabinet import Action
from game.ui.overlay.history import History
from game.ui.widgets.theme import AGENT, MARK, MUTED, TEXT, Colour, Font, Theme
from game.ui.widgets.translation import decimal, say

# From left to right like a joystick, so that each bar is on the side of its action.
ORDER = (
    Action.LEFTFIRE,
    Action.LEFT,
    Action.NOOP,
    Action.FIRE,
    Action.RIGHT,
    Action.RIGHTFIRE,
)


def action_words(action: Action) -> str:
    """Return what `action` does, in words."""
    return {
        Action.NOOP: say("wait"),
        Action.FIRE: say("fire"),
        Action.RIGHT: say("go right"),
        Action.LEFT: say("go left"),
        Action.RIGHTFIRE: say("go right and fire"),
        Action.LEFTFIRE: say("go left and fire"),
    }[action]


def draw_actions(target: pygame.Surface, rect: pygame.Rect, history: History, theme: Theme) -> None:
    """Draw a column for each action: Q as a bar, advantage around a line, the icon below."""
    words = say("Expected hits (Q) and advantage (A)")
    caption = theme.text(target, words, Font.CAPTION, MUTED, rect.width, topleft=rect.topleft)
    icon_height = min(theme.px(48), max(theme.px(30), rect.height // 7))
    body = pygame.Rect(rect.left, caption.bottom, rect.width, 0)
    body.height = rect.bottom - icon_height - theme.px(4) - body.top
    advantage_height = min(theme.px(110), body.height // 3)
    q_area = pygame.Rect(body.topleft, (body.width, body.height - advantage_height))
    advantage_area = pygame.Rect(body.left, q_area.bottom, body.width, advantage_height)
    width = body.width / len(ORDER)
    for column, action in enumerate(ORDER):
        cell = pygame.Rect(round(body.left + column * width), 0, round(width), 0)
        chosen = history.thought is not None and action is history.action
        _draw_q(target, cell, q_area, history, action, chosen, theme)
        _draw_advantage(target, cell, advantage_area, history, action, chosen, theme)
        icon = pygame.Rect(cell.left, rect.bottom - icon_height, cell.width, icon_height)
        draw_action(target, icon, action, TEXT if chosen else MUTED, theme)
        if chosen:
            box = icon.inflate(-theme.px(2), 0)
            theme.box(target, box, TEXT, 2, 6)


def _draw_q(
    target: pygame.Surface,
    cell: pygame.Rect,
    area: pygame.Rect,
    history: History,
    action: Action,
    chosen: bool,
    theme: Theme,
) -> None:
    label_height = theme.height(Font.CAPTION)
    full = area.height - label_height - theme.px(2)
    q = 0.0 if history.thought is None else float(history.thought.q[action])
    height = max(theme.px(2), round(full * min(1.0, max(0.0, q / history.q_scale))))
    bar = pygame.Rect(0, 0, round(cell.width * 0.62), height)
    bar.midbottom = (cell.centerx, area.bottom - theme.px(2))
    colour, line = (AGENT, 0) if chosen else (MARK, 2)
    theme.box(target, bar, colour, line, radius=3, top_only=True)
    if history.thought is not None:
        colour = TEXT if chosen else MUTED
        top = (cell.centerx, bar.top)
        number = decimal(q, 2 if abs(q) < 10 else 1)  # equally wide, so that they stay apart
        theme.text(target, number, Font.CAPTION, colour, cell.width - 2, midbottom=top)


def _draw_advantage(
    target: pygame.Surface,
    cell: pygame.Rect,
    area: pygame.Rect,
    history: History,
    action: Action,
    chosen: bool,
    theme: Theme,
) -> None:
    middle = area.centery
    pygame.draw.line(
        target, theme.ink(MARK), (cell.left, middle), (cell.right, middle), theme.px(1)
    )
    if history.thought is None:
        return
    share = float(history.thought.advantage[action]) / history.advantage_scale
    length = round((area.height // 2 - theme.px(4)) * max(-1.0, min(1.0, share)))
    bar = pygame.Rect(0, 0, round(cell.width * 0.34), max(theme.px(2), abs(length)))
    bar.centerx = cell.centerx
    if share >= 0:
        bar.bottom = middle
    else:
        bar.top = middle
    # Filled above the line, hollow below it: told apart by more than place and colour.
    theme.box(target, bar, TEXT if chosen else MUTED, 0 if share >= 0 else 2, radius=2)


def draw_action(
    target: pygame.Surface, rect: pygame.Rect, action: Action, colour: Colour, theme: Theme
) -> None:
    """Draw the icon of an action, told apart by shape alone."""
    size = min(rect.height * 0.3, rect.width * 0.19)
    parts = (["arrow"] if action.direction else []) + (["fire"] if action.fires else [])
    if not parts:
        dash = pygame.Rect(0, 0, round(size * 1.6), max(2, round(size * 0.36)))
        dash.center = rect.center
        pygame.draw.rect(target, theme.ink(colour), dash)
        return
    spread = size * 1.2 if len(parts) == 2 else 0
    for part, side in zip(parts, (action.direction, -action.direction), strict=False):
        x, y = rect.centerx + side * spread, rect.centery
        if part == "arrow":
            way = action.direction
            points = [(x + way * size, y), (x - way * size, y - size), (x - way * size, y + size)]
            pygame.draw.polygon(target, theme.ink(colour), points)
        else:
            star = [
                (
                    x + math.cos(math.pi * k / 4) * size * (1.15 if k % 2 == 0 else 0.45),
                    y + math.sin(math.pi * k / 4) * size * (1.15 if k % 2 == 0 else 0.45),
                )
                for k in range(8)
            ]
            pygame.draw.polygon(target, theme.ink(colour), star)
