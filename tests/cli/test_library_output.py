"""What libraries write to standard error is in a file; a terminal has our sentences only."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from game.cli.errors import CRASHED
from game.system import library_output
from game.system.library_output import LIBRARIES_LOG
from game.system.log_files import LOG
from game.system.paths import APP_NAME, default_model
from tests.helpers.common import is_one_sentence

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="where the data folder is known")
# Stands for a command that C code speaks in, or ends, as SDL, ALSA and LiteRT do.
SPEAKS = """
import logging, os, sys, threading, warnings
import game.cli.main as command_line

def speak() -> int:
    os.write(2, b"a library speaks\\n")
    os.system("echo 'a child of a library speaks' >&2")
    logging.getLogger("tensorflow").warning("a library's record")
    warnings.warn("a library warns")
    logging.getLogger("game.somewhere").warning("our record")
    print("our sentence", file=sys.stderr)
    print("our result")
    ENDS
    return 0

command_line.main = speak
sys.exit(command_line.run())
"""


def run(folder: Path, *command: str, without: str = "") -> subprocess.CompletedProcess[str]:
    """Run Python on a data folder of its own, some names of the environment left out."""
    values = {name: value for name, value in os.environ.items() if name not in without.split()}
    values |= {"XDG_DATA_HOME": str(folder), "HOME": str(folder)}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=values, capture_output=True, text=True
    )


def said(folder: Path) -> str:
    return (folder / APP_NAME / LIBRARIES_LOG).read_text(encoding="utf-8")


@pytest.mark.slow
def test_row_25_libraries_speak_to_a_file_and_only_we_to_the_terminal(tmp_path: Path) -> None:
    done = run(tmp_path, "-c", SPEAKS.replace("ENDS", ""))
    assert done.stderr.splitlines() == ["our record", "our sentence"]
    assert done.stdout == "our result\n"
    for words in ("a library speaks", "a child of", "a library's record", "a library warns"):
        assert words in said(tmp_path)
    assert "our" not in said(tmp_path)


@pytest.mark.parametrize(
    ("ends", "trace"), [("os.abort()", "Aborted"), ("import ctypes; ctypes.string_at(0)", "fault")]
)
def test_row_25_nothing_that_was_said_is_lost_in_a_crash(
    tmp_path: Path, ends: str, trace: str
) -> None:
    done = run(tmp_path, "-c", SPEAKS.replace("ENDS", ends))
    assert done.returncode < 0
    assert "our sentence" in done.stderr
    assert "a library speaks" in said(tmp_path)
    assert trace in said(tmp_path)  # and where Python was when it crashed
    assert "in speak" in said(tmp_path)


def test_row_25_a_crash_of_ours_is_seen_and_has_a_status_of_its_own(tmp_path: Path) -> None:
    done = run(tmp_path, "-c", SPEAKS.replace("ENDS", "1 / 0"))
    assert done.returncode == CRASHED
    assert "ZeroDivisionError" in done.stderr


def test_row_25_where_no_file_can_be_written_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / APP_NAME).touch()
    done = run(tmp_path, "-c", SPEAKS.replace("ENDS", ""))
    assert "a library speaks" in done.stderr
    assert "our sentence" in done.stderr


@pytest.mark.slow
def test_row_25_without_standard_error_a_command_works(tmp_path: Path) -> None:
    code = (
        f"import os, sys; os.close(2); os.execv(sys.executable, [sys.executable, '-c', {SPEAKS!r}])"
    )
    done = run(tmp_path, "-c", code.replace("ENDS", ""))
    assert done.returncode == 0
    assert "a library speaks" in said(tmp_path)


def test_row_25_what_is_kept_does_not_grow_for_ever(tmp_path: Path) -> None:
    log = tmp_path / LIBRARIES_LOG
    log.write_bytes(b"x" * (library_output.LOG_BYTES + 1))
    library_output._shorten(log)
    assert log.read_bytes() == b""
    assert log.with_name(f"{LIBRARIES_LOG}.1").stat().st_size > library_output.LOG_BYTES
    log.write_bytes(b"x")
    library_output._shorten(log)
    assert log.read_bytes() == b"x"


@pytest.mark.slow
@pytest.mark.skipif(not default_model().exists(), reason="no bundled model")
def test_row_25_a_race_and_a_window_say_nothing_but_what_is_ours(tmp_path: Path) -> None:
    race = ["race", "--headless", str(tmp_path / "race"), "--minutes", "0.01"]
    done = run(tmp_path, "main.py", *race)
    assert done.returncode == 0
    assert done.stderr.strip() == ""
    assert "XNNPACK" in said(tmp_path)
    done = run(tmp_path, "main.py", "watch", "--frames", "30")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_row_25_a_missing_sound_device_is_told_in_our_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "nothing-of-that-name")
    done = run(tmp_path, "main.py", "--frames", "2")
    assert done.returncode == 0
    assert done.stderr == "No sound: no audio device is available\n"
    assert "nothing-of-that-name" in said(tmp_path)
    assert "nothing-of-that-name" in (tmp_path / APP_NAME / LOG).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("line", ["play", "--kiosk"])
def test_row_25_a_window_that_cannot_open_says_one_sentence(tmp_path: Path, line: str) -> None:
    screens = "SDL_VIDEODRIVER DISPLAY WAYLAND_DISPLAY XDG_RUNTIME_DIR"
    done = run(tmp_path, "main.py", line, without=screens)
    assert done.returncode == 1
    assert is_one_sentence(done.stderr.strip()), done.stderr
