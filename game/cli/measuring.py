"""The commands that measure: evaluate, lives, bench, selftest."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from game.cli.arguments import game_options, rules
from game.cli.errors import STOPPED, TRAINING_HINT, UserError, not_installed
from game.cli.models import agent_loader, saliency_loader
from game.cli.results import as_user_errors, check_files, check_folders, hand_over, write_json
from game.cli.stopping import Stop
from game.cli.terminal import show
from game.system.paths import default_model
from game.system.validators import count, size, whole


def evaluate_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate`."""
    command.add_argument(
        "--agent",
        default=str(default_model()),
        help="FILE, random, constant:ACTION, scripted-expert or advised:TEACHER",
    )
    command.add_argument("--episodes", type=count, default=100, metavar="N")
    command.add_argument("--workers", type=count, help="processes (default: all cores)")
    command.add_argument("--json", type=Path, metavar="FILE")
    command.add_argument(
        "--card", action="store_true", help="write the result into the model's card"
    )
    game_options(command, usual_seed=0)


def evaluate(arguments: argparse.Namespace) -> int:
    """Play many games of one player and say what they have in common.

    Who stops it gets what the games say that were begun by then; the card stays as it was.
    """
    from agents.inference import evaluate as protocol

    model = _model_with_card(arguments.agent) if arguments.card else None
    check_files(arguments.json, None if model is None else model.with_suffix(".json"))
    played_by, agent = rules(arguments), arguments.agent
    try:
        with Stop("finishing the games that have begun: stop again to give them up") as stop:
            result = protocol.evaluate(
                agent,
                played_by,
                arguments.episodes,
                arguments.seed,
                arguments.workers,
                enough=lambda: stop.requested,
            )
    except (ValueError, protocol.EvaluationError) as error:
        raise UserError(str(error)) from error
    played = len(result["episodes"])
    whole = played == arguments.episodes
    if not whole:
        print(f"stopped after {played} of {arguments.episodes} games", file=sys.stderr)

    def add_to_card() -> None:
        if model is not None and whole:
            with as_user_errors(model.with_suffix(".json")):
                protocol.add_to_card(model, result)

    hand_over(
        lambda: show(protocol.table(agent, played_by, result["summary"])),
        lambda: write_json(arguments.json, result),
        add_to_card,
    )
    return 0 if whole else STOPPED


def lives_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `lives`."""
    command.add_argument(
        "agents",
        type=str,  # a file, or a word
        nargs="*",
        default=[str(default_model())],
        metavar="AGENT",
        help="FILE, scripted-expert or advised:TEACHER; it is the first who plays the games",
    )
    command.add_argument("--episodes", type=count, default=50, metavar="N")
    command.add_argument(
        "--tries", type=count, default=8, metavar="N", help="of each moment (default %(default)s)"
    )
    command.add_argument("--workers", type=count, help="processes (default: all cores)")
    command.add_argument("--json", type=Path, metavar="FILE")
    game_options(command, usual_seed=0)


def lives(arguments: argparse.Namespace) -> int:
    """Let players try to save the lives that the first of them lost."""
    from agents.inference.evaluate import EvaluationError

    check_files(arguments.json)
    try:
        from agents.runs import lost_lives
    except ImportError as error:
        raise not_installed("trying lost lives again", error) from error
    try:
        result = lost_lives.measure(
            arguments.agents,
            rules(arguments),
            arguments.episodes,
            arguments.seed,
            arguments.tries,
            arguments.workers,
            lambda line: print(line, file=sys.stderr),
        )
    except (ValueError, EvaluationError) as error:
        raise UserError(str(error)) from error
    hand_over(
        lambda: show(lost_lives.table(result)),
        lambda: write_json(arguments.json, result),
    )
    return 0


def _model_with_card(agent: str) -> Path:
    """Return the file of a model that has a card; raise UserError otherwise."""
    from agents.config import ADVISED, SCRIPTED_EXPERT
    from agents.inference.player import ModelError, read_card

    if agent in ("random", SCRIPTED_EXPERT) or agent.startswith(("constant:", ADVISED)):
        raise UserError(f"{agent} has no card: name a model's file with --agent")
    try:
        read_card(Path(agent))
    except ModelError as error:
        raise UserError(str(error)) from error
    return Path(agent)


def bench_play_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `bench play`."""
    command.add_argument("--seconds", type=count, default=60)
    command.add_argument(
        "--followers",
        type=count,
        metavar="N",
        help="and again while N follow in browsers",
    )
    command.add_argument(
        "--players",
        type=whole(1, 2, "1 or 2 people race the network"),
        metavar="{1,2}",
        default=1,
        help="how many people race the network (default %(default)s)",
    )
    command.add_argument(
        "--takes",
        type=count,
        default=1,
        metavar="N",
        help="run the same race so often and count each frame's median (default %(default)s)",
    )
    command.add_argument(
        "--size", type=size, metavar="WxH", help="of the window (default 1920x1080)"
    )
    command.add_argument("--agent", type=Path, metavar="FILE")
    command.add_argument("--json", type=Path, metavar="FILE")


def bench_play(arguments: argparse.Namespace) -> int:
    """Measure a race with everything on in the real loop."""
    from game.cli.audience import followed_by
    from game.ui.tools import bench

    check_files(arguments.json)
    agent = arguments.agent
    try:
        result = bench.bench_play(
            agent_loader(agent),
            saliency_loader(agent),
            arguments.seconds,
            None if arguments.followers is None else followed_by(arguments.followers),
            arguments.players,
            arguments.size or bench.SIZE,
            arguments.takes,
        )
    except bench.BenchError as error:
        raise UserError(str(error)) from error
    hand_over(
        lambda: show(bench.report(result)),
        lambda: write_json(arguments.json, result),
    )
    return 0 if result["passed"] else 1


def bench_web_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `bench web`."""
    command.add_argument("--seconds", type=count, default=10, help="for each figure")
    command.add_argument(
        "--streamlit", type=Path, metavar="PYTHON", help="a Python with Streamlit, to compare with"
    )
    command.add_argument("--json", type=Path, metavar="FILE")


def bench_web(arguments: argparse.Namespace) -> int:
    """Measure the page, its server, and two other ways to show a game in a browser."""
    from game.cli.web import check_parts

    check_parts()
    try:
        from game.web import bench
    except ImportError as error:
        raise UserError("the page is measured from the source, not in this executable") from error

    check_files(arguments.json)
    try:
        result = bench.bench_web(
            arguments.seconds, arguments.streamlit, lambda case: print(case, file=sys.stderr)
        )
    except (bench.WebBenchError, OSError) as error:
        raise UserError(str(error)) from error
    hand_over(
        lambda: show(bench.report(result)),
        lambda: write_json(arguments.json, result),
    )
    return 0 if result["passed"] else 1


def bench_training_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `bench training`."""
    command.add_argument("--seconds", type=count, default=40, help="for each case")
    command.add_argument("--json", type=Path, metavar="FILE")


def bench_training(arguments: argparse.Namespace) -> int:
    """Measure how many samples a second the learner takes."""
    from importlib.util import find_spec

    check_files(arguments.json)
    if find_spec("tensorflow") is None:
        raise UserError(f"training needs tensorflow: {TRAINING_HINT}")
    from agents.runs import bench

    try:
        result = bench.bench_training(arguments.seconds, lambda case: print(case, file=sys.stderr))
    except bench.TrainingBenchError as error:
        raise UserError(str(error)) from error
    hand_over(
        lambda: show(bench.report(result)),
        lambda: write_json(arguments.json, result),
    )
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

    check_files(arguments.json)
    check_folders(arguments.pictures)
    agent = arguments.agent
    result = selftest.selftest(
        agent_loader(agent),
        arguments.pictures,
        saliency_loader(agent),
        default_model() if agent is None else None,
        agent_loader,
    )
    hand_over(
        lambda: show(selftest.report(result)),
        lambda: write_json(arguments.json, result),
    )
    return 0 if result["passed"] else 1
