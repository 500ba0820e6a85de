from __future__ import annotations

import time

import numpy as np
import pygame
import pytest
from numpy.typing import NDArray

from game.emulation.cabinet import Action, Cabinet, Rules
from game.system.preferences import BRIGHT, CRT, OUTLINED, PLAIN, SCREENS, SOFT, SPRITES
from game.ui.widgets.game_picture import GamePicture, draw_picture, largest_picture
from game.ui.widgets.picture_style import PictureStyle
from game.ui.widgets.sprites import GROUND, stand_out
from tests.helpers.drawn import contrast

STYLES = [PictureStyle(screen, sprites) for screen in SCREENS for sprites in SPRITES]
ALL_LINES = np.ones(210, bool)
LOW_VISION = 7.0  # the contrast that people with low vision need (WCAG 2.2, 1.4.6)
FRAME_MS = 4.0  # that both pictures of a race may take in the median, a quarter of a frame


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
        assert seen == colour
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
    assert ((line > 0) & (line < 255)).sum() <= 2
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


class Red:
    """Tints a picture as a map does that is the same everywhere."""

    version = 0

    def over(
        self, rgb: NDArray[np.uint8], lines: NDArray[np.bool_] | None = None
    ) -> NDArray[np.uint8]:
        shown = rgb.copy()
        shown[slice(None) if lines is None else lines, :, 0] |= 128
        return shown


@pytest.mark.parametrize("size", [(541, 406), (100, 75)])
@pytest.mark.parametrize("style", STYLES[1:], ids=str)
def test_in_every_look_changed_lines_are_drawn_as_a_whole_picture_is(
    style: PictureStyle, size: tuple[int, int]
) -> None:
    chance = np.random.default_rng(0)
    rgb = chance.integers(0, 256, (210, 160, 3), np.uint8) * chance.integers(0, 2, (210, 160, 1))
    rgb = rgb.astype(np.uint8)
    window, rect, tint = pygame.Surface((580, 440)), pygame.Rect((7, 5), size), Red()
    picture = GamePicture()
    picture.draw(window, rgb, rect, tint=tint, style=style)
    for lines in ([0], [209], [3, 4, 90], [20, 30, 44], list(range(40, 170)), []):
        shown = window.copy()
        rgb = rgb.copy()
        rgb[lines] = chance.integers(0, 256, (len(lines), 160, 3), np.uint8)
        for changed in picture.draw(window, rgb, rect, False, tint, style=style):
            shown.blit(window, changed, changed)
        whole = pygame.Surface(window.get_size())
        GamePicture().draw(whole, rgb, rect, tint=tint, style=style)
        assert window.get_buffer().raw == whole.get_buffer().raw
        assert shown.get_buffer().raw == whole.get_buffer().raw


def test_another_look_is_drawn_at_once() -> None:
    rgb, window = np.full((210, 160, 3), 90, np.uint8), pygame.Surface((900, 700))
    rgb[:100, :70] = 200
    rect, picture, seen = pygame.Rect(10, 10, 560, 420), GamePicture(), set()
    for screen in SCREENS:
        picture.draw(window, rgb, rect, fresh=False, style=PictureStyle(screen))
        seen.add(pygame.image.tobytes(window, "RGB"))
    assert len(seen) == len(SCREENS)


def test_a_tube_has_a_dark_row_between_two_lines_and_is_about_as_bright() -> None:
    rgb, rect = np.full((210, 160, 3), 120, np.uint8), pygame.Rect(0, 0, 840, 630)
    window = pygame.Surface(rect.size)
    draw_picture(window, rgb, rect, PictureStyle(CRT))
    rows = pygame.surfarray.array3d(window)[400, 300:303, 0].astype(int)
    assert rows[2] < rows.min(initial=255, where=[True, True, False]) - 20, "the last row of three"
    assert rows.mean() == pytest.approx(120, rel=0.2)
    flat = pygame.Rect(0, 0, 280, 210)  # there is no room for gaps
    draw_picture(window, rgb, flat, PictureStyle(CRT))
    assert len(np.unique(pygame.surfarray.array3d(window)[100, 20:190, 0])) == 1


def test_a_tube_s_light_spreads_and_a_soft_picture_has_no_hard_edge() -> None:
    rgb, rect = np.zeros((210, 160, 3), np.uint8), pygame.Rect(0, 0, 840, 630)
    rgb[100:110, 80:90] = 200
    window = pygame.Surface(rect.size)
    draw_picture(window, rgb, rect, PictureStyle(CRT))
    assert window.get_at((79 * 840 // 160, 316))[0] > 0, "beside it"
    assert window.get_at((85 * 840 // 160, 298))[0] > 0, "above it"
    assert window.get_at((70 * 840 // 160, 316))[0] == 0
    draw_picture(window, rgb, rect, PictureStyle(SOFT))
    seen = pygame.surfarray.array3d(window)[:, :, 0].astype(int)
    assert np.abs(np.diff(seen, axis=0)).max() < 60
    assert np.abs(np.diff(seen, axis=1)).max() < 100
    assert seen.max() == 200


def played(frames: int = 240) -> list[NDArray[np.uint8]]:
    """The pictures of some seconds of a game, one every second."""
    cabinet = Cabinet(Rules(), 3)
    return [cabinet.step(Action.RIGHTFIRE).rgb for _ in range(frames)][::60]


def test_brighter_sprites_have_the_contrast_that_low_vision_needs() -> None:
    weak, pictures = set(), played()
    for rgb in pictures:
        bright = stand_out(rgb, ALL_LINES, BRIGHT)
        colours = {tuple(colour) for colour in bright[:GROUND].reshape(-1, 3).tolist()}
        weak |= {
            colour for colour in colours - {(0, 0, 0)} if contrast(colour, (0, 0, 0)) < LOW_VISION
        }
        assert (bright[GROUND:] == rgb[GROUND:]).all(), "the ground would dazzle"
        black = ~rgb.any(axis=2)
        assert not bright[:GROUND][black[:GROUND]].any()
    assert weak == set()


def test_an_outline_is_white_and_around_the_sprites_alone() -> None:
    rgb = np.zeros((210, 160, 3), np.uint8)
    rgb[50, 30], rgb[0, 0], rgb[GROUND:] = (40, 0, 0), (0, 50, 0), (80, 89, 22)
    rgb[80:90, 60:70] = (134, 134, 29)
    rgb[84:86, 64:66] = 0  # eyes
    shown = stand_out(rgb, ALL_LINES, OUTLINED)
    white = np.argwhere((shown == 255).all(axis=2)[:70]).tolist()
    around = [[50 + y, 30 + x] for y in (-1, 0, 1) for x in (-1, 0, 1) if (y, x) != (0, 0)]
    assert white == [[0, 1], [1, 0], [1, 1], *around]
    body = (shown[70:GROUND] == 255).all(axis=2)
    assert body.sum() == 2 * 12 + 2 * 10
    assert not body[14:16, 64:66].any(), "a gap inside stays black"
    assert (shown[GROUND:] == rgb[GROUND:]).all()
    assert stand_out(rgb, ALL_LINES, PLAIN) is rgb


@pytest.mark.timed
@pytest.mark.parametrize("width", [840, 1568])
def test_every_look_leaves_a_frame_its_time(width: int) -> None:
    """What both pictures of a race take of a processor in a frame, at 1080p and at 4K."""
    rect, window = pygame.Rect(0, 0, width, width * 3 // 4), pygame.Surface((width, width))
    cabinet = Cabinet(Rules(), 3)
    pictures = [cabinet.step(Action.RIGHTFIRE).rgb for _ in range(300)]
    for style in STYLES:
        picture, took = GamePicture(), []
        for number, rgb in enumerate(pictures):
            start = time.thread_time()
            picture.draw(window, rgb, rect, number == 0, style=style)
            took.append(2e3 * (time.thread_time() - start))
        median, worst = np.median(took[1:]), np.percentile(took[1:], 99)
        looks = f"{style.screen}, {style.sprites}"
        print(f"{width} wide, {looks}: {median:.2f} ms, 99 % {worst:.2f} ms, whole {took[0]:.2f}")
        assert median < FRAME_MS * (width / 840) ** 2


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
            assert min(window.get_at(corner)[:3]) == 255
