"""Drawing after skipped frames: the window shows what the scene is, whatever was left out."""

from __future__ import annotations

import random
from collections import Counter

import pygame

from game.emulation.cabinet import Rules
from game.system.preferences import ENGINEER, OFF, SCREENS, SPRITES, VISITOR
from game.ui.scenes.scene import Mode
from game.ui.tools.selftest import scenes
from game.ui.widgets.picture_style import PictureStyle
from game.ui.widgets.theme import Look
from game.ui.window.app import App
from tests.helpers.drawn import an_arcade
from tests.helpers.monkeys import do_anything, let_go
from tests.helpers.skipped import LIMIT_FRAMES, SETTLED, equal, race, shows_the_same
from tests.helpers.visit import Visits

from .monkey import accelerated
from .trial import Trial

MATCHES = 6_000
PASSES, ROUNDS = 100, 3  # over all scenes, and how many sequences of each scene in one
VISITS, TURNS = 200, 60
MOST_DRAWINGS, MOST_SKIPPED = 8, 4  # of one sequence, and frames before each of its drawings
SIZES = ((640, 480), (800, 480), (1024, 600))
CASE_S = 120.0


def check(trial: Trial) -> None:
    """Try matches around what changes in them, every scene, and visitors' hands."""
    seen: Counter[str] = Counter()
    with accelerated():
        _matches(trial, seen)
        _passes(trial, seen)
        _visits(trial, seen)
    by_scene = {str(name): count for name, count in seen.most_common()}
    trial.result.facts |= {"sequences": sum(seen.values()), "by scene": by_scene}


def _sequence(chance: random.Random) -> list[int]:
    """Return how many frames go by before each drawing."""
    return [chance.randint(0, MOST_SKIPPED) for _ in range(chance.randint(1, MOST_DRAWINGS))]


def _matches(trial: Trial, seen: Counter[str]) -> None:
    """Draw across a match's beginning, or across its end."""
    arcade = an_arcade()
    for _ in trial.cases("sequences in a match", MATCHES, least=20):
        with trial.guard(seconds=CASE_S):
            chance = trial.random()
            level = chance.choice((OFF, VISITOR, ENGINEER))
            scene = race(arcade, level, chance.randrange(7))
            for _ in range(chance.choice((0, LIMIT_FRAMES - 4))):
                scene.update()
            skips = _sequence(chance)
            same = shows_the_same(scene, skips)
            trial.expect(same, f"a race with {level}: something is left after {skips}")
            seen["short races"] += 1


def _passes(trial: Trial, seen: Counter[str]) -> None:
    """Draw every scene, in one size and look."""
    for _ in trial.cases("passes over all scenes", PASSES):
        with trial.guard(seconds=CASE_S):
            chance = trial.random()
            size = chance.choice(SIZES)
            text, contrast, steady = chance.choice((100, 130)), chance.random(), chance.random()
            style = PictureStyle(chance.choice(SCREENS), chance.choice(SPRITES))
            look = Look(text, contrast < 0.3, steady < 0.7, style)
            for name, scene in scenes(an_arcade()):
                for _ in range(ROUNDS):
                    skips = _sequence(chance)
                    same = shows_the_same(scene, skips, size, look)
                    trial.expect(same, f"{name}, {size}: something is left after {skips}")
                    seen[name] += 1


def _visits(trial: Trial, seen: Counter[str]) -> None:
    """Let a monkey press anything between the drawings of a whole arcade."""
    for number in trial.cases("visits", VISITS):
        visits = Visits(trial.folder / f"visit-{number}")
        try:
            with trial.guard(seconds=CASE_S):
                chance = trial.random()
                mode = chance.choice((None, Mode.PLAY, Mode.WATCH, Mode.RACE))
                app = visits(mode, rules=Rules(frame_cap=200), kiosk=chance.random() < 0.5)
                _visit(trial, app, chance, seen)
        finally:
            visits.close()


def _visit(trial: Trial, app: App, chance: random.Random, seen: Counter[str]) -> None:
    size = chance.choice(SIZES)
    window = pygame.Surface(size)
    for _ in range(TURNS):
        skips = _sequence(chance)
        for updates in skips:
            if chance.random() < 0.5:
                do_anything(chance)
                pygame.event.clear(pygame.QUIT)
            app.poll()
            for _ in range(updates):
                app.update()
            app.draw_on(window)
        if not app.running:  # chosen in the menu
            return
        name = type(app.scene).__name__
        if not _shows(app, window):
            trial.find(f"{name}, {size}: something is left after {skips}")
        seen[name] += 1
    let_go()


def _shows(app: App, window: pygame.Surface) -> bool:
    """Whether `window` shows the scene on top, and what a pointer does there.

    A panel may wait for a frame in which the pictures change little. It is drawn before the whole,
    which would count as its drawing. What comes from a thread, such as a new score, may come
    between two drawings: then what is drawn next shows it.
    """
    for _ in SETTLED:
        app.draw_on(window)
    whole = pygame.Surface(window.get_size())
    for _ in range(4):
        shown, app._shown = app._shown, None
        app.draw_on(whole)
        app._shown = shown
        if equal(window, whole):
            return True
        app.draw_on(window)
    return False
