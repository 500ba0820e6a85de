"""What the arcade says, in the language that was chosen.

English stands in the code; assets/languages/CODE.json maps each English text to
another language's. A text may have fields, such as "{seconds} s left".
"""

from __future__ import annotations

import json

import pygame.system

from game.system.paths import asset
from game.system.preferences import ENGLISH, LANGUAGES

# Each language calls itself so: somebody who reads no other shall find it.
NAMES = {"en": "English", "de": "Deutsch"}

_table: dict[str, str] = {}
_spoken = [ENGLISH]  # one, the language of the table


def speak(language: str) -> None:
    """Let everything be said in `language` from now on, a code such as "de"."""
    _table.clear()
    if language != ENGLISH:
        _table.update(json.loads(asset(f"languages/{language}.json").read_text(encoding="utf-8")))
    _spoken[:] = [language]


def spoken() -> str:
    """Return the code of the language that everything is said in."""
    return _spoken[0]


def say(text: str, **values: object) -> str:
    """Return `text` in the language that was chosen, its fields filled from `values`."""
    return _table.get(text, text).format(**values)


def system_language() -> str:
    """Return the first language that the person's system prefers and that we speak."""
    wanted = [locale["language"] for locale in pygame.system.get_pref_locales()]
    return next((language for language in wanted if language in LANGUAGES), ENGLISH)
