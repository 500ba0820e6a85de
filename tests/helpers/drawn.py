"""What scenes draw: every text with its place, and every scene in a state worth a look."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pygame

from game.emulation.cabinet import Rules
from game.play.ladder import CHAMPION, Rung
from game.play.opponents import open_ladder
from game.play.options import Options
from game.ui.scenes.scene import Arcade, Scene
from game.ui.tools.headless import blind_arcade
from game.ui.tools.selftest import scenes
from game.ui.widgets.theme import (
    BACKGROUND,
    BAR_EDGE,
    GROWS,
    PANEL,
    Colour,
    Font,
    Look,
    Theme,
)
from tests.helpers.visit import Thinker

# Relative luminance of an sRGB channel (Web Content Accessibility Guidelines 2.2).
_LEVELS = np.arange(256) / 255
LINEAR = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4)
WEIGHTS = np.array([0.2126, 0.7152, 0.0722])


RUNGS = [
    Rung(Path(f"{name}.tflite"), name, score, minutes, round(frames * 1e6), name == CHAMPION)
    for name, score, minutes, frames in (
        ("recruit", 214, 7, 0.06),
        ("gunner", 335, 25, 0.3),
        ("sergeant", 451, 60, 1.2),
        (CHAMPION, 617, 288, 3.4),
    )
]


APART = 3  # units between the ink of two texts, at least
SMALLEST = 0.75  # of the height that a font has at the usual text size


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    low, high = sorted(float(LINEAR[list(colour)] @ WEIGHTS) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


class Drawn(NamedTuple):
    """A text, the rectangle on `target` that its ink takes, and the share of its font's height."""

    string: str
    font: Font
    ink: pygame.Rect
    target: pygame.Surface
    share: float
    bar: pygame.Rect | None = None  # on which it stands


class WatchedTheme(Theme):
    """Remembers what texts it drew since `forget`, but those under a veil over all."""

    def __init__(self, size: tuple[int, int], look: Look | None = None) -> None:
        super().__init__(size, look)
        self.texts: list[Drawn] = []
        self._bars: list[tuple[pygame.Surface, pygame.Rect]] = []
        self._ink = pygame.Rect(0, 0, 0, 0)
        self._share = 1.0

    def fitted(
        self, string: str, font: Font, colour: Colour, width: int, height: int | None = None
    ) -> pygame.Surface:
        surface = super().fitted(string, font, colour, width, height)
        self._ink = surface.get_bounding_rect()
        self._share = surface.get_height() / self.render(string, font, colour).get_height()
        return surface

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
        place = super().text(target, string, font, colour, width, height, **anchor)
        if string.strip():
            ink = self._ink.move(place.topleft)
            bars = [bar for on, bar in self._bars if on is target and bar.collidepoint(ink.center)]
            bar = bars[-1] if bars and colour in (BACKGROUND, PANEL) else None
            self.texts.append(Drawn(string, font, ink, target, self._share, bar))
        return place

    def box(
        self,
        target: pygame.Surface,
        rect: pygame.Rect,
        colour: Colour,
        line: int = 0,
        radius: int = 8,
        top_only: bool = False,
    ) -> None:
        super().box(target, rect, colour, line, radius, top_only)
        if colour not in (BACKGROUND, PANEL) and not line:
            self._bars.append((target, rect.copy()))

    def shade(self, target: pygame.Surface, rect: pygame.Rect, alpha: int) -> None:
        super().shade(target, rect, alpha)
        if rect == target.get_rect():
            self.forget()

    def forget(self) -> None:
        self.texts.clear()
        self._bars.clear()


def faults(name: str, theme: WatchedTheme, smallest: float = SMALLEST) -> Iterator[str]:
    """Yield every text of the last drawing that is cut, too small, near another or at an edge."""
    assert theme.texts, name
    where = f"{name} at {theme.size}, {theme.look.text} %"
    for text in theme.texts:
        if not text.target.get_rect().contains(text.ink):
            yield f"{where}: {text.string!r} is cut"
        share = text.share * (theme.look.text / 100 if text.font in GROWS else 1)
        if share < smallest:
            yield f"{where}: {text.string!r} is {share:.0%} of its font"
        edge = max(1, theme.px(BAR_EDGE) - 1)  # where half pixels were rounded
        if text.bar is not None and not text.bar.inflate(0, -2 * edge).contains(text.ink):
            yield f"{where}: {text.string!r} touches the edge of its bar"
    room = 2 * theme.px(APART)
    for one, other in itertools.combinations(theme.texts, 2):
        if one.target is other.target and one.ink.inflate(room, room).colliderect(other.ink):
            yield f"{where}: {one.string!r} meets {other.string!r}"


def an_arcade(**options: Any) -> Arcade:
    """Return an arcade on SDL's dummy drivers whose agent needs no network."""
    chosen = Options(**{"rules": Rules(), "seed": 1, **options})
    arcade = blind_arcade(chosen, lambda: Thinker)
    arcade.opponents = open_ladder(RUNGS, arcade.agent, lambda _model, _name: lambda: Thinker)
    return arcade


def drawn_scenes(arcade: Arcade, *themes: WatchedTheme) -> Iterator[tuple[str, WatchedTheme]]:
    """Draw every scene with each of `themes`; yield its name and the theme that has the texts."""
    for name, scene in scenes(arcade):
        for theme in themes:
            draw(scene, theme)
            yield name, theme


def draw(scene: Scene, theme: WatchedTheme) -> pygame.Surface:
    """Return the scene's picture; the theme has the texts of this picture alone."""
    theme.forget()
    canvas = pygame.Surface(theme.size)
    scene.draw(canvas, theme)
    return canvas
