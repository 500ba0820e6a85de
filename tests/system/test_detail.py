"""How much is shown on a machine that is slow, for a while or for good."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from game.system.detail import (
    EASY_SPANS,
    FILE,
    FULL,
    PLAIN,
    SLOW_SPANS,
    SMALL,
    SPAN,
    Detail,
    read_detail,
)

HERE, THERE = "Linux aarch64, 4 cores", "Linux x86_64, 16 cores"
IDLE, BUSY, LATE = 0.3, 0.7, 1.1  # loads


def play(detail: Detail, load: float, spans: int) -> int:
    """Draw matches for so many spans; return how often the level changed."""
    return sum(detail.note(load) for _ in range(spans * SPAN))


def test_a_slow_machine_shows_less_step_by_step_and_never_less_than_the_least() -> None:
    detail = Detail()
    assert play(detail, BUSY, 10) == 0
    assert play(detail, LATE, SLOW_SPANS - 1) == 0
    assert play(detail, LATE, 1) == 1
    assert (detail.level, detail.load) == (PLAIN, LATE)
    play(detail, LATE, SLOW_SPANS)
    assert detail.level == SMALL
    assert play(detail, LATE, 10 * SLOW_SPANS) == 0


def test_a_hitch_now_and_then_changes_nothing() -> None:
    detail = Detail()
    for number in range(20 * SPAN):
        assert not detail.note(4.0 if number % 20 == 0 else BUSY)
    for _ in range(10):  # nor does a moment in which something else was busy
        assert play(detail, LATE, SLOW_SPANS - 1) + play(detail, BUSY, 1) == 0


def test_a_machine_that_is_quick_again_shows_all_again() -> None:
    detail = Detail(SMALL)
    assert play(detail, BUSY, 2 * EASY_SPANS) == 0
    assert play(detail, IDLE, EASY_SPANS) == 1
    assert detail.level == PLAIN
    play(detail, IDLE, EASY_SPANS)
    assert detail.level == FULL
    assert play(detail, IDLE, 3 * EASY_SPANS) == 0


def test_what_was_tried_in_vain_is_tried_less_and_less_often() -> None:
    """A machine that has time for all but the tint, and none for the tint."""
    detail, rises = Detail(PLAIN), []
    for span in range(20 * EASY_SPANS):
        before = detail.level
        play(detail, LATE if before == FULL else IDLE, 1)
        if (before, detail.level) == (PLAIN, FULL):
            rises.append(span)
    gaps = [later - sooner for sooner, later in itertools.pairwise(rises)]
    assert len(gaps) >= 2
    assert all(later > 1.9 * sooner for sooner, later in itertools.pairwise(gaps))


def test_the_level_is_kept_for_this_machine_alone(tmp_path: Path) -> None:
    assert not read_detail(tmp_path, HERE).measured
    (tmp_path / FILE).write_bytes(Detail(PLAIN).to_json(HERE))
    known = read_detail(tmp_path, HERE)
    assert (known.level, known.measured) == (PLAIN, True)
    other = read_detail(tmp_path, THERE)
    assert (other.level, other.measured) == (FULL, False)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"[" * 5000,
        json.dumps({"machine": HERE}).encode(),
        json.dumps({"machine": HERE, "detail": ["full"]}).encode(),
        json.dumps({"machine": HERE, "detail": "none"}).encode(),
    ],
)
def test_a_damaged_file_has_the_machine_measured(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE).write_bytes(data)
    assert not read_detail(tmp_path, HERE).measured


def test_a_folder_in_its_place_has_the_machine_measured(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    assert not read_detail(tmp_path, HERE).measured
