"""What a person can set, and where things are kept."""

from __future__ import annotations

import contextlib
import logging
import sys
import tempfile
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs

from game.cabinet import FRAMES_PER_SECOND, Rules

APP_NAME = "BigChamp"
SMALLEST_SIZE = (640, 480)
LARGEST_SIZE = (7680, 4320)
RACE_MINUTES = 2.0
PORTABLE = "portable.txt"  # a file of this name beside the executable keeps everything there
PORTABLE_DATA = "data"
LOG, LAUNCHER_LOG = "arcade.log", "launcher.log"
LOG_BYTES, LOG_FILES = 1_000_000, 3  # of each file, and how many old ones are kept


class SettingsError(ValueError):
    """A setting that cannot be used; the message names what can."""


@dataclass(frozen=True)
class Options:
    """The command line of the window. Raises SettingsError for a size out of range."""

    rules: Rules = field(default_factory=Rules)
    seed: int | None = None  # None draws a new one for each match
    size: tuple[int, int] = (1280, 720)
    fullscreen: bool = False
    mute: bool = False
    kiosk: bool = False  # full screen, and visitors cannot leave
    attract_sound: bool = False  # whether the demo between visitors is heard
    minutes: float = RACE_MINUTES  # of a race; 0 plays to the end
    agent: Path | None = None  # the network's file, None for the bundled one
    frames: int | None = None  # close after so many frames, for measurements

    def __post_init__(self) -> None:
        width, height = self.size
        inside = (
            SMALLEST_SIZE[0] <= width <= LARGEST_SIZE[0]
            and SMALLEST_SIZE[1] <= height <= LARGEST_SIZE[1]
        )
        if not inside:
            raise SettingsError(
                f"a window of {width}x{height} is not possible: choose from "
                f"{SMALLEST_SIZE[0]}x{SMALLEST_SIZE[1]} to {LARGEST_SIZE[0]}x{LARGEST_SIZE[1]}"
            )
        if not 0 <= self.minutes <= 30:
            raise SettingsError("a race lasts from 0 (to the end) to 30 minutes")
        if self.seed is not None and not 0 <= self.seed < 2**31:
            raise SettingsError("a seed is a number from 0 to 2147483647")

    @property
    def race_frames(self) -> int | None:
        """The time limit of a race in frames, None for none."""
        return round(self.minutes * 60 * FRAMES_PER_SECOND) or None


def log_to_file(folder: Path, name: str = LOG) -> None:
    """Add what is logged to a file in `folder`, a few megabytes at most; do without if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / name, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
        )
    except OSError as error:
        logging.getLogger(__name__).warning("nothing is logged in %s: %s", folder, error.strerror)
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)


def root() -> Path:
    """Return the folder that holds `assets` and `models`, also in the packaged executable."""
    return Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[1]))


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
