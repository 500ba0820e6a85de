"""A short game on a tape, and the scene that reviews it."""

from __future__ import annotations

import pygame

from game.emulation.cabinet import Action, Rules
from game.play.match import Match
from game.play.player import ConstantPlayer
from game.play.tape import Tape
from game.ui.scenes.review import ReviewScene
from game.ui.window.app import App
from tests.helpers.visit import press


def taped(frames: int = 240, action: Action = Action.FIRE) -> Tape:
    match = Match([ConstantPlayer(action)], Rules(), 5, frames)
    while not match.over:
        match.step()
    return match.seats[0].tape


def scene_of(app: App) -> ReviewScene:
    assert isinstance(app.scene, ReviewScene)
    return app.scene


def choose(app: App, key: str) -> None:
    scene = scene_of(app)
    keys = [choice.key for choice in scene._menu.choices]
    scene._menu.index = keys.index(key)
    press(app, pygame.K_RETURN)
