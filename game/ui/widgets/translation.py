"""Everything the arcade shows as text, in the chosen language.

The code holds the English texts; assets/languages/CODE.json maps each of them to another
language. A text may have fields, such as "{seconds} s left". How a language writes numbers and
dates is in its table too: `grouped`, `decimal`, `percent` and `date_time` look it up there.
"""

from __future__ import annotations

import json
import time
from datetime import date

import pygame.system

from game.system.dates import day_words, month_words
from game.system.paths import asset
from game.system.preferences import ENGLISH, LANGUAGES

# Each language's own name for itself, so that people who read no other can find it.
NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "ja": "日本語"}
# Languages in which whatever is less than two is singular: 0 point, 1,5 minute.
_SINGULAR_BELOW_TWO = ("fr",)

_table: dict[str, str] = {}
_spoken = [ENGLISH]  # one item, the language of the table


def speak(language: str) -> None:
    """Show everything in `language` from now on, a code such as "de"."""
    _table.clear()
    if language != ENGLISH:
        _table.update(json.loads(asset(f"languages/{language}.json").read_text(encoding="utf-8")))
    _spoken[:] = [language]


def spoken() -> str:
    """Return the code of the chosen language."""
    return _spoken[0]


def say(text: str, **values: object) -> str:
    """Return `text` in the chosen language, its fields filled from `values`."""
    return _table.get(text, text).format(**values)


def plural(number: float, one: str, many: str, **values: object) -> str:
    """Return `one` for a singular `number` and `many` otherwise; their field {number} is it.

    Languages with more than two forms would need more than this.
    """
    singular = abs(number) < 2 if spoken() in _SINGULAR_BELOW_TWO else number == 1
    text = _table.get(one, one) if singular else _table.get(many, many)
    shown = grouped(int(number)) if number == int(number) else decimal(number, 1)
    return text.format(number=shown, **values)


def grouped(number: int) -> str:
    """Return a whole number with the language's thousands separator: 5,213 or 5.213 or 5 213."""
    return f"{number:,}".replace(",", say(","))


def decimal(number: float, digits: int) -> str:
    """Return `number` with `digits` decimal places after the language's decimal mark."""
    return f"{number:.{digits}f}".replace(".", say("."))


def signed(number: float, size: str) -> str:
    """Return `size`, the words for how large `number` is, after its sign with a true minus."""
    sign = "+" if number > 0 else "\u2212" if number < 0 else ""
    return f"{sign}{size}"


def percent(number: int) -> str:
    """Return a percentage as the language writes it: 25% or 25 %."""
    return say("{number}%", number=number)


def on_off(value: bool) -> str:
    """Return how a setting stands that is on or off."""
    return say("on") if value else say("off")


def date_time(when: time.struct_time) -> str:
    """Return a day of the year and a time of day, without the year: 28 Nov, 22:40."""
    month, clock = month_words(when.tm_mon, say), time.strftime("%H:%M", when)
    return say("{day} {month}, {time}", day=when.tm_mday, month=month, time=clock)


def stamp_words(stamp: str) -> str:
    """Return a local time that is kept as 2026-11-28 22:40 as people write it, or `stamp` itself.

    A file that somebody brought can have a time that is no day of our calendar.
    """
    try:
        when = time.strptime(stamp, "%Y-%m-%d %H:%M")
        day = date(when.tm_year, when.tm_mon, when.tm_mday)
    except ValueError:
        return stamp
    return f"{day_words(day, say)} {time.strftime('%H:%M', when)}"


def system_language() -> str:
    """Return the first language that the person's system prefers and the arcade knows."""
    wanted = [locale["language"] for locale in pygame.system.get_pref_locales()]
    return next((language for language in wanted if language in LANGUAGES), ENGLISH)
