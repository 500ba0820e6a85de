"""The log of a run: one JSON line for each measurement, and the same for TensorBoard.

runs/NAME/log.jsonl   read by the curves
runs/NAME/events      read by `tensorboard --logdir runs`
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tensorflow as tf

LOG = "log.jsonl"
EVENTS = "events"


class Log:
    """Writes the log and the TensorBoard events of the run in a folder."""

    def __init__(self, folder: Path) -> None:
        """Open both files; raise OSError if that fails."""
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / LOG
        if self._log.exists() and not self._log.read_bytes().endswith(b"\n"):
            with self._log.open("ab") as log:  # a crash cut the last line short
                log.write(b"\n")
        with _as_os_errors(folder / EVENTS):
            self._events = tf.summary.create_file_writer(str(folder / EVENTS))

    def write(self, entry: dict[str, Any]) -> None:
        """Write `entry`, measured after `entry["samples"]` gradient samples; raise OSError."""
        with self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")
        with _as_os_errors(self._log.with_name(EVENTS)):
            with self._events.as_default(step=entry["samples"]):
                for name, value in _numbers(entry):
                    tf.summary.scalar(name, value)
            self._events.flush()


@contextmanager
def _as_os_errors(file: Path) -> Iterator[None]:
    """Turn TensorFlow's errors about `file` into Python's OSError."""
    try:
        yield
    except tf.errors.OpError as error:
        numbers = {
            tf.errors.RESOURCE_EXHAUSTED: errno.ENOSPC,
            tf.errors.PERMISSION_DENIED: errno.EACCES,
        }
        number = numbers.get(error.error_code, errno.EIO)
        raise OSError(number, os.strerror(number), str(file)) from error


def read_log(log: Path) -> list[dict[str, Any]]:
    """Return the entries of a run's log, in the order of their samples.

    Left out are lines that a crash cut short or that are no entries, and entries from between the
    last checkpoint and a crash, because the run learnt those samples again.
    """
    entries: list[dict[str, Any]] = []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            continue
        if not isinstance(entry, dict) or "samples" not in entry:
            continue
        while entries and entries[-1]["samples"] > entry["samples"]:
            entries.pop()
        entries.append(entry)
    return entries


def _numbers(entry: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number in `entry` with its name; nested names are joined by slashes."""
    for key, value in entry.items():
        name = f"{prefix}{key}"
        if isinstance(value, list):
            value = dict(enumerate(value))
        if isinstance(value, dict):
            yield from _numbers(value, f"{name}/")
        elif isinstance(value, int | float):
            yield name, float(value)
