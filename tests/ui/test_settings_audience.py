"""Followers on phones, turned on and off in the settings."""

from __future__ import annotations

from collections.abc import Callable

import pygame
import pytest

from game.play.audience import AudienceError, Invitation
from game.play.match import Match
from game.system.sentence import Sentence
from game.ui.scenes.settings import AUDIENCE_PORT, Settings
from game.ui.widgets.command import Command
from game.ui.widgets.theme import Theme
from game.ui.window.app import App
from tests.helpers.common import wait_for


class Phones:
    """An audience that serves nobody."""

    invitation = Invitation("http://192.168.1.2:2600/", [[True]])

    def __init__(self) -> None:
        self.closed = False

    def show(self, match: Match, countdown: int) -> None:
        """Nobody looks."""

    def close(self) -> None:
        self.closed = True


def at_the_row(app: App) -> Settings:
    scene = Settings(app.arcade)
    keys = [choice.key for choice in scene._menu.choices]
    scene._menu.index = keys.index("audience")
    return scene


def texts(scene: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    real = Theme.render

    def render(self: Theme, string: str, *more: object) -> pygame.Surface:
        said.append(string)
        return real(self, string, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Theme, "render", render)
    scene.draw(pygame.Surface((1280, 720)), Theme((1280, 720)))
    return said


def test_followers_are_let_in_and_sent_away(
    make_app: Callable[..., App], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, opened, asked = make_app(), Phones(), []

    def open_audience(port: int) -> Phones:
        asked.append(port)
        return opened

    app.arcade.open_audience = open_audience
    scene = at_the_row(app)
    scene.handle(Command.RIGHT)
    assert asked == [AUDIENCE_PORT]
    assert app.arcade.audience is opened
    assert any(opened.invitation.address in said for said in texts(scene, monkeypatch))
    scene.handle(Command.RIGHT)
    assert app.arcade.audience is None
    wait_for(lambda: opened.closed)


def test_a_port_that_is_taken_is_said_in_the_settings(
    make_app: Callable[..., App], monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_audience(port: int) -> Phones:
        raise AudienceError(Sentence(lambda say: say("port {port} is taken", port=port)))

    app = make_app()
    app.arcade.open_audience = open_audience
    scene = at_the_row(app)
    scene.handle(Command.CONFIRM)
    assert app.arcade.audience is None
    assert f"port {AUDIENCE_PORT} is taken" in texts(scene, monkeypatch)


def test_without_a_server_there_is_no_such_row(make_app: Callable[..., App]) -> None:
    scene = Settings(make_app().arcade)
    assert "audience" not in [choice.key for choice in scene._menu.choices]
