"""Files that belong together: after a crash all are the old ones, or all are the new ones.

No system renames several files at once. So the new ones are written to a folder beside the old,
and renaming that folder is the moment from which they count. Then each takes its place. If a crash
comes between, whoever reads the files next finishes this first.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from game.system.files import rename_over, sync_folder, write_atomically


def replace_together(stem: Path, contents: Mapping[str, bytes]) -> None:
    """Write `contents`, by suffix, to the files that `stem` begins; raises OSError.

    A crash leaves the old files or, with the next `finish`, the new ones.
    """
    finish(stem)
    draft = stem.with_name(f"{stem.name}.{os.getpid()}.tmp")
    try:
        for suffix, data in contents.items():
            write_atomically(draft / f"{stem.name}{suffix}", data)
        rename_over(draft, _whole(stem))
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)  # a full disk keeps no part
        raise
    sync_folder(stem.parent)
    finish(stem)


def finish(stem: Path) -> None:
    """Put new files that are whole in the places of the old ones; raises OSError.

    Does nothing where nothing was left over.
    """
    whole = _whole(stem)
    if not whole.is_dir():
        return
    for file in sorted(whole.iterdir()):
        with contextlib.suppress(FileNotFoundError):  # another process was quicker
            rename_over(file, stem.with_name(file.name))
    with contextlib.suppress(FileNotFoundError):
        whole.rmdir()
    sync_folder(stem.parent)


def finish_quietly(file: Path) -> None:
    """Do `finish` before reading `file` or one that belongs to it, where they can be written."""
    if file.name:  # "." and "/" have none, and are no files
        with contextlib.suppress(OSError):
            finish(file.with_suffix(""))


def _whole(stem: Path) -> Path:
    return stem.with_name(f"{stem.name}.new")
