"""Under which names a server answers, and from which pages browsers may connect."""

from __future__ import annotations

import socket

import pytest

from game.web.hosts import Hosts, OriginError, origin


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:2600", "localhost:2600", "192.168.1.5", "[::1]:2600", "LOCALHOST", "10.0.0.1:80"],
)
def test_addresses_and_our_own_names_are_ours(host: str) -> None:
    assert Hosts([]).is_ours(host)
    assert Hosts([]).may_connect(host, f"http://{host}")


def test_this_machines_name_is_ours() -> None:
    assert Hosts([]).is_ours(f"{socket.gethostname()}:2600")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "", "127.0.0.1.evil.example", "[::1", "a b", "127.0.0.1:x", "127.0.0.1/..",
     "user@127.0.0.1", "127.0.0.1:99999999", "::1", "1"],
)  # fmt: skip
def test_other_names_are_not(host: str) -> None:
    assert not Hosts([]).is_ours(host)
    assert not Hosts([]).may_connect(host, f"http://{host}")


@pytest.mark.parametrize(
    "source",
    [None, "", "null", "http://evil.example", "https://127.0.0.1:2600", "http://127.0.0.1",
     "http://127.0.0.1:2601", "http://127.0.0.1:2600/"],
)  # fmt: skip
def test_pages_from_elsewhere_may_not_connect(source: str | None) -> None:
    assert not Hosts([]).may_connect("127.0.0.1:2600", source)


def test_a_proxys_origin_may() -> None:
    hosts = Hosts([origin("https://Arcade.example/")])
    assert hosts.may_connect("arcade.example", "https://arcade.example")
    assert hosts.may_connect("127.0.0.1:2600", "https://arcade.example"), "as some proxies ask"
    assert not hosts.may_connect("arcade.example", "https://evil.example")


@pytest.mark.parametrize("text", ["arcade.example", "ftp://a", "https://a/b", "https://a?b", ""])
def test_what_is_no_origin(text: str) -> None:
    with pytest.raises(OriginError):
        origin(text)
