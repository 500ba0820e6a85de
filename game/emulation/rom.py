"""The ROM that a user provides where the arcade is packaged without one."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from game.emulation.cabinet import (
    ROM_BYTES,
    ROM_FILE,
    ROM_MD5,
    ROMS_ENV,
    CabinetError,
    rom_path,
)
from game.system.files import write_atomically

FOLDER = "roms"  # in the data folder
MOST_BYTES = 1_000_000  # of a file, or of one in a zip; the largest cartridges have 65,536
MOST_MEMBERS = 100  # of a zip that are looked at


def choose(file: Path, folder: Path) -> Path:
    """Keep a copy of the cartridge `file` in the data folder `folder` and return its path.

    `file` may be a zip that contains the ROM, or an overdump that is longer than the cartridge.
    Raises CabinetError if it cannot be read or copied, is another ROM, or if ALE_ROMS_DIR takes
    precedence and has none.
    """
    rom = next((found for data in _contents(file) if (found := _cut_out(data))), None)
    if rom is None:
        raise CabinetError(
            f"{file} is not the Space Invaders of 1980 that the arcade can play: its md5 has to "
            f"be {ROM_MD5}"
        )
    path = folder / FOLDER / ROM_FILE
    try:
        write_atomically(path, rom)
    except OSError as error:
        raise CabinetError(f"{path} cannot be written: {error.strerror}") from error
    if stands_before(folder):
        try:
            rom_path()
        except CabinetError as error:
            raise CabinetError(
                f"the cartridge is kept as {path}, but {error}; what {ROMS_ENV} names goes before "
                "what was kept"
            ) from error
    return path


def kept_words(path: Path, folder: Path) -> str:
    """Return the message for a cartridge that `choose` has kept."""
    named = stands_before(folder)
    but = f", but the one in {named} goes before it, which {ROMS_ENV} names" if named else ""
    return f"the cartridge is kept as {path}{but}"


def stands_before(folder: Path) -> str | None:
    """Return the folder in ALE_ROMS_DIR if it takes precedence over the ROM kept in `folder`."""
    named = os.environ.get(ROMS_ENV)
    return named if named and Path(named) != folder / FOLDER else None


def find(folder: Path) -> None:
    """If ALE has no ROM of its own, point it and child processes to the chosen one."""
    if os.environ.get(ROMS_ENV) or not (folder / FOLDER / ROM_FILE).is_file():
        return
    try:
        rom_path()
    except CabinetError:
        os.environ[ROMS_ENV] = str(folder / FOLDER)


def _contents(file: Path) -> Iterator[bytes]:
    """Yield the bytes of `file`, or of each file in it if it is a zip; raises CabinetError."""
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise CabinetError(f"the cartridge {file} cannot be read: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise CabinetError(f"{file} is too large to be a cartridge")
    if not data.startswith(b"PK"):
        yield data
        return
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for member in archive.infolist()[:MOST_MEMBERS]:
                with archive.open(member) as opened:
                    yield opened.read(MOST_BYTES)
    except Exception as error:  # a password, an unknown compression method, any damage
        raise CabinetError(
            f"{file} cannot be unpacked: name the cartridge that is in it instead"
        ) from error


def _cut_out(data: bytes) -> bytes | None:
    """Return the cartridge where it lies in `data`, None if it does not.

    An overdump holds the ROM several times, or padding after it.
    """
    for start in range(0, max(1, len(data) - ROM_BYTES + 1), ROM_BYTES):
        rom = data[start : start + ROM_BYTES]
        if hashlib.md5(rom, usedforsecurity=False).hexdigest() == ROM_MD5:
            return rom
    return None
