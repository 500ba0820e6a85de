"""`bench web`: what the page costs and how fast it is, on this machine over its own loopback.

Beside it the same game as pictures: JPEG frames over HTTP, and as a Streamlit page shows them.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from game.system.limits import Limits, judged, machine, table
from game.system.paths import program
from game.web.crowd import RACES, WATCHES, Counts, crowd
from game.web.pictures import jpeg_stream, streamlit_page

VIEWERS = 100
PLAYERS = (6, 8, 10, 12)  # tried one after another, until they no longer hold
HOLDS = 59.7  # frames a second of the slowest player
PRESSES = 40
START_S = 120.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
LIMITS: Limits = {
    "drawn_frames_a_second": ("at least", 59.0),
    "input_p50_ms": ("at most", 50.0),
    "input_p99_ms": ("at most", 100.0),
    "viewer_kb_a_second": ("at most", 25.0),
    "cores_for_100_viewers": ("at most", 0.5),
    "players_at_60_hz": ("at least", 6),
    "jpeg_bytes_times_ours": ("at least", 10),
    "our_frames_times_streamlit": ("at least", 5),
}


class WebBenchError(RuntimeError):
    """Nothing can be measured; the message says why."""


def bench_web(
    seconds: int, streamlit: Path | None, progress: Callable[[str], None]
) -> dict[str, Any]:
    """Measure for `seconds` each; return figures, limits and a verdict.

    `streamlit` is a Python that has Streamlit and this program's needs; without it, or without
    Chromium, those figures are left out. Raises WebBenchError if the server does not start.
    """
    figures: dict[str, float] = {}
    with _server(max(PLAYERS)) as (server, port):
        progress(f"{VIEWERS} viewers")
        figures |= _viewers(server, port, seconds)
        for number in PLAYERS:
            progress(f"{number} players")
            slowest = _players(port, number, seconds)
            figures["slowest_of_players_frames_a_second"] = slowest
            if slowest < HOLDS:
                break
            figures["players_at_60_hz"] = number
        figures.setdefault("players_at_60_hz", 0)
        if (chromium := _chromium()) is not None:
            progress("a race in Chromium")
            figures |= _in_chromium(chromium, port, seconds)
    progress("JPEG over HTTP")
    jpeg = jpeg_stream(seconds)
    figures["jpeg_kb_a_second"] = jpeg / 1000
    figures["jpeg_bytes_times_ours"] = jpeg / 1000 / figures["viewer_kb_a_second"]
    if streamlit is not None and chromium is not None and "drawn_frames_a_second" in figures:
        progress("Streamlit")
        rate = streamlit_page(streamlit, chromium, seconds)
        figures["streamlit_frames_a_second"] = rate
        if rate > 0:  # otherwise its page did not come to show a game
            figures["our_frames_times_streamlit"] = figures["drawn_frames_a_second"] / rate
    return {
        "machine": machine(),
        "seconds": seconds,
        **judged(figures, LIMITS),
    }


def report(result: dict[str, Any]) -> str:
    """Return the figures as lines to read."""
    lines = [f"{result['machine']}; {result['seconds']} s each"]
    lines += table(result, 36, 3)
    lines += [f"{name:36}not measured" for name in LIMITS if name not in result["figures"]]
    return "\n".join(lines)


@contextlib.contextmanager
def _server(players: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server of its own, with data of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [*program(), "serve", "--port", "0", "--players", str(players)],
            env={**os.environ, "XDG_DATA_HOME": folder},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            found = (re.search(r"http://[^:]+:(\d+)/", line) for line in server.stdout)
            address = next(filter(None, found), None)
            if address is None:
                _, said = server.communicate()
                raise WebBenchError(f"the server did not start: {said.strip()}")
            yield server, int(address.group(1))
        finally:
            server.terminate()
            server.communicate()


def _viewers(server: subprocess.Popen[str], port: int, seconds: int) -> dict[str, float]:
    with crowd(port, VIEWERS, WATCHES) as counted:
        before = _processor_s(server.pid)
        counted.send(seconds)
        counts: Counts = counted.recv()
        used = _processor_s(server.pid) - before
    return {
        "viewer_kb_a_second": counts.bytes_a_second / 1000,
        "viewer_frames_a_second": statistics.mean(counts.frames_a_second),
        "cores_for_100_viewers": used / counts.seconds,
    }


def _players(port: int, number: int, seconds: int) -> float:
    """Return the frames a second of the slowest of so many players."""
    with crowd(port, number, RACES) as counted:
        counted.send(seconds)
        counts: Counts = counted.recv()
    return min(counts.frames_a_second)


def _processor_s(process: int) -> float:
    """Return the seconds of processor time that a process and its threads have used."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("nan")  # only Linux tells so easily
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _chromium() -> str | None:
    """Return where Chromium is, None where it or what drives it is missing."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return None
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def _wait_until(page: Any, holds: str) -> None:
    """Wait for what a page says; its policy forbids what Playwright's own waiting needs."""
    end = time.monotonic() + START_S
    while not page.evaluate(holds):
        if time.monotonic() > end:
            raise WebBenchError("the race in Chromium did not begin")
        page.wait_for_timeout(50)


def _in_chromium(chromium: str, port: int, seconds: int) -> dict[str, float]:
    """Race with real keys; return what was drawn, and how long an input took to be drawn."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("[data-key=race]")
        page.locator("[data-key=race]").click(position={"x": 20, "y": 10})
        _wait_until(page, "arcade.phase === 1 && arcade.number > 60")
        counted = "[arcade.drawn, performance.now()]"
        before = page.evaluate(counted)
        page.wait_for_timeout(1000 * seconds)
        after = page.evaluate(counted)
        page.evaluate("arcade.lags.length = 0")
        for number in range(PRESSES):
            page.keyboard.press("ArrowLeft" if number % 2 else "ArrowRight", delay=90)
            page.wait_for_timeout(37 + 7 * (number % 5))
        lags = sorted(page.evaluate("arcade.lags"))
        browser.close()
    return {
        "drawn_frames_a_second": (after[0] - before[0]) / (after[1] - before[1]) * 1000,
        "input_p50_ms": statistics.median(lags),
        "input_p99_ms": lags[min(len(lags) - 1, round(0.99 * len(lags)))],
    }
