"""`--audience`: a window with followers, in programs of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("websockets")
pytest.importorskip("uvicorn")

from websockets.exceptions import ConnectionClosed

from game.system.background import POLITE
from tests.helpers.browser import Browser
from tests.helpers.common import is_one_sentence, wait_for

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def arcade(port: int, folder: Path, frames: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "race", f"--audience={port}", f"--frames={frames}"],
        env={
            **os.environ,
            "XDG_DATA_HOME": str(folder),
            "SDL_VIDEODRIVER": "dummy",
            "SDL_AUDIODRIVER": "dummy",
        },
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_phones_see_the_race_in_the_window(tmp_path: Path) -> None:
    port = free_port()
    window = arcade(port, tmp_path, frames=100_000)
    followers: list[Browser] = []
    try:

        def connected() -> bool:
            try:
                followers.append(Browser(port))
            except OSError:
                return False
            return True

        wait_for(connected)
        one = followers[0]
        assert one.until("hello")["follow"]
        one.ask(8)
        assert [seat["kind"] for seat in one.until("match")["seats"]] == ["human", "agent"]
        seen = [one.frame() for _ in range(30)]
        assert len(seen[0].seats) == 2
        countdowns = [frame.countdown for frame in seen]
        assert countdowns == sorted(countdowns, reverse=True)
        if (children := Path(f"/proc/{window.pid}/task/{window.pid}/children")).exists():
            usual = os.getpriority(os.PRIO_PROCESS, window.pid)
            found = [
                os.getpriority(os.PRIO_PROCESS, int(pid)) for pid in children.read_text().split()
            ]
            assert min(usual + POLITE, 19) in found, "the window goes before what serves"
    finally:
        window.kill()  # in any way that it ends, the server does too
        window.communicate()
    with pytest.raises(ConnectionClosed):
        for _ in range(2_000):
            one.hear(10)


@pytest.mark.slow
def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:
        window = arcade(taken.getsockname()[1], tmp_path, frames=10)
        _, said = window.communicate(timeout=60)
    assert window.returncode == 1
    assert is_one_sentence(said.strip().splitlines()[-1])
    assert "--audience" in said
