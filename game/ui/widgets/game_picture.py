"""Draws the emulator's picture: right aspect ratio, crisp at every size."""

from __future__ import annotations

import numpy as np
import pygame
from numpy.typing import NDArray

from game.emulation.cabinet import SCREEN_HEIGHT, SCREEN_WIDTH

ASPECT = 4 / 3  # a television's; the console's 160 x 210 pixels are not square


def largest_picture(area: pygame.Rect) -> pygame.Rect:
    """Return the largest 4:3 rectangle in the middle of `area`.

    A whole multiple of the 210 lines is used where that costs less than a tenth of the height,
    so that all lines are equally thick.
    """
    height = min(area.height, int(area.width / ASPECT))
    whole = height // SCREEN_HEIGHT * SCREEN_HEIGHT
    if whole >= height * 0.9:
        height = whole
    rect = pygame.Rect(0, 0, round(height * ASPECT), height)
    rect.center = area.center
    return rect


def draw_picture(target: pygame.Surface, rgb: NDArray[np.uint8], rect: pygame.Rect) -> None:
    """Draw `rgb` [210, 160, 3] into `rect` of `target`.

    Each axis is first enlarged by a whole number and then averaged down to the exact
    size, so that edges stay sharp and no pixel is thicker than its neighbour.
    """
    picture = pygame.image.frombuffer(rgb.tobytes(), (SCREEN_WIDTH, SCREEN_HEIGHT), "RGB")
    picture = _stretch(picture.convert(target), rect.width, SCREEN_HEIGHT)
    if rect.height % SCREEN_HEIGHT == 0 and target.get_rect().contains(rect):
        pygame.transform.scale(picture, rect.size, target.subsurface(rect))
    else:
        target.blit(_stretch(picture, rect.width, rect.height), rect)


def _stretch(picture: pygame.Surface, width: int, height: int) -> pygame.Surface:
    size = picture.get_size()
    whole = (-(-width // size[0]) * size[0], -(-height // size[1]) * size[1])
    if whole != size:
        picture = pygame.transform.scale(picture, whole)
    if whole != (width, height):
        picture = pygame.transform.smoothscale(picture, (width, height))
    return picture
