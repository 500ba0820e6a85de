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
from game.ui.audio import speaker
from game.ui.window.pacer import Pacer
how = sys.argv[1]
if how == "no fades":
    speaker.FADE = 1
pygame.display.init()
speaker = speaker.Speaker(mute=how == "mute")
assert speaker.problem is None, speaker.problem
phase = 0
for part in range(3):
    pacer = Pacer()
    frames = 0
    while frames < 60:
        if frames in (20, 40):
            time.sleep(0.15)  # a stall longer than all that the mixer holds
        for _ in range(pacer.wait()):
            frames += 1
            wave = 128 + 100 * np.sin((np.arange(512) + phase) * 2 * np.pi * 440 / 30720)
            phase += 512
            speaker.play(wave.astype(np.uint8))
    speaker.stop()
    # Gone on with while the old sound still plays, and when it is over.
    time.sleep((0.02, 0.2, 0.2)[part])
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


def clicks(samples: NDArray[np.int64]) -> int:
    return int((np.abs(np.diff(samples)) > 1.3 * STEEPEST).sum())


def test_a_tone_starts_stalls_pauses_and_ends_without_a_click(tmp_path: Path) -> None:
    samples = record(tmp_path, "loud")
    assert (np.abs(samples) > 1000).sum() > 30720, "a second of tone, of three"
    # However busy the machine is: a game that comes late makes a gap, never a click.
    assert clicks(samples) == 0
    assert samples[-1] == 0


def test_without_fades_the_same_game_clicks(tmp_path: Path) -> None:
    """So that the test above would notice."""
    assert clicks(record(tmp_path, "no fades")) >= 5


def test_muted_is_silent(tmp_path: Path) -> None:
    assert np.abs(record(tmp_path, "mute")).max() == 0


def test_no_device_is_no_error() -> None:
    program = (
        "import numpy as np; from game.ui.audio.speaker import Speaker; s = Speaker();"
        "s.play(np.zeros(512, np.uint8)); s.stop(); s.muted = True; s.close(); print(s.problem)"
    )
    environment = {**os.environ, "SDL_AUDIODRIVER": "nonsense"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True
    )
    assert "No sound:" in done.stdout
