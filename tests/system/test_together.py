"""Files that belong together: a crash at any moment leaves all of the old or all of the new."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from game.system import files, together

OLD = {suffix: b"old " + suffix.encode() for suffix in (".tflite", ".json", ".npz")}
NEW = {suffix: b"new " + suffix.encode() for suffix in OLD}


class CrashError(BaseException):
    """The process is gone: nothing that follows happens."""


def kept(folder: Path) -> dict[str, bytes]:
    return {path.suffix: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def at_change(number: int, harm: Callable[[], None], patch: pytest.MonkeyPatch) -> list[int]:
    """Do `harm` instead of the change of that number to a folder; return where changes count."""
    count = [0]

    def counted(change: Callable[..., object]) -> Callable[..., object]:
        def do(*arguments: object) -> object:
            count[0] += 1
            if count[0] == number:
                harm()
            return change(*arguments)

        return do

    for name in ("rename", "replace", "rmdir", "unlink"):
        patch.setattr(Path, name, counted(getattr(Path, name)))
    return count


def crash() -> None:
    raise CrashError


def changes(folder: Path, patch: pytest.MonkeyPatch) -> int:
    with patch.context() as watched:
        count = at_change(0, crash, watched)
        together.replace_together(folder / "best", NEW)
    return count[0]


def test_row_26_a_crash_leaves_all_of_the_old_files_or_all_of_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = changes(tmp_path / "counted", monkeypatch)
    assert most >= 8
    found = []
    for number in range(1, most + 1):
        folder = tmp_path / str(number)
        together.replace_together(folder / "best", OLD)
        with monkeypatch.context() as patch, pytest.raises(CrashError):
            at_change(number, crash, patch)
            together.replace_together(folder / "best", NEW)
        together.finish(folder / "best")
        assert kept(folder) in (OLD, NEW), f"after a crash at change {number}"
        found.append(kept(folder))
        together.replace_together(folder / "best", NEW)
        assert kept(folder) == NEW
    assert OLD in found and NEW in found


def test_a_full_disk_leaves_the_old_files_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together.replace_together(tmp_path / "best", OLD)

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(files.os, "fsync", full)
        together.replace_together(tmp_path / "best", NEW)
    assert kept(tmp_path) == OLD
    assert len(list(tmp_path.iterdir())) == len(OLD)
