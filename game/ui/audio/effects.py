"""The arcade's own few sounds, made of plain tones when the program starts."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray

from game.emulation.cabinet import SAMPLE_RATE

LEVEL = 9_000  # of 32,767: below the cartridge's shots
FADE_S = 0.006  # at both ends of a tone, so that nothing clicks
OVERTONE = 0.25  # of the octave above, for a rounder tone


class Effect(Enum):
    """A sound, as tones of hertz and seconds; zero hertz is a rest."""

    MOVE = ((660, 0.035),)
    CHOOSE = ((660, 0.05), (990, 0.08))
    COUNT = ((440, 0.12),)
    GO = ((880, 0.35),)
    WIN = ((523, 0.11), (659, 0.11), (784, 0.11), (1047, 0.32))
    LOSE = ((392, 0.16), (330, 0.16), (262, 0.36))
    SIGNED = ((784, 0.08), (988, 0.08), (1175, 0.2))


def samples(effect: Effect) -> NDArray[np.int16]:
    """Return the sound at the cartridge's sample rate, 16 bits."""
    return np.concatenate([_tone(hertz, seconds) for hertz, seconds in effect.value])


def _tone(hertz: float, seconds: float) -> NDArray[np.int16]:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = np.sin(2 * np.pi * hertz * time) + OVERTONE * np.sin(4 * np.pi * hertz * time)
    ends = np.minimum(time, time[-1] - time) / FADE_S
    tone: NDArray[np.int16] = (wave / (1 + OVERTONE) * np.clip(ends, 0, 1) * LEVEL).astype(np.int16)
    return tone
