"""Writes an animated GIF frame by frame, with exact colours and only the changed parts.

A GIF counts delays in hundredths of a second, so 60 frames a second are impossible. This writes
50: every sixth picture is left out, and the whole lasts as long as it should.

The format is GIF89a, its compression LZW (Welch 1984, "A Technique for High-Performance Data
Compression") with codes of up to 12 bits. Each frame has its own colours: up to 255 are exact,
of more the rarer ones become others that are near.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

PER_SECOND = 50
DELAY = 100 // PER_SECOND  # hundredths of a second
LONGEST_DELAY = 65_535
MOST_COLOURS = 255  # and one for unchanged pixels
MOST_CODES = 4096

Rgb = NDArray[np.uint8]


class Gif:
    """An animated GIF that repeats for ever."""

    def __init__(self, file: BinaryIO, size: tuple[int, int]) -> None:
        """Begin a GIF of `size`, width and height up to 65,535, in `file`; raises OSError."""
        self._file = file
        self._shown: NDArray[np.uint32] | None = None  # [H, W], packed colours
        self._waiting: bytes | None = None  # the last picture, until its duration is known
        self._delay = 0
        file.write(b"GIF89a" + struct.pack("<HHBBB", *size, 0x70, 0, 0))
        file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")  # for ever

    def add(self, rgb: Rgb) -> None:
        """Show `rgb` [H, W, 3] for a fiftieth of a second."""
        packed = np.zeros(rgb.shape[:2], np.uint32)
        for channel in range(3):
            packed |= rgb[:, :, channel].astype(np.uint32) << np.uint32(16 - 8 * channel)
        changed = None if self._shown is None else packed != self._shown
        if changed is None or changed.any():
            self._flush()
            self._waiting = _picture(packed, changed)
        elif self._delay + DELAY > LONGEST_DELAY:
            self._flush()
            self._waiting = _picture(packed[:1, :1], None)
        self._shown = packed
        self._delay += DELAY

    def close(self) -> None:
        """Write the rest; the file stays open."""
        self._flush()
        self._file.write(b"\x3b")

    def _flush(self) -> None:
        if self._waiting is not None:
            # Disposal: keep what is drawn; colour 0 is transparent.
            self._file.write(b"\x21\xf9\x04" + struct.pack("<BHBB", 5, self._delay, 0, 0))
            self._file.write(self._waiting)
        self._waiting, self._delay = None, 0


def _picture(packed: NDArray[np.uint32], changed: NDArray[np.bool_] | None) -> bytes:
    """Return the smallest rectangle of `packed` [H, W] that holds what has `changed`, or all."""
    left = top = 0
    if changed is not None:
        rows, columns = (np.flatnonzero(changed.any(axis=axis)) for axis in (1, 0))
        top, left = int(rows[0]), int(columns[0])
        part = np.s_[top : rows[-1] + 1, left : columns[-1] + 1]
        packed, changed = packed[part], changed[part]
    height, width = packed.shape
    colours, indices = _palette(packed[changed] if changed is not None else packed.ravel())
    pixels = np.zeros(packed.shape, np.uint8)
    pixels[np.s_[:] if changed is None else changed] = (
        indices.reshape(packed.shape) if changed is None else indices
    )
    bits = max(2, len(colours).bit_length())  # colour 0 is one more
    table = np.zeros((1 << bits, 3), np.uint8)
    for channel in range(3):
        table[1 : len(colours) + 1, channel] = colours >> (16 - 8 * channel) & 255
    head = b"\x2c" + struct.pack("<HHHHB", left, top, width, height, 0x80 | bits - 1)
    data = lzw(pixels.tobytes(), bits)
    blocks = [data[at : at + 255] for at in range(0, len(data), 255)]
    body = b"".join(bytes([len(block)]) + block for block in blocks)
    return head + table.tobytes() + bytes([bits]) + body + b"\x00"


def _palette(
    packed: NDArray[np.uint32],
) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Return at most 255 colours and, for each of the pixels [N], the number of its, from 1."""
    colours, where, counts = np.unique(packed, return_inverse=True, return_counts=True)
    if len(colours) <= MOST_COLOURS:
        return colours, (where + 1).astype(np.uint8)
    # Colours that differ in the lowest bits only become one of them, the most common.
    for bits in range(1, 8):
        groups = colours & np.uint32(0x010101 * (256 - (1 << bits)))
        _, group = np.unique(groups, return_inverse=True)
        if group.max() < MOST_COLOURS:
            break
    best = np.zeros(group.max() + 1, np.uint32)
    order = np.argsort(counts)
    best[group[order]] = colours[order]  # of several, the most common one is written last
    return best, (group[where] + 1).astype(np.uint8)


def lzw(pixels: bytes, bits: int) -> bytes:
    """Return `pixels`, each below 2 ** `bits`, as GIF compresses them."""
    clear = 1 << bits
    packed = bytearray()
    held, count = clear, bits + 1  # bits not written yet: a table begins empty
    width, following = bits + 1, clear + 2
    codes: dict[int, int] = {}
    known = pixels[0]
    for pixel in memoryview(pixels)[1:]:
        longer = known << 8 | pixel
        code = codes.get(longer)
        if code is not None:
            known = code
            continue
        held |= known << count
        count += width
        if following < MOST_CODES:
            codes[longer] = following
            if following == 1 << width:
                width += 1
            following += 1
        else:
            held |= clear << count
            count += width
            codes.clear()
            width, following = bits + 1, clear + 2
        while count >= 8:
            packed.append(held & 255)
            held >>= 8
            count -= 8
        known = pixel
    held |= known << count
    count += width
    if following == 1 << width and following < MOST_CODES:
        width += 1  # the decoder has one more code by now
    held |= (clear + 1) << count
    count += width
    return bytes(packed) + held.to_bytes(-(-count // 8), "little")
