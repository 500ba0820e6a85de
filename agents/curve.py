"""A run's learning curve as a picture."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from agents.evaluate import entropy_bits
from agents.journal import read_log
from game.files import write_atomically

SMOOTHING = 9  # log lines averaged, about four and a half minutes


def draw_curves(logs: dict[str, Path], file: Path, most_samples: float = math.inf) -> None:
    """Draw each named log over gradient samples, up to `most_samples`, into the PNG `file`.

    From top to bottom: score, value, and how varied the play is. Lines are training
    games, dots are trials: a hundred games without exploration.

    Raises OSError if a log cannot be read or the picture not written, ValueError if
    no log has a score yet.
    """
    figure = Figure(figsize=(9, 9), layout="constrained")
    axes = figure.subplots(3, 1, sharex=True, height_ratios=[2, 1, 1])
    scores, values, variety = axes
    drawn = []
    for name, log in logs.items():
        entries = [entry for entry in read_log(log) if entry["samples"] <= most_samples]
        drawn.append(_draw_log(name, entries, *axes))
    if not any(drawn):
        raise ValueError("there is no score to draw yet")
    scores.set_ylabel("score, last 100 training games")
    scores.legend(loc="upper left")
    values.set_ylabel("value (expected clipped hits)")
    variety.set_ylabel("entropy of actions,\ndots: top (place, action)")
    variety.set_ylim(top=1)
    variety.set_xlabel("gradient samples (millions)")
    for each in axes:
        each.grid(alpha=0.3)
        each.set_ylim(bottom=0)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110)
    write_atomically(file, picture.getvalue())


def _draw_log(
    name: str, entries: list[dict[str, Any]], scores: Axes, values: Axes, variety: Axes
) -> bool:
    """Draw one log in a colour of its own; return whether it had a score."""
    games = [e for e in entries if e.get("score") is not None and "q_online" in e]
    if not games:
        return False
    at = [e["samples"] / 1e6 for e in games]
    label = f"{name} ({games[-1]['hours']:.1f} h)"
    (line,) = scores.plot(at, _smooth([e["score"] for e in games]), label=label)
    colour = line.get_color()
    values.plot(at, _smooth([e["q_online"] for e in games]), color=colour)
    told = [e for e in games if "action_shares" in e]
    shares = [np.array(e["action_shares"]) for e in told]
    entropy = [entropy_bits(each) / math.log2(len(each)) for each in shares]
    variety.plot([e["samples"] / 1e6 for e in told], _smooth(entropy), color=colour)
    trials = [e for e in entries if "trial" in e]
    at = [e["samples"] / 1e6 for e in trials]
    scores.plot(at, [e["trial"]["mean"] for e in trials], "o", color=colour)
    variety.plot(at, [e["trial"]["top_pair"]["share"] for e in trials], "o", color=colour)
    return True


def _smooth(values: list[float]) -> list[float]:
    half = SMOOTHING // 2
    windows = (values[max(0, i - half) : i + half + 1] for i in range(len(values)))
    return [sum(window) / len(window) for window in windows]
