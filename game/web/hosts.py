"""Under which names a server may be asked, and from which pages.

A page elsewhere can have its visitors' browsers connect here, and can give its own name this
machine's address for that. So a request is answered only under an address, this machine's name or
a name that was given, and a connection only from a page that came from here.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit


class OriginError(ValueError):
    """An address that is none; the message says how one is written."""


def origin(text: str) -> str:
    """Return an origin such as https://arcade.example as browsers write it."""
    parts = urlsplit(text)
    plain = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise OriginError("an origin is written like https://arcade.example, with no path")
    return f"{parts.scheme}://{parts.netloc.lower()}"


class Hosts:
    """The names and origins that are answered."""

    def __init__(self, origins: list[str]) -> None:
        """Answer `origins` too, those of a proxy in front, as `origin` returns them."""
        self._origins = set(origins)
        self._names = {urlsplit(one).netloc for one in origins}
        name = socket.gethostname().lower()
        self._own = {"localhost", name, f"{name}.local"}

    def is_ours(self, host: str) -> bool:
        """Whether a request under the name `host`, with or without a port, is for us."""
        host = host.lower()
        if host in self._names:
            return True
        try:
            parts = urlsplit(f"//{host}")
            name = parts.hostname or ""
            if parts.port == 0 or parts.netloc != host or parts.username is not None:
                return False
        except ValueError:  # brackets that do not match, or a port that is no number
            return False
        return name in self._own or _is_address(name)

    def may_connect(self, host: str, source: str | None) -> bool:
        """Whether a page from the origin `source` may connect under the name `host`."""
        if source is None or not self.is_ours(host):
            return False
        return source in self._origins or source.lower() == f"http://{host.lower()}"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
