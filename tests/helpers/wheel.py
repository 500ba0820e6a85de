"""A copy that pip installed: a wheel of the source, in a new environment far from it.

Only setuptools is fetched for building, where pip has none at hand. What the copy depends on is
what this process runs with.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = (".*", "*.egg-info", "__pycache__", "*.npz")
NOT_SOURCE = ("build", "dist", "runs", "tests", "logs")  # in the first folder alone
TIMEOUT_S = 300


def build(folder: Path) -> Path:
    """Build the wheel of a copy of the source, as building leaves things beside it."""
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=_left_out)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder)]
    subprocess.run([*command, str(source)], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Return which of the `names` in `folder` are not copied."""
    left = shutil.ignore_patterns(*LEFT_OUT)(folder, names)
    return left | set(NOT_SOURCE) if Path(folder) == ROOT else left


@dataclass(frozen=True)
class Installed:
    """The command `bigchamp` of one environment, run with a home of its own."""

    command: Path
    home: Path

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run it and return how it ended."""
        kept = {n: v for n, v in os.environ.items() if n not in ("PYTHONPATH", "PYTHONHOME")}
        return subprocess.run(
            [self.command, *arguments],
            env=kept | {"XDG_DATA_HOME": str(self.home / "data"), "SDL_VIDEODRIVER": "dummy"},
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )


def install(wheel: Path, folder: Path, beside_others: bool = True) -> Installed:
    """Install `wheel` in a new environment in `folder`.

    With `beside_others` a distribution is there that has packages of the same names.
    """
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    scripts = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True)
    asked = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    found = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True)
    site = Path(found.stdout.strip())
    (site / "others.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    for name in ("agents", "game") if beside_others else ():
        (site / name).mkdir()
        (site / name / "__init__.py").write_text("raise ImportError('of another distribution')\n")
    home = folder / "elsewhere"
    home.mkdir()
    return Installed(scripts / "bigchamp", home)
