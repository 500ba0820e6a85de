"""Installs wheels for Windows from Linux: wheels.py WHEELS PYTHON

Each is unpacked to PYTHON's site-packages. Of msvc-runtime, Microsoft's C++ runtime, the libraries
go beside python.exe, except those that Python brings itself.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path, PurePosixPath

LIBRARIES = ("purelib", "platlib")  # of a wheel's data, beside its other files
RUNTIME = "msvc_runtime"


def place(name: str, python: Path) -> Path | None:
    """Return where the file `name` of a wheel belongs, None if it is not needed."""
    first, *rest = PurePosixPath(name).parts
    if not first.endswith(".data"):
        return python / "Lib" / "site-packages" / name
    if rest[0] in LIBRARIES:
        return python.joinpath("Lib", "site-packages", *rest[1:])
    if first.startswith(RUNTIME) and len(rest) == 2 and rest[0] == "data":
        return python / rest[1]
    return None


def install(wheel: Path, python: Path) -> None:
    """Unpack one wheel."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            to = place(name, python)
            if to is None or name.endswith("/") or (to.parent == python and to.exists()):
                continue
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(archive.read(name))


if __name__ == "__main__":
    for each in sorted(Path(sys.argv[1]).glob("*.whl")):
        install(each, Path(sys.argv[2]))
