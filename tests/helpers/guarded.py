"""Programs that cannot make a network's socket without being found out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Python runs this first in every program of a test, and in the programs that those start. What
# compiled libraries do is seen at the end: which of the open files are sockets of a network. On
# Linux the kernel ends a program that asks for one, whoever asks (seccomp(2)).
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

def end_whoever_asks():
    import ctypes, struct
    X86_64, SOCKET, NETWORKS = 0xC000003E, 41, (2, 10, 17)  # AF_INET, AF_INET6, AF_PACKET
    LOAD, EQUAL, ANSWER, ALLOW, KILL = 0x20, 0x15, 0x06, 0x7FFF0000, 0x80000000
    program = [(LOAD, 0, 0, 4), (EQUAL, 0, 6, X86_64), (LOAD, 0, 0, 0), (EQUAL, 0, 4, SOCKET)]
    program += [(LOAD, 0, 0, 16)]
    program += [(EQUAL, len(NETWORKS) - at, 0, kind) for at, kind in enumerate(NETWORKS)]
    program += [(ANSWER, 0, 0, ALLOW), (ANSWER, 0, 0, KILL)]
    program[1] = (EQUAL, 0, len(program) - 4, X86_64)
    program[3] = (EQUAL, 0, len(program) - 6, SOCKET)
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    whole = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    libc.prctl(22, 2, ctypes.create_string_buffer(whole))  # PR_SET_SECCOMP, with a filter

sys.addaudithook(forbid)
atexit.register(look)
if sys.platform == "linux" and os.uname().machine == "x86_64":
    end_whoever_asks()
"""

# Title, attract loop, race, results, boards, settings and the operator's menu.
WALK = """
import tempfile
from pathlib import Path
import pygame
from tests.helpers.visit import Visits, match_scene_of, press, run, run_to_results
from game.play.player import Kind
from game.ui.scenes.settings import Settings
from game.ui.scenes.attract import Attract
from game.ui.scenes.high_scores import HighScores, board_of
from game.ui.scenes.operator import OperatorMenu
from game.ui.scenes.scene import Mode
from game.ui.scenes.title import ATTRACT_AFTER_S

with tempfile.TemporaryDirectory() as folder:
    visits = Visits(Path(folder))
    app = visits(kiosk=True)
    run(app, ATTRACT_AFTER_S * 60)
    assert isinstance(app.scene, Attract)
    run(app, 60)
    press(app, pygame.K_SPACE)
    press(app, pygame.K_RETURN)
    match_scene_of(app).skip_countdown()
    run_to_results(app)
    board = board_of(Mode.RACE, Kind.HUMAN, app.arcade)
    for scene in (HighScores(app.arcade, board), Settings(app.arcade), OperatorMenu(app.arcade)):
        app._stack.append(scene)
        run(app, 10)
    visits.close()
print("walked")
"""


def guard(folder: Path) -> dict[str, str]:
    """Return the environment of a program that is guarded; its data are in `folder` too."""
    hook = folder / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    path = os.pathsep.join(map(str, [hook, ROOT]))
    return {
        **os.environ,
        "PYTHONPATH": path,
        "SOCKETS": str(folder / "sockets.log"),
        "XDG_DATA_HOME": str(folder / "data"),
        "SDL_VIDEODRIVER": "dummy",
        "SDL_AUDIODRIVER": "dummy",
    }


def run_guarded(
    environment: dict[str, str], *arguments: str, stop_after: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python with `arguments`; with `stop_after` end it gently after so many seconds."""
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            out, errors = program.communicate(timeout=stop_after)
        except subprocess.TimeoutExpired:
            program.terminate()
            out, errors = program.communicate()
        return subprocess.CompletedProcess(program.args, program.returncode, out, errors)


def sockets(environment: dict[str, str]) -> str:
    """Return what was found out, empty for nothing."""
    log = Path(environment["SOCKETS"])
    return log.read_text(encoding="utf-8") if log.exists() else ""
