from __future__ import annotations

from collections.abc import Iterator

import pygame
import pytest

from game.emulation.cabinet import Action
from game.ui.input.controls import Controls
from game.ui.widgets.command import Command


@pytest.fixture
def controls() -> Iterator[Controls]:
    pygame.display.init()
    pygame.display.set_mode((640, 480))
    yield Controls()
    pygame.display.quit()


def key(controls: Controls, code: int, down: bool = True, mod: int = 0) -> Command | None:
    kind = pygame.KEYDOWN if down else pygame.KEYUP
    return controls.handle(pygame.Event(kind, key=code, mod=mod))


@pytest.mark.parametrize(
    ("keys", "action"),
    [
        ([pygame.K_LEFT], Action.LEFT),
        ([pygame.K_a], Action.LEFT),
        ([pygame.K_RIGHT, pygame.K_SPACE], Action.RIGHTFIRE),
        ([pygame.K_d, pygame.K_w], Action.RIGHTFIRE),
        ([pygame.K_LEFT, pygame.K_UP], Action.LEFTFIRE),
        ([pygame.K_SPACE], Action.FIRE),
        ([pygame.K_LEFT, pygame.K_RIGHT], Action.NOOP),
        ([pygame.K_LEFT, pygame.K_d, pygame.K_SPACE], Action.FIRE),
        ([pygame.K_F5, pygame.K_q], Action.NOOP),
    ],
)
def test_keys_make_actions(controls: Controls, keys: list[int], action: Action) -> None:
    for code in keys:
        key(controls, code)
    assert controls.take_action() is action
    assert controls.take_action() is action, "held keys stay held"


def test_a_tap_between_two_frames_acts_on_one(controls: Controls) -> None:
    key(controls, pygame.K_SPACE)
    key(controls, pygame.K_SPACE, down=False)
    assert controls.take_action() is Action.FIRE
    assert controls.take_action() is Action.NOOP


def test_one_of_two_keys_for_left_can_be_released(controls: Controls) -> None:
    key(controls, pygame.K_LEFT)
    key(controls, pygame.K_a)
    key(controls, pygame.K_LEFT, down=False)
    controls.take_action()
    assert controls.take_action() is Action.LEFT


def test_lost_focus_releases_everything(controls: Controls) -> None:
    key(controls, pygame.K_LEFT)
    controls.handle(pygame.Event(pygame.WINDOWFOCUSLOST))
    assert controls.take_action() is Action.NOOP


def test_keys_make_commands(controls: Controls) -> None:
    assert key(controls, pygame.K_ESCAPE) is Command.BACK
    assert key(controls, pygame.K_p) is Command.PAUSE
    assert key(controls, pygame.K_TAB) is Command.OVERLAY
    assert key(controls, pygame.K_F11) is Command.FULLSCREEN
    assert key(controls, pygame.K_RETURN) is Command.CONFIRM
    assert key(controls, pygame.K_RETURN, mod=pygame.KMOD_ALT) is Command.FULLSCREEN
    assert key(controls, pygame.K_F5) is Command.OTHER, "it does nothing, but somebody is there"
    assert key(controls, pygame.K_F5, down=False) is None


def test_a_pad_without_a_mapping_plays(controls: Controls) -> None:
    def send(kind: int, **values: float) -> Command | None:
        return controls.handle(pygame.Event(kind, instance_id=7, **values))

    assert send(pygame.JOYAXISMOTION, axis=0, value=-0.9) is Command.LEFT
    assert send(pygame.JOYAXISMOTION, axis=0, value=-0.95) is None, "it arrived already"
    send(pygame.JOYBUTTONDOWN, button=1)
    assert controls.take_action() is Action.LEFTFIRE
    send(pygame.JOYAXISMOTION, axis=0, value=0.1)
    send(pygame.JOYBUTTONUP, button=1)
    assert controls.take_action() is Action.NOOP
    assert send(pygame.JOYHATMOTION, hat=0, value=(1, 0)) is Command.RIGHT
    assert controls.take_action() is Action.RIGHT
    assert send(pygame.JOYBUTTONDOWN, button=7) is Command.PAUSE


def test_a_mapped_pad_plays(controls: Controls) -> None:
    def send(kind: int, **values: float) -> Command | None:
        return controls.handle(pygame.Event(kind, instance_id=3, **values))

    send(pygame.CONTROLLERBUTTONDOWN, button=pygame.CONTROLLER_BUTTON_DPAD_RIGHT)
    assert send(pygame.CONTROLLERBUTTONDOWN, button=pygame.CONTROLLER_BUTTON_A) is Command.CONFIRM
    assert controls.take_action() is Action.RIGHTFIRE
    send(pygame.CONTROLLERBUTTONUP, button=pygame.CONTROLLER_BUTTON_DPAD_RIGHT)
    controls.take_action()
    assert controls.take_action() is Action.FIRE
    assert send(pygame.CONTROLLERAXISMOTION, axis=1, value=32000) is Command.DOWN
    assert send(pygame.CONTROLLERAXISMOTION, axis=4, value=32000) is None, "a trigger"


def test_an_unplugged_pad_lets_go(controls: Controls) -> None:
    controls.handle(pygame.Event(pygame.JOYAXISMOTION, instance_id=7, axis=0, value=1.0))
    controls.take_action()
    controls.handle(pygame.Event(pygame.JOYDEVICEREMOVED, instance_id=7))
    assert controls.take_action() is Action.NOOP
