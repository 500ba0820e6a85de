"""A window has room on the desktop that it opens on."""

from __future__ import annotations

import pytest

from game.play.options import DEFAULT_SIZE, SMALLEST_SIZE
from game.ui.window import desktop
from game.ui.window.desktop import DECORATION, fitting, usable_size


@pytest.mark.parametrize(
    "screen", [(1024, 600), (1366, 728), (1280, 720), (800, 600), (1920, 1040), (640, 480)]
)
def test_row_4_the_usual_window_fits_any_desktop(screen: tuple[int, int]) -> None:
    size = fitting(DEFAULT_SIZE, screen)
    for length, room, edge, least in zip(size, screen, DECORATION, SMALLEST_SIZE, strict=True):
        assert length >= least
        assert length + edge <= room or length == least
    assert all(length <= most for length, most in zip(size, DEFAULT_SIZE, strict=True))


def test_a_size_that_was_asked_for_may_fill_the_desktop() -> None:
    assert fitting((1920, 1080), (1920, 1080)) == (1920, 1080)
    assert fitting((1920, 1080), (1024, 600)) == (1024, 600)
    assert fitting(DEFAULT_SIZE, (3840, 2100)) == DEFAULT_SIZE


def test_the_desktop_is_known_without_sdls_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop, "_usable_bounds", lambda: None)
    monkeypatch.setattr("pygame.display.get_desktop_sizes", lambda: [(1024, 600)])
    assert usable_size() == (1024, 600)
