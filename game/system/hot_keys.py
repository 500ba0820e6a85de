"""Windows' own hot keys for accessibility, switched off while a kiosk runs.

Left shift fires. Pressed five times, it makes Windows ask about Sticky Keys and take the keyboard,
and a held right shift makes it ask about Filter Keys. Who uses these features keeps them.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

# How SystemParametersInfo reads and writes each feature, and the 32-bit numbers that describe it:
# the size of the description, flags, and what else there is.
STICKY_KEYS, FILTER_KEYS, TOGGLE_KEYS = (0x3A, 0x3B, 2), (0x32, 0x33, 6), (0x34, 0x35, 2)
IN_USE, HOT_KEY, ASKS = 0x1, 0x4, 0x8  # flags of all three


@contextlib.contextmanager
def hot_keys_off() -> Iterator[None]:
    """Inside, keys that are held or pressed often open nothing; other systems have no such keys."""
    before = {feature: _read(feature) for feature in (STICKY_KEYS, FILTER_KEYS, TOGGLE_KEYS)}
    try:
        for feature, numbers in before.items():
            if numbers and not numbers[1] & IN_USE:
                quiet = [numbers[0], numbers[1] & ~HOT_KEY & ~ASKS, *numbers[2:]]
                _write(feature, quiet)
        yield
    finally:
        for feature, numbers in before.items():
            _write(feature, numbers)


def _read(feature: tuple[int, int, int]) -> list[int]:
    """Return the feature's numbers, none where Windows does not say."""
    if sys.platform != "win32":
        return []
    import ctypes

    reads, _, count = feature
    numbers = (ctypes.c_uint32 * count)(4 * count)
    known = ctypes.windll.user32.SystemParametersInfoW(reads, 4 * count, numbers, 0)
    return list(numbers) if known else []


def _write(feature: tuple[int, int, int], numbers: list[int]) -> None:
    """Change the feature until somebody logs off."""
    if sys.platform != "win32" or not numbers:
        return
    import ctypes

    _, writes, count = feature
    ctypes.windll.user32.SystemParametersInfoW(
        writes, 4 * count, (ctypes.c_uint32 * count)(*numbers), 0
    )
