"""Standard error for our sentences alone: what libraries write there goes to a file.

SDL, ALSA and LiteRT write to file descriptor 2, whatever Python makes of `sys.stderr`. So the
descriptor is turned to a file in the data folder, and `sys.stderr` to where it led before. Nothing
stands between a library and that file: its last words before a crash are in it too, and so is the
trace of the crash.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import shutil
import sys
import threading
import time
from pathlib import Path

from game.system.log_files import LOG_BYTES

LIBRARIES_LOG = "libraries.log"
OURS = ("game", "agents")  # whose log records are sentences for people
CHECK_S = 60.0  # between two looks at how large the file is

_terminal: int | None = None  # a descriptor of what standard error was


def divert(folder: Path) -> None:
    """Let only Python's `sys.stderr`, our sentences, reach the terminal from here on.

    What else is written to standard error goes to a file in `folder`; where that cannot be
    written, everything stays as it is.
    """
    log = folder / LIBRARIES_LOG
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _shorten(log)
        file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    except OSError:
        return
    if file != 2:  # as it is in a process that began without standard error
        _turn(file)
        os.close(file)
    faulthandler.enable(file=2)
    _sort_records()
    threading.Thread(target=_keep_short, args=(log,), name="library log", daemon=True).start()


def _turn(file: int) -> None:
    """Turn descriptor 2 to `file`, and `sys.stderr` to where it led."""
    global _terminal
    with contextlib.suppress(OSError):  # there may be none
        if os.path.sameopenfile(file, 2):
            return  # whoever started this process has turned it
        _terminal = os.dup(2)
    header = f"{time.strftime('%Y-%m-%d %H:%M:%S')} {' '.join(sys.argv)}\n"
    os.write(file, header.encode("utf-8", "replace"))
    os.dup2(file, 2)
    if _terminal is not None and sys.stderr is not None:
        encoding, errors = sys.stderr.encoding, "backslashreplace"
        sys.stderr = os.fdopen(_terminal, "w", 1, encoding=encoding, errors=errors)


def terminal() -> int | None:
    """Return what a process that speaks to people itself shall have as its standard error."""
    return _terminal


def _sort_records() -> None:
    """Let our log records and warnings reach the terminal; those of libraries follow the rest."""
    logging.captureWarnings(True)
    behind = os.fdopen(2, "w", 1, encoding="utf-8", errors="replace", closefd=False)
    ours, others = logging.StreamHandler(sys.stderr), logging.StreamHandler(behind)
    ours.addFilter(lambda record: record.name.partition(".")[0] in OURS)
    others.addFilter(lambda record: record.name.partition(".")[0] not in OURS)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[ours, others])


def _keep_short(log: Path) -> None:
    while True:
        time.sleep(CHECK_S)
        _shorten(log)


def _shorten(log: Path) -> None:
    """Keep what is in `log` beside it and begin anew, if it is long."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > LOG_BYTES:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)  # whoever has it open appends to it
