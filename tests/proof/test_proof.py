"""A small share of the proof; all of it is `python -m tests.proof`."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helpers.common import hear_signals
from tests.proof import __main__ as proof
from tests.proof import trial as trial_module
from tests.proof.apart import apart
from tests.proof.checks import CHECKS
from tests.proof.endings import SIGNALS
from tests.proof.faults import FAULTS, Fault, found_by
from tests.proof.monkey import scenes, some_file
from tests.proof.trial import Budget, Check, Trial, perform

ROOT = Path(__file__).parents[2]


@pytest.mark.proof
@pytest.mark.parametrize("check", [c for c in CHECKS if c.smoke], ids=lambda check: check.name)
def test_a_share_of_the_proof_finds_nothing(check: Check, tmp_path: Path) -> None:
    result = perform(check, 0, tmp_path, Budget(check.smoke))
    assert result.findings == []
    assert any(done for done, _ in result.counts.values())


@pytest.mark.proof
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.check)
def test_a_fault_put_in_on_purpose_is_caught(fault: Fault, tmp_path: Path) -> None:
    assert found_by(fault, tmp_path).findings


def test_all_scenes_are_known_to_the_monkeys() -> None:
    assert {"Title", "MatchScene", "Pause", "Results", "PinEntry", "OperatorMenu"} <= scenes()
    assert len(scenes()) >= 16


def test_a_monkey_without_tapes_drops_something_else(tmp_path: Path) -> None:
    dropped = {some_file(tmp_path, random.Random(seed)).name for seed in range(20)}
    assert dropped == {"dropped", "none"}


def _failing(trial: Trial) -> None:
    for number in trial.cases("numbers", 1_000):
        with trial.guard(KeyError):
            if number == 17:
                raise ValueError("seventeen")
            raise KeyError


FAILING = Check("failing", "", _failing, groups=1, smoke=1, minutes=1)


def test_a_finding_says_how_to_repeat_it_alone(tmp_path: Path) -> None:
    whole = perform(FAILING, 5, tmp_path, Budget())
    assert whole.verdict == "failed"
    assert whole.counts == {"numbers": (1_000, 1_000)}
    (finding,) = whole.findings
    assert "ValueError: seventeen at test_proof.py:" in finding["what"]
    assert finding["repeat"].endswith("--only failing --seed 5 --case 'numbers:17'")
    again = perform(FAILING, 5, tmp_path, Budget(case="numbers:17"))
    assert again.findings == whole.findings
    part = perform(FAILING, 5, tmp_path, Budget(share=0.01))
    assert part.counts == {"numbers": (10, 1_000)}


def test_a_check_that_is_cut_short_says_so(tmp_path: Path) -> None:
    result = perform(FAILING, 5, tmp_path, Budget(seconds=0))
    assert result.verdict == "passed in part"
    assert result.counts == {"numbers": (1, 1_000)}


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no such signal")
def test_what_nohup_ignores_is_heard_by_the_programs_tried() -> None:
    before = {each: signal.getsignal(each) for each in SIGNALS}
    try:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        hear_signals()
        asked = "import signal; print([signal.getsignal(n) for n in (1, 3, 15)])"
        done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True)
        assert done.stdout.count("SIG_DFL") == 3
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@pytest.mark.slow
@pytest.mark.parametrize("waits", [False, True])
def test_a_case_that_hangs_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    monkeypatch.setattr(trial_module, "BUSY_MACHINE_S", 0.1 if waits else 30)

    def hanging(trial: Trial) -> None:
        for _ in trial.cases("all", 1):
            with trial.guard(seconds=0.1):
                while True:
                    time.sleep(0.01 if waits else 0)

    result = perform(Check("hanging", "", hanging, 1, 1, 1), 0, tmp_path, Budget())
    assert "HangError" in result.findings[0]["what"]


def test_a_case_that_a_busy_machine_delays_is_no_fault(tmp_path: Path) -> None:
    def delayed(trial: Trial) -> None:
        for _ in trial.cases("all", 1):
            with trial.guard(seconds=0.1):
                time.sleep(0.3)  # as if another program had the processor

    assert perform(Check("delayed", "", delayed, 1, 1, 1), 0, tmp_path, Budget()).findings == []


@pytest.mark.slow
def test_a_check_that_dies_is_a_finding_with_its_last_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hook that ends the process stands for a crash in a library."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "def die(event, arguments):\n"
        "    if event == 'open' and str(arguments[0]).endswith('tried.tape'):\n"
        "        os.kill(os.getpid(), 9)\n"
        "sys.addaudithook(die)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (check,) = [check for check in CHECKS if check.name == "tapes"]
    result = apart(check, 0, Budget(case="lengths:0"))
    assert result.findings[0]["what"] == "it died (SIGKILL)"
    assert "--case 'lengths:0'" in result.findings[0]["repeat"]


@pytest.mark.parametrize(
    "line", ["--hours nan", "--share -1", "--share 2", "--seed -1", "--json /no/such/folder/x.json"]
)
def test_rows_14_and_15_a_proof_that_would_be_lost_does_not_begin(
    line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["proof", *line.split()])
    monkeypatch.setattr(proof, "apart", lambda *_: pytest.fail("it began"))
    with pytest.raises(SystemExit) as stop:
        proof.main()
    assert stop.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.slow
def test_the_command_writes_what_it_found(tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    command = ["-m", "tests.proof", "--only", "settings", "--case", "kinds", "--json", str(file)]
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (check,) = json.loads(file.read_text())["checks"]
    assert (check["name"], check["verdict"], check["seed"]) == ("settings", "passed", 2600)
    assert check["counts"]["kinds"][0] == check["counts"]["kinds"][1] >= 25
