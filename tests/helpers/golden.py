"""Small pictures of every scene as it shall look, in two languages and at three sizes.

`python -m tests.helpers.golden` draws them anew; look at what changed before you keep it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pygame
from numpy.typing import NDArray

from game.system.preferences import ENGLISH
from game.ui.tools.selftest import scenes
from game.ui.widgets import translation
from game.ui.widgets.theme import Theme
from tests.helpers.drawn import an_arcade

FOLDER = Path(__file__).parents[1] / "golden"
# Of the others only the texts differ: whether they have room, tests/ui/test_room.py tells. Pictures
# of every language would double what a checkout weighs and what the test takes.
LANGUAGES = (ENGLISH, "de")
SIZES = ((1280, 720), (1024, 768), (1920, 1080))
WIDTH = 320  # pixels of a picture that is kept
STEP = 8  # of 256 levels: fewer colours make smaller files
KEPT_BYTES = 3_600_000

Pixels = NDArray[np.uint8]


class Picture(NamedTuple):
    """A scene as it is drawn now, small, and where its like is kept."""

    name: str
    file: Path
    pixels: Pixels  # [width, height, 3]


def pictures(language: str) -> Iterator[Picture]:
    """Draw every scene at every size, the same each time."""
    arcade = an_arcade()
    arcade.prefer(dataclasses.replace(arcade.preferences, language=language))
    themes = [Theme(size) for size in SIZES]
    for name, scene in scenes(arcade):
        for theme in themes:
            canvas = pygame.Surface(theme.size)
            scene.draw(canvas, theme)
            where = f"{theme.size[0]}x{theme.size[1]}"
            yield Picture(
                f"{name} at {where} in {translation.NAMES[language]}",
                FOLDER / language / where / f"{name}.png",
                _small(canvas),
            )


def load(file: Path) -> Pixels:
    """Return a picture that was kept."""
    return pygame.surfarray.array3d(pygame.image.load(file))


def save(pixels: Pixels, file: Path) -> None:
    """Write a picture."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pygame.image.save(pygame.surfarray.make_surface(pixels), file)


def difference(one: Pixels, other: Pixels) -> float:
    """Return how far two pictures are apart: the mean over all levels, of 255."""
    if one.shape != other.shape:
        return 255.0
    return float(np.abs(one.astype(int) - other).mean())


def renew() -> None:
    """Draw all pictures anew, and remove those of scenes that are no more."""
    drawn = [picture for language in LANGUAGES for picture in pictures(language)]
    for old in FOLDER.rglob("*.png"):
        old.unlink()
    for picture in drawn:
        save(picture.pixels, picture.file)
    kept = sum(file.stat().st_size for file in FOLDER.rglob("*.png"))
    print(f"{len(drawn)} pictures, {kept / 1e6:.2f} MB, in {FOLDER}")


def _small(canvas: pygame.Surface) -> Pixels:
    width, height = canvas.get_size()
    small = pygame.transform.smoothscale(canvas, (WIDTH, WIDTH * height // width))
    return pygame.surfarray.array3d(small) // STEP * STEP


if __name__ == "__main__":
    renew()
