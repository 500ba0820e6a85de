"""The Windows package under Wine; `.ci/windows` makes it and sets what these ask for.

BIGCHAMP_WINE names the built folder, BIGCHAMP_WINE_SETUP the installer, BIGCHAMP_WINE_PYTHON Python
for Windows, and BIGCHAMP_WINE_RECORD the file that says what was tried; the tapes of races go to
the folder `tapes` beside it. BIGCHAMP_TAPES names a folder with tapes of other systems, if there
are any. Wine's own settings are in the environment.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from game.play.tape import load, verify
from game.system.paths import APP_NAME, PORTABLE
from game.system.version import MAKER, VERSION
from game.system.watchdog import ORPHAN_S, Timeouts
from game.web.address import wait_until_served
from tests.helpers.browser import Browser
from tests.helpers.common import wait_for
from tests.helpers.visit import Visits
from tests.packaging.test_frozen import (
    Screen,
    coarse,
    leave,
    race_as_the_source_draws_it,
    shows,
)

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*.tape"))
BUILT = Path(os.environ.get("BIGCHAMP_WINE", "nowhere")).resolve()
PREFIX = Path(os.environ.get("WINEPREFIX", "nowhere"))
PROCESSES = ROOT / ".ci" / "wine" / "processes.py"
MOST_FOLDER_MB, MOST_ARCHIVE_MB = 150, 60
# How long anything takes hangs on the machine: one that does nothing for so long is stuck.
GIVEN_UP_S = 600.0
RESULT_S = 60.0  # a result is shown at once, and stays longer than that
FIRST_FRAMES = 5  # are timed; Wine's own start is a part of each, and alone takes seconds
FOLLOW = 8  # a browser's message that asks for the window's match, docs/web.md
STARTS = 4  # a kiosk is back within the time of so many first starts

pytestmark = [
    pytest.mark.frozen,
    pytest.mark.skipif("BIGCHAMP_WINE" not in os.environ, reason="BIGCHAMP_WINE names no build"),
]


def record(what: str, words: str) -> None:
    """Write down how a trial went."""
    with Path(os.environ["BIGCHAMP_WINE_RECORD"]).open("a", encoding="utf-8") as file:
        file.write(f"{what}: {words}\n")


def windows(*command: object, **how: Any) -> subprocess.CompletedProcess[str]:
    """Run a Windows program to its end."""
    how = {"timeout": 600, "encoding": "utf-8", "errors": "replace", **how}
    words = ["nice", "-n", "10", "wine", *map(str, command)]
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, **how)


def keep_tapes(tapes: Iterable[Path]) -> None:
    """Keep tapes of this program, for other systems to verify."""
    folder = Path(os.environ["BIGCHAMP_WINE_RECORD"]).parent / "tapes"
    folder.mkdir(exist_ok=True)
    for tape in tapes:
        shutil.copy(tape, folder)


def arcade(*arguments: object, folder: Path = BUILT, **how: Any) -> str:
    """Run the packaged arcade to its good end and return what it printed."""
    done = windows(folder / "bigchamp.exe", *arguments, **how)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def source(*arguments: object) -> None:
    """Run the source on this system."""
    command = [sys.executable, "main.py", *map(str, arguments)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def processes(what: str, deed: str = "") -> int:
    """End or suspend processes of the arcade from inside Windows; return how many there were."""
    done = windows(os.environ["BIGCHAMP_WINE_PYTHON"], PROCESSES, what, deed)
    return int(done.stdout.split()[-1])


def local_data() -> Path:
    """Return the folder of Windows that has each program's own."""
    (found,) = PREFIX.glob("drive_c/users/*/AppData/Local")
    return found


def test_it_passes_its_self_test() -> None:
    said = arcade("selftest")
    assert said.rstrip().endswith("all is well"), said
    seconds = re.search(r"time +(.* s of processor)", said)
    record("self-test", f"all is well, {seconds[1] if seconds else ''}")
    assert arcade("--version").strip() == MAKER


def test_its_first_frame_comes() -> None:
    words = []
    for what in (("--frames", "1"), ("--version",)):
        times = []
        for _ in range(FIRST_FRAMES):
            began = time.monotonic()
            arcade(*what)
            times.append(time.monotonic() - began)
        words.append(f"{statistics.median(times):.1f} s")
    record("start to the end of the first frame", f"{words[0]}; to that of --version {words[1]}")


def test_its_programs_and_the_installer_carry_the_version() -> None:
    for program in (*BUILT.glob("*.exe"), Path(os.environ["BIGCHAMP_WINE_SETUP"])):
        found = program.read_bytes().count(VERSION.encode("utf-16-le"))
        assert found >= 2, f"{program.name} does not say its version"


def test_every_shipped_tape_is_true() -> None:
    for tape in GOLDEN:
        assert "verified" in arcade("verify", tape)
    record("golden tapes", f"{len(GOLDEN)} of {len(GOLDEN)} verified")


@pytest.mark.skipif("BIGCHAMP_TAPES" not in os.environ, reason="BIGCHAMP_TAPES names no tapes")
def test_tapes_of_other_systems_are_true() -> None:
    tapes = sorted(Path(os.environ["BIGCHAMP_TAPES"]).glob("*.tape"))
    assert tapes
    for tape in tapes:
        assert "verified" in arcade("verify", tape)
    record("tapes of other systems", f"{len(tapes)} of {len(tapes)} verified")


def test_a_race_is_the_same_bytes_as_here(tmp_path: Path) -> None:
    race = ("--minutes", "0.5", "--seed", "7")
    arcade("race", "--headless", tmp_path / "there", *race)
    source("race", "--headless", tmp_path / "here", *race)
    for seat in ("seat-1.tape", "seat-2.tape"):
        there, here = tmp_path / "there" / seat, tmp_path / "here" / seat
        assert there.read_bytes() == here.read_bytes()
        assert verify(there).verified
        keep_tapes([there])
        assert "verified" in arcade("verify", here)
    record("a race's tapes", "the same bytes as on Linux, each verified by the other")


def test_films_are_made(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.gif"):
        arcade("film", GOLDEN[0], tmp_path / name, "--to", "1", "--overlay")
    with av.open(str(tmp_path / "a.mp4")) as film:
        assert [stream.codec_context.name for stream in film.streams] == ["h264", "aac"]
        assert sum(1 for _ in film.decode(video=0)) == 60
    record("films", "MP4 with H.264 and AAC, GIF")


def test_it_serves_its_page() -> None:
    command = ["wine", str(BUILT / "bigchamp.exe"), "serve", "--port", "0", "--players", "1"]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    how: dict[str, Any] = {"stdin": subprocess.DEVNULL, "encoding": "utf-8", "errors": "replace"}
    said, page = [], ""
    with subprocess.Popen(command, **pipes, **how) as server:
        for line in server.stdout or ():
            said.append(line)
            if line.startswith("Open "):
                with urllib.request.urlopen(line.split()[1], timeout=GIVEN_UP_S) as sent:
                    page = sent.read().decode()
                processes("all", "kill")
    assert "<title>BigChamp" in page, "".join(said)
    record("serve", "sends its page")


def test_it_plays_in_folders_that_no_code_page_can_write() -> None:
    folder = PREFIX / "drive_c" / "Łódź 日本" / "bigchamp"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(BUILT, folder, copy_function=os.link)
    (folder / PORTABLE).touch()
    arcade("race", "--frames", "20", folder=folder)
    tape = shutil.copy(GOLDEN[0], folder / "data" / "tapes")
    assert '"verified": true' in arcade("verify", "--report", tape, folder=folder)
    arcade("film", tape, folder / "data" / "ä 日.mp4", "--to", "1", folder=folder)
    assert (folder / "data" / "ä 日.mp4").stat().st_size > 1000
    shutil.rmtree(folder)
    record("folder Łódź 日本", "plays, verifies, films")


def test_it_is_small() -> None:
    folder = sum(path.stat().st_size for path in BUILT.rglob("*") if path.is_file()) / 1e6
    assert folder < MOST_FOLDER_MB
    setup = Path(os.environ["BIGCHAMP_WINE_SETUP"])
    for archive in (setup, *setup.parent.glob("*.zip")):
        assert archive.stat().st_size / 1e6 < MOST_ARCHIVE_MB


def test_all_that_is_inside_has_a_licence() -> None:
    contents = (BUILT / "licences" / "CONTENTS.txt").read_text("utf-8")
    assert "unknown" not in contents
    for name in ("ale-py", "pygame-ce", "FFmpeg", "x264", "Microsoft Visual C++ runtime"):
        assert f"\n{name}" in contents


def test_the_installer_is_gone_again_and_leaves_the_scores() -> None:
    folder = local_data() / "Programs" / "BigChamp"
    scores = local_data() / APP_NAME / "kept.txt"
    scores.parent.mkdir(exist_ok=True)
    scores.write_text("a score")
    done = windows(os.environ["BIGCHAMP_WINE_SETUP"], "/S")
    assert done.returncode == 0, done.stdout + done.stderr
    assert arcade("--version", folder=folder).strip() == MAKER
    (link,) = PREFIX.glob("drive_c/users/*/AppData/Roaming/Microsoft/Windows/Start Menu/**/*.lnk")
    assert link.name == "BigChamp.lnk"
    key = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\BigChamp"
    assert "DisplayVersion" in windows("reg", "query", key).stdout
    windows(folder / "uninstall.exe", "/S")
    wait_for(lambda: not folder.exists(), 60)
    assert not link.exists()
    assert "DisplayVersion" not in windows("reg", "query", key).stdout
    assert scores.read_text() == "a score"
    scores.unlink()
    record("installer", "installs for one person, plays, goes again, scores stay")


# A window


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """A screen that the arcade's full screen fills with the pixels that the source draws."""
    screen = Screen(tmp_path, "1280x720")
    values = {**os.environ, "DISPLAY": screen.name}
    manager = subprocess.Popen(["openbox"], env=values, stderr=subprocess.DEVNULL)
    yield screen
    processes("all", "kill")
    manager.terminate()
    manager.wait()
    screen.close()


def start(screen: Screen, *arguments: str) -> tuple[subprocess.Popen[bytes], float]:
    """Start the arcade on the screen, which other tests are kept from.

    Return it when it shows its window, and the seconds that this took.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SDL_")}
    began = time.monotonic()
    program = subprocess.Popen(
        ["wine", str(BUILT / "bigchamp.exe"), *arguments],
        env={**kept, "DISPLAY": screen.name},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    wait_for(lambda: shown_by(screen) or program.poll() is not None, GIVEN_UP_S)
    assert program.poll() is None
    return program, time.monotonic() - began


def shown_by(screen: Screen) -> set[str]:
    """Return the processes that show a window of the arcade.

    A window's own number is no help: the server gives a new program that of one that has ended.
    """
    command = ["xdotool", "search", "--onlyvisible", "--name", "^BigChamp", "getwindowpid", "%@"]
    values = {**os.environ, "DISPLAY": screen.name}
    done = subprocess.run(command, env=values, capture_output=True, text=True)
    return set(done.stdout.split())


def test_a_race_in_a_real_window_ends_with_its_result(screen: Screen, make_app: Visits) -> None:
    tapes = local_data() / APP_NAME / "tapes"
    before = set(tapes.glob("*.tape"))

    def made() -> set[Path]:
        return set(tapes.glob("*.tape")) - before

    expected = coarse(race_as_the_source_draws_it(make_app))
    program, _ = start(screen, "race", "--seed", "5", "--minutes", "0.1", "--fullscreen", "--mute")
    time.sleep(5)
    screen.key("keydown", "Left")
    time.sleep(1)
    screen.key("keyup", "Left")
    # Both seats' games are saved before their result is shown, however slow the machine.
    wait_for(lambda: len(made()) == 2 or program.poll() is not None, GIVEN_UP_S)
    wait_for(lambda: shows(screen, expected) or program.poll() is not None, RESULT_S)
    leave(screen, expected)
    time.sleep(1)
    screen.key("key", "Up")
    time.sleep(1)
    screen.key("key", "Return")
    assert program.wait(GIVEN_UP_S) == 0
    for tape in made():
        assert load(tape).maker == MAKER
        assert verify(tape).verified
    keep_tapes(made())
    record("race in a window", "played with keys, its result as the source draws it")


def test_phones_see_its_race_as_long_as_it_runs(screen: Screen) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    race = ("race", "--mute", f"--audience={port}")
    start(screen, *race, "--frames=100000")
    assert wait_until_served(port, GIVEN_UP_S)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=GIVEN_UP_S) as sent:
        assert b"<title>BigChamp" in sent.read()
    phone = Browser(port)
    assert phone.until("hello", GIVEN_UP_S)["follow"]
    phone.ask(FOLLOW)
    seats = phone.until("match", GIVEN_UP_S)["seats"]
    assert [seat["kind"] for seat in seats] == ["human", "agent"]
    seen = [phone.frame(GIVEN_UP_S) for _ in range(60)]
    assert all(len(frame.seats) == 2 for frame in seen)
    assert seen[-1].number > seen[0].number or seen[-1].countdown < seen[0].countdown
    # The window is what started the process that serves: it goes first, without a farewell.
    assert processes("launcher", "kill") == 1
    wait_for(lambda: processes("all") == 0, GIVEN_UP_S)
    ended, _ = start(screen, *race, "--frames=60")
    assert ended.wait(GIVEN_UP_S) == 0
    assert processes("all") == 0
    record("--audience", "a browser sees the window's race; its server ends with the window")


def test_a_kiosk_comes_back_and_never_stays_alone(screen: Screen) -> None:
    _, usual = start(screen, "--kiosk", "--mute")
    words = [f"first window after {usual:.0f} s"]
    for deed, silence in (("kill", 0.0), ("suspend", Timeouts.start)):  # it may not have beaten yet
        before = shown_by(screen)
        assert processes("arcade", deed) == 1
        began = time.monotonic()
        wait_for(lambda before=before: shown_by(screen) - before, GIVEN_UP_S)
        seconds = time.monotonic() - began
        words.append(f"{'killed' if deed == 'kill' else 'hung'}, back after {seconds:.0f} s")
        assert seconds < silence + STARTS * usual
        time.sleep(3)
    assert processes("launcher", "kill") == 1
    began = time.monotonic()
    wait_for(lambda: processes("all") == 0, GIVEN_UP_S)
    words.append(f"launcher ended, arcade gone after {time.monotonic() - began:.0f} s")
    assert time.monotonic() - began < ORPHAN_S + STARTS * usual
    start(screen, "--kiosk", "--mute")
    record("kiosk", "; ".join(words))
