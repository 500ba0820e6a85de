"""Time against a clock that the test moves."""

from __future__ import annotations

import time

import numpy as np
import pytest

from game.ui.window.pacer import MOST_FRAMES_OWED, Pacer


class FakeClock:
    """A clock that only sleeping and the test move; a sleep may overshoot."""

    def __init__(self, overshoot: float = 0.0) -> None:
        self.now = 100.0
        self.overshoot = overshoot

    def read(self) -> float:
        self.now += 1e-6  # looking at a clock takes time, so spinning ends
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds + self.overshoot

    def pacer(self) -> Pacer:
        return Pacer(self.read, self.sleep)


def test_sixty_frames_take_a_second_however_long_the_work_of_each_takes() -> None:
    clock = FakeClock(overshoot=0.0002)
    pacer, start, frames = clock.pacer(), clock.now, 0
    for number in range(600):
        frames += pacer.wait()
        clock.now += 0.002 + 0.01 * (number % 3 == 0)
    assert frames == 600
    assert clock.now - start == pytest.approx(10.0, abs=0.013)


def test_short_lateness_is_caught_up_with() -> None:
    clock = FakeClock()
    pacer = clock.pacer()
    pacer.wait()
    clock.now += 2.5 / 60
    assert pacer.wait() == 2
    assert pacer.wait() == 1


def test_a_long_stall_is_forgotten() -> None:
    clock = FakeClock()
    pacer = clock.pacer()
    pacer.wait()
    clock.now += 5.0
    assert pacer.wait() == 1
    before = clock.now
    assert pacer.wait() == 1
    assert clock.now - before == pytest.approx(1 / 60, abs=1e-4)


@pytest.mark.parametrize("late", np.linspace(0.0, 0.5, 26))
def test_never_more_frames_than_a_draw_may_catch_up_with(late: float) -> None:
    clock = FakeClock()
    pacer = clock.pacer()
    pacer.wait()
    clock.now += late
    assert 1 <= pacer.wait() <= MOST_FRAMES_OWED


@pytest.mark.timed
def test_the_real_clock_is_kept() -> None:
    pacer, start, frames = Pacer(), time.perf_counter(), 0
    while frames < 30:
        frames += pacer.wait()
    assert time.perf_counter() - start == pytest.approx(frames / 60, abs=0.02)
