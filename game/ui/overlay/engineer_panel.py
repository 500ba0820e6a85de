"""The engineer's panel: why this action, what the network expects, and what it looks at."""

from __future__ import annotations

import math

import numpy as np
import pygame
from numpy.typing import NDArray

from game.emulation.cabinet import FRAMES_PER_SECOND, Action
from game.play.saliency import SaliencyMap
from game.ui.overlay.action_icon import action_words
from game.ui.overlay.advantage_plot import draw_actions
from game.ui.overlay.history import Doer, History
from game.ui.overlay.saliency_tint import CHOICE, VALUE
from game.ui.overlay.value_plot import draw_value, mood_words
from game.ui.widgets.theme import BACKGROUND, MUTED, TEXT, Colour, Font, Theme
from game.ui.widgets.translation import decimal, say

OBSERVED_FRAMES = 4  # frames that the network sees at once
WIDEST_EYE, LOW_EYE = 90, 60  # units, of one of these frames; where there is little room
LOW = 520  # units of a column, below which the plots need what the rest can spare
_Figure = tuple[str, str, Colour]  # a name, and what stands beside it in which colour


def draw_engineer(
    target: pygame.Surface,
    rect: pygame.Rect,
    history: History,
    saliency_map: SaliencyMap | None,
    theme: Theme,
    doer: Doer | None = None,
) -> None:
    """Draw actions, value and network input, side by side if `rect` is wide, else in a column.

    With a `doer`, whose game it is, what they did is marked among the actions and told in words.
    """
    if rect.width > rect.height:
        _draw_row(target, rect, history, saliency_map, theme, doer)
    else:
        _draw_column(target, rect, history, saliency_map, theme, doer)


def _draw_row(
    target: pygame.Surface,
    rect: pygame.Rect,
    history: History,
    saliency_map: SaliencyMap | None,
    theme: Theme,
    doer: Doer | None,
) -> None:
    gap, line = theme.px(14), _line(theme)
    legend = _legend(history, saliency_map, short=True)
    eye = pygame.Rect(0, 0, round(rect.width * 0.19), 0)
    eye.height = min(eye.width, rect.height - line * len(legend))
    eye.topright = rect.topright
    actions = pygame.Rect(rect.topleft, (round((eye.left - rect.left) * 0.6), rect.height))
    value = pygame.Rect(actions.right + gap, rect.top, 0, rect.height)
    value.width = eye.left - gap - value.left
    draw_actions(target, actions, history, theme, doer)
    lines = _figures(history, doer, short=True)
    value.height -= line * len(lines)
    draw_value(target, value, history, theme)
    _draw_figures(target, pygame.Rect(value.bottomleft, (value.width, 0)), lines, theme)
    _draw_observation(target, eye, history, 2, theme)
    _draw_legend(target, pygame.Rect(eye.left, eye.bottom, eye.width, 0), legend, theme)


def _draw_column(
    target: pygame.Surface,
    rect: pygame.Rect,
    history: History,
    saliency_map: SaliencyMap | None,
    theme: Theme,
    doer: Doer | None,
) -> None:
    gap, line = theme.px(10), _line(theme)
    low = rect.height < theme.px(LOW)
    legend = _legend(history, saliency_map, short=False)[: 2 if low else None]
    lines = _figures(history, doer, short=False)
    side = min(
        theme.px(LOW_EYE if low else WIDEST_EYE), (rect.width - 3 * theme.px(4)) // OBSERVED_FRAMES
    )
    foot = pygame.Rect(rect.left, 0, rect.width, line * len(legend))
    foot.bottom = rect.bottom
    eye = pygame.Rect(rect.left, foot.top - side, OBSERVED_FRAMES * (side + theme.px(4)), side)
    figures = pygame.Rect(rect.left, 0, rect.width, line * len(lines))
    figures.bottom = eye.top - gap
    room = figures.top - gap - rect.top
    actions = pygame.Rect(rect.topleft, (rect.width, round(room * (0.5 if low else 0.58))))
    value = pygame.Rect(rect.left, actions.bottom + gap, rect.width, 0)
    value.height = figures.top - gap // 2 - value.top
    draw_actions(target, actions, history, theme, doer)
    draw_value(target, value, history, theme)
    _draw_figures(target, figures, lines, theme)
    _draw_observation(target, eye, history, OBSERVED_FRAMES, theme)
    _draw_legend(target, foot, legend, theme)


def _line(theme: Theme) -> int:
    """Return how far two lines of the panel are apart."""
    return theme.height(Font.CAPTION) + theme.px(2)


def _figures(history: History, doer: Doer | None, short: bool) -> list[_Figure]:
    """Return what the `doer` did, if there is one, and how sure the network is."""
    if history.thought is None:
        return []
    margin, entropy = decimal(history.margin, 2), decimal(history.thought.entropy, 1)
    done = [] if doer is None else [(doer.name, action_words(history.pressed), doer.colour)]
    if short:  # there is room for two
        bits = say("{bits} bits", bits=entropy)
        return [*done, (say("Margin"), margin, TEXT), (say("Entropy"), bits, TEXT)][:2]
    most = decimal(math.log2(len(Action)), 1)
    bits = say("{bits} of {most} bits", bits=entropy, most=most)
    # In place of how it is going, so that the plots keep their room.
    return [
        *(done or [(say("How it's going"), mood_words(history.mood), TEXT)]),
        (say("Margin over 2nd best"), say("{hits} hits", hits=margin), TEXT),
        (say("Entropy"), bits, TEXT),
    ]


def _draw_figures(
    target: pygame.Surface, rect: pygame.Rect, lines: list[_Figure], theme: Theme
) -> None:
    """Draw names at the left and figures at the right, from the top of `rect` down."""
    y = rect.top
    for name, figure, colour in lines:
        placed = theme.text(target, figure, Font.CAPTION, colour, topright=(rect.right, y))
        room = placed.left - theme.px(8) - rect.left
        theme.text(target, name, Font.CAPTION, MUTED, room, topleft=(rect.left, y))
        y += _line(theme)


def _draw_observation(
    target: pygame.Surface, rect: pygame.Rect, history: History, columns: int, theme: Theme
) -> None:
    """Draw the network's input: four greyscale frames, oldest first."""
    gap, rows = theme.px(4), OBSERVED_FRAMES // columns
    side = min((rect.width - (columns - 1) * gap) // columns, (rect.height - gap) // rows)
    if rows == 1:
        side = min(side, rect.height)
    observation = None if history.thought is None else history.thought.observation
    for number in range(OBSERVED_FRAMES):
        place = pygame.Rect(0, 0, side, side)
        place.left = rect.left + number % columns * (side + gap)
        place.top = rect.top + number // columns * (side + gap)
        if observation is None:
            target.fill(theme.ink(BACKGROUND), place)
        else:
            frame = _grey(observation[:, :, number]).convert(target)
            pygame.transform.smoothscale(frame, place.size, target.subsurface(place))


def _grey(frame: NDArray[np.uint8]) -> pygame.Surface:
    height, width = frame.shape
    return pygame.image.frombuffer(np.repeat(frame, 3).tobytes(), (width, height), "RGB")


# The colour of a line's dot, None for no dot, and its words.
_Legend = list[tuple[tuple[int, int, int] | None, str]]


def _legend(history: History, saliency_map: SaliencyMap | None, short: bool) -> _Legend:
    """Return what the tint of the picture means and how old it is."""
    age = None if saliency_map is None else history.age(saliency_map)
    if age is None:
        return [(None, say("Network input"))]
    seconds = decimal(age / FRAMES_PER_SECOND, 1)
    if short:
        return [(VALUE, say("value")), (CHOICE, say("choice"))]
    return [
        (VALUE, say("here a change alters the value")),
        (CHOICE, say("here a change alters the choice")),
        (None, say("Network input; tint of {seconds} s ago", seconds=seconds)),
    ]


def _draw_legend(target: pygame.Surface, rect: pygame.Rect, legend: _Legend, theme: Theme) -> None:
    """Draw one line below another from the top of `rect` down."""
    line = _line(theme)
    for number, (colour, words) in enumerate(legend):
        x, y = rect.left, rect.top + number * line + line // 2
        if colour is not None:
            dot = pygame.Rect(x, 0, theme.px(10), theme.px(10))
            dot.centery = y
            theme.box(target, dot, colour, radius=2)
            x = dot.right + theme.px(6)
        theme.text(target, words, Font.CAPTION, MUTED, rect.right - x, midleft=(x, y))
