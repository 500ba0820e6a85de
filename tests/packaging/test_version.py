"""One version, in one place, and everything that shows it."""

from __future__ import annotations

import json
import re
import struct
import sys
from pathlib import Path

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


def header_of(recorded: Tape) -> dict[str, object]:
    data = recorded.to_bytes()
    start = len(tape._magic(tape.VERSION)) + 4
    (length,) = struct.unpack_from("<I", data, start - 4)
    header: dict[str, object] = json.loads(data[start : start + length])
    return header


def test_it_is_written_in_one_place() -> None:
    rooms = [ROOT / name for name in (".ci", "agents", "assets", "game")]
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
