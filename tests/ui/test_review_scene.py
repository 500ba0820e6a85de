"""A review in the window, and a game gone on with from one of its moments."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pygame
import pytest

from game.emulation.cabinet import Action, Rules
from game.play.match import COUNTDOWN_FRAMES, Match
from game.play.player import HumanPlayer
from game.records.playback import TapeIndex
from game.records.review import Moment
from game.ui.jobs.film import SeatTape
from game.ui.review import timeline
from game.ui.review.decision_panel import judgement
from game.ui.review.timeline import Track, draw_timeline, place_of
from game.ui.scenes.notice import Notice
from game.ui.scenes.results import Results
from game.ui.scenes.retry import Retry
from game.ui.scenes.review import ReviewScene
from game.ui.scenes.scene import Mode
from game.ui.scenes.title import Title
from game.ui.widgets.theme import HUMAN, Font, Theme
from game.ui.window.app import App
from tests.helpers.common import is_one_sentence, wait_for
from tests.helpers.crowded import fullest_arcade
from tests.helpers.drawn import WatchedTheme, draw
from tests.helpers.long_game import FILE as FIVE_MINUTES
from tests.helpers.reviewed import choose, scene_of, taped
from tests.helpers.visit import Thinker, press, run, run_to_results


@pytest.fixture
def app(make_app: Callable[..., App], tmp_path: Path) -> App:
    """An arcade that shows the review of a game of four seconds, completely read."""
    opened = make_app()
    taped().save(tmp_path / "a.tape")
    opened.open_tape(tmp_path / "a.tape")
    scene_of(opened).review_job.wait()
    return opened


@pytest.mark.slow
def test_the_last_picture_is_judged_as_well(app: App) -> None:
    """It was said there, for ever, that the network is still analysing."""
    scene = scene_of(app)
    for frame in (0, scene.frames - 1, scene.frames):
        scene.go(frame)
        assert scene.moment is not None


@pytest.mark.slow
def test_results_lead_to_the_review_of_both_seats_and_back(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.RACE, rules=Rules(frame_cap=100))
    run_to_results(app)
    press(app, pygame.K_DOWN, pygame.K_DOWN, pygame.K_RETURN)
    scene = scene_of(app)
    assert [seat_tape.tape.player for seat_tape in scene.seat_tapes] == ["You", "thinker"]
    scene.review_job.wait()
    run(app, scene.frames + 10)
    assert not scene.playing
    assert [p.frame.number for p in scene.playbacks] == [scene.now, scene.now] == [scene.frames] * 2
    press(app, pygame.K_ESCAPE)
    assert isinstance(app.scene, Results)


def test_a_tape_plays_and_is_scrubbed_by_seconds(app: App) -> None:
    scene = scene_of(app)
    run(app, 70)
    assert scene.now == scene.playbacks[0].frame.number == 70
    press(app, pygame.K_p)
    press(app, pygame.K_LEFT)
    assert scene.now == 60
    press(app, pygame.K_LEFT)
    assert scene.now == 0
    press(app, pygame.K_RIGHT, pygame.K_RIGHT)
    assert scene.now == scene.playbacks[0].frame.number == 120
    run(app, 30)
    assert scene.now == 120
    pygame.event.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_RIGHT, mod=0))
    run(app, 60)
    assert scene.now == 240, "a held direction runs on to the end"
    assert scene.moment is scene.reviews[0].moments[-1], "the last decision led to the last picture"


def test_each_decision_is_judged(app: App) -> None:
    scene = scene_of(app)
    scene.go(101)
    assert scene.moment is not None
    assert scene.moment.frame == 100
    assert (scene.moment.done, scene.moment.best) == (Action.FIRE, Action.FIRE)
    assert judgement(scene.moment) == "It would do the same"


def test_worst_moments_are_jumped_to(app: App) -> None:
    run(app, 61)
    scene = scene_of(app)
    assert scene._worst
    choose(app, "worst 0")
    assert scene.now == scene._worst[0].frame
    assert scene.playing


def test_the_number_of_a_worst_moment_leads_there_from_any_row(app: App) -> None:
    run(app, 61)
    scene = scene_of(app)
    for number in range(len(scene._worst), 0, -1):
        scene.go(0)
        press(app, pygame.K_0 + number)
        assert scene.now == scene._worst[number - 1].frame
        assert scene.playing
        assert scene._menu.current.key == "play", "the mark stays"
    now = scene.now
    press(app, pygame.K_9, pygame.K_0, pygame.K_BACKSPACE)
    assert scene.now == now, "there are no such moments"


@pytest.mark.slow
def test_a_review_opens_before_it_is_read(make_app: Callable[..., App], tmp_path: Path) -> None:
    app = make_app()
    taped(600).save(tmp_path / "long.tape")
    app.open_tape(tmp_path / "long.tape")
    scene = scene_of(app)
    app.draw()
    known = scene.known
    scene.go(600)
    assert known <= scene.now == scene.playbacks[0].frame.number <= scene.known
    wait_for(lambda: scene.known >= 60)
    run(app, 2)
    press(app, pygame.K_ESCAPE)
    assert isinstance(app.scene, Title)
    assert scene.review_job.done, "nobody reads on in a review that was left"


@pytest.mark.parametrize("kiosk", [False, True])
def test_a_file_dropped_on_the_window(
    make_app: Callable[..., App], tmp_path: Path, kiosk: bool
) -> None:
    app = make_app(kiosk=kiosk)
    bad = tmp_path / "bad.tape"
    bad.write_text("no tape")
    pygame.event.post(pygame.Event(pygame.DROPFILE, file=str(bad)))
    app.poll()
    app.draw()
    if kiosk:
        assert isinstance(app.scene, Title)
        return
    assert isinstance(app.scene, Notice)
    assert is_one_sentence(app.scene.words)
    press(app, pygame.K_RETURN)
    assert isinstance(app.scene, Title)


@pytest.mark.slow
def test_the_stick_is_taken_at_a_moment_and_compared(app: App, tmp_path: Path) -> None:
    scene = scene_of(app)
    scene.go(130)
    choose(app, "person")
    retry = app.scene
    assert isinstance(retry, Retry)
    assert retry.cabinet.frame.number == 130
    run(app, COUNTDOWN_FRAMES)
    pygame.event.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_w, mod=0))
    run(app, 60)
    assert retry.played == 60
    # The same presses give the same game, stickiness included.
    tape_index = scene.reviews[0].tape_index
    assert retry.gained == (tape_index.scores[190] - tape_index.scores[130],) * 2
    assert retry.lost == (0, 0)
    press(app, pygame.K_ESCAPE)
    assert retry.waits
    app.draw()
    press(app, pygame.K_DOWN, pygame.K_RETURN)
    assert (retry.played, retry.waits) == (0, False)
    press(app, pygame.K_ESCAPE, pygame.K_ESCAPE)
    assert app.scene is scene
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    assert not (tmp_path / "tapes").exists(), "such a game leaves nothing"


@pytest.mark.slow
def test_the_network_plays_on_as_it_would_have(make_app: Callable[..., App]) -> None:
    app = make_app()
    agent = app.arcade.agent.player()
    assert agent is not None
    tape_index = TapeIndex(taped())
    while not tape_index.done:
        tape_index.advance()
    seen: list[int] = []
    look = agent.decide
    agent.decide = lambda frame: (seen.append(frame.number), look(frame))[1]  # type: ignore
    retry = Retry(tape_index, 150, agent, app.arcade)
    assert seen == list(range(130, 150)), "it looks on for a while, and for each frame once"
    for _ in range(90):
        retry.update()
    assert seen == list(range(130, 240))
    # This agent fires all the time, as the tape does.
    assert retry.cabinet.frame.score == tape_index.scores[240]
    assert retry.gained[0] == retry.gained[1]


@pytest.mark.slow
def test_nothing_goes_on_after_the_end(make_app: Callable[..., App]) -> None:
    app = make_app()
    tape_index = TapeIndex(taped(100))
    while not tape_index.done:
        tape_index.advance()
    retry = Retry(tape_index, 500, HumanPlayer(), app.arcade)
    assert retry.cabinet.frame.number == 100
    for _ in range(COUNTDOWN_FRAMES + 10):
        retry.update()
    assert retry.played == 10
    assert retry.gained == (0, 0), "what came after the tape's end is not known"
    retry.draw(pygame.Surface((640, 480)), Theme((640, 480)))


def test_a_review_of_a_long_game_opens_at_once(make_app: Callable[..., App]) -> None:
    app = make_app(size=(1280, 720))
    begun = time.process_time()
    app.open_tape(FIVE_MINUTES)
    app.draw()
    assert time.process_time() - begun < 2
    press(app, pygame.K_ESCAPE)


def test_a_jump_in_the_window_is_quick(app: App) -> None:
    scene = scene_of(app)
    scene.go(239)
    took = []
    for frame in (1, 200, 61, 180):
        start = time.process_time()
        scene.go(frame)
        took.append(time.process_time() - start)
    assert min(took) < 0.05
    assert isinstance(scene.seat_tapes[0], SeatTape)


@pytest.fixture(scope="module")
def reviewed() -> Iterator[list[ReviewScene]]:
    """Reviews with all rows that one person's race and a network's own game have at home."""
    arcade = fullest_arcade()
    match = Match([HumanPlayer(), Thinker()], Rules(), seed=3, limit_frames=420)
    while not match.over:
        match.step()
    tapes = [SeatTape(seat.tape) for seat in match.seats]
    opened = [ReviewScene(tapes, arcade), ReviewScene(tapes[1:], arcade)]
    for scene in opened:
        scene.review_job.wait()
        scene.update()
    yield opened
    for scene in opened:
        scene.leave()


def test_no_two_captions_of_a_decision_are_the_same(reviewed: list[ReviewScene]) -> None:
    """In the network's own game "The network" stood above both moves."""
    shown = []
    for scene in reviewed:
        theme = WatchedTheme((1280, 720))
        draw(scene, theme)
        shown.append([text.string for text in theme.texts if text.font is Font.BODY])
    race, alone = shown
    assert race.count("You") == race.count("The network") == 1
    assert alone.count("It did") == alone.count("The network would") == 1
    assert "The network" not in alone


def test_numbers_on_the_line_keep_apart() -> None:
    assert timeline._spread([10, 12, 200], 30, 500) == [10, 40, 200]
    assert timeline._spread([10, 495, 499], 30, 500) == [10, 470, 500]
    assert timeline._spread([], 30, 500) == []


def mark(app: App, key: str) -> None:
    scene = scene_of(app)
    scene._menu.index = [choice.key for choice in scene._menu.choices].index(key)


def test_speed_and_single_frames(app: App) -> None:
    scene = scene_of(app)
    mark(app, "speed")
    press(app, pygame.K_RIGHT)
    run(app, 10)
    fast = scene.now
    assert fast >= 20
    press(app, *[pygame.K_LEFT] * 9)
    run(app, 40)
    assert scene.now - fast == 10, "a quarter of the speed"
    mark(app, "frame")
    press(app, pygame.K_RIGHT)
    assert not scene.playing
    at = scene.now
    press(app, pygame.K_RIGHT, pygame.K_LEFT, pygame.K_LEFT)
    assert scene.now == at - 1
    press(app, pygame.K_UP, pygame.K_UP)  # to "Play": seconds again
    press(app, pygame.K_LEFT)
    assert scene.now % 60 == 0


def test_the_timeline_has_axes_and_shows_what_is_below_zero() -> None:
    theme, canvas = WatchedTheme((1280, 720)), pygame.Surface((800, 300))
    moments = [
        Moment(number * 4, Action.NOOP, Action.NOOP, np.zeros(6, np.float32), value, 0.0, 0.99)
        for number, value in enumerate((3.0, -1.5, 2.0))
    ]
    track = Track(HUMAN, 0, moments, [])
    draw_timeline(canvas, canvas.get_rect(), [track], 12, [], theme)
    shown = [text.string for text in theme.texts]
    assert {"5", "0", "\u22122", "0:00"} <= set(shown)
    chart = place_of(canvas.get_rect(), theme)
    below = canvas.subsurface(chart.left, chart.top + chart.height * 6 // 7, chart.width, 8)
    values = np.unique(pygame.surfarray.array2d(below))
    assert HUMAN in {tuple(below.unmap_rgb(int(value))[:3]) for value in values}
