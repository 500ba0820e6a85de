"""Makes what can be passed on, for the system that this runs on: python .ci/package.py

Builds the executable, puts every licence text into it, and writes archives, a list of
what is inside (CycloneDX) and SHA256SUMS to dist/packages.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import hashlib
import json
import lzma
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import installer
from contents import ROOT, bill_of_materials, components, faults, project, write_licences
from elf import needed_glibc

LINUX = Path(__file__).parent / "linux"
SYSTEMS = {"linux": "linux", "win32": "windows", "darwin": "macos"}
# SDL opens what it finds of these; with none of a kind there is no window or no sound.
RECOMMENDED = (
    "libx11-6, libxext6, libxcursor1, libxi6, libxrandr2, libxss1, libwayland-client0, "
    "libxkbcommon0, libpulse0, libudev1"
)


def main() -> None:
    """Make the packages and say what they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--built", type=Path, metavar="FOLDER", help="use what is built already")
    parser.add_argument("--to", type=Path, default=ROOT / "dist" / "packages", metavar="FOLDER")
    arguments = parser.parse_args()
    built = arguments.built.resolve() if arguments.built else build()
    arguments.to.mkdir(parents=True, exist_ok=True)
    files = make(built, arguments.to)
    sums = "".join(f"{_sha256(file)}  {file.name}\n" for file in files)
    (arguments.to / "SHA256SUMS").write_text(sums, encoding="utf-8")
    print(f"{_megabytes(built):6.1f} MB  {built}")
    for file in files:
        print(f"{file.stat().st_size / 1e6:6.1f} MB  {file}")
    if sys.platform == "linux":
        print(f"runs with zlib and the GNU C library {needed_glibc(built)} or later")


def build() -> Path:
    """Build the executable and return its folder."""
    environment = {**os.environ, "PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": str(_source_time())}
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    subprocess.run([*command, "build.spec"], cwd=ROOT, env=environment, check=True)
    return ROOT / "dist" / "bigchamp"


def make(built: Path, to: Path) -> list[Path]:
    """Write the packages of the folder `built` to the folder `to` and return them."""
    found = components(built)
    wrong = faults(found)
    if wrong:
        raise SystemExit("\n".join(wrong))
    write_licences(found, built / "licences")
    name = _name()
    bill = to / f"{name}.cdx.json"
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(_source_time()))
    bill.write_text(json.dumps(bill_of_materials(found, when), indent=1) + "\n", encoding="utf-8")
    if sys.platform == "linux":
        archives = [tar(built, to / f"{name}.tar.xz")]
        archives += [deb(built, to)] if shutil.which("dpkg-deb") else []
    elif sys.platform == "darwin":
        archives = [app(built, to / f"{name}.zip")]
    else:
        archives = [zipped(built, to / f"{name}.zip")]
        if installer.is_available():
            archives.append(installer.make(built, to / f"{name}-setup.exe"))
    return [*archives, bill]


def _name() -> str:
    """Return the packages' name, such as bigchamp-0.1.0-linux-x86_64."""
    machine = platform.machine().lower().replace("amd64", "x86_64")
    return f"bigchamp-{project()['version']}{_without_rom()}-{SYSTEMS[sys.platform]}-{machine}"


def _without_rom() -> str:
    return "-without-rom" if os.environ.get("BIGCHAMP_WITHOUT_ROM") else ""


def tar(built: Path, file: Path) -> Path:
    """Write the folder as a .tar.xz that depends on nothing but what is in it."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = _source_time()
        return entry

    with packed(file) as stream, tarfile.open(fileobj=stream, mode="w|") as archive:
        archive.add(built, f"bigchamp-{project()['version']}", filter=plain)
    return file


@contextlib.contextmanager
def packed(file: Path) -> Iterator[IO[bytes]]:
    """Yield where to write what is to be in `file`, an .xz.

    The program xz, where there is one, writes the bytes that Python's module would write.
    """
    # Processors' jumps made absolute first: a megabyte less of fifty.
    jumps = platform.machine() == "x86_64"
    if shutil.which("xz"):
        command = ["xz", "-c", "-T1", *(["--x86"] if jumps else []), "--lzma2=preset=6"]
        with (
            file.open("wb") as out,
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out) as packer,
        ):
            assert packer.stdin is not None
            yield packer.stdin
        if packer.returncode:
            raise SystemExit(f"{file} cannot be written: xz ended with {packer.returncode}")
        return
    filters = [{"id": lzma.FILTER_X86}] if jumps else []
    with lzma.open(file, "w", filters=[*filters, {"id": lzma.FILTER_LZMA2, "preset": 6}]) as stream:
        yield stream


def zipped(built: Path, file: Path) -> Path:
    """Write the folder as a .zip."""
    when = time.gmtime(_source_time())[:6]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(built.rglob("*")):
            if path.is_file():
                inside = Path(f"bigchamp-{project()['version']}") / path.relative_to(built)
                entry = zipfile.ZipInfo(inside.as_posix(), when)
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return file


def app(built: Path, file: Path) -> Path:
    """Write BigChamp.app and the licences as a .zip, links and signature kept."""
    with tempfile.TemporaryDirectory() as name:
        stage = Path(name) / f"bigchamp-{project()['version']}"
        shutil.copytree(built / "licences", stage / "licences")
        shutil.copytree(built.parent / "BigChamp.app", stage / "BigChamp.app", symlinks=True)
        subprocess.run(["ditto", "-c", "-k", "--keepParent", str(stage), str(file)], check=True)
    return file


def deb(built: Path, to: Path) -> Path:
    """Write a package for Debian and its relatives, with an entry in the menu of games."""
    version = project()["version"]
    asked = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True)
    machine = asked.stdout.strip() or "amd64"
    file = to / f"bigchamp{_without_rom()}_{version}_{machine}.deb"
    with tempfile.TemporaryDirectory() as name:
        stage = Path(name) / "bigchamp"
        stage.mkdir(mode=0o755)
        share = stage / "usr" / "share"
        shutil.copytree(built, stage / "usr" / "lib" / "bigchamp", symlinks=True)
        for library in (stage / "usr" / "lib" / "bigchamp").rglob("*.so*"):
            if not library.is_symlink():
                library.chmod(0o644)
        _link(stage / "usr" / "games" / "bigchamp", "../lib/bigchamp/bigchamp")
        documents = share / "doc" / "bigchamp"
        _link(documents / "licences", "../../../lib/bigchamp/licences")
        contents = (built / "licences" / "CONTENTS.txt").read_text("utf-8")
        _write(documents / "copyright", (LINUX / "copyright").read_text("utf-8") + contents)
        packed = gzip.compress(changelog(version).encode(), 9, mtime=0)
        (documents / "changelog.gz").write_bytes(packed)
        _copy(LINUX / "lintian-overrides", share / "lintian" / "overrides" / "bigchamp")
        _copy(LINUX / "bigchamp.desktop", share / "applications" / "bigchamp.desktop")
        icons = share / "icons" / "hicolor" / "256x256" / "apps"
        _copy(ROOT / "assets" / "icon.png", icons / "bigchamp.png")
        about = share / "metainfo" / "io.github.bigchamp.bigchamp.metainfo.xml"
        _write(about, metainfo(version))
        size = sum(path.lstat().st_size for path in stage.rglob("*")) // 1024
        glibc = needed_glibc(built)
        _write(stage / "DEBIAN" / "control", control(version, machine, size, glibc))
        command = [
            "dpkg-deb",
            "--root-owner-group",
            "-Zxz",
            "-z9",
            "--build",
            str(stage),
            str(file),
        ]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(_source_time())}
        subprocess.run(command, env=environment, check=True, capture_output=True)
    return file


def control(version: str, machine: str, size_kib: int, glibc: str) -> str:
    """Return what dpkg wants to know of the package; there is no address to write to."""
    return (
        f"Package: bigchamp\nVersion: {version}\nArchitecture: {machine}\n"
        f"Maintainer: The BigChamp authors\n"
        f"Installed-Size: {size_kib}\nDepends: libc6 (>= {glibc}), zlib1g\n"
        f"Recommends: {RECOMMENDED}\n"
        "Section: games\nPriority: optional\n"
        "Description: race a trained network at Space Invaders\n"
        " A desktop arcade: play Atari 2600 Space Invaders, watch a neural network play\n"
        " it, or race the network side by side and see what it thinks.\n"
    )


def changelog(version: str) -> str:
    """Return Debian's list of changes, which begins with each version anew."""
    day = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(_source_time()))
    return (
        f"bigchamp ({version}) stable; urgency=low\n\n"
        f"  * Version {version}.\n\n"
        f" -- The BigChamp authors <>  {day}\n"
    )


def metainfo(version: str) -> str:
    """Return what software centres show."""
    day = time.strftime("%Y-%m-%d", time.gmtime(_source_time()))
    text = (LINUX / "metainfo.xml").read_text("utf-8")
    return text.replace("@VERSION@", version).replace("@DAY@", day)


def _copy(file: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, to)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _link(file: Path, to: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.symlink_to(to)


def _source_time() -> int:
    """Return when the source was last changed, so that the same source gives the same files."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return int(asked.stdout)
    except (OSError, subprocess.CalledProcessError, ValueError):  # an archive of the source
        return int((ROOT / "pyproject.toml").stat().st_mtime)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _megabytes(folder: Path) -> float:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


if __name__ == "__main__":
    main()
