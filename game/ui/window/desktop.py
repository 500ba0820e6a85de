"""The monitors, and how much of one a window may take beside the system's own bars."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pygame

from game.play.options import DEFAULT_SIZE, SMALLEST_SIZE
from game.ui.widgets.translation import say

# What a window manager puts around a window, in pixels: its title above, its edges beside.
# Nobody says it before there is a window; these are larger than those of the usual desktops.
DECORATION = (16, 56)
SMALL_LINES = 720  # of a full screen with less to draw
SAME_SHAPE = 0.02  # how far two screens' ratios of width to height may be apart
MOST_WINDOWS = 100  # that one run opens, one after another

_PLACE = "SDL_VIDEO_WINDOW_POS"

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


def monitor_names() -> list[str]:
    """Return the name of each monitor, in SDL's order; of two alike the second is numbered.

    The display must be initialised.
    """
    names: list[str] = []
    for number in range(pygame.display.get_num_displays()):
        name = _monitor_name(number) or say("Monitor {number}", number=number + 1)
        alike = sum(known == name or known.startswith(f"{name} (") for known in names)
        names.append(f"{name} ({alike + 1})" if alike else name)
    return names


def chosen_monitor(number: int | None, name: str, names: Sequence[str]) -> int:
    """Return the index among `names` of the monitor to use, 0 where it is not plugged in.

    `number` is the command line's, from 1; without one, the settings' `name` counts.
    """
    if number is not None and number <= len(names):
        return number - 1
    if number is None and name in names:
        return names.index(name)
    if number is not None or name:
        wanted = name if number is None else number
        _log.warning("monitor %s is not there, the first is used; there are %s", wanted, names)
    return 0


def usable_size(monitor: int = 0) -> tuple[int, int]:
    """Return how many pixels of a monitor windows may take, bars and docks left out."""
    bounds = _bounds(monitor, "SDL_GetDisplayUsableBounds")
    if bounds is not None:
        return bounds.size
    sizes = pygame.display.get_desktop_sizes()
    return sizes[min(monitor, len(sizes) - 1)] if sizes else DEFAULT_SIZE


def small_mode(monitor: int = 0) -> tuple[int, int] | None:
    """Return the largest mode of a monitor that has its shape and at most 720 lines.

    None if there is none, or if the monitor has no more lines anyway.
    """
    own = pygame.display.get_desktop_sizes()[monitor]
    modes = pygame.display.list_modes(flags=pygame.FULLSCREEN, display=monitor)
    if min(own) <= SMALL_LINES or not isinstance(modes, list):  # any size is possible
        return None
    fitting = [
        (width, height)
        for width, height in modes
        if min(width, height) <= SMALL_LINES
        and min(width, height) >= min(SMALLEST_SIZE)
        and abs(width / height - own[0] / own[1]) < SAME_SHAPE
    ]
    return max(fitting, default=None)


@contextmanager
def placed_on(monitor: int) -> Iterator[None]:
    """Let a window that is opened meanwhile begin in the upper left corner of a monitor.

    With fewer pixels than the monitor, and without a window manager, SDL would centre it among the
    monitor's pixels, and show its upper left quarter in the lower right corner.
    """
    bounds, before = _bounds(monitor, "SDL_GetDisplayBounds"), os.environ.get(_PLACE)
    if bounds is not None:
        os.environ[_PLACE] = f"{bounds.x},{bounds.y}"
    try:
        yield
    finally:
        os.environ.pop(_PLACE, None)
        if before is not None:
            os.environ[_PLACE] = before


class _Rect(ctypes.Structure):
    """SDL_Rect."""

    _fields_ = tuple((name, ctypes.c_int) for name in ("x", "y", "w", "h"))


def _bounds(monitor: int, function: str) -> pygame.Rect | None:
    """Ask a function of SDL for which pygame has no name; None if that is not to be."""
    rect = _Rect()
    try:
        if getattr(ctypes.CDLL(_library()), function)(monitor, ctypes.byref(rect)) != 0:
            return None
    except (OSError, AttributeError) as error:
        _log.info("where the desktop and its bars are is not known: %s", error)
        return None
    found = pygame.Rect(rect.x, rect.y, rect.w, rect.h)
    return found if found else None


def _monitor_name(monitor: int) -> str | None:
    """Ask SDL_GetDisplayName, for which pygame has no name either."""
    try:
        ask = ctypes.CDLL(_library()).SDL_GetDisplayName
    except (OSError, AttributeError) as error:
        _log.info("the monitors' names are not known: %s", error)
        return None
    ask.restype = ctypes.c_char_p
    name = ask(monitor)
    return name.decode("utf-8", "replace").strip() if name else None


def raise_window() -> None:
    """Put the window above all others and give it the keyboard, as far as the system lets it."""
    try:
        library = ctypes.CDLL(_library())
        library.SDL_GetWindowFromID.restype = ctypes.c_void_p
        library.SDL_RaiseWindow.argtypes = [ctypes.c_void_p]
    except (OSError, AttributeError) as error:
        _log.info("the window cannot be raised: %s", error)
        return
    # pygame does not say its number; each window that replaced another has the next one.
    for number in range(1, MOST_WINDOWS):
        window = library.SDL_GetWindowFromID(number)
        if window:
            library.SDL_RaiseWindow(window)
            return


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
