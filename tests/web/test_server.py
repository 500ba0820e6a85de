"""The server on a real port: pages, headers, connections, and what it refuses."""

from __future__ import annotations

import asyncio
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("websockets")

import uvicorn
from websockets.exceptions import ConnectionClosed, InvalidStatus

from game.play.opponents import AgentSource
from game.records.archive import Archive
from game.web import server
from game.web.hall import Arcade, Hall
from game.web.hosts import Hosts
from game.web.pages import pages
from game.web.server import MOST_CONTROLS, MOST_READ, Live, address_of, application, listen
from tests.helpers.browser import Browser
from tests.web.test_hall import Agent, FewCabinets


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    champion = AgentSource(lambda: lambda: Agent(1))
    champion.wait()
    archive = Archive(tmp_path_factory.mktemp("data"), check=lambda path: None)
    cabinets = FewCabinets()
    hall = Hall(Arcade(cabinets, champion, [], archive), 1, time.monotonic)  # type: ignore[arg-type]
    listening = listen("127.0.0.1", 0)
    live = Live(application(hall, Hosts([]), hall.tick), listening)
    thread = threading.Thread(target=live.run)
    thread.start()
    yield address_of(listening)[1]
    live.stop()
    thread.join()
    hall.close()
    archive.close()


def get(port: int, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    return connection.getresponse()


def test_every_page_comes_with_its_headers(port: int) -> None:
    for path, page in pages().items():
        answer = get(port, path)
        assert (answer.status, answer.read()) == (200, page.body), path
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Set-Cookie"] is None
        assert get(port, path, If_None_Match=answer.headers["ETag"]).status == 304


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/../etc/passwd", "/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "//etc/passwd",
     "/app.js/", "/APP.JS", "/%00", "/web/app.js", "/assets/icon.png", "/live", "/" + "a" * 5000],
)  # fmt: skip
def test_nothing_else_is_found(port: int, path: str) -> None:
    assert get(port, path).status == 404


def test_other_methods_and_hosts_are_refused(port: int) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert get(port, "/", method).status == 405
    assert get(port, "/", Host="evil.example").status == 400
    assert get(port, "/", X="a" * 20_000).status in (400, 431)


def test_a_browser_watches(port: int) -> None:
    browser = Browser(port)
    assert browser.until("hello")["most"] == 1
    browser.ask(2, 0)
    numbers = [browser.frame().number for _ in range(10)]
    assert numbers == list(range(numbers[0], numbers[0] + 10))
    browser.close()


@pytest.mark.parametrize("origin", ["http://evil.example", "https://127.0.0.1", "null"])
def test_a_page_from_elsewhere_is_refused(port: int, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        Browser(port, origin)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("message", "code"), [(b"\x00", 1008), (b"x" * 33, 1009), (b"", 1008), ("text", 1008)]
)
def test_a_wrong_message_closes_the_connection(port: int, message: bytes | str, code: int) -> None:
    browser = Browser(port)
    browser.socket.send(message)
    with pytest.raises(ConnectionClosed) as closed:
        for _ in range(50):
            browser.hear()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code


def test_too_many_messages_close_it_too(port: int) -> None:
    browser = Browser(port)
    with pytest.raises(ConnectionClosed):
        for _ in range(400):
            browser.ask(5)
        for _ in range(50):
            browser.hear()


def test_pings_beyond_a_few_a_second_cut_it_off(port: int) -> None:
    browser = Browser(port)
    browser.until("hello")
    for _ in range(MOST_CONTROLS):
        assert browser.socket.ping().wait(20)
    with pytest.raises(ConnectionClosed) as closed:
        for _ in range(50):
            browser.socket.ping()
            browser.hear()
    assert closed.value.rcvd is None  # without a word


def test_more_at_once_than_a_second_allows_cuts_it_off(port: int) -> None:
    browser = Browser(port)
    browser.until("hello")
    with pytest.raises(ConnectionClosed) as closed:
        browser.socket.socket.sendall(bytes([0x82, 0x81, 0, 0, 0, 0, 5]) * MOST_READ)
        for _ in range(50):
            browser.hear()
    assert closed.value.rcvd is None


class Transport:
    """Of a connection whose other end reads nothing."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def get_extra_info(self, _: str) -> None:
        """Say nothing."""

    def __getattr__(self, name: str) -> Callable[[], None]:
        return lambda: self.calls.append(name)


@pytest.mark.parametrize("reads", [False, True])
def test_whoever_reads_nothing_is_gone(reads: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "STALLED_S", 0.05)

    async def stalled() -> list[str]:
        config = uvicorn.Config(lambda: None, ws=server.LiveProtocol)
        protocol = server.LiveProtocol(config, uvicorn.server.ServerState(), {})
        transport = Transport()
        protocol.connection_made(transport)  # type: ignore[arg-type]
        protocol.pause_writing()
        if reads:
            protocol.resume_writing()
        await asyncio.sleep(0.1)
        return transport.calls

    assert asyncio.run(stalled()) == ["pause_reading", "resume_reading" if reads else "abort"]


def test_pages_name_only_files_of_our_own() -> None:
    web = Path(__file__).parents[2] / "assets" / "web"
    served = set(pages())
    for file in web.iterdir():
        assert f"/{file.name}" in served or file.name == "index.html", file
