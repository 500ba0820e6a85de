"""Monkeys at the arcade: random events over all scenes in accelerated time."""

from __future__ import annotations

import importlib
import inspect
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pygame

import game.play.match
import game.records.playback
import game.ui as ui
from game.emulation.cabinet import Rules
from game.play.ladder import CHAMPION, Rung
from game.play.opponents import Opponent, Opponents
from game.records.archive import TAPES
from game.ui.audio import speaker
from game.ui.input.settled_input import SETTLED_FRAMES
from game.ui.scenes import operator
from game.ui.scenes.operator import OperatorMenu, PinEntry
from game.ui.scenes.scene import Scene
from game.ui.window.app import CHORD_FRAMES, App
from tests.helpers.monkeys import do_anything, let_go, post
from tests.helpers.tampering import record
from tests.helpers.visit import Thinker, Visits, no_agent

from . import pool
from .pool import PooledCabinet
from .trial import Trial, patched

THOUSANDS = 1_000  # of events in a kiosk, and as many at home
EVENTS = 1_000  # of one monkey, whose arcade begins anew
RULES = Rules(frame_cap=300)
LONGER = Rules(frame_cap=900)  # in which who fires scores, and may sign
LONG_GAMES = 0.1  # of the arcades
SAVED_S = 0.03  # in which a game is in the scores, so that a patient monkey can sign
SEEDS = (5, 6)  # of games: few, so that emulators can be used again
DRAW_EVERY = 25  # frames
MOST_FREE = 200  # emulators at hand, of all the rules that monkeys choose
PIN = "2600"

TOURNAMENTS = 0.3  # of the arcades at home, on which one is planned; of half of these it runs
STAYS = 0.9  # of the windows that a monkey at home would close: it would never get far

# What else a monkey does, each this often among a thousand events.
CHORDS, IDLES, DROPS, PATIENT, MENUS = 3, 1, 6, 8, 60


def scenes() -> set[str]:
    """Return the names of all scenes that there are: classes with all that a scene has."""
    parts = [name for name in vars(Scene) if not name.startswith("_")]
    found = set()
    for place in sorted(each.name for each in walk_packages(ui.__path__, "game.ui.")):
        module = importlib.import_module(place)
        for name, kind in inspect.getmembers(module, inspect.isclass):
            own = kind.__module__ == module.__name__
            is_one = not inspect.isabstract(kind) and not getattr(kind, "_is_protocol", False)
            if own and is_one and all(callable(getattr(kind, part, None)) for part in parts):
                found.add(name)
    return found


def check(trial: Trial) -> None:
    """Let monkeys at a kiosk, and at an arcade at home."""
    seen: Counter[str] = Counter()
    monkeys = 0
    with accelerated(), _sound_left_open():
        for group, kiosk in (("thousand events in a kiosk", True), ("thousand at home", False)):
            for number in trial.cases(group, THOUSANDS, least=2):
                monkeys += 1
                with trial.guard(seconds=None):
                    _one(trial, trial.random(), kiosk, number, seen)
    wanted = scenes()
    missing = wanted - set(seen)
    trial.result.facts |= {
        "events": monkeys * EVENTS,
        "scenes reached": f"{len(wanted & set(seen))} of {len(wanted)}",
        "frames by scene": dict(seen.most_common()),
    }
    if monkeys >= 100:
        trial.expect(not missing, f"these scenes were not reached: {', '.join(sorted(missing))}")


@contextmanager
def _sound_left_open() -> Iterator[None]:
    """Open the sound device once for many arcades; only where nobody takes it away."""
    with patched(speaker, "CLOSE_MS", 0), patched(pygame.mixer, "quit", lambda: None):
        yield


@contextmanager
def accelerated() -> Iterator[None]:
    """Load a cartridge once for many games, and never write to a stick that is plugged in."""
    with ExitStack() as stack:
        for module in (game.play.match, game.records.playback):
            stack.enter_context(patched(module, "Cabinet", PooledCabinet))
        stack.enter_context(patched(pool, "MOST_FREE", MOST_FREE))
        stack.enter_context(patched(operator, "_MOUNTS", ()))
        yield


def _one(trial: Trial, chance: random.Random, kiosk: bool, number: int, seen: Counter[str]) -> None:
    """Open an arcade and let one monkey at it."""
    folder = trial.folder / f"monkey-{number}"
    (folder / TAPES).mkdir(parents=True)
    visits = Visits(folder)
    try:
        monkey = Monkey(trial, visits, folder, chance, kiosk, seen)
        for _ in range(EVENTS):
            monkey.act()
        problem = monkey.app.arcade.archive and monkey.app.arcade.archive.problem
        trial.expect(not problem, f"at the end: {problem}")
    finally:
        visits.close()
        shutil.rmtree(folder, ignore_errors=True)


class Monkey:
    """Presses anything, at one arcade."""

    def __init__(
        self,
        trial: Trial,
        visits: Visits,
        folder: Path,
        chance: random.Random,
        kiosk: bool,
        seen: Counter[str],
    ) -> None:
        self._trial, self._visits, self._folder = trial, visits, folder
        self._chance, self._kiosk, self._seen = chance, kiosk, seen
        self._frames = self._events = 0
        (folder / TAPES / "20260101-120000-play-human-50.tape").write_bytes(_taped())
        self.app = self._open()

    def _open(self) -> App:
        load: Callable[[], Any] = lambda: Thinker  # noqa: E731
        rules = LONGER if self._chance.random() < LONG_GAMES else RULES
        app = self._visits(
            load=load,
            opponents=_opponents(),
            kiosk=self._kiosk,
            rules=rules,
            seed=self._chance.choice(SEEDS),
        )
        app.arcade.race_frames = rules.frame_cap - 60
        if not self._kiosk and self._chance.random() < TOURNAMENTS:
            app.arcade.desk.draft.names = ["ADA", "BEA", "CAI", "DOV"]  # typed by somebody before
            if self._chance.random() < 0.5:
                app.arcade.desk.begin(app.arcade.options.rules)
        return app

    def act(self) -> None:
        """Do one thing, and let some frames go by."""
        self._events += 1
        chance, what = self._chance, self._chance.randrange(1_000)
        if what < CHORDS:
            self._hold_the_chord()
        elif what < CHORDS + IDLES:
            let_go()
            self._run(chance.randrange(400, 1_700))
        elif what < CHORDS + IDLES + DROPS:
            post(pygame.DROPFILE, file=str(some_file(self._folder, chance)))
        elif what < CHORDS + IDLES + DROPS + PATIENT:
            let_go()
            self._run(1)  # a game that is over is saved
            time.sleep(SAVED_S)
            self._run(SETTLED_FRAMES + 10)  # a page after a game listens to whoever does that
            self._choose(chance.choice((0, 9)))  # what it offers by itself, or anything
        elif what < CHORDS + IDLES + DROPS + PATIENT + MENUS:
            self._choose()
        else:
            do_anything(chance)
            if not self._kiosk and chance.random() < STAYS:
                pygame.event.clear(pygame.QUIT)
        if isinstance(self.app.scene, PinEntry) and chance.random() < 0.2:
            self._enter_pin()
        self._run(chance.choice((0, 0, 0, 0, 1, 1, 2, 6)))

    def _run(self, frames: int) -> None:
        """Take in what was done and let `frames` go by; nothing may be raised, nobody get out."""
        app = self.app
        before = app.scene
        app.poll()
        for _ in range(frames):
            if not app.running:
                break
            before = app.scene
            app.poll()
            app.update()
            self._frames += 1
            self._seen[type(app.scene).__name__] += 1
            if self._frames % DRAW_EVERY == 0:
                app.draw()
        if app.running:
            return
        if self._kiosk and not isinstance(before, OperatorMenu):
            self._trial.find(f"event {self._events}: out of the kiosk from {type(before).__name__}")
        app.arcade.speaker.close()
        if app.arcade.archive is not None:
            app.arcade.archive.close()
            app.arcade.archive = None
        self.app = self._open()

    def _hold_the_chord(self) -> None:
        """Hold what an operator holds."""
        keys = (pygame.K_LEFT, pygame.K_RIGHT, pygame.K_SPACE)
        for key in keys:
            post(pygame.KEYDOWN, key=key, mod=0)
        self._run(CHORD_FRAMES + 2)
        for key in keys:
            post(pygame.KEYUP, key=key)

    def _enter_pin(self) -> None:
        """Enter the PIN that is right as long as no monkey has set another."""
        scene = self.app.scene
        assert isinstance(scene, PinEntry)
        for digit in PIN:
            for _ in range(int(digit)):
                self._tap(pygame.K_UP)
            self._tap(pygame.K_RETURN)

    def _choose(self, farthest: int = 9) -> None:
        """Go up and down a menu, fewer than `farthest` steps, and choose."""
        for _ in range(self._chance.randrange(max(1, farthest))):
            self._tap(self._chance.choice((pygame.K_DOWN, pygame.K_UP)))
        self._tap(pygame.K_RETURN)

    def _tap(self, key: int) -> None:
        post(pygame.KEYDOWN, key=key, mod=0)
        post(pygame.KEYUP, key=key)
        self._run(0)


def some_file(folder: Path, chance: random.Random) -> Path:
    """Return a tape of the arcade that lives in `folder`, or something that is none."""
    tapes = sorted((folder / TAPES).glob("*"))
    if tapes and chance.random() < 0.6:  # a monkey at home can delete every tape
        return chance.choice(tapes)
    path = folder / "dropped"
    path.write_bytes(chance.randbytes(100))
    return path if chance.random() < 0.7 else folder / "none"


def _opponents() -> Opponents:
    """Return three, of whom one cannot be opened."""
    loaders = {"recruit": lambda: Thinker, "sergeant": no_agent, CHAMPION: lambda: Thinker}
    rungs = [Rung(Path(), name, 100.0 * n, 60.0, 0) for n, name in enumerate(loaders)]
    return Opponents([Opponent(rung, loaders[rung.name]) for rung in rungs])


_TAPED: list[bytes] = []


def _taped() -> bytes:
    if not _TAPED:
        _TAPED.append(record(200).seats[0].tape.to_bytes())
    return _TAPED[0]
