"""What a person set and finds again: one small JSON file."""

from __future__ import annotations

import dataclasses
import json
import logging
from dataclasses import dataclass
from pathlib import Path

FILE = "preferences.json"
LOUDEST = 10  # volumes are whole numbers from 0 to this

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Preferences:
    """Volumes and whether anything is heard."""

    volume: int = LOUDEST  # of everything
    effects: int = 6  # of the arcade's own sounds, beside the cartridge's
    muted: bool = False

    def to_json(self) -> bytes:
        """Return the file's contents."""
        return (json.dumps(dataclasses.asdict(self), indent=1) + "\n").encode()


def load_preferences(folder: Path) -> Preferences:
    """Read the file in `folder`; what is missing, damaged or out of range is as at first."""
    path = folder / FILE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Preferences()
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("the preferences in %s cannot be read and are as at first: %s", path, error)
        return Preferences()
    known = data if isinstance(data, dict) else {}
    plain = Preferences()

    def volume(name: str) -> int:
        value = known.get(name)
        fits = type(value) is int and 0 <= value <= LOUDEST
        return value if fits else getattr(plain, name)  # type: ignore[return-value]

    return Preferences(volume("volume"), volume("effects"), known.get("muted") is True)
