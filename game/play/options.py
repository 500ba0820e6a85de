"""The options of the command line for the window."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from game.emulation.cabinet import FRAMES_PER_SECOND, Rules

SMALLEST_SIZE = (640, 480)
LARGEST_SIZE = (7680, 4320)
DEFAULT_SIZE = (1280, 720)
RACE_MINUTES = 2.0


class SettingsError(ValueError):
    """An invalid option; the message names the valid range."""


@dataclass(frozen=True)
class Options:
    """The options for the window. Raises SettingsError for values out of range."""

    rules: Rules = field(default_factory=Rules)
    seed: int | None = None  # None draws a new seed for each match
    daily: bool = False  # whether matches have the seed of the day
    size: tuple[int, int] | None = None  # None for the usual one, less on a smaller desktop
    fullscreen: bool = False
    mute: bool = False
    kiosk: bool = False  # full screen, and visitors cannot leave
    attract_sound: bool = False  # whether the demo between visitors is heard
    minutes: float = RACE_MINUTES  # of a race; 0 means no time limit
    agent: Path | None = None  # the network's file, None for the bundled one
    audience: int | None = None  # the port where phones follow, None for none
    frames: int | None = None  # close after so many frames, for measurements

    def __post_init__(self) -> None:
        width, height = self.size or DEFAULT_SIZE
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
            raise SettingsError("a race lasts from 0 (no time limit) to 30 minutes")
        if self.seed is not None and not 0 <= self.seed < 2**31:
            raise SettingsError("a seed must be a number from 0 to 2147483647")

    @property
    def race_frames(self) -> int | None:
        """The time limit of a race in frames, None for none."""
        return round(self.minutes * 60 * FRAMES_PER_SECOND) or None
