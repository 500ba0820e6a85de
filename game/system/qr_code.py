"""QR codes (ISO/IEC 18004): text as bytes, error correction level M, versions 1 to 10.

A code of level M is still read when 15 % of it is damaged or covered.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Modules = NDArray[np.bool_]
Places = NDArray[np.int_]

# Of each version at level M: error correction bytes a block, then (blocks, data bytes of each).
_BLOCKS: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = (
    (10, ((1, 16),)),
    (16, ((1, 28),)),
    (26, ((1, 44),)),
    (18, ((2, 32),)),
    (24, ((2, 43),)),
    (16, ((4, 27),)),
    (18, ((4, 31),)),
    (22, ((2, 38), (2, 39))),
    (22, ((3, 36), (2, 37))),
    (26, ((4, 43), (1, 44))),
)
# Rows and columns on which the small squares of each version lie.
_ALIGNMENT: tuple[tuple[int, ...], ...] = (
    (),
    (6, 18),
    (6, 22),
    (6, 26),
    (6, 30),
    (6, 34),
    (6, 22, 38),
    (6, 24, 42),
    (6, 26, 46),
    (6, 28, 50),
)
_BYTES, _LEVEL_M = 0b0100, 0b00  # the mode, and the level
_LONG_COUNT_FROM = 10  # version from which the length has 16 bits instead of 8
_FORMAT, _FORMAT_MASK, _VERSION = 0x537, 0x5412, 0x1F25  # of the codes that protect them
_PADDING = (0xEC, 0x11)
_FINDER_LIKE = np.array([1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0], bool)
MOST_BYTES = 213


def code_rows(text: str) -> list[list[bool]]:
    """Return the modules of a QR code of `text`, row by row, True for dark, without a border.

    Raises ValueError if the text has more than 213 bytes.
    """
    data = text.encode()
    version = _version_for(len(data))
    bits = _with_correction(_filled(data, version), version)
    candidates = [_drawn(bits, version, mask) for mask in range(8)]
    return min(candidates, key=_penalty).tolist()  # type: ignore[no-any-return]


def terminal_code(text: str, border: int) -> str:
    """Return a QR code of `text` for a terminal that is dark, two rows a line."""
    light = ~np.pad(np.array(code_rows(text), bool), border)
    if len(light) % 2:
        light = np.pad(light, ((0, 1), (0, 0)))
    blocks = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
    pairs = zip(light[::2].tolist(), light[1::2].tolist(), strict=True)
    lines = ["".join(blocks[pair] for pair in zip(*rows, strict=True)) for rows in pairs]
    return "\n".join(lines) + "\n"


def _version_for(length: int) -> int:
    for version, (_, blocks) in enumerate(_BLOCKS, 1):
        if length + _overhead(version) <= sum(count * size for count, size in blocks):
            return version
    raise ValueError(f"a text of {length} bytes is too long for a QR code of ours")


def _overhead(version: int) -> int:
    """Return how many bytes mode and length take, with the half one at the end."""
    return 3 if version >= _LONG_COUNT_FROM else 2


def _filled(data: bytes, version: int) -> bytes:
    """Return mode, length and data, padded to what the version holds."""
    room = sum(count * size for count, size in _BLOCKS[version - 1][1])
    count_bits = 16 if version >= _LONG_COUNT_FROM else 8
    value = (_BYTES << count_bits | len(data)) << 8 * len(data) | int.from_bytes(data)
    used = 4 + count_bits + 8 * len(data)
    value <<= 4  # the terminator, which also fills the last byte
    whole = value.to_bytes((used + 4) // 8)
    return whole + bytes(itertools.islice(itertools.cycle(_PADDING), room - len(whole)))


def _with_correction(data: bytes, version: int) -> list[bool]:
    """Return the bits of all blocks, interleaved, with their error correction after them."""
    correction, groups = _BLOCKS[version - 1]
    blocks, at = [], 0
    for count, size in groups:
        for _ in range(count):
            blocks.append(data[at : at + size])
            at += size
    checks = [_remainder(block, correction) for block in blocks]
    mixed = [*_interleaved(blocks), *_interleaved(checks)]
    return [bool(byte >> bit & 1) for byte in mixed for bit in range(7, -1, -1)]


def _interleaved(blocks: list[bytes]) -> Iterator[int]:
    """Yield the first byte of each block, then the second of each, and so on."""
    for column in itertools.zip_longest(*blocks):
        yield from (byte for byte in column if byte is not None)


def _powers() -> tuple[list[int], list[int]]:
    """Return the powers of 2 in GF(256) over x^8 + x^4 + x^3 + x^2 + 1, and their logarithms."""
    powers, logs, value = [0] * 510, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logs[value] = exponent
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return powers, logs


_POWERS, _LOGS = _powers()


def _product(one: int, other: int) -> int:
    return _POWERS[_LOGS[one] + _LOGS[other]] if one and other else 0


def _remainder(block: bytes, size: int) -> bytes:
    """Return the `size` Reed-Solomon bytes of a block."""
    generator = [1]
    for exponent in range(size):
        root = _POWERS[exponent]
        shifted = [*generator, 0]
        for place, factor in enumerate(generator):
            shifted[place + 1] ^= _product(factor, root)
        generator = shifted
    rest = list(block) + [0] * size
    for place in range(len(block)):
        lead = rest[place]
        for step, factor in enumerate(generator):
            rest[place + step] ^= _product(factor, lead)
    return bytes(rest[len(block) :])


def _protected(value: int, generator: int) -> int:
    """Return `value` with the remainder of its division by `generator` behind it."""
    bits = generator.bit_length() - 1
    rest = value << bits
    while rest.bit_length() > bits:
        rest ^= generator << rest.bit_length() - bits - 1
    return value << bits | rest


def _drawn(bits: list[bool], version: int, mask: int) -> Modules:
    """Return the whole code with `mask` laid over its data."""
    modules, rows, columns = _patterns(version)
    modules, data = modules.copy(), np.zeros(len(rows), bool)
    data[: len(bits)] = bits  # some versions have a few modules more
    modules[rows, columns] = data ^ _masked(rows, columns, mask)
    _draw_format(modules, mask)
    if version >= 7:
        _draw_version(modules, version)
    return modules


def _masked(rows: Places, columns: Places, mask: int) -> Modules:
    """Return which modules `mask` turns over."""
    product = rows * columns
    value = (
        (rows + columns) % 2,
        rows % 2,
        columns % 3,
        (rows + columns) % 3,
        (rows // 2 + columns // 3) % 2,
        product % 2 + product % 3,
        (product % 2 + product % 3) % 2,
        ((rows + columns) % 2 + product % 3) % 2,
    )[mask]
    turned: Modules = value == 0
    return turned


@functools.cache
def _patterns(version: int) -> tuple[Modules, Places, Places]:
    """Return what is the same in every code of a version, and the rows and columns of data."""
    size = 17 + 4 * version
    modules, taken = np.zeros((size, size), bool), np.zeros((size, size), bool)
    modules[6, ::2] = modules[::2, 6] = True
    taken[6, :] = taken[:, 6] = True
    for row, column in ((0, 0), (0, size - 7), (size - 7, 0)):
        taken[max(0, row - 1) : row + 8, max(0, column - 1) : column + 8] = True
        modules[max(0, row - 1) : row + 8, max(0, column - 1) : column + 8] = False
        modules[row : row + 7, column : column + 7] = _square(7)
    lines = _ALIGNMENT[version - 1]
    for row, column in itertools.product(lines, lines):
        if (row, column) not in ((6, 6), (6, lines[-1]), (lines[-1], 6)):  # the large squares
            modules[row - 2 : row + 3, column - 2 : column + 3] = _square(5)
            taken[row - 2 : row + 3, column - 2 : column + 3] = True
    taken[:9, :9] = taken[:9, -8:] = taken[-8:, :9] = True  # the format beside the large squares
    if version >= 7:
        taken[:6, -11:-8] = taken[-11:-8, :6] = True
    places = np.array(list(_path(taken)))
    return modules, places[:, 0], places[:, 1]


def _square(size: int) -> Modules:
    """Return a dark frame around a light one around a dark middle."""
    square = np.ones((size, size), bool)
    square[1:-1, 1:-1] = False
    square[2:-2, 2:-2] = True
    return square


def _path(taken: Modules) -> Iterator[tuple[int, int]]:
    """Yield the modules for data: in double columns from the right, up and down by turns."""
    size, upwards = len(taken), True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        rows = range(size - 1, -1, -1) if upwards else range(size)
        for row, column in itertools.product(rows, (right, right - 1)):
            if not taken[row, column]:
                yield row, column
        upwards = not upwards


def _draw_format(modules: Modules, mask: int) -> None:
    """Draw level and mask, twice."""
    value = _protected(_LEVEL_M << 3 | mask, _FORMAT) ^ _FORMAT_MASK
    bits = [bool(value >> bit & 1) for bit in range(15)]  # the lowest first
    modules[[0, 1, 2, 3, 4, 5, 7, 8], 8] = bits[:8]
    modules[8, [7, 5, 4, 3, 2, 1, 0]] = bits[8:]
    modules[8, [-1, -2, -3, -4, -5, -6, -7, -8]] = bits[:8]
    modules[[-7, -6, -5, -4, -3, -2, -1], 8] = bits[8:]
    modules[-8, 8] = True


def _draw_version(modules: Modules, version: int) -> None:
    """Draw the version, twice."""
    value = _protected(version, _VERSION)
    block = np.array([bool(value >> bit & 1) for bit in range(18)]).reshape(6, 3)
    modules[:6, -11:-8] = block
    modules[-11:-8, :6] = block.T


def _penalty(modules: Modules) -> int:
    """Return how hard a code is to read, by the standard's four features."""
    size, total = len(modules), 0
    for lines in (modules, modules.T):
        apart = np.pad(lines.astype(np.int8), ((0, 0), (0, 1)), constant_values=2).ravel()
        runs = np.diff(np.flatnonzero(np.diff(apart, prepend=2)))
        total += int((runs[runs >= 5] - 2).sum())
        windows = np.lib.stride_tricks.sliding_window_view(lines, len(_FINDER_LIKE), axis=1)
        for pattern in (_FINDER_LIKE, _FINDER_LIKE[::-1]):
            total += 40 * int((windows == pattern).all(axis=2).sum())
    same = modules[1:, 1:] == modules[:-1, :-1]
    same &= (modules[1:, :-1] == modules[:-1, 1:]) & (modules[1:, 1:] == modules[1:, :-1])
    dark = 100 * int(modules.sum()) / size**2
    return total + 3 * int(same.sum()) + 10 * int(abs(dark - 50) // 5)
