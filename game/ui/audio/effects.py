"""The arcade's own sound effects, synthesised from plain tones at the start."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray

from game.emulation.cabinet import SAMPLE_RATE

LEVEL = 9_000  # peak amplitude, of 32,767: quieter than the cartridge's shots
FADE_S = 0.006  # fade at both ends of a tone, against clicks
OVERTONE = 0.25  # share of the octave above, for a rounder tone


class Effect(Enum):
    """A sound effect as tones (hertz, seconds); zero hertz is a rest."""

    MOVE = ((660, 0.035),)
    CHOOSE = ((660, 0.05), (990, 0.08))
    COUNT = ((440, 0.12),)
    GO = ((880, 0.35),)
    TITLE = (
        *((392, 0.12), (523, 0.12), (659, 0.12), (784, 0.24), (659, 0.12), (784, 0.36), (0, 0.06)),
        *((440, 0.12), (587, 0.12), (698, 0.12), (880, 0.24), (784, 0.12), (1047, 0.48)),
    )
    WIN = (
        *((523, 0.11), (659, 0.11), (784, 0.11), (1047, 0.22), (0, 0.04)),
        *((784, 0.11), (880, 0.11), (988, 0.11), (1047, 0.5)),
    )
    LOSE = ((392, 0.16), (330, 0.16), (262, 0.36))
    AHEAD = ((587, 0.07), (880, 0.12))
    BEHIND = ((587, 0.07), (392, 0.12))
    TICK = ((1320, 0.03),)
    RECORD = ((523, 0.09), (659, 0.09), (784, 0.09), (1047, 0.15), (784, 0.09), (1047, 0.4))
    SIGNED = ((784, 0.08), (988, 0.08), (1175, 0.2))


def samples(effect: Effect) -> NDArray[np.int16]:
    """Return the effect as 16-bit samples at the cartridge's sample rate."""
    return np.concatenate([_tone(hertz, seconds) for hertz, seconds in effect.value])


def _tone(hertz: float, seconds: float) -> NDArray[np.int16]:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = np.sin(2 * np.pi * hertz * time) + OVERTONE * np.sin(4 * np.pi * hertz * time)
    ends = np.minimum(time, time[-1] - time) / FADE_S
    tone: NDArray[np.int16] = (wave / (1 + OVERTONE) * np.clip(ends, 0, 1) * LEVEL).astype(np.int16)
    return tone
