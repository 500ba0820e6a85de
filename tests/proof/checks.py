"""The table of checks."""

from __future__ import annotations

from . import tapes
from .trial import Check

CHECKS = (
    Check(
        "tapes",
        "no crash, no hang over 2 s, under 64 MB, no wrong score accepted",
        tapes.check,
        groups=7,
        smoke=0.002,
    ),
)
BY_NAME = {check.name: check for check in CHECKS}
