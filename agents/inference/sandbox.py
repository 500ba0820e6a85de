"""The sandbox: a model from elsewhere is tried in a process of its own before the arcade opens it.

A file can be complete and match its card, and still never answer, use up all memory, or crash the
program that runs it. Models that come with the arcade are trusted like the arcade itself.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from agents.inference.player import Model, ModelError
from game.system.answers import last_answer, tell
from game.system.background import NO_CONSOLE
from game.system.paths import program

COMMAND = "try-model"
LONGEST_S = 8.0  # the watchdog takes ten seconds of silence for a hang
MOST_BYTES = 4 << 30  # of address space; a good model's process needs a quarter of that


def try_out(model: Path) -> None:
    """Raise ModelError unless a process of its own can open the file `model` and get its answer."""
    command = [*program(), COMMAND, "--", str(model)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            creationflags=NO_CONSOLE,
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(
            f"{model} does not answer within {LONGEST_S:.0f} s: name another with --agent"
        ) from error
    except OSError as error:
        raise ModelError(f"{model} cannot be tried ({error.strerror})") from error
    said = last_answer(done.stdout)
    if said is not None and said.get("problem"):
        raise ModelError(said["problem"])
    if said is not None and done.returncode == 0:
        return
    raise ModelError(
        f"{model} crashes the program that runs it, or needs more memory than there is: name "
        "another with --agent"
    )


def answer(model: Path) -> None:
    """Open the file `model` within limits on memory, and tell the parent process what came of it.

    Raises ModelError if it cannot be used.
    """
    try:
        _open(model)
    except ModelError as error:
        tell(problem=str(error))
        raise
    tell(problem=None)


def _open(model: Path) -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        Model(model)
    except MemoryError as error:
        raise ModelError(f"{model} needs more memory than there is") from error
