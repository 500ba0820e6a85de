"""Which keys, and which buttons of gamepads, play: as it is at first, and as a person wants it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import pygame

from game.ui.widgets.command import Command
from game.ui.widgets.translation import say


class Use(StrEnum):
    """What a key or a button is for in a match; the values stand in the preferences."""

    LEFT = "left"
    RIGHT = "right"
    FIRE = "fire"
    PAUSE = "pause"


PLAYS = frozenset({Use.LEFT, Use.RIGHT, Use.FIRE})  # what is held down to play

# Two hands: arrows and space. One hand, either: A, D and W or left shift; arrows and up.
_KEYS = {
    pygame.K_LEFT: Use.LEFT,
    pygame.K_a: Use.LEFT,
    pygame.K_RIGHT: Use.RIGHT,
    pygame.K_d: Use.RIGHT,
    pygame.K_SPACE: Use.FIRE,
    pygame.K_UP: Use.FIRE,
    pygame.K_w: Use.FIRE,
    pygame.K_LSHIFT: Use.FIRE,
    pygame.K_RCTRL: Use.FIRE,
    pygame.K_p: Use.PAUSE,
    pygame.K_PAUSE: Use.PAUSE,
}


def unmapped(number: int) -> int:
    """Return the code of a button of a pad that SDL has no mapping for: below zero."""
    return -1 - number


# Such a pad's first four buttons fire, the start button is most often the eighth or tenth.
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
# Menus have these from everybody, so that nobody can lose them.
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
    pygame.K_TAB: Command.OVERLAY,
    pygame.K_t: Command.HAND_OVER,
    pygame.K_m: Command.MUTE,
    pygame.K_F11: Command.FULLSCREEN,
    pygame.K_F12: Command.PICTURE,
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

# What a person's own keys and buttons do in menus, where they have nothing else to do there.
_OWN_COMMANDS = {
    Use.LEFT: Command.LEFT,
    Use.RIGHT: Command.RIGHT,
    Use.FIRE: Command.CONFIRM,
}

Own = Mapping[str, int]  # from a use's name to the one code that a person wants for it


@dataclass(frozen=True)
class Device:
    """The keyboard, or all gamepads alike. A code is SDL's number of a key or a button."""

    standard: Mapping[int, Use]
    commands: Mapping[int, Command]  # what codes do outside a match, whatever else they are for
    name: Callable[[int], str]  # of a code, for people

    def bound(self, own: Own) -> dict[int, Use]:
        """Return what each code is for. An own one takes the place of the standard ones.

        Own ones that nobody could choose on the screen, as a whole, are as if not there.
        """
        if any(self.refusal(Use(use), code, own) for use, code in own.items()):
            own = {}
        kept = {code: use for code, use in self.standard.items() if not _replaced(code, use, own)}
        return kept | {code: Use(use) for use, code in own.items()}

    def codes(self, use: Use, own: Own) -> list[int]:
        """Return the codes that are for `use`, without the standard ones of unmapped pads."""
        plain = {code for code in self.standard if code < 0}
        bound = self.bound(own)
        return [
            code
            for code, its in bound.items()
            if its is use and (code not in plain or code == own.get(use))
        ]

    def first(self, use: Use, own: Own) -> str:
        """Return the first code for `use`, in words."""
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
        """Return in words why `code` cannot be had for `use`, None if it can."""
        name = self.name(code)
        command = self.commands.get(code)
        if command is not None and (use is Use.PAUSE or command not in _MENU):
            return say("{name} has another use: press another one", name=name)
        for other in Use:
            taken = self.standard.get(code) is other and not _replaced(code, other, own)
            if other is not use and (taken or own.get(other) == code):
                return say(
                    '{name} is taken by "{use}": press another one, or change that first',
                    name=name,
                    use=use_name(other),
                )
        return None


def _replaced(code: int, use: Use, own: Own) -> bool:
    """Whether an own code stands for `use` in place of `code`, on the same kind of pad."""
    return use in own and (code < 0) == (own[use] < 0)


def use_name(use: Use) -> str:
    """Return what a use is called on the screen."""
    names = {
        Use.LEFT: say("Left"),
        Use.RIGHT: say("Right"),
        Use.FIRE: say("Fire"),
        Use.PAUSE: say("Pause"),
    }
    return names[use]


def _key_name(code: int) -> str:
    names = {
        pygame.K_LEFT: say("left arrow"),
        pygame.K_RIGHT: say("right arrow"),
        pygame.K_UP: say("up arrow"),
        pygame.K_DOWN: say("down arrow"),
        pygame.K_SPACE: say("space"),
        pygame.K_LSHIFT: say("left shift"),
        pygame.K_RSHIFT: say("right shift"),
        pygame.K_LCTRL: say("left control"),
        pygame.K_RCTRL: say("right control"),
    }
    named = names.get(code) or pygame.key.name(code)
    return named.upper() if len(named) == 1 else named or say("key {number}", number=code)


def _button_name(code: int) -> str:
    names = {
        pygame.CONTROLLER_BUTTON_A: "A",
        pygame.CONTROLLER_BUTTON_B: "B",
        pygame.CONTROLLER_BUTTON_X: "X",
        pygame.CONTROLLER_BUTTON_Y: "Y",
        pygame.CONTROLLER_BUTTON_BACK: say("back"),
        pygame.CONTROLLER_BUTTON_START: say("start"),
        pygame.CONTROLLER_BUTTON_LEFTSTICK: say("left stick"),
        pygame.CONTROLLER_BUTTON_RIGHTSTICK: say("right stick"),
        pygame.CONTROLLER_BUTTON_LEFTSHOULDER: say("left shoulder"),
        pygame.CONTROLLER_BUTTON_RIGHTSHOULDER: say("right shoulder"),
        pygame.CONTROLLER_BUTTON_DPAD_UP: say("cross up"),
        pygame.CONTROLLER_BUTTON_DPAD_DOWN: say("cross down"),
        pygame.CONTROLLER_BUTTON_DPAD_LEFT: say("cross left"),
        pygame.CONTROLLER_BUTTON_DPAD_RIGHT: say("cross right"),
    }
    number = code if code >= 0 else -1 - code
    return names.get(code) or say("button {number}", number=number + 1)


KEYBOARD = Device(_KEYS, _KEY_COMMANDS, _key_name)
GAMEPAD = Device(_PAD_BUTTONS, _PAD_COMMANDS, _button_name)
