"""The tapes of finished games in one folder, with the names that people gave them.

Names and protections are in one small JSON file beside the tapes, so a tape's file never
changes: it can be sent, and the board that it proves still finds it.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from game.play.player import Kind
from game.play.tape import SUFFIX, Tape
from game.system.files import write_atomically

LABELS = "labels.json"
KEEP_TAPES = 1000  # of those that nobody protects
LONGEST_NAME = 10

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Label:
    """What a person said of a tape."""

    name: str = ""
    protected: bool = False  # it is never removed to make room


@dataclass(frozen=True)
class Taped:
    """One tape of the folder, as its file name tells."""

    path: Path
    finished: str  # the local time, as 20 characters at most
    mode: str  # play, watch or race
    kind: Kind
    score: int
    label: Label = Label()


class Shelf:
    """The folder, for use from one thread."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which need not exist yet."""
        self._folder = folder
        self._labels = _read_labels(folder / LABELS)

    def add(self, mode: str, tape: Tape) -> Path:
        """Save a tape of a match of `mode`, make room if need be, and return its path.

        Raises OSError if it cannot be written.
        """
        stamp = time.strftime("%Y%m%d-%H%M%S")
        stem = f"{stamp}-{mode}-{tape.kind}-{tape.score}"
        path, copy = self._folder / (stem + SUFFIX), 1
        while path.exists():
            copy += 1
            path = self._folder / f"{stem}-{copy}{SUFFIX}"
        tape.save(path)
        free = [old for old in self._files() if not self._label(old).protected]
        for old in free[:-KEEP_TAPES]:
            if old != path:  # a clock that was set back makes the new one look old
                self.delete(old)
        return path

    def tapes(self) -> tuple[Taped, ...]:
        """Return what is in the folder, the newest first."""
        found = (_taped(path, self._label(path)) for path in reversed(self._files()))
        return tuple(tape for tape in found if tape is not None)

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
        """Return the tapes, oldest first: their names begin with the time."""
        return sorted(self._folder.glob(f"*{SUFFIX}"))

    def _label(self, path: Path) -> Label:
        return self._labels.get(path.name, Label())

    def _write(self) -> None:
        labels = {name: dataclasses.asdict(label) for name, label in self._labels.items()}
        write_atomically(self._folder / LABELS, (json.dumps(labels, indent=1) + "\n").encode())


def _taped(path: Path, label: Label) -> Taped | None:
    """Read a tape's file name, None for a file that the arcade did not name."""
    parts = path.stem.split("-")
    try:
        when = time.strptime("-".join(parts[:2]), "%Y%m%d-%H%M%S")
        mode, kind, score = parts[2], Kind(parts[3]), int(parts[4])
    except (ValueError, IndexError):
        return None
    return Taped(path, time.strftime("%Y-%m-%d %H:%M", when), mode, kind, score, label)


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
