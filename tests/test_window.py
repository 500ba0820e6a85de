"""The real window on a virtual screen, driven by real key presses."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import wait_for

from game.cabinet import Action
from game.player import Kind
from game.settings import default_model
from game.tape import Tape, load, verify

ROOT = Path(__file__).resolve().parents[1]
COUNTDOWN_S = 3

pytestmark = [
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool"
    ),
    pytest.mark.skipif(not default_model().exists(), reason="no bundled model"),
]


@pytest.fixture
def screen() -> Iterator[str]:
    """A virtual screen; its name goes into DISPLAY."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        display = ":" + pipe.readline().strip()
    yield display
    server.terminate()
    server.wait()


def test_race_pause_title_and_quit_with_real_keys(screen: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DISPLAY": screen,
        "XDG_DATA_HOME": str(tmp_path),
        "SDL_VIDEODRIVER": "x11",
        "SDL_AUDIODRIVER": "dummy",
    }

    def xdotool(*arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], env=environment, check=True, capture_output=True)

    def windows() -> bool:
        search = ["xdotool", "search", "--onlyvisible", "."]
        found = subprocess.run(search, env=environment, capture_output=True, text=True)
        return bool(found.stdout.strip())

    program = subprocess.Popen(
        [sys.executable, "main.py", "--seed", "5"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(windows)
        time.sleep(2)  # for the agent to load
        xdotool("key", "Return")  # race
        time.sleep(COUNTDOWN_S + 1.5)
        xdotool("keydown", "Left")
        time.sleep(0.5)
        xdotool("keydown", "space")
        time.sleep(0.5)
        xdotool("keyup", "space", "keyup", "Left")
        time.sleep(0.3)
        xdotool("key", "p")  # pause
        time.sleep(0.5)
        xdotool("key", "Up", "key", "Return")  # to the title
        time.sleep(0.5)
        xdotool("key", "Up", "key", "Return")  # quit
        _, errors = program.communicate(timeout=20)
    finally:
        program.kill()
    assert program.returncode == 0, errors
    paths = list((tmp_path / "BigChamp" / "tapes").iterdir())
    assert all(verify(path).verified for path in paths)
    tapes: dict[Kind, Tape] = {tape.kind: tape for tape in map(load, paths)}
    assert set(tapes) == {Kind.HUMAN, Kind.AGENT}
    assert tapes[Kind.HUMAN].frames == tapes[Kind.AGENT].frames > 60
    pressed = set(tapes[Kind.HUMAN].actions)
    assert {Action.NOOP, Action.LEFT, Action.LEFTFIRE} <= pressed
    assert not pressed & {Action.RIGHT, Action.RIGHTFIRE}
