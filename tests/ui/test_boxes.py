"""Boxes are drawn where they are said to be, and what stands on them keeps off their edges."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pygame
import pytest

from game.system.preferences import TEXT_SIZES
from game.ui.overlay.advantage_plot import _draw_bar
from game.ui.widgets.card_menu import Card, CardMenu
from game.ui.widgets.menu import TIGHTEST, Choice, Menu
from game.ui.widgets.theme import BAR_EDGE, HUMAN, MUTED, TEXT, Look, Theme

ROOT = Path(__file__).parents[2]
SIZES = [(640, 480), (1280, 720), (1920, 1080), (3840, 2160)]


def ink(surface: pygame.Surface, background: tuple[int, int, int]) -> pygame.Rect:
    """The smallest rectangle around all that is not `background`."""
    marked = (pygame.surfarray.array3d(surface) != background).any(axis=2)
    columns, rows = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    if not len(columns):
        return pygame.Rect(0, 0, 0, 0)
    return pygame.Rect(
        int(columns[0]),
        int(rows[0]),
        int(columns[-1] - columns[0] + 1),
        int(rows[-1] - rows[0] + 1),
    )


@pytest.mark.parametrize("size", SIZES)
def test_row_17_no_box_leaves_its_rectangle(size: tuple[int, int]) -> None:
    theme = Theme(size)
    for width in (2, 12, 18):
        for height in (1, 2, 3, 4, 5, 7, 13):
            for line in (0, 1, 2, 3):
                for radius in (0, 2, 8):
                    surface = pygame.Surface((40, 40))
                    rect = pygame.Rect(10, 12, width, height)
                    theme.box(surface, rect, TEXT, line, radius)
                    drawn = ink(surface, (0, 0, 0))
                    assert rect.contains(drawn), (rect, drawn, line, radius)
                    assert drawn.height == height, (rect, drawn, line, radius)


def test_row_17_nothing_else_draws_round_or_hollow_boxes() -> None:
    for path in sorted((ROOT / "game" / "ui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pygame.draw.rect":
                round_ones = any("radius" in str(keyword.arg) for keyword in node.keywords)
                assert path.stem == "theme" or not round_ones, f"{path}:{node.lineno}"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("share", [-1.0, -0.3, -0.12, -0.05, -0.02, -0.001, 0.001, 0.05, 0.3, 1.0])
def test_row_17_no_advantage_crosses_the_line(size: tuple[int, int], share: float) -> None:
    theme = Theme(size)
    surface = pygame.Surface((size[0] // 8, size[1] // 8))
    area = surface.get_rect()
    _draw_bar(surface, area, share, False, theme)
    bar = (pygame.surfarray.array3d(surface) == theme.ink(MUTED)).all(axis=2).any(axis=0)
    rows = np.flatnonzero(bar)
    assert len(rows), "there is a bar"
    assert rows.min() >= area.centery if share < 0 else rows.max() <= area.centery


@pytest.mark.parametrize("size", [*SIZES[:3], pytest.param(SIZES[3], marks=pytest.mark.slow)])
def test_a_marked_row_has_room_for_umlauts_and_descenders(size: tuple[int, int]) -> None:
    for text in TEXT_SIZES:
        theme = Theme(size, Look(text))
        for words in ("Sign the board", "Übungsgröße"):
            lists = (
                (Menu([Choice("list", words), *others(5)]), 1.0),
                (Menu([Choice("tight", words), *others(5)]), TIGHTEST),
                (CardMenu([Card("", [Choice("card", words), *others(2)])], others(1)), 1.0),
                (CardMenu([Card("", [Choice("value", "Wq", value=words)])], others(1)), 1.0),
                (CardMenu([Card("", others(1))], [Choice("strip", words), *others(1)]), 1.0),
            )
            for menu, share in lists:
                menu.index = [choice.label != "." for choice in menu.choices].index(True)
                assert marked_edge(menu, share, theme) >= max(1, theme.px(BAR_EDGE) - 1), (
                    menu.current.key,
                    words,
                    text,
                )


def others(count: int) -> list[Choice]:
    """Rows without descenders."""
    return [Choice(f"{number}", ".") for number in range(count)]


def marked_edge(menu: Menu, share: float, theme: Theme) -> int:
    """The rows of pixels that are nothing but the bar, above and below a marked row's text.

    The menu has a `share` of the height that it needs.
    """
    rect = pygame.Rect(0, 0, theme.text_px(400), round(menu.height(theme) * share))
    surface = pygame.Surface(rect.size)
    menu.draw(surface, rect, HUMAN, theme, centred=True)
    bar = menu.places(rect, rect.height, theme)[menu.index].rect
    inside = bar.inflate(-2 * theme.px(8), 0)  # without the round corners
    plain = (pygame.surfarray.array3d(surface.subsurface(inside)) == HUMAN).all(axis=(0, 2))
    return int(min(np.argmin(plain), np.argmin(plain[::-1])))
