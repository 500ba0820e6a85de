"""The coach's panel: what the network would do in a person's place, and its warnings."""

from __future__ import annotations

import pygame

from game.emulation.cabinet import Action
from game.play.coached_player import Regret
from game.play.mood import Mood
from game.ui.overlay.action_icon import action_words, draw_action
from game.ui.overlay.history import History
from game.ui.overlay.panel import draw_panel
from game.ui.overlay.visitor_panel import draw_block, draw_calm, draw_threat, stack
from game.ui.widgets.theme import (
    AGENT,
    HUMAN,
    MARK,
    MUTED,
    TEXT,
    WARNING,
    Colour,
    Theme,
)
from game.ui.widgets.translation import say

LEVEL = "coach"  # a level besides those of the overlay
GOOD, FAIR = 0.2, 0.5  # thresholds of the regret


def draw_coach(
    target: pygame.Surface,
    rect: pygame.Rect,
    history: History,
    regret: Regret,
    theme: Theme,
    fresh: bool = True,
    may_wait: bool = False,
) -> bool:
    """Draw the panel of `history`, the network's view of a person's game, into `rect`.

    It changes with every fourth frame only; unless `fresh`, an unchanged one is not redrawn, and
    one that `may_wait` is left for a later frame. Return whether it was drawn.
    """

    def draw(surface: pygame.Surface) -> None:
        _draw_panel(surface, history, regret.share, theme)

    return draw_panel(target, rect, history, LEVEL, theme, fresh, may_wait, draw)


def _draw_panel(target: pygame.Surface, history: History, regret: float, theme: Theme) -> None:
    inner = target.get_rect().inflate(-2 * theme.px(14), -2 * theme.px(10))
    wish, meter, hint = stack(target, inner, 3, theme)
    draw_block(
        target,
        wish,
        say("The network would"),
        action_words(history.intent),
        AGENT,
        lambda t, r, c, th: draw_action(t, r, history.intent, c, th),
        theme,
    )
    draw_block(
        target,
        meter,
        say("Difference from its choice"),
        _regret_words(regret),
        TEXT,
        lambda t, r, c, th: _draw_meter(t, r, regret, th),
        theme,
    )
    danger = history.mood is Mood.THREATENED
    words = _hint(history.action) if danger else say("no danger")
    colour: Colour = WARNING if danger else MUTED
    draw = draw_threat if danger else draw_calm
    draw_block(target, hint, say("Bombs"), words, colour, draw, theme)


def _regret_words(regret: float) -> str:
    if regret < GOOD:
        return say("small")
    return say("moderate") if regret < FAIR else say("large")


def _hint(action: Action) -> str:
    """Return how to dodge a bomb, following the network's `action`."""
    hints = {-1: say("Move left!"), 0: say("Look out!"), 1: say("Move right!")}
    return hints[action.direction]


def _draw_meter(target: pygame.Surface, rect: pygame.Rect, regret: float, theme: Theme) -> None:
    """Draw a bar that grows with the regret."""
    bar = pygame.Rect(0, 0, min(theme.px(220), rect.width), theme.px(20))
    bar.center = rect.center
    theme.box(target, bar, MARK, 2, radius=6)
    bar.width = max(theme.px(12), round(bar.width * min(1.0, max(0.0, regret))))
    theme.box(target, bar, HUMAN, radius=6)
