"""A copy that pip installed: a wheel, built and tried in a new environment far from the source."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from game.emulation.cabinet import Rules
from game.play.match import Match
from game.play.player import RandomPlayer
from game.system.version import VERSION
from tests.helpers import wheel
from tests.helpers.wheel import Installed

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheel.build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def bigchamp(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return wheel.install(built, tmp_path_factory.mktemp("installed"))


def test_everything_lies_in_a_folder_of_our_own(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"bigchamp", f"bigchamp-{VERSION}.dist-info"}
    for wanted in ("assets/icon.png", "assets/languages/de.json", "models/dueling_ddqn.tflite"):
        assert f"bigchamp/{wanted}" in names
    modules = {
        path.relative_to(wheel.ROOT).as_posix() for path in (wheel.ROOT / "game").rglob("*.py")
    }
    assert {f"bigchamp/{module}" for module in modules} <= set(names)


def test_an_installed_copy_passes_its_selftest(bigchamp: Installed) -> None:
    done = bigchamp("selftest")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all is well" in done.stdout


def test_an_installed_copy_verifies_and_films_a_tape(bigchamp: Installed, tmp_path: Path) -> None:
    match = Match([RandomPlayer(1)], Rules(), 1, limit_frames=30)
    while not match.over:
        match.step()
    tape = tmp_path / "game.tape"
    match.seats[0].tape.save(tape)
    assert bigchamp("verify", str(tape)).returncode == 0
    film = bigchamp("film", str(tape), str(tmp_path / "game.mp4"), "--size", "560x420")
    assert film.returncode == 0, film.stderr
    assert (tmp_path / "game.mp4").stat().st_size > 1000


def test_an_installed_copy_calls_itself_by_its_command(bigchamp: Installed) -> None:
    assert bigchamp("--help").stdout.startswith("usage: bigchamp ")
    missing = bigchamp("watch", "--agent", "nothing.tflite", "--frames", "1")
    assert missing.returncode == 1
    assert "Traceback" not in missing.stderr
