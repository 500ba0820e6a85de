"""The sound as SDL's disk driver writes it, so that every sample can be looked at."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PROGRAM = """
import sys, time
import numpy as np, pygame
from game.ui.pacer import Pacer
from game.ui.sound import Speaker
pygame.display.init()
speaker = Speaker(mute=sys.argv[1] == "mute")
assert speaker.problem is None, speaker.problem
phase = 0
for part in range(2):
    pacer = Pacer()
    frames = 0
    while frames < 60:
        for _ in range(pacer.wait()):
            frames += 1
            wave = 128 + 100 * np.sin((np.arange(512) + phase) * 2 * np.pi * 440 / 30720)
            phase += 512
            speaker.play(wave.astype(np.uint8))
    speaker.stop()
    time.sleep(0.2)
speaker.close()
"""
STEEPEST = 100 * 150 * 2 * np.pi * 440 / 30720  # between two samples of that tone


def record(tmp_path: Path, how: str) -> NDArray[np.int64]:
    file = tmp_path / "sound.raw"
    environment = {
        **os.environ,
        "SDL_AUDIODRIVER": "disk",
        "SDL_DISKAUDIOFILE": str(file),
        "SDL_VIDEODRIVER": "dummy",
    }
    subprocess.run(
        [sys.executable, "-c", PROGRAM, how], env=environment, check=True, capture_output=True
    )
    return np.fromfile(file, np.int16).astype(np.int64)


def test_a_tone_starts_plays_pauses_and_ends_without_a_click(tmp_path: Path) -> None:
    samples = record(tmp_path, "loud")
    steps = np.abs(np.diff(samples))
    loud = np.abs(samples) > 1000
    assert loud.sum() > 30720, "most of two seconds of tone"
    # A stall of the test machine may cost one gap; a click at every start or end may not be.
    assert (steps > 1.3 * STEEPEST).sum() <= 1
    assert samples[-1] == 0


def test_muted_is_silent(tmp_path: Path) -> None:
    assert np.abs(record(tmp_path, "mute")).max() == 0


def test_no_device_is_no_error() -> None:
    program = (
        "import numpy as np; from game.ui.sound import Speaker; s = Speaker();"
        "s.play(np.zeros(512, np.uint8)); s.stop(); s.muted = True; s.close(); print(s.problem)"
    )
    environment = {**os.environ, "SDL_AUDIODRIVER": "nonsense"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True
    )
    assert "No sound:" in done.stdout
