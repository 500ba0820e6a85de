"""It opens no network socket: every program of the arcade runs where making one is an error."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from game.settings import default_model

ROOT = Path(__file__).parents[1]

# Python runs this first in every program of a test, and in the programs that those start. What
# compiled libraries do is seen at the end: which of the open files are sockets of a network.
GUARD = """
import atexit, os, sys

def note(words):
    with open(os.environ["SOCKETS"], "a") as log:
        log.write(f"{words} in {sys.argv}\\n")

def forbid(event, arguments):
    if event.startswith("socket."):
        note(event)
        raise RuntimeError(f"a socket: {event}")

def look():
    nodes = set()
    for kind in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        try:
            lines = open(f"/proc/self/net/{kind}").read().splitlines()[1:]
        except OSError:
            continue
        nodes |= {f"socket:[{line.split()[9]}]" for line in lines}
    for name in os.listdir("/proc/self/fd") if nodes else ():
        try:
            file = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
        if file in nodes:
            note(f"open at the end: {file}")

sys.addaudithook(forbid)
atexit.register(look)
"""

# Title, attract loop, race, results, boards, settings and the operator's menu.
WALK = """
import tempfile
from pathlib import Path
import pygame
from visit import Visits, arena_of, press, run, run_to_results
from game.player import Kind
from game.ui.adjust import Adjust
from game.ui.attract import Attract
from game.ui.board import Leaders, board_of
from game.ui.operator import OperatorMenu
from game.ui.scene import Mode
from game.ui.title import ATTRACT_AFTER_S

with tempfile.TemporaryDirectory() as folder:
    visits = Visits(Path(folder))
    app = visits(kiosk=True)
    run(app, ATTRACT_AFTER_S * 60)
    assert isinstance(app.scene, Attract)
    run(app, 60)
    press(app, pygame.K_SPACE)
    press(app, pygame.K_RETURN)
    arena_of(app).skip_countdown()
    run_to_results(app)
    board = board_of(Mode.RACE, Kind.HUMAN, app.arcade)
    for scene in (Leaders(app.arcade, board), Adjust(app.arcade), OperatorMenu(app.arcade)):
        app._stack.append(scene)
        run(app, 10)
    visits.close()
print("walked")
"""

needs_model = pytest.mark.skipif(not default_model().exists(), reason="no bundled model")


@pytest.fixture
def guarded(tmp_path: Path) -> dict[str, str]:
    """The environment of a program that cannot make a socket without being found out."""
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    path = os.pathsep.join(map(str, [hook, ROOT, ROOT / "tests"]))
    return {
        **os.environ,
        "PYTHONPATH": path,
        "SOCKETS": str(tmp_path / "sockets.log"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "SDL_VIDEODRIVER": "dummy",
        "SDL_AUDIODRIVER": "dummy",
    }


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def sockets(environment: dict[str, str]) -> str:
    log = Path(environment["SOCKETS"])
    return log.read_text(encoding="utf-8") if log.exists() else ""


@pytest.mark.parametrize(
    "made",
    [
        "import socket; socket.socket()",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import socket;"
        ' socket.getaddrinfo("127.0.0.1", 9)\'])',
    ],
)
def test_the_guard_finds_sockets(guarded: dict[str, str], made: str) -> None:
    run(guarded, "-c", made)
    assert "socket." in sockets(guarded)


def test_a_visit_makes_no_socket(guarded: dict[str, str]) -> None:
    done = run(guarded, "-c", WALK)
    assert done.stdout.endswith("walked\n"), done.stderr
    assert sockets(guarded) == ""


@needs_model
@pytest.mark.parametrize(
    ("command", "wrote"),
    [
        ("play --frames 90", "BigChamp/tapes"),
        ("watch --frames 90", "BigChamp/tapes"),
        ("race --frames 300", "BigChamp/tapes"),
        ("race --minutes 0.05 --headless {folder}", "race/result.json"),
        ("selftest --pictures {folder}", "race/title.png"),
        ("scores", ""),
    ],
)
def test_a_command_makes_no_socket(
    guarded: dict[str, str], command: str, wrote: str, tmp_path: Path
) -> None:
    folder = tmp_path / "data" / "race"
    done = run(guarded, "main.py", *command.format(folder=folder).split())
    assert "Traceback" not in done.stderr
    assert (tmp_path / "data" / wrote).exists() or not wrote, done.stderr
    assert sockets(guarded) == ""
