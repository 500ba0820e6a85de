"""Everything that is read stands out from its ground, in every look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pygame
import pytest

from game.play.player import Kind
from game.ui.overlay import visitor_panel
from game.ui.scenes.settings import Settings
from game.ui.tools.selftest import scenes
from game.ui.widgets.layout import pair_layout
from game.ui.widgets.theme import (
    AGENT,
    CONTRASTS,
    HIGH_CONTRAST,
    MARK_CONTRAST,
    TEXT_CONTRAST,
    USUAL,
    Colour,
    Font,
    Look,
    Palette,
    Theme,
    colour_of,
)
from tests.helpers.drawn import an_arcade, contrast

SIZE = (1280, 720)
FEW = 30  # pixels: where letters' edges are blended, one may be of any colour
LOOKS = {"usual": USUAL, "high contrast": HIGH_CONTRAST}


@pytest.mark.parametrize("palette", LOOKS.values(), ids=LOOKS)
def test_row_20_each_pair_of_the_table_stands_out(palette: Palette) -> None:
    weak = {
        f"{name} on {ground}": contrast(getattr(palette, name), getattr(palette, ground))
        for name, ground, least in CONTRASTS
        if contrast(getattr(palette, name), getattr(palette, ground)) < least
    }
    assert weak == {}


def test_row_20_the_table_has_every_colour_that_is_read() -> None:
    read = {name for name, _, _ in CONTRASTS} | {ground for _, ground, _ in CONTRASTS}
    assert set(vars(USUAL)) - read == {"line"}, "what only divides"


class MeasuringTheme(Theme):
    """Measures each text against what lay below it."""

    def __init__(self, size: tuple[int, int], look: Look) -> None:
        super().__init__(size, look)
        self.weak: list[str] = []

    def text(
        self,
        target: pygame.Surface,
        string: str,
        font: Font,
        colour: Colour,
        width: int | None = None,
        height: int | None = None,
        **anchor: tuple[float, float],
    ) -> pygame.Rect:
        before = target.copy()
        place = super().text(target, string, font, colour, width, height, **anchor)
        area = place.clip(target.get_rect())
        if area and string.strip():
            pixels = pygame.surfarray.array2d(before.subsurface(area))
            values, counts = np.unique(pixels, return_counts=True)
            ground = before.unmap_rgb(int(values[counts.argmax()]))
            if contrast(self.ink(colour), (ground.r, ground.g, ground.b)) < TEXT_CONTRAST:
                self.weak.append(string)
        return place


def colours_of(surface: pygame.Surface) -> Counter[Colour]:
    values, counts = np.unique(pygame.surfarray.array2d(surface), return_counts=True)
    found: Counter[Colour] = Counter()
    for value, count in zip(values, counts, strict=True):
        colour = surface.unmap_rgb(int(value))
        found[(colour.r, colour.g, colour.b)] += int(count)
    return found


@pytest.mark.scenes
def test_row_20_each_text_stands_out_and_no_colour_of_the_usual_look_is_in_the_other() -> None:
    """A colour that misses `Theme.ink` is the usual one on a ground of the other look."""
    weak, left = [], []
    themes = [MeasuringTheme((640, 480), Look(contrast=contrast)) for contrast in (False, True)]
    usual = set(USUAL.colours()) - set(HIGH_CONTRAST.colours())
    for name, scene in scenes(an_arcade()):
        for theme in themes:
            canvas = pygame.Surface(theme.size)
            scene.draw(canvas, theme)
        found = colours_of(canvas)
        left += [f"{name}: {colour}" for colour in usual if found[colour] > FEW]
        weak += [f"{name}: {string}" for theme in themes for string in theme.weak]
        for theme in themes:
            theme.weak.clear()
    assert weak == []
    assert left == []


def steps(margin: float, look: Look) -> Iterator[Colour]:
    """The colour in the middle of each step of the visitor's panel, from left to right."""
    theme, canvas = Theme(SIZE, look), pygame.Surface((300, 80))
    canvas.fill(theme.ink(theme.look.palette.panel))
    visitor_panel._draw_steps(canvas, canvas.get_rect(), margin, theme)
    width, gap = theme.px(20), theme.px(6)
    left = 150 - (visitor_panel.STEPS * (width + gap) - gap) // 2
    for step in range(visitor_panel.STEPS):
        full = theme.px(56)
        height = full * (step + 1) // visitor_panel.STEPS
        x, y = left + step * (width + gap) + width // 2, 40 + full // 2 - height // 2
        colour = canvas.get_at((x, y))
        yield colour.r, colour.g, colour.b


@pytest.mark.parametrize("look", [Look(), Look(contrast=True)], ids=LOOKS)
def test_row_20_filled_and_empty_steps_differ(look: Look) -> None:
    full, empty = next(steps(10.0, look)), next(steps(0.0, look))
    assert full == Theme(SIZE, look).ink(AGENT)
    assert contrast(full, empty) >= MARK_CONTRAST
    half = list(steps(visitor_panel.MOST_SURE * 0.4, look))
    assert half == [full, full, empty, empty, empty]


@pytest.mark.slow
def test_row_20_both_pictures_have_an_edge_in_high_contrast() -> None:
    theme = Theme(SIZE, Look(contrast=True))
    race = next(scene for name, scene in scenes(an_arcade()) if name == "race")
    canvas = pygame.Surface(SIZE)
    race.draw(canvas, theme)
    for seat, kind in zip(pair_layout(theme).seats, (Kind.HUMAN, Kind.AGENT), strict=True):
        outside = seat.picture.inflate(2, 2)
        ink = theme.ink(colour_of(kind))
        corners = (outside.topleft, (outside.right - 1, outside.bottom - 1))
        assert [canvas.get_at(corner)[:3] for corner in corners] == [ink, ink]
        assert contrast(ink, HIGH_CONTRAST.background) >= MARK_CONTRAST


def test_row_20_the_settings_in_high_contrast_look_so() -> None:
    theme, canvas = Theme(SIZE, Look(contrast=True)), pygame.Surface(SIZE)
    Settings(an_arcade()).draw(canvas, theme)
    found = colours_of(canvas)
    assert found.most_common(1)[0][0] == HIGH_CONTRAST.background
    for colour in (HIGH_CONTRAST.human, HIGH_CONTRAST.text, HIGH_CONTRAST.muted):
        assert found[colour] > FEW
        assert contrast(colour, HIGH_CONTRAST.background) >= TEXT_CONTRAST
