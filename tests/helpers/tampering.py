"""Tapes made for tests, and ways to change their files as damage or a cheat would."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable
from typing import Any

from game.emulation.cabinet import Rules
from game.play.match import Match
from game.play.player import Player, RandomPlayer

RULES = Rules()
CHECKSUM = 32
BEGIN = 20  # of the header


def record(
    frames: int | None, rules: Rules = RULES, seed: int = 3, player: Player | None = None
) -> Match:
    """Play a game, a random one without a `player`, to its end, or to `frames`."""
    match = Match([player or RandomPlayer(seed)], rules, seed)
    while not match.over and match.number != frames:
        match.step()
    match.finish()
    return match


def header_end(data: bytes) -> int:
    (length,) = struct.unpack("<I", data[16:BEGIN])
    return int(BEGIN + length)


def reseal(data: bytes) -> bytes:
    """Make the checksum hold again, as a careful cheat would."""
    body = data[:-CHECKSUM]
    return body + hashlib.sha256(body).digest()


def with_byte(data: bytes, at: int, value: int) -> bytes:
    return data[:at] + bytes([value]) + data[at + 1 :]


def with_header(data: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    end = header_end(data)
    header = json.loads(data[BEGIN:end])
    return with_header_text(data, json.dumps(change(header)).encode())


def with_header_text(data: bytes, text: bytes) -> bytes:
    return reseal(data[:16] + struct.pack("<I", len(text)) + text + data[header_end(data) :])
