"""A program that is asked to end, and asked again before it has."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import os, signal
import game.system.ending as ending
asked = ending.Ending(lambda: print("asked", flush=True))
os.kill(os.getpid(), signal.{name})
os.kill(os.getpid(), signal.{name})
print("all is kept", asked.interrupted, flush=True)
ending.PATIENCE_S = 0
try:
    os.kill(os.getpid(), signal.{name})
except KeyboardInterrupt:
    print("was hanging")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends itself no signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_row_6_asking_again_disturbs_only_what_hangs(name: str) -> None:
    command = [sys.executable, "-c", PROGRAM.format(name=name)]
    done = subprocess.run(command, capture_output=True, text=True)
    said = f"asked\nall is kept {name == 'SIGINT'}\nwas hanging\n"
    assert (done.returncode, done.stdout) == (0, said), done.stderr
