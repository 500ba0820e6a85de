"""What a Windows library asks for, and what a package may lack; on any system."""

from __future__ import annotations

import ast
import os
import struct
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / ".ci"))

BASE = 0x1000  # where the only section is loaded to
START = 0x200  # and where it begins in the file


def library(imports: dict[str, list[str]]) -> bytes:
    """Return the smallest library that asks for `imports`, functions by the names of libraries."""
    body = bytearray(20 * (len(imports) + 1))

    def put(data: bytes) -> int:
        body.extend(bytes(-len(body) % 8))
        at = BASE + len(body)
        body.extend(data)
        return at

    for number, (name, functions) in enumerate(imports.items()):
        names = [put(b"\0\0" + function.encode() + b"\0") for function in functions]
        tables = [put(struct.pack(f"<{len(names) + 1}Q", *names, 0)) for _ in range(2)]
        entry = (tables[0], 0, 0, put(name.encode() + b"\0"), tables[1])
        struct.pack_into("<5I", body, 20 * number, *entry)
    directories = struct.pack("<I4I", 2, 0, 0, BASE, len(body))
    optional = struct.pack("<H", 0x20B).ljust(108, b"\0") + directories
    header = b"PE\0\0" + struct.pack("<2H3I2H", 0x8664, 1, 0, 0, 0, len(optional), 0) + optional
    section = b".idata\0\0" + struct.pack("<4I", len(body), BASE, len(body), START) + bytes(16)
    return (b"MZ".ljust(60, b"\0") + struct.pack("<I", 64) + header + section).ljust(
        START, b"\0"
    ) + bytes(body)


def test_what_neither_package_nor_windows_has_is_named(tmp_path: Path) -> None:
    import dlls

    inner = tmp_path / "_internal"
    inner.mkdir()
    needs = {
        "KERNEL32.dll": ["Sleep"],
        "MSVCP140.dll": ["_Cnd_wait"],
        "api-ms-win-crt-x.dll": ["a"],
    }
    (tmp_path / "bigchamp.exe").write_bytes(library(needs | {"VCRUNTIME140_THREADS.dll": ["b"]}))
    (inner / "msvcp140.dll").write_bytes(library({"ntdll.dll": ["NtClose"]}))
    assert dlls.missing(tmp_path) == {"bigchamp.exe": ["vcruntime140_threads.dll"]}
    assert dlls.main(str(tmp_path)) == 1
    (inner / "vcruntime140_threads.dll").write_bytes(library({}))
    assert dlls.missing(tmp_path) == {}
    assert dlls.main(str(tmp_path)) == 0


def binaries_for_windows() -> list[tuple[str, str]]:
    """Return what build.spec names for the arcade on Windows beside what PyInstaller finds.

    Of the spec alone the parts that say so are run, with an analysis that notes what it is given.
    """
    nodes = ast.parse((ROOT / "build.spec").read_text("utf-8")).body
    assigned = {ast.unparse(n.targets[0]): n for n in reversed(nodes) if isinstance(n, ast.Assign)}
    parts = [assigned[name] for name in ("RUNTIME", "analysis") if name in assigned]
    defined = [node for node in nodes if getattr(node, "name", "") == "runtime"]
    names: dict[str, Any] = {
        "os": os,
        "sys": sys,
        "Path": Path,
        "WINDOWS": True,
        "UNUSED_MODULES": [],
        "cartridge": list,
        "models": list,
        "copy_metadata": lambda _name: [],
        "Analysis": lambda _scripts, **named: named.get("binaries", []),
    }
    exec("\n".join(map(ast.unparse, [*defined, *parts])), names)
    found: list[tuple[str, str]] = names["analysis"]
    return found


def test_the_windows_package_brings_what_its_network_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LiteRT's runtime is on a machine that builds, but seldom on a player's."""
    system = tmp_path / "System32"
    system.mkdir()
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "python"))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / "python"))
    (system / "msvcp140.dll").touch()
    (system / "vcruntime140_threads.dll").touch()
    inside = {Path(file).name: folder for file, folder in binaries_for_windows()}
    assert inside == {"msvcp140.dll": ".", "vcruntime140_threads.dll": "."}
    (system / "vcruntime140_threads.dll").unlink()
    with pytest.raises(SystemExit, match=r"vcruntime140_threads\.dll is missing: install"):
        binaries_for_windows()


@pytest.mark.parametrize("name", ["ucrtbase.dll", "ucrtwine.dll", "api-ms-win-crt-math-l1-1-0.dll"])
def test_what_stands_in_for_windows_is_refused(tmp_path: Path, name: str) -> None:
    import dlls

    (tmp_path / name).write_bytes(library({}))
    assert dlls.strange(tmp_path) == [name]
    assert dlls.main(str(tmp_path)) == 1


def test_a_need_can_be_taken_away(tmp_path: Path) -> None:
    from pe import Pe

    path = tmp_path / "avcodec.dll"
    functions = ["x265_api", "x265_api_get_216"]
    path.write_bytes(library({"libx265-efe48a15.dll": functions, "libx264-165.dll": ["x264_open"]}))
    Pe(path).forget("libx265")
    assert Pe(path).needs() == ["USER32.dll", "libx264-165.dll"]
    taken, kept = list(Pe(path)._descriptors())
    for table in (taken[0], taken[2]):
        names = [Pe(path)._text(value + 2) for _, value in Pe(path)._thunks(table)]
        assert names == [b"GetFocus"] * 2
    assert [Pe(path)._text(value + 2) for _, value in Pe(path)._thunks(kept[0])] == [b"x264_open"]


def test_a_need_stays_where_there_is_no_room_for_another_name(tmp_path: Path) -> None:
    from pe import Pe

    path = tmp_path / "short.dll"
    path.write_bytes(library({"libx265-efe48a15.dll": ["open"]}))
    with pytest.raises(ValueError, match="no room"):
        Pe(path).forget("libx265")


@pytest.mark.parametrize("data", [b"", b"a note", b"MZ" + bytes(100)])
def test_what_is_no_library_is_not_read_as_one(tmp_path: Path, data: bytes) -> None:
    from pe import Pe

    (tmp_path / "note.dll").write_bytes(data)
    with pytest.raises(ValueError, match=r"note\.dll"):
        Pe(tmp_path / "note.dll")
