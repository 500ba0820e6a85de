"""The mouse and the first finger on menus: events become presses of controls.

What is pressed does its work when it is let go on the same control, so that whoever slides away
has pressed nothing. Arrows and a timeline answer at once, and arrows repeat while they are held.
"""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.ui.widgets.command import Command, Hold
from game.ui.widgets.control import Control, control_at
from game.ui.widgets.input_kind import InputKind

LEFT, RIGHT = 1, 3  # buttons of a mouse, as SDL counts them
_WHEEL = range(4, 8)  # as old programs knew it
HIDE_FRAMES = 3 * FRAMES_PER_SECOND  # a mouse that rests so long is not shown
CORNER = 0.12  # of the window's height, the side of its upper left corner
HOLD_FRAMES, RUN_EVERY = 24, 6  # frames until a held arrow repeats, and between repeats
_AT_ONCE = (Command.UP, Command.DOWN, Command.LEFT, Command.RIGHT)

Place = tuple[int, int]
Deed = Command | str  # for a scene: a command, or text that is typed into it


class Pointer:
    """Where the mouse or a finger is, and what it holds down."""

    def __init__(self) -> None:
        self.at: Place | None = None  # pixels of what scenes draw on; None for a lifted finger
        self.hovered: Control | None = None
        self.pressed: Control | None = None
        self.kind = InputKind.MOUSE
        self.in_corner = False  # whether it is held in the upper left corner of the window
        self._finger: int | None = None  # the first one
        self._held = 0  # frames that `pressed` has been held
        self._rested = HIDE_FRAMES  # frames since the mouse moved

    @property
    def is_shown(self) -> bool:
        """Whether the mouse's arrow is worth showing: it moved a moment ago."""
        return self._rested < HIDE_FRAMES

    def update(self) -> list[Deed]:
        """Let a frame pass; return what a held arrow does."""
        self._rested += 1
        if self.pressed is None:
            return []
        self._held += 1
        late = self._held - HOLD_FRAMES
        runs = self.pressed.does in _AT_ONCE and late >= 0 and late % RUN_EVERY == 0
        return _deeds(self.pressed) if runs else []

    def follow(self, controls: Sequence[Control]) -> None:
        """Keep what is hovered where it is drawn now, if it is there still."""
        before = self.hovered
        if before is not None:
            self.hovered = next((one for one in controls if one.key == before.key), None)

    def forget(self) -> None:
        """Let go without a press: another scene is shown, or the focus is lost."""
        self.hovered = self.pressed = None
        self.in_corner = False

    def handle(
        self, event: pygame.Event, size: Place, room: Place, controls: Sequence[Control]
    ) -> list[Deed]:
        """Process one event over `controls`; return what it does.

        The window has `size` pixels, and what scenes draw on `room`.
        """
        if event.type == pygame.MOUSEWHEEL and event.y and not event.dict.get("touch", False):
            return [Command.UP if event.y > 0 else Command.DOWN]
        if event.type == pygame.WINDOWLEAVE:
            self.hovered = None
        place = self._place(event, size, room)
        if place is None:
            return []
        self.at = place
        if event.type in (pygame.MOUSEMOTION, pygame.FINGERMOTION):
            return self._move(place, controls)
        if event.type in (pygame.MOUSEBUTTONDOWN, pygame.FINGERDOWN):
            self.in_corner = max(place) < room[1] * CORNER
            return self._down(event, place, controls)
        self.in_corner = False
        return self._up(place, controls)

    def _place(self, event: pygame.Event, size: Place, room: Place) -> Place | None:
        """Return where `event` happened; None for what is no pointer's, or another finger's."""
        if event.type in (pygame.MOUSEMOTION, pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
            still = event.type == pygame.MOUSEMOTION and event.dict.get("rel") == (0, 0)
            if event.dict.get("touch", False) or still:
                return None  # SDL tells of a finger twice, and of a window that came under a mouse
            self.kind, self._rested = InputKind.MOUSE, 0
            x, y = event.pos
            return x * room[0] // size[0], y * room[1] // size[1]
        if event.type == pygame.FINGERDOWN and self._finger is None:
            self._finger = event.finger_id
        if event.type not in (pygame.FINGERDOWN, pygame.FINGERMOTION, pygame.FINGERUP):
            return None
        if event.finger_id != self._finger:
            return None
        if event.type == pygame.FINGERUP:
            self._finger = None
        self.kind, self._rested = InputKind.TOUCH, HIDE_FRAMES
        return finger_place(event, room)

    def _move(self, place: Place, controls: Sequence[Control]) -> list[Deed]:
        if self.pressed is not None:
            _slide(self.pressed, place)
            return []
        before, self.hovered = self.hovered, control_at(controls, place)
        here = self.hovered
        came = before is None or here is None or before.key != here.key
        if here is None or here.mark is None or not here.follows or not came:
            return []
        if not here.marked:
            here.mark()
        return [Command.OTHER]

    def _down(self, event: pygame.Event, place: Place, controls: Sequence[Control]) -> list[Deed]:
        button = event.dict.get("button", LEFT)
        if button == RIGHT:
            return [Command.BACK]
        if button in _WHEEL:
            return []  # it comes as an event of its own too
        here = control_at(controls, place) if button == LEFT else None
        if here is None:
            return [Command.OTHER]
        self.pressed = self.hovered = here
        self._held = 0
        if here.mark is not None:
            here.mark()
        _slide(here, place)
        if here.does in _AT_ONCE:
            return _deeds(here)
        return [] if here.mark is None else [Command.OTHER]

    def _up(self, place: Place, controls: Sequence[Control]) -> list[Deed]:
        pressed, self.pressed = self.pressed, None
        if self.kind is InputKind.TOUCH:
            self.hovered = self.at = None
        there = control_at(controls, place)
        same = pressed is not None and there is not None and there.key == pressed.key
        if not same or pressed is None or pressed.does in _AT_ONCE:
            return []
        if pressed.mark is not None:
            pressed.mark()
        return _deeds(pressed)


def finger_place(event: pygame.Event, room: Place) -> Place:
    """Return where a finger is on what scenes draw on, of `room` pixels."""
    return min(room[0] - 1, int(event.x * room[0])), min(room[1] - 1, int(event.y * room[1]))


def _slide(control: Control, place: Place) -> None:
    if control.slide is not None:
        share = (place[0] - control.rect.left) / max(1, control.rect.width)
        control.slide(min(1.0, max(0.0, share)))


def _deeds(control: Control) -> list[Deed]:
    """Return what a press of `control` does; what is held down does nothing here."""
    return [] if isinstance(control.does, Hold) else [control.does]
