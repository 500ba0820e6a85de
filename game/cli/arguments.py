"""What several commands share: kinds of values, and groups of options."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from game.emulation.cabinet import Rules
from game.play.options import DEFAULT_SIZE


def size(text: str) -> tuple[int, int]:
    """Return width and height in pixels."""
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError("a size is written like 1280x720")
    return int(width), int(height)


def seconds(text: str) -> float:
    """Return a time in seconds, zero or more."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError("a time is a number of seconds, such as 12.5")
    return number


def positive(text: str) -> int:
    """Return a whole number above zero."""
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError("a whole number above zero is needed")
    return int(text)


def seed(text: str) -> int:
    """Return a seed of a training run."""
    if not text.isdigit() or int(text) >= 2**31:
        raise argparse.ArgumentTypeError("a seed is a number from 0 to 2147483647")
    return int(text)


def game_options(command: argparse.ArgumentParser, seed: int | None = None) -> None:
    """Add what a game is played by; `seed` is the one if none is given."""
    rules = Rules()
    command.add_argument("--seed", type=int, default=seed, metavar="N", help="of the game")
    command.add_argument("--mode", type=int, default=rules.mode, metavar="0-15")
    command.add_argument("--difficulty", type=int, default=rules.difficulty, metavar="0-1")
    command.add_argument(
        "--sticky",
        type=float,
        default=rules.sticky,
        metavar="P",
        help="probability that a frame repeats the last action (default %(default)s)",
    )


def display_options(command: argparse.ArgumentParser) -> None:
    """Add what a window looks and sounds like."""
    command.add_argument("--agent", type=Path, metavar="FILE", help="the network's .tflite")
    command.add_argument("--fullscreen", action="store_true")
    command.add_argument("--size", type=size, default=DEFAULT_SIZE, metavar="WxH")
    command.add_argument("--mute", action="store_true", help="start without sound")
    command.add_argument("--frames", type=int, metavar="N", help="close after N frames")


def rules(arguments: argparse.Namespace) -> Rules:
    """Return the rules that `game_options` asked for; raise RulesError if there are no such."""
    return Rules(sticky=arguments.sticky, mode=arguments.mode, difficulty=arguments.difficulty)
