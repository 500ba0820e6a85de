"""The invitation to follow on a phone: a QR code and the address below it."""

from __future__ import annotations

import pygame

from game.play.audience import Invitation
from game.ui.widgets.theme import TEXT, Font, Theme
from game.ui.widgets.translation import say

QUIET = 4  # modules of white around the code, as its standard (ISO/IEC 18004) asks
PAPER, INK = (255, 255, 255), (0, 0, 0)
SIDE = 150  # units


def draw_invitation(
    target: pygame.Surface, corner: tuple[int, int], invitation: Invitation, theme: Theme
) -> pygame.Rect:
    """Draw it with its bottom right at `corner` and return its place."""
    modules = len(invitation.code) + 2 * QUIET
    side = max(2, theme.px(SIDE) // modules) * modules  # whole pixels, so that phones can read it
    line = theme.height(Font.CAPTION)
    room = theme.px(2 * SIDE)
    width = max(side, min(room, theme.width(invitation.address, Font.CAPTION)))
    place = pygame.Rect(0, 0, width, side + 2 * line)
    place.bottomright = corner
    words = say("Follow on your phone")
    theme.text(target, words, Font.CAPTION, TEXT, room, midtop=place.midtop)
    code = theme.keep(("code", invitation.address, side), lambda: _code(invitation, side))
    target.blit(code, code.get_rect(midtop=(place.centerx, place.top + line)))
    theme.text(target, invitation.address, Font.CAPTION, TEXT, width, midbottom=place.midbottom)
    return place


def _code(invitation: Invitation, side: int) -> pygame.Surface:
    """Return the code as a picture of so many pixels each way."""
    modules = len(invitation.code) + 2 * QUIET
    small = pygame.Surface((modules, modules))
    small.fill(PAPER)
    for y, row in enumerate(invitation.code):
        for x, dark in enumerate(row):
            if dark:
                small.set_at((x + QUIET, y + QUIET), INK)
    return pygame.transform.scale(small, (side, side))
