"""The visitor panel: the network's move, its confidence and how it is going, in plain words."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from game.emulation.cabinet import Action
from game.play.mood import Mood
from game.ui.overlay.action_icon import action_words, draw_action
from game.ui.overlay.history import Doer, History
from game.ui.overlay.value_plot import MOOD_COLOURS, mood_words
from game.ui.widgets.cell import halves
from game.ui.widgets.theme import (
    AGENT,
    LEAST_SHARE,
    LINE,
    MARK,
    MUTED,
    TEXT,
    Colour,
    Font,
    Theme,
)
from game.ui.widgets.translation import say

# Hits that the best action is ahead of the second best. Of the bundled network's half seconds about
# a third lies below the first and above the second.
FAIRLY, VERY = 0.15, 0.40
LINE_STEP = 28  # units, of each of two lines of words
STEPS = 5
MOST_SURE = 0.75  # fills all steps

Draw = Callable[[pygame.Surface, pygame.Rect, Colour, Theme], None]


def draw_glance(
    target: pygame.Surface,
    rect: pygame.Rect,
    history: History,
    theme: Theme,
    doer: Doer | None = None,
) -> None:
    """Draw three blocks, side by side where `rect` is wide, else one below another.

    With a `doer`, whose game it is, they say what was done and what the network would have done.
    """
    mood = MOOD_COLOURS[history.mood]
    going = (say("How it's going"), mood_words(history.mood), mood, _MOODS[history.mood])
    blocks: tuple[tuple[str, str, Colour, Draw], ...] = (
        _move(say("Its move"), history.intent, TEXT),
        (
            say("Confidence"),
            _sure_words(history.margin),
            TEXT,
            lambda t, r, c, th: _draw_steps(t, r, history.margin, th),
        ),
        going,
    )
    if doer is not None:
        would = _move(say("The network would"), history.intent, AGENT)
        blocks = (_move(doer.name, history.done, doer.colour), would, going)
    places = stack(target, rect, len(blocks), theme)
    for place, (caption, words, colour, draw) in zip(places, blocks, strict=True):
        draw_block(target, place, caption, words, colour, draw, theme)


def _move(caption: str, action: Action, colour: Colour) -> tuple[str, str, Colour, Draw]:
    """Return the block of an action."""
    words = action_words(action)
    return caption, words, colour, lambda t, r, c, th: draw_action(t, r, action, c, th)


def stack(
    target: pygame.Surface, rect: pygame.Rect, number: int, theme: Theme
) -> list[pygame.Rect]:
    """Draw lines between `number` equal places in `rect`, as it is longer; return the places."""
    places = []
    for place in range(number):
        block = rect.copy()
        if rect.width > rect.height:
            block.width = rect.width // number
            block.left = rect.left + place * block.width
            ends = block.topleft, block.bottomleft
        else:
            block.height = rect.height // number - theme.px(10)
            block.top = rect.top + place * (block.height + theme.px(10))
            ends = block.topleft, block.topright
        if place:
            pygame.draw.line(target, theme.ink(LINE), *ends, theme.px(1))
        places.append(block)
    return places


def draw_block(
    target: pygame.Surface,
    rect: pygame.Rect,
    caption: str,
    words: str,
    colour: Colour,
    draw: Draw,
    theme: Theme,
) -> None:
    """Draw a caption, a sign made by `draw`, and `words` in `colour` below it.

    Caption, sign and words stand on the same lines in all blocks, however long each of them is.
    """
    room = rect.width - theme.px(16)
    top = pygame.Rect(0, rect.top + theme.px(4), room, theme.height(Font.BODY))
    top.centerx = rect.centerx
    font = theme.roomy(caption, (Font.BODY, Font.CAPTION), room)
    theme.on_bar(target, top, caption, font, MUTED, room)
    # The words may come nearer to the lines between blocks than the sign.
    below = pygame.Rect(0, 0, rect.width - theme.px(6), 2 * theme.text_px(LINE_STEP))
    below.midbottom = rect.centerx, rect.bottom
    _draw_words(target, below, words, colour, theme)
    sign = pygame.Rect(0, 0, min(room, theme.px(180)), min(below.top - top.bottom, theme.px(80)))
    sign.center = (rect.centerx, (top.bottom + below.top) // 2)
    draw(target, sign, colour, theme)


def _draw_words(
    target: pygame.Surface, rect: pygame.Rect, words: str, colour: Colour, theme: Theme
) -> None:
    """Draw `words` in the middle of `rect`, on two lines where they are long."""
    fits = theme.width(words, Font.MENU) * LEAST_SHARE <= rect.width
    font = Font.MENU if fits else Font.BODY
    if fits or theme.width(words, font) <= rect.width or len(halves(words, theme)) < 2:
        theme.on_bar(target, rect, words, font, colour, rect.width)
        return
    high = rect.height // 2
    for number, line in enumerate(halves(words, theme)):
        place = pygame.Rect(rect.left, rect.top + number * high, rect.width, high)
        theme.on_bar(target, place, line, Font.BODY, colour, rect.width)


def _sure_words(margin: float) -> str:
    if margin < FAIRLY:
        return say("low")
    return say("medium") if margin < VERY else say("high")


def _draw_steps(target: pygame.Surface, rect: pygame.Rect, margin: float, theme: Theme) -> None:
    """Draw five growing steps: filled as far as `margin` reaches, the others as outlines."""
    reached = round(STEPS * min(1.0, margin / MOST_SURE))
    width, gap = min(theme.px(20), rect.width // (STEPS + 2)), theme.px(6)
    left = rect.centerx - (STEPS * (width + gap) - gap) // 2
    for step in range(STEPS):
        full = min(rect.height, theme.px(56))
        bar = pygame.Rect(left + step * (width + gap), 0, width, full * (step + 1) // STEPS)
        bar.bottom = rect.centery + full // 2
        if step < reached:
            theme.box(target, bar, AGENT, radius=3)
        else:
            theme.box(target, bar, MARK, 2, radius=3)


def draw_calm(target: pygame.Surface, rect: pygame.Rect, colour: Colour, theme: Theme) -> None:
    """Draw two level lines."""
    for row in (-1, 1):
        bar = pygame.Rect(0, 0, theme.px(64), theme.px(7))
        bar.center = (rect.centerx, rect.centery + row * theme.px(10))
        theme.box(target, bar, colour, radius=3)


def draw_threat(target: pygame.Surface, rect: pygame.Rect, colour: Colour, theme: Theme) -> None:
    """Draw a warning triangle."""
    size = min(theme.px(30), rect.height // 2)
    x, y = rect.center
    corners = [(x, y - size), (x - size * 1.15, y + size), (x + size * 1.15, y + size)]
    pygame.draw.polygon(target, theme.ink(colour), corners, theme.px(5))
    pygame.draw.line(
        target, theme.ink(colour), (x, y - size * 0.25), (x, y + size * 0.35), theme.px(5)
    )
    pygame.draw.circle(target, theme.ink(colour), (x, y + size * 0.68), theme.px(3))


def _draw_hunt(target: pygame.Surface, rect: pygame.Rect, colour: Colour, theme: Theme) -> None:
    size = min(theme.px(24), rect.height // 3)
    x, y = rect.center
    pygame.draw.circle(target, theme.ink(colour), (x, y), size, theme.px(5))
    for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        inner, outer = ((x + across * away * size, y + down * away * size) for away in (0.5, 1.4))
        pygame.draw.line(target, theme.ink(colour), inner, outer, theme.px(5))


_MOODS: dict[Mood, Draw] = {
    Mood.CALM: draw_calm,
    Mood.THREATENED: draw_threat,
    Mood.HUNTING: _draw_hunt,
}
