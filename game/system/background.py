"""How a process beside the arcade runs: without a console of its own, and out of the way."""

from __future__ import annotations

import os
import subprocess
import sys

# For `creationflags` of subprocess. Where the arcade has no console, as under Windows' Task
# Scheduler, a process that it starts would open one for a moment.
NO_CONSOLE: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
POLITE, IDLE = 10, 19  # as `nice` counts; beside IDLE everything else goes first


def lower_priority(niceness: int) -> None:
    """Let other processes go before this one and those that it starts."""
    if sys.platform == "win32":
        import ctypes

        kind = (
            subprocess.IDLE_PRIORITY_CLASS
            if niceness == IDLE
            else subprocess.BELOW_NORMAL_PRIORITY_CLASS
        )
        kernel32 = ctypes.windll.kernel32
        kernel32.GetCurrentProcess.restype = ctypes.c_void_p
        kernel32.SetPriorityClass(ctypes.c_void_p(kernel32.GetCurrentProcess()), kind)
    else:
        os.nice(niceness)
