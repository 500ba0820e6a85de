"""What a measurement promises: limits of its figures, whether they hold, and how that is told."""

from __future__ import annotations

import operator
import os
import platform
from collections.abc import Callable, Mapping
from typing import Any

# How a figure is compared with its limit, and the limit; by the figure's name.
Limits = Mapping[str, tuple[str, float]]

_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "at most": operator.le,
    "at least": operator.ge,
    "under": operator.lt,
}


def machine() -> str:
    """Return what figures were measured on."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def judged(figures: Mapping[str, float], limits: Limits) -> dict[str, Any]:
    """Return figures, limits, a check of each figure that was measured, and a verdict of all."""
    checks = {
        name: _HOLDS[word](figures[name], limit)
        for name, (word, limit) in limits.items()
        if name in figures
    }
    return {
        "figures": dict(figures),
        "limits": {name: f"{word} {limit:g}" for name, (word, limit) in limits.items()},
        "checks": checks,
        "passed": all(checks.values()),
    }


def table(result: Mapping[str, Any], width: int, digits: int) -> list[str]:
    """Return a line for each figure of what `judged` returned; names take `width` columns."""
    lines = []
    for name, value in result["figures"].items():
        limit = result["limits"].get(name, "")
        mark = "" if name not in result["checks"] else "ok" if result["checks"][name] else "FAILED"
        lines.append(f"{name:{width}}{value:12.{digits}f}  {limit:16}{mark}".rstrip())
    return lines
