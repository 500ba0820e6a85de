"""The commands that measure: evaluate, bench, selftest."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from game.cli.arguments import game_options, positive, rules
from game.cli.errors import TRAINING_HINT, UserError
from game.cli.models import agent_loader, saliency_loader
from game.cli.results import write_json
from game.system.paths import default_model


def evaluate_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate`."""
    command.add_argument(
        "--agent",
        default=str(default_model()),
        help="FILE, random, constant:ACTION or scripted-expert",
    )
    command.add_argument("--episodes", type=positive, default=100, metavar="N")
    command.add_argument("--workers", type=positive, help="processes (default: all cores)")
    command.add_argument("--json", type=Path, metavar="FILE")
    command.add_argument(
        "--card", action="store_true", help="write the result into the model's card"
    )
    game_options(command, seed=0)


def evaluate(arguments: argparse.Namespace) -> int:
    """Play many games of one player and say what they have in common."""
    from agents.inference import evaluate as protocol

    played_by = rules(arguments)
    try:
        result = protocol.evaluate(
            arguments.agent, played_by, arguments.episodes, arguments.seed, arguments.workers
        )
        print(protocol.table(arguments.agent, played_by, result["summary"]))
        if arguments.json is not None:
            protocol.write_json(arguments.json, result)
        if arguments.card:
            protocol.add_to_card(Path(arguments.agent), result)
    except (ValueError, protocol.EvaluationError) as error:
        raise UserError(str(error)) from error
    except OSError as error:
        raise UserError(f"cannot write {error.filename}: {error.strerror}") from error
    return 0


def bench_play_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `bench play`."""
    command.add_argument("--seconds", type=positive, default=60)
    command.add_argument("--agent", type=Path, metavar="FILE")
    command.add_argument("--json", type=Path, metavar="FILE")


def bench_play(arguments: argparse.Namespace) -> int:
    """Measure a race with everything on in the real loop."""
    from game.ui.tools import bench

    agent = arguments.agent
    try:
        result = bench.bench_play(agent_loader(agent), saliency_loader(agent), arguments.seconds)
    except bench.BenchError as error:
        raise UserError(str(error)) from error
    print(bench.report(result))
    write_json(arguments.json, result)
    return 0 if result["passed"] else 1


def bench_training_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `bench training`."""
    command.add_argument("--seconds", type=positive, default=40, help="for each case")
    command.add_argument("--json", type=Path, metavar="FILE")


def bench_training(arguments: argparse.Namespace) -> int:
    """Measure how many samples a second the learner takes."""
    from importlib.util import find_spec

    if find_spec("tensorflow") is None:
        raise UserError(f"training needs tensorflow: {TRAINING_HINT}")
    from agents.runs import bench

    try:
        result = bench.bench_training(arguments.seconds, lambda case: print(case, file=sys.stderr))
    except bench.TrainingBenchError as error:
        raise UserError(str(error)) from error
    print(bench.report(result))
    write_json(arguments.json, result)
    return 0 if result["passed"] else 1


def selftest_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `selftest`."""
    command.add_argument("--json", type=Path, metavar="FILE")
    command.add_argument(
        "--pictures", type=Path, metavar="FOLDER", help="keep a picture of each scene"
    )
    command.add_argument("--agent", type=Path, metavar="FILE")


def selftest(arguments: argparse.Namespace) -> int:
    """Check that everything is there and works."""
    from game.ui.tools import selftest

    agent = arguments.agent
    result = selftest.selftest(
        agent_loader(agent),
        arguments.pictures,
        saliency_loader(agent),
        default_model() if agent is None else None,
        agent_loader,
    )
    print(selftest.report(result))
    write_json(arguments.json, result)
    return 0 if result["passed"] else 1
