"""Pads, sound and the window, taken away and given back in any order."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pygame

from game.emulation.cabinet import Action, Rules
from game.ui.scenes.match import MatchScene
from game.ui.scenes.pause import Pause
from game.ui.scenes.scene import Mode
from game.ui.scenes.title import Title
from game.ui.window.app import App
from tests.helpers import sdl
from tests.helpers.monkeys import post
from tests.helpers.visit import Visits, press, run

from .monkey import accelerated
from .trial import Trial

UNPLUGS, LOSSES, WINDOW_EVENTS = 100, 50, 1_000
AT_ONCE = 50  # window events of one arcade
RULES = Rules(frame_cap=100_000)
WAIT_S = 30.0
HELD = (pygame.K_LEFT, pygame.K_RIGHT, pygame.K_SPACE, pygame.K_w)


def check(trial: Trial) -> None:
    """Try all groups of cases."""
    with accelerated():
        _unplugs(trial)
        _losses(trial)
        _window(trial)


def _unplugs(trial: Trial) -> None:
    """Play on one of several pads and pull its plug, or another's."""
    visits, pads = Visits(trial.folder / "pads"), []
    try:
        for _ in trial.cases("unplugs", UNPLUGS, least=4):
            with trial.guard(seconds=WAIT_S):
                app, chance = visits(Mode.PLAY, rules=RULES), trial.random()
                app.arcade.archive.close()  # type: ignore[union-attr]
                app.arcade.archive = None
                pads = [sdl.VirtualPad(chance.choice((sdl.PAD, sdl.UNKNOWN))) for _ in range(2)]
                run(app, 2)
                _unplug(trial, app, pads, chance)
            for pad in pads:
                pad.unplug()
            pygame.event.clear()
    finally:
        for pad in pads:
            pad.unplug()
        visits.close()


def _unplug(trial: Trial, app: App, pads: list[sdl.VirtualPad], chance: random.Random) -> None:
    mine, other = pads
    mine.axis(0, chance.choice((-1, 1)))
    run(app, 1 + chance.randrange(20))
    mine.button(chance.choice((sdl.A, sdl.B, sdl.X, sdl.R1)))
    run(app, 1 + chance.randrange(20))
    trial.expect(app.arcade.controls.take_action() is not Action.NOOP, "the pad does not play")
    if chance.random() < 0.3:
        other.unplug()
        run(app, 2)
        trial.expect(isinstance(app.scene, MatchScene), "losing the pad that nobody held paused")
    mine.unplug()
    run(app, 2)
    trial.expect(isinstance(app.scene, Pause), "losing the player's pad did not pause")
    _nothing_is_stuck(trial, app, "after unplugging")
    press(app, pygame.K_RETURN)
    run(app, 5)
    trial.expect(isinstance(app.scene, MatchScene), "nobody can go on by keyboard")
    _nothing_is_stuck(trial, app, "after going on")


def _nothing_is_stuck(trial: Trial, app: App, when: str) -> None:
    app.poll()
    app.arcade.controls.take_action()  # a tap is over
    held = app.arcade.controls.take_action()
    trial.expect(held is Action.NOOP, f"{held.name} is stuck {when}")


def _losses(trial: Trial) -> None:
    """Lose the sound in a match, in ways that a system may take it away."""
    visits = Visits(trial.folder / "sound")
    try:
        for number in trial.cases("losses of sound", LOSSES, least=3):
            with trial.guard(seconds=WAIT_S):
                chance = trial.random()
                app = visits(Mode.PLAY, rules=RULES)
                run(app, 185 + chance.randrange(60))
                _LOSSES[number % len(_LOSSES)](app)
                run(app, 20)
                press(app, pygame.K_p, pygame.K_DOWN, pygame.K_UP, pygame.K_RETURN)
                run(app, 20)
                press(app, pygame.K_m, pygame.K_m)
                run(app, 10)
                playing = isinstance(app.scene, MatchScene) and app.scene.match.number > 0
                trial.expect(playing, "the match did not go on without sound")
                app.arcade.speaker.close()
                app.arcade.archive.close()  # type: ignore[union-attr]
                app.arcade.archive = None
    finally:
        visits.close()


def _removed(_app: App) -> None:
    post(pygame.AUDIODEVICEREMOVED, which=0, iscapture=0)


def _stopped(_app: App) -> None:
    pygame.mixer.quit()


def _closed(app: App) -> None:
    app.arcade.speaker.close()


_LOSSES: tuple[Callable[[App], None], ...] = (_removed, _stopped, _closed)


def _window(trial: Trial) -> None:
    """Resize, leave, minimise and come back, with keys held, in random order."""
    visits = Visits(trial.folder / "window")
    app: App | None = None
    try:
        for number in trial.cases("window events", WINDOW_EVENTS, least=40):
            chance = trial.random()
            with trial.guard(seconds=WAIT_S):
                if app is None or number % AT_ONCE == 0 or not app.running:
                    mode = chance.choice((Mode.PLAY, Mode.RACE, None))
                    app = visits(mode, rules=RULES)
                _shake(trial, app, chance)
    finally:
        visits.close()


def _shake(trial: Trial, app: App, chance: random.Random) -> None:
    """Do one thing to the window and look at what came of it."""
    if isinstance(app.scene, Pause):
        press(app, pygame.K_RETURN)
    if isinstance(app.scene, Title):
        app.scene._menu.index = 0  # keys held before may have gone to "Quit"
        if chance.random() < 0.5:
            press(app, pygame.K_RETURN)
    for key in HELD:
        if chance.random() < 0.4:
            post(pygame.KEYDOWN, key=key, mod=0)
    run(app, chance.randrange(4))
    before, was_over = app.scene, isinstance(app.scene, MatchScene) and app.scene.match.over
    name = chance.choice(list(_SHAKES))
    _SHAKES[name](chance)
    app.poll()
    if name == "focus lost":
        held = app.arcade.controls.take_action()
        trial.expect(held is Action.NOOP, f"{held.name} is stuck without the focus")
        if isinstance(before, MatchScene) and not was_over:
            trial.expect(isinstance(app.scene, Pause), "losing the focus did not pause")
    elif isinstance(before, MatchScene) and not was_over:
        kept = isinstance(app.scene, (MatchScene, Pause))
        trial.expect(kept, f"{name} led to {type(app.scene).__name__}")
    run(app, 2)
    for key in HELD:
        post(pygame.KEYUP, key=key)
    _nothing_is_stuck(trial, app, f"after {name}")
    trial.expect(app.running, f"{name} ended the arcade")


def _resize(chance: random.Random) -> None:
    size = (chance.randrange(1, 2_600), chance.randrange(1, 1_600))
    pygame.display.set_mode(size, pygame.RESIZABLE)


def _named(kind: int, **values: Any) -> Callable[[random.Random], None]:
    return lambda _chance: post(kind, **values)


_SHAKES: dict[str, Callable[[random.Random], None]] = {
    "resize": _resize,
    "size changed": _named(pygame.WINDOWSIZECHANGED, x=800, y=600),
    "focus lost": _named(pygame.WINDOWFOCUSLOST),
    "focus gained": _named(pygame.WINDOWFOCUSGAINED),
    "minimised": lambda _chance: (pygame.display.iconify(), post(pygame.WINDOWMINIMIZED))[1],
    "restored": _named(pygame.WINDOWRESTORED),
    "hidden": _named(pygame.WINDOWHIDDEN),
    "exposed": _named(pygame.WINDOWEXPOSED),
    "full screen": _named(pygame.KEYDOWN, key=pygame.K_F11, mod=0),
    "display changed": _named(pygame.WINDOWDISPLAYCHANGED),
}
