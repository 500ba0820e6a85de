"""A run's learning curve as a picture."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from agents.checkpoint import write_atomically

LOG = "log.jsonl"
SMOOTHING = 9  # log lines averaged, about four and a half minutes


def read_log(log: Path) -> list[dict[str, Any]]:
    """Return the entries of a run's log; a line that a crash cut short is left out."""
    entries = []
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            entries.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return entries


def draw_curves(logs: dict[str, Path], file: Path) -> None:
    """Draw score and value over gradient samples for each named log into the PNG `file`.

    Lines are training games, dots are trials: a hundred games without exploration.

    Raises OSError if a log cannot be read or the picture not written, ValueError if
    no log has a score yet.
    """
    figure = Figure(figsize=(9, 7), layout="constrained")
    scores, values = figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
    drawn = False
    for name, log in logs.items():
        entries = [e for e in read_log(log) if e.get("score") is not None and "q_online" in e]
        if not entries:
            continue
        drawn = True
        samples = [e["samples"] / 1e6 for e in entries]
        hours = entries[-1]["hours"]
        scores.plot(
            samples, _smooth([e["score"] for e in entries]), label=f"{name} ({hours:.1f} h)"
        )
        values.plot(samples, _smooth([e["q_online"] for e in entries]), label=name)
        trials = [e for e in read_log(log) if "trial" in e]
        colour = scores.lines[-1].get_color()
        at = [e["samples"] / 1e6 for e in trials]
        scores.plot(at, [e["trial"]["mean"] for e in trials], "o", color=colour)
    if not drawn:
        raise ValueError("there is no score to draw yet")
    scores.set_ylabel("score, last 100 training games")
    scores.legend(loc="upper left")
    values.set_ylabel("value (expected clipped hits)")
    values.set_xlabel("gradient samples (millions)")
    for axes in (scores, values):
        axes.grid(alpha=0.3)
        axes.set_ylim(bottom=0)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110)
    write_atomically(file, picture.getvalue())


def _smooth(values: list[float]) -> list[float]:
    half = SMOOTHING // 2
    windows = (values[max(0, i - half) : i + half + 1] for i in range(len(values)))
    return [sum(window) / len(window) for window in windows]
