"""The monitor that is chosen is the one that is used, by name, also after a restart."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pygame
import pytest

from game.cli.main import main
from game.play.options import Options
from game.system.preferences import FILE, Preferences, load_preferences
from game.ui.scenes.look_settings import LookSettings
from game.ui.window import app as app_module
from game.ui.window import desktop
from game.ui.window.app import App, MonitorError, open_window
from game.ui.window.desktop import chosen_monitor, monitor_names
from tests.helpers.common import wait_for
from tests.helpers.visit import press, run

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["DELL", "Projector"]
DRIVER = Path("/usr/lib/xorg/modules/drivers/dummy_drv.so")
CONFIG = """
Section "Device"
  Identifier "dummy"
  Driver "dummy"
  VideoRam 256000
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5.0-1000.0
  VertRefresh 5.0-200.0
EndSection
Section "Screen"
  Identifier "screen"
  Device "dummy"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "1280x720"
    Virtual 3000 1000
  EndSubSection
EndSection
"""


@pytest.mark.parametrize(
    ("number", "name", "index"),
    [
        (None, "", 0),
        (None, "Projector", 1),
        (None, "gone", 0),
        (2, "", 1),
        (1, "Projector", 0),
        (3, "Projector", 0),
    ],
)
def test_the_command_line_comes_before_the_settings(
    number: int | None, name: str, index: int
) -> None:
    assert chosen_monitor(number, name, NAMES) == index


def test_two_alike_have_names_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pygame.display.get_num_displays", lambda: 4)
    names = {0: "DELL", 1: "DELL", 2: None, 3: "DELL"}
    monkeypatch.setattr(desktop, "_monitor_name", names.__getitem__)
    assert monitor_names() == ["DELL", "DELL (2)", "Monitor 3", "DELL (3)"]


def test_one_that_is_not_there_is_said_with_those_that_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app_module, "monitor_names", lambda: NAMES)
    with pytest.raises(MonitorError, match=r"no monitor 3: choose from 1 \(DELL\), 2 \(Projector"):
        open_window(Options(display=3))
    pygame.display.quit()


@pytest.mark.parametrize("words", ["0", "17", "left", "1.5"])
def test_a_number_that_is_none_is_refused(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--display", words])
    assert ended.value.code == 2
    assert "a monitor is a number from 1 to 16" in capsys.readouterr().err


def test_the_settings_move_the_window_and_remember_it(
    make_app: Callable[..., App], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app()
    app.arcade.monitors = NAMES
    monkeypatch.setattr("pygame.display.get_num_displays", lambda: 2)
    opened: list[int] = []
    monkeypatch.setattr(app_module, "_set_mode", lambda *given: opened.append(given[2]))
    app._stack.append(LookSettings(app.arcade))
    scene = app.scene
    assert isinstance(scene, LookSettings)
    scene._menu.index = [choice.key for choice in scene._menu.choices].index("monitor")
    press(app, pygame.K_RIGHT)
    run(app, 1)
    assert opened == [1]
    assert "Projector" in scene._menu.current.value
    press(app, pygame.K_RIGHT)
    run(app, 1)
    assert opened == [1, 0]
    archive = app.arcade.archive
    assert archive is not None
    press(app, pygame.K_LEFT)
    archive.close()
    app.arcade.archive = None
    assert load_preferences(tmp_path).monitor == "Projector"


@pytest.fixture
def two_monitors(tmp_path: Path) -> Iterator[str]:
    """A display with two monitors of different sizes and a window manager."""
    programs = ("Xorg", "xrandr", "openbox", "xdotool")
    if not all(map(shutil.which, programs)) or not DRIVER.exists() or os.geteuid() != 0:
        pytest.skip("needs root, Xorg with its dummy driver, xrandr, openbox and xdotool")
    (tmp_path / "dummy.conf").write_text(CONFIG)
    read, write = os.pipe()
    log = ["-logfile", str(tmp_path / "xorg.log"), "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(
        ["Xorg", "-displayfd", str(write), "-config", str(tmp_path / "dummy.conf"), *log],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        display = ":" + pipe.readline().strip()
    environment = {**os.environ, "DISPLAY": display}
    second = ["xrandr", "--output", "DUMMY1"]
    subprocess.run([*second, "--set", "CONNECTED", "1"], env=environment, capture_output=True)
    add = ["xrandr", "--addmode", "DUMMY1", "1024x768"]
    subprocess.run(add, env=environment, check=True)
    first = ["xrandr", "--output", "DUMMY0", "--mode", "1280x720"]
    beside = ["--output", "DUMMY1", "--mode", "1024x768", "--right-of", "DUMMY0"]
    subprocess.run([*first, *beside], env=environment, check=True)
    # Only who asks for everything makes the server look at its outputs again.
    shown = ["xrandr", "--query"]
    wait_for(lambda: b"DUMMY1 connected 1024" in subprocess.check_output(shown, env=environment))
    manager = subprocess.Popen(["openbox"], env=environment, stderr=subprocess.DEVNULL)
    yield display
    for program in (manager, server):
        program.terminate()
        program.wait()


@pytest.mark.window
def test_full_screen_comes_on_the_right_monitor_and_again(
    two_monitors: str, tmp_path: Path
) -> None:
    data = tmp_path / "BigChamp"
    data.mkdir()
    environment = {
        **os.environ,
        "DISPLAY": two_monitors,
        "XDG_DATA_HOME": str(tmp_path),
        "SDL_VIDEODRIVER": "x11",
        "SDL_AUDIODRIVER": "dummy",
    }

    def geometry() -> str:
        """Where the window is, and how large."""
        ask = ["xdotool", "getactivewindow", "getwindowgeometry", "--shell"]
        said = subprocess.run(ask, env=environment, capture_output=True, text=True).stdout
        values = dict(line.split("=") for line in said.split() if "=" in line)
        if int(values.get("WIDTH", 0)) > 100:
            return f"{values['WIDTH']}x{values['HEIGHT']}+{values['X']}+{values['Y']}"
        return ""

    def opened(*arguments: str) -> str:
        """Where a window opens, once it stands still."""
        program = subprocess.Popen(
            [sys.executable, "main.py", *arguments], cwd=ROOT, env=environment
        )
        try:
            wait_for(geometry)
            last, stood = "", 0
            while stood < 5:
                time.sleep(0.3)
                now = geometry()
                last, stood = now, stood + 1 if now == last else 0
            return last
        finally:
            program.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(60)
            program.kill()

    assert opened("--fullscreen") == "1280x720+0+0"
    assert opened("--fullscreen", "--display", "2") == "1024x768+1280+0"
    (data / FILE).write_bytes(Preferences(monitor="DUMMY1").to_json())
    assert opened("--fullscreen") == "1024x768+1280+0", "the settings', by its name"
    assert opened("--fullscreen", "--display", "1") == "1280x720+0+0"
    x = int(opened("--size", "640x480").split("+")[1])
    assert x >= 1280, "a window too"
