"""How the arcade has done since it was started, for its operator."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

STARTS_ENV = "BIGCHAMP_STARTS"  # how often the watchdog has started the arcade, this time too


def _restarts() -> int:
    starts = os.environ.get(STARTS_ENV, "")
    return int(starts) - 1 if starts.isdigit() and starts != "0" else 0


@dataclass
class Health:
    """What an operator wants to know of a running arcade."""

    restarts: int = field(default_factory=_restarts)  # by the watchdog
    errors: int = 0  # in scenes, since this start
    _started: float = field(default_factory=time.monotonic)

    @property
    def minutes(self) -> int:
        """Whole minutes since this start."""
        return int(time.monotonic() - self._started) // 60


def free_bytes(folder: Path) -> int | None:
    """Return how much room the disk of `folder` has left, None if nobody can tell."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
