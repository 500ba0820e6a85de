"""The list of commands, and what reads a command line by it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from game.cli import measuring, models, records, tapes, training, window
from game.cli.errors import HAS_COMMAND


@dataclass(frozen=True)
class Command:
    """One thing that a person does; without `help` it is this program's own."""

    name: str
    help: str
    options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]  # returns the exit status


@dataclass(frozen=True)
class Group:
    """A command that is followed by one of several words."""

    name: str
    help: str
    commands: Sequence[Command]


TITLE = Command(  # without a word
    "", "Play, watch and race a trained network at Atari 2600 Space Invaders.",
    window.options, window.title,
)  # fmt: skip
# fmt: off
COMMANDS: Sequence[Command | Group] = (
    Command("play", "play alone", window.options, window.play),
    Command("watch", "watch the network play", window.options, window.watch),
    Command("race", "race the network", window.race_options, window.race),
    Command("evaluate", "measure a player without a window",
            measuring.evaluate_options, measuring.evaluate),
    Command("verify", "play a tape again and compare", tapes.verify_options, tapes.verify),
    Command("try-model", "", models.try_model_options, models.try_model),
    Command("rom", "name the cartridge to play, where none came along",
            records.rom_options, records.rom),
    Command("review", "look at a tape with the network's eyes",
            tapes.review_options, tapes.review),
    Command("film", "make an MP4 or a GIF of a tape", tapes.film_options, tapes.film),
    Command("scores", "show the best runs, or write all to a table",
            records.scores_options, records.scores),
    Group("bench", "measure the arcade's speed", (
        Command("play", "a race with everything on",
                measuring.bench_play_options, measuring.bench_play),
        Command("training", "samples a second (needs TensorFlow)",
                measuring.bench_training_options, measuring.bench_training),
    )),
    Command("selftest", "check that everything is there and works",
            measuring.selftest_options, measuring.selftest),
    Group("train", "train a network (needs TensorFlow)", (
        Command("student", "the dueling double DQN that the arcade plays with",
                training.student_options, training.student),
        Command("teacher", "the implicit quantile network that guides it",
                training.teacher_options, training.teacher),
    )),
    Command("export", "turn a run into a model for the arcade",
            training.export_options, training.export),
    Command("curve", "draw the learning curves of runs",
            training.curve_options, training.curve),
)
# fmt: on


def parser() -> argparse.ArgumentParser:
    """Return what reads a command line; its result has `run`, the command's function."""
    parser = argparse.ArgumentParser(
        prog="bigchamp" if HAS_COMMAND else "main.py", description=TITLE.help
    )
    TITLE.options(parser)
    parser.set_defaults(run=TITLE.run)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        _add(commands, command)
    return parser


def _add(commands: Any, command: Command | Group) -> None:
    shown = {"help": command.help} if command.help else {}
    parser = commands.add_parser(command.name, **shown)
    if isinstance(command, Group):
        kinds = parser.add_subparsers(required=True, metavar="WHAT")
        for kind in command.commands:
            _add(kinds, kind)
    else:
        command.options(parser)
        parser.set_defaults(run=command.run)
