"""A panel that changes with every fourth frame only, and is kept meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from game.ui.overlay.history import PATIENCE, History, Panel
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

    Unless `fresh`, what stands in `rect` is the panel as it was drawn last: an unchanged one is not
    drawn again, one that `may_wait` shows what it did, until a later frame or until it is some
    decisions behind, and the others are drawn in their place. A `fresh` one is drawn on a surface
    of its own, which is shown as it is while a whole window is drawn again and again. Return
    whether the panel was drawn.
    """
    key = (rect.size, level, theme.look)
    panel = history.panels.get(key)
    stands = not fresh and panel is not None
    if panel is None:
        panel = history.panels[key] = Panel()
    if stands and (panel.missed == 0 or (may_wait and panel.missed <= PATIENCE)):
        return False
    if stands and target.get_rect().contains(rect):
        _draw_on(target.subsurface(rect), theme, draw)
        panel.surface = None
    else:
        if panel.surface is None or panel.missed:
            panel.surface = panel.surface or _empty(rect.size, theme)
            _draw_on(panel.surface, theme, draw)
        target.blit(panel.surface, rect)
    panel.missed = 0
    return True


def _empty(size: tuple[int, int], theme: Theme) -> pygame.Surface:
    """Return a panel of `size` on which nothing stands."""
    surface = pygame.Surface(size)
    surface.fill(theme.ink(BACKGROUND))
    theme.panel(surface, surface.get_rect())
    return surface


def _draw_on(surface: pygame.Surface, theme: Theme, draw: Callable[[pygame.Surface], None]) -> None:
    """Draw on a panel's `surface` in place of what stands there."""
    edge = theme.px(EDGE)
    surface.fill(theme.ink(PANEL), surface.get_rect().inflate(-2 * edge, -2 * edge))
    draw(surface)
