"""The cartridge that a person brings, where the arcade comes without one."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from game.emulation.cabinet import CabinetError, rom_path
from game.system.files import write_atomically

MD5 = "72ffbef6504b75e69ee1045af9075f66"  # of the one that ALE knows: Atari, 1980
FILE = "space_invaders.bin"
FOLDER = "roms"  # in the data folder
ROMS_ENV = "ALE_ROMS_DIR"


def choose(file: Path, folder: Path) -> Path:
    """Keep a copy of the cartridge `file` in the data folder `folder` and return its path.

    Raises CabinetError if it cannot be read or kept, or is another cartridge.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise CabinetError(f"the cartridge {file} cannot be read: {error.strerror}") from error
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != MD5:
        raise CabinetError(
            f"{file} is not the Space Invaders of 1980 that the arcade can play: its md5 has to "
            f"be {MD5}"
        )
    path = folder / FOLDER / FILE
    try:
        write_atomically(path, data)
    except OSError as error:
        raise CabinetError(f"{path} cannot be written: {error.strerror}") from error
    return path


def find(folder: Path) -> None:
    """Let ALE, here and in programs started from here, find what was chosen, if it has none."""
    if ROMS_ENV in os.environ or not (folder / FOLDER / FILE).is_file():
        return
    try:
        rom_path()
    except CabinetError:
        os.environ[ROMS_ENV] = str(folder / FOLDER)
