from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

from agents.curve import draw_curves, read_log


def entry(samples: int, score: float | None) -> str:
    return json.dumps({"samples": samples, "hours": 0.1, "score": score, "q_online": 1.0}) + "\n"


def test_line_that_a_crash_cut_short_is_left_out(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(entry(1, None) + entry(2, 5.0)[:20] + "\n" + entry(3, 6.0) + entry(4, 7.0)[:9])
    assert [e["samples"] for e in read_log(log)] == [1, 3]


def test_curves_of_several_runs_become_one_picture(tmp_path: Path) -> None:
    logs = {name: tmp_path / name for name in ("short", "long", "without a score")}
    for log, scores in zip(logs.values(), ([3.0], [1.0, 2.0] * 30, [None]), strict=True):
        log.write_text("".join(entry(i, score) for i, score in enumerate(scores)))
    draw_curves(logs, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_nothing_to_draw_leaves_the_old_picture(tmp_path: Path) -> None:
    log, picture = tmp_path / "log.jsonl", tmp_path / "curve.png"
    log.write_text(entry(1, None))
    picture.write_bytes(b"old")
    with pytest.raises(ValueError, match="no score"):
        draw_curves({"run": log}, picture)
    with pytest.raises(OSError, match="No such file"):
        draw_curves({"run": tmp_path / "missing"}, picture)
    assert picture.read_bytes() == b"old"
