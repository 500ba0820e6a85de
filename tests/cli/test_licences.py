"""Licences of what is inside, as a command shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

import main
from game.cli import licences
from tests.helpers.common import is_one_sentence


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of licences beside a packaged program."""
    folder = tmp_path / licences.FOLDER
    folder.mkdir()
    (folder / "MIT.txt").write_text("Permission is granted", encoding="utf-8")
    (folder / "Zlib.txt").write_text("Altered versions must be marked", encoding="utf-8")
    lines = ["What is inside.", "", "Expat 2.5", "  MIT", "  MIT.txt"]
    lines += ["SDL 2.32", "  Zlib", "  Copyright Sam Lantinga", "  Zlib.txt"]
    lines += ["SDL_ttf 2.24", "  Zlib", "  Zlib.txt"]
    (folder / licences.CONTENTS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setattr(licences, "beside_executable", lambda: tmp_path)
    return folder


def test_a_package_lists_what_is_inside(packed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["licences"]) == 0
    assert "Copyright Sam Lantinga" in capsys.readouterr().out


def test_the_text_of_one_part_is_shown_once(
    packed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["licences", "sdl"]) == 0
    assert capsys.readouterr().out == "Zlib.txt\n\nAltered versions must be marked\n"


@pytest.mark.parametrize("name", ["nothing", "../MIT", "Permission"])
def test_what_is_not_inside_is_said(
    packed: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["licences", name]) == 1
    assert is_one_sentence(capsys.readouterr().err.strip())


def test_a_text_that_is_gone_is_said(packed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (packed / "MIT.txt").write_bytes(b"\xff\xff")
    assert main.main(["licences", "Expat"]) == 1
    assert is_one_sentence(capsys.readouterr().err.strip())


def test_the_source_shows_the_page_and_its_texts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["licences"]) == 0
    assert "pygame-ce" in capsys.readouterr().out
    assert main.main(["licences", "lgpl-3"]) == 0
    assert "LESSER GENERAL PUBLIC LICENSE" in capsys.readouterr().out
