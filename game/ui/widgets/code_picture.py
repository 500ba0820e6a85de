"""A QR code as a picture."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

QUIET = 4  # modules of white around the code, as its standard (ISO/IEC 18004) asks
PAPER, INK = (255, 255, 255), (0, 0, 0)


def code_side(code: Sequence[Sequence[bool]], room: int) -> int:
    """Return how many pixels the code takes each way, with the white around it, in `room`.

    Each module is a whole number of pixels, so that phones can read it.
    """
    modules = len(code) + 2 * QUIET
    return max(1, room // modules) * modules


def code_picture(code: Sequence[Sequence[bool]], side: int) -> pygame.Surface:
    """Return the code as a picture of `side` pixels each way."""
    modules = len(code) + 2 * QUIET
    small = pygame.Surface((modules, modules))
    small.fill(PAPER)
    for y, row in enumerate(code):
        for x, dark in enumerate(row):
            if dark:
                small.set_at((x + QUIET, y + QUIET), INK)
    return pygame.transform.scale(small, (side, side))
