"""The launcher with small programs in the arcade's place."""

from __future__ import annotations

import dataclasses
import io
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from game.system.watchdog import BEAT_ENV, ORPHAN_S, REFUSED_STATUS, Heartbeat, Timeouts, Watchdog
from tests.helpers.common import wait_for

QUICK = Timeouts(start=20, silence=0.5, restart=0.01, quick=10, crashes=3, slowest=0.05)

COUNT = """
import os, sys, threading, time
from pathlib import Path
log = Path(sys.argv[1])
number = len(log.read_text().splitlines()) if log.exists() else 0
with log.open("a") as file:
    file.write(os.environ.get("SDL_AUDIODRIVER", "") + "\\n")
def beat():
    print("beat", flush=True)
"""

# An arcade's end of the line; it ends when it is asked to.
HEARS = """
import os, sys, time
from pathlib import Path
from game.system.watchdog import Heartbeat
heart = Heartbeat()
Path(sys.argv[1]).write_text(str(os.getpid()))
def beat():
    heart.beat()
"""
LISTENS = """
import threading
def hear():
    assert sys.stdin.readline() == "end\\n"
    {then}
    os._exit(0)
threading.Thread(target=hear, daemon=True).start()
log.write_text("ready")
while True: beat(); time.sleep(0.1)
"""


@pytest.fixture(autouse=True)
def no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests play without sound; here it counts who asked for that."""
    monkeypatch.delenv("SDL_AUDIODRIVER")


def watchdog(tmp_path: Path, program: str, idle_timer: Timeouts = QUICK) -> Watchdog:
    command = [sys.executable, "-c", COUNT + program, str(tmp_path / "log")]
    return Watchdog(command, idle_timer)


def test_an_arcade_that_ends_by_itself_is_left_alone(tmp_path: Path) -> None:
    kept = watchdog(tmp_path, "beat()")
    assert kept.run() == 0
    assert kept.starts == 1


def test_a_dead_arcade_is_started_again(tmp_path: Path) -> None:
    kept = watchdog(tmp_path, "beat()\nif number < 2: os._exit(3)")
    assert kept.run() == 0
    assert kept.starts == 3
    assert not kept.safe


def test_a_hung_arcade_is_ended_and_started_again(tmp_path: Path) -> None:
    kept = watchdog(tmp_path, "beat()\nif number == 0: time.sleep(60)")
    began = time.monotonic()
    assert kept.run() == 0
    assert kept.starts == 2
    assert time.monotonic() - began < 15


@pytest.mark.slow
def test_beats_keep_an_arcade_alive(tmp_path: Path) -> None:
    timeouts = Timeouts(start=20, silence=1.5)
    kept = watchdog(tmp_path, "for _ in range(25): beat(); time.sleep(0.1)", timeouts)
    assert kept.run() == 0
    assert kept.starts == 1


def test_after_three_quick_crashes_it_is_started_safely(tmp_path: Path) -> None:
    kept = watchdog(tmp_path, "beat()\nif number < 4: os._exit(3)")
    assert kept.run() == 0
    drivers = (tmp_path / "log").read_text().splitlines()
    assert len(drivers) == 5
    assert drivers[3:] == ["dummy", "dummy"]
    assert kept.safe


def test_crashes_far_apart_are_no_reason_for_safety(tmp_path: Path) -> None:
    idle_timer = Timeouts(start=20, silence=5, restart=0.01, quick=0.0)
    kept = watchdog(tmp_path, "beat()\nif number < 4: os._exit(3)", idle_timer)
    assert kept.run() == 0
    assert not kept.safe


def test_a_mistake_that_it_says_itself_ends_the_launcher_too(tmp_path: Path) -> None:
    kept = watchdog(tmp_path, f"sys.exit({REFUSED_STATUS})")
    assert kept.run() == 1
    assert kept.starts == 1


def test_an_arcade_that_somebody_ends_before_its_first_frame_is_started_again(
    tmp_path: Path,
) -> None:
    """Windows gives it the status 1, which is a mistake's elsewhere."""
    kept = watchdog(tmp_path, "if number == 0: os._exit(1)\nbeat()")
    assert kept.run() == 0
    assert kept.starts == 2


def test_stopping_ends_the_arcade_gently(tmp_path: Path) -> None:
    program = LISTENS.format(then="log.write_text('gently')")
    kept = watchdog(tmp_path, program, Timeouts(start=20, silence=5))
    results: list[int] = []
    thread = threading.Thread(target=lambda: results.append(kept.run()))
    thread.start()
    log = tmp_path / "log"
    wait_for(lambda: log.exists() and log.read_text() == "ready")
    kept.stop()
    thread.join(60)
    assert results == [0]
    assert log.read_text() == "gently"


def test_ctrl_c_leaves_the_arcade_time_to_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both hear it in one console; the watchdog waits for the arcade, which saves its game."""
    log = tmp_path / "log"

    def interrupted(*_: object) -> None:
        wait_for(lambda: log.exists() and log.read_text() == "ready")
        raise KeyboardInterrupt

    program = LISTENS.format(then="time.sleep(0.5); log.write_text('saved')")
    kept = watchdog(tmp_path, program, Timeouts(start=20, silence=5))
    monkeypatch.setattr(kept, "_look_after", interrupted)
    with pytest.raises(KeyboardInterrupt):
        kept.run()
    assert log.read_text() == "saved"


def test_the_heart_beats_once_a_second_and_only_where_somebody_listens() -> None:
    now, out = [0.0], io.StringIO()
    heartbeat = Heartbeat(lambda: now[0], out)
    for frame in range(300):
        now[0] = frame / 60
        heartbeat.beat()
    assert out.getvalue().count("beat\n") == 5
    assert BEAT_ENV == "BIGCHAMP_BEAT"
    Heartbeat(lambda: 0.0).beat()  # nobody listens: nothing is written


@pytest.mark.slow
@pytest.mark.parametrize(
    "loop", ["while not heart.asked_to_end: beat(); time.sleep(0.1)", "time.sleep(60)"]
)
def test_row_6_an_arcade_without_its_watchdog_ends_itself(tmp_path: Path, loop: str) -> None:
    """The watchdog is killed; the arcade is gone within five seconds, also one that hangs."""
    code = (
        "import sys\n"
        "from game.system.watchdog import Watchdog\n"
        f"Watchdog([sys.executable, '-c', {HEARS + loop!r}, sys.argv[1]]).run()"
    )
    log = tmp_path / "pid"
    supervisor = subprocess.Popen([sys.executable, "-c", code, str(log)])
    wait_for(lambda: log.exists() and log.read_text())
    arcade = psutil.Process(int(log.read_text()))
    supervisor.kill()
    supervisor.wait()
    began = time.monotonic()
    psutil.wait_procs([arcade], timeout=60)
    assert not arcade.is_running()
    assert time.monotonic() - began < ORPHAN_S + 6  # and what a busy machine adds


def test_row_3_one_that_cannot_start_is_no_crash(tmp_path: Path) -> None:
    """A screen that is gone for a while: each start says so, and sound is not to blame."""
    refused = f"if 0 < number < 6: sys.exit({REFUSED_STATUS})"
    kept = watchdog(tmp_path, f"{refused}\nbeat()\nif number == 0: os._exit(1)")
    assert kept.run() == 0
    assert kept.starts == 7
    assert (tmp_path / "log").read_text().split() == [], "sound was never given up"


def test_row_3_only_what_crashed_is_given_up(tmp_path: Path) -> None:
    crash = "beat()\nif number < 4: print('opens sound', flush=True); os._exit(3)"
    kept = watchdog(tmp_path, crash)
    assert kept.run() == 0
    assert kept.given_up == {"SDL_AUDIODRIVER": "dummy"}
    kept = watchdog(tmp_path, "beat()\nif number < 9: print('has sound', flush=True); os._exit(3)")
    assert kept.run() == 0
    assert "SDL_FRAMEBUFFER_ACCELERATION" in kept.given_up


def test_row_3_what_was_given_up_is_tried_again(tmp_path: Path) -> None:
    program = (
        "beat()\n"
        "if number < 3: os._exit(3)\n"
        "if number == 3:\n"
        "    threading.Thread(target=lambda: [beat() or time.sleep(0.05) for _ in range(200)],\n"
        "                     daemon=True).start()\n"
        "    assert sys.stdin.readline() == 'restart\\n'\n"
        "    os._exit(75)"
    )
    kept = watchdog(tmp_path, program, dataclasses.replace(QUICK, safe=0.3, silence=5))
    assert kept.run() == 0
    drivers = (tmp_path / "log").read_text().splitlines()
    assert drivers == ["", "", "", "dummy", ""]
    assert not kept.safe


def test_orders_are_heard_and_silence_of_nobody_is_not_an_end() -> None:
    heard = Heartbeat(lambda: 0.0, io.StringIO(), io.StringIO("restart\nend\n"))
    wait_for(lambda: heard.asked_to_end)
    assert heard.asked_to_restart
    assert not Heartbeat(lambda: 0.0).asked_to_end


def test_a_launcher_that_is_gone_does_not_stop_the_game() -> None:
    class Broken(io.StringIO):
        def flush(self) -> None:
            raise BrokenPipeError

    now = [0.0]
    heartbeat = Heartbeat(lambda: now[0], Broken())
    heartbeat.beat()
    now[0] = 5.0
    heartbeat.beat()
