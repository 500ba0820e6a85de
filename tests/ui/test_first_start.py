"""The first start on somebody's machine: where things are kept, one arcade at a time, no ROM."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

import pygame
import pytest

import main
from game.emulation import cabinet, rom
from game.emulation.cabinet import CabinetError, rom_md5, rom_path
from game.play.options import Options
from game.system import preferences
from game.system.lock import LOCK, AlreadyOpenError, hold
from game.system.paths import APP_NAME, PORTABLE, data_folder
from game.ui.widgets import translation
from game.ui.window.app import DisplayError, open_window
from tests.helpers.common import is_one_sentence, wait_for

ROOT = Path(main.__file__).parent


def test_an_executable_with_the_file_keeps_everything_beside_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bigchamp"))
    (tmp_path / PORTABLE).touch()
    assert data_folder() != tmp_path / "data"  # Python itself is no arcade
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert data_folder() == tmp_path / "data"

    bundled = tmp_path / "BigChamp.app" / "Contents" / "MacOS" / "bigchamp"
    monkeypatch.setattr(sys, "executable", str(bundled))
    assert data_folder() == tmp_path / "data"
    (tmp_path / PORTABLE).unlink()
    assert data_folder().name == APP_NAME


@pytest.mark.skipif(sys.platform != "linux", reason="HOME is Unix's")
def test_without_a_home_things_are_kept_for_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda _number: {}["nobody"])
    assert data_folder() == Path(tempfile.gettempdir()) / APP_NAME


def test_a_folder_is_held_once_and_freed_when_the_holder_dies(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from game.system.lock import hold;"
        "held = hold(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(AlreadyOpenError) as error:
        hold(tmp_path)
    assert is_one_sentence(error.value)
    other = hold(tmp_path, "another.lock")
    assert other is not None
    other.close()

    holder.kill()
    holder.wait()
    held = hold(tmp_path)
    assert held is not None
    held.close()
    again = hold(tmp_path)
    assert again is not None
    again.close()


def test_where_nothing_can_be_written_nothing_is_held(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert hold(tmp_path / "file" / "folder") is None


@pytest.mark.slow
def test_a_second_arcade_says_so_and_commands_do_not_mind(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}

    def arcade(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "main.py", *arguments]
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
        )

    first = arcade("play")
    try:
        wait_for((tmp_path / APP_NAME / "scores.sqlite").exists, 60)
        log = (tmp_path / APP_NAME / "arcade.log").read_bytes()
        second = arcade("play")
        _, errors = second.communicate(timeout=60)
        assert second.returncode == 1
        last = errors.strip().splitlines()[-1]
        assert "already running" in last
        assert is_one_sentence(last)
        assert (tmp_path / APP_NAME / "arcade.log").read_bytes() == log
        measured = arcade("--frames", "2")
        measured.communicate(timeout=60)
        assert measured.returncode == 0
    finally:
        first.terminate()
        first.communicate(timeout=60)
    assert first.returncode == 0
    assert (tmp_path / APP_NAME / LOCK).exists()


def test_a_cartridge_that_a_person_names_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = tmp_path / "Space Invaders (1980).bin"
    shutil.copy(rom_path(), theirs)
    assert rom_md5() == cabinet.ROM_MD5
    data, empty = tmp_path / "data", tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: data)
    assert main.main(["rom", str(theirs)]) == 0
    assert str(data / "roms") in capsys.readouterr().out

    monkeypatch.delenv(rom.ROMS_ENV, raising=False)
    rom.find(data)
    assert rom.ROMS_ENV not in os.environ  # one came along

    monkeypatch.setattr(cabinet, "_ROMS", empty)  # nothing came along
    monkeypatch.setenv(rom.ROMS_ENV, str(empty))
    rom.find(data)
    assert os.environ[rom.ROMS_ENV] == str(empty)  # what a person set stays
    for nothing_set in (None, ""):
        monkeypatch.delenv(rom.ROMS_ENV)
        if nothing_set is not None:
            monkeypatch.setenv(rom.ROMS_ENV, nothing_set)
        rom.find(data)
        assert os.environ[rom.ROMS_ENV] == str(data / "roms")
        assert rom.stands_before(data) is None, "it is our own"
    monkeypatch.delenv(rom.ROMS_ENV)


@pytest.mark.parametrize("theirs", ["empty", "whole"])
def test_a_setting_that_stands_before_a_chosen_cartridge_is_named(
    theirs: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    mine, set_to = tmp_path / "mine.bin", tmp_path / theirs
    shutil.copy(rom_path(), mine)
    set_to.mkdir()
    if theirs == "whole":
        shutil.copy(mine, set_to / cabinet.ROM_FILE)
    data = tmp_path / "data"
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: data)
    monkeypatch.setenv(rom.ROMS_ENV, str(set_to))
    status = main.main(["rom", str(mine)])
    said = "".join(capfd.readouterr()).strip()
    assert status == (0 if theirs == "whole" else 1)
    assert rom.ROMS_ENV in said and str(set_to) in said
    assert is_one_sentence(said)
    assert (data / "roms" / cabinet.ROM_FILE).is_file()


def test_a_driver_that_was_set_and_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "nonsense")
    pygame.display.quit()
    with pytest.raises(DisplayError, match="SDL_VIDEODRIVER asks for nonsense"):
        open_window(Options())


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of files by name."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


@pytest.mark.parametrize("how", ["zip", "zip in folder", "twice", "padded", "zip of padded"])
def test_a_cartridge_is_found_in_a_zip_and_in_an_overdump(how: str, tmp_path: Path) -> None:
    game = rom_path().read_bytes()
    other = {"readme.txt": b"1980", "Pong.bin": b"\1" * 2048}
    contents = {
        "zip": zipped({**other, "Space Invaders.bin": game}),
        "zip in folder": zipped({"games/": b"", "games/si.a26": game}, zipfile.ZIP_STORED),
        "twice": game + game,
        "padded": b"\xff" * 4096 + game,
        "zip of padded": zipped({"si.bin": game + b"\0" * 28_672}),
    }
    file = tmp_path / "theirs"
    file.write_bytes(contents[how])
    assert rom.choose(file, tmp_path).read_bytes() == game


def test_a_zip_without_the_game_is_refused_in_one_sentence(tmp_path: Path) -> None:
    whole = zipped({"si.bin": rom_path().read_bytes()})
    bad = bytearray(whole)
    bad[200] ^= 0xFF
    bomb = zipped({"big.bin": b"\0" * 50_000_000})
    for data in (
        zipped({}),
        zipped({"a": b"1"}),
        bytes(bad),
        whole[:-9],
        bomb,
        b"PK",
        b"\0" * 2**21,
    ):
        file = tmp_path / "theirs.zip"
        file.write_bytes(data)
        with pytest.raises(CabinetError) as error:
            rom.choose(file, tmp_path)
        assert is_one_sentence(error.value)
    assert not (tmp_path / "roms").exists()


def test_another_cartridge_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "pong.bin").write_bytes(b"pong")
    for file in (tmp_path / "pong.bin", tmp_path / "nowhere.bin"):
        with pytest.raises(CabinetError) as error:
            rom.choose(file, tmp_path)
        assert is_one_sentence(error.value)
    assert not (tmp_path / "roms").exists()


def test_a_mistake_is_shown_where_nobody_sees_a_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(
        pygame.display, "message_box", lambda _title, text, **_how: shown.append(text)
    )
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path)
    (tmp_path / preferences.FILE).write_text('{"language": "de"}')
    held = hold(tmp_path)
    assert held is not None
    try:
        assert main.main(["play"]) == 1
        assert shown == []  # from the source there is a terminal
        monkeypatch.setattr("game.cli.main.FROZEN", True)
        assert main.main(["play"]) == 1
        assert main.main(["scores"]) == 1
    finally:
        held.close()
        translation.speak(translation.ENGLISH)
    (only,) = shown
    assert "läuft schon" in only
