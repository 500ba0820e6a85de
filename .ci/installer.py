"""The installer for Windows, by NSIS, on any system that has it: installer.py FOLDER FILE

FOLDER is what PyInstaller built for Windows, licences included.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from contents import project
from icons import ico

SCRIPT = Path(__file__).with_name("installer.nsi")
COMMAND = "makensis"
# Debian's NSIS also makes installers of 64 bits, which need nothing of 32 bits to run.
STUB = Path("/usr/share/nsis/Stubs/lzma_solid-amd64-unicode")


def is_available() -> bool:
    """Whether NSIS is installed."""
    return shutil.which(COMMAND) is not None


def make(built: Path, file: Path) -> Path:
    """Write the installer of the folder `built` to `file`."""
    kib = sum(path.stat().st_size for path in built.rglob("*") if path.is_file()) // 1024
    with tempfile.TemporaryDirectory() as name:
        icon = Path(name) / "icon.ico"
        icon.write_bytes(ico())
        values = {
            "VERSION": project()["version"],
            "BUILT": built.resolve(),
            "TO": file.resolve(),
            "ICON": icon,
            "SIZE": kib,
        }
        sign = "/" if sys.platform == "win32" else "-"
        words = [f"{sign}D{key}={value}" for key, value in values.items()]
        words += [f"{sign}INPUTCHARSET", "UTF8"]
        if STUB.exists():
            words.append("-XTarget amd64-unicode")
        command = [COMMAND, f"{sign}V2", f"{sign}WX", *words, str(SCRIPT)]
        subprocess.run(command, check=True)
    return file


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]))
