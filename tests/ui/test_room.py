"""Every text has room: it is whole, large enough, and near no other one and no edge of its bar."""

from __future__ import annotations

from collections.abc import Iterator

import pygame
import pytest

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.system.preferences import LANGUAGES, TEXT_SIZES
from game.ui.scenes.attract import Attract
from game.ui.scenes.scene import Scene
from game.ui.scenes.title import Title
from game.ui.widgets import translation
from game.ui.widgets.theme import BACKGROUND, HUMAN, TEXT, Font, Look, Theme
from tests.helpers.crowded import crowded_scenes, fullest_arcade
from tests.helpers.drawn import WatchedTheme, an_arcade, draw, faults

# Every language is drawn at every size: half a minute of one core for each is little beside the
# hour that all of `.ci/run` may take, and a text that has no room has none in one language only.
SIZES = [(800, 480), (1280, 720), (1920, 1080), (3840, 2160), (1080, 1920)]
SAMPLE = [((800, 480), 130), ((1280, 720), 130)]


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    translation.speak(translation.ENGLISH)


def all_faults(language: str, themes: list[WatchedTheme]) -> list[str]:
    found = []
    for name, scene in crowded_scenes(language):
        for theme in themes:
            draw(scene, theme)
            found += faults(name, theme)
    return found


@pytest.mark.scenes
@pytest.mark.parametrize("language", LANGUAGES)
def test_row_19_texts_keep_apart_where_the_room_is_least(language: str) -> None:
    themes = [WatchedTheme(size, Look(text)) for size, text in SAMPLE]
    assert all_faults(language, themes) == []


@pytest.mark.proof
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("language", LANGUAGES)
def test_row_19_texts_keep_apart_everywhere(language: str, size: tuple[int, int]) -> None:
    assert all_faults(language, [WatchedTheme(size, Look(text)) for text in TEXT_SIZES]) == []


def test_row_19_the_test_finds_what_meets_is_cut_too_small_or_at_an_edge() -> None:
    theme, canvas = WatchedTheme((1280, 720)), pygame.Surface((1280, 720))
    theme.text(canvas, "HERE", Font.MENU, TEXT, topleft=(100, 100))
    theme.text(canvas, "THERE", Font.MENU, TEXT, topleft=(100, 400))
    assert list(faults("apart", theme)) == []
    theme.text(canvas, "NEAR", Font.MENU, TEXT, topleft=(100, 129))
    theme.text(canvas, "OUTSIDE", Font.MENU, TEXT, 200, midleft=(1200, 600))
    theme.text(canvas, "much too long for its place", Font.MENU, TEXT, 150, topleft=(600, 100))
    bar = pygame.Rect(100, 500, 300, 44)
    theme.box(canvas, bar, HUMAN)
    theme.text(canvas, "Schriftgröße", Font.MENU, BACKGROUND, center=bar.center)
    words = [fault.partition(": ")[2] for fault in faults("full", theme)]
    assert words == [
        "'OUTSIDE' is cut",
        "'much too long for its place' is 50% of its font",
        "'Schriftgröße' touches the edge of its bar",
        "'HERE' meets 'NEAR'",
    ]


def drifting() -> Iterator[tuple[str, Scene]]:
    """Every scene that drifts against burn-in; a demo moves by itself."""
    arcade = fullest_arcade()
    yield "title", Title(arcade)
    yield "kiosk's title", Title(an_arcade(kiosk=True))
    attract, page = Attract(arcade), None
    while attract.update() is None:
        if attract.page is not page:
            page = attract.page
            if page.name != "demo":
                yield page.name, attract


@pytest.mark.slow
def test_row_19_drift_moves_everything_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A list that has another row, or a line another size, for some minutes jumps by itself."""
    drift = Theme.drift
    themes = [WatchedTheme((1280, 720), Look(text)) for text in TEXT_SIZES]
    for name, scene in drifting():
        for theme in themes:
            seen = set()
            for second in (0, 30, 60, 90, 150, 180, 210):  # all corners and sides of its way
                offset = drift(theme, second * FRAMES_PER_SECOND)
                monkeypatch.setattr(Theme, "drift", lambda *_, offset=offset: offset)
                draw(scene, theme)
                seen.add(tuple((shown.string, shown.ink.size) for shown in theme.texts))
            assert len(seen) == 1, f"{name}, {theme.look.text} %"
