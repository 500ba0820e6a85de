"""The cartridge's sound: ALE's samples, handed to the mixer two frames at a time.

The mixer holds one block that plays and one that waits. A block is a whole number of
the device's buffers, so that one follows the other without a gap.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterator

import numpy as np
import pygame
from numpy.typing import NDArray

from game.cabinet import SAMPLE_RATE, SAMPLES_PER_FRAME
from game.ui.effects import Effect, samples

Samples = NDArray[np.int16]

CARTRIDGE, OWN = 0, 1  # the mixer's channels

SILENCE = 128  # ALE's samples are unsigned
GAIN = 150  # to 16 bits, with some head room
BLOCK_FRAMES = 2
MOST_FRAMES = 6  # more than that is latency that a player notices: the oldest goes
CLOSE_MS = 70  # the longest that the mixer still plays
_RAMP = np.linspace(0, 1, SAMPLES_PER_FRAME, dtype=np.float32)


class Speaker:
    """Plays one frame's samples after another. Without a sound device it does nothing.

    The sound card's clock is not the game's: when samples pile up the oldest frame is
    blended away, and when they run out sound comes back in gently.
    """

    def __init__(self, mute: bool = False) -> None:
        """Open the default device; `problem` says why there is no sound."""
        self.problem: str | None = None
        self._muted = mute
        self._volume, self._effects_volume = 1.0, 0.6
        self._effects: dict[Effect, pygame.mixer.Sound] = {}
        self._waiting: deque[Samples] = deque()
        self._last_block: Samples = np.zeros(SAMPLES_PER_FRAME, np.int16)  # given to the mixer
        self._channel: pygame.mixer.Channel | None = None
        try:
            pygame.mixer.init(SAMPLE_RATE, -16, 1, SAMPLES_PER_FRAME, allowedchanges=0)
            self._channel = pygame.mixer.Channel(CARTRIDGE)
            self._effects = {effect: _sound(samples(effect)) for effect in Effect}
            self._apply()
        except pygame.error as error:
            self.problem = f"No sound: {error}"

    @property
    def muted(self) -> bool:
        """Whether nothing is to be heard."""
        return self._muted

    @muted.setter
    def muted(self, muted: bool) -> None:
        self._muted = muted
        self._apply()

    def set_volumes(self, everything: float, effects: float) -> None:
        """Set how loud everything is, and the arcade's own sounds within that; 0 to 1."""
        self._volume, self._effects_volume = everything, effects
        self._apply()

    def effect(self, effect: Effect) -> None:
        """Play one of the arcade's own sounds, in place of one that still plays."""
        if self._channel is not None:
            with self._device():
                channel = pygame.mixer.Channel(OWN)
                channel.play(self._effects[effect])
                self._apply()  # a channel that starts is loud again

    def _apply(self) -> None:
        if self._channel is not None:
            with self._device():
                loud = 0.0 if self._muted else self._volume
                self._channel.set_volume(loud)
                pygame.mixer.Channel(OWN).set_volume(loud * self._effects_volume)

    @contextlib.contextmanager
    def _device(self) -> Iterator[None]:
        """Go on in silence if the mixer is gone, whatever took it."""
        try:
            yield
        except pygame.error as error:
            self.problem = f"No sound: {error}"
            self._channel = None
            self._waiting.clear()

    @property
    def waiting_frames(self) -> int:
        """Frames that the mixer has not been given yet."""
        return len(self._waiting)

    def play(self, frame_audio: NDArray[np.uint8]) -> None:
        """Take in one frame's samples [512], unsigned 8 bits as ALE gives them."""
        if self._channel is None:
            return
        self._waiting.append((frame_audio.astype(np.int16) - SILENCE) * GAIN)
        if len(self._waiting) > MOST_FRAMES:
            dropped = self._waiting.popleft()
            self._waiting[0] = _blend(dropped, self._waiting[0])
        with self._device():
            self._hand_over(self._channel)

    def _hand_over(self, channel: pygame.mixer.Channel) -> None:
        """Give the mixer what it has room for."""
        starting = not channel.get_busy()
        # Start with both places filled, and keep them so.
        if len(self._waiting) >= BLOCK_FRAMES * (2 if starting else 1):
            if starting:
                self._waiting[0] = (self._waiting[0] * _RAMP).astype(np.int16)
                channel.play(_sound(self._next_block()))
            if channel.get_queue() is None:
                self._last_block = self._next_block()
                channel.queue(_sound(self._last_block))

    def stop(self) -> None:
        """Let the sound fall silent within four frames, at a pause or a game's end.

        The block that waits is faded out; if it plays already, a tail from its last
        level follows. The mixer's own fade works in steps that can be heard.
        """
        self._waiting.clear()
        if self._channel is not None:
            with self._device():
                self._fade(self._channel)

    def _fade(self, channel: pygame.mixer.Channel) -> None:
        if not channel.get_busy():
            return
        if channel.get_queue() is None:
            tail = np.full(SAMPLES_PER_FRAME, self._last_block[-1], np.int16)
        else:
            tail = self._last_block[:SAMPLES_PER_FRAME]
        channel.queue(_sound((tail * _RAMP[::-1]).astype(np.int16)))

    def close(self) -> None:
        """Fall silent and give the device back."""
        if self._channel is not None:
            self.stop()
            pygame.time.wait(CLOSE_MS)
            self._channel = None
            pygame.mixer.quit()

    def _next_block(self) -> Samples:
        return np.concatenate([self._waiting.popleft() for _ in range(BLOCK_FRAMES)])


def _sound(samples: Samples) -> pygame.mixer.Sound:
    return pygame.mixer.Sound(buffer=samples.tobytes())


def _blend(old: Samples, new: Samples) -> Samples:
    mixed: Samples = (old * (1 - _RAMP) + new * _RAMP).astype(np.int16)
    return mixed
