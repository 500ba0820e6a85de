"""Whatever a visitor's hands may do, at random, for several test files."""

from __future__ import annotations

import random
from typing import Any

import pygame

KEYS = (
    [pygame.K_LEFT, pygame.K_RIGHT, pygame.K_SPACE] * 4
    + [pygame.K_UP, pygame.K_DOWN, pygame.K_RETURN] * 2
    + [pygame.K_ESCAPE, pygame.K_p, pygame.K_TAB, pygame.K_m, pygame.K_F11, pygame.K_F4, pygame.K_q]
)


FRIEND = 8  # the pad of a second visitor


def post(kind: int, **values: Any) -> None:
    pygame.event.post(pygame.Event(kind, **values))


def do_anything(chance: random.Random) -> None:
    """Press, let go, unplug, click away or try to close the window."""
    what = chance.random()
    if what < 0.75:
        key = chance.choice(KEYS)
        post(pygame.KEYDOWN, key=key, mod=0)
        if chance.random() < 0.6:
            post(pygame.KEYUP, key=key)
    elif what < 0.85:
        kind = chance.choice([pygame.CONTROLLERBUTTONDOWN, pygame.CONTROLLERBUTTONUP])
        post(kind, instance_id=7, button=chance.randrange(8))
    elif what < 0.9:
        value = chance.randrange(-32768, 32768)
        post(pygame.CONTROLLERAXISMOTION, instance_id=7, axis=chance.randrange(3), value=value)
    elif what < 0.93:
        post(pygame.JOYDEVICEREMOVED, instance_id=chance.randrange(9))
    elif what < 0.95:
        post(pygame.WINDOWFOCUSLOST)
    elif what < 0.97:
        post(pygame.QUIT)
    else:
        post(pygame.MOUSEBUTTONDOWN, button=1, pos=(5, 5))


def join() -> None:
    """Take part in twos: whoever has the keyboard steers the menu, a friend fires on a pad."""
    for key in (pygame.K_DOWN, pygame.K_UP):
        post(pygame.KEYDOWN, key=key, mod=0)
        post(pygame.KEYUP, key=key)
    post(pygame.CONTROLLERBUTTONDOWN, instance_id=FRIEND, button=pygame.CONTROLLER_BUTTON_A)
    post(pygame.CONTROLLERBUTTONUP, instance_id=FRIEND, button=pygame.CONTROLLER_BUTTON_A)


def do_anything_beside(chance: random.Random) -> None:
    """Let the friend press or let go on a pad of their own."""
    if chance.random() < 0.7:
        kind = chance.choice([pygame.CONTROLLERBUTTONDOWN, pygame.CONTROLLERBUTTONUP])
        post(kind, instance_id=FRIEND, button=chance.randrange(8))
    else:
        value = chance.randrange(-32768, 32768)
        post(pygame.CONTROLLERAXISMOTION, instance_id=FRIEND, axis=chance.randrange(3), value=value)


def let_go() -> None:
    """Release everything."""
    for key in set(KEYS):
        post(pygame.KEYUP, key=key)
    for pad in (7, FRIEND):
        for button in range(8):
            post(pygame.CONTROLLERBUTTONUP, instance_id=pad, button=button)
