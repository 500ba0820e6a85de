"""A small BLAS for the package, compiled from blas.c beside this, in place of OpenBLAS."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).with_name("blas.c")
MARK = b"BigChamp's part of BLAS"  # blas.c has it in a sentence
COMPILED = "BIGCHAMP_BLAS"  # names a library that was compiled elsewhere
OPENBLAS = "openblas"  # in the names of NumPy's library
FOR_OPENBLAS = ("libgfortran", "libquadmath")  # nothing else asks for these
MOST_BYTES = 1_000_000


def compiler() -> str | None:
    """Return the C compiler of this machine, None if it has none."""
    return shutil.which("gcc") or shutil.which("cc")


def build(folder: Path) -> Path | None:
    """Compile into `folder` and return the library; without a compiler return None."""
    if os.environ.get(COMPILED):
        return Path(os.environ[COMPILED]).resolve()
    command = compiler()
    if command is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    windows = sys.platform == "win32"
    library = folder / ("blas.dll" if windows else "blas.so")
    compile_to(library, command, windows)
    return library


def compile_to(library: Path, command: str, windows: bool) -> None:
    """Compile `library` with the C compiler `command`, for Windows or for what it runs on."""
    system = ["-static-libgcc", "-Wl,--no-insert-timestamp"] if windows else ["-fPIC"]
    options = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-s", "-shared", *system]
    subprocess.run([command, *options, "-o", str(library), str(SOURCE)], check=True)


def is_ours(library: Path) -> bool:
    """Whether a library is one that this module made."""
    return library.stat().st_size < MOST_BYTES and MARK in library.read_bytes()
