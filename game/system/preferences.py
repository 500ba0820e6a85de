"""The settings of players and operators, kept in one small JSON file."""

from __future__ import annotations

import dataclasses
import json
import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from game.system.detail import AUTO, DETAILS

FILE = "preferences.json"
DAMAGED = "preferences-damaged.json"  # a copy of a file that could not be read in full
MOST_BYTES = 100_000  # about 700 are written
LONGEST_EVENT = 40  # characters of an event's name
LOUDEST = 10  # volumes are whole numbers from 0 to this
PIN_LENGTH = 4
TURNS = (1, 2, 5, 0)  # minutes of a race; 0 means no time limit
ENGLISH = "en"
LANGUAGES = (ENGLISH, "de", "fr", "es", "ja")
OFF, VISITOR, ENGINEER = LEVELS = ("off", "visitor", "engineer")
TEXT_SIZES = (100, 115, 130)  # percent
SHARP, CRT, SOFT = SCREENS = ("sharp", "crt", "soft")  # that show a cabinet's picture
PLAIN, BRIGHT, OUTLINED = SPRITES = ("plain", "bright", "outlined")  # in that picture
USES = ("left", "right", "fire", "pause")  # what a key or button can be assigned to
LONGEST_MONITOR = 200  # characters of its name
MOST_CODES = 24  # keys or buttons for one use, far more than are chosen
DEAD_ZONES = range(10, 91, 10)  # percent of a stick's travel
SPEEDS = range(50, 101, 10)  # percent of the console's speed
TIMES_OUT = (100, 200, 400, 50)  # percent of the usual idle time in menus

# What a visitor of a kiosk may change for one visit.
LOOKS = ("screen", "sprites", "focus", "text_size", "high_contrast")

# Settings that cycle through a few values.
_CHOICES: dict[str, tuple[Any, ...]] = {
    "turn_minutes": TURNS,
    "language": LANGUAGES,
    "overlay": LEVELS,
    "text_size": TEXT_SIZES,
    "detail": (AUTO, *DETAILS),
    "screen": SCREENS,
    "sprites": SPRITES,
    "time_out": TIMES_OUT,
}
# Settings that step up and down.
_STEPS = {"dead_zone": DEAD_ZONES, "speed": SPEEDS}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Preferences:
    """Sound, language, looks and controls, and what an operator allows at an event."""

    volume: int = LOUDEST  # master volume
    effects: int = 6  # volume of the menus' sounds, relative to the cartridge's
    muted: bool = False
    language: str = ENGLISH
    overlay: str = VISITOR  # how much of the network's reasoning is shown
    text_size: int = TEXT_SIZES[0]
    high_contrast: bool = False
    steady: bool = True  # nothing that the arcade draws blinks
    screen: str = SHARP  # that shows the game's picture
    sprites: str = PLAIN  # of that picture; the network always sees the console's own
    focus: bool = False  # whether a person's picture is large in a race, the network's small
    detail: str = AUTO  # how much is shown; at first as much as the machine has time for
    monitor: str = ""  # the name of the one to use, empty for the first
    # By use, own ones only: the scancodes of keys, and SDL's numbers of gamepads' buttons.
    key_lists: Mapping[str, Sequence[int]] = field(default_factory=dict)
    button_lists: Mapping[str, Sequence[int]] = field(default_factory=dict)
    # What versions wrote that knew one key for a use; it counts while the lists are empty.
    keys: Mapping[str, int] = field(default_factory=dict)  # SDL's key codes
    key_places: Mapping[str, int] = field(default_factory=dict)  # their scancodes, which count
    buttons: Mapping[str, int] = field(default_factory=dict)  # of gamepads
    dead_zone: int = 40
    ignored_pads: Mapping[str, bool] = field(default_factory=dict)  # by name; true: left out
    speech: bool = False  # whether menus are spoken, where the system has a voice
    daily: bool = False  # whether matches have the seed of the day
    # Used at home only: in a kiosk one visitor's choice must not stay for the next.
    auto_fire: bool = False  # whether the cannon fires automatically
    one_switch: bool = False  # whether it moves automatically, and menus do too
    speed: int = 100  # percent, in solo play
    rumble: bool = True  # whether pads shake
    # Used in a kiosk only.
    kiosk_rumble: bool = False
    attract_sound: bool = False  # whether the demo between visitors has sound
    turn_minutes: int = 2  # of a race
    allow_play: bool = True
    allow_challenge: bool = True
    allow_watch: bool = True
    rungs: Mapping[str, bool] = field(default_factory=dict)  # by name; false: not for visitors
    time_out: int = TIMES_OUT[0]  # percent, for all menus but the operator's
    pin: str = "2600"  # opens the operator's menu
    event_name: str = ""  # shown on the title

    def stepped(self, name: str, step: int) -> Preferences:
        """Return a copy with setting `name` moved by `step`: toggled, next choice, up or down."""
        value: Any = getattr(self, name)
        if isinstance(value, bool):
            value = not value
        elif name in _CHOICES:
            choices = _CHOICES[name]
            value = choices[(choices.index(value) + step) % len(choices)]
        elif name in _STEPS:
            steps = _STEPS[name]
            value = min(steps[-1], max(steps[0], value + step * steps.step))
        else:
            value = min(LOUDEST, max(0, value + step))
        return dataclasses.replace(self, **{name: value})

    @property
    def barred(self) -> set[str]:
        """The names of the opponents that visitors may not race."""
        return {name for name, allowed in self.rungs.items() if not allowed}

    def to_json(self) -> bytes:
        """Return the file's contents."""
        return (json.dumps(dataclasses.asdict(self), indent=1) + "\n").encode()


def load_preferences(folder: Path, language: str = ENGLISH) -> Preferences:
    """Read the file in `folder`; missing, damaged or out-of-range values get their defaults.

    The default of the language is `language`.
    """
    return _read(folder / FILE, language)[0]


def open_preferences(folder: Path, language: str = ENGLISH) -> tuple[Preferences, Path | None]:
    """Read the file likewise; if part of it is invalid, keep a copy and return its path too.

    The arcade overwrites the file with the next change of a setting.
    """
    preferences, understood = _read(folder / FILE, language)
    if understood:
        return preferences, None
    copy = folder / DAMAGED
    try:
        shutil.copyfile(folder / FILE, copy)
    except OSError as error:
        _log.warning("no copy of the damaged preferences in %s: %s", folder, error)
        return preferences, folder / FILE
    return preferences, copy


def _read(path: Path, language: str) -> tuple[Preferences, bool]:
    """Return the contents of file `path`, and whether all of it was valid."""
    first = Preferences(language=language)
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            raise ValueError("it is too large")
        known = json.loads(text.decode("utf-8-sig"))  # some editors write a byte order mark
        if not isinstance(known, dict):
            raise TypeError("it is not a table")
    except FileNotFoundError:
        return first, True
    except (OSError, ValueError, TypeError, RecursionError) as error:
        _log.warning("the preferences in %s cannot be read, defaults are used: %s", path, error)
        return first, False
    usual = dataclasses.asdict(first)
    good: dict[str, Any] = {
        name: known[name]
        for name in usual
        if type(known.get(name)) is type(usual[name]) and _in_range(name, known[name])
    }
    odd = sorted((known.keys() & usual.keys()) - good.keys())
    if odd:
        _log.warning("invalid values in %s, defaults are used for: %s", path, ", ".join(odd))
    return dataclasses.replace(first, **good), not odd


def _in_range(name: str, value: Any) -> bool:
    if name in ("volume", "effects"):
        return bool(0 <= value <= LOUDEST)
    if name in _CHOICES:
        return value in _CHOICES[name]
    if name in _STEPS:
        return value in _STEPS[name]
    if name in ("keys", "key_places", "buttons"):
        return all(use in USES and _is_code(code) for use, code in value.items())
    if name in ("key_lists", "button_lists"):
        return all(
            use in USES
            and type(codes) is list
            and 0 < len(codes) <= MOST_CODES
            and all(map(_is_code, codes))
            for use, codes in value.items()
        )
    if name in ("rungs", "ignored_pads"):
        return all(type(switched) is bool for switched in value.values())
    if name == "monitor":
        return len(value) <= LONGEST_MONITOR
    if name == "event_name":
        return len(value) <= LONGEST_EVENT and bool(value.isprintable())
    if name == "pin":
        return len(value) == PIN_LENGTH and bool(value.isascii() and value.isdigit())
    return True


def _is_code(value: Any) -> bool:
    """Whether `value` may be SDL's number of a key or button."""
    return type(value) is int and abs(value) < 2**31
