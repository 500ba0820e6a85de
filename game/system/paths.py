"""Where things are: the program, what came along with it, and the user's data folder."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path

import platformdirs

APP_NAME = "BigChamp"
PORTABLE = "portable.txt"  # a file of this name beside the executable keeps everything there
PORTABLE_DATA = "data"


def root() -> Path:
    """Return the folder that holds `assets` and `models`, also in the packaged executable."""
    return Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[2]))


def is_installed() -> bool:
    """Whether this is a copy that pip installed, and not the source (see setup.py)."""
    return not getattr(sys, "frozen", False) and not (root() / "pyproject.toml").exists()


def program() -> list[str]:
    """Return the command that runs this arcade; what it shall do goes behind."""
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
    """Whether the file `model` is one that came along with the arcade."""
    return model.resolve().is_relative_to(default_model().parent.resolve())


def data_folder() -> Path:
    """Return the folder for tapes, scores and settings; it need not exist yet.

    It is the user's own, or `data` beside an executable that has the file portable.txt there.
    """
    beside = _beside_executable()
    if beside is not None and (beside / PORTABLE).exists():
        return beside / PORTABLE_DATA
    # Without HOME and without an account nobody has a home: older versions then answer "~/...".
    with contextlib.suppress(RuntimeError):
        folder = platformdirs.user_data_path(APP_NAME, appauthor=False)
        if folder.is_absolute():
            return folder
    return Path(tempfile.gettempdir()) / APP_NAME


def _beside_executable() -> Path | None:
    """Return where the packaged executable lies, or the bundle that it is in on macOS."""
    if not getattr(sys, "frozen", False):
        return None
    folder = Path(sys.executable).resolve().parent
    return folder.parents[2] if folder.name == "MacOS" else folder
