"""Keyboard and gamepads: events become menu commands, held buttons become one action.

What fingers and the mouse hold down counts too; pointer.py reads their events.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence

import pygame
from pygame._sdl2 import controller

from game.emulation.cabinet import Action
from game.system.paths import asset
from game.ui.input.bindings import GAMEPAD, KEYBOARD, PLAYS, Device, Own, Use, unmapped
from game.ui.input.key_labels import forget_layout, scancode_of
from game.ui.input.pad_kinds import pad_kind
from game.ui.input.stations import HALVES, WHOLE_KEYBOARD, Part, Station
from game.ui.widgets.command import Command, Hold
from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.translation import say

MAPPINGS_ENV = "SDL_GAMECONTROLLERCONFIG_FILE"  # where SDL looks for more pads, once
_AXIS_FULL = 32768
RELEASE = 0.7  # hysteresis: a deflected stick counts until it is within this share of the dead zone
TRIGGER = 0.5  # share of a trigger's travel at which it fires
_TRIGGERS = (pygame.CONTROLLER_AXIS_TRIGGERLEFT, pygame.CONTROLLER_AXIS_TRIGGERRIGHT)
LEAST_AXES = 6  # of a pad without a mapping or a hat: its last two axes are the D-pad

_log = logging.getLogger(__name__)

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

_BACK_KEYS = {pygame.KSCAN_ESCAPE, pygame.KSCAN_BACKSPACE}
_BACK_BUTTONS = {
    pygame.CONTROLLER_BUTTON_B,
    pygame.CONTROLLER_BUTTON_BACK,
    unmapped(1),  # the second button of a pad that SDL does not know
}

Source = tuple[object, ...]  # where a press comes from: ("key", code), (pad, "button", number)
POINTERS = ("mouse", "finger")  # the first of a source that points


class Controls:
    """The state of the keyboard and of all gamepads."""

    def __init__(self) -> None:
        """Open all connected pads; there may be none."""
        self._keys = KEYBOARD.bound({})
        self._buttons = GAMEPAD.bound({})
        self._dead_zone = 0.4
        self._held: dict[Source, Use] = {}
        self._keys_down: set[int] = set()
        self._pad_down: set[tuple[int, int]] = set()  # pad and code of a button
        self._tapped: dict[Source, Use] = {}
        self._keys_tapped: set[int] = set()
        self._ways: dict[Source, int] = {}  # of sticks and D-pads: -1, 0 or 1
        self._unrested: set[Source] = set()  # never near the centre: pedals, tilt
        self._crosses: dict[int, tuple[int, int]] = {}  # of pads: the axes that are a D-pad
        self._ignored: set[str] = set()  # names of ignored pads
        self._pads: dict[int, pygame.joystick.JoystickType | controller.Controller] = {}
        self._names: dict[int, str] = {}  # of pads: a removed one cannot be asked any more
        self._played_on: int | None = None  # the pad of the last press, None for the keyboard
        self._pressed: tuple[int, Use | None] = (0, None)  # code and use of the last event
        self.kind = InputKind.KEYBOARD  # of the device that was pressed last
        self._kinds: dict[int, InputKind] = {}  # of pads
        self._catching: Device | None = None
        self._caught: int | None = None
        self.pad_lost: str | None = None  # the name of an unplugged pad, until it is read
        self.watched: set[int] = set()  # pads that are missed whichever was pressed last
        os.environ.setdefault(MAPPINGS_ENV, str(asset("controllers/gamecontrollerdb.txt")))
        pygame.joystick.init()
        controller.init()

    def bind(self, keys: Own, buttons: Own) -> None:
        """Use a person's own bindings of keys and buttons."""
        self._keys, self._buttons = KEYBOARD.bound(keys), GAMEPAD.bound(buttons)

    def catch(self, device: Device | None) -> None:
        """Keep the next press on `device`, except Esc, for `take_caught`; None catches nothing."""
        self._catching, self._caught = device, None

    def take_caught(self) -> int | None:
        """Return the code of a press caught since the last call."""
        code, self._caught = self._caught, None
        return code

    @property
    def dead_zone(self) -> float:
        """How far a stick must move before it counts, as a share of its travel."""
        return self._dead_zone

    @dead_zone.setter
    def dead_zone(self, share: float) -> None:
        if share != self._dead_zone:
            self._dead_zone = share
            self._held = {s: use for s, use in self._held.items() if s not in self._ways}
            self._ways.clear()

    def ignore(self, names: set[str]) -> None:
        """Ignore all input from the pads called `names`."""
        for pad, name in self._names.items():
            if name in names - self._ignored:
                self._release(pad)
        self._ignored = set(names)

    def take_action(self) -> Action:
        """Return the action for the next frame: what is held, and what was tapped since."""
        down = {**self._held, **self._tapped}.values()
        self._forget_taps()
        return _action(down)

    def take_actions(self, stations: Sequence[Station]) -> list[Action]:
        """Return the action for the next frame of each of `stations`."""
        actions = [_action(self._down(station)) for station in stations]
        self._forget_taps()
        return actions

    @property
    def pressed_on(self) -> Station:
        """What the last press was made on: a pad, or the keyboard."""
        return WHOLE_KEYBOARD if self._played_on is None else Station(Part.PAD, self._played_on)

    @property
    def pressed_code(self) -> int:
        """The code of a press by the last event: of a key its place, of a pad its button."""
        return self._pressed[0]

    @property
    def pressed_use(self) -> Use | None:
        """What a press by the last event does in a match."""
        return self._pressed[1]

    def holds_back(self, station: Station) -> bool:
        """Whether back is held on `station`: Esc or Backspace, B or the pad's own back button."""
        if station.on_keyboard:
            return not self._keys_down.isdisjoint(_BACK_KEYS)
        return any((station.pad, code) in self._pad_down for code in _BACK_BUTTONS)

    def _down(self, station: Station) -> set[Use]:
        """Return what is held or was tapped on `station`."""
        if station.part in HALVES:
            half = HALVES[station.part]
            return {half[key] for key in self._keys_down | self._keys_tapped if key in half}
        owner = "key" if station.on_keyboard else station.pad
        return {use for source, use in (self._held | self._tapped).items() if source[0] == owner}

    def _forget_taps(self) -> None:
        self._tapped.clear()
        self._keys_tapped.clear()

    @property
    def fire_held(self) -> bool:
        """Whether fire is held down, on any device."""
        return Use.FIRE in self._held.values()

    @property
    def chord(self) -> bool:
        """Whether the operator's chord is held: left, right and fire, with the own or the default
        keys, or both shoulder buttons and Back on a pad."""
        uses = (self._keys, KEYBOARD.standard)
        keys = {bound[code] for bound in uses for code in self._keys_down if code in bound}
        return keys >= PLAYS or self._pad_chord

    @property
    def chord_of_one(self) -> bool:
        """Whether it is held by one of two people at the halves of the keyboard, or on a pad."""
        halves = (
            {half[code] for code in self._keys_down if code in half} for half in HALVES.values()
        )
        return any(keys >= PLAYS for keys in halves) or self._pad_chord

    @property
    def _pad_chord(self) -> bool:
        pads = {source[0] for source in self._pad_down}
        return any({(pad, number) for number in _PAD_CHORD} <= self._pad_down for pad in pads)

    def release_all(self) -> None:
        """Release everything: without focus the window does not see the release."""
        self._held.clear()
        self._keys_down.clear()
        self._pad_down.clear()
        self._forget_taps()
        self._ways.clear()

    def take_lost_pad(self) -> str | None:
        """Return the name of the player's pad if it was unplugged since the last call."""
        name, self.pad_lost = self.pad_lost, None
        return name

    @property
    def pad_names(self) -> list[str]:
        """The names of the pads that are plugged in."""
        return list(self._names.values())

    @property
    def pads(self) -> dict[int, str]:
        """The pads that are plugged in and not ignored: their names by SDL's instance number."""
        return {pad: name for pad, name in self._names.items() if name not in self._ignored}

    def handle(self, event: pygame.Event) -> Command | None:
        """Process one event; return the command that it means, if any."""
        self._pressed = (0, None)  # not every event is a press
        if self._names.get(event.dict.get("instance_id", -1)) in self._ignored:
            if event.type == pygame.JOYDEVICEREMOVED:
                self._close(event.instance_id)
            return None
        if event.type == pygame.KEYDOWN:
            return self._key_down(event)
        if event.type == pygame.KEYUP:
            place = _place(event)
            self._held.pop(("key", place), None)
            self._keys_down.discard(place)
        elif event.type == pygame.KEYMAPCHANGED:
            forget_layout()
        elif event.type == pygame.WINDOWFOCUSLOST:
            self.release_all()
        elif event.type == pygame.JOYDEVICEADDED:
            self._open(event.device_index)
        elif event.type == pygame.JOYDEVICEREMOVED:
            self._close(event.instance_id)
        elif event.type in (pygame.CONTROLLERBUTTONDOWN, pygame.CONTROLLERBUTTONUP):
            down = event.type == pygame.CONTROLLERBUTTONDOWN
            return self._button(event.instance_id, event.button, down)
        elif event.type == pygame.CONTROLLERAXISMOTION:
            return self._controller_axis(event.instance_id, event.axis, event.value / _AXIS_FULL)
        elif event.type in (
            pygame.JOYBUTTONDOWN,
            pygame.JOYBUTTONUP,
            pygame.JOYAXISMOTION,
            pygame.JOYHATMOTION,
        ):
            return self._joystick(event)
        return None

    def hold(self, source: Source, held: Hold | None) -> None:
        """Let a finger or the mouse, `source`, hold something down, None to let it go."""
        use = None if held is None else Use(held.value)
        if use is None:
            self._held.pop(source, None)
        elif self._held.get(source) is not use:
            self._press(source, use)

    @property
    def held(self) -> set[Hold]:
        """What is held down to play, on whatever device."""
        return {Hold(use.value) for use in self._held.values()}

    def rumble(self, number: int | None, strength: float, seconds: float) -> None:
        """Let pad `number` shake, if it can; `strength` is from 0 to 1."""
        pad = None if number is None else self._pads.get(number)
        if pad is not None:
            pad.rumble(strength, strength, round(seconds * 1000))

    def kind_of(self, pad: int | None) -> InputKind:
        """Return the kind of a pad; what nobody knows is taken for an Xbox's."""
        return self._kinds.get(-1 if pad is None else pad, InputKind.XBOX)

    def point(self, kind: InputKind) -> None:
        """Take note that the mouse or a finger was pressed, `kind`."""
        self.kind, self._played_on = kind, None

    def let_go(self) -> None:
        """Release what fingers and the mouse hold."""
        self._held = {s: use for s, use in self._held.items() if s[0] not in POINTERS}

    def _play_on(self, pad: int) -> None:
        """Take note that `pad` was pressed."""
        self._played_on = pad
        self.kind = self.kind_of(pad)
        self.let_go()

    def _press(self, source: Source, use: Use | None) -> None:
        if use in PLAYS:
            self._held[source] = use
            self._tapped[source] = use

    def _keep(self, device: Device, code: int) -> bool:
        """Catch a press if one is waited for; return whether it was."""
        if self._catching is not device:
            return False
        self._catching, self._caught = None, code
        return True

    def _key_down(self, event: pygame.Event) -> Command | None:
        if event.key == pygame.K_RETURN and event.mod & pygame.KMOD_ALT:
            return Command.FULLSCREEN
        place = _place(event)
        if place != pygame.KSCAN_ESCAPE and self._keep(KEYBOARD, place):
            return None
        self._played_on = None
        self._pressed = place, self._keys.get(place)
        self.kind = InputKind.KEYBOARD
        self.let_go()
        self._keys_down.add(place)
        self._keys_tapped.add(place)
        self._press(("key", place), self._keys.get(place))
        return KEYBOARD.command(place, self._keys)

    def _open(self, index: int) -> None:
        try:
            joystick = pygame.joystick.Joystick(index)
            pad = joystick.get_instance_id()
            mapped = controller.is_controller(index)
            self._pads[pad] = controller.Controller(index) if mapped else joystick
            self._names[pad] = joystick.get_name() or say("The gamepad")
            self._kinds[pad] = pad_kind(joystick.get_guid(), joystick.get_name())
            self._look_at_axes(pad, joystick)
        except pygame.error as error:  # it is gone already, or access is denied
            _log.warning("a gamepad could not be opened: %s", error)

    def _look_at_axes(self, pad: int, joystick: pygame.joystick.JoystickType) -> None:
        """Find the D-pad of a pad without an SDL mapping, and axes that are not centred."""
        opened = self._pads[pad]
        if isinstance(opened, controller.Controller):
            at = [opened.get_axis(axis) / _AXIS_FULL for axis in range(2)]
        else:
            at = [joystick.get_axis(axis) for axis in range(joystick.get_numaxes())]
            if len(at) >= LEAST_AXES and joystick.get_numhats() == 0:
                self._crosses[pad] = (len(at) - 2, len(at) - 1)
        moved = {axis for axis, value in enumerate(at) if abs(value) > self.dead_zone}
        self._unrested |= {(pad, *self._part(pad, axis)) for axis in moved}

    def _part(self, pad: int, axis: int) -> tuple[str, int]:
        """Return what an axis belongs to, and which of its two it is there: 0 is across."""
        cross = self._crosses.get(pad, ())
        return ("axes", cross.index(axis)) if axis in cross else ("stick", axis)

    def _close(self, pad: int) -> None:
        self._pads.pop(pad, None)
        name = self._names.pop(pad, None)
        self._kinds.pop(pad, None)
        self._crosses.pop(pad, None)
        self._release(pad)
        self._unrested = {source for source in self._unrested if source[0] != pad}
        if name is not None and (pad == self._played_on or pad in self.watched):
            self.pad_lost = name
        if pad == self._played_on:
            self._played_on = None

    def _release(self, pad: int) -> None:
        """Release everything on a pad."""
        self._held = {s: use for s, use in self._held.items() if s[0] != pad}
        self._pad_down = {down for down in self._pad_down if down[0] != pad}
        self._ways = {s: way for s, way in self._ways.items() if s[0] != pad}

    def _button(self, pad: int, code: int, down: bool) -> Command | None:
        source = (pad, "button", code)
        if not down:
            self._held.pop(source, None)
            self._pad_down.discard((pad, code))
            return None
        if self._keep(GAMEPAD, code):
            return None
        self._play_on(pad)
        self._pressed = code, self._buttons.get(code)
        self._pad_down.add((pad, code))
        self._press(source, self._buttons.get(code))
        return GAMEPAD.command(code, self._buttons)

    def _axis(self, pad: int, axis: int, value: float, of: str = "stick") -> Command | None:
        """Turn a stick into a held direction, and into a command on arriving there.

        It is released only well inside the dead zone, because a stick held at the edge jitters.
        """
        if axis not in (0, 1):
            return None
        source = (pad, of, axis)
        if source in self._unrested:
            if abs(value) > self.dead_zone:
                return None
            self._unrested.discard(source)
        before = self._ways.get(source, 0)
        way = (value > self.dead_zone) - (value < -self.dead_zone)
        if way == 0 and before * value > RELEASE * self.dead_zone:
            way = before
        if before == way:
            return None
        self._ways[source] = way
        self._held.pop(source, None)
        if way:
            self._play_on(pad)
            self._pressed = axis, None
        if way and axis == 0:
            self._press(source, Use.RIGHT if way > 0 else Use.LEFT)
        return _AXIS_COMMANDS.get((axis, way))

    def _controller_axis(self, pad: int, axis: int, value: float) -> Command | None:
        if axis in _TRIGGERS:
            self._trigger(pad, axis, value)
            return None
        return self._axis(pad, axis, value)

    def _trigger(self, pad: int, axis: int, value: float) -> None:
        """Fire while a trigger is pulled; 0 is released and 1 fully pulled."""
        source = (pad, "trigger", axis)
        if source not in self._held and value > TRIGGER:
            self._play_on(pad)
            self._press(source, Use.FIRE)
        elif value < RELEASE * TRIGGER:
            self._held.pop(source, None)

    def _joystick(self, event: pygame.Event) -> Command | None:
        """Process an event of a pad without a mapping; mapped pads send another kind as well."""
        pad = event.instance_id
        if isinstance(self._pads.get(pad), controller.Controller):
            return None
        if event.type == pygame.JOYAXISMOTION:
            part, axis = self._part(pad, event.axis)
            return self._axis(pad, axis, event.value, part)
        if event.type == pygame.JOYHATMOTION:
            across = self._axis(pad, 0, event.value[0], "cross")
            return self._axis(pad, 1, -event.value[1], "cross") or across
        return self._button(pad, unmapped(event.button), event.type == pygame.JOYBUTTONDOWN)


def _action(down: Iterable[Use]) -> Action:
    """Return the one action that these uses make; opposite directions cancel."""
    uses = set(down)
    return Action.of((Use.RIGHT in uses) - (Use.LEFT in uses), Use.FIRE in uses)


def _place(event: pygame.Event) -> int:
    """Return the scancode of `event`; remote desktops send the key code only."""
    scancode: int = event.dict.get("scancode", 0)
    return scancode or scancode_of(event.key)
