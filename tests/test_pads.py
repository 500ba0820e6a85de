"""Gamepads as SDL sees them: its database, and pads that come and go in the real App."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sdl

from game.settings import asset
from game.ui.controls import MAPPINGS_ENV

ROOT = Path(__file__).parents[1]
DATABASE = asset("controllers/gamecontrollerdb.txt")
LINE = re.compile(r"[0-9a-f]{32},[^,]+,([a-z0-9+~-]+:[a-z0-9.+~-]+,|platform:[^,]+,)+")

# Prints whether SDL has a mapping for each GUID, with the database set as Controls does it.
ASK = """
import sys
import pygame
import sdl
from game.ui.controls import Controls
pygame.display.init()
Controls()
known = sdl.library()
for guid in sys.argv[1:]:
    kind = known.SDL_JoystickGetGUIDFromString(guid.encode())
    print(int(known.SDL_GameControllerMappingForGUID(kind) is not None))
"""


def mappings() -> list[str]:
    lines = DATABASE.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_database_is_in_the_form_that_sdl_reads() -> None:
    assert len(mappings()) > 200
    for line in mappings():
        assert LINE.fullmatch(line), line
    for platform in ("Windows", "Mac OS X", "Linux"):
        guids = [line.split(",")[0] for line in mappings() if f",platform:{platform}," in line]
        assert len(guids) == len(set(guids)) > 40
    assert "Sam Lantinga" in DATABASE.with_name("LICENCE.txt").read_text(encoding="utf-8")


def known_to_sdl(guids: list[str], own: Path | None) -> list[bool]:
    """Ask a program of its own: SDL reads its databases once."""
    environment = {k: v for k, v in os.environ.items() if k != MAPPINGS_ENV}
    environment["PYTHONPATH"] = os.pathsep.join(map(str, [ROOT, ROOT / "tests"]))
    if own is not None:
        environment[MAPPINGS_ENV] = str(own)
    done = subprocess.run(
        [sys.executable, "-c", ASK, *guids],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [line == "1" for line in done.stdout.splitlines() if line in ("0", "1")]


@pytest.mark.skipif(sys.platform != "linux", reason="asks for pads as Linux names them")
def test_sdl_knows_pads_that_it_did_not_know(tmp_path: Path) -> None:
    sdl.library()
    guids = [line.split(",")[0] for line in mappings() if ",platform:Linux," in line]
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    before = known_to_sdl(guids, empty)
    assert before.count(False) > 50, "the operator's own file was not respected, or SDL has grown"
    assert all(known_to_sdl(guids, None))
