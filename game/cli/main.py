"""From a command line to an exit status."""

from __future__ import annotations

import logging
import multiprocessing
import sys
from collections.abc import Sequence

from game.cli.errors import FROZEN, UserError
from game.cli.parser import parse
from game.cli.window import is_waited_for
from game.emulation import rom
from game.emulation.cabinet import CabinetError, RulesError
from game.play.options import SettingsError
from game.play.tape import TapeError
from game.system.lock import AlreadyOpenError
from game.system.paths import data_folder

MISTAKES = (UserError, CabinetError, RulesError, SettingsError, TapeError, AlreadyOpenError)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command in `argv` and return its exit status."""
    multiprocessing.freeze_support()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    arguments = parse(sys.argv[1:] if argv is None else argv)
    rom.find(data_folder())
    try:
        status: int = arguments.run(arguments)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except MISTAKES as error:
        print(f"bigchamp: {error}", file=sys.stderr)
        if FROZEN and is_waited_for(arguments):
            from game.ui.window import message_box

            if not message_box.is_read():
                message_box.show(error, data_folder())
        return 1
    return status
