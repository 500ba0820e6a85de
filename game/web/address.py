"""Where browsers find the server."""

from __future__ import annotations

import ipaddress
import socket
import time


def reachable(host: str) -> str:
    """Return the address to tell people for a server on `host`, which may stand for all of them."""
    if not ipaddress.ip_address(host).is_unspecified:
        return host
    # Nothing is sent: the system is only asked which of its addresses leads out.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for documentation, RFC 5737
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def url(host: str, port: int) -> str:
    """Return the address of the page."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"


def wait_until_served(port: int, seconds: float) -> bool:
    """Wait until something listens on `port` of this machine; return whether it came to that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False
