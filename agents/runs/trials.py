"""Trials: a run is evaluated by the protocol now and then, with the player that the window uses.

runs/NAME/latest.*    the model of the last trial
runs/NAME/best.*      the model of the best trial, with its result on fresh seeds in the card
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from agents.config import TrainingConfig
from agents.inference.evaluate import add_to_card, evaluate
from agents.runs.export import SUFFIXES, export_run
from game.system.together import replace_together

# A model is chosen on one set of seeds and reported on another, so that the report is unbiased.
CHOICE_SEED = 1_000_000
FRESH_SEED = 2_000_000
SEEDS_APART = 10_000


def hold_trial(
    folder: Path,
    config: TrainingConfig,
    number: int,
    best: float | None,
    stopped: Callable[[], bool],
) -> dict[str, Any]:
    """Evaluate the newest checkpoint in `folder`; keep a copy of its model if it beats `best`.

    Returns the statistics as `trial`, and as `fresh` those on fresh seeds if it was the best.
    `number` counts the trials of a run, so that no two use the same fresh seeds. Raises the
    errors of `export_run` and `evaluate`, among them EvaluationStoppedError if it is `stopped`.
    """
    model = folder / "latest.tflite"
    export_run(folder, model)
    rules, count = config.rules(), config.trial_episodes
    trial = evaluate(str(model), rules, count, CHOICE_SEED, stopped=stopped)["summary"]
    if best is not None and trial["mean"] <= best:
        return {"trial": trial}
    seed = FRESH_SEED + number * SEEDS_APART
    fresh = evaluate(str(model), rules, count, seed, stopped=stopped)
    add_to_card(model, fresh)
    files = {suffix: model.with_suffix(suffix).read_bytes() for suffix in SUFFIXES}
    replace_together(folder / "best", files)
    return {"trial": trial, "fresh": fresh["summary"]}
