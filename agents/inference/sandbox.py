"""The sandbox: a model from elsewhere is tried in a process of its own before the arcade opens it.

A file can be complete and match its card, and still never answer, use up all memory, or crash the
program that runs it. Models that come with the arcade are trusted like the arcade itself.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from agents.inference.player import Model, ModelError
from game.system.paths import program

COMMAND = "try-model"
LONGEST_S = 8.0  # the watchdog takes ten seconds of silence for a hang
MOST_BYTES = 4 << 30  # of address space; a good model's process needs a quarter of that


def try_out(model: Path) -> None:
    """Raise ModelError unless a process of its own can open the file `model` and get its answer."""
    command = [*program(), COMMAND, str(model)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(
            f"{model} does not answer within {LONGEST_S:.0f} s: name another with --agent"
        ) from error
    except OSError as error:
        raise ModelError(f"{model} cannot be tried ({error.strerror})") from error
    if done.returncode == 0:
        return
    said = done.stderr.strip().rpartition("\n")[2]
    if done.returncode == 1 and said.startswith(f"bigchamp: {model}"):
        raise ModelError(said.removeprefix("bigchamp: "))
    raise ModelError(
        f"{model} crashes the program that runs it, or needs more memory than there is: name "
        "another with --agent"
    )


def answer(model: Path) -> None:
    """Open the file `model` within limits on memory; raise ModelError if it cannot be used."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        Model(model)
    except MemoryError as error:
        raise ModelError(f"{model} needs more memory than there is") from error
