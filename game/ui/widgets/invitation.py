"""The invitation to follow on a phone: a QR code and the address below it."""

from __future__ import annotations

import pygame

from game.play.audience import Invitation
from game.ui.widgets.code_picture import code_picture, code_side
from game.ui.widgets.theme import TEXT, Font, Theme
from game.ui.widgets.translation import say

SIDE = 150  # units


def draw_invitation(
    target: pygame.Surface, corner: tuple[int, int], invitation: Invitation, theme: Theme
) -> pygame.Rect:
    """Draw it on a panel with its bottom right at `corner` and return its place."""
    side = code_side(invitation.code, max(theme.px(SIDE), 2 * len(invitation.code)))
    line = theme.height(Font.CAPTION)
    room = theme.px(2 * SIDE)
    width = max(side, min(room, theme.width(invitation.address, Font.CAPTION)))
    place = pygame.Rect(0, 0, width, side + 2 * line)
    place.bottomright = corner
    theme.panel(target, place.inflate(2 * theme.px(8), 2 * theme.px(4)))
    words = say("Follow on your phone")
    theme.text(target, words, Font.CAPTION, TEXT, room, midtop=place.midtop)
    key = ("code", invitation.address, side)
    code = theme.keep(key, lambda: code_picture(invitation.code, side))
    target.blit(code, code.get_rect(midtop=(place.centerx, place.top + line)))
    theme.text(target, invitation.address, Font.CAPTION, TEXT, width, midbottom=place.midbottom)
    return place
