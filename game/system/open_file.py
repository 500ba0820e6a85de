"""Opens a file or a folder with the program that the person's system has for it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

from game.system.background import NO_CONSOLE

_log = logging.getLogger(__name__)


def open_file(path: Path) -> bool:
    """Open `path` beside this program; return whether there was a program to ask."""
    try:
        if sys.platform == "win32":
            os.startfile(path)
        else:
            command = "open" if sys.platform == "darwin" else "xdg-open"
            subprocess.Popen(
                [command, str(path)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                creationflags=NO_CONSOLE,
            )
    except OSError as error:
        _log.warning("%s cannot be opened: %s", path, error)
        return False
    return True
