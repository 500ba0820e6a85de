"""Checkpoints of a run: written completely or not at all, the last two kept, without pickle.

A checkpoint is an `.npz` of arrays and a `.json` beside it, the manifest, which holds the file's
sha256 and the counters. The manifest is written last, so a checkpoint without one was never
finished.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from game.system.files import write_atomically
from game.system.together import finish_quietly

KEEP = 2
ONLINE = "online/"  # prefix of the names of the online network's arrays

# The state's key for the gradient samples of state pretraining, as version 0.1.0 called it.
PRETRAINED = "rehearsed"

_OWN = re.compile(r"checkpoint-\d{12}\.(npz|json)(\.\d+\.tmp)?")
_log = logging.getLogger(__name__)


class DamagedError(ValueError):
    """Checkpoints were saved, but all of them are damaged; the message says so."""


def save(
    folder: Path, samples: int, arrays: Mapping[str, NDArray[Any]], state: dict[str, Any]
) -> None:
    """Write the checkpoint of a run after `samples` of all kinds; keep it and the one before.

    All other checkpoints are deleted: older ones, later ones (which were damaged and skipped, else
    the run would not be before them), and the remains of an interrupted save. Files with other
    names are left alone.
    """
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    data = buffer.getvalue()
    stem = f"checkpoint-{samples:012d}"
    manifest = {"sha256": hashlib.sha256(data).hexdigest(), "samples": samples, "state": state}
    write_atomically(folder / f"{stem}.npz", data)
    write_atomically(folder / f"{stem}.json", json.dumps(manifest).encode())
    kept = [path.stem for path in _manifests(folder) if path.stem <= stem][:KEEP]
    for path in folder.glob("checkpoint-*"):
        if not _OWN.fullmatch(path.name):  # a copy that a person keeps under another name
            continue
        if path.name.partition(".")[0] not in kept or path.suffix == ".tmp":
            path.unlink(missing_ok=True)


def load(folder: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]] | None:
    """Return arrays and state of the newest intact checkpoint, or None if none was ever saved.

    A damaged checkpoint is skipped with a warning. Raises DamagedError if all are damaged.
    """
    manifests = _manifests(folder)
    for path in manifests:
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            data = path.with_suffix(".npz").read_bytes()
            if hashlib.sha256(data).hexdigest() != manifest["sha256"]:
                raise ValueError("its sha256 differs from the one in its manifest")
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                return {name: file[name] for name in file.files}, manifest["state"]
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            _log.warning("checkpoint %s is damaged and skipped: %s", path.stem, error)
    if manifests:
        raise DamagedError(f"every checkpoint in {folder} is damaged")
    return None


def weights_file(arrays: Mapping[str, NDArray[Any]], state: dict[str, Any]) -> bytes:
    """Return a file of the online weights of `arrays` in float16, and of `state`.

    That is enough to start a new run.
    """
    small = {n: a.astype(np.float16) for n, a in arrays.items() if n.startswith(ONLINE)}
    buffer = io.BytesIO()
    text = np.frombuffer(json.dumps(state).encode(), np.uint8)
    np.savez(buffer, **small, state=text)  # type: ignore[arg-type]
    return buffer.getvalue()


def load_weights(file: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return what `weights_file` holds, in float32; raise OSError or ValueError for other files."""
    finish_quietly(file)
    try:
        with np.load(file, allow_pickle=False) as data:
            state = json.loads(data["state"].tobytes())
            arrays = {n: data[n].astype(np.float32) for n in data.files if n != "state"}
    except (KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{file} holds no weights") from error
    return arrays, state


def _manifests(folder: Path) -> list[Path]:
    found = folder.glob("checkpoint-*.json")
    return sorted((path for path in found if _OWN.fullmatch(path.name)), reverse=True)
