"""How much of the desktop a window may take: what is left beside the system's own bars."""

from __future__ import annotations

import ctypes
import logging
import sys
from pathlib import Path

import pygame

from game.play.options import DEFAULT_SIZE, SMALLEST_SIZE

# What a window manager puts around a window, in pixels: its title above, its edges beside.
# Nobody says it before there is a window; these are larger than those of the usual desktops.
DECORATION = (16, 56)

_log = logging.getLogger(__name__)


def usual_size(desktop: tuple[int, int]) -> tuple[int, int]:
    """Return the size of a window for which nobody asked for one.

    It has room on a `desktop` of so many pixels, with its own title; no window is smaller than
    scenes can be.
    """
    width, height = (
        max(least, min(usual, there - edge))
        for least, usual, there, edge in zip(
            SMALLEST_SIZE, DEFAULT_SIZE, desktop, DECORATION, strict=True
        )
    )
    return width, height


def usable_size() -> tuple[int, int]:
    """Return how many pixels of the first screen windows may take, bars and docks left out."""
    bounds = _usable_bounds()
    if bounds is not None:
        return bounds
    sizes = pygame.display.get_desktop_sizes()
    return sizes[0] if sizes else DEFAULT_SIZE


class _Rect(ctypes.Structure):
    """SDL_Rect."""

    _fields_ = tuple((name, ctypes.c_int) for name in ("x", "y", "w", "h"))


def _usable_bounds() -> tuple[int, int] | None:
    """Ask SDL_GetDisplayUsableBounds, for which pygame has no name; None if that is not to be."""
    rect = _Rect()
    try:
        library = ctypes.CDLL(_library())
        if library.SDL_GetDisplayUsableBounds(0, ctypes.byref(rect)) != 0:
            return None
    except (OSError, AttributeError) as error:
        _log.info("the desktop's bars are not known: %s", error)
        return None
    return (rect.w, rect.h) if rect.w > 0 and rect.h > 0 else None


def _library() -> str:
    """Return the path of the SDL that pygame has loaded."""
    if sys.platform == "win32":
        return "SDL2.dll"
    if sys.platform == "darwin":
        folder = Path(pygame.__file__).parent
        return str(next(folder.rglob("libSDL2-2*"), "libSDL2-2.0.0.dylib"))
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        if "/libSDL2-2" in line:
            return line.split(maxsplit=5)[-1]
    raise OSError("no SDL is loaded")
