"""The real window on a virtual screen, driven by real key presses."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TextIO

import pytest

from game.emulation.cabinet import Action
from game.play.player import Kind
from game.play.tape import Tape, load, verify
from game.records.archive import DATABASE, TAPES
from game.system.paths import default_model
from game.system.preferences import FILE, Preferences
from tests.helpers.common import wait_for

ROOT = Path(__file__).resolve().parents[2]
COUNTDOWN_S = 3
KIOSK = ["--kiosk", "--supervised", "--seed", "5"]

pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool"
    ),
    pytest.mark.skipif(not default_model().exists(), reason="no bundled model"),
]


# The arcade, saying which scene it shows. All else is as it is.
SAYS_ITS_SCENES = """
import sys
from game.ui.window import app

draw, shown = app.App.draw, ""

def watched(self):
    global shown
    draw(self)
    name = type(self.scene).__name__
    if name != shown:
        shown = name
        print(shown, flush=True)

app.App.draw = watched
import main
sys.exit(main.main(sys.argv[1:]))
"""
# And where its controls are, after every change of what is there to press.
SAYS_ITS_CONTROLS = """
from game.ui.window import app

plain, last = app.App.draw, None

def with_places(self):
    global last
    plain(self)
    window = app.pygame.display.get_surface().get_rect()
    places = tuple((c.key, *c.rect.clip(window)) for c in self.scene.controls())
    if places != last:
        last = places
        with open("controls.json", "w") as file:
            app.json.dump({"scene": type(self.scene).__name__, "controls": places}, file)
        app.os.replace("controls.json", "controls")

import json
app.json = json
app.App.draw = with_places
"""
# Five times as fast as the console.
HURRIED = """
from game.ui.window import pacer

pacer.FRAMES_PER_SECOND *= 5
pacer.MOST_FRAMES_OWED = 40  # a slow machine draws less often, and is as fast
"""


class Scenes:
    """Which scenes a program says that it shows, one a line."""

    def __init__(self, lines: TextIO) -> None:
        self._queue: queue.Queue[str] = queue.Queue()
        self._lines = lines
        threading.Thread(target=self._read, daemon=True).start()

    def wait_for(self, name: str, seconds: float = 120) -> None:
        """Wait until the scene `name` is shown; it must come within `seconds`."""
        end = time.monotonic() + seconds
        seen = []
        while (left := end - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                seen.append(self._queue.get(timeout=left))
                if seen[-1] == name:
                    return
        pytest.fail(f"{name} did not come, but {seen}")

    def _read(self) -> None:
        for line in self._lines:
            self._queue.put(line.strip())


@pytest.fixture
def screen() -> Iterator[str]:
    """A virtual screen; its name goes into DISPLAY."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-noreset", "-screen", "0", "1280x800x24"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        display = ":" + pipe.readline().strip()
    yield display
    server.terminate()
    server.wait()


def environment_on(screen: str, folder: Path) -> dict[str, str]:
    """What a program is told that shows its window on `screen` and keeps its data in `folder`."""
    return {
        **os.environ,
        "DISPLAY": screen,
        "XDG_DATA_HOME": str(folder),
        "SDL_VIDEODRIVER": "x11",
        "SDL_AUDIODRIVER": "dummy",
    }


def xdotool_in(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], env=environment, check=True, capture_output=True)


def signed_races(data: Path) -> list[tuple[str, int]]:
    """Initials and score of the finished races by people."""
    with contextlib.closing(sqlite3.connect(data / DATABASE)) as database:
        return database.execute(
            "SELECT initials, score FROM runs WHERE mode = 'race' AND kind = 'human' AND completed"
        ).fetchall()


def test_race_pause_title_and_quit_with_real_keys(screen: str, tmp_path: Path) -> None:
    environment = environment_on(screen, tmp_path)
    xdotool = partial(xdotool_in, environment)

    def windows() -> bool:
        assert program.poll() is None, program.stderr and program.stderr.read()
        search = ["xdotool", "search", "--onlyvisible", "."]
        found = subprocess.run(search, env=environment, capture_output=True, text=True)
        return bool(found.stdout.strip())

    program = subprocess.Popen(
        [sys.executable, "-c", SAYS_ITS_SCENES, "--seed", "5"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    scenes = Scenes(program.stdout)
    try:
        scenes.wait_for("Title")
        wait_for(windows)
        time.sleep(2)  # for the agent to load
        xdotool("key", "Return")
        scenes.wait_for("MatchScene")
        time.sleep(COUNTDOWN_S + 1.5)
        xdotool("keydown", "Left")
        time.sleep(0.5)
        xdotool("keydown", "space")
        time.sleep(0.5)
        xdotool("keyup", "space", "keyup", "Left")
        time.sleep(0.3)
        xdotool("key", "p")
        scenes.wait_for("Pause")
        xdotool("key", "Up", "key", "Return")
        scenes.wait_for("Title")
        xdotool("key", "Up", "key", "Return")  # quit
        program.wait(60)
    finally:
        program.kill()
    assert program.returncode == 0, program.stderr and program.stderr.read()
    paths = list((tmp_path / "BigChamp" / "tapes").iterdir())
    assert all(verify(path).verified for path in paths)
    tapes: dict[Kind, Tape] = {tape.kind: tape for tape in map(load, paths)}
    assert set(tapes) == {Kind.HUMAN, Kind.AGENT}
    assert tapes[Kind.HUMAN].frames == tapes[Kind.AGENT].frames > 60
    pressed = set(tapes[Kind.HUMAN].actions)
    assert {Action.NOOP, Action.LEFT, Action.LEFTFIRE} <= pressed
    assert not pressed & {Action.RIGHT, Action.RIGHTFIRE}


def test_a_visitor_and_an_operator_at_a_kiosk_with_real_keys(screen: str, tmp_path: Path) -> None:
    data = tmp_path / "BigChamp"
    data.mkdir()
    (data / FILE).write_bytes(Preferences(turn_minutes=1).to_json())
    environment = environment_on(screen, tmp_path)
    xdotool = partial(xdotool_in, environment)
    signed = partial(signed_races, data)

    program = subprocess.Popen(
        [sys.executable, "-c", HURRIED + SAYS_ITS_SCENES, *KIOSK],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    scenes = Scenes(program.stdout)
    try:
        scenes.wait_for("Title")
        scenes.wait_for("Attract")  # nobody came
        xdotool("key", "x")
        scenes.wait_for("Title")
        xdotool("key", "Return")  # the second press
        scenes.wait_for("MatchScene")
        xdotool("keydown", "space")
        scenes.wait_for("Results")
        xdotool("keyup", "space")
        wait_for(signed)
        time.sleep(1)  # for the boards to be read again
        xdotool("key", "Return")
        scenes.wait_for("InitialsEntry")
        xdotool("key", "--delay", "50", "Up", *["Return"] * 4)
        scenes.wait_for("HighScores")
        scenes.wait_for("Title")  # nobody is left
        scenes.wait_for("Attract")
        xdotool("keydown", "Left", "keydown", "Right", "keydown", "space")
        scenes.wait_for("PinEntry")
        xdotool("keyup", "Left", "keyup", "Right", "keyup", "space")
        for digit in Preferences().pin:
            xdotool("key", "--delay", "50", *["Up"] * int(digit), "Return")
        scenes.wait_for("OperatorMenu")
        xdotool("key", "F11", "key", "Escape")
        scenes.wait_for("Title")
        program.terminate()
        assert program.wait(60) == 0
    finally:
        program.kill()
    ((initials, score),) = signed()
    assert (initials, score > 0) == ("BAA", True)
    tapes = [path for path in (data / TAPES).iterdir() if "race-human" in path.name]
    assert any(load(path).score == score and verify(path).verified for path in tapes)


def test_a_mouse_alone_races_and_signs(screen: str, tmp_path: Path) -> None:
    data = tmp_path / "BigChamp"
    environment = {**environment_on(screen, tmp_path), "PYTHONPATH": str(ROOT)}
    xdotool = partial(xdotool_in, environment)

    def place(key: str) -> tuple[int, int] | None:
        """Where the control `key` is on the screen, which the window fills."""
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            shown = json.loads((tmp_path / "controls").read_text())
            for name, left, top, width, height in shown["controls"]:
                if name == key:
                    return left + width // 8, top + height // 2
        return None

    def click(key: str) -> None:
        wait_for(lambda: place(key))
        at = place(key)
        assert at is not None
        xdotool("mousemove", *map(str, at), "sleep", "0.1", "mousedown", "1")
        xdotool("sleep", "0.1", "mouseup", "1", "sleep", "0.2")

    signed = partial(signed_races, data)

    arguments = ["--seed", "5", "--fullscreen", "--minutes", "0.5"]
    program = subprocess.Popen(
        [sys.executable, "-c", HURRIED + SAYS_ITS_CONTROLS + SAYS_ITS_SCENES, *arguments],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    scenes = Scenes(program.stdout)
    try:
        scenes.wait_for("Title")
        time.sleep(2)  # for the agent to load
        click("race")
        scenes.wait_for("MatchScene")
        xdotool("mousemove", "640", "300", "sleep", "0.2", "mousedown", "1")
        scenes.wait_for("Results")
        xdotool("mouseup", "1")
        wait_for(signed)
        click("sign")
        scenes.wait_for("InitialsEntry")
        time.sleep(1)  # until the page listens
        for letter in "MIA":
            click(f"letter {letter}")
        click("letter \n")
        scenes.wait_for("HighScores")
        time.sleep(1)
        click("home")
        scenes.wait_for("Title")
        program.terminate()
        assert program.wait(60) == 0
    finally:
        program.kill()
    ((initials, score),) = signed()
    assert (initials, score > 0) == ("MIA", True)


@pytest.mark.skipif(not shutil.which("weston"), reason="needs weston")
def test_a_window_opens_where_there_is_only_wayland(tmp_path: Path) -> None:
    """SDL makes no window there that is drawn without acceleration, and one was asked for."""
    tmp_path.chmod(0o700)
    environment = {
        **os.environ,
        "XDG_RUNTIME_DIR": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
        "WAYLAND_DISPLAY": "arcade",
        "SDL_VIDEODRIVER": "wayland",
        "SDL_AUDIODRIVER": "dummy",
    }
    headless = ["--backend=headless-backend.so", "--use-pixman", "--socket=arcade"]
    compositor = subprocess.Popen(
        ["weston", *headless], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for((tmp_path / "arcade").exists)
        command = [sys.executable, "main.py", "--fullscreen", "--frames", "30"]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
    finally:
        compositor.terminate()
        compositor.wait()
