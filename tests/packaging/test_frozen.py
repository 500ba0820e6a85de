"""The packaged executable as people meet it; runs where BIGCHAMP_FROZEN names its folder.

`.ci/run` builds it and sets that, BIGCHAMP_PACKAGES to the folder with its archives, and
BIGCHAMP_FROZEN_AGAIN to a second build of the same source.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pygame
import pytest
from numpy.typing import NDArray

from game.emulation.cabinet import Rules
from game.play.player import Kind
from game.play.tape import load, verify
from game.system.paths import APP_NAME, PORTABLE
from game.system.version import MAKER, VERSION
from game.ui.scenes.scene import Mode
from game.ui.window import app
from tests.helpers.common import is_one_sentence, wait_for
from tests.helpers.visit import Visits, run_to_results

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
BUILT = Path(os.environ.get("BIGCHAMP_FROZEN", "nowhere")).resolve()
NAME = "bigchamp.exe" if sys.platform == "win32" else "bigchamp"
LINUX = sys.platform == "linux"
NOBODY = 65534
SCREEN = "1296x776"  # room for the usual window and a title above it

MOST_FOLDER_MB, MOST_ARCHIVE_MB = 150, 50
LONGEST_START_S, STARTS = 1.5, 10
LONGEST_SELFTEST_S = 20
# Of 255: how far two pictures are apart on average, and from where on a block is another one. A few
# may be: the result's QR code holds the tape's digest, which hangs on when a key was pressed.
MOST_APART, OTHER, MOST_OTHERS = 2, 20, 0.02
NOT_INSIDE = [
    *("tensorflow", "keras", "gymnasium", "tkinter", "libtcl", "libtk", "pytest", "hypothesis"),
    *("teacher", ".npz", ".jsonl", "libcudart", "libssl", "libcrypto", "libreadline", "WebGpu"),
    *(("libx265", "libSvtAv1", "libgnutls", "libFLAC", "libtiff") if LINUX else ()),
    *("race.png", "freesansbold", "test_"),
]

pytestmark = [
    pytest.mark.frozen,
    pytest.mark.skipif(
        "BIGCHAMP_FROZEN" not in os.environ, reason="BIGCHAMP_FROZEN names no build"
    ),
]
linux = pytest.mark.skipif(not LINUX, reason="asks Linux for it")


def environment(home: Path, **changes: str | None) -> dict[str, str]:
    """No PATH, no Python, no screen, no sound: what `changes` adds or (with None) takes away."""
    values: dict[str, str | None] = {
        "HOME": str(home),
        "SDL_VIDEODRIVER": "dummy",
        "SDL_AUDIODRIVER": "dummy",
        **{name: os.environ.get(name) for name in ("SYSTEMROOT", "TEMP")},  # Windows needs them
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def arcade(
    home: Path, *arguments: str | Path, folder: Path = BUILT, **how: Any
) -> subprocess.CompletedProcess[str]:
    """Run the executable to its end."""
    how = {"env": environment(home), "cwd": home, "timeout": 120, **how}
    command = [*how.pop("prefix", []), str(folder / NAME), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", **how)


def plays(done: subprocess.CompletedProcess[str]) -> None:
    assert "Traceback" not in done.stderr
    assert done.returncode == 0, done.stderr


def linked(to: Path) -> Path:
    """Return a second folder of the same files, which costs no room."""

    def link(file: str, name: str) -> str:
        try:
            os.link(file, name)
        except OSError:  # another disk
            shutil.copy2(file, name)
        return name

    shutil.copytree(BUILT, to, symlinks=True, copy_function=link)
    return to


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every account can reach; pytest's own are its account's alone."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def as_nobody(folder: Path) -> dict[str, Any]:
    """Make `folder` for an account that owns nothing else, and say how to run as it."""
    folder.mkdir()
    if os.getuid() != 0:
        return {}
    os.chown(folder, NOBODY, NOBODY)
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


# What is inside


def test_nothing_is_inside_that_is_not_needed() -> None:
    found = [path.relative_to(BUILT).as_posix() for path in BUILT.rglob("*")]
    names = [name for name in found if "assets/licences/" not in name]  # for all systems
    for part in NOT_INSIDE:
        assert not [name for name in names if part in name], part
    roms = [name for name in names if name.endswith(".bin")]
    assert [name.rpartition("/")[2] for name in roms] == ["space_invaders.bin"]
    models = {name for name in names if "/models/" in name and "ladder" not in name}
    assert {Path(name).name for name in models} == {"dueling_ddqn.tflite", "dueling_ddqn.json"}
    assert any(name.endswith("assets/languages/de.json") for name in names)


def test_everything_inside_has_a_licence() -> None:
    sys.path.insert(0, str(ROOT / ".ci"))
    from contents import components, faults

    found = components(BUILT)
    assert faults(found) == []
    names = {item.name for item in found}
    assert {"ale-py", "pygame-ce", "numpy", "SDL", "Python", "space_invaders"} <= names
    for item in found:
        assert all(text.stat().st_size > 100 for text in item.texts), item.name
    if (BUILT / "licences").exists():
        texts = {path.name for path in (BUILT / "licences").iterdir()}
        assert {"BigChamp.txt", "README.md", "CONTENTS.txt", "LGPL-2.1.txt"} <= texts


def test_two_builds_are_alike() -> None:
    again = os.environ.get("BIGCHAMP_FROZEN_AGAIN")
    if again is None:
        pytest.skip("BIGCHAMP_FROZEN_AGAIN names no second build")
    first, second = (
        {p.relative_to(folder).as_posix(): p.lstat().st_size for p in folder.rglob("*")}
        for folder in (BUILT, Path(again))
    )
    first, second = (
        {name: size for name, size in files.items() if not name.startswith("licences")}
        for files in (first, second)
    )
    assert first.keys() == second.keys()
    for name, size in first.items():
        assert abs(size - second[name]) <= 0.01 * size, name


# How much and how fast


def test_the_folder_and_its_archive_are_small() -> None:
    folder = sum(p.lstat().st_size for p in BUILT.rglob("*") if p.is_file()) / 1e6
    print(f"folder: {folder:.1f} MB, at most {MOST_FOLDER_MB}")
    assert folder < MOST_FOLDER_MB
    packages = os.environ.get("BIGCHAMP_PACKAGES")
    if packages is None:
        return
    archives = [p for p in Path(packages).iterdir() if p.suffix in (".xz", ".deb", ".zip")]
    assert archives
    for archive in archives:
        size = archive.stat().st_size / 1e6
        print(f"{archive.name}: {size:.1f} MB, at most {MOST_ARCHIVE_MB}")
        assert size < MOST_ARCHIVE_MB


def test_packages_are_named_by_their_version() -> None:
    packages = os.environ.get("BIGCHAMP_PACKAGES")
    if packages is None:
        pytest.skip("BIGCHAMP_PACKAGES names no packages")
    names = {path.name for path in Path(packages).iterdir()} - {"SHA256SUMS"}
    assert names
    pattern = rf"bigchamp(-without-rom)?[-_]{re.escape(VERSION)}[-_]"
    assert [name for name in names if not re.match(pattern, name)] == []


@linux
@pytest.mark.skipif(not shutil.which("lintian"), reason="needs lintian")
def test_debians_own_checker_finds_no_error() -> None:
    packages = os.environ.get("BIGCHAMP_PACKAGES")
    if packages is None:
        pytest.skip("BIGCHAMP_PACKAGES names no packages")
    (file,) = Path(packages).glob("*.deb")
    done = subprocess.run(["lintian", str(file)], capture_output=True, text=True)
    assert not [line for line in done.stdout.splitlines() if line.startswith("E:")], done.stdout


@pytest.mark.timed
def test_the_first_frame_is_soon_there(home: Path) -> None:
    times = []
    for _ in range(1 + STARTS):
        began = time.perf_counter()
        plays(arcade(home, "--frames", "1"))
        times.append(time.perf_counter() - began)
    median = statistics.median(times[1:])  # the first one warms the disk's cache
    print(f"start to the end of the first frame: {median:.2f} s, at most {LONGEST_START_S}")
    assert median < LONGEST_START_S


@pytest.mark.timed
def test_the_self_test_passes_in_time(home: Path) -> None:
    began = time.perf_counter()
    done = arcade(home, "selftest")
    seconds = time.perf_counter() - began
    print(f"self-test: {seconds:.1f} s, at most {LONGEST_SELFTEST_S}")
    plays(done)
    assert "all is well" in done.stdout
    assert seconds < LONGEST_SELFTEST_S


# Commands


@pytest.mark.parametrize("mode", ["play", "watch", "race"])
def test_people_can_start_a_match(home: Path, mode: str) -> None:
    plays(arcade(home, mode, "--frames", "30"))


def test_other_commands_for_people_answer(home: Path) -> None:
    done = arcade(home, "scores")
    assert is_one_sentence(done.stderr.strip())
    done = arcade(home, "bench", "play", "--seconds", "1", env=environment(home, PATH=""))
    assert "frames" in done.stdout, done.stderr
    done = arcade(home, "evaluate", "--agent", "constant:fire", "--episodes", "1")
    plays(done)
    assert "285.0" in done.stdout
    assert arcade(home, "--version").stdout == f"{MAKER}\n"
    done = arcade(home, "licences")
    plays(done)
    assert "SDL" in done.stdout
    done = arcade(home, "--help")
    assert done.stdout.startswith("usage: bigchamp")


def test_every_shipped_tape_is_true(home: Path) -> None:
    tapes = sorted(GOLDEN.glob("*.tape"))
    assert tapes
    for tape in tapes:
        done = arcade(home, "verify", tape)
        plays(done)
        assert "verified" in done.stdout


@pytest.mark.parametrize(
    "command",
    [
        ["lives"],
        ["train", "student"],
        ["train", "teacher"],
        ["export", "run", "x.tflite"],
        ["curve", "x.png", "run"],
        ["bench", "training"],
    ],
)
def test_what_needs_the_learner_says_how_to_get_it(home: Path, command: list[str]) -> None:
    done = arcade(home, *command)
    assert done.returncode == 1
    assert is_one_sentence(done.stderr.strip())
    assert "source" in done.stderr
    assert "pip install" in done.stderr


def test_films_are_made(home: Path) -> None:
    tape = sorted(GOLDEN.glob("*.tape"))[0]
    for name in ("a.mp4", "a.gif"):
        plays(arcade(home, "film", tape, home / name, "--to", "1", "--overlay"))
    with av.open(str(home / "a.mp4")) as film:
        assert [stream.codec_context.name for stream in film.streams] == ["h264", "aac"]
        assert sum(1 for _ in film.decode(video=0)) == 60
    # What does not come along is said before, and GIFs need nothing.
    folder = linked(home / "without")
    next(path for path in folder.glob("bigchamp-encoder*")).unlink()
    done = arcade(home, "film", tape, home / "b.mp4", folder=folder)
    assert done.returncode == 1
    assert is_one_sentence(done.stderr.strip())
    plays(arcade(home, "film", tape, home / "b.gif", "--to", "1", folder=folder))


# Places


def test_it_runs_from_a_path_of_any_letters(tmp_path: Path, home: Path) -> None:
    folder = linked(tmp_path / "Spiele für Zoë (ゲーム)")
    plays(arcade(home, "race", "--frames", "20", folder=folder))


@linux
def test_it_runs_from_a_folder_that_nobody_can_write_to(public: Path) -> None:
    folder, home = linked(public / "arcade"), public / "home"
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o555)
    try:
        before = sorted(folder.rglob("*"))
        plays(arcade(home, "race", "--frames", "20", folder=folder, **as_nobody(home)))
        assert sorted(folder.rglob("*")) == before
        assert (home / ".local" / "share" / APP_NAME / "arcade.log").exists()
    finally:
        for path in folders:
            path.chmod(0o755)


@linux
def test_it_runs_without_a_home(public: Path) -> None:
    folder, room = linked(public / "arcade"), public / "room"
    values = environment(room, HOME=None, TMPDIR=str(room))
    account = as_nobody(room)
    plays(arcade(room, "race", "--frames", "20", env=values, folder=folder, **account))
    if account:  # nobody has a home on paper; this one is not even on paper
        account = {"user": 123456, "group": 123456, "extra_groups": []}
        room.chmod(0o777)
        shutil.rmtree(room / APP_NAME, ignore_errors=True)
        plays(arcade(room, "race", "--frames", "20", env=values, folder=folder, **account))
        assert (room / APP_NAME / "arcade.log").exists()


def test_it_runs_without_sound(home: Path) -> None:
    plays(arcade(home, "race", "--frames", "20", env=environment(home, SDL_AUDIODRIVER=None)))


@linux
def test_it_runs_without_a_network(home: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"]).returncode:
        pytest.skip("the network cannot be taken away here")
    plays(arcade(home, "race", "--frames", "20", prefix=[unshare, "-rn"]))


@linux
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can chroot")
def test_it_runs_where_there_is_no_python_but_only_two_libraries(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / ".ci"))
    from elf import Elf, elf_files

    inside = {path.name for path in BUILT.rglob("*.so*")}
    asked = {name for elf in elf_files(BUILT) for name in elf.needs()} - inside
    asked |= set(Elf(BUILT / NAME).needs())  # before it knows what is inside
    parts_of_glibc = {"libc", "libm", "libdl", "libpthread", "librt", "ld-linux-x86-64"}
    assert {name.partition(".")[0] for name in asked} <= parts_of_glibc | {"libz"}
    bare = tmp_path / "bare"
    for name in asked | {"ld-linux-x86-64.so.2"}:
        listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout
        found = re.search(rf"\b{re.escape(name)} \(.*x86-64.*\) => (\S+)", listed)
        assert found, f"the executable asks for {name}"
        for folder in ("lib64", "lib/x86_64-linux-gnu"):
            (bare / folder).mkdir(parents=True, exist_ok=True)
            shutil.copy(found[1], bare / folder / name)
    linked(bare / "arcade")
    (bare / "tmp").mkdir()
    tape = sorted(GOLDEN.glob("*.tape"))[0]
    shutil.copy(tape, bare / "tmp" / tape.name)
    chroot = [shutil.which("chroot") or "/usr/sbin/chroot", str(bare)]
    values = environment(Path("/tmp"))
    where: dict[str, Any] = {"folder": Path("/arcade"), "prefix": chroot, "env": values}
    done = arcade(tmp_path, "verify", f"/tmp/{tape.name}", **where)
    plays(done)
    plays(arcade(tmp_path, "race", "--frames", "20", **where))


def test_it_keeps_everything_beside_it_if_asked_to(tmp_path: Path, home: Path) -> None:
    folder = linked(tmp_path / "stick")
    (folder / PORTABLE).touch()
    plays(arcade(home, "--frames", "5", folder=folder))
    assert (folder / "data" / "arcade.log").exists()
    assert not any(home.iterdir())


def test_without_the_cartridge_it_asks_for_one(tmp_path: Path, home: Path) -> None:
    folder = linked(tmp_path / "arcade")
    (rom,) = folder.rglob("space_invaders.bin")
    theirs = Path(shutil.copy(rom, tmp_path / "Mine (1980).bin"))
    rom.unlink()
    done = arcade(home, "play", "--frames", "5", folder=folder)
    assert done.returncode == 1
    assert "rom FILE" in done.stderr
    assert is_one_sentence(done.stderr.strip())
    plays(arcade(home, "rom", theirs, folder=folder))
    plays(arcade(home, "race", "--frames", "5", folder=folder))


@linux
def test_a_second_one_says_so(home: Path) -> None:
    how: dict[str, Any] = {"env": environment(home), "cwd": home}
    first = subprocess.Popen([str(BUILT / NAME), "play"], stderr=subprocess.DEVNULL, **how)
    try:
        data = home / ".local" / "share" / APP_NAME
        wait_for((data / "scores.sqlite").exists, 60)
        done = arcade(home, "play")
        assert done.returncode == 1
        assert "already running" in done.stderr
        assert is_one_sentence(done.stderr.strip())
        plays(arcade(home, "verify", sorted(GOLDEN.glob("*.tape"))[0]))
    finally:
        first.send_signal(signal.SIGTERM)
        assert first.wait(60) == 0
    plays(arcade(home, "--frames", "5"))


# A window


class Screen:
    """A virtual screen that can be looked at and typed on."""

    def __init__(self, folder: Path, size: str = SCREEN) -> None:
        read, write = os.pipe()
        self._file = folder / "Xvfb_screen0"
        self._server = subprocess.Popen(
            [
                *("Xvfb", "-displayfd", str(write), "-noreset", "-fbdir", folder),
                *("-screen", "0", f"{size}x24"),
            ],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            self.name = ":" + pipe.readline().strip()

    def key(self, *arguments: str) -> None:
        values = {**os.environ, "DISPLAY": self.name}
        subprocess.run(["xdotool", *arguments], env=values, check=True, capture_output=True)

    def picture(self) -> NDArray[np.uint8]:
        """Return what is on the screen: [720, 1280, 3]."""
        data = self._file.read_bytes()
        header = struct.unpack_from(">25I", data)
        begin, line = header[0] + 12 * header[19], header[12]
        rows = np.frombuffer(data, np.uint8, 720 * line, begin).reshape(720, line)
        return rows[:, : 4 * 1280].reshape(720, 1280, 4)[:, :, 2::-1]

    def close(self) -> None:
        self._server.terminate()
        self._server.wait()


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    if not (shutil.which("Xvfb") and shutil.which("xdotool")):
        pytest.skip("needs Xvfb and xdotool")
    screen = Screen(tmp_path)
    yield screen
    screen.close()


def coarse(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the picture in blocks of 20 x 20 pixels: what one sees with half-closed eyes."""
    return picture.reshape(36, 20, 64, 20, 3).mean(axis=(1, 3))


def shows(screen: Screen, page: NDArray[np.float64]) -> bool:
    """Whether the screen shows the page of which these are the blocks, half a second from now."""
    time.sleep(0.5)
    apart = np.abs(coarse(screen.picture()) - page)
    return bool(apart.mean() < MOST_APART and (apart > OTHER).mean() < MOST_OTHERS)


def leave(screen: Screen, result: NDArray[np.float64]) -> None:
    """Press Escape until the page of the result is left for the title.

    The page waits until the game's last presses are over. It counts that in frames, of which a busy
    machine shows few.
    """

    def is_left() -> bool:
        screen.key("key", "Escape")
        time.sleep(3)
        return not shows(screen, result)

    wait_for(is_left, 60)


def race_as_the_source_draws_it(make_app: Visits) -> NDArray[np.uint8]:
    """Return the result of the scripted race below: the person does not fire."""
    from agents.inference.player import AgentPlayer, Model
    from game.system.paths import default_model

    model = Model(default_model())
    app = make_app(
        Mode.RACE,
        lambda: lambda: AgentPlayer(model),
        rules=Rules(),
        seed=5,
        minutes=0.1,
        size=(1280, 720),
    )
    run_to_results(app)
    surface = pygame.display.get_surface()
    assert surface is not None
    return pygame.surfarray.array3d(surface).swapaxes(0, 1)


@linux
def test_a_race_in_a_real_window_ends_with_its_result(
    screen: Screen, home: Path, make_app: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "usable_size", lambda monitor=0: (1296, 776))
    expected = coarse(race_as_the_source_draws_it(make_app))

    corner = {"SDL_VIDEO_WINDOW_POS": "0,0"}
    values = environment(home, DISPLAY=screen.name, SDL_VIDEODRIVER="x11", **corner)
    command = [str(BUILT / NAME), "race", "--seed", "5", "--minutes", "0.1"]
    program = subprocess.Popen(command, env=values, cwd=home, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: screen.picture().any(), 60)
        time.sleep(4)
        screen.key("keydown", "Left")
        time.sleep(1)
        screen.key("keyup", "Left")
        wait_for(lambda: shows(screen, expected), 240)  # seconds, but on a busy machine
        leave(screen, expected)
        time.sleep(1)
        screen.key("key", "Up")  # to the last line, which is quit
        time.sleep(1)
        screen.key("key", "Return")
        _, errors = program.communicate(timeout=60)
    finally:
        program.kill()
    assert program.returncode == 0, errors
    tapes = list((home / ".local" / "share" / APP_NAME / "tapes").iterdir())
    assert {load(tape).kind for tape in tapes} == {Kind.HUMAN, Kind.AGENT}
    assert all(verify(tape).verified for tape in tapes)
