"""It opens no network socket: every program of the arcade runs where making one is an error."""

from __future__ import annotations

import platform
import signal
import sys
from pathlib import Path

import pytest

from game.system.paths import default_model
from tests.helpers.guarded import WALK, guard, run_guarded, sockets

needs_model = pytest.mark.skipif(not default_model().exists(), reason="no bundled model")


@pytest.fixture
def guarded(tmp_path: Path) -> dict[str, str]:
    """The environment of a program that cannot make a socket without being found out."""
    return guard(tmp_path)


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
    run_guarded(guarded, "-c", made)
    assert "socket." in sockets(guarded)


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="the kernel does it"
)
@pytest.mark.parametrize("family", [2, 10])
def test_the_guard_ends_whatever_else_asks_for_one(guarded: dict[str, str], family: int) -> None:
    code = "import ctypes; print(ctypes.CDLL(None).socket({}, 1, 0), flush=True)"
    assert run_guarded(guarded, "-c", code.format(family)).returncode == -signal.SIGSYS
    local = run_guarded(guarded, "-c", code.format(1))
    assert (local.returncode, int(local.stdout) > 2) == (0, True), "a window needs local ones"


@pytest.mark.slow
def test_a_visit_makes_no_socket(guarded: dict[str, str]) -> None:
    done = run_guarded(guarded, "-c", WALK)
    assert done.stdout.endswith("walked\n"), done.stderr
    assert sockets(guarded) == ""


@pytest.mark.slow
@needs_model
@pytest.mark.parametrize(
    ("command", "wrote"),
    [
        ("play --frames 90", "BigChamp/tapes"),
        ("watch --frames 90", "BigChamp/tapes"),
        ("race --frames 300", "BigChamp/tapes"),
        ("race --minutes 0.05 --headless {folder}", "race/result.json"),
        pytest.param("selftest --pictures {folder}", "race/title.png", marks=pytest.mark.scenes),
        ("scores", ""),
    ],
)
def test_a_command_makes_no_socket(
    guarded: dict[str, str], command: str, wrote: str, tmp_path: Path
) -> None:
    folder = tmp_path / "data" / "race"
    done = run_guarded(guarded, "main.py", *command.format(folder=folder).split())
    assert "Traceback" not in done.stderr
    assert (tmp_path / "data" / wrote).exists() or not wrote, done.stderr
    assert sockets(guarded) == ""
