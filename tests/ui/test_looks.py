"""Colours that everybody can read, and text that grows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pygame
import pytest

from game.system.preferences import BRIGHT, CRT, SCREENS, SPRITES, TEXT_SIZES, load_preferences
from game.ui.scenes.attract import Attract
from game.ui.scenes.look_settings import LookSettings
from game.ui.scenes.operator import OperatorMenu
from game.ui.scenes.settings import Settings
from game.ui.scenes.title import ATTRACT_AFTER_S, Title
from game.ui.widgets.menu import Choice, Menu
from game.ui.widgets.picture_style import PictureStyle
from game.ui.widgets.theme import (
    CACHED_SURFACES,
    HIGH_CONTRAST,
    HUMAN,
    USUAL,
    Font,
    Look,
    Palette,
    Theme,
)
from game.ui.window.app import App
from tests.helpers.drawn import contrast
from tests.helpers.visit import press, run


@pytest.mark.parametrize(("palette", "least"), [(USUAL, 4.5), (HIGH_CONTRAST, 7.0)])
def test_text_stands_out(palette: Palette, least: float) -> None:
    for ground in (palette.background, palette.panel):
        for colour in (palette.text, palette.muted, palette.human, palette.agent, palette.warning):
            assert contrast(colour, ground) >= least
    for bar in (palette.human, palette.agent):
        assert contrast(palette.background, bar) >= least  # a marked choice


def test_high_contrast_is_stronger_everywhere() -> None:
    assert HIGH_CONTRAST.background == (0, 0, 0)
    for name in ("line", "text", "muted"):
        usual, strong = getattr(USUAL, name), getattr(HIGH_CONTRAST, name)
        assert contrast(strong, (0, 0, 0)) > contrast(usual, (0, 0, 0)), name


def test_colours_of_a_look_are_drawn() -> None:
    theme = Theme((640, 360), Look(contrast=True))
    canvas = pygame.Surface((640, 360))
    theme.panel(canvas, canvas.get_rect())
    theme.text(canvas, "I", Font.MENU, HUMAN, center=(320, 180))
    colours = {tuple(canvas.get_at((x, 180)))[:3] for x in range(640)}
    assert {HIGH_CONTRAST.line, HIGH_CONTRAST.human} <= colours
    assert HUMAN not in colours


def test_text_grows_and_shrinks_to_its_room() -> None:
    heights = [Theme((1280, 720), Look(text)).height(Font.BODY) for text in TEXT_SIZES]
    assert heights == sorted(set(heights))
    assert heights[-1] / heights[0] == pytest.approx(1.3, abs=0.05)
    theme, canvas = Theme((1280, 720)), pygame.Surface((1280, 720))
    words = "a sentence that is much too long for the little room that it has here"
    assert theme.width(words, Font.MENU) > 500
    assert theme.text(canvas, words, Font.MENU, HUMAN, 500, center=(640, 360)).width <= 500
    assert canvas.get_rect().contains(
        theme.text(canvas, words, Font.MENU, HUMAN, midleft=(800, 300))
    )


def test_a_menu_without_room_shows_what_is_marked() -> None:
    theme, canvas = Theme((640, 360)), pygame.Surface((640, 360))
    menu = Menu([Choice(f"{n}", f"{n}") for n in range(9)])
    rows = pygame.Rect(20, 20, 200, 3 * (menu.height(theme) // 9) + 5)
    for index in range(9):
        canvas.fill(0)
        menu.index = index
        assert menu.draw(canvas, rows, HUMAN, theme) <= rows.height
        assert HUMAN in {tuple(canvas.get_at((30, y)))[:3] for y in range(rows.top, rows.bottom)}
        assert not pygame.surfarray.array2d(canvas)[:, rows.bottom + 10 :].any()


def test_looks_change_at_once_and_are_found_again(
    make_app: Callable[..., App], tmp_path: Path
) -> None:
    app = make_app()
    press(app, pygame.K_UP, pygame.K_UP, pygame.K_RETURN)
    assert isinstance(app.scene, Settings)
    press(app, *[pygame.K_UP] * 3, pygame.K_RETURN)
    assert isinstance(app.scene, LookSettings)
    for key in ("screen", "sprites", "text_size", "high_contrast", "steady"):
        while app.scene._menu.current.key != key:
            press(app, pygame.K_DOWN)
        press(app, pygame.K_RIGHT)
    canvas = pygame.Surface((640, 480))
    app.draw_on(canvas)
    assert canvas.get_at((0, 0))[:3] == (0, 0, 0)
    assert app._theme is not None
    style = PictureStyle(CRT, BRIGHT)
    assert app._theme.look == Look(TEXT_SIZES[1], contrast=True, steady=False, picture=style)
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    found = load_preferences(tmp_path)
    assert (found.text_size, found.high_contrast, found.steady) == (TEXT_SIZES[1], True, False)
    assert PictureStyle(found.screen, found.sprites) == style


def test_the_sample_shows_each_choice_and_the_network_sees_the_same_picture(
    make_app: Callable[..., App],
) -> None:
    app = make_app()
    scene = LookSettings(app.arcade)
    app._stack.append(scene)
    rgb = scene._sample.seats[0].frame.rgb
    before, canvas, shown = rgb.copy(), pygame.Surface((960, 540)), set()
    for screen in SCREENS:
        for sprites in SPRITES:
            now = dataclasses.replace(app.arcade.preferences, screen=screen, sprites=sprites)
            app.arcade.prefer(now)
            app.draw_on(canvas)
            picture = canvas.subsurface((500, 100, 400, 250))
            shown.add(pygame.image.tobytes(picture, "RGB"))
    assert len(shown) == len(SCREENS) * len(SPRITES)
    assert (scene._sample.seats[0].frame.rgb == before).all()


@pytest.mark.slow
def test_a_visitor_of_a_kiosk_changes_the_look_for_one_visit(
    make_app: Callable[..., App], tmp_path: Path
) -> None:
    app = make_app(kiosk=True)
    usual = app.arcade.preferences
    title = app.scene
    assert isinstance(title, Title)
    title._menu.index = [choice.key for choice in title._menu.choices].index("looks")
    press(app, pygame.K_RETURN)
    scene = app.scene
    assert isinstance(scene, LookSettings)
    keys = [choice.key for choice in scene._menu.choices]
    assert {"steady", "monitor"}.isdisjoint(keys), "these are for everybody"
    while scene._menu.current.key != "text_size":
        press(app, pygame.K_DOWN)
    press(app, pygame.K_RIGHT, pygame.K_DOWN, pygame.K_RIGHT, pygame.K_m)
    visit = app.arcade.preferences
    assert (visit.text_size, visit.high_contrast) == (TEXT_SIZES[1], True)
    press(app, pygame.K_ESCAPE)
    assert app.scene is title
    run(app, ATTRACT_AFTER_S * 60)
    assert isinstance(app.scene, Attract)
    assert app.arcade.preferences == dataclasses.replace(usual, muted=True)
    app.arcade.prefer_for_visit(dataclasses.replace(app.arcade.preferences, sprites=BRIGHT))
    app.arcade.prefer(dataclasses.replace(app.arcade.preferences, volume=3))
    assert app.arcade.preferences.sprites == BRIGHT
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    assert load_preferences(tmp_path) == dataclasses.replace(usual, muted=True, volume=3)
    OperatorMenu(app.arcade)
    assert app.arcade.preferences.sprites == usual.sprites, "what the operator sets stays"


def test_a_long_day_keeps_no_more_drawings_than_a_short_one() -> None:
    theme, made = Theme((640, 480)), []

    def keep(number: int) -> pygame.Surface:
        def draw() -> pygame.Surface:
            made.append(number)
            return pygame.Surface((1, 1))

        return theme.keep(("help", number), draw)

    for number in range(3 * CACHED_SURFACES):
        keep(0)  # in use all the time
        keep(number)
    assert len(theme._kept) == CACHED_SURFACES
    assert made == list(range(3 * CACHED_SURFACES)), "each once"
