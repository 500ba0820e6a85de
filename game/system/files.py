"""Atomic writes, files that replace others, and file names that overwrite nothing."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import time
from pathlib import Path

# On Windows nobody can replace a file that somebody has open: an indexer, a scanner for viruses, a
# backup. They read it for a moment. These are ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION.
_BEING_READ = (5, 32)
READ_S, TRY_S = 2.0, 0.05  # how long to try again, and how often


def unused(path: Path) -> Path:
    """Return `path`, with a number after its stem if a file of that name exists."""
    found, copy = path, 1
    while found.exists():
        copy += 1
        found = path.with_name(f"{path.stem}-{copy}{path.suffix}")
    return found


def written(path: Path) -> float | None:
    """Return when the file at `path` was written, in seconds since the epoch; None without one."""
    try:
        return path.stat().st_mtime
    except OSError:
        return None


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
        rename_over(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):  # leave no partial files on a full disk
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let the names in `folder` survive a power cut, where the system can be asked to."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rename_over(file: Path, to: Path) -> None:
    """Rename `file` to `to`, whose old content is gone; on Windows wait for those who read it."""
    end = time.monotonic() + READ_S
    while True:
        try:
            file.replace(to)
            return
        except OSError as error:
            if getattr(error, "winerror", None) not in _BEING_READ or time.monotonic() >= end:
                raise
            time.sleep(TRY_S)


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
