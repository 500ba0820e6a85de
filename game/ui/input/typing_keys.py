"""What a key types into a page where text is entered."""

from __future__ import annotations

from collections.abc import Container

import pygame

from game.ui.widgets.control import ERASE

_CHORDS = pygame.KMOD_CTRL | pygame.KMOD_ALT | pygame.KMOD_META


def typed(event: pygame.Event, takes: Container[str]) -> str:
    """Return the character of `takes` that a pressed key types, ERASE, or an empty text.

    Letters come in capitals. Remote desktops and tests send a key without what it types.
    """
    if not takes:
        return ""
    if event.key == pygame.K_BACKSPACE:
        return ERASE
    text = event.dict.get("unicode") or _plain(event)
    # AltGr is control and Alt to Windows, and types what stands in `unicode`.
    if event.dict.get("mod", 0) & _CHORDS and not event.dict.get("unicode"):
        return ""
    capital = text.upper()
    return capital if len(capital) == 1 and capital in takes else ""


def _plain(event: pygame.Event) -> str:
    """Return the sign of a key that has one; that of other keys is of no use."""
    return chr(event.key) if 0x20 <= event.key < 0x7F else ""
