"""What the arcade says, in the language that was chosen.

English stands in the code; assets/languages/CODE.json maps each English text to
another language's. A text may have fields, such as "{seconds} s left".
"""

from __future__ import annotations

import json

from game.settings import asset

ENGLISH = "en"

_table: dict[str, str] = {}


def speak(language: str) -> None:
    """Let everything be said in `language` from now on, a code such as "de"."""
    _table.clear()
    if language != ENGLISH:
        _table.update(json.loads(asset(f"languages/{language}.json").read_text(encoding="utf-8")))


def say(text: str, **values: object) -> str:
    """Return `text` in the language that was chosen, its fields filled from `values`."""
    return _table.get(text, text).format(**values)
