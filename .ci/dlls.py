"""Whether a Windows package has every library that it asks for: python .ci/dlls.py FOLDER

What a package does not bring, a player's Windows has to have. The machine that builds has more, so
its own self-test does not notice what is missing.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pe import pe_files

# Part of every Windows 10 and later.
# fmt: off
WINDOWS = {
    "advapi32.dll", "avicap32.dll", "bcrypt.dll", "comctl32.dll", "crypt32.dll", "d3d11.dll",
    "dbghelp.dll", "dxgi.dll", "gdi32.dll", "imm32.dll", "iphlpapi.dll", "kernel32.dll",
    "msvcrt.dll", "ncrypt.dll", "ntdll.dll", "ole32.dll", "oleaut32.dll", "rpcrt4.dll",
    "secur32.dll", "setupapi.dll", "shell32.dll", "shlwapi.dll", "user32.dll", "version.dll",
    "winmm.dll", "ws2_32.dll",
}
# fmt: on
WINDOWS_SETS = ("api-ms-win-", "ext-ms-")  # names for parts of the above
# What stands in for Windows where a package is made without it must not get into one.
NOT_OURS = ("ucrtbase", "ucrtwine", "api-ms-win-", "wine")


def missing(folder: Path) -> dict[str, list[str]]:
    """Return for each file in `folder` what it asks for and neither package nor Windows has."""
    inside = {path.name.lower() for path in folder.rglob("*") if path.is_file()}
    found = {}
    for file in pe_files(folder):
        needs = {name.lower() for name in file.needs()} - inside - WINDOWS
        lacks = sorted(name for name in needs if not name.startswith(WINDOWS_SETS))
        if lacks:
            found[file.path.relative_to(folder).as_posix()] = lacks
    return found


def strange(folder: Path) -> list[str]:
    """Return the files in `folder` that belong to Windows, or to what stands in for it."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    names = [path.relative_to(folder).as_posix() for path in paths]
    return sorted(n for n in names if n.lower().rpartition("/")[2].startswith(NOT_OURS))


def main(folder: str) -> int:
    """Say what is missing and what should not be there; return the exit status."""
    lacks, wrong = missing(Path(folder)), strange(Path(folder))
    for file, names in lacks.items():
        print(f"{file} asks for what neither the package nor Windows has: {', '.join(names)}")
    for name in wrong:
        print(f"{name} is part of Windows, or stands in for it: it does not belong in a package")
    return 1 if lacks or wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
