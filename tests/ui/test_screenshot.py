"""Pictures of the moment, by a key: written beside the window, and said where."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pygame
import pytest

from game.ui.jobs.screenshot import PICTURES, SHOWN_FRAMES, png
from game.ui.scenes.scene import Mode
from game.ui.window.app import App
from tests.helpers.common import wait_for
from tests.helpers.visit import press, run


def take(app: App) -> pygame.Surface:
    """Press the key and wait; return what the window had shown."""
    app.draw()
    shown = pygame.display.get_surface().copy()
    press(app, pygame.K_F12)
    assert app._screenshots is not None
    wait_for(lambda: not app._screenshots.at_work)
    return shown


@pytest.mark.slow
@pytest.mark.parametrize("mode", [Mode.PLAY, Mode.WATCH, Mode.RACE, None])
def test_what_the_window_shows_is_kept(
    make_app: Callable[..., App], tmp_path: Path, mode: Mode | None
) -> None:
    app = make_app(mode)
    run(app, 20)
    shown = take(app)
    (file,) = (tmp_path / PICTURES).iterdir()
    kept = pygame.surfarray.array3d(pygame.image.load(file))
    assert np.array_equal(kept, pygame.surfarray.array3d(shown))
    assert app._screenshots is not None
    assert app._screenshots.speaks
    app.draw()
    said = pygame.display.get_surface().copy()
    run(app, SHOWN_FRAMES)
    assert not app._screenshots.speaks
    foot = pygame.Rect(0, 440, 640, 40)
    still = [pygame.surfarray.array3d(s.subsurface(foot)).tobytes() for s in (shown, said)]
    assert still[0] != still[1], "it is said where"
    if mode is None:
        assert len(list((tmp_path / PICTURES).iterdir())) == 1


def test_what_the_camera_says_is_in_no_picture(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.WATCH)
    run(app, 5)
    first = take(app)
    app.draw()
    canvas: list[pygame.Surface] = []
    assert app._screenshots is not None
    app._screenshots.take = canvas.append  # type: ignore[method-assign]
    press(app, pygame.K_F12)
    (again,) = canvas
    assert pygame.image.tobytes(again, "RGB") == pygame.image.tobytes(first, "RGB")
    app.draw()


def test_a_folder_that_cannot_be_written_is_said(
    make_app: Callable[..., App], tmp_path: Path
) -> None:
    app = make_app(Mode.PLAY)
    (tmp_path / PICTURES).write_text("in the way")
    take(app)
    assert app._screenshots is not None
    assert app._screenshots._problem
    app.draw()
    assert [path.name for path in tmp_path.glob("*.png*")] == []


def test_visitors_of_a_kiosk_take_no_pictures(make_app: Callable[..., App], tmp_path: Path) -> None:
    app = make_app(Mode.PLAY, kiosk=True)
    press(app, pygame.K_F12)
    run(app, 2)
    assert app._screenshots is None
    assert not (tmp_path / PICTURES).exists()


def test_a_picture_is_what_it_was() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (7, 13, 3)).astype(np.uint8)
    loaded = pygame.image.load(io.BytesIO(png(pixels.tobytes(), (13, 7))))
    assert pygame.image.tobytes(loaded, "RGB") == pixels.tobytes()
