"""Which trials CI leaves out, and what it says of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "if_room"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="CI runs on Linux")


@pytest.mark.parametrize(
    ("left", "command", "status", "said"),
    [
        (60, "echo done", 0, "done\n"),
        (60, "exit 1", 1, ""),
        (60, "exit 75", 0, "it is left out: something that it needs is not to be had here\n"),
        (59, "exit 1", 0, "it is left out: it takes 1 min, and 0 min are left\n"),
        (-90, "exit 1", 0, "it is left out: it takes 1 min, and 0 min are left\n"),
    ],
)
def test_only_what_was_tried_can_fail(left: int, command: str, status: int, said: str) -> None:
    words = [str(SCRIPT), str(left), "60", "it", "bash", "-c", command]
    done = subprocess.run(words, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (status, said)


@pytest.mark.slow
def test_what_takes_too_long_is_ended() -> None:
    words = [str(SCRIPT), "1", "0", "it", "sleep", "60"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    assert done.stdout == "it is left out: it was not done within 0 min\n"
