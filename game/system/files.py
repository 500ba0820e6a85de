"""Atomic writes, and file names that overwrite nothing."""

from __future__ import annotations

import contextlib
import os
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
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")  # one for each process
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
