"""What a browser may ask, and what closes its connection."""

from __future__ import annotations

import random
import struct

import pytest

from game.emulation.cabinet import Action
from game.web import requests
from game.web.requests import Rate, RequestError, read


@pytest.mark.parametrize(
    ("message", "request_"),
    [
        (b"\x01\x05\x01\x00", requests.Held(0x105, Action.NOOP)),
        (b"\x01\x00\x00\x05", requests.Held(0, Action.LEFTFIRE)),
        (b"\x01\x00\x00\x03", requests.Held(0, Action.NOOP)),
        (b"\x01\xff\xff\x07", requests.Held(0xFFFF, Action.FIRE)),
        (b"\x02\x01", requests.Watch(True)),
        (b"\x03\x01\x02\x05", requests.Start(True, 2, 5)),
        (b"\x04\x00", requests.Pause(False)),
        (b"\x05", requests.Leave()),
        (b"\x06A.9", requests.Sign("A.9")),
        (b"\x07\x00\x01", requests.ShowBoard(False, 1)),
        (b"\x08", requests.Follow()),
    ],
)
def test_messages(message: bytes, request_: requests.Request) -> None:
    assert read(message) == request_


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x00",
        b"\x09",
        b"\x01\x00\x00\x08",
        b"\x01\x00\x00",
        b"\x02\x02",
        b"\x03\x01\x00\x00",
        b"\x03\x01\x00\x06",
        b"\x05\x00",
        b"\x06abc",
        b"\x06A\x00B",
        b"\x06../",
        b"x" * 33,
    ],
)
def test_what_no_page_of_ours_sends(message: bytes) -> None:
    with pytest.raises(RequestError):
        read(message)


def test_random_bytes_are_read_or_refused() -> None:
    chance = random.Random(5)
    for _ in range(5_000):
        size = chance.randrange(34)
        message = struct.pack("B", chance.randrange(10))[: size and 1] + chance.randbytes(size)
        try:
            read(message)
        except RequestError as error:
            assert str(error).isprintable()


def test_too_many_messages_a_second() -> None:
    now = [0.0]
    rate = Rate(lambda: now[0], most=3)
    for _ in range(3):
        rate.count()
    with pytest.raises(RequestError, match="more than 3"):
        rate.count()
    now[0] = 1.5
    rate.count()
