"""A film ordered from the review, with keys and pads, made beside the window."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import av
import pygame
import pytest

from game.emulation.cabinet import Rules
from game.play.player import Kind
from game.play.tape import Tape
from game.ui.input import settled_input
from game.ui.jobs import film
from game.ui.jobs.film import SeatTape
from game.ui.jobs.film_card import CARD_FRAMES
from game.ui.jobs.film_job import FilmJob, FilmRequest
from game.ui.jobs.film_preview import SETTLED_FRAMES
from game.ui.scenes import export_video as export_page
from game.ui.scenes.export_video import FILMS, ExportVideo
from game.ui.scenes.review import ReviewScene
from game.ui.scenes.scene import Mode
from game.ui.widgets.theme import HUMAN, Theme
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
    scene_of(opened).review_job.wait()
    press(opened, pygame.K_p)
    scene_of(opened).go(150)
    choose(opened, "film")
    return opened


def export_video_of(app: App) -> ExportVideo:
    assert isinstance(app.scene, ExportVideo)
    return app.scene


def finish(app: App) -> None:
    """Wait for the film, the window open all the time."""
    wait_for(lambda: (app.poll(), app.update(), not export_video_of(app).at_work)[-1], 120)
    run(app, settled_input.SETTLED_FRAMES + 2)


def films(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / FILMS).glob("*"))


@pytest.mark.slow
def test_a_film_of_a_part_is_made_opened_and_where_it_is_said(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_video = export_video_of(app)
    assert (export_video.begin, export_video.end) == (2, 4)
    press(app, pygame.K_DOWN, pygame.K_RIGHT, pygame.K_DOWN, pygame.K_RIGHT)
    assert (export_video.begin, export_video.end) == (3, 4), "there is nothing after the end"
    press(app, pygame.K_UP, pygame.K_UP, pygame.K_RIGHT)
    assert export_video.kind == ".gif"
    press(app, pygame.K_LEFT, *[pygame.K_DOWN] * 5, pygame.K_RETURN)
    assert export_video.at_work
    app.draw()
    finish(app)
    (file,) = films(tmp_path)
    assert str(file) in export_video._state()[0]
    with av.open(str(file)) as video:
        assert video.streams.video[0].frames == CARD_FRAMES + 60
    app.draw()
    opened: list[Path] = []
    monkeypatch.setattr(export_page, "open_file", lambda path: bool(opened.append(path)))
    press(app, pygame.K_UP, pygame.K_RETURN, pygame.K_UP, pygame.K_RETURN)
    assert opened == [file.parent, file]
    assert "Nothing on this system opens it" in export_video._state()[0]
    press(app, pygame.K_DOWN, pygame.K_DOWN, pygame.K_RETURN)
    assert isinstance(app.scene, ReviewScene)


@pytest.mark.slow
def test_a_film_is_cancelled_from_a_gamepad(app: App, tmp_path: Path) -> None:
    def button(*codes: int) -> None:
        for code in codes:
            for kind in (pygame.CONTROLLERBUTTONDOWN, pygame.CONTROLLERBUTTONUP):
                pygame.event.post(pygame.Event(kind, instance_id=0, button=code))
        app.poll()

    export_video = export_video_of(app)
    button(*[pygame.CONTROLLER_BUTTON_DPAD_DOWN] * 5, pygame.CONTROLLER_BUTTON_A)
    assert export_video.at_work
    wait_for(lambda: export_video.film_job and export_video.film_job.made, 60)
    button(pygame.CONTROLLER_BUTTON_A)
    finish(app)
    assert films(tmp_path) == []
    assert export_video._state()[0] == "Cancelled, nothing was saved"
    assert isinstance(app.scene, ExportVideo), "the same press does not lead away"


@pytest.mark.parametrize("made", [0.25, 0.9])
def test_progress_has_the_whole_bar_however_short_the_part(
    app: App, made: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second of a long game was some pixels wide, and its progress with it."""
    export_video, theme = export_video_of(app), Theme((1280, 720))
    export_video.begin, export_video.end = 3, 4
    job = SimpleNamespace(done=False, made=round(100 * made), frames=100)
    monkeypatch.setattr(export_video, "film_job", job)
    canvas, bar = pygame.Surface(theme.size), pygame.Rect(40, 500, 1200, 16)
    export_video._draw_bar(canvas, bar, theme)
    row = pygame.surfarray.array3d(canvas)[:, bar.centery]
    filled = (row == theme.ink(HUMAN)).all(axis=1).nonzero()[0]
    assert (filled[0], len(filled)) == (bar.left, round(bar.width * made))
    monkeypatch.setattr(export_video, "film_job", None)


def test_who_goes_away_leaves_nothing_half(app: App, tmp_path: Path) -> None:
    export_video = export_video_of(app)
    press(app, *[pygame.K_DOWN] * 5, pygame.K_RETURN)
    begun = time.perf_counter()
    app.close()
    assert time.perf_counter() - begun < 5
    assert export_video.film_job is not None
    export_video.film_job.wait()
    assert films(tmp_path) == []


def test_what_went_wrong_is_said(app: App, tmp_path: Path) -> None:
    (tmp_path / FILMS).write_text("a file where the folder should be")
    press(app, *[pygame.K_DOWN] * 5, pygame.K_RETURN)
    finish(app)
    words = export_video_of(app)._state()[0]
    assert is_one_sentence(words)
    assert "exists" in words or "directory" in words
    app.draw()
    press(app, pygame.K_UP)
    assert export_video_of(app)._menu.current.key == "make", "it can be tried again"


@pytest.mark.slow
def test_an_untrue_tape_is_said(tmp_path: Path) -> None:
    untrue = Tape(Rules(), 1, "You", Kind.HUMAN, bytearray(120), bytearray(16))
    file = tmp_path / "films" / "a.gif"
    film_job = FilmJob(FilmRequest([SeatTape(untrue)], 0, 60, "off", file))
    film_job.wait()
    assert film_job.problem is not None
    assert "does not reproduce" in film_job.problem
    assert list(file.parent.iterdir()) == []


def test_the_page_plays_the_film_that_is_chosen(app: App) -> None:
    scene = export_video_of(app)
    run(app, SETTLED_FRAMES)
    assert scene._preview.canvas is None, "what is chosen may change at once"
    run(app, 3)
    film = scene._preview.canvas
    assert film is not None
    card = pygame.image.tobytes(film, "RGB")
    run(app, CARD_FRAMES + 4)
    assert pygame.image.tobytes(film, "RGB") != card
    game = pygame.image.tobytes(film, "RGB")
    run(app, 60)
    assert pygame.image.tobytes(film, "RGB") != game, "it goes on"
    press(app, *[pygame.K_DOWN] * 4, pygame.K_RIGHT)
    assert not scene.card
    run(app, 1)
    assert scene._preview.canvas is None
    run(app, SETTLED_FRAMES + 3)
    film = scene._preview.canvas
    assert film is not None
    assert pygame.image.tobytes(film, "RGB") != card


def test_without_the_encoder_there_are_gifs(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp4, "find_spec", lambda _name: None)
    scene = export_video_of(app)
    again = ExportVideo(scene._seat_tapes, [scene._playback._tape_index], 0, app.arcade)
    assert again.kind == film.GIF
    press(app, pygame.K_RETURN)
    assert "pip install av" in again._state()[0]


@pytest.mark.slow
def test_a_held_direction_runs_through_the_seconds(make_app: Callable[..., App]) -> None:
    app = make_app()
    scene = ReviewScene([SeatTape(taped(1200))], app.arcade)
    scene.review_job.wait()
    app._stack.append(ExportVideo(scene.seat_tapes, [scene.reviews[0].tape_index], 0, app.arcade))
    press(app, pygame.K_DOWN)
    pygame.event.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_RIGHT, mod=0))
    run(app, 60)
    assert export_video_of(app).begin > 8


@pytest.mark.slow
@pytest.mark.parametrize("options", [{"kiosk": True}, {}])
def test_visitors_of_a_kiosk_make_no_films(
    make_app: Callable[..., App], options: dict[str, bool]
) -> None:
    app = make_app(Mode.PLAY, **options)
    scene = ReviewScene([SeatTape(taped(60))], app.arcade)
    offered = [choice.key for choice in scene._menu.choices]
    assert ("film" in offered) == (not options)
    scene.leave()
