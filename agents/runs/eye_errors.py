"""Statistics of what a student sees wrongly, and their table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.state import targets
from agents.state.overlaps import overlaps
from agents.state.scripted_expert import GameState

PERCENTILES = (50, 90, 99)
WRONG = 0.5  # of what is there or not: an error beyond this is a mistake
WAVES = (1, 2, 3, 4, 8, 16)  # the first wave of each group
FEWEST = 30  # cases, below which percentiles say nothing


@dataclass(frozen=True)
class Row:
    """Targets that are measured together, in what unit, and of which thing (see overlaps.py)."""

    name: str
    which: NDArray[np.int64]
    unit: str = "pixels"
    thing: str = ""


def _row(name: str, which: slice | int, unit: str = "pixels", thing: str = "") -> Row:
    return Row(name, np.atleast_1d(np.arange(targets.TARGETS)[which]), unit, thing)


YES_NO = "yes or no"
_LOWER, _UPPER = 0, 1
ROWS = (
    _row("cannon x", targets.CANNON, thing="cannon"),
    _row("formation x", targets.FORMATION_X, thing="formation"),
    _row("formation y", targets.FORMATION_Y, thing="formation"),
    _row("formation's heading", targets.HEADING, YES_NO, "formation"),
    _row("outer columns", targets.ENDS, "columns"),
    _row("invaders left", targets.COUNT, "invaders", "formation"),
    _row("columns left", targets.COLUMNS, YES_NO),
    _row("lowest invaders' y", targets.BOTTOMS),
    _row("where a missile passes", targets.PASSING, thing="formation"),
    _row("missile x", targets.MISSILE_X, thing="missile"),
    _row("missile y", targets.MISSILE_Y, thing="missile"),
    _row("a missile is there", targets.SHOWN, YES_NO),
    _row("lower bomb x", targets.BOMBS_X.start + _LOWER, thing="lower bomb"),
    _row("lower bomb y", targets.BOMBS_Y.start + _LOWER, thing="lower bomb"),
    _row("upper bomb x", targets.BOMBS_X.start + _UPPER, thing="upper bomb"),
    _row("upper bomb y", targets.BOMBS_Y.start + _UPPER, thing="upper bomb"),
    _row("bombs are there", targets.FALLING, YES_NO),
    _row("saucer x", targets.SHIP),
)


def errors_by_target(
    errors: NDArray[np.floating[Any]], ram: NDArray[np.uint8], waves: NDArray[np.int64]
) -> dict[str, Any]:
    """Return the percentiles of `errors` [N, 37], NaN where unknown, by the names in ROWS.

    Each has `all`, and by what overlaps the thing (`by_overlap`, given `ram` [N, 2, 129]) and by
    groups of `waves` [N] (`by_wave`) the same. What has too few cases has no percentiles.
    """
    conditions = overlaps(GameState.of(ram))
    groups = _wave_groups(waves)
    result = {}
    for row in ROWS:
        own = errors[:, row.which]
        result[row.name] = {
            "unit": row.unit,
            "all": _statistics(own),
            "by_overlap": {
                name: _statistics(own[where])
                for name, where in conditions.get(row.thing, {}).items()
            },
            "by_wave": {name: _statistics(own[where]) for name, where in groups.items()},
        }
    return result


def _wave_groups(waves: NDArray[np.int64]) -> dict[str, NDArray[np.bool_]]:
    groups = {}
    for first, after in zip(WAVES, (*WAVES[1:], np.iinfo(np.int64).max), strict=True):
        last = after - 1
        name = f"{first} on" if first == WAVES[-1] else str(first)
        name = f"{first} to {last}" if first < last and first != WAVES[-1] else name
        groups[name] = (waves >= first) & (waves < after)
    return groups


def _statistics(errors: NDArray[np.floating[Any]]) -> dict[str, Any]:
    known = errors[np.isfinite(errors)]
    if len(known) < FEWEST:
        return {"cases": len(known), "percentiles": None, "wrong": None}
    percentiles = [round(float(each), 3) for each in np.percentile(known, PERCENTILES)]
    wrong = round(float((known > WRONG).mean()), 5)
    return {"cases": len(known), "percentiles": percentiles, "wrong": wrong}


def table(result: dict[str, Any]) -> str:
    """Return what eyes.measure returned as text."""
    summary = result["summary"]
    low, high = summary["mean_95"]
    what = result["truth_of"]
    decides = "what it sees" if what is None else f"what it sees, with the truth of {what}"
    lines = [
        f"{result['model']}, {result['decisions']} of its own decisions, made on {decides}",
        f"{summary['episodes']} games on seeds {result['seeds'][0]} to {result['seeds'][1]}: "
        f"mean {summary['mean']:.1f} (95 % bootstrap {low:.1f} to {high:.1f}), "
        f"median {summary['median']:.1f}",
        _lives(result["lives_lost"], result["points_per_life"]),
        "",
        _line("error against memory", ["cases", *(f"{each} %" for each in PERCENTILES), "> 0.5"]),
    ]
    errors = result["errors"]
    lines += [_figures(f"{n}, {e['unit']}", e["all"]) for n, e in errors.items()]
    lines += ["", "by what overlaps it"]
    for name, entry in errors.items():
        lines += [_figures(f"{name}: {what}", s) for what, s in entry["by_overlap"].items()]
    lines += ["", "by wave"]
    for name, entry in errors.items():
        lines += [_figures(f"{name}: {wave}", s) for wave, s in entry["by_wave"].items()]
    return "\n".join(lines)


def _lives(lost: int, points: float | None) -> str:
    return (
        "no life was lost" if points is None else f"{lost} lives lost, {points:.0f} points a life"
    )


def _figures(name: str, statistics: dict[str, Any]) -> str:
    cases, percentiles = statistics["cases"], statistics["percentiles"]
    if percentiles is None:
        return _line(name, [str(cases)])
    shown = [f"{each:.2f}" for each in percentiles]
    return _line(name, [str(cases), *shown, f"{statistics['wrong']:.2%}"])


def _line(name: str, cells: list[str]) -> str:
    return f"{name:42}" + "".join(f"{cell:>9}" for cell in cells)
