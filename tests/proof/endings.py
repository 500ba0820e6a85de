"""Every way in which an arcade is asked to end, at any frame: the game under way is kept."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from game.cli.errors import STOPPED
from game.play.tape import SUFFIX, load, verify
from game.records.archive import DATABASE, TAPES
from game.records.scores import Scores
from game.system.paths import APP_NAME
from tests.helpers.common import wait_for

from .trial import Trial

ROOT = Path(__file__).parents[2]
ALONE, WITHIN, KIOSKS, LAUNCHERS = 40, 24, 40, 20
SIGNALS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
MODES = {"play": 1, "watch": 1, "race": 2}  # and how many runs a game leaves
LATEST_FRAME = 400
START_S, END_S, ORPHAN_S = 90.0, 15.0, 5.0
BESIDE_OTHERS = 4
AGAIN = 0.4  # of those who ask do it twice or three times, as an impatient person does

# Python runs this when it starts: it tells the process and when its match has come so far, or, if
# WITHIN says a signal and a place, sends it there, in the middle of that frame.
HOOK = """
import os, signal, sys, threading, time

AT, WITHIN = int(os.environ["UNDER_WAY_AT"]), os.environ.get("WITHIN")
left = [1]

def tell():
    file = os.environ["UNDER_WAY"]
    with open(file + ".new", "w") as out:
        out.write(str(os.getpid()))
    os.replace(file + ".new", file)

def ask(number):
    if WITHIN and number == AT and left:
        left.clear()
        signal.raise_signal(int(WITHIN.split()[0]))

def put(owner, name, before, after):
    inner = getattr(owner, name)

    def outer(self, *arguments):
        before(self)
        done = inner(self, *arguments)
        after(self)
        return done

    setattr(owner, name, outer)

def look():
    while not hasattr(sys.modules.get("game.ui.scenes.match"), "start_again"):
        time.sleep(0.01)
    from game.emulation.cabinet import Cabinet
    from game.play.match import Match, Seat
    from game.play.tape import Tape

    nothing = lambda self: None
    put(Match, "step", nothing, lambda self: tell() if self.number == AT else None)
    place = WITHIN.split()[1] if WITHIN else ""
    if place == "decided":
        put(Cabinet, "step", lambda self: ask(self.frame.number), nothing)
    elif place == "stepped":
        put(Tape, "record", lambda self: ask(self.frames), nothing)
    elif place == "recorded":
        put(Tape, "record", nothing, lambda self: ask(self.frames))

threading.Thread(target=look, daemon=True).start()
"""
PLACES = ("decided", "stepped", "recorded")


def check(trial: Trial) -> None:
    """Ask arcades at home and kiosks to end, and kill the launchers of kiosks."""
    for group, count, ask in (
        ("signals to an arcade", ALONE, _ask_alone),
        ("signals within a frame", WITHIN, _ask_within),
        ("signals to a kiosk", KIOSKS, _ask_a_kiosk),
        ("launchers killed", LAUNCHERS, _kill_the_launcher),
    ):
        longest = 0.0
        for number in trial.cases(group, count):
            with trial.guard(seconds=None):
                folder = trial.folder / f"{group}-{number}".replace(" ", "-")
                longest = max(longest, ask(trial, folder, number, trial.random()))
        if longest:
            trial.result.facts[f"{group}, longest until the end, s"] = round(longest, 1)


@dataclass(frozen=True)
class Game:
    """An arcade's process, or its launcher's, with a match that has come to `frame`."""

    process: subprocess.Popen[str]
    arcade: psutil.Process  # the same process, but for a kiosk
    mode: str
    frame: int
    folder: Path


def _begin(folder: Path, chance: random.Random, *options: str, within: str = "") -> Game:
    """Start an arcade whose data lie in `folder`, and wait until its match is under way.

    With `within`, a signal and a place, it asks itself to end in the frame after.
    """
    (folder / "hook").mkdir(parents=True)
    (folder / "hook" / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    mode, frame = chance.choice(list(MODES)), chance.randrange(1, LATEST_FRAME)
    there = folder / "under-way"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (folder / "hook", ROOT))),
        "UNDER_WAY": str(there),
        "UNDER_WAY_AT": str(frame),
        "WITHIN": within,
        "XDG_DATA_HOME": str(folder),
        "SDL_VIDEODRIVER": "dummy",
        "SDL_AUDIODRIVER": "dummy",
    }
    # In a session of its own: a signal to its whole group is none to this process.
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), mode, *options],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_for(lambda: there.exists() or process.poll() is not None, START_S)
        arcade = psutil.Process(int(there.read_text()))
    except BaseException:
        process.kill()
        raise
    return Game(process, arcade, mode, frame, folder)


def _ask_alone(trial: Trial, folder: Path, number: int, chance: random.Random) -> float:
    """Send a signal, now and then again."""
    asked = SIGNALS[number % len(SIGNALS)]
    game = _begin(folder, chance)
    return _ask(trial, game, asked, chance, to_all=False)


def _ask_within(trial: Trial, folder: Path, number: int, chance: random.Random) -> float:
    """Let an arcade get a signal in the middle of a frame of its match."""
    asked, place = SIGNALS[number % len(SIGNALS)], PLACES[number % len(PLACES)]
    game = _begin(folder, chance, within=f"{int(asked)} {place}")
    what = f"{asked.name} when {place} in {game.mode} at {game.frame}"
    return _goes(trial, game, asked, what, time.monotonic())


def _ask_a_kiosk(trial: Trial, folder: Path, number: int, chance: random.Random) -> float:
    """Send a signal to the launcher, or to it and the arcade, as a terminal does."""
    asked = SIGNALS[number % len(SIGNALS)]
    game = _begin(folder, chance, "--kiosk")
    return _ask(trial, game, asked, chance, to_all=chance.random() < 0.5)


def _ask(
    trial: Trial, game: Game, asked: signal.Signals, chance: random.Random, to_all: bool
) -> float:
    times = 1 + (chance.random() < AGAIN) * chance.randrange(1, 3)
    what = f"{asked.name} x {times}{' to all' * to_all} in {game.mode} at {game.frame}"
    began = time.monotonic()
    for _ in range(times):
        if to_all:
            os.killpg(game.process.pid, asked)
        else:
            game.process.send_signal(asked)
        time.sleep(chance.random() * 0.3)
    return _goes(trial, game, asked, what, began)


def _goes(trial: Trial, game: Game, asked: signal.Signals, what: str, began: float) -> float:
    """Wait until the arcade has ended, as it should, and has kept the game."""
    try:
        _, said = game.process.communicate(timeout=END_S * BESIDE_OTHERS)
    except subprocess.TimeoutExpired:
        game.process.kill()
        game.process.communicate()
        trial.find(f"{what}: it does not end")
        return END_S * BESIDE_OTHERS
    took = time.monotonic() - began
    wanted = STOPPED if asked is signal.SIGINT else 0
    trial.expect(game.process.returncode == wanted, f"{what}: status {game.process.returncode}")
    trial.expect("Traceback" not in said, f"{what}: {said[-300:]}")
    _ends(trial, game, what, END_S)
    _is_kept(trial, game, what)
    return took


def _kill_the_launcher(trial: Trial, folder: Path, _number: int, chance: random.Random) -> float:
    """Kill whoever looks after a kiosk: the arcade is an orphan, and ends in time."""
    game = _begin(folder, chance, "--kiosk")
    what = f"launcher killed in {game.mode} at {game.frame}"
    began = time.monotonic()
    game.process.kill()
    game.process.wait()
    _ends(trial, game, what, ORPHAN_S * (1 if trial.share >= 1 else BESIDE_OTHERS))
    took = time.monotonic() - began
    if game.process.stderr is not None:
        game.process.stderr.close()
    _is_kept(trial, game, what)
    return took


def _ends(trial: Trial, game: Game, what: str, seconds: float) -> None:
    """Wait until the arcade is gone."""
    _, alive = psutil.wait_procs([game.arcade], timeout=seconds)
    for process in alive:
        trial.find(f"{what}: the arcade still runs after {seconds:.0f} s")
        process.kill()


def _is_kept(trial: Trial, game: Game, what: str) -> None:
    """Look for the game among the scores and the tapes, as long as it was when it was ended."""
    data = game.folder / APP_NAME
    paths = sorted((data / TAPES).glob(f"*{SUFFIX}"))
    tapes = [load(path) for path in paths]
    wanted = MODES[game.mode]
    trial.expect(len(tapes) == wanted, f"{what}: {len(tapes)} tapes of {wanted}")
    for tape in tapes:
        whole = tape.frames >= game.frame
        trial.expect(whole, f"{what}: {tape.frames} frames of {game.frame} are kept")
    for path in paths:
        verdict = verify(path)
        trial.expect(verdict.verified, f"{what}: {verdict.message}")
    scores = Scores(data / DATABASE)
    runs = list(scores.runs())
    scores.close()
    trial.expect(len(runs) == wanted, f"{what}: {len(runs)} runs of {wanted}")
