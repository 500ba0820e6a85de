"""An arcade on SDL's dummy driver and a visitor's hands, for several test files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pygame

from game.emulation.cabinet import Action, Frame, Rules
from game.play.opponents import AgentSource, Opponents
from game.play.options import Options
from game.play.player import Decision, Kind, Player, Thought
from game.records.archive import Archive
from game.records.scores import Board
from game.ui.audio.speaker import Speaker
from game.ui.input.controls import Controls
from game.ui.input.settled_input import SETTLED_FRAMES
from game.ui.scenes.match import MatchScene
from game.ui.scenes.results import Results
from game.ui.scenes.scene import Arcade, Mode
from game.ui.window.app import App, open_window

SHORT = Rules(frame_cap=400)


class Thinker:
    """An agent without a network: it fires and has an opinion."""

    kind = Kind.AGENT
    name = "thinker"

    def decide(self, frame: Frame) -> Decision:
        advantage = np.array([0.1, 0.4, -0.2, -0.1, 0.0, -0.2], np.float32)
        return Decision(Action.FIRE, Thought(advantage + 2, 2.0, advantage))


def always_true(_tape: Path) -> bool:
    """Verify nothing: programs beside the tests would slow them."""
    return True


class Visits:
    """Opens arcades, and closes them when the test is over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._apps: list[App] = []

    def __call__(
        self,
        mode: Mode | None = None,
        load: Callable[[], Callable[[], Player]] = lambda: Thinker,
        opponents: Opponents | None = None,
        **options: Any,
    ) -> App:
        chosen = Options(**{"rules": SHORT, "seed": 5, "size": (640, 480), **options})
        open_window(chosen)
        agent = AgentSource(load)
        agent.wait()
        archive = Archive(self._folder, always_true)
        arcade = Arcade(chosen, Controls(), Speaker(), agent, archive, opponents=opponents)
        app = App(arcade, mode)
        pygame.event.clear()
        self._apps.append(app)
        return app

    def close(self) -> None:
        for app in self._apps:
            app.close()
            app.arcade.speaker.close()
            if app.arcade.archive is not None:
                app.arcade.archive.close()
        pygame.display.quit()


def no_agent() -> Callable[[], Player]:
    raise ValueError("the model is missing")


def press(app: App, *keys: int) -> None:
    for code in keys:
        pygame.event.post(pygame.Event(pygame.KEYDOWN, key=code, mod=0))
        pygame.event.post(pygame.Event(pygame.KEYUP, key=code, mod=0))
    app.poll()


def run(app: App, frames: int) -> None:
    for _ in range(frames):
        app.poll()
        app.update()
    app.draw()


def settle(app: App) -> None:
    """Wait until a page after a game listens."""
    run(app, SETTLED_FRAMES)


def run_until(app: App, what: Callable[[], object]) -> None:
    """Run until `what` holds, with a moment each frame for the threads beside."""
    for _ in range(3000):
        if what():
            return
        pygame.time.wait(1)
        app.poll()
        app.update()
    raise AssertionError("it did not happen in time")


def run_to_results(app: App) -> None:
    for _ in range(2000):
        if isinstance(app.scene, Results):
            break
        app.update()
    assert isinstance(app.scene, Results)
    settle(app)


def match_scene_of(app: App) -> MatchScene:
    assert isinstance(app.scene, MatchScene)
    return app.scene


def own_board(app: App) -> Board:
    """The board for which the first seat of the match on the screen plays."""
    match_scene = match_scene_of(app)
    return match_scene.board(match_scene.match.seats[0])
