"""What a Windows library or program needs, and how to take one need away. PE, 64 bit."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

FOR_64_BITS = 0x20B
IMPORTS, DELAYED = 1, 13  # of the header's directories
DIRECTORIES = 112  # where they begin in the optional header
# Of Windows: it does nothing, whatever it is given, and returns 0 in a program without windows.
IDLE_LIBRARY, IDLE = b"USER32.dll", b"GetFocus"


class Pe:
    """The imports of one library or program."""

    def __init__(self, path: Path) -> None:
        """Read `path`; raise ValueError if it is no such file."""
        self.path = path
        self.data = bytearray(path.read_bytes())
        wrong = ValueError(f"{path} is not a 64-bit Windows library or program")
        if self.data[:2] != b"MZ":
            raise wrong
        (header,) = self._read("<I", 60)
        if self.data[header : header + 4] != b"PE\0\0":
            raise wrong
        (count,), (size,) = self._read("<H", header + 6), self._read("<H", header + 20)
        self._optional = header + 24
        if self._read("<H", self._optional) != (FOR_64_BITS,):
            raise wrong
        first = self._optional + size
        self._sections = [self._read("<4I", first + 40 * i + 8) for i in range(count)]

    def needs(self) -> list[str]:
        """Return the names of the libraries that it asks for, at its start or later."""
        names = [self._text(at) for _, at, _ in self._descriptors()]
        return [name.decode("ascii") for name in [*names, *map(self._text, self._delayed())]]

    def forget(self, library: str) -> None:
        """Let it load without the library whose name begins with `library`.

        The file is changed in place: each function that it asked of that library is IDLE. Raises
        ValueError if there is no room for the other name.
        """
        for functions, name, addresses in self._descriptors():
            if not self._text(name).decode("ascii").startswith(library):
                continue
            thunks = list(self._thunks(functions or addresses))
            named = [value for _, value in thunks if not value >> 63]
            roomy = [v for v in named if len(self._text(v + 2)) >= len(IDLE)]
            if not roomy or len(self._text(name)) < len(IDLE_LIBRARY):
                raise ValueError(f"{self.path}: there is no room to forget {library}")
            self._write(roomy[0] + 2, IDLE)
            self._write(name, IDLE_LIBRARY)
            for table in {functions, addresses} - {0}:
                for at, _ in list(self._thunks(table)):
                    struct.pack_into("<Q", self.data, at, roomy[0])
        self.path.write_bytes(self.data)

    def _descriptors(self) -> Iterator[tuple[int, int, int]]:
        """Yield of each library where the names of its functions, its own, and the addresses are.

        All are relative to where the file is loaded.
        """
        start = self._directory(IMPORTS)
        while start:
            functions, _, _, name, addresses = self._read("<5I", self._offset(start))
            if not name:
                return
            yield functions, name, addresses
            start += 20

    def _delayed(self) -> Iterator[int]:
        """Yield where the names of the libraries stand that are loaded when they are called."""
        start = self._directory(DELAYED)
        while start:
            (name,) = self._read("<I", self._offset(start) + 4)
            if not name:
                return
            yield name
            start += 32

    def _thunks(self, table: int) -> Iterator[tuple[int, int]]:
        """Yield where in the file each function's entry lies, and the entry."""
        at = self._offset(table)
        while (value := self._read("<Q", at)[0]) != 0:
            yield at, value
            at += 8

    def _directory(self, number: int) -> int:
        (count,) = self._read("<I", self._optional + DIRECTORIES - 4)
        if number >= count:
            return 0
        return self._read("<I", self._optional + DIRECTORIES + 8 * number)[0]

    def _text(self, address: int) -> bytes:
        start = self._offset(address)
        return bytes(self.data[start : self.data.index(0, start)])

    def _write(self, address: int, text: bytes) -> None:
        """Write `text` over a longer one."""
        start, room = self._offset(address), len(self._text(address))
        self.data[start : start + room] = text.ljust(room, b"\0")

    def _offset(self, address: int) -> int:
        """Return where in the file the byte lies that is loaded to `address`."""
        for size, first, stored, start in self._sections:
            if first <= address < first + max(size, stored):
                return address - first + start
        raise ValueError(f"{self.path} is damaged: nothing is loaded to {address:#x}")

    def _read(self, layout: str, at: int) -> tuple[int, ...]:
        return struct.unpack_from(layout, self.data, at)


def pe_files(folder: Path) -> Iterator[Pe]:
    """Yield every library and program under `folder`."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".dll", ".pyd", ".exe") and path.is_file():
            yield Pe(path)
