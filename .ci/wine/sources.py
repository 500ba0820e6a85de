"""Prints which of Python's sources its signed catalogue does not list: sources.py LIB CATALOGUE"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path


def uncovered(library: Path, catalogue: Path) -> list[str]:
    """Return the files under `library` whose SHA-256 is not in the file `catalogue`.

    A catalogue holds the digests as they are, so that looking for their bytes finds them.
    """
    signed = catalogue.read_bytes()
    files = [path for path in sorted(library.rglob("*")) if path.is_file()]
    return [
        path.relative_to(library).as_posix()
        for path in files
        if path.suffix != ".pyc"
        and (data := path.read_bytes())
        and hashlib.sha256(data).digest() not in signed
    ]


if __name__ == "__main__":
    print("\n".join(uncovered(Path(sys.argv[1]), Path(sys.argv[2]))))
