"""`--audience PORT`: phones follow the window's matches, served by a process of its own."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from game.cli.errors import UserError
from game.play.audience import AudienceError, Invitation
from game.play.match import Match
from game.system.background import IDLE, NO_CONSOLE
from game.system.paths import program
from game.system.sentence import Sentence

if TYPE_CHECKING:
    from game.web.feed import FeedWriter

EVERYWHERE = "0.0.0.0"
FREED_S = 5.0  # in which the port of an arcade that has just ended is free again
END_S = 5.0
START_S = 60.0


class Audience:
    """Followers of the window's matches."""

    def __init__(self, port: int, patience_s: float = FREED_S) -> None:
        """Start the serving process on `port`, which may be free only after `patience_s`.

        Raises UserError without the server's parts, AudienceError where the port is taken.
        """
        from game.cli.web import check_parts

        check_parts()
        from game.system.qr_code import code_rows
        from game.web.address import reachable, url
        from game.web.feed import FeedWriter

        _wait_until_free(port, patience_s)
        address = url(reachable(EVERYWHERE), port)
        self._invitation = Invitation(address, code_rows(address))
        self._folder = tempfile.TemporaryDirectory(prefix="bigchamp-")
        path = Path(self._folder.name) / "frames"
        self._feed: FeedWriter = FeedWriter(path)
        self._process = subprocess.Popen(
            [*program(), "serve", "--follow", str(path), "--host", EVERYWHERE, "--port", str(port)],
            stdin=subprocess.PIPE,  # it ends when this is closed, however the arcade ends
            stdout=subprocess.DEVNULL,
            creationflags=NO_CONSOLE,
        )

    @property
    def invitation(self) -> Invitation:
        """What the screen tells people."""
        return self._invitation

    def show(self, match: Match, countdown: int) -> None:
        """Hand over the present frame of `match`."""
        self._feed.show(match, countdown)

    def close(self) -> None:
        """End the serving process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_S)
        self._process.kill()
        self._process.wait()
        self._feed.close()
        self._folder.cleanup()


@contextlib.contextmanager
def followed_by(number: int) -> Iterator[Audience]:
    """An audience of so many browsers, for measurements."""
    with socket.create_server((EVERYWHERE, 0)) as probe:
        port = int(probe.getsockname()[1])
    audience = Audience(port)
    try:
        try:
            from game.web.address import wait_until_served
            from game.web.crowd import FOLLOWS, crowd
        except ImportError as error:
            raise UserError("this executable has no followers to measure with") from error

        if not wait_until_served(port, START_S):
            raise UserError("the process that serves the audience did not start")
        with crowd(port, number, FOLLOWS, IDLE):
            yield audience
    finally:
        audience.close()


def audience_for_settings(port: int) -> Audience:
    """Start an audience that somebody before the window asks for; raise AudienceError."""
    try:
        return Audience(port, patience_s=0)
    except UserError as error:
        raise AudienceError(
            Sentence(lambda say: say("Phones cannot follow: a part of the server is missing"))
        ) from error


def _wait_until_free(port: int, patience_s: float) -> None:
    """Raise AudienceError if another program keeps the port."""
    from game.web.server import listen

    end = time.monotonic() + patience_s
    while True:
        try:
            listen(EVERYWHERE, port).close()
            return
        except OSError as error:
            if time.monotonic() > end:
                raise _taken(port, error.strerror or "") from error
        time.sleep(0.2)


def _taken(port: int, reason: str) -> AudienceError:
    return AudienceError(
        Sentence(
            lambda say: say(
                "Phones cannot follow on port {port} ({reason}): choose another with --audience",
                port=port,
                reason=reason,
            )
        )
    )
