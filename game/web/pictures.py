"""The same game sent as pictures, to compare with: JPEG frames over HTTP, and a Streamlit page."""

from __future__ import annotations

import http.client
import http.server
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from game.emulation.cabinet import FRAMES_PER_SECOND, Cabinet, Rules
from game.play.player import RandomPlayer
from game.system.background import NO_CONSOLE
from game.system.paths import root
from game.web.address import wait_until_served

SIZE = (640, 480)  # as the page shows a picture on an ordinary screen
QUALITY = 5  # of FFmpeg's 2 (best) to 31
BOUNDARY = "frame"
STREAMLIT_START_S = 90.0

# What a page with Streamlit does: it replaces a picture in a loop.
_PAGE = """
import sys, time
sys.path.insert(0, {root!r})
import streamlit as st
from game.emulation.cabinet import Cabinet, Rules
from game.play.player import RandomPlayer

place, player = st.empty(), RandomPlayer(1)
cabinet, due = Cabinet(Rules(), 1), time.monotonic()
while not cabinet.frame.over:
    place.image(cabinet.step(player.decide(cabinet.frame).action).rgb, width=640)
    due = max(due + 1 / 60, time.monotonic())
    time.sleep(due - time.monotonic())
"""


def jpeg_encoder() -> Callable[[NDArray[np.uint8]], bytes]:
    """Return what makes a JPEG of a picture [210, 160, 3]."""
    import av

    encoder: Any = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height = SIZE
    encoder.pix_fmt = "yuvj420p"
    encoder.qscale = True
    encoder.global_quality = QUALITY * 118  # FF_QP2LAMBDA

    def encode(rgb: NDArray[np.uint8]) -> bytes:
        frame: Any = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        frame = frame.reformat(*SIZE, format="yuvj420p", interpolation="POINT")
        return b"".join(bytes(packet) for packet in encoder.encode(frame))

    return encode


def jpeg_stream(seconds: int) -> float:
    """Serve a game as JPEG frames over HTTP and read them; return bytes for 60 frames."""
    encode, player = jpeg_encoder(), RandomPlayer(1)
    cabinet = Cabinet(Rules(), 1)

    class Frames(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
            self.end_headers()
            for _ in range(seconds * FRAMES_PER_SECOND):
                picture = encode(cabinet.step(player.decide(cabinet.frame).action).rgb)
                head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\n"
                head += f"Content-Length: {len(picture)}\r\n\r\n"
                self.wfile.write(head.encode() + picture + b"\r\n")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Frames) as server:
        thread = threading.Thread(target=server.handle_request, daemon=True)
        thread.start()
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
        connection.request("GET", "/")
        size = len(connection.getresponse().read())
        thread.join()
    return size / seconds


def streamlit_page(python: Path, chromium: str, seconds: int) -> float:
    """Return how many pictures a second a Streamlit page shows in Chromium."""
    from playwright.sync_api import sync_playwright

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        page_file = Path(folder) / "page.py"
        page_file.write_text(_PAGE.format(root=str(root())), encoding="utf-8")
        options = f"--server.port {port} --server.headless true --browser.gatherUsageStats false"
        served = subprocess.Popen(
            [str(python), "-m", "streamlit", "run", str(page_file), *options.split()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=NO_CONSOLE,
        )
        try:
            wait_until_served(port, STREAMLIT_START_S)
            with sync_playwright() as started:
                browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1280, "height": 720})
                page.goto(f"http://127.0.0.1:{port}/")
                page.wait_for_selector("img", timeout=60_000)
                page.evaluate(_COUNT)
                page.wait_for_timeout(1000 * seconds)
                shown = float(page.evaluate("globalThis.shown"))
                browser.close()
        finally:
            served.terminate()
            served.wait()
    return shown / seconds


# Counts how often a picture is given another source, or takes another's place.
_COUNT = """() => {
  globalThis.shown = 0;
  const isPicture = (node) => node.tagName === "IMG";
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "attributes" ? isPicture(target) : [...addedNodes].some(isPicture)) shown += 1;
    }
  }).observe(document, { subtree: true, childList: true, attributeFilter: ["src"] });
}"""
