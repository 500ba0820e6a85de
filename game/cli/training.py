"""The commands of the learner: train, export, curve, targets. They need TensorFlow."""

from __future__ import annotations

import argparse
import dataclasses
import math
import socket
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from game.cli.arguments import game_options, rules
from game.cli.errors import UserError, not_installed
from game.cli.results import check_files, check_folders, hand_over, write_json
from game.cli.terminal import show
from game.emulation.cabinet import FRAMES_PER_SECOND, Rules
from game.system.paths import default_model
from game.system.validators import count, folder_name, minutes, model_file, number, seed


def student_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `train student`."""
    _run_options(command, "student")
    command.add_argument(
        "--teacher",
        type=Path,
        metavar="FILE",
        help="let this measured model (.tflite) guide a new run: it acts at first, and "
        "its choice is distilled until the student's score comes near its own",
    )


def teacher_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `train teacher`."""
    _run_options(command, "teacher")
    command.set_defaults(teacher=None)


def _run_options(command: argparse.ArgumentParser, name: str) -> None:
    command.add_argument("--name", type=folder_name, default=name, help="folder under --runs")
    command.add_argument("--runs", type=Path, default=Path("runs"), metavar="FOLDER")
    command.add_argument("--seed", type=seed, help="0 if not given")
    command.add_argument("--minutes", type=minutes, help="stop after so many minutes of learning")
    command.add_argument(
        "--until",
        type=number(0, 1e9, "a score is a number from 0 on"),
        metavar="SCORE",
        help="stop when the last hundred training games average this, without a teacher's help",
    )
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="change a number of a new run's config.json, such as n_step=5",
    )
    command.add_argument(
        "--from",
        dest="weights",
        type=Path,
        metavar="FILE",
        help="begin a new run with the weights that `export` wrote beside a model (.npz)",
    )


def student(arguments: argparse.Namespace) -> int:
    """Train the dueling double DQN."""
    return _train(arguments, "double-dqn")


def teacher(arguments: argparse.Namespace) -> int:
    """Train the implicit quantile network."""
    return _train(arguments, "iqn")


def _train(arguments: argparse.Namespace, algorithm: str) -> int:
    check_folders(arguments.runs / arguments.name)
    _without_a_socket()
    try:
        from agents.config import ConfigError, TrainingConfig
        from agents.runs.train import TrainingError, encoder_of, train
    except ImportError as error:
        raise not_installed("training", error) from error
    try:
        if algorithm == "iqn":
            config = TrainingConfig.of_teacher(seed=arguments.seed or 0)
        else:
            config = TrainingConfig(seed=arguments.seed or 0, teacher=str(arguments.teacher or ""))
        asked = ["algorithm", *(setting.partition("=")[0] for setting in arguments.set)]
        asked += [name for name in ("seed", "teacher") if getattr(arguments, name) is not None]
        same_encoder = [f"encoder={name}" for name in encoder_of(arguments.weights)]
        train(
            arguments.runs / arguments.name,
            config.changed([*same_encoder, *arguments.set]),
            arguments.minutes,
            arguments.until,
            arguments.weights,
            asked,
        )
    except (TrainingError, ConfigError) as error:
        raise UserError(str(error)) from error
    return 0


def export_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `export`."""
    command.add_argument(
        "source",
        type=Path,
        metavar="RUN",
        help="folder of a run, or the weights beside a model (.npz), to export it anew",
    )
    command.add_argument("file", type=model_file, metavar="FILE", help="the model (.tflite)")
    command.add_argument(
        "--int8",
        action="store_true",
        help="weights in 8 bits instead of 16: faster and smaller, some points weaker",
    )


def export(arguments: argparse.Namespace) -> int:
    """Turn a run, or a model's weights, into a model for the arcade."""
    suffixes = (".tflite", ".json", ".npz")
    check_files(*(arguments.file.with_suffix(suffix) for suffix in suffixes), makes_folders=True)
    _without_a_socket()
    try:
        from agents.runs.export import ExportError, export_run, export_weights
    except ImportError as error:
        raise not_installed("exporting", error) from error
    try:
        write = export_weights if arguments.source.suffix == ".npz" else export_run
        card = write(arguments.source, arguments.file, arguments.int8)
    except ExportError as error:
        raise UserError(str(error)) from error
    samples = f"{card['training']['gradient_samples'] / 1e6:.2f} million gradient samples"
    show(f"{arguments.file}: {card['parameters']} weights after {samples}")
    return 0


def curve_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `curve`."""
    command.add_argument("file", type=Path, metavar="PNG")
    command.add_argument("folders", type=Path, metavar="RUN", nargs="+")
    command.add_argument(
        "--samples",
        type=number(1e-6, 1e9, "a number of million samples above zero is needed"),
        metavar="MS",
        default=math.inf,
        help="only up to so many million gradient samples, to compare runs of different length",
    )


def curve(arguments: argparse.Namespace) -> int:
    """Draw the learning curves of runs."""
    check_files(arguments.file, makes_folders=True)
    _without_a_socket()
    try:
        from agents.runs.curves import draw_curves
        from agents.runs.log import LOG
    except ImportError as error:
        raise not_installed("drawing", error) from error
    try:
        logs = [run / LOG for run in arguments.folders]
        logs_by_name = dict(zip(labels(arguments.folders), logs, strict=True))
        draw_curves(logs_by_name, arguments.file, 1e6 * arguments.samples)
    except OSError as error:
        raise UserError(f"cannot use {error.filename}: {error.strerror}") from error
    except ValueError as error:
        raise UserError(str(error)) from error
    return 0


def labels(runs: Sequence[Path]) -> list[str]:
    """Return what a picture calls each of `runs`: its name, or its path if another has that name.

    Matplotlib takes dollars for mathematics, and leaves out what begins with a low line.
    """
    names = Counter(run.name for run in runs)
    labels = [run.name if names[run.name] == 1 else run.as_posix() for run in runs]
    labels = [label.replace("$", r"\$") for label in labels]
    return [f" {label}" if label.startswith("_") else label for label in labels]


def targets_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `targets`."""
    command.add_argument("model", type=Path, metavar="MODEL", nargs="?", default=default_model())
    command.add_argument("--episodes", type=count, default=32, metavar="N")
    command.add_argument(
        "--truth-of",
        choices=("cannon", "formation", "missile", "bombs", "ship", "all"),
        help="let it decide on the truth in place of what it sees, to tell what eyes are worth",
    )
    command.add_argument(
        "--minutes", type=minutes, help="cut each game off after so many (30 if not given)"
    )
    command.add_argument("--json", type=Path, metavar="FILE")
    game_options(command, usual_seed=0)


def targets(arguments: argparse.Namespace) -> int:
    """Compare what a network sees in its own games with the console's memory."""
    check_files(arguments.json)
    _without_a_socket()
    try:
        from agents.runs import eye_errors, eyes
    except ImportError as error:
        raise not_installed("measuring what a network sees", error) from error
    try:
        result = eyes.measure(
            eyes.Eyes(arguments.model),
            _cut_off(rules(arguments), arguments.minutes),
            arguments.episodes,
            arguments.seed,
            arguments.truth_of,
            lambda line: print(line, file=sys.stderr),
        )
    except ValueError as error:
        raise UserError(str(error)) from error
    hand_over(
        lambda: show(eye_errors.table(result)),
        lambda: write_json(arguments.json, result),
    )
    return 0


def _cut_off(played_by: Rules, after: float | None) -> Rules:
    """Return rules by which a game ends `after` so many minutes at the latest."""
    if after is None:
        return played_by
    return dataclasses.replace(played_by, frame_cap=round(after * 60 * FRAMES_PER_SECOND))


def _without_a_socket() -> None:
    """Keep urllib3, which TensorFlow loads, from asking a socket whether there is IPv6."""
    socket.has_ipv6 = False
