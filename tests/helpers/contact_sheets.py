"""Contact sheets: many pictures on a few large ones, each with its name, for people to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pygame

from game.ui.widgets.theme import TEXT, Font, Theme

SIDE = 1600  # pixels of a sheet at most, across and down
COLUMNS = {True: 2, False: 4}  # of pictures that are wider than high, and of others
NAME, EDGE = 22, 2  # pixels of the line below a picture, and around it


def cell(canvas: pygame.Surface) -> pygame.Surface:
    """Return `canvas` as large as it is on a sheet."""
    width, height = canvas.get_size()
    across = SIDE // COLUMNS[width > height] - 2 * EDGE
    return pygame.transform.smoothscale(canvas, (across, across * height // width))


def write(cells: Sequence[tuple[str, pygame.Surface]], folder: Path, name: str) -> int:
    """Write sheets of named `cells`, all of one size, as `name` with a number; return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for number, sheet in enumerate(_sheets(cells), 1):
        pygame.image.save(sheet, folder / f"{name}-{number}.png")
    return number


def _sheets(cells: Sequence[tuple[str, pygame.Surface]]) -> Iterator[pygame.Surface]:
    width, height = cells[0][1].get_size()
    columns, pitch = COLUMNS[width > height], (width + 2 * EDGE, height + NAME)
    each, theme = columns * (SIDE // pitch[1]), Theme((1280, 720))
    for start in range(0, len(cells), each):
        shown = cells[start : start + each]
        sheet = pygame.Surface((columns * pitch[0], -(-len(shown) // columns) * pitch[1]))
        sheet.fill((80, 80, 80))
        for number, (name, drawn) in enumerate(shown):
            row, column = divmod(number, columns)
            place = drawn.get_rect(topleft=(column * pitch[0] + EDGE, row * pitch[1]))
            sheet.blit(drawn, place)
            theme.text(sheet, name, Font.CAPTION, TEXT, width, midtop=place.midbottom)
        yield sheet
