"""A file is opened by the system's own program, or it is said that there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from game.system import open_file as module
from game.system.open_file import open_file


@pytest.mark.skipif(sys.platform == "win32", reason="Windows is asked directly")
def test_the_systems_program_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def start(command: list[str], **_options: object) -> None:
        asked.append(command)

    monkeypatch.setattr(module.subprocess, "Popen", start)
    assert open_file(Path("a.mp4"))
    assert [command[1:] for command in asked] == [["a.mp4"]]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows is asked directly")
def test_without_one_nothing_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert not open_file(Path("a.mp4"))
