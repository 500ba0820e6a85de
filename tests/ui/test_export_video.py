"""A film ordered from the review, with keys and pads, made beside the window."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import av
import pygame
import pytest

from game.emulation.cabinet import Rules
from game.play.player import Kind
from game.play.tape import Tape
from game.ui.jobs import film
from game.ui.jobs.film import Reel
from game.ui.jobs.film_job import Filming, Order
from game.ui.scenes.export_video import DEAF_FRAMES, FILMS, Studio
from game.ui.scenes.review import ReviewScene
from game.ui.scenes.scene import Mode
from game.ui.window.app import App
from game.video import mp4
from tests.helpers.common import is_one_sentence, wait_for
from tests.helpers.reviewed import choose, scene_of, taped
from tests.helpers.visit import no_agent, press, run


@pytest.fixture
def app(make_app: Callable[..., App], tmp_path: Path) -> App:
    """An arcade that offers a film of a game of four seconds, from its third second on."""
    opened = make_app(load=no_agent)
    taped().save(tmp_path / "a.tape")
    opened.open_tape(tmp_path / "a.tape")
    scene_of(opened).reading.wait()
    press(opened, pygame.K_p)
    scene_of(opened).go(150)
    choose(opened, "film")
    return opened


def studio_of(app: App) -> Studio:
    assert isinstance(app.scene, Studio)
    return app.scene


def finish(app: App) -> None:
    """Wait for the film, the window open all the time."""
    wait_for(lambda: (app.poll(), app.update(), not studio_of(app).at_work)[-1], 120)
    run(app, DEAF_FRAMES + 2)


def films(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / FILMS).glob("*"))


def test_a_film_of_a_part_is_made_and_where_it_is_said(app: App, tmp_path: Path) -> None:
    studio = studio_of(app)
    assert (studio.begin, studio.end) == (2, 4)
    press(app, pygame.K_DOWN, pygame.K_RIGHT, pygame.K_DOWN, pygame.K_RIGHT)
    assert (studio.begin, studio.end) == (3, 4), "there is nothing after the end"
    press(app, pygame.K_UP, pygame.K_UP, pygame.K_RIGHT)
    assert studio.kind == ".gif"
    press(app, pygame.K_LEFT, *[pygame.K_DOWN] * 4, pygame.K_RETURN)
    assert studio.at_work
    app.draw()
    finish(app)
    (file,) = films(tmp_path)
    assert str(file) in studio._state()[0]
    with av.open(str(file)) as video:
        assert video.streams.video[0].frames == 60
    app.draw()
    press(app, pygame.K_RETURN)
    assert isinstance(app.scene, ReviewScene)


def test_a_film_is_cancelled_from_a_gamepad(app: App, tmp_path: Path) -> None:
    def button(*codes: int) -> None:
        for code in codes:
            for kind in (pygame.CONTROLLERBUTTONDOWN, pygame.CONTROLLERBUTTONUP):
                pygame.event.post(pygame.Event(kind, instance_id=0, button=code))
        app.poll()

    studio = studio_of(app)
    button(*[pygame.CONTROLLER_BUTTON_DPAD_DOWN] * 4, pygame.CONTROLLER_BUTTON_A)
    assert studio.at_work
    wait_for(lambda: studio.filming and studio.filming.made, 60)
    button(pygame.CONTROLLER_BUTTON_A)
    finish(app)
    assert films(tmp_path) == []
    assert studio._state()[0] == "Given up: nothing of it is left"
    assert isinstance(app.scene, Studio), "the same press does not lead away"


def test_who_goes_away_leaves_nothing_half(app: App, tmp_path: Path) -> None:
    studio = studio_of(app)
    press(app, *[pygame.K_DOWN] * 4, pygame.K_RETURN)
    begun = time.perf_counter()
    app.close()
    assert time.perf_counter() - begun < 5
    assert studio.filming is not None
    studio.filming.wait()
    assert films(tmp_path) == []


def test_what_went_wrong_is_said(app: App, tmp_path: Path) -> None:
    (tmp_path / FILMS).write_text("a file where the folder should be")
    press(app, *[pygame.K_DOWN] * 4, pygame.K_RETURN)
    finish(app)
    words = studio_of(app)._state()[0]
    assert is_one_sentence(words)
    assert "exists" in words or "directory" in words
    app.draw()
    press(app, pygame.K_UP)
    assert studio_of(app)._menu.current.key == "make", "it can be tried again"


def test_an_untrue_tape_is_said(tmp_path: Path) -> None:
    untrue = Tape(Rules(), 1, "You", Kind.HUMAN, bytearray(120), bytearray(16))
    file = tmp_path / "films" / "a.gif"
    filming = Filming(Order([Reel(untrue)], 0, 60, "off", file))
    filming.wait()
    assert filming.problem is not None
    assert "does not lead" in filming.problem
    assert list(file.parent.iterdir()) == []


def test_without_the_encoder_there_are_gifs(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp4, "find_spec", lambda _name: None)
    scene = studio_of(app)
    again = Studio(scene._reels, scene._playback._rerun, 0, app.arcade)
    assert again.kind == film.GIF
    press(app, pygame.K_RETURN)
    assert "pip install av" in again._state()[0]


def test_a_held_direction_runs_through_the_seconds(make_app: Callable[..., App]) -> None:
    app = make_app()
    scene = ReviewScene([Reel(taped(1200))], app.arcade)
    scene.reading.wait()
    app._stack.append(Studio(scene.reels, scene.reviews[0].rerun, 0, app.arcade))
    press(app, pygame.K_DOWN)
    pygame.event.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_RIGHT, mod=0))
    run(app, 60)
    assert studio_of(app).begin > 8


@pytest.mark.parametrize("options", [{"kiosk": True}, {}])
def test_visitors_of_a_kiosk_make_no_films(
    make_app: Callable[..., App], options: dict[str, bool]
) -> None:
    app = make_app(Mode.PLAY, **options)
    scene = ReviewScene([Reel(taped(60))], app.arcade)
    offered = [choice.key for choice in scene._menu.choices]
    assert ("film" in offered) == (not options)
    scene.leave()
