"""What the window's loop takes, frame by frame."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.ui.window.pacer import Pacer

WARM_UP_FRAMES = 60
FIXED_FRAMES = 600
FIXED_SQUARES = 10_000  # half a millisecond and more


@dataclass
class LoopTimes:
    """What draws of the loop took, in seconds, one entry for each of them."""

    starts: list[float] = field(default_factory=list)  # of the clock
    due: list[int] = field(default_factory=list)  # frames that were due at the start
    frames: list[int] = field(default_factory=list)  # the number of the one that is drawn
    updates: list[float] = field(default_factory=list)
    works: list[float] = field(default_factory=list)  # updates and drawing

    @property
    def seconds(self) -> float:
        """The span that is measured: from the first draw's start to the last one's."""
        return self.starts[-1] - self.starts[0]

    def pace(self) -> dict[str, float]:
        """Return how even it was, by name. Frames are those that fell due within the span."""
        intervals = np.diff(self.starts)
        due = self.due[1:]  # the first ones fell due before
        rate = sum(due) / self.seconds
        return {
            "frames_per_second": rate,
            "frames_per_second_error": abs(rate / FRAMES_PER_SECOND - 1),
            "late_frames": float(sum(due) - len(due)),
            "interval_sd_ms": float(np.std(intervals) * 1000),
        }


def costs(takes: Sequence[LoopTimes]) -> dict[str, float]:
    """Return what updating and drawing a frame costs, by name; see `percentiles`."""
    updates = [dict(zip(take.frames, take.updates, strict=True)) for take in takes]
    works = [dict(zip(take.frames, take.works, strict=True)) for take in takes]
    return percentiles("update", updates) | percentiles("frame", works, most=True)


def percentiles(
    name: str, takes: Sequence[Mapping[int, float]], most: bool = False
) -> dict[str, float]:
    """Return two percentiles of what frames take, and the `most`, in milliseconds by `name`.

    Each of the `takes` has the seconds of frames by their numbers. A frame counts with its median,
    and if more than half of the takes have it. They show the same frames, so what belongs to a
    frame is long in all of them; what another program or a virtual machine's host took meanwhile
    is in one.
    """
    numbers = Counter(number for take in takes for number in take)
    medians = [
        1000 * statistics.median(take[number] for take in takes if number in take)
        for number, found in numbers.items()
        if found > len(takes) / 2
    ]
    shares = {"p50": 50, "p99": 99} | ({"max": 100} if most else {})
    return {
        f"{name}_{word}_ms": float(np.percentile(medians, share)) for word, share in shares.items()
    }


class Loop(Protocol):
    """What the window's loop calls."""

    def poll(self) -> None: ...
    def update(self) -> None: ...
    def draw(self) -> None: ...


def run_loop(
    app: Loop,
    draws: int,
    begin: Callable[[], None],
    pacer: Pacer,
    clock: Callable[[], float] = time.perf_counter,
) -> LoopTimes:
    """Run the window's loop for a warm-up and, after `begin`, for so many `draws`; time these.

    The first of them is one that comes in time, so what was late in the warm-up stays there.
    """
    times = LoopTimes()
    warm = frame = 0
    while len(times.starts) < draws:
        due = pacer.wait()
        measures = bool(times.starts) or (warm >= WARM_UP_FRAMES and due == 1)
        if measures and not times.starts:
            begin()
        start = clock()
        app.poll()
        for _ in range(due):
            app.update()
        frame += due
        updated = clock()
        app.draw()
        warm += not measures
        if measures:
            times.starts.append(start)
            times.due.append(due)
            times.frames.append(frame)
            times.updates.append(updated - start)
            times.works.append(clock() - start)
    return times


def calculate(squares: int) -> None:
    """Do arithmetic that is always the same."""
    sum(number * number for number in range(squares))


class _FixedWork:
    """In the window's place: the same arithmetic in each frame, and nothing drawn."""

    def poll(self) -> None:
        """Take no input."""

    def update(self) -> None:
        calculate(FIXED_SQUARES)

    def draw(self) -> None:
        """Draw nothing."""


def fixed_work() -> dict[str, float]:
    """Return what work that is always the same takes in the loop: the machine's own unrest."""
    spent = costs([run_loop(_FixedWork(), FIXED_FRAMES, lambda: None, Pacer())])
    return {f"fixed_work_{name}_ms": spent[f"update_{name}_ms"] for name in ("p50", "p99")}
