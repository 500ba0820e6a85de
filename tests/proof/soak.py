"""Hours of play through the real window loop: memory, descriptors and late frames."""

from __future__ import annotations

import gc
import random
import time
from collections import Counter
from pathlib import Path

import psutil

from game.emulation.cabinet import FRAMES_PER_SECOND, Rules
from game.ui.window.app import App
from game.ui.window.pacer import Pacer
from tests.helpers.monkeys import do_anything, let_go
from tests.helpers.visit import Visits

from .control import Control
from .trial import Trial

MINUTES = 480  # of emulated play, as fast as it goes
PACED_MINUTES = 60  # at sixty frames a second, for late frames
WARM_SHARE = 0.25  # of the minutes, before memory is compared
FEWEST_MINUTES = 30  # below that a slope means nothing
MOST_MB_AN_HOUR, MOST_DESCRIPTORS, MOST_LATE = 1.0, 2, 0.001
RULES = Rules(frame_cap=1_800)
VISIT_FRAMES, PAUSE_FRAMES = 40 * FRAMES_PER_SECOND, 50 * FRAMES_PER_SECOND


class MinuteOverError(Exception):
    """The loop is left here, to look at what it holds."""


class Visitor(Pacer):
    """The loop's clock, and whoever comes to the arcade and goes away again."""

    def __init__(self, seed: int, paced: bool) -> None:
        super().__init__()
        self._chance = random.Random(seed)
        self._paced = paced
        self._left = 0
        self._frame = 0
        self.frames = self.late = 0
        self.app: App | None = None
        self.scenes: Counter[str] = Counter()

    def begin(self) -> None:
        """Let another minute go by."""
        self._left = 60 * FRAMES_PER_SECOND
        if self._paced:
            super().__init__()

    def wait(self) -> int:
        """Return the frames due; raise MinuteOverError at the minute's end."""
        if self._left <= 0:
            raise MinuteOverError
        due = super().wait() if self._paced else 1
        self._left -= due
        self.frames += due
        self.late += due - 1
        self._frame += due
        time_of_visit = self._frame % (VISIT_FRAMES + PAUSE_FRAMES)
        if time_of_visit < VISIT_FRAMES and self._frame % 6 == 0:
            do_anything(self._chance)
        elif VISIT_FRAMES <= time_of_visit < VISIT_FRAMES + 6:
            let_go()
        assert self.app is not None
        self.scenes[type(self.app.scene).__name__] += due
        return due


def check(trial: Trial) -> None:
    """Let visitors come and go, as fast as it can be drawn; memory and descriptors are watched."""
    visits = Visits(trial.folder / "soak")
    try:
        app = visits(kiosk=True, rules=RULES, seed=None, size=(640, 480))
        app.arcade.race_frames = 1_200
        visitor = Visitor(trial.result.seed, paced=False)
        visitor.app = app
        memory: list[float] = []
        descriptors: list[int] = []
        for _ in trial.cases("emulated minutes", MINUTES):
            with trial.guard(MinuteOverError, seconds=None):
                visitor.begin()
                app.run(visitor)
            gc.collect()
            memory.append(psutil.Process().memory_info().rss / 1e6)
            descriptors.append(_descriptors())
            trial.expect(app.running, "the arcade ended")
        _judge(trial, memory, descriptors)
        trial.result.facts["frames by scene"] = dict(visitor.scenes.most_common())
    finally:
        visits.close()


def _judge(trial: Trial, memory: list[float], descriptors: list[int]) -> None:
    """Compare what is held late with what was held when it had warmed up."""
    if len(memory) < FEWEST_MINUTES:
        return
    warm = round(len(memory) * WARM_SHARE)
    slope = 60 * _slope(memory[warm:])
    trial.result.facts |= {
        "memory, MB": [round(memory[warm], 1), round(memory[-1], 1)],
        "memory each hour, MB": [round(each, 1) for each in memory[59::60]],
        "memory slope, MB an hour": round(slope, 2),
        "descriptors": [descriptors[warm], descriptors[-1]],
    }
    trial.expect(slope < MOST_MB_AN_HOUR, f"memory grows by {slope:.2f} MB an hour")
    more = min(descriptors[-5:]) - min(descriptors[warm : warm + 5])
    trial.expect(more <= MOST_DESCRIPTORS, f"{more} more descriptors are open at the end")


def _slope(values: list[float]) -> float:
    """Return the slope of the line that fits best, by least squares."""
    count = len(values)
    middle, mean = (count - 1) / 2, sum(values) / count
    above = sum((x - middle) * (y - mean) for x, y in enumerate(values))
    return above / sum((x - middle) ** 2 for x in range(count))


def _descriptors() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def pace(trial: Trial) -> None:
    """Let them come in real time; a frame is late when the one after it was due already.

    Frames that are late because other programs had the processor are those of a loop beside it
    that only calculates, in the ratio of the work of both.
    """
    visits, control = Visits(trial.folder / "paced"), Control()
    try:
        app = visits(kiosk=True, rules=RULES, seed=None, size=(640, 480))
        visitor = Visitor(trial.result.seed, paced=True)
        visitor.app = app
        with control:
            began = time.process_time()
            for _ in trial.cases("paced minutes", PACED_MINUTES, least=0):
                with trial.guard(MinuteOverError, seconds=None):
                    visitor.begin()
                    app.run(visitor)
            took = time.process_time() - began
        if visitor.frames:
            late, load = visitor.late / visitor.frames, psutil.getloadavg()[0]
            others = control.late_share_of(took)
            trial.result.facts |= {
                "late frames": f"{late:.3%}",
                "of a loop that only calculates": f"{control.late_share:.3%}",
                "of one that calculates as much as the arcade": f"{others:.3%}",
                "load": round(load, 1),
            }
            trial.expect(
                late - others < MOST_LATE,
                f"{late:.3%} of the frames were late, {others:.3%} of a loop that only calculates"
                f" as much (load {load:.1f})",
            )
    finally:
        visits.close()
