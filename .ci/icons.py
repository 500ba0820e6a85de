"""The icon in the formats of Windows and macOS; both hold the PNG of 256 x 256 pixels as it is."""

from __future__ import annotations

import struct
from pathlib import Path

PNG = Path(__file__).resolve().parents[1] / "assets" / "icon.png"


def ico() -> bytes:
    """Return the icon for Windows."""
    png = PNG.read_bytes()
    entry = struct.pack("<4B2H2I", 0, 0, 0, 0, 1, 32, len(png), 22)  # 0 means 256 pixels
    return struct.pack("<3H", 0, 1, 1) + entry + png


def icns() -> bytes:
    """Return the icon for macOS."""
    png = PNG.read_bytes()
    return b"icns" + struct.pack(">I4sI", 16 + len(png), b"ic08", 8 + len(png)) + png
