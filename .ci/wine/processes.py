"""Ends or suspends programs as Windows does it: processes.py WHAT [kill|suspend]

Run by Python for Windows. WHAT is `arcade` (a bigchamp.exe that another one started), `launcher`
(one that did) or `all`. A process that Linux kills has status 0 for its Windows parent under Wine,
so that supervision has to be tried from inside. Prints how many there were.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes

PROGRAM = "bigchamp.exe"
SNAPSHOT_OF_PROCESSES, EVERYTHING = 2, 0x1FFFFF
kernel32, ntdll = ctypes.WinDLL("kernel32"), ctypes.WinDLL("ntdll")
kernel32.CreateToolhelp32Snapshot.restype = wintypes.HANDLE
kernel32.OpenProcess.restype = wintypes.HANDLE


class Entry(ctypes.Structure):
    """PROCESSENTRY32W."""

    _fields_ = (
        ("size", wintypes.DWORD),
        ("usage", wintypes.DWORD),
        ("number", wintypes.DWORD),
        ("heap", ctypes.c_size_t),
        ("module", wintypes.DWORD),
        ("threads", wintypes.DWORD),
        ("parent", wintypes.DWORD),
        ("priority", wintypes.LONG),
        ("flags", wintypes.DWORD),
        ("name", wintypes.WCHAR * 260),
    )


def programs() -> dict[int, int]:
    """Return the parent of each process of the arcade."""
    snapshot = wintypes.HANDLE(kernel32.CreateToolhelp32Snapshot(SNAPSHOT_OF_PROCESSES, 0))
    entry, found = Entry(size=ctypes.sizeof(Entry)), {}
    more = kernel32.Process32FirstW(snapshot, ctypes.byref(entry))
    while more:
        if entry.name.lower() == PROGRAM:
            found[entry.number] = entry.parent
        more = kernel32.Process32NextW(snapshot, ctypes.byref(entry))
    kernel32.CloseHandle(snapshot)
    return found


def chosen(what: str) -> list[int]:
    """Return the numbers of the processes that `what` names."""
    found = programs()
    arcades = [number for number, parent in found.items() if parent in found]
    launchers = [found[number] for number in arcades]
    return {"arcade": arcades, "launcher": launchers, "all": list(found)}[what]


def main(what: str, deed: str = "") -> None:
    numbers = chosen(what)
    for number in numbers:
        process = wintypes.HANDLE(kernel32.OpenProcess(EVERYTHING, False, number))
        if deed == "kill":
            kernel32.TerminateProcess(process, 1)
        elif deed == "suspend":
            ntdll.NtSuspendProcess(process)
        kernel32.CloseHandle(process)
    print(len(numbers))


if __name__ == "__main__":
    main(*sys.argv[1:])
