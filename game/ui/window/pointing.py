"""Mouse and fingers in the window: on menus they press controls, in a match they play."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.ui.input.controls import Controls, Source
from game.ui.input.pointer import LEFT, RIGHT, Deed, Pointer, finger_place
from game.ui.scenes.scene import Scene
from game.ui.widgets.command import Command, Hold
from game.ui.widgets.control import EVERYWHERE, Control, control_at
from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.theme import BACKGROUND, TEXT, Theme

_STEERS, _FIRES = ("mouse", "steers"), ("mouse", "fires")
_DOWN = (pygame.MOUSEBUTTONDOWN, pygame.FINGERDOWN)
_FINGER = (pygame.FINGERDOWN, pygame.FINGERMOTION, pygame.FINGERUP)
_MOUSE = (pygame.MOUSEBUTTONDOWN, pygame.MOUSEMOTION, pygame.MOUSEBUTTONUP)
_OTHERS = (pygame.KEYDOWN, pygame.CONTROLLERBUTTONDOWN, pygame.JOYBUTTONDOWN, pygame.JOYHATMOTION)
SHADE = 70  # of 255, over what is pressed


class Pointing:
    """What mouse and fingers mean to the scene on top."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self._pointer = Pointer()
        self._scene: Scene | None = None  # the last one that was pointed at
        self._size = (1, 1)  # pixels of the window
        self._room = (1, 1)  # pixels of what scenes draw on

    @property
    def is_drawn(self) -> bool:
        """Whether something of it lies over the scene."""
        return self._marked is not None

    @property
    def in_corner(self) -> bool:
        """Whether the upper left corner is pressed: without keys, the operator's way in."""
        return self._pointer.in_corner

    def handle(self, event: pygame.Event, scene: Scene) -> list[Deed]:
        """Process one event; return what it does to `scene`."""
        self._see(scene)
        if event.type == pygame.WINDOWFOCUSLOST:
            self._let_go()
        if event.type in _OTHERS:
            self._pointer.hovered = None
        by_finger = event.type in _FINGER
        if not by_finger and event.dict.get("touch", False):
            return []  # SDL tells of a finger once more, as of a mouse
        if event.type in _DOWN:
            self._controls.point(InputKind.TOUCH if by_finger else InputKind.MOUSE)
        controls = scene.controls()
        if any(isinstance(control.does, Hold) for control in controls):
            if by_finger:
                return self._touch(event, controls)
            if event.type in _MOUSE:
                return self._steer(event, controls)
            return []
        return self._pointer.handle(event, self._size, self._room, controls)

    def update(self, scene: Scene) -> list[Deed]:
        """Let a frame pass over `scene`; return what a held arrow does to it."""
        self._see(scene)
        if self._pointer.hovered is not None:
            self._pointer.follow(scene.controls())
        return self._pointer.update()

    def show_arrow(self, fullscreen: bool) -> None:
        """Show the mouse's arrow, in full screen only while it moves."""
        shown = self._pointer.is_shown or not fullscreen
        if pygame.mouse.get_visible() != shown:
            pygame.mouse.set_visible(shown)

    def look_at(self, size: tuple[int, int], room: tuple[int, int]) -> None:
        """Take note of the pixels of the window, and of those that scenes draw on."""
        self._size, self._room = size, room

    def draw(self, target: pygame.Surface, theme: Theme) -> None:
        """Draw a line around what the mouse is over, and a shade over what is pressed."""
        marked = self._marked
        if marked is None:
            return
        rect = marked.rect.clip(target.get_rect())
        if self._pointer.pressed is not None:
            theme.shade(target, rect, SHADE)
        theme.frame(target, rect, TEXT if self._pointer.pressed else BACKGROUND, 2)

    @property
    def _marked(self) -> Control | None:
        """What is hovered or pressed, unless it is a whole page."""
        pointer = self._pointer
        marked = pointer.pressed or pointer.hovered
        if marked is None or marked.rect == EVERYWHERE or marked.slide is not None:
            return None
        return marked

    def _see(self, scene: Scene) -> None:
        """Let go of what was held on another scene."""
        if scene is not self._scene:
            self._scene = scene
            self._let_go()

    def _let_go(self) -> None:
        self._pointer.forget()
        self._controls.let_go()

    def _touch(self, event: pygame.Event, controls: Sequence[Control]) -> list[Deed]:
        """Let each finger hold the button that it is on, and press the others."""
        source: Source = ("finger", event.finger_id)
        lifted = event.type == pygame.FINGERUP
        here = None if lifted else control_at(controls, finger_place(event, self._room))
        does = None if here is None else here.does
        self._controls.hold(source, does if isinstance(does, Hold) else None)
        if event.type == pygame.FINGERDOWN and isinstance(does, Command):
            return [does]
        return []

    def _steer(self, event: pygame.Event, controls: Sequence[Control]) -> list[Deed]:
        """Steer with the side of the window that the mouse is at, and fire with its button."""
        self._pointer.handle(event, self._size, self._room, [])
        place = self._pointer.at or (0, 0)
        here = control_at(controls, place)
        does = None if here is None else here.does
        steers = does if isinstance(does, Hold) and does is not Hold.FIRE else None
        if self._controls.kind is InputKind.MOUSE:
            self._controls.hold(_STEERS, steers)
        if event.type == pygame.MOUSEBUTTONUP and event.button == LEFT:
            self._controls.hold(_FIRES, None)
        if event.type != pygame.MOUSEBUTTONDOWN:
            return []
        if event.button == RIGHT:
            return [Command.BACK]
        if event.button == LEFT:
            if isinstance(does, Command):
                return [does]
            self._controls.hold(_FIRES, Hold.FIRE)
        return []
