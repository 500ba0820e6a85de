"""A mouse and fingers over an arcade, for several test files."""

from __future__ import annotations

import pygame

from game.ui.widgets.control import Control, control_at
from game.ui.window.app import App
from tests.helpers.visit import run


class Mouse:
    """Moves and clicks; an arcade sees what SDL would tell it."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._at = (0, 0)

    def move(self, x: float, y: float) -> None:
        """Go to a place of the window, in pixels."""
        at = round(x), round(y)
        rel = (at[0] - self._at[0], at[1] - self._at[1])
        self._at = at
        self._post(pygame.MOUSEMOTION, pos=at, rel=rel, buttons=(0, 0, 0))

    def down(self, button: int = 1) -> None:
        """Press a button."""
        self._post(pygame.MOUSEBUTTONDOWN, pos=self._at, button=button)

    def up(self, button: int = 1) -> None:
        """Let a button go."""
        self._post(pygame.MOUSEBUTTONUP, pos=self._at, button=button)

    def click(self, key: str) -> None:
        """Click on the control `key` of what is shown."""
        self.move(*spot(self._app, key))
        self.down()
        run(self._app, 2)
        self.up()
        run(self._app, 1)

    def _post(self, kind: int, **values: object) -> None:
        pygame.event.post(pygame.Event(kind, touch=False, **values))
        self._app.poll()


class Finger:
    """One finger; another has another `number`."""

    def __init__(self, app: App, number: int = 1) -> None:
        self._app = app
        self._number = number
        self._at = (0.0, 0.0)

    def down(self, x: float, y: float) -> None:
        """Touch a place of the window, in pixels."""
        self._send(pygame.FINGERDOWN, x, y)

    def move(self, x: float, y: float) -> None:
        """Slide to a place of the window, in pixels."""
        self._send(pygame.FINGERMOTION, x, y)

    def up(self) -> None:
        """Lift it."""
        self._post(pygame.FINGERUP)

    def tap(self, key: str) -> None:
        """Tap on the control `key` of what is shown."""
        self.down(*spot(self._app, key))
        run(self._app, 2)
        self.up()
        run(self._app, 1)

    def hold(self, key: str) -> None:
        """Put it on the control `key` and leave it there."""
        self.down(*spot(self._app, key))

    def _send(self, kind: int, x: float, y: float) -> None:
        width, height = _window().size
        self._at = (x / width, y / height)
        self._post(kind)

    def _post(self, kind: int) -> None:
        x, y = self._at
        event = pygame.Event(kind, touch_id=1, finger_id=self._number, x=x, y=y, dx=0.0, dy=0.0)
        pygame.event.post(event)
        self._app.poll()


def find(app: App, key: str) -> Control:
    """Return the control `key` of what is shown."""
    app.draw()
    controls = app.scene.controls()
    found = [control for control in controls if control.key == key]
    keys = [control.key for control in controls]
    assert found, f"{type(app.scene).__name__} has no {key}, but {keys}"
    return found[0]


def spot(app: App, key: str) -> tuple[int, int]:
    """Return a place where nothing lies over the control `key`."""
    rect = find(app, key).rect.clip(_window())
    controls = app.scene.controls()
    for share in (0.5, 0.1, 0.3, 0.7, 0.9):
        place = (rect.left + int(rect.width * share), rect.centery)
        here = control_at(controls, place)
        if here is not None and here.key == key:
            return place
    raise AssertionError(f"{key} is covered")


def _window() -> pygame.Rect:
    surface = pygame.display.get_surface()
    assert surface is not None
    return surface.get_rect()
