from __future__ import annotations

from collections.abc import Iterator

import pygame
import pytest

from game.emulation.cabinet import Action
from game.ui.input import key_labels
from game.ui.input.bindings import KEYBOARD, Use, own_places
from game.ui.input.controls import RELEASE, Controls
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


RUSSIAN = {pygame.KSCAN_A: "ф", pygame.KSCAN_D: "в", pygame.KSCAN_W: "ц", pygame.KSCAN_P: "з"}
FRENCH = {pygame.KSCAN_A: "q", pygame.KSCAN_D: "d", pygame.KSCAN_W: "z", pygame.KSCAN_P: "p"}


def on_layout(controls: Controls, layout: dict[int, str], place: int) -> Command | None:
    """Press the key at `place` on a keyboard whose layout prints those letters."""
    event = pygame.Event(pygame.KEYDOWN, key=ord(layout[place]), scancode=place, mod=0)
    return controls.handle(event)


@pytest.mark.parametrize("layout", [RUSSIAN, FRENCH])
def test_keys_play_by_place_on_every_layout(controls: Controls, layout: dict[int, str]) -> None:
    on_layout(controls, layout, pygame.KSCAN_A)
    on_layout(controls, layout, pygame.KSCAN_W)
    assert controls.take_action() is Action.LEFTFIRE
    assert on_layout(controls, layout, pygame.KSCAN_P) is Command.PAUSE
    controls.handle(
        pygame.Event(pygame.KEYUP, key=ord(layout[pygame.KSCAN_A]), scancode=pygame.KSCAN_A)
    )
    controls.take_action()
    assert controls.take_action() is Action.FIRE


def test_a_remote_screen_that_knows_no_places_plays_by_meaning(controls: Controls) -> None:
    controls.handle(pygame.Event(pygame.KEYDOWN, key=pygame.K_a, scancode=0, mod=0))
    assert controls.take_action() is Action.LEFT


def test_keys_are_called_what_the_layout_prints_on_them(
    controls: Controls, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert KEYBOARD.name(pygame.KSCAN_A) == "A"
    assert key_labels.keycode_of(pygame.KSCAN_SEMICOLON) == pygame.K_SEMICOLON
    where = {ord(letter): place for place, letter in FRENCH.items()}
    monkeypatch.setattr(key_labels, "_places", lambda: _Layout(where))
    controls.handle(pygame.Event(pygame.KEYMAPCHANGED))
    assert [KEYBOARD.name(place) for place in FRENCH] == ["Q", "D", "Z", "P"]
    assert own_places({"left": ord("q")}, {}) == {"left": pygame.KSCAN_A}
    assert own_places({"left": ord("q")}, {"left": pygame.KSCAN_X}) == {"left": pygame.KSCAN_X}
    where = {ord(letter): place for place, letter in RUSSIAN.items()}
    controls.handle(pygame.Event(pygame.KEYMAPCHANGED))
    assert [KEYBOARD.name(place) for place in RUSSIAN] == ["A", "D", "W", "P"], "printed beside"
    key_labels.forget_layout()


class _Layout(dict[int, int]):
    def __missing__(self, keycode: int) -> int:
        return 0


class _Stick:
    """A pad that SDL has no mapping for; its axes rest at these values."""

    def __init__(self, *at: float, hats: int = 1) -> None:
        self._at, self._hats = at, hats

    def get_numaxes(self) -> int:
        return len(self._at)

    def get_numhats(self) -> int:
        return self._hats

    def get_axis(self, axis: int) -> float:
        return self._at[axis]


def plugged(controls: Controls, stick: _Stick, pad: int = 7, name: str = "Pedals") -> None:
    controls._pads[pad], controls._names[pad] = stick, name  # type: ignore[assignment]
    controls._look_at_axes(pad, stick)  # type: ignore[arg-type]


def axis(controls: Controls, number: int, value: float, pad: int = 7) -> Command | None:
    event = pygame.Event(pygame.JOYAXISMOTION, instance_id=pad, axis=number, value=value)
    return controls.handle(event)


def held(controls: Controls) -> Action:
    controls.take_action()  # a tap is over
    return controls.take_action()


def test_an_axis_that_rests_at_its_end_does_not_steer(controls: Controls) -> None:
    plugged(controls, _Stick(-1, 0))
    for value in (-1, -0.99, -1):
        assert axis(controls, 0, value) is None
    assert held(controls) is Action.NOOP
    axis(controls, 0, 0.05)
    axis(controls, 0, 1)
    assert held(controls) is Action.RIGHT, "it has been near rest: it is a stick after all"


def test_a_stick_and_a_digital_cross_count_at_once(controls: Controls) -> None:
    plugged(controls, _Stick(0.02, 0))
    axis(controls, 0, -1)
    assert held(controls) is Action.LEFT


def test_a_cross_on_the_last_axes_of_an_unmapped_pad_steers(controls: Controls) -> None:
    plugged(controls, _Stick(0, 0, -1, 0, 0, 0, hats=0))
    assert axis(controls, 4, 1) is Command.RIGHT
    assert held(controls) is Action.RIGHT
    assert axis(controls, 5, -1) is Command.UP
    assert axis(controls, 2, 1) is None, "a trigger is no cross"


def test_a_device_that_is_left_out_does_nothing(controls: Controls) -> None:
    plugged(controls, _Stick(0, 0))
    axis(controls, 0, 1)
    assert held(controls) is Action.RIGHT
    controls.ignore({"Pedals"})
    assert held(controls) is Action.NOOP, "what it holds is let go"
    assert axis(controls, 0, -1) is None
    assert held(controls) is Action.NOOP
    controls.ignore(set())
    axis(controls, 0, -1)
    assert held(controls) is Action.LEFT


def test_triggers_fire(controls: Controls) -> None:
    def pull(value: float) -> None:
        controls.handle(
            pygame.Event(
                pygame.CONTROLLERAXISMOTION,
                instance_id=3,
                axis=pygame.CONTROLLER_AXIS_TRIGGERRIGHT,
                value=int(value * 32767),
            )
        )

    pull(0.3)
    assert held(controls) is Action.NOOP
    pull(0.9)
    assert held(controls) is Action.FIRE
    pull(0.45)
    assert held(controls) is Action.FIRE, "it trembles at its edge"
    pull(0.1)
    assert held(controls) is Action.NOOP


def test_a_stick_at_the_edge_of_its_dead_zone_makes_one_step(controls: Controls) -> None:
    plugged(controls, _Stick(0, 0))
    edge = controls.dead_zone
    steps = [axis(controls, 1, edge + (0.01 if i % 2 else -0.01)) for i in range(40)]
    assert [step for step in steps if step is not None] == [Command.DOWN]
    assert axis(controls, 1, RELEASE * edge - 0.01) is None
    assert axis(controls, 1, edge + 0.01) is Command.DOWN
    assert axis(controls, 1, -1) is Command.UP, "the other way needs no rest between"


def test_uses_are_named(controls: Controls) -> None:
    assert {KEYBOARD.first(use, {}) for use in Use} == {"Left arrow", "Right arrow", "Space", "P"}
