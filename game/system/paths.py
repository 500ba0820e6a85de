"""Paths: the program, the files bundled with it, and the user's data folder."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path

import platformdirs

APP_NAME = "BigChamp"
PORTABLE = "portable.txt"  # with a file of this name beside the executable, all data stays there
PORTABLE_DATA = "data"


def root() -> Path:
    """Return the folder that holds `assets` and `models`, in a checkout or the packaged app."""
    return Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[2]))


def is_installed() -> bool:
    """Whether this is a copy that pip installed, and not the source (see setup.py)."""
    return not getattr(sys, "frozen", False) and not (root() / "pyproject.toml").exists()


def program() -> list[str]:
    """Return the command line that starts this program; append a subcommand to it."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, str(root() / "main.py")]


def asset(name: str) -> Path:
    """Return the path of a file in `assets`."""
    return root() / "assets" / name


def default_model() -> Path:
    """Return the path of the bundled agent."""
    return root() / "models" / "dueling_ddqn.tflite"


def is_bundled(model: Path) -> bool:
    """Whether the file `model` is bundled with the arcade."""
    return model.resolve().is_relative_to(default_model().parent.resolve())


def data_folder() -> Path:
    """Return the folder for tapes, scores and settings; it need not exist yet.

    It is the user's own, or `data` beside an executable that has the file portable.txt there.
    """
    beside = beside_executable()
    if beside is not None and (beside / PORTABLE).exists():
        return beside / PORTABLE_DATA
    # Without HOME and an account there is no home folder; platformdirs then returns "~/...".
    with contextlib.suppress(RuntimeError):
        folder = platformdirs.user_data_path(APP_NAME, appauthor=False)
        if folder.is_absolute():
            return folder
    return Path(tempfile.gettempdir()) / APP_NAME


def beside_executable() -> Path | None:
    """Return the folder of the packaged executable, on macOS that of its bundle."""
    if not getattr(sys, "frozen", False):
        return None
    folder = Path(sys.executable).resolve().parent
    return folder.parents[2] if folder.name == "MacOS" else folder
