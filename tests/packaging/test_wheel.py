"""A copy that pip installed: a wheel, built and tried in a new environment far from the source."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from game.emulation.cabinet import Rules
from game.play.match import Match
from game.play.player import RandomPlayer

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".*", "build", "dist", "runs", "*.egg-info", "__pycache__", "tests", "logs", "*.npz"
)
pytestmark = pytest.mark.wheel

Bigchamp = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a copy of the source, as building leaves things beside it."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "source", ignore=LEFT_OUT)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder)]
    subprocess.run([*command, str(folder / "source")], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def bigchamp(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Bigchamp:
    """What runs the installed command, beside a distribution with packages of the same names."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    scripts = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True)
    asked = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    found = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True)
    site = Path(found.stdout.strip())
    # What it depends on is what these tests run with: nothing is fetched twice.
    (site / "others.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    for name in ("agents", "game"):
        (site / name).mkdir()
        (site / name / "__init__.py").write_text("raise ImportError('of another distribution')\n")
    environment = {n: v for n, v in os.environ.items() if n not in ("PYTHONPATH", "PYTHONHOME")}
    environment |= {"XDG_DATA_HOME": str(folder / "data"), "SDL_VIDEODRIVER": "dummy"}
    (folder / "elsewhere").mkdir()

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [scripts / "bigchamp", *arguments],
            env=environment,
            cwd=folder / "elsewhere",
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


def test_everything_lies_in_a_folder_of_our_own(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"bigchamp", "bigchamp-0.1.0.dist-info"}
    for wanted in ("assets/icon.png", "assets/languages/de.json", "models/dueling_ddqn.tflite"):
        assert f"bigchamp/{wanted}" in names
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "game").rglob("*.py")}
    assert {f"bigchamp/{module}" for module in modules} <= set(names)


def test_an_installed_copy_passes_its_selftest(bigchamp: Bigchamp) -> None:
    done = bigchamp("selftest")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all is well" in done.stdout


def test_an_installed_copy_verifies_and_films_a_tape(bigchamp: Bigchamp, tmp_path: Path) -> None:
    match = Match([RandomPlayer(1)], Rules(), 1, limit_frames=30)
    while not match.over:
        match.step()
    tape = tmp_path / "game.tape"
    match.seats[0].tape.save(tape)
    assert bigchamp("verify", str(tape)).returncode == 0
    film = bigchamp("film", str(tape), str(tmp_path / "game.mp4"), "--size", "560x420")
    assert film.returncode == 0, film.stderr
    assert (tmp_path / "game.mp4").stat().st_size > 1000


def test_an_installed_copy_calls_itself_by_its_command(bigchamp: Bigchamp) -> None:
    assert bigchamp("--help").stdout.startswith("usage: bigchamp ")
    missing = bigchamp("watch", "--agent", "nothing.tflite", "--frames", "1")
    assert missing.returncode == 1
    assert "Traceback" not in missing.stderr
