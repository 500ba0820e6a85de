"""The command `licences`: what others made of what is inside, and under which terms."""

from __future__ import annotations

import argparse
from pathlib import Path

from game.cli.errors import UserError
from game.cli.terminal import show
from game.system.paths import asset, beside_executable
from game.system.validators import part_name

FOLDER, CONTENTS = "licences", "CONTENTS.txt"
PAGE = "README.md"  # what the packages are made of, for whoever has the source


def licences_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `licences`."""
    command.add_argument(
        "name",
        nargs="?",
        type=part_name,
        help="show the licence's text of this part, or of those that begin so",
    )


def licences(arguments: argparse.Namespace) -> int:
    """List what is inside, or show the texts of one part."""
    folder = _folder()
    if arguments.name is None:
        listed = folder / CONTENTS
        show(_read(listed if listed.is_file() else folder / PAGE))
        return 0
    texts = _texts(folder, arguments.name.casefold())
    if not texts:
        raise UserError(f"nothing inside is called {arguments.name}: without a name, all is listed")
    show("\n\n".join(f"{text.name}\n\n{_read(text)}" for text in texts))
    return 0


def _folder() -> Path:
    """Return where the texts are: beside a packaged program, else in the source."""
    beside = beside_executable()
    packed = None if beside is None else beside / FOLDER
    return packed if packed is not None and packed.is_dir() else asset(FOLDER)


def _texts(folder: Path, name: str) -> list[Path]:
    """Return the texts of the parts whose names begin with `name`, or else of such files."""
    listed, inside = folder / CONTENTS, False
    found: dict[Path, None] = {}  # several parts may share a text
    for line in _read(listed).splitlines() if listed.is_file() else ():
        if not line.startswith(" "):
            inside = line.casefold().startswith(name)
        elif inside and (folder / line.strip()).is_file():
            found[folder / line.strip()] = None
    return list(found) or sorted(
        path for path in folder.iterdir() if path.name.casefold().startswith(name)
    )


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").rstrip()
    except (OSError, UnicodeError) as error:
        raise UserError(f"{file} cannot be read: {error}") from error
