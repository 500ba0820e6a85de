"""The list of commands, and what reads a command line by it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from game.cli import licences, measuring, models, records, tapes, training, web, window
from game.cli.errors import HAS_COMMAND
from game.system.version import MAKER


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
    Command("serve", "watch, play and race in browsers", web.serve_options, web.serve),
    Command("evaluate", "measure a player without a window",
            measuring.evaluate_options, measuring.evaluate),
    Command("lives", "let players try to save the lives that one of them lost",
            measuring.lives_options, measuring.lives),
    Command("verify", "play a tape again and compare", tapes.verify_options, tapes.verify),
    Command("try-model", "", models.try_model_options, models.try_model),
    Command("rom", "name the cartridge to play, where none came along",
            records.rom_options, records.rom),
    Command("review", "look at a tape with the network's eyes",
            tapes.review_options, tapes.review),
    Command("film", "make an MP4 or a GIF of a tape", tapes.film_options, tapes.film),
    Command("scores", "show the best runs, or write all to a table",
            records.scores_options, records.scores),
    Command("licences", "say what is inside, and under which licences",
            licences.licences_options, licences.licences),
    Group("bench", "measure the arcade's speed", (
        Command("play", "a race with everything on",
                measuring.bench_play_options, measuring.bench_play),
        Command("web", "the page in the browser and its server (needs the extra [web])",
                measuring.bench_web_options, measuring.bench_web),
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
    Command("targets", "say how exactly a network sees (needs TensorFlow)",
            training.targets_options, training.targets),
)
# fmt: on


def parse(line: Sequence[str]) -> argparse.Namespace:
    """Return what the command line `line` asks for: `run` is the command's function.

    Prints what is wrong and raises SystemExit, as argparse does, if it cannot be read.
    """
    known = parser()
    options = _options(known)
    words = _commands_first(known, _with_usual_values(line, options), options)
    arguments = known.parse_args(words)
    arguments.argv = list(line)
    return arguments


def parser() -> argparse.ArgumentParser:
    """Return the parser of everything, each command's own parser inside."""
    parser = argparse.ArgumentParser(
        prog="bigchamp" if HAS_COMMAND else "main.py", description=TITLE.help
    )
    parser.add_argument("--version", action="version", version=MAKER)
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


def _commands_first(
    parser: argparse.ArgumentParser, words: list[str], options: Mapping[str, argparse.Action]
) -> list[str]:
    """Move each command of `words` before the options that stand before it.

    argparse lets the usual values of a command's own options replace what was read before the
    command, so there every option would be read and forgotten.
    """
    commands = _commands(parser)
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "--":
        at += 1 + _values_behind(words[at], options)
    if at >= len(words) or words[at] not in commands:
        return words
    rest = words[:at] + words[at + 1 :]
    return [words[at], *_commands_first(commands[words[at]], rest, options)]


def _values_behind(word: str, options: Mapping[str, argparse.Action]) -> int:
    """Return how many words behind the option `word`, which may be shortened, are its values."""
    counts = [action.nargs for name, action in options.items() if name.startswith(word)]
    if not counts:  # it stands with its value, or there is none such
        return 0
    return counts[0] if isinstance(counts[0], int) else 1


def _with_usual_values(line: Sequence[str], options: Mapping[str, argparse.Action]) -> list[str]:
    """Give each option that can do without a value, and has none, the one that it then means.

    Otherwise argparse takes the next word for it, and that may be a command or a file.
    """
    words = []
    for word, behind in pairwise([*line, ""]):
        action = options.get(word)
        alone = action is not None and action.nargs == "?" and behind not in (action.choices or ())
        words.append(f"{word}={action.const}" if action is not None and alone else word)
    return words


def _options(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """Return the options of all commands by their names; some have several of the same kind."""
    options = {name: action for action in parser._actions for name in action.option_strings}
    for command in _commands(parser).values():
        options |= _options(command)
    return dict(sorted(options.items()))


def _commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the commands that can stand behind this one."""
    choices = [a.choices for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(choices[0]) if choices else {}
