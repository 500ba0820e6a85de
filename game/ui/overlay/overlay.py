"""The live panel with what the network thinks: simple for visitors, detailed for engineers."""

from __future__ import annotations

import pygame

from game.play.saliency import SaliencyMap
from game.system.preferences import ENGINEER
from game.ui.overlay.engineer_panel import draw_engineer
from game.ui.overlay.history import Doer, History
from game.ui.overlay.panel import draw_panel
from game.ui.overlay.visitor_panel import draw_glance
from game.ui.widgets.theme import MUTED, Font, Theme
from game.ui.widgets.translation import say


def draw_overlay(
    target: pygame.Surface,
    rect: pygame.Rect,
    history: History,
    theme: Theme,
    level: str = ENGINEER,
    fresh: bool = True,
    saliency_map: SaliencyMap | None = None,
    doer: Doer | None = None,
    may_wait: bool = False,
) -> bool:
    """Draw the panel of `history` into `rect`, as detailed as `level` says.

    It changes with every fourth frame only; unless `fresh`, an unchanged one is not redrawn, and
    one that `may_wait` is left for a later frame. Return whether it was drawn.
    `saliency_map` is the map that tints the picture, if any. With a `doer` it is their game, and
    what they did stands beside what the network would have done.
    """

    def draw(surface: pygame.Surface) -> None:
        inner = surface.get_rect().inflate(-2 * theme.px(14), -2 * theme.px(10))
        if history.thought is None:
            words = say("Not playing yet")
            theme.text(surface, words, Font.MENU, MUTED, inner.width, center=inner.center)
        elif level == ENGINEER:
            draw_engineer(surface, inner, history, saliency_map, theme, doer)
        else:
            draw_glance(surface, inner, history, theme, doer)

    return draw_panel(target, rect, history, level, theme, fresh, may_wait, draw)
