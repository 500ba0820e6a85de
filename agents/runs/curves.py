"""Learning curves of runs as a picture."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from agents.inference.evaluate import entropy_bits
from agents.runs.log import read_log
from game.system.files import write_atomically

SMOOTHING = 9  # lines of the log in a moving average, about four and a half minutes
LIVES_SMOOTHING = 31  # lines whose points and lost lives are summed: lives are few
LIVES = 3  # of a game


def draw_curves(logs: dict[str, Path], file: Path, most_samples: float = math.inf) -> None:
    """Draw each named log over gradient samples, up to `most_samples`, into the PNG `file`.

    From top to bottom: the score (dashed: points per three lives, games under way included); the
    value (dashed: the gap between online and target network); and how varied the play is (dotted:
    the share of the most frequent pair of position and action, in runs that read the position).
    Lines are training games; dots are trials, a hundred games without exploration.

    Raises OSError if a log cannot be read or the picture cannot be written, and ValueError if no
    log has a score or a lost life yet.
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
    scores.set_ylabel("score, last 100 training games,\ndashed: points per three lives")
    scores.legend(loc="best")
    values.set_ylabel("expected hits (value),\ndashed: gap to target")
    variety.set_ylabel("entropy of actions,\ndotted: top (position, action)")
    variety.set_ylim(top=1)
    variety.set_xlabel("million gradient samples")
    for each in axes:
        each.grid(alpha=0.3)
        each.set_ylim(bottom=0)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110)
    write_atomically(file, picture.getvalue())


def _draw_log(
    name: str, entries: list[dict[str, Any]], scores: Axes, values: Axes, variety: Axes
) -> bool:
    """Draw one log in a colour of its own; return whether it has a score or a lost life."""
    learnt = [e for e in entries if "q_online" in e]
    games = [e for e in learnt if e.get("score") is not None]
    lived = [e for e in learnt if "deaths" in e]
    if not games and not any(e["deaths"] for e in lived):
        return False
    (line,) = scores.plot([], [], label=f"{name} ({learnt[-1]['hours']:.1f} h)")

    def plot(axes: Axes, style: str, entries: list[dict[str, Any]], heights: list[float]) -> None:
        at = [e["samples"] / 1e6 for e in entries]
        axes.plot(at, heights, style, color=line.get_color())

    plot(scores, "-", games, _smooth([e["score"] for e in games]))
    plot(scores, "--", lived, _points_per_game(lived))
    plot(values, "-", learnt, _smooth([e["q_online"] for e in learnt]))
    with_gap = [e for e in learnt if "q_gap" in e]
    plot(values, "--", with_gap, _smooth([e["q_gap"] for e in with_gap]))
    acted = [e for e in learnt if "action_shares" in e]
    shares = [np.array(e["action_shares"]) for e in acted]
    entropy = [entropy_bits(each) / math.log2(len(each)) for each in shares]
    plot(variety, "-", acted, _smooth(entropy))
    placed = [e for e in learnt if "top_pair" in e]
    plot(variety, ":", placed, _smooth([e["top_pair"]["share"] for e in placed]))
    trials = [e for e in entries if "trial" in e]
    plot(scores, "o", trials, [e["trial"]["mean"] for e in trials])
    plot(variety, "o", trials, [e["trial"]["top_pair"]["share"] for e in trials])
    return True


def _points_per_game(entries: list[dict[str, Any]]) -> list[float]:
    """Return the points per three lives around each of `entries`, NaN where none was lost.

    The first games of a run that end are short ones; this counts games under way as well.
    """
    points, deaths = (
        [sum(window) for window in _windows([e[name] for e in entries], LIVES_SMOOTHING)]
        for name in ("points", "deaths")
    )
    return [LIVES * p / d if d else math.nan for p, d in zip(points, deaths, strict=True)]


def _smooth(values: list[float]) -> list[float]:
    return [sum(window) / len(window) for window in _windows(values, SMOOTHING)]


def _windows(values: list[float], width: int) -> Iterator[list[float]]:
    """Yield the `width` values around each of `values`, at the ends fewer."""
    half = width // 2
    return (values[max(0, i - half) : i + half + 1] for i in range(len(values)))
