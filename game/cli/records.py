"""The commands about what lies in the data folder: scores, rom."""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from game.cli.errors import UserError
from game.cli.results import as_user_errors, check_files
from game.cli.terminal import show
from game.emulation.rom import choose, kept_words
from game.records.archive import DATABASE
from game.records.initials import shown
from game.records.scores import Scores, write_csv
from game.system.paths import data_folder

_NONE = "there are no scores yet in {}: play a game first"


def rom_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `rom`."""
    command.add_argument("file", type=Path)


def rom(arguments: argparse.Namespace) -> int:
    """Keep a copy of the cartridge that the arcade shall play."""
    show(kept_words(choose(arguments.file, data_folder()), data_folder()))
    return 0


def scores_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `scores`."""
    command.add_argument("--csv", type=Path, metavar="FILE", help="write every run to FILE")


def scores(arguments: argparse.Namespace) -> int:
    """Show the best runs of each board, or write every run to a table."""
    check_files(arguments.csv)
    file = data_folder() / DATABASE
    if not file.exists():
        raise UserError(_NONE.format(file.parent))
    try:
        scores = Scores(file)
    except (sqlite3.Error, OSError) as error:
        raise UserError(f"the scores in {file} cannot be read: {error}") from error
    try:
        if arguments.csv is None:
            lines = list(_lines(scores))
            if not lines:  # measurements leave a file without a run
                raise UserError(_NONE.format(file.parent))
            show("\n".join(lines))
            return 0
        with as_user_errors(arguments.csv):
            written = write_csv(scores.runs(), arguments.csv)
        show(f"{written} runs written to {arguments.csv}")
    except sqlite3.Error as error:
        raise UserError(f"the scores in {file} cannot be read: {error}") from error
    finally:
        scores.close()
    return 0


def _lines(scores: Scores) -> Iterator[str]:
    """Yield each board's name and its best runs, best first."""
    for board in scores.boards():
        yield f"{board.words()} ({board.kind})"
        for place, run in enumerate(scores.leaders(board), 1):
            mark = "verified" if run.verified else ""
            yield f"{place:4}  {shown(run.initials)}  {run.score:6}  {run.player:16} {mark}"
