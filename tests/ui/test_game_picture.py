from __future__ import annotations

import numpy as np
import pygame
import pytest

from game.ui.widgets.game_picture import GamePicture, draw_picture, largest_picture

ROUNDING = 4  # grey levels that SDL's fixed-point scaler may lose


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1024, 768), (333, 1000)])
def test_the_picture_is_four_to_three_and_inside(size: tuple[int, int]) -> None:
    area = pygame.Rect((10, 20), size)
    picture = largest_picture(area)
    assert area.contains(picture)
    assert picture.width / picture.height == pytest.approx(4 / 3, rel=0.01)
    assert picture.height > 0.85 * min(size[1], size[0] * 3 / 4)


@pytest.mark.parametrize("size", [(560, 420), (840, 630), (533, 400), (1440, 1080), (160, 210)])
def test_colours_arrive_where_they_belong(size: tuple[int, int]) -> None:
    pygame.display.init()
    window = pygame.display.set_mode((1500, 1200))
    rgb = np.zeros((210, 160, 3), np.uint8)
    rgb[:105, :80] = (200, 40, 10)
    rgb[105:, 80:] = (10, 90, 220)
    rect = pygame.Rect((7, 5), size)
    draw_picture(window, rgb, rect)
    width, height = size
    for x, y, colour in [
        (0.25, 0.25, (200, 40, 10)),
        (0.75, 0.75, (10, 90, 220)),
        (0.75, 0.25, (0, 0, 0)),
    ]:
        seen = window.get_at((7 + int(x * width), 5 + int(y * height)))[:3]
        assert np.abs(np.subtract(seen, colour)).max() <= ROUNDING
    assert window.get_at((6, 50))[:3] == (0, 0, 0)
    pygame.display.quit()


def test_edges_stay_sharp_at_an_odd_size() -> None:
    """Between two flat areas at most two columns may hold a mixture."""
    pygame.display.init()
    window = pygame.display.set_mode((900, 700))
    rgb = np.zeros((210, 160, 3), np.uint8)
    rgb[:, 80:] = 255
    draw_picture(window, rgb, pygame.Rect(0, 0, 541, 406))
    line = pygame.surfarray.array3d(window)[:541, 200, 0]
    assert ((line > ROUNDING) & (line < 255 - ROUNDING)).sum() <= 2
    pygame.display.quit()


@pytest.mark.parametrize("size", [(560, 420), (541, 406), (1568, 1176), (160, 210), (100, 75)])
def test_changed_lines_are_drawn_as_a_whole_picture_is(size: tuple[int, int]) -> None:
    chance = np.random.default_rng(0)
    rgb = chance.integers(0, 256, (210, 160, 3), np.uint8)
    window, rect = pygame.Surface((1600, 1200)), pygame.Rect((7, 5), size)
    picture = GamePicture()
    picture.draw(window, rgb, rect)
    for lines in ([0], [209], [3, 4, 90], list(range(40, 170)), []):
        shown = window.copy()
        rgb = rgb.copy()
        rgb[lines] = chance.integers(0, 256, (len(lines), 160, 3), np.uint8)
        for changed in picture.draw(window, rgb, rect, fresh=False):
            shown.blit(window, changed, changed)
        whole = pygame.Surface(window.get_size())
        draw_picture(whole, rgb, rect)
        assert window.get_buffer().raw == whole.get_buffer().raw
        assert shown.get_buffer().raw == whole.get_buffer().raw


def test_a_picture_that_hardly_changes_is_hardly_drawn() -> None:
    rgb, window = np.zeros((210, 160, 3), np.uint8), pygame.Surface((900, 700))
    rect, picture = pygame.Rect(10, 10, 560, 420), GamePicture()
    picture.draw(window, rgb, rect)
    assert picture.draw(window, rgb, rect, fresh=False) == []
    moved = rgb.copy()
    moved[100] = 255
    assert picture.draw(window, moved, rect, fresh=False) == [pygame.Rect(10, 210, 560, 2)]


def test_a_picture_reaches_over_the_edge_and_onto_sixteen_bits() -> None:
    rgb, rect = np.full((210, 160, 3), 255, np.uint8), pygame.Rect(-20, -10, 560, 420)
    for window in (pygame.Surface((400, 300)), pygame.Surface((400, 300), depth=16)):
        draw_picture(window, rgb, rect)
        for corner in ((0, 0), (399, 299)):
            assert min(window.get_at(corner)[:3]) >= 255 - 2 * ROUNDING
