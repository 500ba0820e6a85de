"""Groups of options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from game.cli.errors import UserError
from game.emulation.cabinet import Rules
from game.play.options import DEFAULT_SIZE
from game.system.validators import number, seed, seed_or_day, size, whole

_mode = whole(0, 15, "a mode is a number from 0 to 15")
_difficulty = whole(0, 1, "the difficulty is 0 or 1")
_sticky = number(0, 1, "stickiness is a probability from 0 to 1")
_frames = whole(1, 10**9, "a number of frames above zero is needed")


def game_options(
    command: argparse.ArgumentParser, usual_seed: int | None = None, daily: bool = False
) -> None:
    """Add what a game is played by; where games can be `daily`, the seed may be that of the day."""
    rules = Rules()
    if daily:
        command.add_argument(
            "--seed",
            type=seed_or_day,
            metavar="N",
            help="of the game, or the word day: the day's own, the same on every machine",
        )
    else:
        command.add_argument(
            "--seed", type=seed, default=usual_seed, metavar="N", help="of the game"
        )
    command.add_argument("--mode", type=_mode, default=rules.mode, metavar="0-15")
    command.add_argument("--difficulty", type=_difficulty, default=rules.difficulty, metavar="0-1")
    command.add_argument(
        "--sticky",
        type=_sticky,
        default=rules.sticky,
        metavar="P",
        help="probability that a frame repeats the last action (default %(default)s)",
    )


def display_options(command: argparse.ArgumentParser) -> None:
    """Add what a window looks and sounds like."""
    command.add_argument("--agent", type=Path, metavar="FILE", help="the network's .tflite")
    command.add_argument("--fullscreen", action="store_true")
    usual = "x".join(map(str, DEFAULT_SIZE))
    command.add_argument(
        "--size", type=size, metavar="WxH", help=f"default {usual}, less on a smaller desktop"
    )
    command.add_argument("--mute", action="store_true", help="start without sound")
    command.add_argument("--frames", type=_frames, metavar="N", help="close after N frames")


def refuse(arguments: argparse.Namespace, why: str, *options: str) -> None:
    """Raise UserError if one of `options` was given, because `why` leaves it without effect."""
    for option in options:
        value = getattr(arguments, option.lstrip("-").replace("-", "_"))
        if value is not None and value is not False:
            raise UserError(f"{option} has no effect {why}: leave it out")


def rules(arguments: argparse.Namespace) -> Rules:
    """Return the rules that `game_options` asked for."""
    return Rules(sticky=arguments.sticky, mode=arguments.mode, difficulty=arguments.difficulty)
