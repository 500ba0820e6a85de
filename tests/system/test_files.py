"""Files that replace others while somebody reads them, and the log, as Windows has it."""

from __future__ import annotations

import ast
import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from game.system import files
from game.system.files import write_atomically
from game.system.log_files import LOG, log_to_file

ROOT = Path(__file__).resolve().parents[2]


def is_being_read() -> PermissionError:
    """Return what Windows raises for a file that another program has open."""
    error = PermissionError(13, "Access is denied")
    error.winerror = 5  # type: ignore[attr-defined]
    return error


def test_a_file_that_somebody_reads_is_replaced_when_they_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_left, rename = 3, Path.replace

    def read_by_somebody(self: Path, target: Path) -> Path:
        nonlocal reads_left
        if reads_left:
            reads_left -= 1
            raise is_being_read()
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", read_by_somebody)
    monkeypatch.setattr(files, "TRY_S", 0.001)
    path = tmp_path / "preferences.json"
    path.write_bytes(b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_read_for_ever_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> Path:
        raise is_being_read()

    monkeypatch.setattr(Path, "replace", never)
    monkeypatch.setattr(files, "READ_S", 0.01)
    monkeypatch.setattr(files, "TRY_S", 0.001)
    path = tmp_path / "preferences.json"
    path.write_bytes(b"old")
    with pytest.raises(PermissionError):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_will_not_change_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    def forbidden(*_: object) -> Path:
        nonlocal tries
        tries += 1
        raise PermissionError(13, "Permission denied")  # as other systems say it

    monkeypatch.setattr(Path, "replace", forbidden)
    with pytest.raises(PermissionError):
        write_atomically(tmp_path / "file", b"new")
    assert tries == 1


@pytest.mark.slow
def test_every_file_is_replaced_by_what_waits_for_readers() -> None:
    for room in ("game", "agents"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    called = node.func.attr
                    renames = called == "rename" or (called == "replace" and len(node.args) == 1)
                    dataclass = ast.unparse(node.func) == "dataclasses.replace"
                    assert not renames or dataclass or path.name == "files.py", path


def test_the_log_grows_on_while_another_program_has_it_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = list(logging.getLogger().handlers)
    log_to_file(tmp_path)
    (handler,) = (h for h in logging.getLogger().handlers if h not in before)
    assert isinstance(handler, RotatingFileHandler)
    handler.maxBytes = 100

    def held(*_: object) -> None:
        raise is_being_read()

    try:
        monkeypatch.setattr(os, "rename", held)
        for number in range(5):
            logging.getLogger("game").warning("line %d %s", number, "." * 50)
        monkeypatch.undo()
        logging.getLogger("game").warning("the last line")
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    assert (tmp_path / f"{LOG}.1").read_text().count("\n") == 5
    assert "the last line" in (tmp_path / LOG).read_text()
    assert "Traceback" not in capsys.readouterr().err
