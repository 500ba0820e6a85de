"""Keyboard and gamepads: events become menu commands, held buttons become one action."""

from __future__ import annotations

import os
from enum import Enum, auto

import pygame
from pygame._sdl2 import controller

from game.cabinet import Action
from game.settings import asset
from game.ui.words import say

MAPPINGS_ENV = "SDL_GAMECONTROLLERCONFIG_FILE"  # where SDL looks for more pads, once
AXIS_THRESHOLD = 0.45  # of a stick's way
_AXIS_FULL = 32768


class Command(Enum):
    """What a person wants of a scene, other than playing."""

    UP = auto()
    DOWN = auto()
    LEFT = auto()
    RIGHT = auto()
    CONFIRM = auto()
    BACK = auto()
    PAUSE = auto()
    OVERLAY = auto()
    MUTE = auto()
    FULLSCREEN = auto()
    OTHER = auto()  # somebody is there, and wants nothing in particular


class Button(Enum):
    """What a person holds down to play."""

    LEFT = auto()
    RIGHT = auto()
    FIRE = auto()


# Two hands: arrows and space. One hand, either: A, D and W or left shift; arrows and up.
_KEY_BUTTONS = {
    pygame.K_LEFT: Button.LEFT,
    pygame.K_a: Button.LEFT,
    pygame.K_RIGHT: Button.RIGHT,
    pygame.K_d: Button.RIGHT,
    pygame.K_SPACE: Button.FIRE,
    pygame.K_UP: Button.FIRE,
    pygame.K_w: Button.FIRE,
    pygame.K_LSHIFT: Button.FIRE,
    pygame.K_RCTRL: Button.FIRE,
}

_KEY_COMMANDS = {
    pygame.K_UP: Command.UP,
    pygame.K_w: Command.UP,
    pygame.K_DOWN: Command.DOWN,
    pygame.K_s: Command.DOWN,
    pygame.K_LEFT: Command.LEFT,
    pygame.K_a: Command.LEFT,
    pygame.K_RIGHT: Command.RIGHT,
    pygame.K_d: Command.RIGHT,
    pygame.K_RETURN: Command.CONFIRM,
    pygame.K_KP_ENTER: Command.CONFIRM,
    pygame.K_SPACE: Command.CONFIRM,
    pygame.K_ESCAPE: Command.BACK,
    pygame.K_p: Command.PAUSE,
    pygame.K_PAUSE: Command.PAUSE,
    pygame.K_TAB: Command.OVERLAY,
    pygame.K_m: Command.MUTE,
    pygame.K_F11: Command.FULLSCREEN,
}

_PAD_BUTTONS = {
    pygame.CONTROLLER_BUTTON_DPAD_LEFT: Button.LEFT,
    pygame.CONTROLLER_BUTTON_DPAD_RIGHT: Button.RIGHT,
    pygame.CONTROLLER_BUTTON_A: Button.FIRE,
    pygame.CONTROLLER_BUTTON_B: Button.FIRE,
    pygame.CONTROLLER_BUTTON_X: Button.FIRE,
    pygame.CONTROLLER_BUTTON_Y: Button.FIRE,
    pygame.CONTROLLER_BUTTON_LEFTSHOULDER: Button.FIRE,
    pygame.CONTROLLER_BUTTON_RIGHTSHOULDER: Button.FIRE,
}

_PAD_COMMANDS = {
    pygame.CONTROLLER_BUTTON_DPAD_UP: Command.UP,
    pygame.CONTROLLER_BUTTON_DPAD_DOWN: Command.DOWN,
    pygame.CONTROLLER_BUTTON_DPAD_LEFT: Command.LEFT,
    pygame.CONTROLLER_BUTTON_DPAD_RIGHT: Command.RIGHT,
    pygame.CONTROLLER_BUTTON_A: Command.CONFIRM,
    pygame.CONTROLLER_BUTTON_B: Command.BACK,
    pygame.CONTROLLER_BUTTON_START: Command.PAUSE,
    pygame.CONTROLLER_BUTTON_BACK: Command.OVERLAY,
}

# A pad that SDL has no mapping for: its first four buttons fire, the start button is
# most often the eighth or tenth.
_JOYSTICK_FIRE = range(4)
_JOYSTICK_START = (7, 9)

_PAD_CHORD = (
    pygame.CONTROLLER_BUTTON_LEFTSHOULDER,
    pygame.CONTROLLER_BUTTON_RIGHTSHOULDER,
    pygame.CONTROLLER_BUTTON_BACK,
)

_AXIS_COMMANDS = {
    (0, -1): Command.LEFT,
    (0, 1): Command.RIGHT,
    (1, -1): Command.UP,
    (1, 1): Command.DOWN,
}

Source = tuple[object, ...]  # where a press comes from: ("key", code), (pad, "button", number)


class Controls:
    """What is held down now, on the keyboard and on every pad."""

    def __init__(self) -> None:
        """Open the pads that are there; a system without any is fine."""
        self._held: dict[Source, Button] = {}
        self._pad_down: set[tuple[int, int]] = set()  # pad and button, of mapped pads
        self._tapped: set[Button] = set()
        self._axes: dict[tuple[int, int], int] = {}  # (pad, axis) to -1, 0 or 1
        self._pads: dict[int, pygame.joystick.JoystickType | controller.Controller] = {}
        self.pad_lost: str | None = None  # the name of a pad that went away, until it is read
        os.environ.setdefault(MAPPINGS_ENV, str(asset("controllers/gamecontrollerdb.txt")))
        pygame.joystick.init()
        controller.init()

    def take_action(self) -> Action:
        """Return the action for the next frame: what is held, and what was tapped since."""
        down = set(self._held.values()) | self._tapped
        self._tapped.clear()
        direction = (Button.RIGHT in down) - (Button.LEFT in down)
        return Action.of(direction, Button.FIRE in down)

    @property
    def chord(self) -> bool:
        """Whether what only an operator holds is held: left, right and fire, or on a pad both
        shoulder buttons and the left small one."""
        keys = {button for source, button in self._held.items() if source[0] == "key"}
        if keys >= set(Button):
            return True
        pads = {source[0] for source in self._pad_down}
        return any({(pad, number) for number in _PAD_CHORD} <= self._pad_down for pad in pads)

    def release_all(self) -> None:
        """Forget what is held: the window cannot see a release while it has no focus."""
        self._held.clear()
        self._pad_down.clear()
        self._tapped.clear()
        self._axes.clear()

    def take_lost_pad(self) -> str | None:
        """Return the name of a pad that was unplugged since the last call."""
        name, self.pad_lost = self.pad_lost, None
        return name

    def handle(self, event: pygame.Event) -> Command | None:
        """Take in one event; return the command that it means, if any."""
        if event.type == pygame.KEYDOWN:
            return self._key_down(event)
        if event.type == pygame.KEYUP:
            self._held.pop(("key", event.key), None)
        elif event.type == pygame.MOUSEBUTTONDOWN:
            return Command.OTHER
        elif event.type == pygame.WINDOWFOCUSLOST:
            self.release_all()
        elif event.type == pygame.JOYDEVICEADDED:
            self._open(event.device_index)
        elif event.type == pygame.JOYDEVICEREMOVED:
            self._close(event.instance_id)
        elif event.type in (pygame.CONTROLLERBUTTONDOWN, pygame.CONTROLLERBUTTONUP):
            return self._pad_button(event)
        elif event.type == pygame.CONTROLLERAXISMOTION:
            return self._axis(event.instance_id, event.axis, event.value / _AXIS_FULL)
        elif event.type in (
            pygame.JOYBUTTONDOWN,
            pygame.JOYBUTTONUP,
            pygame.JOYAXISMOTION,
            pygame.JOYHATMOTION,
        ):
            return self._joystick(event)
        return None

    def _press(self, source: Source, button: Button) -> None:
        self._held[source] = button
        self._tapped.add(button)

    def _key_down(self, event: pygame.Event) -> Command | None:
        if event.key == pygame.K_RETURN and event.mod & pygame.KMOD_ALT:
            return Command.FULLSCREEN
        button = _KEY_BUTTONS.get(event.key)
        if button is not None:
            self._press(("key", event.key), button)
        return _KEY_COMMANDS.get(event.key, Command.OTHER)

    def _open(self, index: int) -> None:
        if controller.is_controller(index):
            pad = controller.Controller(index)
            self._pads[pad.as_joystick().get_instance_id()] = pad
        else:
            joystick = pygame.joystick.Joystick(index)
            self._pads[joystick.get_instance_id()] = joystick

    def _close(self, pad: int) -> None:
        gone = self._pads.pop(pad, None)
        self._held = {s: b for s, b in self._held.items() if s[0] != pad}
        self._pad_down = {down for down in self._pad_down if down[0] != pad}
        self._axes = {key: value for key, value in self._axes.items() if key[0] != pad}
        if gone is not None:
            joystick = gone.as_joystick() if isinstance(gone, controller.Controller) else gone
            self.pad_lost = joystick.get_name() or say("The gamepad")

    def _pad_button(self, event: pygame.Event) -> Command | None:
        source = (event.instance_id, "button", event.button)
        if event.type == pygame.CONTROLLERBUTTONUP:
            self._held.pop(source, None)
            self._pad_down.discard((event.instance_id, event.button))
            return None
        self._pad_down.add((event.instance_id, event.button))
        if event.button in _PAD_BUTTONS:
            self._press(source, _PAD_BUTTONS[event.button])
        return _PAD_COMMANDS.get(event.button, Command.OTHER)

    def _axis(self, pad: int, axis: int, value: float) -> Command | None:
        """Turn a stick into a held direction, and into a command when it arrives there."""
        if axis not in (0, 1):
            return None
        way = (value > AXIS_THRESHOLD) - (value < -AXIS_THRESHOLD)
        if self._axes.get((pad, axis), 0) == way:
            return None
        self._axes[pad, axis] = way
        source = (pad, "axis", axis)
        self._held.pop(source, None)
        if way and axis == 0:
            self._press(source, Button.RIGHT if way > 0 else Button.LEFT)
        return _AXIS_COMMANDS.get((axis, way))

    def _joystick(self, event: pygame.Event) -> Command | None:
        """Take an event of a pad without a mapping; a mapped pad sends its own kind too."""
        pad = event.instance_id
        if isinstance(self._pads.get(pad), controller.Controller):
            return None
        if event.type == pygame.JOYAXISMOTION:
            return self._axis(pad, event.axis, event.value)
        if event.type == pygame.JOYHATMOTION:
            across = self._axis(pad, 0, event.value[0])
            return self._axis(pad, 1, -event.value[1]) or across
        source = (pad, "button", event.button)
        if event.type == pygame.JOYBUTTONUP:
            self._held.pop(source, None)
            return None
        if event.button in _JOYSTICK_START:
            return Command.PAUSE
        if event.button in _JOYSTICK_FIRE:
            self._press(source, Button.FIRE)
            return Command.CONFIRM if event.button == 0 else Command.OTHER
        return Command.OTHER
