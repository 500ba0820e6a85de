"""Log files in the data folder, of limited size."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG, WATCHDOG_LOG = "arcade.log", "launcher.log"
LOG_BYTES, LOG_FILES = 1_000_000, 3  # size of each file, and how many old ones are kept


class _LogFile(RotatingFileHandler):
    """A log file that grows on for as long as another program has it open, which Windows minds."""

    def doRollover(self) -> None:  # noqa: N802
        """Begin a new file, if the old one can be moved."""
        try:
            super().doRollover()
        except OSError:
            self.stream = self._open()


def log_to_file(folder: Path, name: str = LOG) -> None:
    """Also log to the file `name` in `folder`, or go on without one if it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = _LogFile(
            folder / name,
            maxBytes=LOG_BYTES,
            backupCount=LOG_FILES,
            encoding="utf-8",
            errors="backslashreplace",  # names of files may be no text
        )
    except OSError as error:
        logging.getLogger(__name__).warning("no log is written in %s: %s", folder, error.strerror)
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
