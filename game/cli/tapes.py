"""The commands that play a tape again: verify, review, film."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from game.cli.arguments import display_options, refuse
from game.cli.errors import UNTRUE, UserError
from game.cli.models import agent_loader
from game.cli.results import check_files, write_json
from game.cli.terminal import answer, show
from game.cli.window import open_window
from game.emulation.cabinet import CabinetError
from game.play.options import Options
from game.play.tape import TapeError, UnreadableError, Verdict, load
from game.play.tape import verify as play_again
from game.system.background import IDLE, POLITE, lower_priority
from game.system.ending import Ending
from game.system.files import written
from game.system.paths import data_folder, default_model
from game.system.preferences import ENGINEER, LANGUAGES, VISITOR
from game.system.validators import seconds, size, whole

if TYPE_CHECKING:
    from game.ui.jobs.film import Commentator


MOST_SEATS = 3  # that a video shows side by side

_begin = whole(0, 10**9, "a frame's number is needed")
_epoch = whole(0, 10**11, "seconds since 1970 are needed")


def _report_option(command: argparse.ArgumentParser) -> None:
    """Let this program ask for answers as in game/system/answers.py instead of words."""
    command.add_argument("--report", action="store_true", help=argparse.SUPPRESS)


def verify_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `verify`."""
    command.add_argument("tape", type=Path)
    command.add_argument(
        "--background", action="store_true", help="leave the processor to everything else"
    )
    _report_option(command)


def verify(arguments: argparse.Namespace) -> int:
    """Play a tape again and say whether it is true: status 0, or UNTRUE if it is not.

    A tape that is damaged is not true either. Any other status says nothing about the tape.
    """
    if arguments.background:
        lower_priority(IDLE)
    try:
        verdict = play_again(arguments.tape)
    except (UnreadableError, CabinetError) as error:
        if arguments.report:
            answer(verified=None, message=str(error))
        raise
    except TapeError as error:
        verdict = Verdict(False, str(error))
        print(f"bigchamp: {error}", file=sys.stderr)
    else:
        if not arguments.report:
            show(f"{arguments.tape}: {verdict.message}")
    if arguments.report:
        answer(verified=verdict.verified, message=verdict.message)
    return 0 if verdict.verified else UNTRUE


def review_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `review`."""
    command.add_argument("tape", type=Path)
    command.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="open no window and write values, regrets and events to FILE",
    )
    display_options(command)


def review(arguments: argparse.Namespace) -> int:
    """Show a tape in the window, or write what the network says of it."""
    tape = load(arguments.tape)
    if arguments.json is None:
        return open_window(_options(arguments), None, arguments.tape)
    from game.records.review import Review

    window = ("--size", "--fullscreen", "--mute", "--frames", "--display")
    refuse(arguments, "with --json, which opens no window", *window)
    check_files(arguments.json)
    try:
        review = Review(tape, agent_loader(arguments.agent)()())
    except ValueError as error:
        raise UserError(str(error)) from error
    while not review.done:
        review.advance()
    write_json(arguments.json, review.to_dict())
    return 0


def _options(arguments: argparse.Namespace) -> Options:
    return Options(
        size=arguments.size,
        fullscreen=arguments.fullscreen,
        display=arguments.display,
        mute=arguments.mute,
        agent=arguments.agent,
        frames=arguments.frames,
    )


def film_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `film`."""
    command.add_argument("tape", type=Path)
    command.add_argument(
        "file",
        type=Path,
        help="what to write: .mp4 has 60 frames a second and the sound, .gif has 50 and none",
    )
    command.add_argument(
        "--from", dest="begin", type=seconds, metavar="S", help="second to begin at"
    )
    command.add_argument("--to", dest="end", type=seconds, metavar="S", help="second to end at")
    command.add_argument(
        "--overlay",
        choices=(VISITOR, ENGINEER),
        nargs="?",
        const=VISITOR,
        help="show what the network thinks beside it, plainly (visitor) or all of it",
    )
    command.add_argument(
        "--beside",
        type=Path,
        action="append",
        default=[],
        metavar="TAPE",
        help="another game beside it; a race of three has two",
    )
    command.add_argument("--size", type=size, metavar="WxH")
    command.add_argument("--agent", type=Path, metavar="FILE", help="the network's .tflite")
    command.add_argument(
        "--card", action="store_true", help="begin with two seconds that say who played, and when"
    )
    # For the window, which runs this beside itself: see game/ui/jobs/film_job.py.
    command.add_argument("--begins", type=_begin, action="append", help=argparse.SUPPRESS)
    command.add_argument("--played", type=_epoch, help=argparse.SUPPRESS)
    command.add_argument("--language", choices=LANGUAGES, help=argparse.SUPPRESS)
    command.add_argument("--background", action="store_true", help=argparse.SUPPRESS)
    _report_option(command)


def _interrupt() -> None:
    raise KeyboardInterrupt


def film(arguments: argparse.Namespace) -> int:
    """Make an MP4 or a GIF of a tape."""
    from game.system.preferences import load_preferences
    from game.ui.jobs import film
    from game.ui.widgets.translation import speak, system_language

    if arguments.overlay is None:
        refuse(arguments, "without --overlay", "--agent")
    Ending(_interrupt)  # nothing half is left then either
    if arguments.background:
        lower_priority(POLITE)
    spoken = load_preferences(data_folder(), system_language()).language
    speak(arguments.language or spoken)
    check_files(arguments.file)
    tapes = [arguments.tape, *arguments.beside]
    if len(tapes) > MOST_SEATS:
        raise UserError(f"a video shows {MOST_SEATS} games at most: give --beside twice at most")
    begins = arguments.begins or [0] * len(tapes)
    if len(begins) != len(tapes):
        raise UserError("--begins needs a frame for each game")
    played = written(arguments.tape) if arguments.played is None else arguments.played
    seat_tapes = [
        film.SeatTape(load(path), at, played) for path, at in zip(tapes, begins, strict=True)
    ]
    level = arguments.overlay
    try:
        suffix = film.kind_of(arguments.file)
        begin, end = film.cut(arguments.begin, arguments.end, film.frames_of(seat_tapes))
        size = arguments.size or film.usual_size(suffix, len(seat_tapes), level is not None)
        film.draw_blind()
        commentator = None if level is None else _commentator(arguments.agent, len(seat_tapes))
        shown = film.Film(
            seat_tapes, begin, end, size, commentator, level or ENGINEER, arguments.card
        )
        film.make(shown, arguments.file, _progress(arguments.report))
    except ValueError as error:
        if arguments.report:
            answer(problem=str(error))
        raise UserError(str(error)) from error
    if not arguments.report:
        show(f"{shown.frames / 60:.2f} s in {arguments.file}")
    return 0


def _progress(to_program: bool) -> Callable[[int, int], None]:
    """Return what tells a person, or the program that asked for the film, how far it is."""

    def report(done: int, frames: int) -> None:
        if done % 6 == 0 or done == frames:
            answer(made=done)

    def show(done: int, frames: int) -> None:
        if done % 60 == 0 or done == frames:
            end = "\n" if done == frames else ""
            print(f"\r{100 * done // frames:3} %", end=end, file=sys.stderr, flush=True)

    return report if to_program else show


def _commentator(agent: Path | None, seat_tapes: int) -> Commentator:
    """Return what says what a network thinks of each of `reels` games; raises ValueError."""
    from agents.inference.player import Model
    from agents.inference.saliency import Saliency
    from game.ui.jobs.film import Commentator

    factory = agent_loader(agent)()
    players = [factory() for _ in range(seat_tapes)]
    return Commentator(players, Saliency(Model(agent or default_model())))
