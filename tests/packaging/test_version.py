"""One version, in one place, and everything that shows it."""

from __future__ import annotations

import ast
import json
import re
import shutil
import struct
import sys
import types
from pathlib import Path
from typing import Any

import pygame
import pytest

import main
from game.play import tape
from game.play.tape import Tape, load
from game.system.version import MAKER, VERSION
from game.ui.scenes.operator import OperatorMenu
from game.ui.widgets.theme import Theme
from tests.helpers.drawn import an_arcade
from tests.helpers.tampering import record

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "game" / "system" / "version.py"
WRITTEN = re.compile(rf"""["'>]{re.escape(VERSION)}["'<]""")
SOURCES = ("*.py", "*.toml", "*.spec", "*.xml", "*.desktop", "*.nsi")
ON_WINDOWS = VERSION.encode("utf-16-le")  # as a program's version resource holds it


def header_of(recorded: Tape) -> dict[str, object]:
    data = recorded.to_bytes()
    start = len(tape._magic(tape.VERSION)) + 4
    (length,) = struct.unpack_from("<I", data, start - 4)
    header: dict[str, object] = json.loads(data[start : start + length])
    return header


def test_it_is_written_in_one_place() -> None:
    rooms = [ROOT / name for name in (".ci", "agents", "assets", "game", "tests")]
    files = [
        *ROOT.glob("*.toml"), ROOT / "main.py", ROOT / "setup.py", ROOT / "build.spec",
        *(path for room in rooms for kind in SOURCES for path in room.rglob(kind)),
    ]  # fmt: skip
    assert PLACE in files
    written = [path for path in files if WRITTEN.search(path.read_text("utf-8"))]
    assert written == [PLACE]


def test_the_command_line_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"BigChamp {VERSION}\n"


def test_packages_carry_it() -> None:
    sys.path.insert(0, str(ROOT / ".ci"))
    import contents
    import package

    assert contents.project()["version"] == VERSION
    assert f"bigchamp-{VERSION}-" in package._name()
    assert f"\nVersion: {VERSION}\n" in package.control(VERSION, "amd64", 1, "2.36")
    assert f'<release version="{VERSION}"' in package.metainfo(VERSION)
    assert package.changelog(VERSION).startswith(f"bigchamp ({VERSION}) ")
    bill = contents.bill_of_materials([], "2026-01-02T03:04:05Z")
    assert bill["metadata"]["component"]["version"] == VERSION


class Part(tuple):  # type: ignore[type-arg]
    """In the place of each part of a version resource: what it was given."""

    def __new__(cls, *given: object, **named: object) -> Part:
        return super().__new__(cls, (*given, *named.values()))


def test_windows_programs_carry_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of build.spec alone the function that makes the resource."""
    names = ("StringTable", "StringStruct", "VSVersionInfo", "FixedFileInfo", "StringFileInfo")
    made = types.ModuleType("versioninfo")
    for name in (*names, "VarFileInfo", "VarStruct"):
        setattr(made, name, Part)
    windows = types.ModuleType("PyInstaller.utils.win32")
    windows.versioninfo = made  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "PyInstaller.utils.win32", windows)
    spec = ast.parse((ROOT / "build.spec").read_text("utf-8"))
    calls = [node for node in ast.walk(spec) if isinstance(node, ast.Call)]
    programs = [call for call in calls if ast.unparse(call.func) == "EXE"]
    assert len(programs) == 2
    for program in programs:
        named = {word.arg: ast.unparse(word.value) for word in program.keywords}
        assert named["version"].startswith("version_resource(")
    (function,) = (n for n in spec.body if getattr(n, "name", "") == "version_resource")
    names_in_spec: dict[str, Any] = {"VERSION": VERSION}
    exec(ast.unparse(function), names_in_spec)
    (numbers, _), (strings, _) = names_in_spec["version_resource"]("bigchamp", "An arcade")
    assert ".".join(map(str, numbers)) == f"{VERSION}.0"
    said = dict(strings[0][0][1])
    assert said["FileVersion"] == said["ProductVersion"] == VERSION
    assert said["OriginalFilename"] == "bigchamp.exe"


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("makensis"), reason="needs NSIS")
def test_the_installer_for_windows_carries_it(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / ".ci"))
    import installer

    built = tmp_path / "built"
    built.mkdir()
    for name in ("bigchamp.exe", "bigchamp-encoder.exe"):
        (built / name).write_bytes(b"MZ")
    made = installer.make(built, tmp_path / "bigchamp-setup.exe").read_bytes()
    assert made.count(ON_WINDOWS) >= 2


def test_a_tape_says_who_made_it(tmp_path: Path) -> None:
    recorded = record(90).seats[0].tape
    assert header_of(recorded)["maker"] == MAKER
    recorded.save(tmp_path / "a.tape")
    assert load(tmp_path / "a.tape") == recorded
    # Another's stays another's, and the first version's, which said nothing, stay as they are.
    recorded.maker = "BigChamp 0.0.9"
    recorded.save(tmp_path / "b.tape")
    assert load(tmp_path / "b.tape").maker == "BigChamp 0.0.9"
    recorded.maker = ""
    recorded.save(tmp_path / "c.tape")
    assert "maker" not in header_of(load(tmp_path / "c.tape"))


def test_the_operator_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    draw = Theme.text

    def note(self: Theme, target: pygame.Surface, words: str, *args: object, **kwargs: object):  # type: ignore[no-untyped-def]
        said.append(words)
        return draw(self, target, words, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Theme, "text", note)
    OperatorMenu(an_arcade()).draw(pygame.Surface((1280, 720)), Theme((1280, 720)))
    assert MAKER in said
