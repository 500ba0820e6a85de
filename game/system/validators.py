"""Numbers and names that people write: one validator for each kind, for every command line.

Each takes the text and returns the value, or raises argparse.ArgumentTypeError with what is wanted.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable
from pathlib import Path

LARGEST_SEED = 2**31 - 1
LONGEST_NAME = 100  # letters
DAY = "day"  # in place of a seed: the seed of the day
# No folder or file is called so on one of the systems.
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_FORBIDDEN = frozenset('/\\:*?"<>|')
_DIGITS = re.compile(r"[+-]?[0-9]{1,18}")


def whole(least: int, most: int, wanted: str) -> Callable[[str], int]:
    """Return a validator of whole numbers; `wanted` says which in a sentence."""

    def read(text: str) -> int:
        if not _DIGITS.fullmatch(text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(wanted)
        return int(text)

    return read


def number(least: float, most: float, wanted: str) -> Callable[[str], float]:
    """Return a validator of numbers, none of them infinite; `wanted` says which in a sentence."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and least <= value <= most):
            raise argparse.ArgumentTypeError(wanted)
        return value

    return read


count = whole(1, 10**6, "a whole number above zero, and up to 1000000, is needed")
seed = whole(0, LARGEST_SEED, f"a seed is a number from 0 to {LARGEST_SEED}")
_seed_beside_day = whole(
    0, LARGEST_SEED, f"a seed is a number from 0 to {LARGEST_SEED}, or the word {DAY}"
)
minutes = number(0, 1e6, "a time is a number of minutes from 0 to 1000000, such as 12.5")
seconds = number(0, 1e6, "a time is a number of seconds from 0 to 1000000, such as 12.5")
learning_rate = number(1e-9, 1, "a learning rate is a number from 1e-9 to 1")


def part_name(text: str) -> str:
    """Return the name of a part of the program, or how it begins."""
    if not text.strip() or not text.isprintable() or len(text) > LONGEST_NAME:
        raise argparse.ArgumentTypeError("a part's name is needed, such as SDL")
    return text.strip()


def seed_or_day(text: str) -> int | str:
    """Return a seed, or `DAY`."""
    return text if text == DAY else _seed_beside_day(text)


def size(text: str) -> tuple[int, int]:
    """Return width and height in pixels."""
    width, cross, height = text.lower().partition("x")
    if not (cross and re.fullmatch("[0-9]{1,5}", width) and re.fullmatch("[0-9]{1,5}", height)):
        raise argparse.ArgumentTypeError("a size is written like 1280x720")
    return int(width), int(height)


def folder_name(text: str) -> str:
    """Return the name of one folder that can be made on every system, where it is to be made."""
    good = (
        0 < len(text) <= LONGEST_NAME
        and text.isprintable()
        and not _FORBIDDEN & set(text)
        and text[0] not in "-."
        and text[-1] not in " ."
        and not _RESERVED.fullmatch(text)
    )
    if not good:
        raise argparse.ArgumentTypeError(
            "a name is one folder's: letters, digits, spaces and such marks as - and _, the first "
            "of them no - and no dot"
        )
    return text


def model_file(text: str) -> Path:
    """Return the file of a model to write; its card and its weights get other endings."""
    file = Path(text)
    if file.suffix.lower() != ".tflite":
        raise argparse.ArgumentTypeError("a model's file ends in .tflite")
    return file
