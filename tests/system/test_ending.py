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

# Windows as far as a console that closes needs it: what is called of it, and a signal in the place
# of the one that only Windows has.
CONSOLE = """
import ctypes, signal, sys, threading, types
console = []
kernel32 = types.SimpleNamespace(SetConsoleCtrlHandler=lambda handle, _: console.append(handle))
ctypes.windll = types.SimpleNamespace(kernel32=kernel32)
ctypes.WINFUNCTYPE = lambda *_: lambda function: function
signal.SIGBREAK = signal.SIGUSR1
sys.platform = "win32"
import game.system.ending as ending
asked = ending.Ending(lambda: print("asked", flush=True))
(handle,) = console
CTRL_C, CLOSE, SHUTDOWN = 0, 2, 6
print("Ctrl-C is Python's own", handle(CTRL_C) is False)
threading.Timer(0.3, lambda: (print("all is kept", flush=True), asked.all_is_kept())).start()
print("the console closed", handle({event}) is True, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends itself no signals")
@pytest.mark.parametrize("event", ["CLOSE", "SHUTDOWN"])
def test_a_console_that_closes_waits_until_all_is_kept(event: str) -> None:
    command = [sys.executable, "-c", CONSOLE.format(event=event)]
    done = subprocess.run(command, capture_output=True, text=True)
    said = "Ctrl-C is Python's own True\nasked\nall is kept\nthe console closed True\n"
    assert (done.returncode, done.stdout) == (0, said), done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends itself no signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_row_6_asking_again_disturbs_only_what_hangs(name: str) -> None:
    command = [sys.executable, "-c", PROGRAM.format(name=name)]
    done = subprocess.run(command, capture_output=True, text=True)
    said = f"asked\nall is kept {name == 'SIGINT'}\nwas hanging\n"
    assert (done.returncode, done.stdout) == (0, said), done.stderr
