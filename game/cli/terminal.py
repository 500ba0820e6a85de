"""What a command says to a person: results on standard output, all else on standard error."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

from game.cli.errors import UserError
from game.system.answers import tell


def show(text: str) -> None:
    """Print a result at once; raise UserError if nobody can read it."""
    try:
        print(text, flush=True)
    except BrokenPipeError as error:
        close_output()
        raise ReaderGoneError from error
    except OSError as error:
        close_output()
        raise UserError(f"the output cannot be written: {error.strerror}") from error


def answer(**told: Any) -> None:
    """Tell the program that asked; raise ReaderGoneError if it has ended meanwhile."""
    try:
        tell(**told)
    except OSError as error:  # on Windows another one than a broken pipe
        close_output()
        raise ReaderGoneError from error


def close_output() -> None:
    """Forget what could not be printed, so that Python does not try again when it ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


class ReaderGoneError(UserError):
    """Whoever read the output, such as `head`, has seen enough: nothing more is said."""
