"""What the window shows follows from the scene, whatever frames a hitch has skipped."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pygame
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from game.system.preferences import ENGINEER, OFF, VISITOR
from game.ui.scenes.match import MatchScene
from game.ui.scenes.scene import Arcade
from game.ui.tools.selftest import scenes
from game.ui.widgets.theme import Theme
from tests.helpers.drawn import an_arcade
from tests.helpers.skipped import SIZE, equal, race, shows_the_same


@pytest.fixture(scope="module")
def arcade() -> Iterator[Arcade]:
    pygame.display.init()
    pygame.display.set_mode(SIZE)
    yield an_arcade()
    pygame.display.quit()


@pytest.mark.scenes
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([OFF, VISITOR, ENGINEER]),
    st.integers(0, 6),
    st.lists(st.integers(0, 4), min_size=1, max_size=8),
)
def test_row_5_a_hitch_leaves_nothing_of_a_match_behind(
    arcade: Arcade, level: str, countdown: int, skips: list[int]
) -> None:
    assert shows_the_same(race(arcade, level, countdown), skips)


@pytest.mark.slow
@pytest.mark.parametrize("skips", [[3], [0, 4, 1], [2, 2, 0, 3, 1, 4]])
def test_row_5_a_hitch_leaves_nothing_of_any_scene_behind(skips: list[int]) -> None:
    found = [name for name, scene in scenes(an_arcade()) if not shows_the_same(scene, skips)]
    assert found == []


@pytest.mark.parametrize("size", [SIZE, (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("seat", [0, 1])
def test_a_score_that_changes_leaves_the_clock_beside_it_whole(
    arcade: Arcade, size: tuple[int, int], seat: int
) -> None:
    """The place of a score reaches below the clock's."""
    scene = race(arcade, VISITOR, 0)
    scene.update()
    theme, window, whole = Theme(size), pygame.Surface(size), pygame.Surface(size)
    scene.draw(window, theme)
    cabinet = scene.match.seats[seat].cabinet
    cabinet.frame = dataclasses.replace(cabinet.frame, lives=cabinet.frame.lives - 1)
    scene.draw(window, theme, fresh=False)
    scene.draw(whole, theme)
    assert equal(window, whole)


@pytest.mark.parametrize("change", [MatchScene.skip_countdown, MatchScene.turn_overlay])
def test_row_5_what_a_key_changes_is_drawn_with_the_next_frame(
    arcade: Arcade, change: Callable[[MatchScene], None]
) -> None:
    scene = race(arcade, VISITOR, 60)
    theme, window, whole = Theme(SIZE), pygame.Surface(SIZE), pygame.Surface(SIZE)
    scene.draw(window, theme)
    change(scene)
    for _ in range(3):
        scene.update()
    scene.draw(window, theme, fresh=False)
    scene.draw(whole, theme)
    assert equal(window, whole)
