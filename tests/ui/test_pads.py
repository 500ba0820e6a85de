"""Gamepads as SDL sees them: its database, and pads that come and go in the real App."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pygame
import pytest

from game.emulation.cabinet import Action
from game.system.paths import asset
from game.system.preferences import Preferences
from game.ui.input.controls import MAPPINGS_ENV
from game.ui.scenes.pause import Pause
from game.ui.scenes.scene import Mode
from game.ui.scenes.settings import Settings
from game.ui.scenes.title import Title
from game.ui.window.app import App
from tests.helpers import sdl
from tests.helpers.visit import match_scene_of, press, run

ROOT = Path(__file__).parents[2]
DATABASE = asset("controllers/gamecontrollerdb.txt")
LINE = re.compile(r"[0-9a-f]{32},[^,]+,([a-z0-9+~-]+:[a-z0-9.+~-]+,|platform:[^,]+,)+")

# Prints whether SDL has a mapping for each GUID, with the database set as Controls does it.
ASK = """
import sys
import pygame
from tests.helpers import sdl
from game.ui.input.controls import Controls
pygame.display.init()
Controls()
known = sdl.library()
for guid in sys.argv[1:]:
    kind = known.SDL_JoystickGetGUIDFromString(guid.encode())
    print(int(known.SDL_GameControllerMappingForGUID(kind) is not None))
"""


def mappings() -> list[str]:
    lines = DATABASE.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_database_is_in_the_form_that_sdl_reads() -> None:
    assert len(mappings()) > 200
    for line in mappings():
        assert LINE.fullmatch(line), line
    for platform in ("Windows", "Mac OS X", "Linux"):
        guids = [line.split(",")[0] for line in mappings() if f",platform:{platform}," in line]
        assert len(guids) == len(set(guids)) > 40
    assert "Sam Lantinga" in DATABASE.with_name("LICENCE.txt").read_text(encoding="utf-8")


def known_to_sdl(guids: list[str], own: Path | None) -> list[bool]:
    """Ask a program of its own: SDL reads its databases once."""
    environment = {k: v for k, v in os.environ.items() if k != MAPPINGS_ENV}
    environment["PYTHONPATH"] = os.pathsep.join(map(str, [ROOT, ROOT / "tests"]))
    if own is not None:
        environment[MAPPINGS_ENV] = str(own)
    done = subprocess.run(
        [sys.executable, "-c", ASK, *guids],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [line == "1" for line in done.stdout.splitlines() if line in ("0", "1")]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks for pads as Linux names them")
def test_sdl_knows_pads_that_it_did_not_know(tmp_path: Path) -> None:
    sdl.library()
    guids = [line.split(",")[0] for line in mappings() if ",platform:Linux," in line]
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    before = known_to_sdl(guids, empty)
    assert before.count(False) > 50, "the operator's own file was not respected, or SDL has grown"
    assert all(known_to_sdl(guids, None))


Plug = Callable[..., sdl.VirtualPad]


@pytest.fixture
def plug() -> Iterator[Plug]:
    """A function that plugs a virtual pad in; all are pulled out when the test is over."""
    pads: list[sdl.VirtualPad] = []

    def make(kind: int = sdl.PAD) -> sdl.VirtualPad:
        pads.append(sdl.VirtualPad(kind))
        return pads[-1]

    yield make
    for pad in pads:
        pad.unplug()
    if pygame.display.get_init():
        pygame.event.clear()


def held(app: App) -> Action:
    """What the controls would press in the next frame, once all events are in."""
    app.poll()
    app.arcade.controls.take_action()  # a tap is over
    return app.arcade.controls.take_action()


@pytest.mark.slow
def test_any_pad_may_press_start(make_app: Callable[..., App], plug: Plug) -> None:
    app = make_app()
    first, second = plug(), plug()
    run(app, 2)
    second.button(sdl.START)
    run(app, 1)
    assert match_scene_of(app).mode is Mode.RACE
    match_scene_of(app).skip_countdown()
    first.axis(0, -1)
    assert held(app) is Action.LEFT
    second.button(sdl.R1)
    assert held(app) is Action.LEFTFIRE, "two may share a cabinet"
    first.axis(0, 0.1)
    assert held(app) is Action.FIRE
    second.button(sdl.START, down=False)
    app.poll()
    second.button(sdl.START)
    app.poll()
    assert isinstance(app.scene, Pause)


@pytest.mark.slow
def test_a_pad_walks_every_menu_and_b_fires_in_a_match(
    make_app: Callable[..., App], plug: Plug
) -> None:
    app = make_app()
    pad = plug()
    run(app, 2)
    for button in (sdl.UP, sdl.UP, sdl.A):
        pad.button(button)
        app.poll()
        pad.button(button, down=False)
        app.poll()
    assert isinstance(app.scene, Settings)
    pad.button(sdl.B)
    app.poll()
    assert isinstance(app.scene, Title)
    pad.button(sdl.B, down=False)
    app.poll()
    press(app, pygame.K_DOWN, pygame.K_DOWN)  # round to the race
    pad.button(sdl.START)
    app.poll()
    match_scene = match_scene_of(app)
    match_scene.skip_countdown()
    pad.button(sdl.B)
    assert held(app) is Action.FIRE
    assert app.scene is match_scene, "the button that fires does not pause"


@pytest.mark.slow
def test_an_unmapped_pad_plays(make_app: Callable[..., App], plug: Plug) -> None:
    app = make_app(Mode.PLAY)
    stick = plug(sdl.UNKNOWN)
    run(app, 2)
    stick.axis(0, 1)
    stick.button(2)
    assert held(app) is Action.RIGHTFIRE
    stick.button(9)
    app.poll()
    assert isinstance(app.scene, Pause)


def test_only_the_players_pad_pauses_and_is_named(make_app: Callable[..., App], plug: Plug) -> None:
    app = make_app(Mode.PLAY)
    mine, other = plug(), plug()
    run(app, 2)
    mine.axis(0, 1)
    run(app, 2)
    other.unplug()
    run(app, 2)
    match_scene_of(app)
    mine.unplug()
    run(app, 2)
    pause = app.scene
    assert isinstance(pause, Pause)
    assert "Virtual Controller" in str(pause._reason)
    assert held(app) is Action.NOOP
    again = plug()
    run(app, 2)
    again.button(sdl.START)
    run(app, 1)
    match_scene_of(app)
    again.axis(0, -1)
    assert held(app) is Action.LEFT


def test_a_pad_that_is_gone_before_it_is_opened_is_no_error(
    make_app: Callable[..., App], plug: Plug
) -> None:
    app = make_app(Mode.PLAY)
    plug().unplug()
    run(app, 2)
    match_scene_of(app)
    assert app.arcade.controls.pad_names == []


def test_the_dead_zone_is_how_far_a_stick_must_go(make_app: Callable[..., App], plug: Plug) -> None:
    app = make_app(Mode.PLAY)
    pad = plug()
    run(app, 2)
    pad.axis(0, 0.3)
    assert held(app) is Action.NOOP
    app.arcade.prefer(Preferences(dead_zone=10))
    pad.axis(0, 0.31)
    assert held(app) is Action.RIGHT
    app.arcade.prefer(Preferences(dead_zone=90))
    pad.axis(0, 0.8)
    assert held(app) is Action.NOOP
    pad.axis(0, 0.95)
    assert held(app) is Action.RIGHT


def test_own_buttons_outlive_unplugging(make_app: Callable[..., App], plug: Plug) -> None:
    app = make_app(Mode.PLAY)
    run(app, 1)
    app.arcade.prefer(Preferences(buttons={"fire": pygame.CONTROLLER_BUTTON_LEFTSTICK}))
    for _ in range(2):
        pad = plug()
        run(app, 2)
        pad.button(sdl.X)
        assert held(app) is Action.NOOP
        pad.button(sdl.L3)
        assert held(app) is Action.FIRE
        pad.unplug()
        run(app, 2)
        if isinstance(app.scene, Pause):
            press(app, pygame.K_RETURN)
    stick = plug(sdl.UNKNOWN)
    run(app, 2)
    stick.button(1)
    assert held(app) is Action.FIRE, "a pad without that button has the standard ones"
