"""What `bench play` says of a loop, with a clock that the test moves."""

from __future__ import annotations

import pytest

from game.system.limits import judged
from game.ui.tools.bench import report
from game.ui.tools.loop_times import WARM_UP_FRAMES, LoopTimes, costs, run_loop
from tests.ui.test_pacer import FakeClock


class Stalling:
    """A loop whose updates take 1 ms and whose draws take 2 ms, and some of these much longer."""

    def __init__(self, clock: FakeClock, stalls: dict[int, float]) -> None:
        self.clock, self.stalls = clock, stalls
        self.draws = self.updates = 0

    def poll(self) -> None:
        """Nobody presses anything."""

    def update(self) -> None:
        self.updates += 1
        self.clock.now += 0.001

    def draw(self) -> None:
        self.clock.now += 0.002 + self.stalls.get(self.draws, 0.0)
        self.draws += 1


def take(stalls: dict[int, float], draws: int = 600) -> tuple[LoopTimes, Stalling]:
    clock = FakeClock()
    app = Stalling(clock, stalls)
    return run_loop(app, draws, lambda: None, clock.pacer(), clock.read), app


def measured(stalls: dict[int, float], draws: int = 600) -> tuple[dict[str, float], Stalling]:
    times, app = take(stalls, draws)
    return {**times.pace(), **costs([times])}, app


@pytest.mark.parametrize("stalled", [0, 1, WARM_UP_FRAMES - 2, WARM_UP_FRAMES - 1])
def test_a_stall_in_the_warm_up_is_in_no_figure(stalled: int) -> None:
    figures, _ = measured({stalled: 0.04})
    assert figures["frames_per_second"] == pytest.approx(60, abs=0.01)
    assert figures["late_frames"] == 0
    assert figures["frame_max_ms"] == pytest.approx(3, abs=0.1)


def test_frames_that_are_late_while_it_is_measured_are_counted() -> None:
    figures, app = measured({WARM_UP_FRAMES + 100: 0.04, WARM_UP_FRAMES + 300: 0.04})
    assert figures["frames_per_second"] == pytest.approx(60, abs=0.02)
    assert figures["late_frames"] == app.updates - app.draws == 2
    assert figures["frame_max_ms"] == pytest.approx(43, abs=0.1)


def test_frames_that_are_dropped_are_missing_in_the_rate() -> None:
    figures, _ = measured({WARM_UP_FRAMES + 100: 1.0})
    assert figures["frames_per_second"] == pytest.approx(60 * 600 / 660, abs=0.2)


def test_of_several_takes_a_stall_of_one_is_in_no_cost_and_that_of_all_is() -> None:
    heavy = {WARM_UP_FRAMES + 100: 0.01}
    others = [{WARM_UP_FRAMES + at: 0.04} for at in (10, 200, 300)]
    figures = costs([take(heavy | other)[0] for other in others])
    assert figures["frame_max_ms"] == pytest.approx(13, abs=0.1)
    assert figures["frame_p50_ms"] == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize(("tail", "quiet"), [(1.5, True), (15.0, False)])
def test_a_machine_that_is_not_quiet_is_named(tail: float, quiet: bool) -> None:
    figures = {"fixed_work_p50_ms": 1.0, "fixed_work_p99_ms": tail}
    told = {"machine": "", "screen": "", "size": "", "seconds": 1, "people": 1, "takes": 1}
    words = report({**told, **judged(figures, {}), "gymnasium_utils_play": "not measured"})
    assert ("not quiet" not in words) is quiet
