"""Nothing that we draw flashes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pygame
import pytest
from numpy.typing import NDArray

from game.emulation.cabinet import FRAMES_PER_SECOND, Rules
from game.play.match import Match
from game.play.player import RandomPlayer
from game.system.preferences import BRIGHT, CRT, OUTLINED, SHARP
from game.ui.scenes import attract, match, match_view, title
from game.ui.scenes.attract import Attract
from game.ui.scenes.results import Results
from game.ui.widgets.game_picture import GamePicture
from game.ui.widgets.picture_style import PictureStyle
from game.ui.widgets.theme import Look, Theme
from game.ui.window.app import App
from tests.helpers.drawn import LINEAR, WEIGHTS
from tests.helpers.visit import press

TENTH = 0.1  # of the luminance of a white screen
MOST_CHANGES = 3  # of more than that in any second
EVERY = 4  # pixels: a change of a tenth of the screen does not hide between


def luminance(surface: pygame.Surface) -> NDArray[np.float64]:
    light: NDArray[np.float64] = LINEAR[pygame.surfarray.pixels3d(surface)[::EVERY, ::EVERY]]
    return light @ WEIGHTS


class Meter:
    """Counts how often more than a tenth of the screen's luminance changes."""

    def __init__(self) -> None:
        self._frame = 0
        self._seen: NDArray[np.float64] | None = None
        self._changes: list[int] = []

    def see(self, surface: pygame.Surface) -> None:
        """Compare with the picture at the last change, so that fading counts too."""
        now = luminance(surface)
        if self._seen is None:
            self._seen = now
        elif float(np.abs(now - self._seen).mean()) > TENTH:
            self._seen = now
            self._changes.append(self._frame)
        self._frame += 1

    @property
    def most(self) -> int:
        """The most changes in any second."""
        changes = self._changes
        return max(
            (sum(0 <= c - first < FRAMES_PER_SECOND for c in changes) for first in changes),
            default=0,
        )


@pytest.mark.parametrize(("half", "flashes"), [(2, True), (6, True), (30, False)])
def test_the_meter_counts_flashes(half: int, flashes: bool) -> None:
    meter, surface = Meter(), pygame.Surface((320, 180))
    for frame in range(120):
        surface.fill(0)
        if frame // half % 2:  # a fifth of the screen
            surface.fill((255, 255, 255), (0, 0, 64, 180))
        meter.see(surface)
    assert (meter.most > MOST_CHANGES) is flashes


def white(
    target: pygame.Surface, _rgb: object, rect: pygame.Rect, *_more: object, **_looks: object
) -> list[pygame.Rect]:
    """Stand for the cartridge's picture: what we lay over it then changes most."""
    target.fill((255, 255, 255), rect)
    return [rect]


@pytest.mark.scenes
@pytest.mark.parametrize("steady", [True, False])
def test_nothing_of_ours_flashes(
    make_app: Callable[..., App], monkeypatch: pytest.MonkeyPatch, steady: bool
) -> None:
    monkeypatch.setattr(match_view.GamePicture, "draw", staticmethod(white))
    monkeypatch.setattr(title, "draw_picture", white)
    for page in (attract.DemoPage, attract.LadderPage, attract.HowToPlayPage):
        monkeypatch.setattr(page, "seconds", 3)
    app = make_app(rules=Rules(frame_cap=300), kiosk=steady)
    app.arcade.prefer(dataclasses.replace(app.arcade.preferences, steady=steady))
    app.arcade.race_frames = 240
    meter, canvas, seen = Meter(), pygame.Surface((640, 360)), set()

    def watch(frames: int) -> None:
        for _ in range(frames):
            app.update()
            app.draw_on(canvas)
            meter.see(canvas)
            seen.add(type(app.scene))

    monkeypatch.setattr(Theme, "drift", lambda *_: (0, 0))
    watch(60)
    app._stack.append(Attract(app.arcade))
    watch(13 * FRAMES_PER_SECOND)
    press(app, pygame.K_RETURN)  # a race
    watch(3 * FRAMES_PER_SECOND + 240 + 90 + 60)
    assert {title.Title, Attract, match.MatchScene, Results} <= seen
    assert meter.most <= MOST_CHANGES


def test_only_a_reader_who_may_sees_blinking(make_app: Callable[..., App]) -> None:
    app = make_app()
    card = attract.HowToPlayPage()
    for steady in (True, False):
        theme, pictures = Theme((640, 360), Look(steady=steady)), set()
        for _ in range(2 * FRAMES_PER_SECOND):
            canvas = pygame.Surface((640, 360))
            card.update()
            if card._frame % 10 == 0:
                card.draw(canvas, canvas.get_rect(), theme, True)
                pictures.add(pygame.image.tobytes(canvas, "RGB"))
        assert len(pictures) == (1 if steady else 2)
    assert app.running


@pytest.mark.slow
@pytest.mark.parametrize("mode", [0, 15])
def test_nor_does_the_cartridge(mode: int) -> None:
    """Its picture is shown as it is: in no frame does a tenth of the luminance change."""
    match = Match([RandomPlayer(mode)], Rules(mode=mode), mode, limit_frames=900)
    before, largest = None, 0.0
    while not match.over:
        match.step()
        now = LINEAR[match.seats[0].frame.rgb[::2, ::2]] @ WEIGHTS
        if before is not None:
            largest = max(largest, float(np.abs(now - before).mean()))
        before = now
    assert 0 < largest < TENTH


@pytest.mark.scenes
@pytest.mark.parametrize("mode", [0, 15])
@pytest.mark.parametrize("sprites", [BRIGHT, OUTLINED])
@pytest.mark.parametrize("screen", [SHARP, CRT])
def test_nor_does_it_in_another_look(screen: str, sprites: str, mode: int) -> None:
    """Brighter, outlined and with its glow it changes less than a tenth as well."""
    match = Match([RandomPlayer(mode)], Rules(mode=mode), mode, limit_frames=900)
    window, meter, picture = pygame.Surface((320, 240)), Meter(), GamePicture()
    style, before, largest = PictureStyle(screen, sprites), None, 0.0
    while not match.over:
        match.step()
        picture.draw(
            window, match.seats[0].frame.rgb, window.get_rect(), before is None, style=style
        )
        meter.see(window)
        now = luminance(window)
        if before is not None:
            largest = max(largest, float(np.abs(now - before).mean()))
        before = now
    assert 0 < largest < TENTH
    assert meter.most == 0
