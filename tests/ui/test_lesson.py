"""The first lesson: it waits for a person, ticks off what was done, and leads to a race."""

from __future__ import annotations

from collections.abc import Callable

import pygame
import pytest

from game.emulation.cabinet import Action
from game.ui.scenes.how_to_play import HowToPlay
from game.ui.scenes.lesson import LESSON_FRAMES, Lesson
from game.ui.scenes.match import MatchScene
from game.ui.scenes.title import Title
from game.ui.window.app import App
from tests.helpers.visit import press, run, settle


@pytest.fixture
def app(make_app: Callable[..., App]) -> App:
    """The arcade at the start of the lesson, reached from the title."""
    opened: App = make_app()
    scene = opened.scene
    assert isinstance(scene, Title)
    scene._menu.index = [choice.key for choice in scene._menu.choices].index("how")
    press(opened, pygame.K_RETURN)
    assert isinstance(opened.scene, HowToPlay)
    press(opened, pygame.K_SPACE)
    return opened


def lesson_of(app: App) -> Lesson:
    assert isinstance(app.scene, Lesson)
    return app.scene


def hold(app: App, key: int, frames: int) -> None:
    pygame.event.post(pygame.Event(pygame.KEYDOWN, key=key, mod=0))
    run(app, frames)
    pygame.event.post(pygame.Event(pygame.KEYUP, key=key, mod=0))
    app.poll()


def test_what_was_done_is_ticked_off_and_a_race_follows(app: App) -> None:
    lesson = lesson_of(app)
    run(app, 100)
    before = lesson.cabinet.frame.number
    run(app, 30)
    assert lesson.cabinet.frame.number == before, "it waits for the person"
    hold(app, pygame.K_RIGHT, 40)
    assert lesson.learnt == {Action.RIGHT}
    hold(app, pygame.K_LEFT, 40)
    assert lesson.learnt == {Action.RIGHT, Action.LEFT}
    hold(app, pygame.K_SPACE, LESSON_FRAMES - 100)
    assert Action.FIRE in lesson.learnt, "there is time enough to hit one"
    assert lesson.waits
    run(app, 1)
    press(app, pygame.K_SPACE)
    assert app.scene is lesson, "whoever goes on firing skips nothing"
    settle(app)
    run(app, 60)
    press(app, pygame.K_SPACE)
    assert isinstance(app.scene, MatchScene)
    assert app.arcade.archive is not None
    assert app.arcade.archive.recent() == ()


def test_ten_seconds_are_enough_and_back_leads_to_the_title(app: App) -> None:
    lesson = lesson_of(app)
    hold(app, pygame.K_RIGHT, 10)
    run(app, LESSON_FRAMES - 12)
    assert not lesson.waits
    run(app, 3)
    assert lesson.waits
    settle(app)
    press(app, pygame.K_ESCAPE)
    assert isinstance(app.scene, Title)


def test_the_button_that_fires_does_not_leave_it(app: App) -> None:
    lesson = lesson_of(app)
    for kind in (pygame.CONTROLLERBUTTONDOWN, pygame.CONTROLLERBUTTONUP):
        pygame.event.post(pygame.Event(kind, instance_id=0, button=pygame.CONTROLLER_BUTTON_B))
        app.poll()
    assert app.scene is lesson
    press(app, pygame.K_p)
    assert isinstance(app.scene, Title)
