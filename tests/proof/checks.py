"""The table of checks."""

from __future__ import annotations

from . import model, tapes
from .trial import Check

CHECKS = (
    Check(
        "tapes",
        "no crash, no hang over 2 s, under 64 MB, no wrong score accepted",
        tapes.check,
        groups=7,
        smoke=0.002,
    ),
    Check(
        "model",
        "refused before parsing, arcade playable with the next rung or none",
        model.check,
        groups=6,
        smoke=0.01,
    ),
)
BY_NAME = {check.name: check for check in CHECKS}
