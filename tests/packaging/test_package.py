"""What makes the packages: what a library needs, and what goes into an archive."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / ".ci"))

WINDOWS_LIBRARIES = Path(__file__).with_name("windows_libraries.txt")

linux = pytest.mark.skipif(sys.platform != "linux", reason="ELF is Linux's")


@linux
def test_ale_loads_without_the_library_of_the_graphics_card(tmp_path: Path) -> None:
    from elf import Elf, needed_glibc

    spec = importlib.util.find_spec("ale_py")
    assert spec is not None and spec.origin is not None
    (found,) = Path(spec.origin).parent.glob("_ale_py*.so")
    library = Path(shutil.copy(found, tmp_path))
    if not any(name.startswith("libcudart") for name in Elf(library).needs()):
        pytest.skip("this ale_py knows no graphics cards")

    Elf(library).forget("libcudart", functions="cuda")
    assert not [name for name in Elf(library).needs() if "cuda" in name]
    program = f"import sys; sys.path[0] = {str(tmp_path)!r}; import _ale_py; _ale_py.ALEInterface()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

    major, minor = map(int, needed_glibc(tmp_path).split("."))
    assert (2, 17) <= (major, minor) <= (2, 40)


FILM = """
import av
with av.open("film.mp4", "w") as film:
    video, sound = film.add_stream("libx264", rate=60), film.add_stream("aac", rate=48000)
    video.width, video.height = 320, 240
    film.mux(video.encode(av.VideoFrame(320, 240, "yuv420p")))
    film.mux(video.encode(None))
"""
PICTURE_AND_SOUND = """
import pygame
pygame.init()
pygame.mixer.init(30720, -16, 1, 512)
pygame.mixer.Sound(buffer=bytes(1024)).play()
assert pygame.mixer.get_busy()
words = pygame.font.Font(None, 20).render("BigChamp", True, "white")
pygame.image.save(words, "words.png")
assert pygame.image.load("words.png").get_size() == words.get_size()
pygame.quit()
"""


@pytest.mark.slow
@linux
@pytest.mark.parametrize(
    ("name", "libraries", "program"),
    [("av", "av.libs", FILM), ("pygame", "pygame_ce.libs", PICTURE_AND_SOUND)],
)
def test_libraries_load_without_the_formats_that_are_left_out(
    name: str, libraries: str, program: str, tmp_path: Path
) -> None:
    from elf import Elf

    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.origin is not None
    package = Path(spec.origin).parent
    if not (package.parent / libraries).is_dir():
        pytest.skip(f"{name} was built against the system's libraries")
    unused = unused_formats()
    ignored = shutil.ignore_patterns("docs", "examples", "tests")
    shutil.copytree(package, tmp_path / name, ignore=ignored)
    shutil.copytree(package.parent / libraries, tmp_path / libraries)
    for library in (tmp_path / libraries).iterdir():
        if library.name.startswith(tuple(unused)):
            library.unlink()
    for library in (tmp_path / libraries).iterdir():
        for needed in Elf(library).needs():
            for begin, functions in unused.items():
                if needed.startswith(begin):
                    Elf(library).forget(needed, functions)
    values = {**os.environ, "PYTHONPATH": str(tmp_path), "SDL_AUDIODRIVER": "dummy"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, env=values, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def unused_formats() -> dict[str, str | tuple[str, ...]]:
    """Return the libraries that build.spec leaves out."""
    spec = ast.parse((ROOT / "build.spec").read_text("utf-8"))
    (unused,) = (
        ast.literal_eval(node.value)
        for node in spec.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "UNUSED_FORMATS"
    )
    return dict(unused)


LIBRARY = """
int kept = 7, empty[5000];
static __thread int own = 5;
int answer(void) { return kept + empty[4999] + own; }
"""


@linux
@pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler")
def test_a_library_with_room_for_large_pages_loads_without_it(tmp_path: Path) -> None:
    from elf import Elf, largest_page

    (tmp_path / "library.c").write_text(LIBRARY)
    library = tmp_path / "library.so"
    pages = "-Wl,-z,max-page-size=0x10000,-z,separate-code"
    command = ["cc", "-shared", "-fPIC", pages, "-o", str(library), "library.c"]
    subprocess.run(command, cwd=tmp_path, check=True)
    before, size, needs = Elf(library), library.stat().st_size, Elf(library).needs()
    assert before.page() == 0x10000
    before.tighten(0x4000)
    assert largest_page(tmp_path) == 0x4000
    assert library.stat().st_size < size - 0x10000
    assert Elf(library).needs() == needs
    assert [section[:4] for section in Elf(library)._sections()] == [
        section[:4] for section in before._sections()
    ]
    program = f"import ctypes; print(ctypes.CDLL({str(library)!r}).answer())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("12\n", "")
    tight = library.read_bytes()
    Elf(library).tighten(0x4000)
    assert library.read_bytes() == tight


@linux
def test_what_is_no_library_is_not_read_as_one(tmp_path: Path) -> None:
    from elf import Elf

    (tmp_path / "note.so").write_text("a note")
    with pytest.raises(ValueError, match=r"note\.so"):
        Elf(tmp_path / "note.so")


def test_every_component_has_a_licence_with_its_text_and_a_line_on_the_page() -> None:
    import contents

    page = (contents.TEXTS / "README.md").read_text("utf-8")
    for name, entry in contents.LIBRARIES["libraries"].items():
        assert name in page, f"assets/licences/README.md does not name {name}"
        assert entry["licence"]
        texts = contents._named_texts(entry)
        assert texts and all(text.is_file() for text in texts), f"{name} has no text"
    for name in ("ale-py", "pygame-ce", "numpy", "ai-edge-litert", "platformdirs", "Taito"):
        assert name in page
    assert contents.project()["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License")


def laid(folder: Path, names: Iterable[str]) -> Path:
    """Lay out a package with libraries of these names, which hold nothing."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_all_libraries_of_the_windows_package_have_licences(tmp_path: Path) -> None:
    """By the names of those that the last build for Windows had."""
    import contents

    names = WINDOWS_LIBRARIES.read_text("utf-8").split()
    found = list(contents._libraries(laid(tmp_path, names)))
    assert contents.faults(found) == []
    assert len(names) == sum(len(item.files) for item in found)
    assert {"SDL", "FFmpeg", "winpthreads", "libpython"} <= {item.name for item in found}


def test_a_library_without_a_licence_or_without_its_text_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import contents

    names = ("av.libs/libnew-1.so", "libz.so.1", "libbz2.so.1.0")
    monkeypatch.setitem(contents.LIBRARIES["libraries"]["zlib"], "text", "Lost")
    monkeypatch.delitem(contents.LIBRARIES["libraries"]["bzip2"], "text")
    assert contents.faults(list(contents._libraries(laid(tmp_path, names)))) == [
        f"libnew-1.so: {contents.UNKNOWN}",
        "bzip2 comes without the text of its licence, bzip2-1.0.6",
        "zlib comes without the text of its licence, Zlib: Lost.txt",
    ]


def test_no_package_is_made_without_its_licences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import contents
    import package

    nameless = contents.Component("libnew", "1", contents.UNKNOWN)
    monkeypatch.setattr(package, "components", lambda _folder: [nameless])
    with pytest.raises(SystemExit, match="libnew: unknown"):
        package.make(tmp_path, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("libSDL2-2-50d19f93.0.so.0.3200.10", "SDL"),
        ("SDL2.dll", "SDL"),
        ("libSDL2_mixer-2-6719e6f6.0.so.0.800.2", "SDL_mixer"),
        ("libavcodec-5e6b81c2.so.62.28.102", "FFmpeg"),
        ("swscale-9-0c9886c118598c54e159ef2267ff99f3.dll", "FFmpeg"),
        ("libx264-d6533a8d.so.165", "x264"),
        ("libopus-ddd6afb9.so.0.11.1", "Opus"),
        ("libopusfile-0.dll", "opusfile"),
        ("libz.so.1", "zlib"),
        ("zlib1-79e0c4f9db71cb511398c504b832d395.dll", "zlib"),
        ("libvorbisenc-263afe1b.so.2.0.12", "libvorbis"),
        ("python311.dll", "libpython"),
        ("VCRUNTIME140.dll", "Microsoft Visual C++ runtime"),
        ("libstdc++.so.6", "GCC runtime libraries"),
        ("libwinpthread-1-02332fab016bf884a2a7a7b2ece22ffe.dll", "winpthreads"),
    ],
)
def test_a_library_is_known_by_its_file(file: str, name: str) -> None:
    import contents

    entries = contents.LIBRARIES["libraries"].items()
    assert [n for n, entry in entries if re.match(entry["files"], file)] == [name]


def test_the_list_of_contents_says_what_cyclonedx_asks_for(tmp_path: Path) -> None:
    import contents

    rom = tmp_path / "game.bin"
    rom.write_bytes(b"rom")
    found = [
        contents.Component("game", "1980", "All rights reserved", "data", files=[rom]),
        contents.Component("tool", "1.0", "MIT OR Zlib", purl="pkg:pypi/tool@1.0"),
    ]
    bill = contents.bill_of_materials(found, "2026-01-02T03:04:05Z")
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    game, tool = bill["components"]
    assert game["licenses"] == [{"license": {"name": "All rights reserved"}}]
    assert game["hashes"][0]["content"] == hashlib.sha256(b"rom").hexdigest()
    assert tool["licenses"] == [{"expression": "MIT OR Zlib"}]
    assert bill["dependencies"][0]["dependsOn"] == [game["bom-ref"], tool["bom-ref"]]


def test_the_same_folder_gives_the_same_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import package

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    built = tmp_path / "built"
    (built / "inner").mkdir(parents=True)
    (built / "inner" / "file").write_text("text")
    (built / "program").write_text("#!")
    (built / "program").chmod(0o755)
    first = package.tar(built, tmp_path / "a.tar.xz").read_bytes()
    zip_first = package.zipped(built, tmp_path / "a.zip").read_bytes()
    os.utime(built / "program", (1, 1))
    assert package.tar(built, tmp_path / "b.tar.xz").read_bytes() == first
    assert package.zipped(built, tmp_path / "b.zip").read_bytes() == zip_first
    with tarfile.open(tmp_path / "a.tar.xz") as archive:
        program = archive.getmember(f"bigchamp-{contents_version()}/program")
        assert program.mode & 0o111
        assert program.uname == "root"


@pytest.mark.skipif(not shutil.which("xz"), reason="needs the program xz")
def test_whatever_packs_an_archive_writes_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import package

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    built = tmp_path / "built"
    built.mkdir()
    shutil.copy(os.path.realpath(sys.executable), built)
    by_program = package.tar(built, tmp_path / "a.tar.xz").read_bytes()
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert package.tar(built, tmp_path / "b.tar.xz").read_bytes() == by_program


@linux
def test_an_archive_that_cannot_be_packed_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import package

    (tmp_path / "xz").write_text("#!/bin/sh\ncat >/dev/null\nexit 3\n")
    (tmp_path / "xz").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(SystemExit, match=r"a\.tar\.xz cannot be written: xz ended with 3"):
        package.tar(tmp_path, tmp_path.with_name("a.tar.xz"))


def contents_version() -> str:
    import contents

    return str(contents.project()["version"])


@linux
@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs dpkg-deb")
def test_the_debian_package_has_what_a_desktop_looks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import package

    monkeypatch.setattr(package, "needed_glibc", lambda _folder: "2.31")
    built = tmp_path / "built"
    (built / "licences").mkdir(parents=True)
    (built / "licences" / "CONTENTS.txt").write_text("contents")
    (built / "bigchamp").write_text("#!")
    file = package.deb(built, tmp_path)
    told = subprocess.run(["dpkg-deb", "--info", file], capture_output=True, text=True).stdout
    assert "Package: bigchamp" in told
    assert "libc6 (>= 2.31)" in told
    assert "Maintainer: The BigChamp authors\n" in told, "an address that nobody reads is none"
    listed = subprocess.run(["dpkg-deb", "--contents", file], capture_output=True, text=True)
    for path in (
        "./usr/games/bigchamp -> ../lib/bigchamp/bigchamp",
        "./usr/lib/bigchamp/bigchamp",
        "./usr/share/applications/bigchamp.desktop",
        "./usr/share/icons/hicolor/256x256/apps/bigchamp.png",
        "./usr/share/metainfo/io.github.bigchamp.bigchamp.metainfo.xml",
        "./usr/share/doc/bigchamp/copyright",
    ):
        assert path in listed.stdout


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="needs desktop-file-validate")
def test_desktops_accept_the_entry_of_their_menu() -> None:
    file = ROOT / ".ci" / "linux" / "bigchamp.desktop"
    done = subprocess.run(["desktop-file-validate", str(file)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(not shutil.which("appstreamcli"), reason="needs appstreamcli")
def test_software_centres_accept_the_description(tmp_path: Path) -> None:
    import package

    file = tmp_path / "io.github.bigchamp.bigchamp.metainfo.xml"
    file.write_text(package.metainfo("1.2.3"))
    command = ["appstreamcli", "validate", "--no-net", str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert not [line for line in done.stdout.splitlines() if line.startswith(("E:", "W:"))]
