"""The panel below a person's picture in a race: shots, hits and lead, or how it goes on without."""

from __future__ import annotations

import pygame

from game.play.match import Match
from game.play.story import Story, Tally
from game.ui.widgets.race_chart import draw_lead
from game.ui.widgets.race_words import accuracy_words, out_words
from game.ui.widgets.theme import AGENT, BACKGROUND, HUMAN, MUTED, TEXT, Colour, Font, Theme
from game.ui.widgets.translation import grouped, say

FIGURES, LEAST_FIGURES = 0.3, 158  # of the panel's width, and units at least


def draw_progress(
    target: pygame.Surface,
    rect: pygame.Rect,
    story: Story,
    frames: int,
    theme: Theme,
    seat: int = 0,
    tints: tuple[Colour, Colour] = (HUMAN, AGENT),
) -> None:
    """Draw shots, hits and accuracy of `seat` beside its lead over a race of `frames` frames."""
    inner = _panel(target, rect, theme)
    width = max(round(inner.width * FIGURES), theme.text_px(LEAST_FIGURES))
    left = pygame.Rect(inner.topleft, (width, inner.height))
    _draw_figures(target, left, story.tallies[seat], theme)
    chart = pygame.Rect(left.right + theme.px(24), inner.top, 0, inner.height)
    chart.width = inner.right - chart.left
    draw_lead(target, chart, story, frames, theme, seat, tints)


def draw_out(
    target: pygame.Surface,
    rect: pygame.Rect,
    match: Match,
    hurries: bool,
    theme: Theme,
    seat: int = 0,
    tint: Colour = HUMAN,
    can_hurry: bool = True,
) -> None:
    """Draw who leads while the person at `seat`, whose game is over, waits for the end.

    They can let the rest go faster unless somebody else still plays.
    """
    inner = _panel(target, rect, theme)
    wait = say("Fast forward") if hurries else say("Fire: to the result")
    if not can_hurry:
        wait = say("The others play on")
    lines = (
        (say("You are out"), Font.MENU, tint),
        (out_words(match, seat), Font.MENU, TEXT),
        (wait, Font.BODY, MUTED),
    )
    step = inner.height // len(lines)
    for number, (words, font, colour) in enumerate(lines):
        middle = (inner.centerx, inner.top + number * step + step // 2)
        theme.text(target, words, font, colour, inner.width, step, center=middle)


def _panel(target: pygame.Surface, rect: pygame.Rect, theme: Theme) -> pygame.Rect:
    """Draw an empty panel and return the place inside it."""
    target.fill(theme.ink(BACKGROUND), rect)
    theme.panel(target, rect)
    return rect.inflate(-2 * theme.px(16), -2 * theme.px(10))


def _draw_figures(target: pygame.Surface, rect: pygame.Rect, tally: Tally, theme: Theme) -> None:
    """Draw names at the left and figures at the right."""
    lines = (
        (say("Shots"), grouped(tally.shots)),
        (say("Hits"), grouped(tally.hits)),
        (say("Accuracy"), accuracy_words(tally.accuracy)),
    )
    step = min(theme.text_px(48), rect.height // len(lines))
    top = rect.centery - step * len(lines) // 2
    for number, (name, figure) in enumerate(lines):
        y = top + number * step + step // 2
        half = rect.width // 2
        placed = theme.text(target, figure, Font.MENU, TEXT, half, step, midright=(rect.right, y))
        room = placed.left - theme.px(8) - rect.left
        theme.text(target, name, Font.BODY, MUTED, room, step, midleft=(rect.left, y))
