"""Results that a command writes to files: the places are tried before the work begins.

One that fails afterwards, such as a disk that is full by then, loses none of the others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from game.cli.errors import UserError
from game.system.files import check_file, check_folder, write_atomically


def check_files(*paths: Path | None, makes_folders: bool = False) -> None:
    """Raise UserError unless a file can be written at each of `paths` that there is.

    With `makes_folders` the work makes those that are missing; otherwise they have to be there.
    """
    for path in paths:
        if path is not None:
            with as_user_errors(path):
                check_file(path, makes_folders)


def check_folders(*paths: Path | None) -> None:
    """Raise UserError unless each of `paths` is a folder to write to, or can become one."""
    for path in paths:
        if path is not None:
            with as_user_errors(path):
                check_folder(path)


def write_json(path: Path | None, result: Mapping[str, Any]) -> None:
    """Write `result` to `path`, if there is one; raise UserError if that is not possible."""
    if path is not None:
        with as_user_errors(path):
            write_atomically(path, (json.dumps(result, indent=1) + "\n").encode("utf-8"))


def hand_over(*results: Callable[[], None]) -> None:
    """Call each of `results`, whatever became of the others; then raise UserError for all."""
    problems = []
    for result in results:
        try:
            result()
        except UserError as error:
            problems.append(error)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise UserError("; ".join(str(problem) for problem in problems))


@contextmanager
def as_user_errors(path: Path) -> Iterator[None]:
    """Turn what the system says of `path` into a sentence."""
    try:
        yield
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from error
