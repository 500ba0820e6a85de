"""What each side of a race sees and can do: said openly before it begins."""

from __future__ import annotations

import pygame

from game.match import Match, Seat
from game.player import Kind
from game.ui.theme import BACKGROUND, MUTED, TEXT, Font, Theme, colour_of


def facts(seat: Seat, match: Match) -> list[tuple[str, str]]:
    """Return what holds for `seat` of `match`, as pairs of what and how."""
    given = match.handicap
    network = seat.player.kind is Kind.AGENT
    chance = f"{match.rules.sticky:.0%} of frames repeat the last press"
    sticky = chance if match.rules.sticky else "every press counts at once"
    lines = [
        ("Sees", "the picture, grey and small" if network else "the picture"),
        ("Acts", "15 times a second" if network else "60 times a second"),
        ("Delay", f"{given.delay_ms} ms added" if network and given.delay_ms else "none added"),
        ("Both", sticky),
    ]
    if network and given.head_start_s:
        lines.append(("Begins", f"{given.head_start_s} s after you"))
    if not network and given.extra_s and match.limit_frames is not None:
        lines.append(("Ends", f"{given.extra_s} s after the network"))
    return lines


def draw_fairness(
    target: pygame.Surface, rect: pygame.Rect, seat: Seat, match: Match, theme: Theme
) -> None:
    """Draw the facts of `seat` into `rect`."""
    target.fill(BACKGROUND, rect)
    theme.panel(target, rect)
    lines = facts(seat, match)
    row = min(theme.px(38), (rect.height - theme.px(12)) // len(lines))
    top = rect.centery - row * len(lines) // 2
    for number, (what, how) in enumerate(lines):
        middle = top + number * row + row // 2
        tint = colour_of(seat.player.kind)
        theme.text(target, what, Font.BODY, tint, midleft=(rect.left + theme.px(20), middle))
        words = theme.fit(how, Font.BODY, rect.width - theme.px(140))
        colour = MUTED if what == "Both" else TEXT
        theme.text(target, words, Font.BODY, colour, midleft=(rect.left + theme.px(110), middle))
