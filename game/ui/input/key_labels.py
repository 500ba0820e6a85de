"""What is printed on a key, and where a key lies: the keyboard layout in use.

Games are played by place: A and D lie beside each other on every keyboard, though a Russian one
prints other letters there and a French one has its A elsewhere. So keys are known by their
scancode, and the screen shows what the layout prints on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import pygame

# Letters and signs that some layout prints: Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic,
# Devanagari, Thai, Georgian.
_PRINTED = (
    *range(0x21, 0x7F),
    *range(0xA1, 0x250),
    *range(0x370, 0x600),
    *range(0x621, 0x6D4),
    *range(0x904, 0x950),
    *range(0xE01, 0xE5C),
    *range(0x10D0, 0x1100),
)
_LATIN_ENDS, _NO_LETTERS = 0x250, 1 << 30  # code points; from there on codes are of other keys
_SCANCODES = 512  # SDL_NUM_SCANCODES


def scancode_of(keycode: int) -> int:
    """Return where the key `keycode` lies in this layout, 0 if it has none."""
    return _places()[keycode]


def keycode_of(scancode: int) -> int:
    """Return which key of this layout lies at `scancode`, 0 if that is not known."""
    return _layout().get(scancode, 0)


def printed_on(scancode: int) -> str:
    """Return what this layout prints on the key at `scancode`, empty for a key without a sign.

    Keyboards with letters of another script print Latin ones beside them, which our fonts have.
    """
    keycode = keycode_of(scancode)
    is_letter = pygame.KSCAN_A <= scancode <= pygame.KSCAN_Z
    if is_letter and _LATIN_ENDS <= keycode < _NO_LETTERS:
        keycode = pygame.K_a + scancode - pygame.KSCAN_A
    return "" if keycode == 0 else pygame.key.name(keycode)


def forget_layout() -> None:
    """Look the layout up anew: the person has chosen another."""
    _layout.cache_clear()


@cache
def _layout() -> dict[int, int]:
    """Every key with a name, by its place; a letter before any other sign on the same key."""
    named = [getattr(pygame, name) for name in dir(pygame) if name.startswith("K_")]
    places = _places()
    found: dict[int, int] = {}
    for keycode in (*named, *_PRINTED):
        place = places[keycode]
        if place:
            found.setdefault(place, keycode)
    return found


def _places() -> Sequence[int]:
    """Return what answers with the place of a key code.

    pygame has no name for SDL_GetScancodeFromKey, but asks it for each item of what
    `get_pressed` returns: where that holds the scancodes themselves, an item is one.
    """
    return cast(Sequence[int], pygame.key.ScancodeWrapper(cast(Any, range(_SCANCODES))))
