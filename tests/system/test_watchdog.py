"""The launcher with small programs in the arcade's place."""

from __future__ import annotations

import io
import sys
import threading
import time
from pathlib import Path

from game.system.watchdog import BEAT_ENV, Heart, Launcher, Waits

QUICK = Waits(start=20, silence=0.5, restart=0.01, quick=10, crashes=3, slowest=0.05)

COUNT = """
import os, sys, time
from pathlib import Path
log = Path(sys.argv[1])
number = len(log.read_text().splitlines()) if log.exists() else 0
with log.open("a") as file:
    file.write(os.environ.get("SDL_AUDIODRIVER", "") + "\\n")
def beat():
    print("beat", flush=True)
"""


def launcher(tmp_path: Path, program: str, patience: Waits = QUICK) -> Launcher:
    command = [sys.executable, "-c", COUNT + program, str(tmp_path / "log")]
    return Launcher(command, patience)


def test_an_arcade_that_ends_by_itself_is_left_alone(tmp_path: Path) -> None:
    kept = launcher(tmp_path, "beat()")
    assert kept.run() == 0
    assert kept.starts == 1


def test_a_dead_arcade_is_started_again(tmp_path: Path) -> None:
    kept = launcher(tmp_path, "beat()\nif number < 2: os._exit(3)")
    assert kept.run() == 0
    assert kept.starts == 3
    assert not kept.safe


def test_a_hung_arcade_is_ended_and_started_again(tmp_path: Path) -> None:
    kept = launcher(tmp_path, "beat()\nif number == 0: time.sleep(60)")
    began = time.monotonic()
    assert kept.run() == 0
    assert kept.starts == 2
    assert time.monotonic() - began < 15


def test_beats_keep_an_arcade_alive(tmp_path: Path) -> None:
    kept = launcher(tmp_path, "for _ in range(12): beat(); time.sleep(0.1)")
    assert kept.run() == 0
    assert kept.starts == 1


def test_after_three_quick_crashes_it_is_started_safely(tmp_path: Path) -> None:
    kept = launcher(tmp_path, "beat()\nif number < 4: os._exit(3)")
    assert kept.run() == 0
    drivers = (tmp_path / "log").read_text().splitlines()
    assert len(drivers) == 5
    assert drivers[3:] == ["dummy", "dummy"]
    assert kept.safe


def test_crashes_far_apart_are_no_reason_for_safety(tmp_path: Path) -> None:
    patience = Waits(start=20, silence=5, restart=0.01, quick=0.0)
    kept = launcher(tmp_path, "beat()\nif number < 4: os._exit(3)", patience)
    assert kept.run() == 0
    assert not kept.safe


def test_a_mistake_that_it_says_itself_ends_the_launcher_too(tmp_path: Path) -> None:
    kept = launcher(tmp_path, "sys.exit(1)")
    assert kept.run() == 1
    assert kept.starts == 1


def test_stopping_ends_the_arcade_gently(tmp_path: Path) -> None:
    program = (
        "import signal\n"
        "signal.signal(signal.SIGTERM, lambda *_: (log.write_text('gently'), os._exit(0)))\n"
        "while True: beat(); time.sleep(0.1)"
    )
    kept = launcher(tmp_path, program, Waits(start=20, silence=5))
    results: list[int] = []
    thread = threading.Thread(target=lambda: results.append(kept.run()))
    thread.start()
    while not (tmp_path / "log").exists():
        time.sleep(0.02)
    time.sleep(0.3)
    kept.stop()
    thread.join(20)
    assert results == [0]
    assert (tmp_path / "log").read_text() == "gently"


def test_the_heart_beats_once_a_second_and_only_where_somebody_listens() -> None:
    now, out = [0.0], io.StringIO()
    heart = Heart(lambda: now[0], out)
    for frame in range(300):
        now[0] = frame / 60
        heart.beat()
    assert out.getvalue().count("beat\n") == 5
    assert BEAT_ENV == "BIGCHAMP_BEAT"
    Heart(lambda: 0.0).beat()  # nobody listens: nothing is written


def test_a_launcher_that_is_gone_does_not_stop_the_game() -> None:
    class Broken(io.StringIO):
        def flush(self) -> None:
            raise BrokenPipeError

    now = [0.0]
    heart = Heart(lambda: now[0], Broken())
    heart.beat()
    now[0] = 5.0
    heart.beat()
