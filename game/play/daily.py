"""The seed of the day: one game for each calendar day, the same on every machine.

Nothing is asked of a network and nothing is drawn: the seed follows from the date alone.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date

_STORED = re.compile(r"day (\d{4}-\d{2}-\d{2})")


def day_seed(day: date) -> int:
    """Return the seed of `day`, from 0 to 2**31 - 1.

    It is the first four bytes of the SHA-256 of the ASCII text "BigChamp YYYY-MM-DD", read as a
    number whose first byte counts most, without its highest bit.
    """
    digest = hashlib.sha256(f"BigChamp {day.isoformat()}".encode("ascii")).digest()
    return int.from_bytes(digest[:4], "big") & 0x7FFF_FFFF


def stored(day: date) -> str:
    """Return the text by which boards tell the games of `day` from others; it never changes."""
    return f"day {day.isoformat()}"


def day_of(text: str) -> date | None:
    """Return the day that `stored` made `text` of, None for any other text."""
    found = _STORED.fullmatch(text)
    try:
        return None if found is None else date.fromisoformat(found[1])
    except ValueError:  # a 31st of June, from a damaged file
        return None
