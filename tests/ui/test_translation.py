"""What the arcade says in each language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from game.ui.widgets import translation


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    translation.speak(translation.ENGLISH)


def test_english_stands_in_the_code() -> None:
    assert translation.say("{seconds} s left", seconds=3) == "3 s left"


def test_another_language_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    translation.speak("de")
    monkeypatch.setitem(translation._table, "{seconds} s left", "noch {seconds} s")
    assert translation.say("{seconds} s left", seconds=3) == "noch 3 s"
    assert translation.say("not in the table") == "not in the table"
    translation.speak(translation.ENGLISH)
    assert translation.say("{seconds} s left", seconds=3) == "3 s left"
