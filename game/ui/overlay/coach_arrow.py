"""The coach's advice where a person looks: on the ground below the cannon."""

from __future__ import annotations

import pygame

from game.emulation.cabinet import SCREEN_HEIGHT, SCREEN_WIDTH, Action
from game.ui.overlay.action_icon import draw_action
from game.ui.widgets.theme import AGENT, Theme

CANNON = 4  # console pixels from the cannon's left edge to its middle
GROUND = 196, 209  # lines of the picture: the ground, where nothing else is to be seen
WIDTH = 22  # console pixels


def draw_advice(
    target: pygame.Surface, picture: pygame.Rect, cannon_x: int, advice: Action, theme: Theme
) -> None:
    """Draw what the network would do below the cannon at `cannon_x`, in console pixels."""
    top, bottom = (picture.top + line * picture.height // SCREEN_HEIGHT for line in GROUND)
    icon = pygame.Rect(0, top, picture.width * WIDTH // SCREEN_WIDTH, bottom - top)
    icon.centerx = picture.left + (cannon_x + CANNON) * picture.width // SCREEN_WIDTH
    icon.clamp_ip(picture)
    draw_action(target, icon, advice, AGENT, theme)
