"""Every way in which a person or the system asks a program to end."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable

# SIGINT is Ctrl-C, which Python raises as KeyboardInterrupt. The others: a service is stopped, a
# terminal or a connection is gone, Ctrl-\, and on Windows Ctrl-Break.
SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")
    if hasattr(signal, name)
)
# How long Windows waits for a program whose console is closed, or whose user logs off: 5 seconds
# (HKCU\Control Panel\Desktop, HungAppTimeout), less what ending itself takes.
WINDOWS_GRACE_S = 4.5


def when_asked_to_end(end: Callable[[], None]) -> Callable[[], None]:
    """Call `end` in the main thread for each signal that asks to end.

    A signal that the parent process has set to be ignored, as nohup does, stays ignored.
    Returns a function that tells Windows that everything is saved; until it is called, a closing
    console waits.
    """
    for number in SIGNALS:
        if not is_ignored(number):
            signal.signal(number, lambda _number, _frame: end())
    kept = threading.Event()
    if sys.platform == "win32":
        _hold_the_console(kept)
    return kept.set


def is_ignored(number: signal.Signals) -> bool:
    """Whether whoever started this program wants it to ignore the signal."""
    return signal.getsignal(number) is signal.SIG_IGN


def ignore_endings() -> None:
    """Ignore these signals: the parent process decides when this one ends."""
    for number in (signal.SIGINT, *SIGNALS):
        signal.signal(number, signal.SIG_IGN)


def _hold_the_console(kept: threading.Event) -> None:
    """Wait until everything is `kept`, in the thread in which Windows reports a closing console.

    Python's own handler only notes the event and returns, and Windows then ends the process.
    """
    if sys.platform != "win32":
        return
    import ctypes
    from ctypes import wintypes

    closes = (2, 5, 6)  # CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT

    @ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.DWORD)
    def handle(event: int) -> bool:
        if event not in closes:
            return False
        signal.raise_signal(signal.SIGBREAK)  # its handler runs in the main thread
        return kept.wait(WINDOWS_GRACE_S)

    _handlers.append(handle)
    ctypes.windll.kernel32.SetConsoleCtrlHandler(handle, True)


_handlers: list[object] = []  # Windows calls them as long as the process lives
