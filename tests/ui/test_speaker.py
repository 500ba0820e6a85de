"""The sound as SDL's disk driver writes it, so that every sample can be looked at."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pygame
import pytest
from numpy.typing import NDArray

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.ui.audio.effects import Effect
from game.ui.audio.speaker import MOST_FAILURES, PATIENCE, RETRY_FRAMES, Speaker
from game.ui.tools import selftest

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


@pytest.mark.slow
def test_a_tone_starts_stalls_pauses_and_ends_without_a_click(tmp_path: Path) -> None:
    samples = record(tmp_path, "loud")
    assert (np.abs(samples) > 1000).sum() > 30720, "a second of tone, of three"
    # However busy the machine is: a game that comes late makes a gap, never a click.
    assert clicks(samples) == 0
    assert samples[-1] == 0


@pytest.mark.slow
def test_without_fades_the_same_game_clicks(tmp_path: Path) -> None:
    """So that the test above would notice."""
    assert clicks(record(tmp_path, "no fades")) >= 5


@pytest.mark.slow
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


def test_row_3_sound_comes_back_with_its_device(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The server ends and comes back, or headphones are pulled out and put in again."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    pygame.mixer.quit()
    played = Speaker()
    try:
        assert played.problem is None
        other = pygame.Event(pygame.AUDIODEVICEREMOVED, which=0, iscapture=0)
        played.handle(other)
        assert played.problem is None, "a device that nobody had opened"
        monkeypatch.setenv("SDL_AUDIODRIVER", "nothing-of-that-name")
        played.handle(pygame.Event(pygame.AUDIODEVICEREMOVED, which=2, iscapture=0))
        assert played.problem is not None
        for _ in range(3 * RETRY_FRAMES):
            played.play(np.full(512, 128, np.uint8))
            played.update(playing=False)
        assert len([r for r in caplog.records if "No sound" in r.message]) == 1, "said once"
        monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
        played.handle(pygame.Event(pygame.AUDIODEVICEADDED, which=0, iscapture=0))
        played.update(playing=True)
        assert played.problem is not None, "opening takes longer than a frame: not in a game"
        played.update(playing=False)
        assert played.problem is None
        assert "there is sound again" in caplog.text
        played.effect(Effect.MOVE)
    finally:
        played.close()
    played.update(playing=False)
    assert pygame.mixer.get_init() is None, "what was closed stays so"


def test_the_self_test_looks_for_sound_again_on_a_busy_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    speaker, late = Speaker(), itertools.chain([False, False], itertools.repeat(True))
    monkeypatch.setattr(pygame.mixer, "get_busy", lambda: next(late))
    assert "reach the mixer" in selftest._check_sound(speaker)
    monkeypatch.setattr(pygame.mixer, "get_busy", lambda: False)
    monkeypatch.setattr(selftest, "SOUND_TRIES", 2)
    with pytest.raises(selftest.SelfTestError, match="did not reach"):
        selftest._check_sound(speaker)
    speaker.close()


def test_attempts_grow_rare_and_end_before_sdl_has_no_keys_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise pygame.error("no driver")

    monkeypatch.setattr(pygame.mixer, "init", refuse)
    speaker, tried = Speaker(), 1
    for frame in range(1, 10 * 3600 * FRAMES_PER_SECOND):
        speaker.update(playing=False)
        if speaker._failures > tried:
            tried = speaker._failures
            if tried == PATIENCE:
                assert frame == (PATIENCE - 1) * RETRY_FRAMES
        if tried == MOST_FAILURES:
            assert frame > 7 * 3600 * FRAMES_PER_SECOND
            break
    assert tried == MOST_FAILURES
    for _ in range(600 * FRAMES_PER_SECOND):
        speaker.update(playing=False)
    assert speaker._failures == MOST_FAILURES
