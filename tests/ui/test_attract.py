"""The attract loop says what this is, shows a race, and skips what is empty."""

from __future__ import annotations

from collections.abc import Callable

import pygame
import pytest

from game.play.player import Kind
from game.ui.scenes.attract import Attract, BoardPage, DemoPage, HowToPlayPage, LadderPage
from game.ui.scenes.high_scores import HighScores, board_of
from game.ui.scenes.scene import Arcade, Mode
from game.ui.widgets.theme import AGENT, HUMAN, colour_of
from game.ui.window.app import App
from tests.helpers.crowded import fullest_arcade
from tests.helpers.drawn import WatchedTheme, an_arcade, draw
from tests.helpers.visit import press, run


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for page in (DemoPage, BoardPage, LadderPage, HowToPlayPage):
        monkeypatch.setattr(page, "seconds", 0)


def pages(arcade: Arcade) -> list[tuple[object, list[str]]]:
    """Each page, with the texts that it shows beside those of its game."""
    attract, theme, seen = Attract(arcade), WatchedTheme((1280, 720)), []
    page: object = None
    while attract.update() is None:
        if attract.page is not page:
            page = attract.page
            draw(attract, theme)
            seen.append((page, [text.string for text in theme.texts]))
    return seen


@pytest.mark.slow
def test_every_page_says_what_this_is_and_how_to_begin() -> None:
    for arcade in (an_arcade(), fullest_arcade()):
        for page, shown in pages(arcade):
            wanted = {"BIGCHAMP", "Beat the network at Space Invaders", "Press any button"}
            assert wanted <= set(shown), page


def test_a_race_is_shown_each_side_in_its_colour() -> None:
    arcade = an_arcade()
    assert arcade.opponents is not None
    arcade.rival.wait()
    page = Attract(arcade).page
    assert isinstance(page, DemoPage)
    seats = page.match_scene.match.seats
    assert [colour_of(seat.player.kind) for seat in seats] == [HUMAN, AGENT]
    assert page.match_scene.countdown == 0
    assert seats[0].player.kind is Kind.SCRIPT, "no person's game: it is on no board"


@pytest.mark.slow
def test_empty_boards_are_skipped_and_the_ladder_is_to_beat() -> None:
    kinds = [type(page) for page, _ in pages(an_arcade())]
    assert BoardPage not in kinds
    assert LadderPage in kinds
    kinds = [type(page) for page, _ in pages(fullest_arcade())]
    assert kinds.count(BoardPage) == 2
    assert LadderPage not in kinds


def test_boards_are_paged_through(make_app: Callable[..., App]) -> None:
    arcade = fullest_arcade()
    board = board_of(Mode.RACE, Kind.HUMAN, arcade)
    scene = HighScores(arcade, board)
    theme = WatchedTheme((1280, 720))
    app = make_app()
    app._stack.append(scene)
    shown = []
    for _ in range(len(scene.boards)):
        draw(scene, theme)
        shown += [
            text.string for text in theme.texts if "Race" in text.string or "alone" in text.string
        ]
        press(app, pygame.K_RIGHT)
        run(app, 1)
    assert len(scene.boards) == 3
    assert len(set(shown)) == 3, "each board has a page"
    press(app, pygame.K_LEFT)
    draw(scene, theme)
    assert "3 / 3" in [text.string for text in theme.texts]
