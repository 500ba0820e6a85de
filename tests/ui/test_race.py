"""A race has a story: what happened so far, who is out, what decided it, and a count to go on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pygame
import pytest

from game.emulation.cabinet import FRAMES_PER_SECOND, Rules
from game.play.match import COUNTDOWN_FRAMES, Match
from game.play.player import HumanPlayer
from game.play.story import SAMPLE_FRAMES
from game.system.preferences import ENGINEER
from game.ui.audio.effects import Effect
from game.ui.input.settled_input import SETTLED_FRAMES
from game.ui.scenes.match import MatchScene
from game.ui.scenes.match_view import FADE_FRAMES, KEYS_FRAMES
from game.ui.scenes.pause import Pause
from game.ui.scenes.results import Results
from game.ui.scenes.scene import Mode
from game.ui.widgets.command import Command
from game.ui.widgets.layout import pair_layout
from game.ui.widgets.race_chart import round_points
from game.ui.widgets.race_words import decisive_words, out_words
from game.ui.widgets.theme import Theme
from game.ui.window.app import App
from tests.helpers.drawn import WatchedTheme, an_arcade, draw
from tests.helpers.visit import Thinker, match_scene_of, press, run


def a_race(limit: int = 3600) -> MatchScene:
    match = Match([HumanPlayer(), Thinker()], Rules(), 1, limit)
    scene = MatchScene(Mode.RACE, match, an_arcade())
    scene.skip_countdown()
    return scene


def score(scene: MatchScene, seat: int, points: int, over: bool = False) -> None:
    cabinet = scene.match.seats[seat].cabinet
    reward = points - cabinet.frame.score
    over = over or cabinet.frame.over
    cabinet.frame = dataclasses.replace(cabinet.frame, score=points, reward=reward, over=over)
    cabinet._score = points


def words_of(scene: MatchScene) -> list[str]:
    theme = WatchedTheme((1280, 720))
    draw(scene, theme)
    return [text.string for text in theme.texts]


@pytest.mark.slow
def test_the_keys_give_way_to_what_happened_so_far() -> None:
    scene = a_race()
    for _ in range(KEYS_FRAMES - 1):
        scene.update()
    shown = words_of(scene)
    assert "Pause" in shown
    assert "Shots" not in shown
    for _ in range(FADE_FRAMES + 2):
        scene.update()
    shown = words_of(scene)
    assert "Pause" not in shown
    assert {"Shots", "Hits", "Accuracy", "Your lead over time"} <= set(shown)


@pytest.mark.slow
def test_who_is_out_reads_the_lead_and_can_go_to_the_result() -> None:
    scene = a_race(limit=1800)
    score(scene, 0, 30, over=True)
    for _ in range(SETTLED_FRAMES):
        scene.update()
        assert scene.handle(Command.CONFIRM) is None, "still the game's presses"
    assert not scene.hurries
    for _ in range(SETTLED_FRAMES + FRAMES_PER_SECOND):
        scene.update()
    score(scene, 1, 85)
    assert out_words(scene.match) == f"The network leads by 55, {left_s(scene)} s left"
    assert "You are out" in set(words_of(scene))
    scene.handle(Command.CONFIRM)
    before, updates = scene.match.number, 0
    assert "Fast forward" in words_of(scene)
    while not scene.match.over:
        scene.update()
        updates += 1
    assert updates < (1800 - before) / 5, "faster than it is played"
    assert scene.match.number == 1800, "and to the same end"


def left_s(scene: MatchScene) -> int:
    assert scene.match.frames_left is not None
    return -(-scene.match.frames_left // FRAMES_PER_SECOND)


def test_a_match_that_goes_on_counts_first(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.RACE)
    match_scene_of(app).skip_countdown()
    run(app, 30)
    number = match_scene_of(app).match.number
    press(app, pygame.K_p)
    assert isinstance(app.scene, Pause)
    press(app, pygame.K_p)
    run(app, COUNTDOWN_FRAMES)
    assert match_scene_of(app).match.number == number, "three, two, one"
    run(app, 5)
    assert match_scene_of(app).match.number == number + 5


def test_who_only_watches_need_not_get_ready(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.WATCH)
    run(app, 10)
    press(app, pygame.K_p, pygame.K_p)
    run(app, 5)
    assert match_scene_of(app).match.number == 15


@pytest.mark.slow
def test_a_lead_and_the_last_seconds_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    scene, heard = a_race(limit=700), []
    monkeypatch.setattr(scene.arcade.speaker, "effect", heard.append)
    scene.update()
    for first, second in ((5, 0), (5, 20), (50, 20)):
        score(scene, 0, first)
        score(scene, 1, second)
        scene.update()
    assert heard == [Effect.BEHIND, Effect.AHEAD]
    while not scene.match.over:
        scene.update()
    assert heard.count(Effect.TICK) == 10


def play(scene: MatchScene, *scores: tuple[int, int]) -> None:
    """Let every half minute of a race have these scores at its end."""
    for first, second in scores:
        for _ in range(59):
            scene.match.number += SAMPLE_FRAMES
            scene.story.update()
        scene.match.number += SAMPLE_FRAMES
        score(scene, 0, first)
        score(scene, 1, second)
        scene.story.update()


@pytest.mark.slow
def test_what_decided_a_race_is_said() -> None:
    led = a_race()
    score(led, 0, 10)
    led.story.update()
    play(led, (40, 30), (90, 60))
    assert decisive_words(led.match, led.story)[0] == "You led from the start to the end"
    turned = a_race()
    play(turned, (40, 30), (60, 90))
    words = decisive_words(turned.match, turned.story)
    assert words[0] == "The network took the lead for good at 1:00"
    out = a_race()
    score(out, 0, 50, over=True)
    out.match.number = 600
    out.story.update()
    play(out, (50, 30), (50, 130))
    assert decisive_words(out.match, out.story)[1] == (
        "The network scored 130 more after you were out at 0:10"
    )
    ship = a_race()
    play(ship, (30, 60), (230, 60))
    assert decisive_words(ship.match, ship.story)[1] == (
        "The command ship made the difference: 200 points"
    )
    tied = a_race()
    play(tied, (10, 0), (10, 20), (20, 20))
    assert decisive_words(tied.match, tied.story) == ["The lead changed 1 time"]


def test_the_result_shows_the_race() -> None:
    scene = a_race(limit=300)
    while not scene.match.over:
        scene.update()
    theme = WatchedTheme((1280, 720))
    draw(Results(scene, an_arcade()), theme)
    shown = [text.string for text in theme.texts]
    assert any("shots hit" in text for text in shown)
    assert {"0:00", "0:05"} <= set(shown), "the time below the scores"


def test_the_ends_of_the_charts_are_round() -> None:
    assert [round_points(points) for points in (0, 30, 51, 120, 700, 5001)] == [
        50,
        50,
        100,
        200,
        1000,
        10000,
    ]


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (3440, 1440)])
def test_a_persons_picture_can_be_large(size: tuple[int, int]) -> None:
    theme, window = Theme(size), pygame.Rect((0, 0), size)
    usual, focus = pair_layout(theme), pair_layout(theme, focus=True)
    first, second = focus.seats
    assert first.picture.width > 1.15 * usual.seats[0].picture.width
    assert second.picture.width < 0.5 * first.picture.width
    parts = [seat.picture for seat in focus.seats] + [seat.panel for seat in focus.seats]
    for number, part in enumerate(parts):
        assert window.contains(part)
        assert part.collidelist(parts[number + 1 :]) == -1
    high = Theme((1080, 1920))
    assert pair_layout(high, focus=True) == pair_layout(high), "upright there is room for both"


def test_the_large_picture_is_a_setting_for_one_person_without_the_detailed_panel() -> None:
    scene = a_race()
    arcade, theme = scene.arcade, Theme((1280, 720))
    usual = scene._view._layout(theme)
    arcade.preferences = dataclasses.replace(arcade.preferences, focus=True)
    assert scene._view._layout(theme) == pair_layout(theme, focus=True) != usual
    arcade.preferences = dataclasses.replace(arcade.preferences, overlay=ENGINEER)
    assert scene._view._layout(theme) == usual
