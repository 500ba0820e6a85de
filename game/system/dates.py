"""Calendar days: which one it is by the system's clock, and how people write them."""

from __future__ import annotations

import time
from datetime import date

from game.system.sentence import Say


def today() -> date:
    """Return the day on this machine's calendar."""
    now = time.localtime()
    return date(now.tm_year, now.tm_mon, now.tm_mday)


def month_words(month: int, say: Say) -> str:
    """Return the short name of a month, from 1 to 12."""
    months = (
        *(say("Jan"), say("Feb"), say("Mar"), say("Apr"), say("May"), say("Jun")),
        *(say("Jul"), say("Aug"), say("Sep"), say("Oct"), say("Nov"), say("Dec")),
    )
    return months[month - 1]


def day_words(day: date, say: Say) -> str:
    """Return a day with its year: 28 Nov 2026."""
    month = month_words(day.month, say)
    return say("{day} {month} {year}", day=day.day, month=month, year=day.year)
