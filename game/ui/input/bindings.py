"""Bindings of keys and gamepad buttons: the defaults, and a person's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pygame

from game.system.preferences import Preferences
from game.ui.input.key_labels import printed_on, scancode_of
from game.ui.widgets.command import Command
from game.ui.widgets.translation import say


class Use(StrEnum):
    """What a key or button does in a match; the values are stored in the preferences."""

    LEFT = "left"
    RIGHT = "right"
    FIRE = "fire"
    PAUSE = "pause"


PLAYS = frozenset({Use.LEFT, Use.RIGHT, Use.FIRE})  # what is held down to play

# By scancode, so that the keys are in the same place on every layout (see key_labels.py).
# Two hands: arrows and Space. Left or right hand alone: A, D and W or left Shift; arrows and up.
_KEYS = {
    pygame.KSCAN_LEFT: Use.LEFT,
    pygame.KSCAN_A: Use.LEFT,
    pygame.KSCAN_RIGHT: Use.RIGHT,
    pygame.KSCAN_D: Use.RIGHT,
    pygame.KSCAN_SPACE: Use.FIRE,
    pygame.KSCAN_UP: Use.FIRE,
    pygame.KSCAN_W: Use.FIRE,
    pygame.KSCAN_LSHIFT: Use.FIRE,
    pygame.KSCAN_RCTRL: Use.FIRE,
    pygame.KSCAN_P: Use.PAUSE,
    pygame.KSCAN_PAUSE: Use.PAUSE,
}


def unmapped(number: int) -> int:
    """Return the code, below zero, of a button of a pad without an SDL mapping."""
    return -1 - number


# The first four buttons of such a pad fire; start is most often the eighth or tenth.
_PAD_BUTTONS = {
    pygame.CONTROLLER_BUTTON_DPAD_LEFT: Use.LEFT,
    pygame.CONTROLLER_BUTTON_DPAD_RIGHT: Use.RIGHT,
    pygame.CONTROLLER_BUTTON_A: Use.FIRE,
    pygame.CONTROLLER_BUTTON_B: Use.FIRE,
    pygame.CONTROLLER_BUTTON_X: Use.FIRE,
    pygame.CONTROLLER_BUTTON_Y: Use.FIRE,
    pygame.CONTROLLER_BUTTON_LEFTSHOULDER: Use.FIRE,
    pygame.CONTROLLER_BUTTON_RIGHTSHOULDER: Use.FIRE,
    pygame.CONTROLLER_BUTTON_START: Use.PAUSE,
    **{unmapped(number): Use.FIRE for number in range(4)},
    unmapped(7): Use.PAUSE,
    unmapped(9): Use.PAUSE,
}
# These always work in menus, whatever a person binds, so that nobody is locked out.
_KEY_COMMANDS = {
    pygame.KSCAN_UP: Command.UP,
    pygame.KSCAN_W: Command.UP,
    pygame.KSCAN_DOWN: Command.DOWN,
    pygame.KSCAN_S: Command.DOWN,
    pygame.KSCAN_LEFT: Command.LEFT,
    pygame.KSCAN_A: Command.LEFT,
    pygame.KSCAN_RIGHT: Command.RIGHT,
    pygame.KSCAN_D: Command.RIGHT,
    pygame.KSCAN_RETURN: Command.CONFIRM,
    pygame.KSCAN_KP_ENTER: Command.CONFIRM,
    pygame.KSCAN_SPACE: Command.CONFIRM,
    pygame.KSCAN_ESCAPE: Command.BACK,
    pygame.KSCAN_TAB: Command.OVERLAY,
    pygame.KSCAN_T: Command.HAND_OVER,
    pygame.KSCAN_M: Command.MUTE,
    pygame.KSCAN_F11: Command.FULLSCREEN,
    pygame.KSCAN_F12: Command.PICTURE,
}

_PAD_COMMANDS = {
    pygame.CONTROLLER_BUTTON_DPAD_UP: Command.UP,
    pygame.CONTROLLER_BUTTON_DPAD_DOWN: Command.DOWN,
    pygame.CONTROLLER_BUTTON_DPAD_LEFT: Command.LEFT,
    pygame.CONTROLLER_BUTTON_DPAD_RIGHT: Command.RIGHT,
    pygame.CONTROLLER_BUTTON_A: Command.CONFIRM,
    pygame.CONTROLLER_BUTTON_B: Command.CANCEL,
    pygame.CONTROLLER_BUTTON_BACK: Command.OVERLAY,
    pygame.CONTROLLER_BUTTON_RIGHTSTICK: Command.HAND_OVER,
    unmapped(0): Command.CONFIRM,
}

_MENU = {
    Command.UP,
    Command.DOWN,
    Command.LEFT,
    Command.RIGHT,
    Command.CONFIRM,
    Command.CANCEL,
}

# What a person's own keys and buttons do in menus, unless they have another use there.
_OWN_COMMANDS = {
    Use.LEFT: Command.LEFT,
    Use.RIGHT: Command.RIGHT,
    Use.FIRE: Command.CONFIRM,
}

Own = Mapping[str, Sequence[int]]  # from the name of a use to all codes that a person has for it


@dataclass(frozen=True)
class Device:
    """The keyboard, or all gamepads alike.

    A code is SDL's number of a key's place (its scancode) or of a button.
    """

    standard: Mapping[int, Use]
    commands: Mapping[int, Command]  # what codes do in menus, whatever they are bound to in a match
    name: Callable[[int], str]  # the name of a code, for people

    def bound(self, own: Own) -> dict[int, Use]:
        """Return the use of each code; a person's own codes of a use stand for its default ones.

        If the own codes could not have been chosen on the screen, all of them are ignored.
        """
        chosen = [(code, Use(use)) for use, codes in own.items() for code in codes]
        kept = [(code, use) for code, use in self.standard.items() if use not in own]
        codes = [code for code, _ in (*kept, *chosen)]
        if len(set(codes)) < len(codes) or any(self._is_reserved(*pair) for pair in chosen):
            return dict(self.standard)
        return dict((*kept, *chosen))

    def codes(self, use: Use, own: Own) -> list[int]:
        """Return the codes bound to `use`, without the default ones of unmapped pads."""
        bound = self.bound(own)
        return [
            code
            for code, its in bound.items()
            if its is use and (code >= 0 or self.standard.get(code) is not use)
        ]

    def changed(self, use: Use, old: int | None, new: int | None, own: Own) -> Own:
        """Return `own` with `new` bound to `use` instead of `old`; None for none of the two."""
        bound = self.bound(own)
        codes = [code for code, its in bound.items() if its is use]
        place = codes.index(old) if old in codes else len(codes)
        codes[place : place + 1] = [] if new is None else [new]
        return {**own, use.value: codes}

    def first(self, use: Use, own: Own) -> str:
        """Return the name of the first code bound to `use`."""
        return self.name(self.codes(use, own)[0])

    def command(self, code: int, bound: Mapping[int, Use]) -> Command:
        """Return what a press of `code` means to a scene."""
        use = bound.get(code)
        if use is Use.PAUSE:
            return Command.PAUSE
        if use is None or code in self.standard:
            return self.commands.get(code, Command.OTHER)
        return self.commands.get(code, _OWN_COMMANDS[use])

    def refusal(self, use: Use, code: int, own: Own) -> str | None:
        """Return a message why `code` cannot be bound to `use`, None if it can."""
        name = self.name(code)
        if self._is_reserved(code, use):
            return say("{name} is reserved: press another one", name=name)
        taken = self.bound(own).get(code)
        if taken is None:
            return None
        return say(
            '{name} is already used for "{use}": press another one, or change that first',
            name=name,
            use=use_name(taken),
        )

    def _is_reserved(self, code: int, use: Use) -> bool:
        """Whether `code` has something else to do that must not be lost."""
        command = self.commands.get(code)
        return command is not None and (use is Use.PAUSE or command not in _MENU)


def own_keys(now: Preferences) -> Own:
    """Return a person's own keys, by their places."""
    return now.key_lists or _replacing(KEYBOARD, own_places(now.keys, now.key_places))


def own_buttons(now: Preferences) -> Own:
    """Return a person's own buttons of gamepads."""
    return now.button_lists or _replacing(GAMEPAD, now.buttons)


def _replacing(device: Device, chosen: Mapping[str, int]) -> Own:
    """Return all codes of each use of which a file holds the one that was `chosen`.

    It replaced the default ones of the same kind of pad in versions that knew no more than one.
    """
    return {
        use: [code, *(c for c, its in device.standard.items() if its == use and _apart(c, code))]
        for use, code in chosen.items()
    }


def _apart(code: int, other: int) -> bool:
    """Whether one is a button of a pad with a mapping, and the other one of a pad without."""
    return (code < 0) != (other < 0)


def own_places(keys: Mapping[str, int], places: Mapping[str, int]) -> dict[str, int]:
    """Return the place of each key that a person chose, by its use.

    Versions before 0.2 kept only what was printed on the key, in `keys`.
    """
    return {use: places.get(use) or scancode_of(key) for use, key in keys.items()}


def use_name(use: Use) -> str:
    """Return what a use is called on the screen."""
    names = {
        Use.LEFT: say("Left"),
        Use.RIGHT: say("Right"),
        Use.FIRE: say("Fire"),
        Use.PAUSE: say("Pause"),
    }
    return names[use]


def _key_name(scancode: int) -> str:
    names = {
        pygame.KSCAN_LEFT: say("Left arrow"),
        pygame.KSCAN_RIGHT: say("Right arrow"),
        pygame.KSCAN_UP: say("Up arrow"),
        pygame.KSCAN_DOWN: say("Down arrow"),
        pygame.KSCAN_SPACE: say("Space"),
        pygame.KSCAN_LSHIFT: say("Left Shift"),
        pygame.KSCAN_RSHIFT: say("Right Shift"),
        pygame.KSCAN_LCTRL: say("Left Ctrl"),
        pygame.KSCAN_RCTRL: say("Right Ctrl"),
        pygame.KSCAN_PAUSE: say("Pause key"),
    }
    named = names.get(scancode) or printed_on(scancode)
    return named[:1].upper() + named[1:] if named else say("Key {number}", number=scancode)


def _button_name(code: int) -> str:
    names = {
        pygame.CONTROLLER_BUTTON_A: "A",
        pygame.CONTROLLER_BUTTON_B: "B",
        pygame.CONTROLLER_BUTTON_X: "X",
        pygame.CONTROLLER_BUTTON_Y: "Y",
        pygame.CONTROLLER_BUTTON_BACK: say("Back button"),
        pygame.CONTROLLER_BUTTON_START: say("Start button"),
        pygame.CONTROLLER_BUTTON_LEFTSTICK: say("Left stick"),
        pygame.CONTROLLER_BUTTON_RIGHTSTICK: say("Right stick"),
        pygame.CONTROLLER_BUTTON_LEFTSHOULDER: say("Left shoulder"),
        pygame.CONTROLLER_BUTTON_RIGHTSHOULDER: say("Right shoulder"),
        pygame.CONTROLLER_BUTTON_DPAD_UP: say("D-pad up"),
        pygame.CONTROLLER_BUTTON_DPAD_DOWN: say("D-pad down"),
        pygame.CONTROLLER_BUTTON_DPAD_LEFT: say("D-pad left"),
        pygame.CONTROLLER_BUTTON_DPAD_RIGHT: say("D-pad right"),
    }
    number = code if code >= 0 else -1 - code
    return names.get(code) or say("Button {number}", number=number + 1)


KEYBOARD = Device(_KEYS, _KEY_COMMANDS, _key_name)
GAMEPAD = Device(_PAD_BUTTONS, _PAD_COMMANDS, _button_name)
