"""One arcade at a time for a data folder: two would write the same scores and log."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import IO

LOCK, WATCHDOG_LOCK = "arcade.lock", "launcher.lock"


class AlreadyOpenError(RuntimeError):
    """Another arcade holds the folder."""


def hold(folder: Path, name: str = LOCK, wait_s: float = 0) -> IO[bytes] | None:
    """Hold `folder` until the returned file is closed or this process ends, however it ends.

    Raises AlreadyOpenError if another process holds it under this `name` for longer than `wait_s`
    seconds. Returns None where nothing can be held, such as a disk that cannot be written to:
    nothing is shared there.
    """
    end = time.monotonic() + wait_s
    while True:
        try:
            return _hold(folder, name)
        except AlreadyOpenError:
            if time.monotonic() >= end:
                raise
            time.sleep(0.1)


def _hold(folder: Path, name: str) -> IO[bytes] | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / name).open("ab")
    except OSError:
        return None
    try:
        _lock(file)
    except (BlockingIOError, PermissionError) as error:
        file.close()
        raise AlreadyOpenError(
            "BigChamp is already open: play in its window, or close that one first"
        ) from error
    except OSError:  # some network disks know no locks
        file.close()
        return None
    return file


def _lock(file: IO[bytes]) -> None:
    """Ask the system for `file` alone; it takes it back when the process is gone."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
