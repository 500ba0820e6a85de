"""Hints show the buttons of the device in use, drawn by ourselves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pygame
import pytest

from game.system.preferences import Preferences
from game.ui.input.bindings import GAMEPAD, KEYBOARD, Use
from game.ui.input.hints import button_of, buttons_of, key_of, pad_button, play_signs
from game.ui.input.pad_kinds import pad_kind
from game.ui.scenes.settings import Settings
from game.ui.widgets.command import Command
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.theme import TEXT, Font, Theme
from game.ui.window.app import App
from tests.helpers.visit import press

THEME = Theme((1280, 720))
PADS = [kind for kind in InputKind if kind.is_pad]


def ink(words: str) -> bytes:
    """What a line of words and glyphs looks like."""
    surface = pygame.Surface((300, 60))
    draw_hint(surface, words, Font.BODY, TEXT, THEME, topleft=(4, 4))
    return pygame.surfarray.array2d(surface).tobytes()


@pytest.mark.parametrize("kind", PADS)
def test_every_button_has_a_look_of_its_own(kind: InputKind) -> None:
    codes = [code for code in {*GAMEPAD.standard, *GAMEPAD.commands} if code >= 0]
    looks = {ink(pad_button(kind, code)) for code in codes}
    assert len(looks) == len(codes)
    assert ink("") not in looks


def test_pads_look_as_what_is_printed_on_them() -> None:
    fire = {kind: ink(button_of(Command.CONFIRM, kind)) for kind in InputKind}
    assert fire[InputKind.XBOX] == fire[InputKind.DECK] == fire[InputKind.NINTENDO]
    others = (InputKind.PLAYSTATION, InputKind.KEYBOARD, InputKind.MOUSE, InputKind.TOUCH)
    assert len({fire[kind] for kind in (InputKind.XBOX, *others)}) == 5
    start = {ink(button_of(Command.PAUSE, kind)) for kind in PADS}
    assert len(start) == 2, "three lines, or a plus"


@pytest.mark.parametrize("place", sorted(KEYBOARD.standard))
def test_every_key_is_drawn(place: int) -> None:
    assert ink(key_of(place)) != ink("")


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (1920, 1080)])
def test_a_hint_stays_in_its_room(size: tuple[int, int]) -> None:
    theme = Theme(size)
    for kind in InputKind:
        for words in play_signs(Preferences(), kind):
            surface = pygame.Surface(size)
            room = theme.px(320)
            place = draw_hint(surface, words, Font.BODY, TEXT, theme, room, center=(300, 200))
            drawn = np.argwhere(pygame.surfarray.array2d(surface) != 0)
            assert place.width <= room
            assert place.inflate(2, 2).collidepoint(*drawn.min(axis=0)), (kind, words)
            assert place.inflate(2, 2).collidepoint(*drawn.max(axis=0)), (kind, words)


@pytest.mark.parametrize(
    ("guid", "name", "kind"),
    [
        ("030000005e0400008e02000014010000", "Xbox 360 Controller", InputKind.XBOX),
        (
            "030000004c050000e60c000011810000",
            "DualSense",
            InputKind.PLAYSTATION,
        ),
        ("030000007e0500000920000011810000", "Nintendo Switch Pro Controller", InputKind.NINTENDO),
        ("03000000de2800000512000011010000", "Steam Deck", InputKind.DECK),
        ("030000000d0f00006e00000011010000", "HORI PS4 Fighting Stick", InputKind.PLAYSTATION),
        ("030000000d0f0000c100000011010000", "HORI Switch Pad", InputKind.NINTENDO),
        ("030000008f0e00000300000010010000", "GreenAsia USB Joystick", InputKind.XBOX),
        ("no guid at all", "", InputKind.XBOX),
    ],
)
def test_a_pad_is_known_by_its_maker_or_its_name(guid: str, name: str, kind: InputKind) -> None:
    assert pad_kind(guid, name) is kind


def test_the_last_device_decides(make_app: Callable[..., App]) -> None:
    app = make_app()
    app._stack.append(Settings(app.arcade))
    app.arcade.controls._kinds[3] = InputKind.PLAYSTATION
    pygame.event.post(pygame.Event(pygame.CONTROLLERBUTTONDOWN, instance_id=3, button=11))
    app.poll()
    assert app.arcade.controls.kind is InputKind.PLAYSTATION
    pygame.event.post(pygame.Event(pygame.MOUSEBUTTONDOWN, pos=(1, 1), button=1, touch=False))
    app.poll()
    assert app.arcade.controls.kind is InputKind.MOUSE
    press(app, pygame.K_UP)
    assert app.arcade.controls.kind is InputKind.KEYBOARD


def test_own_keys_are_shown() -> None:
    own = {"fire": [pygame.KSCAN_F, pygame.KSCAN_G]}
    assert buttons_of(Use.FIRE, own, InputKind.KEYBOARD) == [key_of(c) for c in own["fire"]]
    now = Preferences(key_lists=own)
    assert "F" in play_signs(now, InputKind.KEYBOARD)[1]
