"""The server in the browser's place of attack: what comes from outside, random and on purpose."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.helpers.browser import Browser

from .trial import Trial

ROOT = Path(__file__).parents[2]
MESSAGES, CONNECTS, READERS, ORIGINS, REQUESTS = 100_000, 1_000, 200, 200, 1_000
AT_ONCE = 8  # connections that send messages
SETTLED_S = 3.0
COMES_AGAIN_S = 1.0
PLAYERS = 4
FLAT, KEEPS = 1.05, 0.95  # memory afterwards, and a player's frames a second, of those before
KEEPS_BESIDE_OTHERS = 0.1  # frames in a part of the check, which runs beside other programs
STILL, MOST_ROUNDS = 1.01, 10  # memory after a round of use, of that before: all is in use
WARM_MESSAGES = 10_000  # in a round: of 2,000 too few begin a game for all that games need
SIZES = {1: 3, 2: 1, 3: 3, 4: 1, 5: 0, 6: 3, 7: 2, 8: 0}  # of each message behind its first byte
PATHS = (
    "/../{0}", "/%2e%2e/{0}", "/..%2f{0}", "/%252e%252e/{0}", "//{0}", "/\\..\\{0}", "/{0}%00.js",
    "/app.js/../{0}", "/./{0}", "/?{0}", "/live/../{0}", "/web/{0}", "/fonts/../{0}", "/C:/{0}",
)  # fmt: skip
TARGETS = ("etc/passwd", "main.py", "pyproject.toml", "scores.sqlite", "tapes", "de.json")
WRONG_ORIGINS = (
    "null", "http://evil.example", "https://127.0.0.1:{0}", "http://127.0.0.1", "file://", "",
    "http://127.0.0.1:{0}.evil.example", "http://evil.example#127.0.0.1:{0}", "http://[::1]:{0}",
)  # fmt: skip


class Player(threading.Thread):
    """Somebody who only wants to play: counts the frames that come."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._browser = Browser(port)
        self.frames = 0
        self.over = False

    def run(self) -> None:
        number = 0
        self._browser.ask(3, 0, 0, 1)
        while not self.over:
            heard = self._browser.hear(30)
            if not isinstance(heard, dict):
                self.frames += 1
            elif "result" in heard or "gone" in heard:
                self._browser.ask(3, 0, 0, 1)
            if self.frames % 30 == 0:
                number = (number + 1) % 65536
                self._browser.ask(1, number & 255, number >> 8, 4 | 1 + number % 2)
        self._browser.close()

    def rate(self, seconds: float) -> float:
        """Return the frames a second from now on."""
        before, start = self.frames, time.monotonic()
        time.sleep(seconds)
        return (self.frames - before) / (time.monotonic() - start)


def check(trial: Trial) -> None:
    """Attack one server in all ways; a player plays meanwhile."""
    data, empty = trial.folder / "data", trial.folder / "empty"
    empty.mkdir()
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "serve", "--port", "0", "--players", str(PLAYERS)],
        env={**os.environ, "XDG_DATA_HOME": str(data), "HOME": str(empty)},
        cwd=empty,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        found = next(filter(None, (re.search(r":(\d+)/", line) for line in server.stdout)))
        _attack(trial, int(found.group(1)), server)
    finally:
        server.terminate()
        _, said = server.communicate(timeout=60)
    trial.expect(server.returncode == 0, f"the server ended with {server.returncode}")
    trial.expect("Traceback" not in said and "error in a frame" not in said, said[-400:])
    trial.expect(not list(empty.iterdir()), f"written elsewhere: {list(empty.iterdir())}")
    kept = {path.name for path in (data / "BigChamp").iterdir()}
    trial.expect(kept <= {"web", "web.lock", "libraries.log"}, f"written beside: {kept}")


def _attack(trial: Trial, port: int, server: subprocess.Popen[str]) -> None:
    player = Player(port)
    player.start()
    _use_everything(trial, port, server.pid)
    usual = player.rate(SETTLED_S)
    before = _resident_mb(server.pid)
    rates = {}
    for name, attack in (
        ("messages", _send_messages),
        ("connects", _connect_and_abort),
        ("readers", _stall_readers),
        ("origins", _wrong_origins),
        ("requests", _odd_requests),
    ):
        start, frames = time.monotonic(), player.frames
        attack(trial, port)
        took = time.monotonic() - start
        if took > 1:
            rates[name] = (player.frames - frames) / took
    time.sleep(SETTLED_S)
    after = _resident_mb(server.pid)
    facts = trial.result.facts
    facts["frames a second before"] = round(usual, 1)
    facts["frames a second meanwhile"] = {name: round(rate, 1) for name, rate in rates.items()}
    facts["memory before and after, MB"] = (round(before, 1), round(after, 1))
    trial.expect(server.poll() is None, "the server is gone")
    trial.expect(after <= FLAT * before, f"memory grew from {before:.1f} to {after:.1f} MB")
    keeps = KEEPS if trial.share >= 1 else KEEPS_BESIDE_OTHERS
    slowed = {name: rate for name, rate in rates.items() if rate < keeps * usual}
    trial.expect(not slowed, f"the player had {usual:.1f} frames a second, and then {slowed}")
    trial.expect(player.rate(1) > 0, "the player's game stands still")
    player.over = True
    player.join(30)


def _use_everything(trial: Trial, port: int, server: int) -> None:
    """Let each network play in all cabinets at once, and attack a little until memory is steady.

    How many networks stand in memory hangs on how many were asked for in the same moment, and each
    attack needs the more memory the more of it comes at once: a server that has never met this
    would seem to leak when it does.
    """
    for rung in range(3):
        browsers = [Browser(port) for _ in range(PLAYERS - 1)]
        for browser in browsers:
            browser.ask(3, 1, rung, 1)
        for browser in browsers:
            browser.until("match", 60)
        for browser in browsers:
            browser.close()
    for number in range(MOST_ROUNDS):
        before = _resident_mb(server)
        chance = random.Random(number)
        asyncio.run(_stall(port, 50, SETTLED_S))
        asyncio.run(_messages(port, chance, round(max(0.2, trial.share) * WARM_MESSAGES)))
        for _ in range(100):
            _abort(port, chance)
        for kind in range(50):
            _odd_request(trial, port, kind)
        time.sleep(SETTLED_S)
        if _resident_mb(server) <= STILL * before:
            return


def _resident_mb(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    assert found is not None
    return int(found.group(1)) / 1024


def _send_messages(trial: Trial, port: int) -> None:
    """Random messages, nine in ten of a size that fits their first byte."""
    batch = 1_000
    for _ in trial.cases("messages", MESSAGES // batch):
        with trial.guard(seconds=120):
            asyncio.run(_messages(port, trial.random(), batch))


async def _messages(port: int, chance: random.Random, number: int) -> None:
    left = [number]

    async def sender() -> None:
        while left[0] > 0:
            with contextlib.suppress(Exception):  # the server closes what it does not like
                async with _live(port) as live:
                    reading = asyncio.create_task(_read_all(live))
                    while left[0] > 0 and not reading.done():
                        left[0] -= 1
                        await live.send(_message(chance))
                        await asyncio.sleep(0.005)
                    reading.cancel()

    await asyncio.gather(*(sender() for _ in range(AT_ONCE)))


def _live(port: int):  # type: ignore[no-untyped-def]
    from websockets.asyncio.client import connect
    from websockets.typing import Origin

    origin = Origin(f"http://127.0.0.1:{port}")
    return connect(f"ws://127.0.0.1:{port}/live", origin=origin, compression=None, open_timeout=20)


async def _read_all(live) -> None:  # type: ignore[no-untyped-def]
    with contextlib.suppress(Exception):  # closed, which the sender hears too
        async for _ in live:
            pass


def _message(chance: random.Random) -> bytes:
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(40))
    kind = chance.choice((1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 7))
    return bytes([kind, *(chance.randrange(3) for _ in range(SIZES[kind]))])


def _connect_and_abort(trial: Trial, port: int) -> None:
    """Connections that end without a word in every phase: before, in and after the handshake."""
    for _ in trial.cases("connects", CONNECTS):
        with trial.guard(seconds=30):
            _abort(port, trial.random())


def _abort(port: int, chance: random.Random) -> None:
    whole = _handshake(port)
    raw = socket.create_connection(("127.0.0.1", port), 10)
    phase = chance.randrange(4)
    if phase:
        raw.sendall(whole if phase > 1 else whole[: chance.randrange(len(whole))])
    if phase > 1:
        raw.recv(1024)
        raw.sendall(_masked(bytes([2, 0])) if phase == 3 else b"\x82")
    if chance.random() < 0.5:  # the other half says good-bye as TCP does
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw.close()


def _handshake(port: int, origin: str | None = None, extra: str = "") -> bytes:
    source = f"http://127.0.0.1:{port}" if origin is None else origin
    return (
        f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {source}\r\n{extra}"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ).encode()


def _masked(message: bytes, opcode: int = 2) -> bytes:
    """Return a frame from a client, whose mask is zero."""
    return bytes([0x80 | opcode, 0x80 | len(message), 0, 0, 0, 0]) + message


def _stall_readers(trial: Trial, port: int) -> None:
    """Browsers that ask for everything and read nothing; half of them ping without end."""
    for _ in trial.cases("readers", READERS // 50):
        with trial.guard(seconds=60):
            asyncio.run(_stall(port, 50, 8.0))


async def _stall(port: int, number: int, seconds: float) -> None:
    end = time.monotonic() + seconds

    async def reader(pings: bytes) -> None:
        while time.monotonic() < end:  # cut off, it comes again
            with contextlib.suppress(OSError):
                await _stare(port, pings, end)
            await asyncio.sleep(COMES_AGAIN_S)

    # A payload beyond that of a message would end the connection at once.
    pings = _masked(b"x" * 30, opcode=9) * 20
    await asyncio.gather(*(reader(pings if one % 2 else b"") for one in range(number)))


async def _stare(port: int, pings: bytes, end: float) -> None:
    """Read nothing until `end`, or until the server has cut the connection off: OSError."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    writer.write(_handshake(port) + _masked(bytes([2, 1])))
    while time.monotonic() < end:
        writer.write(pings)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(writer.drain(), 0.5)
        await asyncio.sleep(0.1)
    writer.transport.abort()


def _wrong_origins(trial: Trial, port: int) -> None:
    """Connections from pages elsewhere."""
    for number in trial.cases("origins", ORIGINS):
        origin = WRONG_ORIGINS[number % len(WRONG_ORIGINS)].format(port)
        answer = _answer(port, _handshake(port, origin))
        trial.expect(b" 101 " not in answer, f"a page from {origin!r} was let in")


def _odd_requests(trial: Trial, port: int) -> None:
    """Paths with dots and encodings, headers and frames that are too large, and random bytes."""
    for number in trial.cases("requests", REQUESTS):
        with trial.guard(seconds=30):
            _odd_request(trial, port, number)


def _odd_request(trial: Trial, port: int, number: int) -> None:
    kind, chance = number % 5, trial.random()
    if kind == 0:
        path = chance.choice(PATHS).format(chance.choice(TARGETS))
        answer = _answer(port, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        fine = path.startswith("/?") or b" 200 " not in answer.split(b"\r\n")[0]
        trial.expect(fine, f"{path} was answered: {answer[:80]!r}")
    elif kind == 1:
        extra = "X: " + "a" * chance.randrange(8_200, 200_000) + "\r\n"
        answer = _answer(port, _handshake(port, extra=extra))
        trial.expect(b" 101 " not in answer, "a request with too large a header was let in")
    elif kind == 2:
        size = struct.pack(">Q", chance.randrange(33, 1 << 62))
        frame = bytes([0x82, 0xFF]) + size + bytes(4) + b"x" * 1_000
        _answer(port, _handshake(port) + frame)
    elif kind == 3:
        _answer(port, chance.randbytes(chance.randrange(1, 5_000)))
    else:
        body = "x" * chance.randrange(100_000)
        head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 999999999\r\n\r\n"
        answer = _answer(port, (head + body).encode())
        trial.expect(b" 200 " not in answer, "an upload was taken")


def _answer(port: int, request: bytes) -> bytes:
    """Send bytes and return what comes back at first."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 10) as raw:
        raw.settimeout(0.5)
        raw.sendall(request)
        return raw.recv(2_048)
    return b""
