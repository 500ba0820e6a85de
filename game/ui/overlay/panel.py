"""A panel that changes with every fourth frame only, and is kept meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from game.ui.overlay.history import History, Panel
from game.ui.widgets.theme import BACKGROUND, PANEL, Theme

EDGE = 8  # units on which nothing is written: round corners, and a line in high contrast


def draw_panel(
    target: pygame.Surface,
    rect: pygame.Rect,
    history: History,
    level: str,
    theme: Theme,
    fresh: bool,
    may_wait: bool,
    draw: Callable[[pygame.Surface], None],
) -> bool:
    """Draw the panel of `history` that is called `level` into `rect`; `draw` what stands on it.

    Unless `fresh`, an unchanged one is not drawn again, and one that `may_wait` shows what it did
    until a later frame. Return whether it was drawn.
    """
    key = (rect.size, level, theme.look)
    panel = history.panels.get(key)
    if panel is None:
        panel = history.panels[key] = Panel(pygame.Surface(rect.size))
        panel.surface.fill(theme.ink(BACKGROUND))
        theme.panel(panel.surface, panel.surface.get_rect())
        may_wait = False
    if not panel.is_current and (fresh or not may_wait):
        edge = theme.px(EDGE)
        panel.surface.fill(theme.ink(PANEL), panel.surface.get_rect().inflate(-2 * edge, -2 * edge))
        draw(panel.surface)
        panel.is_current = fresh = True
    if fresh:
        target.blit(panel.surface, rect)
    return fresh
