"""The buttons of the device in use, for hints: what people read while they hold it."""

from __future__ import annotations

import pygame

from game.system.preferences import Preferences
from game.ui.input.bindings import GAMEPAD, KEYBOARD, Own, Use, own_buttons, own_keys
from game.ui.input.controls import Controls
from game.ui.input.stations import HALVES, Station
from game.ui.widgets.command import Command
from game.ui.widgets.glyphs import button_glyph, glyph, key_glyph
from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.translation import say

MOST_SIGNS = 3  # of one use, where they are named in passing
_ARROWS = {
    pygame.KSCAN_UP: "up",
    pygame.KSCAN_DOWN: "down",
    pygame.KSCAN_LEFT: "left",
    pygame.KSCAN_RIGHT: "right",
}
_COMMAND_KEYS = {
    Command.UP: pygame.KSCAN_UP,
    Command.DOWN: pygame.KSCAN_DOWN,
    Command.LEFT: pygame.KSCAN_LEFT,
    Command.RIGHT: pygame.KSCAN_RIGHT,
    Command.CONFIRM: pygame.KSCAN_SPACE,
    Command.BACK: pygame.KSCAN_ESCAPE,
    Command.OVERLAY: pygame.KSCAN_TAB,
    Command.HAND_OVER: pygame.KSCAN_T,
    Command.PAUSE: pygame.KSCAN_P,
}
_COMMAND_BUTTONS = {
    Command.UP: pygame.CONTROLLER_BUTTON_DPAD_UP,
    Command.DOWN: pygame.CONTROLLER_BUTTON_DPAD_DOWN,
    Command.LEFT: pygame.CONTROLLER_BUTTON_DPAD_LEFT,
    Command.RIGHT: pygame.CONTROLLER_BUTTON_DPAD_RIGHT,
    Command.CONFIRM: pygame.CONTROLLER_BUTTON_A,
    Command.BACK: pygame.CONTROLLER_BUTTON_B,
    Command.OVERLAY: pygame.CONTROLLER_BUTTON_BACK,
    Command.HAND_OVER: pygame.CONTROLLER_BUTTON_RIGHTSTICK,
    Command.PAUSE: pygame.CONTROLLER_BUTTON_START,
}


def button_of(command: Command, kind: InputKind) -> str:
    """Return the glyph of what gives `command` on a device of `kind`; a pointer presses things."""
    if kind.is_pointer:
        return glyph("mouse" if kind is InputKind.MOUSE else "finger")
    if kind is InputKind.KEYBOARD:
        return key_of(_COMMAND_KEYS[command])
    return pad_button(kind, _COMMAND_BUTTONS[command])


def key_of(place: int) -> str:
    """Return the glyph of the key at `place`, a scancode."""
    if place in _ARROWS:
        return key_glyph(_ARROWS[place])
    short = {
        pygame.KSCAN_ESCAPE: "Esc",
        pygame.KSCAN_TAB: "Tab",
        pygame.KSCAN_LSHIFT: "Shift",
        pygame.KSCAN_RSHIFT: "Shift",
        pygame.KSCAN_LCTRL: say("Ctrl"),
        pygame.KSCAN_RCTRL: say("Ctrl"),
    }
    return key_glyph(short.get(place) or KEYBOARD.name(place))


def pad_button(kind: InputKind, code: int) -> str:
    """Return the glyph of a pad's button, or its name where there is none."""
    found = button_glyph(kind, code) if code >= 0 else None
    return found or key_glyph(GAMEPAD.name(code))


def buttons_of(use: Use, own: Own, kind: InputKind) -> list[str]:
    """Return the glyphs of all that a person has for `use` on a device of `kind`."""
    if kind is InputKind.KEYBOARD:
        return [key_of(code) for code in KEYBOARD.codes(use, own)]
    return [pad_button(kind, code) for code in GAMEPAD.codes(use, own)]


def play_signs(now: Preferences, kind: InputKind) -> tuple[str, str, str]:
    """Return what moves, fires and pauses on a device of `kind`, for a panel."""
    if kind is InputKind.MOUSE:
        return say("point to a side"), glyph("mouse"), say("the button below")
    if kind is InputKind.TOUCH:
        return say("the arrows below"), say("the circle below"), say("the button below")
    own = own_buttons(now) if kind.is_pad else own_keys(now)
    left, right, fire, pause = (buttons_of(use, own, kind)[:MOST_SIGNS] for use in Use)
    pairs = (f"{one}{other}" for one, other in zip(left, right, strict=False))
    moves = "  ".join(([glyph("stick")] if kind.is_pad else []) + [*pairs])
    back = [] if kind.is_pad else [key_of(pygame.KSCAN_ESCAPE)]
    return moves, " ".join(fire), " ".join((*pause[:1], *back))


def change_hint(kind: InputKind) -> str:
    """Return how a value is changed."""
    if kind.is_pointer:
        return say("Press the arrows beside a value to change it")
    return say("{sides} to change a value", sides=sides(kind))


def sides(kind: InputKind) -> str:
    """Return the glyphs of left and right."""
    return button_of(Command.LEFT, kind) + button_of(Command.RIGHT, kind)


def entry_hint(kind: InputKind) -> str:
    """Return how letters are chosen."""
    ways, fire, back = _entry_signs(kind)
    if kind is InputKind.KEYBOARD:
        return say(
            "Type, or {ways} to choose, {fire} for the next, {back} to go back",
            ways=ways,
            fire=fire,
            back=back,
        )
    return say(
        "{ways} to choose, {fire} for the next, {back} to go back", ways=ways, fire=fire, back=back
    )


def name_hint(kind: InputKind) -> str:
    """Return how letters are chosen where a name may be shorter than its room."""
    ways, fire, back = _entry_signs(kind)
    if kind is InputKind.KEYBOARD:
        return say(
            "Type, or {ways} to choose, {fire} for the next (twice at the end), {back} to go back",
            ways=ways,
            fire=fire,
            back=back,
        )
    return say(
        "{ways} to choose, {fire} for the next (twice at the end), {back} to go back",
        ways=ways,
        fire=fire,
        back=back,
    )


def _entry_signs(kind: InputKind) -> tuple[str, str, str]:
    """Return the glyphs of what chooses a letter, of what confirms it, and of what goes back."""
    ways = button_of(Command.UP, kind) + button_of(Command.DOWN, kind)
    return ways, button_of(Command.CONFIRM, kind), button_of(Command.LEFT, kind)


def station_kind(station: Station | None, controls: Controls) -> InputKind:
    """Return the kind of device of somebody's `station`; without one, of the last press."""
    if station is None:
        return controls.kind
    return InputKind.KEYBOARD if station.on_keyboard else controls.kind_of(station.pad)


def station_signs(
    station: Station | None, now: Preferences, controls: Controls
) -> tuple[str, str, str]:
    """Return what moves, fires and pauses on somebody's `station`, for a panel."""
    kind = station_kind(station, controls)
    half = None if station is None else HALVES.get(station.part)
    if half is None:
        return play_signs(now, kind)
    keys = {use: [key_of(code) for code, its in half.items() if its is use] for use in Use}
    moves = keys[Use.LEFT][0] + keys[Use.RIGHT][0]
    pause = key_of(pygame.KSCAN_P) + " " + key_of(pygame.KSCAN_ESCAPE)
    return moves, " ".join(keys[Use.FIRE][:2]), pause


def ways_of(kind: InputKind) -> str:
    """Return the glyphs of all four ways: of a pad its stick, which is as good."""
    if kind.is_pad:
        return glyph("stick")
    ways = (Command.UP, Command.DOWN, Command.LEFT, Command.RIGHT)
    return "".join(button_of(way, kind) for way in ways)


def card_signs(now: Preferences, kind: InputKind) -> tuple[str, str, str]:
    """Return what goes left, fires and goes right on a device of `kind`."""
    if kind is InputKind.MOUSE:
        return say("point to the left"), glyph("mouse"), say("point to the right")
    if kind is InputKind.TOUCH:
        below = say("on the screen")
        return (
            f"{key_glyph('left')} {below}",
            say("the circle below"),
            f"{key_glyph('right')} {below}",
        )
    own = own_buttons(now) if kind.is_pad else own_keys(now)
    stick = glyph("stick") + " " if kind.is_pad else ""
    left, right, fire = (
        " ".join(buttons_of(use, own, kind)[:MOST_SIGNS]) for use in (Use.LEFT, Use.RIGHT, Use.FIRE)
    )
    return f"{stick}{left}", fire, f"{stick}{right}"
