"""Every way in which a person or the system asks a program to end."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

# Beside SIGINT, which is Ctrl-C: a service is stopped, a terminal or a connection is gone, Ctrl-\,
# and on Windows Ctrl-Break.
SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")
    if hasattr(signal, name)
)
# How long Windows waits for a program whose console is closed, or whose user logs off: 5 seconds
# (HKCU\Control Panel\Desktop, HungAppTimeout), less what ending itself takes.
WINDOWS_GRACE_S = 4.5
PATIENCE_S = 5.0


class Ending:
    """Hears every signal that asks this program to end, in the main thread.

    A signal comes between any two instructions, so `end` should only note it: the middle of a
    frame is no place to save a game. Whoever asks once more meanwhile disturbs nothing. After
    `PATIENCE_S` the program seems to hang, and asking again interrupts it.
    """

    def __init__(self, end: Callable[[], None]) -> None:
        """Call `end` for the first signal.

        A signal that the parent process has set to be ignored, as nohup does, stays ignored.
        """
        self.interrupted = False  # by Ctrl-C
        self._end = end
        self._first: float | None = None  # when it was asked
        self._kept = threading.Event()
        for number in (signal.SIGINT, *SIGNALS):
            if not is_ignored(number):
                signal.signal(number, self._hear)
        if sys.platform == "win32":
            _hold_the_console(self._kept)

    def all_is_kept(self) -> None:
        """Tell Windows that everything is saved; until then a closing console waits."""
        self._kept.set()

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if self._first is None:
            self._first = time.monotonic()
            self.interrupted = number == signal.SIGINT
            self._end()
        elif time.monotonic() - self._first > PATIENCE_S:
            raise KeyboardInterrupt


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
