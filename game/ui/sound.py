"""The cartridge's sound: ALE's samples in a short queue that the sound card empties."""

from __future__ import annotations

import threading
from collections import deque

import numpy as np
import pygame
from numpy.typing import NDArray
from pygame._sdl2 import audio, sdl2

from game.cabinet import SAMPLE_RATE, SAMPLES_PER_FRAME

Samples = NDArray[np.int16]

SILENCE = 128  # ALE's samples are unsigned
GAIN = 150  # to 16 bits, with some head room
TARGET_FRAMES = 3  # queued before sound starts: 50 ms
MOST_FRAMES = 6  # more than that is latency that a player notices: the oldest goes
_RAMP = np.linspace(0, 1, SAMPLES_PER_FRAME, dtype=np.float32)


class Speaker:
    """Plays one frame's samples after another. Without a sound device it does nothing.

    The sound card's clock is not the game's. When the queue runs dry the last level
    falls to zero over one frame, and sound comes back in as gently: no clicks at
    start, pause and end.
    """

    def __init__(self, mute: bool = False) -> None:
        """Open the default device; `problem` says why there is no sound."""
        self.muted = mute
        self.problem: str | None = None
        self._queue: deque[Samples] = deque()
        self._lock = threading.Lock()
        self._playing = False
        self._level = 0  # of the last sample that went out
        self._device: audio.AudioDevice | None = None
        try:
            sdl2.init_subsystem(sdl2.INIT_AUDIO)
            self._device = audio.AudioDevice(
                devicename=None,
                iscapture=False,
                frequency=SAMPLE_RATE,
                audioformat=audio.AUDIO_S16,
                numchannels=1,
                chunksize=SAMPLES_PER_FRAME,
                allowed_changes=0,
                callback=self._fill,
            )
            self._device.pause(0)
        except (pygame.error, sdl2.error) as error:
            self.problem = f"No sound: {error}"

    def play(self, frame_audio: NDArray[np.uint8]) -> None:
        """Queue one frame's samples [512], unsigned 8 bits as ALE gives them."""
        if self._device is None:
            return
        samples = (frame_audio.astype(np.int16) - SILENCE) * GAIN
        with self._lock:
            self._queue.append(samples)
            if len(self._queue) > MOST_FRAMES:
                # Join the frame before the dropped one to the one after it without a step.
                dropped = self._queue.popleft()
                self._queue[0] = _blend(dropped, self._queue[0])

    def stop(self) -> None:
        """Let the sound fall silent, at a pause or a game's end."""
        with self._lock:
            self._queue.clear()

    def close(self) -> None:
        """Give the device back."""
        if self._device is not None:
            self._device.close()
            self._device = None

    def next_samples(self) -> Samples:
        """Return what the sound card plays next, int16 [512]."""
        with self._lock:
            if not self._playing and len(self._queue) >= TARGET_FRAMES:
                self._playing = True
                samples = (self._queue.popleft() * _RAMP).astype(np.int16)
            elif self._playing and self._queue:
                samples = self._queue.popleft()
            else:
                self._playing = False
                samples = (self._level * _RAMP[::-1]).astype(np.int16)
            self._level = int(samples[-1])
        return np.zeros_like(samples) if self.muted else samples

    def _fill(self, _device: audio.AudioDevice, out: memoryview) -> None:
        """Answer the sound card, in its own thread."""
        data = self.next_samples().tobytes()
        out[:] = data[: len(out)] + bytes(max(0, len(out) - len(data)))


def _blend(old: Samples, new: Samples) -> Samples:
    return (old * (1 - _RAMP) + new * _RAMP).astype(np.int16)
