"""A message box for errors when the arcade is started without a terminal."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import pygame

from game.system.lock import AlreadyOpenError
from game.system.paths import APP_NAME
from game.system.preferences import load_preferences
from game.ui.widgets.translation import say, speak, system_language


def is_read() -> bool:
    """Whether printed output is visible to a person."""
    if sys.stderr is None or not sys.stderr.isatty():
        return False
    if sys.platform == "win32":
        import ctypes

        # The only process on its console: the console was opened for it and closes with it.
        return int(ctypes.windll.kernel32.GetConsoleProcessList((ctypes.c_uint * 2)(), 2)) > 1
    return True


def show(error: Exception, folder: Path) -> None:
    """Show why the arcade does not open, in a box of the system's own, until it is read.

    `folder` holds the preferences. Where there is no screen nothing is shown.
    """
    text = str(error).encode("utf-8", "backslashreplace").decode("utf-8")  # names may be no text
    if isinstance(error, AlreadyOpenError):
        speak(load_preferences(folder, system_language()).language)
        text = say("BigChamp is already running: use its window, or close it first")
    with contextlib.suppress(pygame.error):
        pygame.display.message_box(APP_NAME, text, message_type="error")
