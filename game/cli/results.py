"""Results that a command writes to a file."""

from __future__ import annotations

import json
from pathlib import Path

from game.cli.errors import UserError


def write_json(path: Path | None, result: dict[str, object]) -> None:
    """Write `result` to `path`, if there is one; raise UserError if that is not possible."""
    if path is None:
        return
    try:
        path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from error
