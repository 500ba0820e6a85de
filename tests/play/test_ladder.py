"""Which opponents there are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from game.play.ladder import ladder, recommended


def card(model: Path, score: float, hours: float = 1.0) -> None:
    model.parent.mkdir(exist_ok=True)
    model.write_bytes(b"")
    results = {"sticky 0.25": {"summary": {"mean": score}}}
    text = json.dumps({"results": results, "training": {"hours": hours, "frames": 4000}})
    model.with_suffix(".json").write_text(text)


@pytest.fixture
def champion(tmp_path: Path) -> Path:
    card(tmp_path / "champion.tflite", 900)
    for name, score in (("gunner", 400), ("recruit", 200)):
        card(tmp_path / "ladder" / f"{name}.tflite", score, hours=score / 400)
    return tmp_path / "champion.tflite"


def test_the_weakest_is_first_and_a_beginner_meets_the_second(champion: Path) -> None:
    rungs = ladder(champion)
    assert [rung.name for rung in rungs] == ["recruit", "gunner", "champion"]
    assert [rung.minutes for rung in rungs] == [30, 60, 60]
    assert [rung.frames for rung in rungs] == [4000] * 3
    assert recommended(rungs) == 1
    assert recommended(rungs[:1]) == 0


NO_NUMBER = '{"results": {"sticky 0.25": {"summary": {"mean": %s}}}, "training": {"hours": 1}}'


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "3", '{"results": 3}', "[" * 100_000),
        *(NO_NUMBER % number for number in ("NaN", "1e999", "1" + "0" * 400)),
    ],
)
def test_one_without_a_usable_card_is_left_out(
    champion: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    bad = champion.parent / "ladder" / "gunner.json"
    bad.write_text(text)
    assert [rung.name for rung in ladder(champion)] == ["recruit", "champion"]
    assert "gunner" in caplog.text


def test_a_model_named_alone_is_the_only_one(tmp_path: Path) -> None:
    card(tmp_path / "mine.tflite", 50)
    assert [rung.model.name for rung in ladder(tmp_path / "mine.tflite")] == ["mine.tflite"]
