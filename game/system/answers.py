"""What one process of this program tells the one that started it: lines of JSON in UTF-8.

An answer says itself what became of the work. No exit status stands for one, since a crash has a
status too, and no sentence has to begin in a certain way. Other lines between them, such as a
library's, are passed over.
"""

from __future__ import annotations

import json
import sys
from typing import Any

KEY = "bigchamp"  # of the table that an answer is in


def tell(**answer: Any) -> None:
    """Write an answer to standard output at once; raises OSError if nobody reads it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(json.dumps({KEY: answer}).encode("utf-8") + b"\n")
    sys.stdout.buffer.flush()


def heard(line: bytes) -> dict[str, Any] | None:
    """Return the answer in one line of such a process's output, None if there is none."""
    try:
        answer = json.loads(line.decode("utf-8"))[KEY]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def last_answer(output: bytes) -> dict[str, Any] | None:
    """Return the last answer in the whole output of such a process, None if there is none."""
    answers = [heard(line) for line in output.splitlines()]
    return next((answer for answer in reversed(answers) if answer is not None), None)
