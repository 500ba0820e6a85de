"""The server: one page, one kind of connection, and sixty ticks a second, all in one thread."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Protocol

from game.web.without_tls import stand_in

stand_in()  # before whatever names it

import uvicorn  # noqa: E402
from starlette.applications import Starlette  # noqa: E402
from starlette.requests import Request  # noqa: E402
from starlette.responses import Response  # noqa: E402
from starlette.routing import Route, WebSocketRoute  # noqa: E402
from starlette.websockets import WebSocket, WebSocketDisconnect  # noqa: E402
from uvicorn.protocols.http.h11_impl import H11Protocol  # noqa: E402
from uvicorn.protocols.websockets.websockets_sansio_impl import (  # noqa: E402
    WebSocketsSansIOProtocol,
)
from websockets.frames import Frame  # noqa: E402

from game.emulation.cabinet import FRAMES_PER_SECOND  # noqa: E402
from game.web import requests  # noqa: E402
from game.web.hosts import Hosts  # noqa: E402
from game.web.pages import HEADERS, pages  # noqa: E402
from game.web.visitor import Visitor  # noqa: E402

FRAME_S = 1 / FRAMES_PER_SECOND
MOST_LATE = 4  # frames that are made up for after a stall, as in the window
MOST_VISITORS = 400  # connections in all
REQUEST_S = 10.0  # in which a request has to be there
HEADER_BYTES = 8_192  # of one request
BACKLOG = 128
MOST_CONTROLS = 10  # pings and pongs that a connection sends in a second; no page of ours sends any
MOST_READ = 8_192  # bytes that come at once: more than its messages of a second
STALLED_S = 10.0  # after which whoever reads nothing is gone
POLICY_VIOLATED, TRY_LATER = 1008, 1013  # RFC 6455, 7.4.1; the second is registered with IANA

_log = logging.getLogger(__name__)


class House(Protocol):
    """Where browsers are let in."""

    visitors: set[Visitor]

    def enter(self, visitor: Visitor) -> None: ...
    def leave(self, visitor: Visitor) -> None: ...
    def answer(self, visitor: Visitor, request: requests.Request) -> None: ...


class PageProtocol(H11Protocol):
    """HTTP, which does not wait for ever for a request to be complete."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._patience = self.loop.call_later(REQUEST_S, self._lose_patience)

    def connection_lost(self, exc: Exception | None) -> None:
        self._patience.cancel()
        super().connection_lost(exc)

    def _lose_patience(self) -> None:
        # An upgraded connection has a protocol of its own by now, and its cycle has begun.
        if self.cycle is None and self.transport.get_protocol() is self:
            self.transport.close()


class LiveProtocol(WebSocketsSansIOProtocol):
    """WebSocket that neither waits for whoever does not read, nor is kept busy with answers.

    uvicorn answers each ping, and a connection that it closes stays until all that was written has
    been read. Whoever misbehaves in these ways is cut off without a word.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._controls = requests.Rate(self.loop.time, MOST_CONTROLS)
        self._stalled: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._reads_again()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.handshake_complete and len(data) > MOST_READ:
            self.transport.abort()
        else:
            super().data_received(data)

    def handle_ping(self) -> None:
        super().handle_ping()
        self._count_control()

    def handle_pong(self, event: Frame) -> None:
        super().handle_pong(event)
        self._count_control()

    def pause_writing(self) -> None:
        """Read nothing more: the answers would pile up without a limit."""
        super().pause_writing()
        self.transport.pause_reading()
        self._stalled = self.loop.call_later(STALLED_S, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._reads_again()
        if not self.read_paused:
            self.transport.resume_reading()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()

    def _count_control(self) -> None:
        try:
            self._controls.count()
        except requests.RequestError:
            self.transport.abort()

    def _reads_again(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


class Server(uvicorn.Server):
    """uvicorn's server, whose end the command decides."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def application(
    hall: House, hosts: Hosts, tick: Callable[[], None], ticking: bool = True
) -> Starlette:
    """Return what answers requests, and calls `tick` sixty times a second while it runs."""
    files = pages()

    async def page(request: Request) -> Response:
        if not hosts.is_ours(request.headers.get("host", "")):
            return Response("unknown host\n", 400, HEADERS)
        if sum(len(name) + len(value) for name, value in request.headers.raw) > HEADER_BYTES:
            return Response("too long a request\n", 431, HEADERS)
        file = files.get(request.url.path)
        if file is None:
            return Response("not found\n", 404, HEADERS)
        headers = {**HEADERS, "ETag": file.tag}
        if request.headers.get("if-none-match") == file.tag:
            return Response(None, 304, headers)
        return Response(file.body, 200, headers, file.kind)

    async def live(socket: WebSocket) -> None:
        headers = socket.headers
        if not hosts.may_connect(headers.get("host", ""), headers.get("origin")):
            await socket.close(POLICY_VIOLATED)  # before it is accepted: status 403
            return
        await socket.accept()
        if len(hall.visitors) >= MOST_VISITORS:
            await socket.close(TRY_LATER, "there are too many visitors")
            return
        await _serve(hall, socket)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(_run(tick)) if ticking else None
        yield
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def method_not_allowed(_: Request, __: Exception) -> Response:
        return Response("only GET and HEAD\n", 405, {**HEADERS, "Allow": "GET, HEAD"})

    return Starlette(
        routes=[WebSocketRoute("/live", live), Route("/{path:path}", page, methods=["GET"])],
        lifespan=lifespan,
        exception_handlers={405: method_not_allowed},
    )


async def _serve(hall: House, socket: WebSocket) -> None:
    """Let one browser in until it leaves or misbehaves."""
    visitor = Visitor(time.monotonic)
    hall.enter(visitor)
    sender = asyncio.create_task(_send(visitor, socket))
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                break
            visitor.hear()
            hall.answer(visitor, requests.read(message.get("bytes") or b""))
    except requests.RequestError as error:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await socket.close(POLICY_VIOLATED, str(error))
    finally:
        hall.leave(visitor)
        sender.cancel()


async def _send(visitor: Visitor, socket: WebSocket) -> None:
    """Send what waits, as fast as the browser reads."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it is gone
        while True:
            message = await visitor.next()
            if isinstance(message, str):
                await socket.send_text(message)
            else:
                await socket.send_bytes(message)


async def _run(tick: Callable[[], None]) -> None:
    """Call `tick` sixty times a second; after a stall, forget what cannot be made up for."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        await asyncio.sleep(max(0.0, due - loop.time()))
        now = loop.time()
        if now - due > MOST_LATE * FRAME_S:
            due = now
        while due <= now:
            try:
                tick()
            except Exception:
                _log.exception("an error in a frame")
            due += FRAME_S
            await asyncio.sleep(0)  # whoever sent something is heard before the next frame


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raise OSError if the address cannot be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


class Live:
    """A server on a socket, from start to end."""

    def __init__(self, app: Starlette, listening: socket.socket) -> None:
        self._socket = listening
        config = uvicorn.Config(
            app,
            http=PageProtocol,
            ws=LiveProtocol,
            loop="asyncio",
            lifespan="on",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            ws_max_size=requests.MOST_BYTES,
            ws_per_message_deflate=False,
            ws_ping_interval=20.0,
            ws_ping_timeout=20.0,
            h11_max_incomplete_event_size=HEADER_BYTES,
            limit_concurrency=MOST_VISITORS + 100,
            timeout_graceful_shutdown=2,
            timeout_keep_alive=10,
        )
        self._server = Server(config)

    def run(self) -> None:
        """Serve until `stop` is called."""
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def stop(self) -> None:
        """End soon; from any thread or signal handler."""
        self._server.should_exit = True


def address_of(listening: socket.socket) -> tuple[str, int]:
    """Return where a socket listens."""
    host, port = listening.getsockname()[:2]
    return str(host), int(port)
