"""The sandbox: a model from elsewhere is tried in a process of its own before the arcade opens it.

A file can be complete and match its card, and still never answer, use up all memory, or crash the
program that runs it. Models that come with the arcade are trusted like the arcade itself.
"""

from __future__ import annotations

import math
import signal
import subprocess
import sys
import time
from pathlib import Path

from agents.inference.player import Model, ModelError
from game.system.answers import last_answer, tell
from game.system.background import NO_CONSOLE
from game.system.paths import program
from game.system.sentence import Sentence, retold

COMMAND = "try-model"
LONGEST_S = 8  # of the processor: a good model's process needs a quarter of that
PATIENCE_S = 60.0  # by the clock, on a machine that is busy with other things
MOST_BYTES = 4 << 30  # of address space; a good model's process needs a quarter of that


def try_out(model: Path) -> None:
    """Raise ModelError unless a process of its own can open the file `model` and get its answer."""
    command = [*program(), COMMAND, "--seconds", str(LONGEST_S), "--", str(model)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            creationflags=NO_CONSOLE,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(
            Sentence(
                lambda say: say(
                    "{model} does not answer within {seconds} s: name another with --agent",
                    model=model,
                    seconds=round(PATIENCE_S),
                )
            )
        ) from error
    except OSError as error:
        reason = error.strerror
        raise ModelError(
            Sentence(
                lambda say: say("{model} cannot be tried ({reason})", model=model, reason=reason)
            )
        ) from error
    if sys.platform != "win32" and done.returncode == -signal.SIGXCPU:
        raise ModelError(
            Sentence(
                lambda say: say(
                    "{model} does not answer within {seconds} s of processor time: name another "
                    "with --agent",
                    model=model,
                    seconds=LONGEST_S,
                )
            )
        )
    said = last_answer(done.stdout)
    if said is not None and said.get("problem"):
        raise ModelError(retold(said["problem"]))
    if said is not None and done.returncode == 0:
        return
    raise ModelError(
        Sentence(
            lambda say: say(
                "{model} crashes the program that runs it, or needs more memory than there is: "
                "name another with --agent",
                model=model,
            )
        )
    )


def answer(model: Path, seconds: int) -> None:
    """Open the file `model` within limits, and tell the parent process what came of it.

    The limits are on memory and on processor time, so many `seconds` of it; Windows has neither.
    Raises ModelError if it cannot be used.
    """
    try:
        _open(model, seconds)
    except ModelError as error:
        problem = error.args[0]
        assert isinstance(problem, Sentence), "a model's faults can be told in any language"
        tell(problem=problem.told())
        raise
    tell(problem=None)


def _open(model: Path, seconds: int) -> None:
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        until = math.ceil(time.process_time()) + seconds
        if most == resource.RLIM_INFINITY or until < most:
            resource.setrlimit(resource.RLIMIT_CPU, (until, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    try:
        Model(model)
    except MemoryError as error:
        raise ModelError(
            Sentence(lambda say: say("{model} needs more memory than there is", model=model))
        ) from error
