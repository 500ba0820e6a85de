"""A window has room on the desktop that it opens on."""

from __future__ import annotations

import os

import pygame
import pytest

from game.cli.parser import parse
from game.play.options import DEFAULT_SIZE, SMALLEST_SIZE, Options
from game.ui.window import app, desktop
from game.ui.window.desktop import DECORATION, usable_size, usual_size


@pytest.mark.parametrize(
    "screen", [(1024, 600), (1366, 728), (1280, 720), (800, 600), (1920, 1040), (640, 480)]
)
def test_row_4_the_usual_window_fits_any_desktop(screen: tuple[int, int]) -> None:
    size = usual_size(screen)
    for length, room, edge, least in zip(size, screen, DECORATION, SMALLEST_SIZE, strict=True):
        assert length >= least
        assert length + edge <= room or length == least
    assert all(length <= most for length, most in zip(size, DEFAULT_SIZE, strict=True))


def test_a_large_desktop_has_room_for_all_of_it() -> None:
    assert usual_size((3840, 2100)) == DEFAULT_SIZE


@pytest.mark.parametrize("line", ["--size 1280x720", "play --size 1280x720", "--size 800x600"])
def test_row_4_a_size_that_was_asked_for_is_what_comes(
    monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """Also one that is the usual size, and also on a screen that has less room."""
    monkeypatch.setattr(app, "usable_size", lambda monitor=0: (640, 480))
    asked = parse(line.split())
    surface = app.open_window(Options(size=asked.size))
    assert surface.get_size() == asked.size
    assert app.open_window(Options(size=parse([]).size)).get_size() == (640, 480)
    pygame.display.quit()


def test_the_desktop_is_known_without_sdls_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop, "_bounds", lambda *_: None)
    monkeypatch.setattr("pygame.display.get_desktop_sizes", lambda: [(1024, 600)])
    assert usable_size() == (1024, 600)


def test_a_full_screen_of_fewer_pixels_begins_where_its_monitor_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a window manager SDL would centre it among the pixels that the monitor had before."""
    monkeypatch.delenv(desktop._PLACE, raising=False)
    monkeypatch.setattr(desktop, "_bounds", lambda *_: pygame.Rect(1920, 0, 1280, 720))
    with desktop.placed_on(1):
        assert os.environ[desktop._PLACE] == "1920,0"
    assert desktop._PLACE not in os.environ
    monkeypatch.setenv(desktop._PLACE, "7,7")
    with desktop.placed_on(1):
        assert os.environ[desktop._PLACE] == "1920,0"
    assert os.environ[desktop._PLACE] == "7,7"
