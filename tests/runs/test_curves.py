from __future__ import annotations

import errno
import json
import math
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("matplotlib")
tf = pytest.importorskip("tensorflow")

from agents.runs.curves import _points_per_game, draw_curves  # noqa: E402
from agents.runs.log import LOG, Log, read_log  # noqa: E402

pytestmark = pytest.mark.usefixtures("tensorflow")


def entry(samples: int, score: float | None) -> str:
    shares = {"action_shares": [0.5, 0.5, 0, 0, 0, 0]}
    measured = {"samples": samples, "hours": 0.1, "score": score, "q_online": 1.0, **shares}
    return json.dumps(measured) + "\n"


def test_line_that_a_crash_cut_short_is_left_out(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(entry(1, None) + entry(2, 5.0)[:20] + "\n" + entry(3, 6.0) + entry(4, 7.0)[:9])
    assert [e["samples"] for e in read_log(log)] == [1, 3]


def test_what_is_measured_goes_to_the_log_and_to_tensorboard(tmp_path: Path) -> None:
    log = Log(tmp_path)
    entries = [
        {"samples": 128, "score": None, "action_shares": [0.25, 0.75]},
        {"samples": 256, "score": 7.5, "trial": {"mean": 3, "top_pair": {"action": "FIRE"}}},
    ]
    for each in entries:
        log.write(each)
    assert read_log(tmp_path / "log.jsonl") == entries
    seen = {}
    (events,) = (tmp_path / "events").iterdir()
    for record in tf.data.TFRecordDataset(str(events)):
        event = tf.compat.v1.Event.FromString(record.numpy())
        for value in event.summary.value:
            seen[value.tag, event.step] = float(tf.make_ndarray(value.tensor))
    assert seen == {
        ("samples", 128): 128,
        ("action_shares/0", 128): 0.25,
        ("action_shares/1", 128): 0.75,
        ("samples", 256): 256,
        ("score", 256): 7.5,
        ("trial/mean", 256): 3,
    }


def test_events_that_cannot_be_written_are_an_error_of_their_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").mkdir()
    (tmp_path / "file" / "events").write_bytes(b"")
    with pytest.raises(OSError, match="events"):
        Log(tmp_path / "file")

    def full_disk(*_: object) -> None:
        raise tf.errors.ResourceExhaustedError(None, None, "events; No space left on device")

    log = Log(tmp_path)
    monkeypatch.setattr(tf.summary, "scalar", full_disk)
    with pytest.raises(OSError, match="No space left") as error:
        log.write({"samples": 1})
    assert error.value.errno == errno.ENOSPC


@pytest.mark.slow
def test_curves_of_several_runs_become_one_picture(tmp_path: Path) -> None:
    logs = {name: tmp_path / name for name in ("short", "long", "without a score")}
    for log, scores in zip(logs.values(), ([3.0], [1.0, 2.0] * 30, [None]), strict=True):
        log.write_text("".join(entry(i, score) for i, score in enumerate(scores)))
    draw_curves(logs, tmp_path / "curve.png")
    whole = (tmp_path / "curve.png").read_bytes()
    assert whole.startswith(b"\x89PNG")
    draw_curves(logs, tmp_path / "curve.png", most_samples=59)
    assert (tmp_path / "curve.png").read_bytes() == whole
    draw_curves(logs, tmp_path / "curve.png", most_samples=30)
    assert (tmp_path / "curve.png").read_bytes() != whole


def test_a_run_whose_first_games_are_not_over_is_drawn_by_its_lost_lives(tmp_path: Path) -> None:
    pictures = []
    for deaths in (1, 2):
        lines = [json.loads(entry(i, None)) | {"points": 900, "deaths": deaths} for i in range(9)]
        (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        draw_curves({"run": tmp_path / "log.jsonl"}, tmp_path / "curve.png")
        pictures.append((tmp_path / "curve.png").read_bytes())
    assert pictures[0] != pictures[1]


def test_points_of_three_lives_are_summed_over_many_lines() -> None:
    lines = [{"points": 100 * number, "deaths": int(number == 2)} for number in range(4)]
    assert _points_per_game(lines) == [1800.0] * 4
    assert math.isnan(_points_per_game([{"points": 5, "deaths": 0}])[0])


@pytest.mark.parametrize(
    "more", [{"q_gap": 0.7}, {"top_pair": {"share": 0.4}}, {"action_shares": [1.0, 0, 0, 0, 0, 0]}]
)
def test_what_would_betray_a_constant_strategy_is_drawn(
    more: dict[str, Any], tmp_path: Path
) -> None:
    pictures = []
    for added in ({}, more):
        lines = [json.loads(entry(i, 5.0)) | added for i in range(20)]
        (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        draw_curves({"run": tmp_path / "log.jsonl"}, tmp_path / "curve.png")
        pictures.append((tmp_path / "curve.png").read_bytes())
    assert pictures[0] != pictures[1]


def test_nothing_to_draw_leaves_the_old_picture(tmp_path: Path) -> None:
    log, picture = tmp_path / "log.jsonl", tmp_path / "curve.png"
    log.write_text(entry(1, None))
    picture.write_bytes(b"old")
    with pytest.raises(ValueError, match="no score"):
        draw_curves({"run": log}, picture)
    with pytest.raises(OSError, match="No such file"):
        draw_curves({"run": tmp_path / "missing"}, picture)
    assert picture.read_bytes() == b"old"


def test_what_a_killed_run_learnt_again_is_drawn_once(tmp_path: Path) -> None:
    """The curve went back to the last checkpoint, and the line after a torn one was lost."""
    log = tmp_path / LOG
    before = [{"samples": samples, "start": 1} for samples in (10, 20, 30, 40)]
    log.write_text("".join(json.dumps(entry) + "\n" for entry in before) + '{"samples": 5')
    resumed = Log(tmp_path)
    for samples in (25, 35):
        resumed.write({"samples": samples, "start": 2})
    rows = [(entry["samples"], entry["start"]) for entry in read_log(log)]
    assert rows == [(10, 1), (20, 1), (25, 2), (35, 2)]
