"""Processes beside the arcade: no console of their own, and everything else goes first."""

from __future__ import annotations

import ast
import ctypes
import os
import subprocess
import sys
import types
from pathlib import Path

import psutil
import pytest

from game.system.background import IDLE, POLITE, lower_priority

ROOT = Path(__file__).resolve().parents[2]
# These share their parent's console: the arcade under its watchdog, and measurements.
SHARE = ("watchdog.py", "bench.py")
SHOW = """
import psutil
from game.system.background import lower_priority
lower_priority({niceness})
print(psutil.Process().nice())
"""


@pytest.mark.parametrize("niceness", [POLITE, IDLE])
def test_a_process_in_the_background_lets_others_go_first(niceness: int) -> None:
    command = [sys.executable, "-c", SHOW.format(niceness=niceness)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    if sys.platform == "win32":
        wanted = (psutil.BELOW_NORMAL_PRIORITY_CLASS, psutil.IDLE_PRIORITY_CLASS)[niceness == IDLE]
        assert done.stdout.strip().endswith(str(int(wanted)))
    else:
        assert int(done.stdout) == min(19, psutil.Process().nice() + niceness)


@pytest.mark.parametrize(("niceness", "wanted"), [(POLITE, "below normal"), (IDLE, "idle")])
def test_windows_is_asked_in_its_own_words(
    niceness: int, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no `nice`; with nothing in its place a tape's check competed with the next game."""
    asked: list[object] = []
    kernel32 = types.SimpleNamespace(
        GetCurrentProcess=lambda: 5, SetPriorityClass=lambda _process, kind: asked.append(kind)
    )
    monkeypatch.setattr(ctypes, "windll", types.SimpleNamespace(kernel32=kernel32), raising=False)
    for name, kind in (("IDLE", "idle"), ("BELOW_NORMAL", "below normal")):
        monkeypatch.setattr(subprocess, f"{name}_PRIORITY_CLASS", kind, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr(os, "nice", raising=False)
    lower_priority(niceness)
    assert asked == [wanted]


@pytest.mark.slow
def test_no_process_beside_the_arcade_opens_a_console() -> None:
    rooms = [ROOT / "game", ROOT / "agents" / "inference"]
    started = 0
    for path in (found for room in rooms for found in room.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or path.name in SHARE:
                continue
            if ast.unparse(node.func) in ("subprocess.run", "subprocess.Popen"):
                started += 1
                assert "creationflags" in {word.arg for word in node.keywords}, path
    assert started >= 4
