"""SDL itself, the library that pygame loaded: its virtual gamepads, for several test files."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import pygame
import pytest

PAD, UNKNOWN = 1, 0  # SDL_JOYSTICK_TYPE_GAMECONTROLLER, and _UNKNOWN, which has no mapping
AXES, BUTTONS, HATS = 6, 15, 1
# A virtual gamepad's raw buttons, as SDL's own mapping of it names them.
A, B, X, Y, BACK, _GUIDE, START, L3, _R3, L1, R1, UP, DOWN, LEFT, RIGHT = range(BUTTONS)


class Guid(ctypes.Structure):
    """What SDL tells kinds of pads apart by."""

    _fields_ = (("data", ctypes.c_uint8 * 16),)


def library() -> ctypes.CDLL:
    """The SDL that is in this process already; skips the test where it cannot be found."""
    folder = Path(pygame.__file__).parent
    places = [folder, folder / ".dylibs", folder.parent / "pygame_ce.libs"]
    if sys.platform == "linux":
        lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
        found = [Path(line.split()[-1]) for line in lines if "/libSDL2-2" in line]
    else:
        names = ("SDL2.dll", "libSDL2-2*")
        found = [path for place in places for name in names for path in place.glob(name)]
    if not found:
        pytest.skip("SDL's library is not found")
    sdl = ctypes.CDLL(str(found[0]))
    if not hasattr(sdl, "SDL_JoystickAttachVirtual"):
        pytest.skip("this SDL has no virtual gamepads")
    sdl.SDL_JoystickGetGUIDFromString.restype = Guid
    sdl.SDL_GameControllerMappingForGUID.argtypes = [Guid]
    sdl.SDL_GameControllerMappingForGUID.restype = ctypes.c_char_p
    sdl.SDL_JoystickFromInstanceID.restype = ctypes.c_void_p
    sdl.SDL_JoystickSetVirtualButton.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_uint8]
    sdl.SDL_JoystickSetVirtualAxis.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int16]
    return sdl


class VirtualPad:
    """A gamepad that SDL believes in. What it does arrives as events with the next poll."""

    def __init__(self, kind: int = PAD) -> None:
        """Plug it in; it works once the program has opened it, as it does with every pad."""
        self._sdl = library()
        index = self._sdl.SDL_JoystickAttachVirtual(kind, AXES, BUTTONS, HATS)
        assert index >= 0, "SDL refused a virtual gamepad"
        self._instance = self._sdl.SDL_JoystickGetDeviceInstanceID(index)

    def button(self, number: int, down: bool = True) -> None:
        """Press or release a button."""
        assert self._sdl.SDL_JoystickSetVirtualButton(self._joystick, number, down) == 0

    def axis(self, number: int, value: float) -> None:
        """Move an axis to `value`, -1 to 1."""
        assert self._sdl.SDL_JoystickSetVirtualAxis(self._joystick, number, int(value * 32767)) == 0

    def unplug(self) -> None:
        """Pull the plug; nothing if that is done already."""
        count = self._sdl.SDL_NumJoysticks()
        for index in range(count):
            if self._sdl.SDL_JoystickGetDeviceInstanceID(index) == self._instance:
                self._sdl.SDL_JoystickDetachVirtual(index)
                return

    @property
    def _joystick(self) -> int:
        found = self._sdl.SDL_JoystickFromInstanceID(self._instance)
        assert found, "nobody has opened the pad"
        return int(found)
