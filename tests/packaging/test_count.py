"""One closing line for several runs of pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / ".ci"))

TESTS = """
import pytest

def test_passes(): pass

@pytest.mark.other
@pytest.mark.parametrize("number", [1, 2])
def test_number(number): assert number {wanted}

@pytest.mark.other
def test_is_skipped(): pytest.skip("so it is")
"""


def pytest_says(folder: Path, *arguments: str) -> str:
    """Run pytest on the tests in `folder`, without this project's settings and plugins."""
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = other: not these")
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        ("> 0", "3 passed, 2 skipped in 3725.00s (1:02:05)"),
        (
            "> 1",
            "failed: test_some::test_number[1]\n"
            "1 failed, 2 passed, 2 skipped in 3725.00s (1:02:05)",
        ),
    ],
)
def test_runs_are_added_up_and_none_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wanted: str, line: str
) -> None:
    import count

    (tmp_path / "test_some.py").write_text(TESTS.format(wanted=wanted))
    # Each run skips this one as a whole, which is one test skipped and none collected.
    (tmp_path / "test_whole.py").write_text("import pytest; pytest.importorskip('nowhere')")
    counts, listing = tmp_path / "counts", tmp_path / "listing"
    for number, marks in enumerate(["not other", "other"]):
        pytest_says(tmp_path, "-m", marks, f"--junitxml={counts / str(number)}.xml")
    listing.write_text(pytest_says(tmp_path, "--collect-only", "-q"))
    assert count.main("3725", str(listing), str(counts)) == (wanted != "> 0")
    assert capsys.readouterr().out == f"{line}\n"
    (counts / "0.xml").unlink()
    assert count.main("3725", str(listing), str(counts)) == 1
    assert "1 missing in" in capsys.readouterr().out


def test_runs_that_left_nothing_are_no_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import count

    (tmp_path / "listing").write_text("no tests collected in 0.01s")
    assert count.main("1", str(tmp_path / "listing"), str(tmp_path)) == 1
    assert " in 1.00s (0:00:01)" in capsys.readouterr().out
