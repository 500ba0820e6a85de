"""The page's texts: each is in every table, with the same fields, and no other is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from game.system.preferences import ENGLISH, LANGUAGES

WEB = Path(__file__).parents[2] / "assets" / "web"
TABLES = {
    code: json.loads((WEB / f"{code}.json").read_text(encoding="utf-8"))
    for code in LANGUAGES
    if code != ENGLISH
}
FIELD = re.compile(r"\{\w+\}")


def said() -> set[str]:
    """Every text in the page and its scripts that is shown."""
    texts: set[str] = set()
    for path in WEB.glob("*.js"):
        code = path.read_text(encoding="utf-8")
        texts |= set(re.findall(r'\bsay\(\s*"([^"]*)"', code))
        for one, many in re.findall(r'\bplural\([^"]*"([^"]*)",\s*"([^"]*)"', code):
            texts |= {one, many}
        if path.name != "texts.js":  # where they are made
            assert not re.search(r'\bsay\((?!\s*")', code), f"{path.name} says no literal"
    page = (WEB / "index.html").read_text(encoding="utf-8")
    return texts | set(re.findall(r'data-say(?:-label)?="([^"]*)"', page))


def test_the_page_speaks_the_languages_of_the_window() -> None:
    code = (WEB / "texts.js").read_text(encoding="utf-8")
    assert tuple(re.findall(r'^  (\w\w): \["', code, re.MULTILINE)) == LANGUAGES


@pytest.mark.parametrize("code", TABLES)
def test_the_table_has_what_is_said_and_nothing_else(code: str) -> None:
    assert set(TABLES[code]) == said()


@pytest.mark.parametrize("code", TABLES)
def test_translations_have_the_same_fields(code: str) -> None:
    for english, other in TABLES[code].items():
        assert sorted(FIELD.findall(other)) == sorted(FIELD.findall(english)), english
        assert other.strip() == other != ""


def test_english_words_stand_in_the_page_too() -> None:
    """Before its scripts run, the page reads as it will afterwards."""
    page = (WEB / "index.html").read_text(encoding="utf-8")
    for said_text, shown in re.findall(r'data-say="([^"]*)">([^<]*)<', page):
        assert said_text == shown


def test_nothing_comes_from_elsewhere() -> None:
    for path in WEB.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|//[a-z]+\.[a-z]", text), path
        assert not re.search(r"\b(?:eval|innerHTML|document\.write|Function)\b", text), path
