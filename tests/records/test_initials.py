from __future__ import annotations

import pytest

from game.records.initials import HIDDEN, LETTERS, is_wanted, shown


@pytest.mark.parametrize("text", ["ABC", "A B", "Z9.", "MAX", "007", "..A"])
def test_most_letters_are_shown_as_they_are(text: str) -> None:
    assert is_wanted(text)
    assert shown(text) == text
    assert shown(text.lower()) == text


@pytest.mark.parametrize("text", ["FUK", "fuk", "S5.", "5EX", "A55", "T1T", "S-S", "88 "])
def test_what_nobody_should_read_is_hidden_however_it_is_spelt(text: str) -> None:
    assert not is_wanted(text)
    assert shown(text) == HIDDEN


@pytest.mark.parametrize("text", ["", "   ", "...", "-- ", "Ä1B", "<b>"])
def test_nothing_and_what_cannot_be_entered_are_dashes(text: str) -> None:
    assert shown(text) == HIDDEN


def test_short_entries_are_filled_up() -> None:
    assert shown("AB") == "AB "
    assert set(shown("AB")) <= set(LETTERS)
