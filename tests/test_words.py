"""What the arcade says in each language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from game.ui import words


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    words.speak(words.ENGLISH)


def test_english_stands_in_the_code() -> None:
    assert words.say("{seconds} s left", seconds=3) == "3 s left"


def test_another_language_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    words.speak("de")
    monkeypatch.setitem(words._table, "{seconds} s left", "noch {seconds} s")
    assert words.say("{seconds} s left", seconds=3) == "noch 3 s"
    assert words.say("not in the table") == "not in the table"
    words.speak(words.ENGLISH)
    assert words.say("{seconds} s left", seconds=3) == "3 s left"
