"""The six actions: their order on the screen, their icons and their words."""

from __future__ import annotations

import math

import pygame

from game.emulation.cabinet import Action
from game.ui.widgets.theme import Colour, Theme
from game.ui.widgets.translation import say

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
