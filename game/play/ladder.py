"""The ladder of opponents, from a network that has just learnt to shoot up to the champion.

models/ladder holds earlier checkpoints of the champion's own training, each with its model card.
"""

from __future__ import annotations

import json
import logging
import math
from dataclasses import dataclass
from pathlib import Path

HEADLINE = "sticky 0.25"  # the evaluation protocol whose mean score ranks them
# The names that files in models/ladder may have.
RUNGS = ("recruit", "gunner", "corporal", "sergeant", "lieutenant", "captain", "major")
CHAMPION = "champion"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rung:
    """One opponent, as its card describes it."""

    model: Path
    name: str
    score: float  # points on average in the headline protocol
    minutes: float  # of training up to this checkpoint
    frames: int  # of play used for training up to this checkpoint
    taught: bool = False  # whether a teacher helped


def models(champion: Path) -> list[Path]:
    """Return the model files of the ladder beside `champion`, with `champion` last."""
    files = [champion.parent / "ladder" / f"{name}.tflite" for name in RUNGS]
    return [*(file for file in files if file.exists()), champion]


def ladder(champion: Path) -> list[Rung]:
    """Return the opponents beside the model file `champion`, the weakest first.

    An opponent without a usable model card is left out, with a warning in the log.
    """
    found = [_rung(file, CHAMPION if file == champion else file.stem) for file in models(champion)]
    return sorted((rung for rung in found if rung is not None), key=lambda rung: rung.score)


def recommended(rungs: list[Rung]) -> int:
    """Return the index of the opponent for new players: the second weakest."""
    return min(1, len(rungs) - 1)


def _rung(model: Path, name: str) -> Rung | None:
    try:
        card = json.loads(model.with_suffix(".json").read_text(encoding="utf-8"))
        score = float(card["results"][HEADLINE]["summary"]["mean"])
        training = card["training"]
        minutes, frames = 60 * float(training["hours"]), int(training["frames"])
        if not (math.isfinite(score) and math.isfinite(minutes)):
            raise ValueError("a number is not finite")
        return Rung(model, name, score, minutes, frames, bool(training.get("teacher")))
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        what = type(error).__name__
        _log.warning("%s is left out, its card cannot be used: %s: %s", model, what, error)
        return None
