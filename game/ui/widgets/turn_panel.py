"""What a person who plays a tournament's match in turns sees: the time, and what is to beat."""

from __future__ import annotations

from typing import NamedTuple

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.match import Match
from game.tournament.desk import Call
from game.ui.widgets.layout import SeatLayout
from game.ui.widgets.theme import AGENT, GAP, HUMAN, MUTED, TEXT, WARNING, Colour, Font, Theme
from game.ui.widgets.translation import grouped, say

HURRY_S = 10
HEIGHT = 96  # units


class TurnContent(NamedTuple):
    """What the panel says: seconds, whether they run out, and how the scores compare."""

    seconds: int
    hurry: bool
    words: str
    colour: Colour


def turn_place(seat: SeatLayout, theme: Theme) -> pygame.Rect:
    """Return the panel for time and target: the upper part of the panel of `seat`."""
    return pygame.Rect(seat.panel.topleft, (seat.panel.width, theme.text_px(HEIGHT)))


def below_turn(seat: SeatLayout, theme: Theme) -> pygame.Rect:
    """Return what is left of the panel of `seat`."""
    top = turn_place(seat, theme).bottom + theme.px(GAP)
    return pygame.Rect(seat.panel.left, top, seat.panel.width, seat.panel.bottom - top)


def turn_content(match: Match, call: Call) -> TurnContent:
    """Return what the panel says now."""
    left = match.frames_left
    frames = match.number if left is None else left
    seconds = frames // FRAMES_PER_SECOND if left is None else -(-frames // FRAMES_PER_SECOND)
    hurry = left is not None and seconds <= HURRY_S and match.number > 0
    return TurnContent(seconds, hurry, *_target_words(match, call))


def draw_turn(
    target: pygame.Surface, rect: pygame.Rect, content: TurnContent, theme: Theme
) -> None:
    """Draw the time that is left, or has passed, and how far the opponent's score is away."""
    theme.panel(target, rect)
    head = (rect.centerx, rect.top + theme.px(10))
    clock = f"{content.seconds // 60}:{content.seconds % 60:02d}"
    colour = WARNING if content.hurry else TEXT
    placed = theme.text(target, clock, Font.SCORE, colour, midtop=head)
    room, rest = rect.width - theme.px(24), rect.bottom - placed.bottom
    place = (rect.centerx, (placed.bottom + rect.bottom) // 2)
    theme.text(target, content.words, Font.MENU, content.colour, room, rest, center=place)


def _target_words(match: Match, call: Call) -> tuple[str, Colour]:
    """Return how the score compares with the opponent's, and in which colour."""
    if call.to_beat is None:
        return say("against {name}", name=call.opponent), MUTED
    ahead = match.seats[0].frame.score - call.to_beat
    if ahead > 0:
        return say("{points} ahead of {name}", points=grouped(ahead), name=call.opponent), HUMAN
    points = grouped(-ahead)
    return say("{points} behind {name}", points=points, name=call.opponent), AGENT
