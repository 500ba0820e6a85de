"""The self-test's verdict."""

from __future__ import annotations

from game.ui.tools.selftest import USUAL_S, SelfTestError, report, run_checks


def broken() -> str:
    raise SelfTestError("nothing is drawn")


def test_a_slow_machine_passes_and_is_told_so() -> None:
    clock = iter((0.0, 4 * USUAL_S))
    result = run_checks({"rom": lambda: "plays"}, lambda: next(clock))
    assert result["passed"]
    said = report(result).splitlines()
    assert said[1].startswith("ok      time    100.0 s of processor: this machine is slow")
    assert said[-1] == "all is well"


def test_one_check_that_fails_fails_the_whole_and_the_others_are_told() -> None:
    result = run_checks({"scenes": broken, "rom": lambda: "plays"})
    assert not result["passed"]
    said = report(result).splitlines()
    assert said[0] == "FAILED  scenes  nothing is drawn"
    assert said[1] == "ok      rom     plays"
    assert said[-1] == "the self-test failed"
