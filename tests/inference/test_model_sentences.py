"""What is wrong with a model is said in the person's language, also by the sandbox's process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.inference import sandbox
from agents.inference.player import ModelError, seeing_model
from game.play.opponents import AgentSource
from game.play.player import Player
from game.system.sentence import Sentence, retold
from game.ui.widgets import translation
from game.ui.widgets.translation import say, speak


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    speak("de")
    yield
    speak(translation.ENGLISH)


def damaged(folder: Path) -> Path:
    model = folder / "m.tflite"
    model.write_bytes(b"damaged")
    model.with_suffix(".json").write_text('{"sha256": "another"}')
    return model


def test_damage_is_told_in_german(tmp_path: Path) -> None:
    model = damaged(tmp_path)

    def load() -> Any:
        return seeing_model(model)

    source = AgentSource(load)
    source.wait()
    problem = source.problem
    assert isinstance(problem, Sentence)
    assert "is not the file that its card describes" in problem
    assert problem.said(say).startswith(f"{model} ist nicht die Datei")


@pytest.mark.parametrize("missing", [".tflite", ".json"])
def test_so_is_a_file_that_is_missing(tmp_path: Path, missing: str) -> None:
    model = damaged(tmp_path)
    model.with_suffix(missing).unlink()
    with pytest.raises(ModelError) as error:
        seeing_model(model)
    assert "nicht lesbar" in error.value.args[0].said(say)


def test_another_process_tells_it_in_every_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, told = damaged(tmp_path), []
    monkeypatch.setattr(sandbox, "_open", lambda model, _seconds: seeing_model(model))
    monkeypatch.setattr(sandbox, "tell", lambda **answer: told.append(json.dumps(answer)))
    with pytest.raises(ModelError):
        sandbox.answer(model, 1)
    sentence = retold(json.loads(told[0])["problem"])
    assert sentence.startswith(f"{model} is not the file")
    assert sentence.said(say).startswith(f"{model} ist nicht die Datei")


def test_other_problems_stay_as_they_are() -> None:
    def load() -> Player:
        raise ValueError("the model is missing")

    source = AgentSource(load)  # type: ignore[arg-type]
    source.wait()
    assert source.problem == "the model is missing"
