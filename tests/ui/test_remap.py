"""Own keys and buttons: chosen on the screen, kept, and never at the price of the menus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pygame
import pytest

from game.emulation.cabinet import Action
from game.system.preferences import FILE, Preferences, load_preferences
from game.ui.input.bindings import GAMEPAD, KEYBOARD, Use, own_buttons, own_keys, unmapped
from game.ui.input.controls import Controls
from game.ui.scenes.control_settings import ControlSettings
from game.ui.scenes.operator import PinEntry
from game.ui.scenes.remap import LISTEN_S, WAIT_S, Remap
from game.ui.scenes.scene import Mode
from game.ui.scenes.settings import Settings
from game.ui.scenes.title import Title
from game.ui.widgets.command import Command
from game.ui.window.app import CHORD_FRAMES, App
from tests.helpers.visit import match_scene_of, press, run


@pytest.fixture
def app(make_app: Callable[..., App]) -> App:
    """The arcade on the keyboard's screen, reached from the title."""
    app: App = make_app()
    press(app, pygame.K_UP, pygame.K_UP, pygame.K_RETURN)  # the settings
    assert isinstance(app.scene, Settings)
    press(app, pygame.K_UP, pygame.K_UP, pygame.K_RETURN)  # controls
    assert isinstance(app.scene, ControlSettings)
    press(app, pygame.K_RETURN)
    screen(app)
    return app


def screen(app: App) -> Remap:
    assert isinstance(app.scene, Remap)
    return app.scene


def go_to(app: App, row: str) -> None:
    rows = [choice.key for choice in screen(app)._menu.choices]
    press(app, *[pygame.K_DOWN] * (rows.index(row) - screen(app)._menu.index))
    press(app, *[pygame.K_UP] * (screen(app)._menu.index - rows.index(row)))
    assert screen(app)._menu.current.key == row


def choose(app: App, use: Use, code: int) -> None:
    """Go to the row of `use` and press the key `code` for it, as one more."""
    go_to(app, use)
    press(app, pygame.K_RETURN)
    press(app, code)
    run(app, 1)


def change(app: App, use: Use, number: int, code: int | None) -> None:
    """Put `code` in the place of key `number` of `use`, or remove that one."""
    go_to(app, use)
    count = len(screen(app)._codes(use)) + 1
    press(app, *[pygame.K_RIGHT] * ((number - screen(app)._chip) % count))
    press(app, pygame.K_RETURN)
    if code is None:
        press(app, pygame.K_DOWN, pygame.K_RETURN)
    else:
        press(app, pygame.K_RETURN)
        press(app, code)
    run(app, 1)


def action(app: App, *codes: int) -> Action:
    """What these keys, held together, make the cannon do."""
    controls = app.arcade.controls
    controls.take_action()  # what walked the page
    for code in codes:
        controls.handle(pygame.Event(pygame.KEYDOWN, key=code, mod=0))
    taken = controls.take_action()
    for code in codes:
        controls.handle(pygame.Event(pygame.KEYUP, key=code, mod=0))
    return taken


def test_own_keys_play_beside_the_others_and_are_found_again(app: App, tmp_path: Path) -> None:
    choose(app, Use.LEFT, pygame.K_j)
    choose(app, Use.FIRE, pygame.K_f)
    assert action(app, pygame.K_j, pygame.K_f) is Action.LEFTFIRE
    assert action(app, pygame.K_LEFT, pygame.K_SPACE) is Action.LEFTFIRE, "none is lost"
    assert action(app, pygame.K_a, pygame.K_w) is Action.LEFTFIRE
    lists = app.arcade.preferences.key_lists
    assert lists["left"] == [pygame.KSCAN_LEFT, pygame.KSCAN_A, pygame.KSCAN_J]
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    assert load_preferences(tmp_path) == Preferences(key_lists=lists)
    go_to(app, "reset")
    press(app, pygame.K_RETURN)
    assert app.arcade.preferences == Preferences()
    assert action(app, pygame.K_LEFT, pygame.K_SPACE) is Action.LEFTFIRE


def test_a_key_is_changed_or_removed_alone(app: App) -> None:
    change(app, Use.FIRE, 0, pygame.K_f)
    assert action(app, pygame.K_f) is Action.FIRE
    assert action(app, pygame.K_SPACE) is Action.NOOP
    assert action(app, pygame.K_w) is Action.FIRE
    change(app, Use.LEFT, 0, None)
    assert action(app, pygame.K_LEFT) is Action.NOOP
    change(app, Use.LEFT, 0, None)
    assert action(app, pygame.K_a) is Action.LEFT, "the last one stays"
    assert screen(app)._question is not None
    press(app, pygame.K_ESCAPE)
    assert screen(app)._question is None


def test_row_18_restoring_the_defaults_can_be_undone(app: App) -> None:
    go_to(app, "reset")
    press(app, pygame.K_RETURN)
    assert screen(app)._menu.current.label == "Restore defaults", "nothing was lost"
    choose(app, Use.FIRE, pygame.K_x)
    own = app.arcade.preferences
    go_to(app, "reset")
    press(app, pygame.K_RETURN)
    assert app.arcade.preferences.key_lists == {}
    assert screen(app)._menu.current.label == "Undo"
    press(app, pygame.K_RETURN)
    assert app.arcade.preferences == own
    assert screen(app)._menu.current.label == "Restore defaults"
    press(app, pygame.K_RETURN)
    choose(app, Use.LEFT, pygame.K_y)
    assert [choice.label for choice in screen(app)._menu.choices][-2] == "Restore defaults"


@pytest.mark.parametrize(
    ("use", "code", "words"),
    [
        (Use.FIRE, pygame.K_LEFT, "Left arrow is already used for"),
        (Use.LEFT, pygame.K_p, "P is already used for"),
        (Use.FIRE, pygame.K_m, "M is reserved"),
        (Use.PAUSE, pygame.K_SPACE, "Space is reserved"),
    ],
)
def test_a_conflict_is_said_and_not_kept(app: App, use: Use, code: int, words: str) -> None:
    choose(app, use, code)
    assert app.arcade.preferences == Preferences()
    assert words in screen(app)._foot()
    press(app, pygame.K_k)  # it waits on
    run(app, 1)
    assert app.arcade.preferences.key_lists[use.value][-1] == pygame.KSCAN_K


def test_two_uses_can_change_places(app: App) -> None:
    change(app, Use.LEFT, 0, pygame.K_j)
    change(app, Use.RIGHT, 0, pygame.K_LEFT)
    change(app, Use.LEFT, 0, pygame.K_RIGHT)
    assert action(app, pygame.K_RIGHT, pygame.K_SPACE) is Action.LEFTFIRE
    press(app, pygame.K_UP)
    assert screen(app)._menu.current.key == "back", "arrows still walk menus"


@pytest.mark.parametrize("code", [pygame.K_ESCAPE, None])
def test_waiting_for_a_key_ends(app: App, code: int | None) -> None:
    press(app, pygame.K_RETURN)
    if code is not None:
        press(app, code)
    run(app, 2 if code is not None else LISTEN_S * 60 + 1)
    press(app, pygame.K_DOWN, pygame.K_j)
    run(app, 1)
    assert app.arcade.preferences == Preferences()
    assert screen(app)._menu.current.key == "right"
    press(app, pygame.K_ESCAPE)
    assert isinstance(app.scene, ControlSettings)


def test_nobody_there_leads_home_and_no_key_is_caught_later(app: App) -> None:
    run(app, WAIT_S * 60 - 60)
    press(app, pygame.K_RETURN)
    run(app, WAIT_S * 60 + 1)
    title = app.scene
    assert isinstance(title, Title)
    row = title._menu.index
    press(app, pygame.K_DOWN)
    assert title._menu.index != row


def test_a_button_is_chosen_with_the_pad_alone(app: App) -> None:
    def button(number: int) -> None:
        for kind in (pygame.CONTROLLERBUTTONDOWN, pygame.CONTROLLERBUTTONUP):
            pygame.event.post(pygame.Event(kind, instance_id=1, button=number))
        run(app, 1)

    button(pygame.CONTROLLER_BUTTON_B)
    button(pygame.CONTROLLER_BUTTON_DPAD_DOWN)
    button(pygame.CONTROLLER_BUTTON_A)
    assert screen(app)._gamepad
    button(pygame.CONTROLLER_BUTTON_A)
    button(pygame.CONTROLLER_BUTTON_A)
    assert "A is already used for" in screen(app)._foot()
    button(pygame.CONTROLLER_BUTTON_LEFTSTICK)
    left = [pygame.CONTROLLER_BUTTON_DPAD_LEFT, pygame.CONTROLLER_BUTTON_LEFTSTICK]
    assert app.arcade.preferences.button_lists == {"left": left}
    button(pygame.CONTROLLER_BUTTON_DPAD_DOWN)
    assert screen(app)._menu.current.key == "right"


def test_own_keys_walk_menus_where_they_have_nothing_else_to_do() -> None:
    own = {"left": [pygame.KSCAN_J], "fire": [pygame.KSCAN_W], "pause": [pygame.KSCAN_B]}
    bound = KEYBOARD.bound(own)
    assert KEYBOARD.command(pygame.KSCAN_J, bound) is Command.LEFT
    assert KEYBOARD.command(pygame.KSCAN_W, bound) is Command.UP
    assert KEYBOARD.command(pygame.KSCAN_B, bound) is Command.PAUSE
    assert KEYBOARD.command(pygame.KSCAN_P, bound) is Command.OTHER
    for code in (pygame.KSCAN_UP, pygame.KSCAN_RETURN, pygame.KSCAN_ESCAPE, pygame.KSCAN_SPACE):
        assert KEYBOARD.command(code, bound) is KEYBOARD.command(code, KEYBOARD.bound({}))


@pytest.mark.parametrize(
    "own",
    [
        {"left": [pygame.KSCAN_D], "right": [pygame.KSCAN_A]},
        {"left": [pygame.KSCAN_J], "right": [pygame.KSCAN_J]},
        {"fire": [pygame.KSCAN_X, pygame.KSCAN_X]},
        {"fire": [pygame.KSCAN_ESCAPE]},
        {"right": [pygame.KSCAN_LEFT]},
    ],
)
def test_a_files_conflicts_are_as_if_not_there(own: dict[str, list[int]]) -> None:
    bound = KEYBOARD.bound(own)
    if own == {"left": [pygame.KSCAN_D], "right": [pygame.KSCAN_A]}:  # a change of places is none
        assert (bound[pygame.KSCAN_D], bound[pygame.KSCAN_A]) == (Use.LEFT, Use.RIGHT)
    else:
        assert bound == KEYBOARD.bound({})


def test_unmapped_pads_have_codes_of_their_own() -> None:
    bound = GAMEPAD.bound(own_buttons(Preferences(buttons={"fire": unmapped(5)})))
    assert unmapped(1) not in bound, "an old file's button replaced those of its kind of pad"
    assert bound[pygame.CONTROLLER_BUTTON_A] is Use.FIRE
    assert GAMEPAD.name(unmapped(5)) == "Button 6"


@pytest.mark.parametrize(
    "text",
    [
        '{"keys": {"jump": 5}}',
        '{"keys": {"left": "a"}}',
        '{"keys": {"left": true}}',
        '{"keys": [1], "buttons": {"fire": 1e3}}',
        '{"buttons": {"fire": 99999999999999999999}, "dead_zone": 45}',
        '{"dead_zone": 0}',
        '{"key_lists": {"left": [5, true]}}',
        '{"key_lists": {"left": []}, "button_lists": {"left": 5}}',
    ],
)
def test_damaged_keys_are_as_at_first(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert load_preferences(tmp_path) == Preferences()


@pytest.mark.slow
def test_the_operators_chord_cannot_be_lost(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY, kiosk=True)
    own = {"left": pygame.K_j, "right": pygame.K_l, "fire": pygame.K_k}
    app.arcade.prefer(Preferences(keys=own))
    for codes in ((pygame.K_LEFT, pygame.K_RIGHT, pygame.K_SPACE), tuple(own.values())):
        controls = Controls()
        controls.bind(own_keys(Preferences(keys=own)), {})
        for code in codes:
            controls.handle(pygame.Event(pygame.KEYDOWN, key=code, mod=0))
        assert controls.chord
        controls.handle(pygame.Event(pygame.KEYUP, key=codes[0]))
        assert not controls.chord
    for code in (pygame.K_LEFT, pygame.K_RIGHT, pygame.K_SPACE):
        pygame.event.post(pygame.Event(pygame.KEYDOWN, key=code, mod=0))
    match_scene_of(app)
    run(app, CHORD_FRAMES)
    assert isinstance(app.scene, PinEntry)
