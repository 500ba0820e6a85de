"""Menus are spoken by the system's service, where somebody asks for it; and pads shake."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pygame
import pytest

from game.emulation.cabinet import Rules
from game.system.preferences import Preferences
from game.ui.audio.voice import Voice, speech_command
from game.ui.scenes.operator import PinEntry
from game.ui.scenes.scene import Mode
from game.ui.scenes.settings import Settings
from game.ui.window import app as app_module
from game.ui.window.app import App
from game.ui.window.reader import SETTLED, Reader
from tests.helpers.common import wait_for
from tests.helpers.visit import press, run

posix = pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for the service")


@pytest.fixture
def spoken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A speech service that writes down what it is to say; the file it writes to."""
    said = tmp_path / "said"
    name = "say" if sys.platform == "darwin" else "spd-say"
    service = tmp_path / "bin" / name
    service.parent.mkdir()
    service.write_text(f'#!/bin/sh\nfor last; do :; done\necho "$last" >> {said}\n')
    service.chmod(0o755)
    monkeypatch.setenv("PATH", f"{service.parent}{os.pathsep}{os.environ['PATH']}")
    return said


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


@posix
def test_what_is_marked_is_read_once_it_rests(make_app: Callable[..., App], spoken: Path) -> None:
    app = make_app()
    app.arcade.prefer(Preferences(speech=True))
    assert app.arcade.has_voice
    app._stack.append(Settings(app.arcade))
    app.draw()
    run(app, SETTLED + 2)
    wait_for(lambda: lines(spoken))
    assert lines(spoken) == ["Volume, 10"]
    press(app, pygame.K_DOWN)
    app.draw()
    run(app, 3)
    press(app, pygame.K_DOWN)
    app.draw()
    run(app, SETTLED + 2)
    wait_for(lambda: len(lines(spoken)) > 1)
    assert lines(spoken)[1:] == ["Sound, on"], "what was passed by is not read"
    press(app, pygame.K_RIGHT)
    app.draw()
    run(app, SETTLED + 2)
    wait_for(lambda: len(lines(spoken)) > 2)
    assert lines(spoken)[2:] == ["Sound, off"]


@posix
def test_a_pin_is_not_read_nor_anything_unasked(make_app: Callable[..., App], spoken: Path) -> None:
    app = make_app(kiosk=True)
    run(app, SETTLED + 5)
    app.arcade.prefer(Preferences(speech=True))
    app._stack.append(PinEntry(app.arcade))
    app.draw()
    run(app, SETTLED + 5)
    assert lines(spoken) == []


def test_without_a_service_there_is_no_row(
    make_app: Callable[..., App], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert speech_command() is None
    app = make_app()
    assert not app.arcade.has_voice
    rows = [choice.key for choice in Settings(app.arcade)._menu.choices]
    assert "speech" not in rows


def test_a_service_that_fails_is_given_up() -> None:
    voice = Voice(["/there/is/no/such/program"])
    voice.speak("hello", "en")
    assert not voice.is_there
    voice.speak("hello", "en")
    voice.stop()


def test_a_text_is_no_command(make_app: Callable[..., App]) -> None:
    voice = Voice([sys.executable, "-c", "import sys; sys.exit(sys.argv[-1] != '; rm -rf /')"])
    voice.speak("; rm -rf /", "en")
    process = voice._process
    assert process is not None
    if sys.platform not in ("win32",):
        assert process.wait() == 0
    app = make_app()
    assert isinstance(app._reader, Reader)


def lose_a_life(app: App) -> list[tuple[float, float]]:
    """How a pad shakes until the first life is lost."""
    shaken: list[tuple[float, float]] = []
    controls = app.arcade.controls
    controls.rumble = lambda pad, strength, seconds: shaken.append((strength, seconds))  # type: ignore[method-assign]
    for _ in range(1500):
        app.update()
        if shaken:
            break
    return shaken


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kiosk", "preferences", "shakes"),
    [
        (False, Preferences(), True),
        (False, Preferences(rumble=False), False),
        (True, Preferences(), False),
        (True, Preferences(kiosk_rumble=True), True),
    ],
)
def test_a_pad_shakes_for_a_lost_life_where_it_is_wanted(
    make_app: Callable[..., App], kiosk: bool, preferences: Preferences, shakes: bool
) -> None:
    app = make_app(Mode.PLAY, kiosk=kiosk, rules=Rules(frame_cap=1500))
    app.arcade.prefer(preferences)
    assert bool(lose_a_life(app)) == shakes


def test_a_kiosk_takes_the_focus_back(
    make_app: Callable[..., App], monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[int] = []
    monkeypatch.setattr(app_module, "raise_window", lambda: raised.append(1))
    for kiosk in (False, True):
        app = make_app(kiosk=kiosk)
        pygame.event.post(pygame.Event(pygame.WINDOWFOCUSLOST))
        run(app, 130)
        assert bool(raised) == kiosk
    count = len(raised)
    assert count >= 2, "it goes on trying"
    pygame.event.post(pygame.Event(pygame.WINDOWFOCUSGAINED))
    run(app, 130)
    assert len(raised) == count
