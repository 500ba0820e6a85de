"""Small pictures of every scene as it shall look, in every language and at five sizes.

`python -m tests.helpers.golden` draws them anew; look at what changed before you keep it. With
`--sheets FOLDER` it writes the scenes large enough to read, many on a sheet, and keeps nothing.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pygame
from numpy.typing import NDArray

from game.system.preferences import LANGUAGES
from game.ui.tools.selftest import scenes
from game.ui.widgets import translation
from game.ui.widgets.theme import Theme
from tests.helpers import contact_sheets
from tests.helpers.drawn import an_arcade

FOLDER = Path(__file__).parents[1] / "golden"
SIZES = ((800, 480), (1280, 720), (1920, 1080), (1080, 1920), (3440, 1440))
LONGER = 300  # pixels of a small picture's longer side
STEP = 32  # of 256 levels: fewer colours make smaller files
# Pixels of a square in which a difference counts: about a word of a caption. Over a whole picture
# a word that changed makes less than 0.1 of a level, in its own square ten and more.
BLOCK = 4
KEPT_BYTES = 3_600_000

Pixels = NDArray[np.uint8]


class Picture(NamedTuple):
    """A scene as it is drawn now, small, and where its like is kept."""

    name: str
    file: Path
    pixels: Pixels  # [width, height, 3]


def canvases(language: str) -> Iterator[tuple[str, pygame.Surface]]:
    """Draw every scene at every size, the same each time."""
    arcade = an_arcade()
    arcade.prefer(dataclasses.replace(arcade.preferences, language=language))
    themes = [Theme(size) for size in SIZES]
    for name, scene in scenes(arcade):
        for theme in themes:
            canvas = pygame.Surface(theme.size)
            scene.draw(canvas, theme)
            yield name, canvas


def pictures(language: str) -> Iterator[Picture]:
    """Draw every scene at every size, small."""
    for name, canvas in canvases(language):
        where = size_words(canvas)
        told = f"{name} at {where} in {translation.NAMES[language]}"
        yield Picture(told, FOLDER / where / f"{name}.png", small(canvas))


def size_words(canvas: pygame.Surface) -> str:
    """Return the size of `canvas` as people write it."""
    return "x".join(map(str, canvas.get_size()))


def small(canvas: pygame.Surface) -> Pixels:
    """Return `canvas` as small as a picture that is kept, with all its levels."""
    share = LONGER / max(canvas.get_size())
    width, height = (round(side * share) for side in canvas.get_size())
    return pygame.surfarray.array3d(pygame.transform.smoothscale(canvas, (width, height)))


def load(file: Path) -> list[Pixels]:
    """Return the pictures that were kept of a scene at one size, one of each language."""
    strip = pygame.surfarray.array3d(pygame.image.load(file))
    return np.split(strip, len(LANGUAGES)) if len(strip) % len(LANGUAGES) == 0 else []


def keep(all_of_them: list[Pixels], file: Path) -> None:
    """Write the pictures of a scene at one size side by side, with fewer colours.

    They are alike but for their texts, so that together they take little more than one.
    """
    strip = np.concatenate(all_of_them) // STEP * STEP
    codes = strip.astype(int) @ [1, 1 << 8, 1 << 16]
    colours, indexes = np.unique(codes, return_inverse=True)
    if len(colours) <= 256:
        surface = pygame.Surface(codes.shape, depth=8)
        surface.set_palette([(c & 255, c >> 8 & 255, c >> 16) for c in colours.tolist()])
        pygame.surfarray.blit_array(surface, indexes.reshape(codes.shape).astype(np.uint8))
    else:
        surface = pygame.surfarray.make_surface(strip)
    file.parent.mkdir(parents=True, exist_ok=True)
    pygame.image.save(surface, file)


def gaps(kept: Pixels, drawn: Pixels) -> NDArray[np.float64]:
    """Return how far each pixel of `drawn` is outside of the levels that `kept` stands for."""
    low, levels = kept.astype(int), drawn.astype(int)
    return np.maximum(0, np.maximum(low - levels, levels - (low + STEP - 1))).mean(axis=2)


def difference(kept: Pixels, drawn: Pixels) -> float:
    """Return how far `drawn` is from `kept` in the square where it is farthest: a mean, of 255."""
    if kept.shape != drawn.shape:
        return 255.0
    sums = np.pad(gaps(kept, drawn).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    squares = sums[BLOCK:, BLOCK:] - sums[:-BLOCK, BLOCK:] - sums[BLOCK:, :-BLOCK]
    return float((squares + sums[:-BLOCK, :-BLOCK]).max() / BLOCK**2)


def renew() -> None:
    """Draw all pictures anew, and remove those of scenes that are no more."""
    drawn = defaultdict(list)
    for language in LANGUAGES:
        for picture in pictures(language):
            drawn[picture.file].append(picture.pixels)
    for old in FOLDER.rglob("*.png"):
        old.unlink()
    for file, all_of_them in drawn.items():
        keep(all_of_them, file)
    kept = sum(file.stat().st_size for file in drawn)
    print(f"{len(drawn) * len(LANGUAGES)} pictures, {kept / 1e6:.2f} MB, in {FOLDER}")


def show(folder: Path) -> None:
    """Write every scene to sheets in `folder`, a set for each language and size."""
    written = 0
    for language in LANGUAGES:
        by_size: dict[str, list[tuple[str, pygame.Surface]]] = defaultdict(list)
        for name, canvas in canvases(language):
            by_size[size_words(canvas)].append((name, contact_sheets.cell(canvas)))
        for where, cells in by_size.items():
            written += contact_sheets.write(cells, folder, f"{language}-{where}")
    print(f"{written} sheets in {folder}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Draw the golden pictures anew.")
    parser.add_argument("--sheets", type=Path, metavar="FOLDER", help="write sheets to look at")
    sheets_folder = parser.parse_args().sheets
    if sheets_folder is None:
        renew()
    else:
        show(sheets_folder)
