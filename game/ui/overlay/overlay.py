"""The live panel with what the network thinks: simple for visitors, detailed for engineers."""

from __future__ import annotations

import numpy as np
import pygame
from numpy.typing import NDArray

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.saliency import SaliencyMap
from game.system.preferences import ENGINEER
from game.ui.overlay.history import History
from game.ui.overlay.q_bars import draw_actions
from game.ui.overlay.saliency_tint import CHOICE, VALUE
from game.ui.overlay.value_plot import draw_value
from game.ui.overlay.visitor_panel import draw_glance
from game.ui.widgets.theme import BACKGROUND, MUTED, Font, Theme
from game.ui.widgets.translation import decimal, say

OBSERVED_FRAMES = 4  # frames that the network sees at once


def draw_overlay(
    target: pygame.Surface,
    rect: pygame.Rect,
    history: History,
    theme: Theme,
    level: str = ENGINEER,
    fresh: bool = True,
    saliency_map: SaliencyMap | None = None,
) -> None:
    """Draw the panel of `history` into `rect`, as detailed as `level` says.

    It changes with every fourth frame only; unless `fresh`, an unchanged one is not redrawn.
    `saliency_map` is the map that tints the picture, if any.
    """
    kept = history.panel
    if kept is None or history.panel_of != (rect.size, level, theme.look):
        kept = history.panel = pygame.Surface(rect.size)
        history.panel_of = rect.size, level, theme.look
        kept.fill(theme.ink(BACKGROUND))
        theme.panel(kept, kept.get_rect())
        inner = kept.get_rect().inflate(-2 * theme.px(14), -2 * theme.px(10))
        if history.thought is None:
            words = say("Not playing yet")
            theme.text(kept, words, Font.MENU, MUTED, inner.width, center=inner.center)
        elif level == ENGINEER:
            _draw_engineer(kept, inner, history, saliency_map, theme)
        else:
            draw_glance(kept, inner, history, theme)
        fresh = True
    if fresh:
        target.blit(kept, rect)


def _draw_engineer(
    target: pygame.Surface,
    rect: pygame.Rect,
    history: History,
    saliency_map: SaliencyMap | None,
    theme: Theme,
) -> None:
    """Draw actions, value and network input, side by side if `rect` is wide, else in a column."""
    gap, line = theme.px(14), theme.height(Font.CAPTION)
    if rect.width > rect.height:
        eye = pygame.Rect(0, 0, *[min(rect.height - line, round(rect.width * 0.26))] * 2)
        eye.topright = rect.topright
        left = pygame.Rect(rect.topleft, (eye.left - gap - rect.left, rect.height))
        actions = pygame.Rect(left.topleft, (round((left.width - gap) * 0.58), rect.height))
        value = pygame.Rect(actions.right + gap, rect.top, 0, rect.height)
        value.width = left.right - value.left
        legend = pygame.Rect(eye.left, rect.bottom - line, eye.width, line)
        columns = 2
    else:
        side = (rect.width - (OBSERVED_FRAMES - 1) * theme.px(4)) // OBSERVED_FRAMES
        legend = pygame.Rect(rect.left, rect.bottom - line, rect.width, line)
        eye = pygame.Rect(rect.left, legend.top - side - theme.px(2), rect.width, side)
        value = pygame.Rect(rect.left, 0, rect.width, round((eye.top - rect.top) * 0.4))
        value.bottom = eye.top - theme.px(8)
        actions = pygame.Rect(rect.topleft, (rect.width, value.top - theme.px(10) - rect.top))
        columns = OBSERVED_FRAMES
    draw_actions(target, actions, history, theme)
    draw_value(target, value, history, theme)
    _draw_observation(target, eye, history, columns, theme)
    _draw_legend(target, legend, history, saliency_map, theme)


def _draw_observation(
    target: pygame.Surface, rect: pygame.Rect, history: History, columns: int, theme: Theme
) -> None:
    """Draw the network's input: four greyscale frames, oldest first."""
    gap = theme.px(4)
    side = (rect.width - (columns - 1) * gap) // columns
    observation = None if history.thought is None else history.thought.observation
    for number in range(OBSERVED_FRAMES):
        place = pygame.Rect(0, 0, side, side)
        place.left = rect.left + number % columns * (side + gap)
        place.top = rect.top + number // columns * (side + gap)
        if observation is None:
            target.fill(theme.ink(BACKGROUND), place)
        else:
            target.blit(
                pygame.transform.smoothscale(_grey(observation[:, :, number]), place.size), place
            )


def _grey(frame: NDArray[np.uint8]) -> pygame.Surface:
    height, width = frame.shape
    return pygame.image.frombuffer(np.repeat(frame, 3).tobytes(), (width, height), "RGB")


def _draw_legend(
    target: pygame.Surface,
    rect: pygame.Rect,
    history: History,
    saliency_map: SaliencyMap | None,
    theme: Theme,
) -> None:
    """Draw the legend of the tint, and its age."""
    age = None if saliency_map is None else history.age(saliency_map)
    if age is None:
        words, middle = say("Network input"), rect.midleft
        theme.text(target, words, Font.CAPTION, MUTED, rect.width, midleft=middle)
        return
    names = (say("value"), say("advantage")) if rect.width > theme.px(200) else ("V", "A")
    x = rect.left
    for colour, name in zip((VALUE, CHOICE), names, strict=True):
        dot = pygame.Rect(x, 0, theme.px(10), theme.px(10))
        dot.centery = rect.centery
        theme.box(target, dot, colour, radius=2)
        placed = theme.text(
            target, name, Font.CAPTION, MUTED, midleft=(dot.right + theme.px(4), rect.centery)
        )
        x = placed.right + theme.px(8)
    seconds = say("{age} s ago", age=decimal(age / FRAMES_PER_SECOND, 1))
    theme.text(target, seconds, Font.CAPTION, MUTED, midright=rect.midright)
