"""The coach's advice where a person looks: on the ground below the cannon."""

from __future__ import annotations

import pygame

from game.emulation.cabinet import SCREEN_HEIGHT, SCREEN_WIDTH, Action
from game.ui.overlay.action_icon import draw_action
from game.ui.widgets.theme import AGENT, Theme

CANNON = 3  # console pixels from the cannon's left edge to its middle
GROUND = 202  # line in the middle of the ground, where nothing else moves
LINES = slice(GROUND - 10, SCREEN_HEIGHT)  # of the picture, which the icon may cover
SIZE = 36, 20  # console pixels and lines, of the room for the icon, which fills half of it


def draw_advice(
    target: pygame.Surface, picture: pygame.Rect, cannon_x: int, advice: Action, theme: Theme
) -> None:
    """Draw what the network would do below the cannon at `cannon_x`, in console pixels."""
    across, down = picture.width / SCREEN_WIDTH, picture.height / SCREEN_HEIGHT
    icon = pygame.Rect(0, 0, round(SIZE[0] * across), round(SIZE[1] * down))
    x, y = (cannon_x + CANNON) * across, GROUND * down
    icon.center = round(picture.left + x), round(picture.top + y)
    draw_action(target, icon, advice, AGENT, theme)
