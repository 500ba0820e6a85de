"""The title: its rows lead where a visitor expects, and its cards have one place for each."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pygame
import pytest

from game.play.ladder import CHAMPION
from game.play.match import HANDICAPS
from game.play.opponents import open_ladder
from game.play.player import Kind
from game.ui.scenes.high_scores import board_of
from game.ui.scenes.how_to_play import HowToPlay
from game.ui.scenes.scene import Mode
from game.ui.scenes.title import Title
from game.ui.widgets.event_banner import load_event_picture
from game.ui.widgets.menu import Place
from game.ui.widgets.theme import AGENT, HUMAN, Look, Theme
from game.ui.widgets.title_layout import draw_sky
from game.ui.window.app import App
from tests.helpers.crowded import fullest_arcade
from tests.helpers.drawn import RUNGS, WatchedTheme, an_arcade, draw
from tests.helpers.visit import Thinker, match_scene_of, press, run


class Named(Thinker):
    """A thinker with a rung's name."""

    def __init__(self, name: str) -> None:
        self.name = name


def go_to(app: App, row: str) -> None:
    assert isinstance(app.scene, Title)
    while app.scene._menu.current.key != row:
        press(app, pygame.K_DOWN)


def with_ladder(app: App, damaged: str = "") -> App:
    def load(name: str) -> Callable[[], Thinker]:
        if name == damaged:
            raise ValueError(f"{name} is damaged")
        return lambda: Named(name)

    arcade = app.arcade
    arcade.opponents = open_ladder(
        RUNGS, arcade.agent, lambda _model, name: lambda: load(name or "")
    )
    for opponent in arcade.opponents.all if arcade.opponents else []:
        opponent.source.wait()
    app._stack[0] = Title(arcade)
    run(app, 1)
    return app


@pytest.mark.slow
@pytest.mark.parametrize("row", ["opponent", "handicap"])
def test_fire_on_what_a_race_is_like_starts_it(make_app: Callable[..., App], row: str) -> None:
    app = with_ladder(make_app())
    arcade = app.arcade
    go_to(app, row)
    press(app, pygame.K_RIGHT)
    assert arcade.opponents is not None
    chosen = arcade.opponents.current.rung.name, arcade.handicap
    press(app, pygame.K_RETURN)
    assert match_scene_of(app).mode is Mode.RACE
    assert (arcade.opponents.current.rung.name, arcade.handicap) == chosen, "fire changes nothing"
    if row == "handicap":
        assert match_scene_of(app).match.handicap == HANDICAPS[1]


def test_the_champion_is_watched_whoever_is_the_opponent(make_app: Callable[..., App]) -> None:
    app = with_ladder(make_app())
    go_to(app, "opponent")
    press(app, pygame.K_LEFT)
    go_to(app, "watch")
    assert app.scene._menu.current.value == "Champion"
    press(app, pygame.K_RETURN)
    assert match_scene_of(app).match.seats[0].player.name == Thinker.name, "the arcade's own agent"


def test_another_one_is_watched_if_that_row_says_so(make_app: Callable[..., App]) -> None:
    app = with_ladder(make_app())
    go_to(app, "watch")
    press(app, pygame.K_LEFT)
    assert app.scene._menu.current.value == "Sergeant"
    assert app.arcade.opponents is not None
    assert app.arcade.opponents.current.rung.name == "gunner", "the opponent is another choice"
    press(app, pygame.K_RETURN)
    assert match_scene_of(app).match.seats[0].player.name == "sergeant"
    app.arcade.opponents.forget()
    assert app.arcade.opponents.watched.rung.name == CHAMPION


@pytest.mark.slow
def test_a_damaged_one_gives_way_to_another_to_watch(make_app: Callable[..., App]) -> None:
    app = with_ladder(make_app(), damaged="sergeant")
    go_to(app, "watch")
    press(app, pygame.K_LEFT)
    press(app, pygame.K_RETURN)
    assert match_scene_of(app).match.seats[0].player.name == Thinker.name, "the strongest left"


def test_how_to_play_is_on_the_title(make_app: Callable[..., App]) -> None:
    app = make_app(kiosk=True)
    run(app, 1)
    go_to(app, "how")
    press(app, pygame.K_RETURN)
    assert isinstance(app.scene, HowToPlay)
    canvas = pygame.Surface((640, 480))
    app.scene.draw(canvas, Theme((640, 480)))
    found = {tuple(colour[:3]) for colour in map(canvas.unmap_rgb, set(pixels(canvas)))}
    assert {HUMAN, AGENT} <= found, "each side is told of in its own colour"
    press(app, pygame.K_ESCAPE)
    assert isinstance(app.scene, Title)


def pixels(surface: pygame.Surface) -> list[int]:
    return [int(value) for value in pygame.surfarray.array2d(surface).ravel()]


def test_left_and_right_walk_the_strip(make_app: Callable[..., App]) -> None:
    app = make_app()
    go_to(app, "how")
    seen = []
    for _ in range(5):
        assert isinstance(app.scene, Title)
        seen.append(app.scene._menu.current.key)
        press(app, pygame.K_RIGHT)
    assert seen == ["how", "board", "tournament", "settings", "quit"]
    press(app, pygame.K_LEFT)
    assert app.scene._menu.current.key == "quit", "round the end"


def places_of(title: Title, theme: Theme) -> list[Place]:
    menu = title._layout(theme).menu
    return title._menu.places(menu, menu.height, theme)


@pytest.mark.parametrize("kiosk", [False, True])
@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (3440, 1440), (1080, 1920)])
@pytest.mark.parametrize("text", [100, 130])
def test_every_row_has_a_place_of_its_own_in_the_window(
    kiosk: bool, size: tuple[int, int], text: int
) -> None:
    title = Title(an_arcade(kiosk=kiosk))
    theme = Theme(size, Look(text))
    places = places_of(title, theme)
    assert [place.number for place in places] == list(range(len(title._menu.choices)))
    window = pygame.Rect((0, 0), size)
    for place in places:
        assert window.contains(place.rect)
        others = [other.rect for other in places if other is not place]
        assert place.rect.collidelist(others) == -1
        valued = bool(title._menu.choices[place.number].value)
        assert valued == (place.less is not None) == (place.more is not None)
        if place.less is not None and place.more is not None:
            assert place.rect.contains(place.less.union(place.more))
            assert not place.less.colliderect(place.more)


@pytest.mark.parametrize("size", [(800, 480), (1280, 720), (1920, 1080), (3440, 1440)])
def test_the_strip_is_as_wide_as_the_cards(size: tuple[int, int]) -> None:
    title, theme = Title(an_arcade()), Theme(size)
    menu, strip = title._layout(theme).menu, places_of(title, theme)[-len(title._menu.strip) :]
    assert (strip[0].rect.left, strip[-1].rect.right) == (menu.left, menu.right)
    widths = [place.rect.width for place in strip]
    assert max(widths) - min(widths) <= 1


def test_a_kiosk_without_games_alone_has_one_card() -> None:
    arcade = an_arcade(kiosk=True)
    arcade.preferences = dataclasses.replace(
        arcade.preferences, allow_play=False, allow_challenge=False, allow_watch=False
    )
    title = Title(arcade)
    assert len(title._menu.cards) == 1
    places = places_of(title, Theme((1280, 720)))
    assert places[0].rect.width > 1100, "as wide as the window"


def test_what_a_race_is_like_is_read_before_it_is_chosen() -> None:
    title = Title(an_arcade())
    title._menu.index = [choice.key for choice in title._menu.choices].index("handicap")
    title._arcade.handicap = HANDICAPS[2]
    theme = WatchedTheme((1280, 720))
    draw(title, theme)
    shown = [text.string for text in theme.texts]
    assert {"Input", "Reactions", "Added delay", "200 ms", "15 per second"} <= set(shown)
    assert "Live: the network plays" not in shown


@pytest.mark.parametrize("text", [100, 130])
@pytest.mark.parametrize("marked", ["race", "handicap"])
def test_an_upright_window_is_filled(text: int, marked: str) -> None:
    """Above and below the demo there was nothing on a third of the window."""
    title, theme = Title(an_arcade()), WatchedTheme((1080, 1920), Look(text))
    title._menu.index = [choice.key for choice in title._menu.choices].index(marked)
    canvas, sky = draw(title, theme), pygame.Surface(theme.size)
    draw_sky(sky, theme)
    array = pygame.surfarray.array2d
    drawn = (array(canvas) != array(sky)).any(axis=0).nonzero()[0]
    assert max(np.diff(drawn)) < theme.px(110), "a row that is empty is near one that is not"
    shown = {text.string for text in theme.texts}
    assert {"Live: the network plays", "Reactions", "15 per second"} <= shown


def test_a_best_that_nobody_signed_has_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    arcade, theme = fullest_arcade(), WatchedTheme((1280, 720))
    archive = arcade.archive
    assert archive is not None
    board = board_of(Mode.RACE, Kind.HUMAN, arcade)
    full = archive.standings(board)
    assert full is not None
    for initials, words in (("WWW", "today's best, WWW"), ("", "today's best")):
        best = dataclasses.replace(full.today[0], initials=initials)
        now = dataclasses.replace(full, today=(best, *full.today[1:]))
        monkeypatch.setattr(archive, "standings", lambda _board, now=now: now)
        draw(Title(arcade), theme)
        assert words in [text.string for text in theme.texts]


def test_the_event_has_its_name_and_picture(tmp_path: Path) -> None:
    arcade = an_arcade()
    theme = WatchedTheme((1280, 720))
    draw(Title(arcade), theme)
    assert "Score to beat" in [text.string for text in theme.texts]
    banner = pygame.Surface((300, 100))
    banner.fill((200, 30, 90))
    pygame.image.save(banner, tmp_path / "event.png")
    arcade.event_picture = load_event_picture(tmp_path / "event.png")
    arcade.preferences = dataclasses.replace(arcade.preferences, event_name="Open day")
    canvas = draw(Title(arcade), theme)
    assert "Open day" in [text.string for text in theme.texts]
    assert (200, 30, 90) in {tuple(canvas.unmap_rgb(value)[:3]) for value in set(pixels(canvas))}


def test_what_is_no_picture_is_left_out(tmp_path: Path) -> None:
    assert load_event_picture(tmp_path / "event.png") is None
    (tmp_path / "event.png").write_bytes(b"no picture")
    assert load_event_picture(tmp_path / "event.png") is None
