"""The tapes of finished games in one folder, with the names that people gave them.

Names and protections are in one small JSON file beside the tapes, so a tape's file never
changes: it can be sent, and the board that it proves still finds it. A tape that a person put
into the folder is listed like the arcade's own, and only a person removes it.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from game.play.player import Kind
from game.play.tape import SUFFIX, Tape, TapeError, load
from game.system.files import unused, write_atomically

LABELS = "labels.json"
KEEP_TAPES = 1000  # of the arcade's own that nobody protects
LONGEST_NAME = 10
LONGEST_STEM = 24  # characters that are shown of a file's name
MODES = ("play", "watch", "race", "ghost")
BROUGHT = ""  # the mode of a tape that the arcade did not name

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Label:
    """What a person stored about a tape."""

    name: str = ""
    protected: bool = False  # never deleted to make room


@dataclass(frozen=True)
class TapeEntry:
    """One tape of the folder, as its file name tells, or the tape itself if a person brought it."""

    path: Path
    finished: str  # the local time, as 20 characters at most
    mode: str  # play, watch, race, ghost or BROUGHT
    kind: Kind
    score: int
    label: Label = Label()

    @property
    def name(self) -> str:
        """What a person calls it: by its label, or by its file if a person named that."""
        stem = self.path.stem[:LONGEST_STEM] if self.mode == BROUGHT else ""
        return self.label.name or "".join(c if c.isprintable() else "?" for c in stem)


class TapeLibrary:
    """The folder of tapes, for use from one thread."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which need not exist yet."""
        self._folder = folder
        self._labels = _read_labels(folder / LABELS)
        self._brought: dict[tuple[str, int, int], TapeEntry | None] = {}  # by name, size and time

    def add(self, mode: str, tape: Tape) -> Path:
        """Save a tape of a match of `mode` and return its path; raises OSError."""
        stamp = time.strftime("%Y%m%d-%H%M%S")
        path = unused(self._folder / f"{stamp}-{mode}-{tape.kind}-{tape.score}{SUFFIX}")
        tape.save(path)
        return path

    def make_room(self, own: Sequence[str]) -> None:
        """Delete the oldest of the arcade's own tapes beyond KEEP_TAPES; raises OSError.

        `own` are the names of those that the arcade wrote, oldest first. Their order comes from
        there, as a clock that was set back makes a new tape look old. What else is in the folder
        is not the arcade's to delete, whatever its name.
        """
        there = {path.name for path in self._files()}
        if len(there) <= KEEP_TAPES:
            return
        free = [name for name in own if name in there and not self._label(name).protected]
        for name in free[:-KEEP_TAPES]:
            self.delete(self._folder / name)

    def tapes(self) -> tuple[TapeEntry, ...]:
        """Return what is in the folder, the newest first."""
        found = [tape for path in self._files() if (tape := self._read(path)) is not None]
        found.sort(key=lambda tape: (tape.finished, tape.path.name), reverse=True)
        return tuple(found)

    def label(self, path: Path, label: Label) -> None:
        """Write what a person says of the tape at `path`; raises OSError."""
        self._labels[path.name] = label
        self._write()

    def delete(self, path: Path) -> None:
        """Remove the tape at `path` and its label; raises OSError."""
        path.unlink(missing_ok=True)
        if self._labels.pop(path.name, None) is not None:
            self._write()

    def _files(self) -> list[Path]:
        return list(self._folder.glob(f"*{SUFFIX}"))

    def _label(self, name: str) -> Label:
        return self._labels.get(name, Label())

    def _read(self, path: Path) -> TapeEntry | None:
        """Return what there is to say of the file at `path`, None if it is no tape."""
        tape = _named(path)
        if tape is None:
            try:
                stat = path.stat()
            except OSError:  # it is gone, or not to be looked at
                return None
            key = (path.name, stat.st_size, stat.st_mtime_ns)
            if key not in self._brought:
                self._brought[key] = _brought(path, stat)
            tape = self._brought[key]
        return tape and dataclasses.replace(tape, label=self._label(path.name))

    def _write(self) -> None:
        labels = {name: dataclasses.asdict(label) for name, label in self._labels.items()}
        write_atomically(self._folder / LABELS, (json.dumps(labels, indent=1) + "\n").encode())


def _named(path: Path) -> TapeEntry | None:
    """Read a tape's file name, None for one that the arcade does not give."""
    parts = path.stem.split("-")
    try:
        when = time.strptime("-".join(parts[:2]), "%Y%m%d-%H%M%S")
        mode, kind, score = parts[2], Kind(parts[3]), int(parts[4])
    except (ValueError, IndexError):
        return None
    if mode not in MODES:
        return None
    return TapeEntry(path, _time_shown(when), mode, kind, score)


def _brought(path: Path, stat: os.stat_result) -> TapeEntry | None:
    """Read the tape at `path` that a person named, None if it is none or damaged."""
    try:
        tape = load(path)
        when = time.localtime(stat.st_mtime)
    except (TapeError, OSError, ValueError, OverflowError):  # a file's time can be any number
        return None
    return TapeEntry(path, _time_shown(when), BROUGHT, tape.kind, tape.score)


def _time_shown(when: time.struct_time) -> str:
    return time.strftime("%Y-%m-%d %H:%M", when)


def _read_labels(path: Path) -> dict[str, Label]:
    """Read the labels in file `path`; without one, or with a damaged one, there are none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(name): Label(str(label["name"])[:LONGEST_NAME], bool(label["protected"]))
            for name, label in data.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        _log.warning("the names of the tapes in %s cannot be read: %s", path, error)
        return {}
