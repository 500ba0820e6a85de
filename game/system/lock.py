"""A lock on the data folder: two arcades at once would write the same scores and log."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import IO

LOCK, WATCHDOG_LOCK, WEB_LOCK = "arcade.lock", "launcher.lock", "web.lock"


class AlreadyOpenError(RuntimeError):
    """Another arcade is using the data folder."""


def hold(folder: Path, name: str = LOCK, wait_s: float = 0) -> IO[bytes] | None:
    """Lock `folder` until the returned file is closed or this process ends in any way.

    Raises AlreadyOpenError if another process holds the lock `name` for longer than `wait_s`
    seconds. Returns None where there can be no lock, such as on a read-only disk: nothing is
    written there, so nothing can conflict.
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
            "BigChamp is already running: use its window, or close it first"
        ) from error
    except OSError:  # some network disks do not support locks
        file.close()
        return None
    return file


def _lock(file: IO[bytes]) -> None:
    """Take an exclusive lock on `file`; the system releases it when the process ends."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
