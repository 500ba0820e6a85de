"""From a command line to an exit status."""

from __future__ import annotations

import io
import logging
import multiprocessing
import sys
from collections.abc import Sequence

from game.cli.errors import CRASHED, FROZEN, MISTAKE, STOPPED, UserError
from game.cli.parser import parse
from game.cli.terminal import ReaderGoneError, close_output
from game.cli.window import is_waited_for
from game.emulation import rom
from game.emulation.cabinet import CabinetError, RulesError
from game.play.audience import AudienceError
from game.play.options import SettingsError
from game.play.tape import TapeError
from game.system.ending import ignore_endings
from game.system.library_output import divert
from game.system.lock import AlreadyOpenError
from game.system.paths import data_folder
from game.system.watchdog import REFUSED_STATUS

_log = logging.getLogger(__name__)

MISTAKES = (
    UserError,
    AudienceError,
    CabinetError,
    RulesError,
    SettingsError,
    TapeError,
    AlreadyOpenError,
)


def run() -> int:
    """Run the command that this process was started for and return the exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # such as a path on a code page
    divert(data_folder())
    try:
        status = main()
    except SystemExit as stop:  # argparse has said why
        status = int(stop.code or 0)
    except Exception:
        _log.critical("BigChamp crashed, and this is its own fault", exc_info=True)
        status = CRASHED
    status = status if _flushed() else MISTAKE
    ignore_endings()  # it is over: a signal while Python ends itself would change the status
    return status


def _flushed() -> bool:
    """Whether all that was printed has arrived; if not, it is said."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        close_output()
        return False
    except OSError as error:
        close_output()
        print(f"bigchamp: the output cannot be written: {error.strerror}", file=sys.stderr)
        return False
    return True


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
        return STOPPED
    except ReaderGoneError:
        return MISTAKE
    except MISTAKES as error:
        print(f"bigchamp: {error}", file=sys.stderr)
        if FROZEN and is_waited_for(arguments):
            from game.ui.window import message_box

            if not message_box.is_read():
                message_box.show(error, data_folder())
        return REFUSED_STATUS if getattr(arguments, "supervised", False) else MISTAKE
    return status
