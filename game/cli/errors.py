"""Mistakes that a person at the command line can mend, each said in one sentence."""

from __future__ import annotations

import sys

from game.system.paths import is_installed

# Exit statuses, beside argparse's 2 for a line that it cannot read. A mistake has been said in a
# sentence; a crash (EX_SOFTWARE of sysexits.h) says nothing about what the command was asked.
MISTAKE, UNTRUE, CRASHED, STOPPED = 1, 3, 70, 130
FROZEN = bool(getattr(sys, "frozen", False))  # the packaged executable
HAS_COMMAND = FROZEN or is_installed()
PROGRAM = "bigchamp" if HAS_COMMAND else "python main.py"
_SOURCE_HINT = 'python -m pip install -c constraints.txt -e ".[train]"'
TRAINING_HINT = f"install it with: {_SOURCE_HINT}"
if HAS_COMMAND:
    TRAINING_HINT = (
        f"this {'executable' if FROZEN else 'copy'} comes without it, so take BigChamp's source "
        f"and Python there, and run: {_SOURCE_HINT}"
    )


class UserError(Exception):
    """A mistake or a missing thing, said in one sentence; the command ends with status 1."""


def not_installed(what: str, error: ImportError) -> UserError:
    """Return what to say where a part of the learner is not installed."""
    part = "the learner" if FROZEN else error.name
    return UserError(f"{what} needs {part}: {TRAINING_HINT}")
