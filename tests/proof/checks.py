"""The table of checks."""

from __future__ import annotations

from . import (
    devices,
    model,
    monkey,
    network,
    replay,
    scores,
    settings,
    soak,
    supervision,
    tapes,
    training,
)
from .trial import Check

CHECKS = (
    Check(
        "tapes",
        "no crash, no hang over 2 s, under 64 MB, no wrong score accepted",
        tapes.check,
        groups=7,
        smoke=0.002,
        minutes=25,
    ),
    Check(
        "model",
        "refused before parsing, arcade playable with the next rung or none",
        model.check,
        groups=6,
        smoke=0.01,
        minutes=1,
    ),
    Check(
        "scores",
        "no acknowledged run lost or doubled; damaged file set aside; play goes on",
        scores.check,
        groups=5,
        smoke=0.01,
        minutes=7,
    ),
    Check(
        "settings",
        "defaults and a notice",
        settings.check,
        groups=3,
        smoke=0.01,
        minutes=1,
    ),
    Check(
        "replay",
        "all equal, or the frame is named",
        replay.check,
        groups=3,
        smoke=0.01,
        minutes=8,
    ),
    Check(
        "monkey",
        "no exception, no way out of the kiosk, every scene reached",
        monkey.check,
        groups=2,
        smoke=0.001,
        minutes=70,
    ),
    Check(
        "devices",
        "no crash, no stuck key, paused where it should",
        devices.check,
        groups=3,
        smoke=0.04,
        minutes=1,
    ),
    Check(
        "supervision",
        "title screen again within 15, 5 and 15 s",
        supervision.check,
        groups=3,
        smoke=0.01,
        minutes=6,
        alone=True,
    ),
    Check(
        "training",
        "resumes from the last whole checkpoint; score and value as of a run that nobody kills",
        training.check,
        groups=3,
        smoke=0.01,
        minutes=25,
    ),
    Check("network", "none opened", network.check, groups=2, smoke=0.01, minutes=3),
    Check(
        "soak",
        "memory slope under 1 MB an hour, descriptors flat",
        soak.check,
        groups=1,
        smoke=0.001,
        minutes=40,
    ),
    Check("pace", "late frames under 0.1 %", soak.pace, groups=1, smoke=0, minutes=60),
)
BY_NAME = {check.name: check for check in CHECKS}
