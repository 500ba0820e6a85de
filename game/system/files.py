"""Atomic writes, and file names that overwrite nothing."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path


def unused(path: Path) -> Path:
    """Return `path`, with a number after its stem if a file of that name exists."""
    found, copy = path, 1
    while found.exists():
        copy += 1
        found = path.with_name(f"{path.stem}-{copy}{path.suffix}")
    return found


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a crash leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():  # a device or a pipe: it must stay what it is
        path.write_bytes(data)
        return
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")  # another program has its own
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):  # leave no partial files on a full disk
            temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY) if os.name == "posix" else None
    if folder is not None:
        os.fsync(folder)
        os.close(folder)


def check_file(path: Path, makes_folders: bool = False) -> None:
    """Raise OSError unless a file can be written at `path`; nothing is made there or changed.

    Its folder has to be there, or be one that can be made if `makes_folders`.
    """
    if path.is_dir():
        raise _error(errno.EISDIR, path)
    if path.is_file():
        with path.open("ab"):
            return
    if path.exists():  # a device or a pipe: opening it may wait for somebody
        return
    if not makes_folders and not path.parent.is_dir():
        raise _error(errno.ENOTDIR if path.parent.exists() else errno.ENOENT, path)
    check_folder(path.parent)


def check_folder(path: Path) -> None:
    """Raise OSError unless files can be written in folder `path`, or in one that is made there."""
    while not path.exists():
        path = path.parent
    if not path.is_dir():
        raise _error(errno.ENOTDIR, path)
    with tempfile.TemporaryFile(dir=path):
        pass


def _error(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))
