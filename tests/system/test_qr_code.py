"""QR codes are those that another maker of QR codes makes, and hold what they were given."""

from __future__ import annotations

import numpy as np
import pytest

from game.system.qr_code import (
    _BLOCKS,
    MOST_BYTES,
    _drawn,
    _filled,
    _masked,
    _patterns,
    _version_for,
    _with_correction,
    code_rows,
    terminal_code,
)

segno = pytest.importorskip("segno")

# Texts that fill a version: what is shorter segno 1.6.6 pads with one zero byte too many.
FULL = [14, 26, 42, 62, 84, 106, 122, 152, 180, MOST_BYTES]


@pytest.mark.parametrize("length", FULL)
def test_every_version_and_mask_is_as_the_standard_says(length: int) -> None:
    text = "".join(chr(97 + number * 7 % 26) for number in range(length))
    version = _version_for(length)
    assert version == FULL.index(length) + 1
    bits = _with_correction(_filled(text.encode(), version), version)
    for mask in range(8):
        other = segno.make(
            text, error="m", version=version, mode="byte", mask=mask, boost_error=False
        )
        ours = [[int(module) for module in row] for row in _drawn(bits, version, mask).tolist()]
        assert ours == [list(row) for row in other.matrix], (version, mask)


def read(rows: list[list[bool]]) -> str:
    """Read a code of one block."""
    modules = np.array(rows)
    version = (len(modules) - 17) // 4
    assert _BLOCKS[version - 1][1][0][0] == 1
    mask = [bool(modules[8, column]) for column in (2, 3, 4)]
    number = sum(bit << 2 - place for place, bit in enumerate(mask)) ^ 0b101
    _, places, columns = _patterns(version)
    data = np.packbits(modules[places, columns] ^ _masked(places, columns, number)).tobytes()
    whole = int.from_bytes(data)
    shift = 8 * len(data) - 12
    length = whole >> shift & 0xFF
    return (whole >> shift - 8 * length & (1 << 8 * length) - 1).to_bytes(length).decode()


@pytest.mark.parametrize("text", ["a", "http://192.168.178.21:2600/", "Ä 345 : 230"])
def test_a_short_text_is_in_it(text: str) -> None:
    assert read(code_rows(text)) == text


def test_too_much_text_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        code_rows("a" * (MOST_BYTES + 1))


def test_a_terminal_shows_two_rows_a_line() -> None:
    lines = terminal_code("x", 2).splitlines()
    assert [len(line) for line in lines] == [25] * 13
    assert set("".join(lines)) == set("█▀▄ ")
    assert set(lines[0]) == {"█"}, "white around it"
