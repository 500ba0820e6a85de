"""What a Linux library needs, and how to take one need away. ELF, 64 bit, little endian."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

NEEDED, STRINGS, SYMBOLS, VERSIONS = 1, 5, 6, 0x6FFFFFFE
USES = ((23, 2), (7, 8))  # of symbols, in calls and elsewhere: where, and how many bytes
LOADED, DYNAMIC = 1, 2
NAMED = (1, 14, 15, 29)  # what a dynamic section names: libraries, itself, where to look
SYMBOL_SECTION = 11
IDLE = b"sched_yield"  # of the C library: it does nothing, whatever it is given, and returns 0
MAY_BE_MISSING = 2  # of a version (VER_FLG_WEAK) and, as the binding, of a symbol (STB_WEAK)


class Elf:
    """The dynamic section of one library or program."""

    def __init__(self, path: Path) -> None:
        """Read `path`; raise ValueError if it is no such file."""
        self.path = path
        self.data = bytearray(path.read_bytes())
        if self.data[:6] != b"\x7fELF\x02\x01":
            raise ValueError(f"{path} is not a 64-bit ELF file")
        (at,), (count,) = self._read("<Q", 32), self._read("<H", 56)
        self._segments = [self._read("<IIQQQQQQ", at + 56 * i) for i in range(count)]
        self._tags: list[tuple[int, int, int]] = []  # where, what, value
        for kind, _, start, _, _, size, _, _ in self._segments:
            if kind == DYNAMIC:
                self._tags = [(a, *self._read("<qQ", a)) for a in range(start, start + size, 16)]

    def needs(self) -> list[str]:
        """Return the names of the libraries that it asks for."""
        return [self._string(value) for _, tag, value in self._tags if tag == NEEDED]

    def versions(self) -> Iterator[str]:
        """Yield the versions of symbols that it asks for, such as "GLIBC_2.28"."""
        for at, _ in self._version_files():
            _, count, _, step, _ = self._read("<HHIII", at)
            at += step
            for _ in range(count):
                _, _, _, name, step = self._read("<IHHII", at)
                yield self._string(name)
                at += step

    def page(self) -> int:
        """Return the largest page of memory, in bytes, that it can be loaded with."""
        return min(align for kind, *_, align in self._segments if kind == LOADED)

    def forget(self, library: str, functions: str | tuple[str, ...]) -> None:
        """Let it load without the library whose name begins with `library`.

        Its functions, which begin with `functions`, are then missing. Calling one ends the
        program, or, where there is room for the other name, calls IDLE. The file is changed in
        place: what it asked of that library it asks, as something that may be missing, of the C
        library, which is there anyway.
        """
        tags = {tag: value for _, tag, value in self._tags}
        libc = next(v for _, t, v in self._tags if t == NEEDED and self._string(v) == "libc.so.6")
        for at, tag, value in self._tags:
            if tag == NEEDED and self._string(value).startswith(library):
                struct.pack_into("<qQ", self.data, at, NEEDED, libc)
        for at, name in self._version_files():
            if name.startswith(library):
                struct.pack_into("<I", self.data, at + 4, libc)
                _, count, _, step, _ = self._read("<HHIII", at)
                for _ in range(count):
                    at += step
                    struct.pack_into("<H", self.data, at + 4, MAY_BE_MISSING)
                    (step,) = self._read("<I", at + 12)
        symbols = self._offset(tags[SYMBOLS])
        for start, size in USES:
            begin = self._offset(tags[start]) if start in tags else 0
            for at in range(begin, begin + tags.get(size, 0), 24):
                symbol = symbols + 24 * (self._read("<Q", at + 8)[0] >> 32)
                name, info = self._read("<IB", symbol)
                if self._string(name).startswith(functions):
                    self.data[symbol + 4] = info & 15 | MAY_BE_MISSING << 4
                    self._rename(name)
        self.path.write_bytes(self.data)

    def _rename(self, name: int) -> None:
        """Let the symbol whose name stands at `name` be IDLE, if nobody shares the letters."""
        table, end = self._strings, name + len(self._string(name))
        if end - name >= len(IDLE) and not any(name < other <= end for other in self._names()):
            self.data[table + name : table + end + 1] = IDLE.ljust(end - name + 1, b"\0")

    def _names(self) -> set[int]:
        """Return where the names of all symbols, libraries and versions begin."""
        (sections,), (size, count) = self._read("<Q", 40), self._read("<HH", 58)
        names = {value for _, tag, value in self._tags if tag in NAMED}
        for at in range(sections, sections + size * count, size):
            _, kind, _, _, start, length = self._read("<IIQQQQ", at)
            if kind == SYMBOL_SECTION:
                names |= {self._read("<I", entry)[0] for entry in range(start, start + length, 24)}
        return names

    def _version_files(self) -> Iterator[tuple[int, str]]:
        """Yield where each library's list of versions begins, and the library's name."""
        at = next((self._offset(value) for _, tag, value in self._tags if tag == VERSIONS), None)
        while at is not None:
            _, _, name, _, step = self._read("<HHIII", at)
            yield at, self._string(name)
            at = at + step if step else None

    @property
    def _strings(self) -> int:
        """Where in the file the names begin."""
        return self._offset(next(value for _, tag, value in self._tags if tag == STRINGS))

    def _string(self, start: int) -> str:
        start += self._strings
        return self.data[start : self.data.index(0, start)].decode()

    def _offset(self, address: int) -> int:
        """Return where in the file the byte lies that is loaded to `address`."""
        for kind, _, start, first, _, size, _, _ in self._segments:
            if kind == LOADED and first <= address < first + size:
                return int(address - first + start)
        raise ValueError(f"{self.path} is damaged: nothing is loaded to {address:#x}")

    def _read(self, layout: str, at: int) -> tuple[int, ...]:
        return struct.unpack_from(layout, self.data, at)


def elf_files(folder: Path) -> Iterator[Elf]:
    """Yield every library and program under `folder`."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                found = file.read(6) == b"\x7fELF\x02\x01"
            if found:
                yield Elf(path)


def needed_glibc(folder: Path) -> str:
    """Return the oldest version of the GNU C library that everything under `folder` runs with."""
    versions = {v for elf in elf_files(folder) for v in elf.versions() if v.startswith("GLIBC_2")}
    numbers = [tuple(int(part) for part in v.removeprefix("GLIBC_").split(".")) for v in versions]
    return ".".join(map(str, max(numbers)))


def largest_page(folder: Path) -> int:
    """Return the largest page of memory, in bytes, with which all under `folder` loads."""
    return min(elf.page() for elf in elf_files(folder))
