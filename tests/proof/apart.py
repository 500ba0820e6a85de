"""A check in a process of its own, so that a crash is a finding like others."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.helpers.common import hear_signals

from .trial import CASE_FILE, Budget, Check, Result, perform, repetition


def apart(check: Check, seed: int, budget: Budget) -> Result:
    """Run `check` in a process of its own, whose death is a finding too."""
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="proof-") as name:
        folder = Path(name)
        receiver, sender = spawn.Pipe(duplex=False)
        process = spawn.Process(target=_work, args=(check.name, seed, folder, budget, sender))
        began = time.monotonic()
        process.start()
        sender.close()
        try:
            result: Result = receiver.recv()
        except EOFError:
            process.join()
            result = Result(check.name, seed, seconds=round(time.monotonic() - began, 1))
            code = process.exitcode or 0
            died = signal.Signals(-code).name if code < 0 else f"status {code}"
            case = folder / CASE_FILE
            last = case.read_text().strip() if case.exists() else ""
            result.findings.append(
                {"what": f"it died ({died})", "repeat": repetition(check.name, seed, last)}
            )
        process.join()
    return result


def _work(name: str, seed: int, folder: Path, budget: Budget, sender: Any) -> None:
    from .checks import BY_NAME

    logging.getLogger().addHandler(logging.NullHandler())  # what is tried is logged a lot
    hear_signals()
    sender.send(perform(BY_NAME[name], seed, folder, budget))
    sender.close()
    sys.stdout.flush()
    os._exit(0)  # threads beside, of what was tried, are nobody's business any more
