"""A disk whose operations can be counted, made to fail, and cut off by a loss of power.

SQLite's own file operations are reached through its virtual file system
(https://www.sqlite.org/vfs.html), whose methods are put in place with ctypes; Python's are those
that `game.files` and the tables use. What a loss of power leaves is what was synced.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import errno
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

OK, IOERR, FULL, CANTOPEN = 0, 10, 13, 14
OPEN_READWRITE = 0x2

_Method = ctypes.c_void_p
_Int64 = ctypes.c_int64
_XOPEN = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p
)  # names go through as they came: SQLite keeps the pointer
_XDELETE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
_XWRITE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, _Int64)
_XTRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, _Int64)
_XSYNC = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


class _Vfs(ctypes.Structure):
    _fields_ = (
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("open", _Method),
        ("delete", _Method),
    )


_METHODS = 18  # pointers after the version, in the third version of the methods
_WRITE, _TRUNCATE, _SYNC = 2, 3, 4  # their places: close, read, write, truncate, sync


class _Methods(ctypes.Structure):
    _fields_ = (("version", ctypes.c_int), ("method", _Method * _METHODS))


def _library() -> ctypes.CDLL | None:
    """Return the SQLite that Python uses, None where it does not show its functions."""
    name = getattr(_sqlite3, "__file__", None)
    library = ctypes.CDLL(name)
    if not hasattr(library, "sqlite3_vfs_find"):
        return None
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    library.sqlite3_vfs_find.argtypes = [ctypes.c_char_p]
    return library


class Disk:
    """Counts what is done to files below `folder`, from `begin` on, and keeps what is synced."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.done = 0  # operations so far
        self.fails: Callable[[int], bool] = lambda _number: False  # by an operation's number
        self.error, self.code = errno.ENOSPC, FULL  # what a failing one says
        self.synced: dict[Path, bytes] = {}  # what a loss of power leaves
        self._renamed: dict[Path, bytes] = {}  # not yet in a synced folder
        self.at: Callable[[int], None] = lambda _number: None  # called before each operation

    def forget(self) -> None:
        """Take what is there now as synced, and count from the beginning."""
        self.done = 0
        self._renamed = {}
        self.synced = {path: path.read_bytes() for path in self._files()}

    def left(self, chance: random.Random | None = None) -> dict[Path, bytes]:
        """Return what a loss of power leaves now; with `chance` more may have reached the disk."""
        files = dict(self.synced)
        if chance is not None:
            for path in self._files():
                if chance.random() < 0.5:
                    files[path] = path.read_bytes()
        return files

    def write_to(self, other: Path, files: dict[Path, bytes]) -> None:
        """Write `files` to another folder as they lay in this one."""
        for path, data in files.items():
            place = other / path.relative_to(self.folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)

    # What the operations tell

    def count(self, path: Path) -> bool:
        """Count an operation on `path`; return whether it is to fail."""
        if not path.is_relative_to(self.folder):
            return False
        number, self.done = self.done, self.done + 1
        self.at(number)
        return self.fails(number)

    def note_sync(self, path: Path) -> None:
        """A file, or a folder's names, are on the disk."""
        if not path.is_relative_to(self.folder):
            return
        if path.is_dir():
            for name in [name for name in self._renamed if name.parent == path]:
                self.synced[name] = self._renamed.pop(name)
        else:
            self.synced[path] = path.read_bytes()

    def note_rename(self, source: Path, target: Path) -> None:
        """A file has another name; what of it was synced is there under either."""
        if target.is_relative_to(self.folder):
            self._renamed[target] = self.synced.pop(source, b"")

    def note_delete(self, path: Path, synced: bool) -> None:
        """A file is gone, for good if its folder was synced."""
        if synced:
            self.synced.pop(path, None)

    def _files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@contextmanager
def watched(disk: Disk) -> Iterator[bool]:
    """Let `disk` see all file operations; yield whether SQLite's are among them."""
    library = _library()
    undo: list[Callable[[], None]] = []
    _watch_python(disk, undo)
    if library is not None:
        _watch_sqlite(library, disk, undo)
    try:
        yield library is not None
    finally:
        for step in reversed(undo):
            step()


def _watch_sqlite(library: ctypes.CDLL, disk: Disk, undo: list[Callable[[], None]]) -> None:
    vfs = library.sqlite3_vfs_find(None).contents
    opens, deletes = vfs.open, vfs.delete
    real_open, real_delete = _XOPEN(opens), _XDELETE(deletes)
    paths: dict[int, Path] = {}  # of open files
    tables: dict[int, _Methods] = {}  # ours, by the address of SQLite's own

    def put_in(file: int) -> None:
        own = ctypes.c_void_p.from_address(file)
        address = own.value
        assert address is not None
        if address not in tables:
            tables[address] = methods(address)
        own.value = ctypes.addressof(tables[address])

    def methods(address: int) -> _Methods:
        real = _Methods.from_address(address)
        copy = _Methods()
        count = {1: 12, 2: 16}.get(real.version, _METHODS)
        size = _Methods.method.offset + count * ctypes.sizeof(_Method)
        ctypes.memmove(ctypes.addressof(copy), address, size)
        real_write = _XWRITE(real.method[_WRITE])
        real_truncate = _XTRUNCATE(real.method[_TRUNCATE])
        real_sync = _XSYNC(real.method[_SYNC])

        def write(file: int, data: int, size: int, offset: int) -> int:
            return disk.code if fails(file) else int(real_write(file, data, size, offset))

        def truncate(file: int, size: int) -> int:
            return IOERR if fails(file) else int(real_truncate(file, size))

        def sync(file: int, flags: int) -> int:
            if fails(file):
                return IOERR
            status = int(real_sync(file, flags))
            if status == OK and file in paths:
                disk.note_sync(paths[file])
            return status

        for place, kind, ours in (
            (_WRITE, _XWRITE, write), (_TRUNCATE, _XTRUNCATE, truncate), (_SYNC, _XSYNC, sync),
        ):  # fmt: skip
            callback = kind(ours)
            kept.append(callback)
            copy.method[place] = ctypes.cast(callback, _Method).value
        return copy

    def fails(file: int) -> bool:
        return file in paths and disk.count(paths[file])

    def xopen(this: int, name: int | None, file: int, flags: int, out: int) -> int:
        path = None if name is None else named(name)
        if path is not None and flags & OPEN_READWRITE and disk.count(path):
            ctypes.c_void_p.from_address(file).value = None  # SQLite must not close it
            return CANTOPEN
        status = int(real_open(this, name, file, flags, out))
        if status == OK and path is not None:
            paths[file] = path
            put_in(file)
        return status

    def named(name: int) -> Path:
        return Path(os.fsdecode(ctypes.string_at(name)))

    def xdelete(this: int, name: int, sync_folder: int) -> int:
        path = named(name)
        if disk.count(path):
            return IOERR
        status = int(real_delete(this, name, sync_folder))
        if status == OK:
            disk.note_delete(path, bool(sync_folder))
        return status

    kept: list[Any] = [_XOPEN(xopen), _XDELETE(xdelete), tables]
    vfs.open = ctypes.cast(kept[0], _Method).value
    vfs.delete = ctypes.cast(kept[1], _Method).value

    def put_back() -> None:
        vfs.open, vfs.delete = opens, deletes

    undo.append(put_back)
    _KEPT.append(kept)  # a connection may outlive the watching


_KEPT: list[Any] = []


class _Written:
    """A file opened to be written, whose writes are counted."""

    def __init__(self, file: IO[Any], path: Path, disk: Disk) -> None:
        self._file, self._path, self._disk = file, path, disk

    def __enter__(self) -> _Written:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: Any) -> int:
        if self._disk.count(self._path):
            half = len(data) // 2  # a full disk takes what fits
            self._file.write(data[:half])
            self._file.flush()
            raise OSError(self._disk.error, os.strerror(self._disk.error))
        return int(self._file.write(data))


def _watch_python(disk: Disk, undo: list[Callable[[], None]]) -> None:
    fsync, replace, open_file, mkdir = os.fsync, Path.replace, Path.open, Path.mkdir
    unlink = Path.unlink

    def check(path: Path) -> None:
        if disk.count(path):
            raise OSError(disk.error, os.strerror(disk.error))

    def our_fsync(number: int) -> None:
        path = Path(f"/proc/self/fd/{number}").readlink()
        check(path)
        fsync(number)
        disk.note_sync(path)

    def our_replace(source: Path, target: Any) -> Path:
        check(Path(target).resolve())
        done = replace(source, target)
        disk.note_rename(source.resolve(), Path(target).resolve())
        return done

    def our_open(path: Path, mode: str = "r", *rest: Any, **how: Any) -> Any:
        if not set(mode) & set("wax+"):
            return open_file(path, mode, *rest, **how)
        check(path.resolve())
        return _Written(open_file(path, mode, *rest, **how), path.resolve(), disk)

    def our_mkdir(path: Path, *rest: Any, **how: Any) -> None:
        if not path.exists():
            check(path.resolve())
        mkdir(path, *rest, **how)

    def our_unlink(path: Path, *rest: Any, **how: Any) -> None:
        check(path.resolve())
        unlink(path, *rest, **how)
        disk.note_delete(path.resolve(), synced=False)

    for owner, name, ours, real in (
        (os, "fsync", our_fsync, fsync),
        (Path, "replace", our_replace, replace),
        (Path, "open", our_open, open_file),
        (Path, "mkdir", our_mkdir, mkdir),
        (Path, "unlink", our_unlink, unlink),
    ):
        setattr(owner, name, ours)
        undo.append(lambda owner=owner, name=name, real=real: setattr(owner, name, real))
