"""What a Linux library needs, how to take one need away, and how to make its file smaller.

ELF, 64 bit, little endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

NEEDED, STRINGS, SYMBOLS, VERSIONS = 1, 5, 6, 0x6FFFFFFE
USES = ((23, 2), (7, 8))  # of symbols, in calls and elsewhere: where, and how many bytes
SEGMENT, SECTION = "IIQQQQQQ", "IIQQQQIIQQ"  # how the headers of both are laid out
LOADED, DYNAMIC = 1, 2
NAMED = (1, 14, 15, 29)  # what a dynamic section names: libraries, itself, where to look
SYMBOL_SECTION, NO_BYTES = 11, 8
IN_MEMORY = 2  # a flag of sections that are a part of what is loaded
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
        (self._headers,), (count,) = self._read("<Q", 32), self._read("<H", 56)
        places = range(self._headers, self._headers + 56 * count, 56)
        self._segments = [self._read(f"<{SEGMENT}", at) for at in places]
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

    def tighten(self, page: int) -> None:
        """Take the room away that the file has for pages of memory of more than `page` bytes.

        With those it no longer loads. In memory everything stays where it is; in the file, each
        part that is loaded begins at the next place that pages of `page` bytes allow. A library
        whose contents want larger pages themselves stays as it is.
        """
        sections = list(self._sections())
        if self.page() <= page or any(s[2] & IN_MEMORY and s[8] > page for s in sections):
            return
        data = bytearray()
        places: list[tuple[int, int, int]] = []  # in memory, its size there, in the file
        headers = 0
        for kind, _, start, address, _, size, room, _ in sorted(self._segments, key=lambda s: s[2]):
            if kind == LOADED:
                data += bytes((address - len(data)) % page)
                places.append((address, room, len(data)))
                if start <= self._headers < start + size:
                    headers = self._headers - start + len(data)
                data += self.data[start : start + size]

        def moved(start: int, address: int) -> int:
            for first, room, at in places:
                if first <= address < first + room:
                    return at + address - first
            return start

        for at, segment in enumerate(self._segments):
            kind, flags, start, address, physical, size, room, align = segment
            start = moved(start, address) if room else start
            align = page if kind == LOADED else align
            values = (kind, flags, start, address, physical, size, room, align)
            struct.pack_into(f"<{SEGMENT}", data, headers + 56 * at, *values)
        table = bytearray()
        for name, kind, flags, address, start, size, *rest in sections:
            if flags & IN_MEMORY:
                start = moved(start, address)
            elif kind != NO_BYTES and size:
                kept = self.data[start : start + size]
                data += bytes(-len(data) % 16)
                start = len(data)
                data += kept
            table += struct.pack(f"<{SECTION}", name, kind, flags, address, start, size, *rest)
        data += bytes(-len(data) % 8)
        struct.pack_into("<QQ", data, 32, headers, len(data) if table else 0)
        self.path.write_bytes(data + table)

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
        names = {value for _, tag, value in self._tags if tag in NAMED}
        for _, kind, _, _, start, length, *_ in self._sections():
            if kind == SYMBOL_SECTION:
                names |= {self._read("<I", entry)[0] for entry in range(start, start + length, 24)}
        return names

    def _sections(self) -> Iterator[tuple[int, ...]]:
        """Yield the header of each section."""
        (start,), (count,) = self._read("<Q", 40), self._read("<H", 60)
        for at in range(start, start + 64 * count, 64):
            yield self._read(f"<{SECTION}", at)

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
