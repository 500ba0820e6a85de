"""The files of the page, read once at the start: no address from outside is ever a path.

Every answer carries headers that keep the page to itself: no script, style or picture from
elsewhere, no frame around it, no referrer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from game.system.paths import asset
from game.system.preferences import ENGLISH, LANGUAGES

SCRIPTS = ("app", "drawing", "input", "pad", "scenes", "sound", "stream", "texts", "thoughts")
FONTS = ("BarlowCondensed-SemiBold.ttf", "PressStart2P-Regular.ttf", "MPLUS1-Japanese.ttf")
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True)
class Page:
    """One file: its contents, their type, and a tag that changes with them."""

    body: bytes
    kind: str
    tag: str


def pages() -> dict[str, Page]:
    """Return every file that is served, by its address. Raises OSError if one is missing."""
    files = {
        "/": ("web/index.html", "text/html; charset=utf-8"),
        "/style.css": ("web/style.css", "text/css; charset=utf-8"),
        "/icon.png": ("icon.png", "image/png"),
    }
    files |= {
        f"/{name}.js": (f"web/{name}.js", "text/javascript; charset=utf-8") for name in SCRIPTS
    }
    files |= {
        f"/{code}.json": (f"web/{code}.json", "application/json")
        for code in LANGUAGES
        if code != ENGLISH
    }
    files |= {f"/{name}": (f"fonts/{name}", "font/ttf") for name in FONTS}
    return {address: _page(*file) for address, file in files.items()}


def _page(name: str, kind: str) -> Page:
    body = asset(name).read_bytes()
    return Page(body, kind, f'"{hashlib.sha256(body).hexdigest()[:16]}"')
