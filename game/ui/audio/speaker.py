"""The cartridge's sound: ALE's samples, handed to the mixer two frames at a time.

One game is heard on both sides; of two people's games each is mostly on its own side, as
they sit. The mixer has two channels either way.

The mixer holds one block that plays and one that is queued. A block is a whole number of the
device's buffers, so that blocks follow each other without a gap. The last block given to the
mixer is faded out at its end, and gets its true end back only when another one follows: if the
game is late or stops, the sound ends without a click.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

import numpy as np
import pygame
from numpy.typing import NDArray

from game.emulation.cabinet import FRAMES_PER_SECOND, SAMPLE_RATE, SAMPLES_PER_FRAME, to_16_bits
from game.system.sentence import Sentence
from game.ui.audio.effects import Effect, samples

Samples = NDArray[np.int16]  # [N, 2]: left and right

CARTRIDGE, OWN = 0, 1  # the mixer's channels

BLOCK_FRAMES = 2
RETRY_FRAMES = 10 * FRAMES_PER_SECOND  # between the first attempts to reopen a lost device
PATIENCE = 8  # failed attempts, after which the next eight are further apart, and so on
# Each attempt for which no driver can be started keeps one of the references that SDL counts to
# its events. After 253 there would be no keys any more (findings/sdl-counts-failed-drivers.sh).
MOST_FAILURES = 200
MOST_FRAMES = 6  # more would be noticeable latency: the oldest frame is dropped
CLOSE_MS = 70  # how long the mixer may still play
FADE = 128  # samples, 4 ms
NEAR, FAR = 1.0, 0.2  # how loud each of two games is on its own side and on the other
_RAMP = np.linspace(0, 1, SAMPLES_PER_FRAME, dtype=np.float32)[:, np.newaxis]
_MOST = np.iinfo(np.int16).max

NO_SOUND = Sentence(lambda say: say("No sound: no audio device is available"))

_log = logging.getLogger(__name__)
_sdl = logging.getLogger("sdl")  # a library's words: no sentence for people


class Speaker:
    """Plays one frame's samples after another. Without a sound device it does nothing.

    A device that disappears, unplugged or with its sound server, is reopened when one is there.

    The sound card's clock differs from the game's: if samples pile up, the oldest frame is
    blended away, and after a gap the sound fades in.
    """

    def __init__(self, mute: bool = False) -> None:
        """Open the default device; `problem` says if there is no sound."""
        self.problem: Sentence | None = None
        self._muted = mute
        self._volume, self._effects_volume = 1.0, 0.6
        self._effects: dict[Effect, pygame.mixer.Sound] = {}
        self._waiting: deque[Samples] = deque()
        self._last: _Block | None = None  # the last block given to the mixer
        self._channel: pygame.mixer.Channel | None = None
        self._silent_frames = 0  # since the last search for a device
        self._failures = 0  # of all searches
        self._closed = False
        self._open()

    def _open(self) -> None:
        try:
            pygame.mixer.init(SAMPLE_RATE, -16, 2, SAMPLES_PER_FRAME, allowedchanges=0)
            self._channel = pygame.mixer.Channel(CARTRIDGE)
            self._effects = {effect: _sound(_both_sides(samples(effect))) for effect in Effect}
            self._apply()
        except pygame.error as error:
            self._failures += 1
            self._lose(str(error))
        else:
            if self.problem is not None:
                _log.warning("there is sound again")
            self.problem = None

    def _lose(self, why: str) -> None:
        """Be silent until there is a device again; log this once, and `why`."""
        if self.problem is None:
            self.problem = NO_SOUND
            _log.warning(self.problem)
            _sdl.warning("no sound: %s", why)
        self._channel, self._last, self._silent_frames = None, None, 0
        self._waiting.clear()

    def handle(self, event: pygame.Event) -> None:
        """Handle a sound device that was added or removed."""
        if event.dict.get("iscapture"):
            return
        # Devices that nobody opened go with number 0; the one that is open is ours.
        if event.type == pygame.AUDIODEVICEREMOVED and event.which and self._channel is not None:
            self._lose("the device is gone")
        elif event.type == pygame.AUDIODEVICEADDED and self._channel is None:
            self._silent_frames = self._retry_frames

    def update(self, playing: bool) -> None:
        """Called once a frame: look for a lost device now and then.

        Opening one can take longer than a frame, so this is not done while a game is `playing`.
        """
        if self._channel is not None or self._closed:
            return
        self._silent_frames += 1
        due = self._silent_frames >= self._retry_frames and self._failures < MOST_FAILURES
        if due and not playing:
            self._silent_frames = 0
            pygame.mixer.quit()
            self._open()

    @property
    def _retry_frames(self) -> int:
        """How long to wait for the next attempt: at last 4 minutes, and 7 hours for them all."""
        return RETRY_FRAMES * (1 + self._failures // PATIENCE)

    @property
    def muted(self) -> bool:
        """Whether the sound is off."""
        return self._muted

    @muted.setter
    def muted(self, muted: bool) -> None:
        self._muted = muted
        self._apply()

    def set_volumes(self, everything: float, effects: float) -> None:
        """Set the master volume, and the volume of sound effects relative to it; 0 to 1."""
        self._volume, self._effects_volume = everything, effects
        self._apply()

    def effect(self, effect: Effect) -> None:
        """Play a sound effect, in place of one that still plays."""

        def start(_channel: pygame.mixer.Channel) -> None:
            pygame.mixer.Channel(OWN).play(self._effects[effect])

        self._try(start)
        self._apply()  # a starting channel resets its volume

    @property
    def waiting_frames(self) -> int:
        """Frames that are not with the mixer yet."""
        return len(self._waiting)

    def play(self, frame_audio: NDArray[np.uint8], right: NDArray[np.uint8] | None = None) -> None:
        """Queue one frame's samples [512], unsigned 8-bit as from ALE.

        With those of a second game, the first is heard at the left and that one at the right.
        """
        if self._channel is None:
            return
        first = to_16_bits(frame_audio)
        mixed = _both_sides(first) if right is None else panned(first, to_16_bits(right))
        self._waiting.append(mixed)
        if len(self._waiting) > MOST_FRAMES:
            dropped = self._waiting.popleft()
            self._waiting[0] = _blend(dropped, self._waiting[0])
        self._try(self._fill)

    def stop(self) -> None:
        """Stop after what the mixer already has, at most four frames.

        The mixer's own fade-out works in audible steps.
        """
        self._waiting.clear()
        self._last = None

    def close(self) -> None:
        """Stop and close the device."""
        self._closed = True
        if self._channel is not None:
            self.stop()
            pygame.time.wait(CLOSE_MS)
            self._channel = None
            pygame.mixer.quit()

    def _apply(self) -> None:
        def set_volumes(channel: pygame.mixer.Channel) -> None:
            loud = 0.0 if self._muted else self._volume
            channel.set_volume(loud)
            pygame.mixer.Channel(OWN).set_volume(loud * self._effects_volume)

        self._try(set_volumes)

    def _try(self, do: Callable[[pygame.mixer.Channel], None]) -> None:
        """Call `do` with the cartridge's channel; be silent for now if the mixer is gone."""
        if self._channel is None:
            return
        try:
            if pygame.mixer.get_init() is None:  # then a channel's queue is freed memory
                raise pygame.error("the mixer is gone")
            do(self._channel)
        except pygame.error as error:
            self._lose(str(error))

    def _fill(self, channel: pygame.mixer.Channel) -> None:
        """Keep both of the mixer's slots filled; start only when both can be."""
        if channel.get_queue() is not None:
            return
        if self._last is None or not channel.get_busy():
            if len(self._waiting) < 2 * BLOCK_FRAMES:
                return
            self._waiting[0] = (self._waiting[0] * _RAMP).astype(np.int16)
            self._last = None
            self._give(channel)
        if len(self._waiting) >= BLOCK_FRAMES and channel.get_queue() is None:
            self._give(channel)

    def _give(self, channel: pygame.mixer.Channel) -> None:
        """Queue the next block in the mixer. It plays at once if nothing else does."""
        block = _Block(np.concatenate([self._waiting.popleft() for _ in range(BLOCK_FRAMES)]))
        if self._last is not None:
            self._last.unfade()
        channel.queue(block.sound)
        self._last = block


class _Block:
    """A sound whose end is faded out until `unfade`, which also works while it plays."""

    def __init__(self, block: Samples) -> None:
        self._end = block[-FADE:].copy()
        block[-FADE:] = self._end * np.linspace(1, 0, FADE)[:, np.newaxis]
        self.sound = _sound(block)

    def unfade(self) -> None:
        """Restore the true end."""
        pygame.sndarray.samples(self.sound)[-FADE:] = self._end


def panned(left: NDArray[np.int16], right: NDArray[np.int16]) -> Samples:
    """Return two games' samples [N] as one sound [N, 2]; too loud a sum is cut."""
    sides = (NEAR * left + FAR * right, FAR * left + NEAR * right)
    mixed: Samples = np.clip(np.column_stack(sides), -_MOST, _MOST).astype(np.int16)
    return mixed


def _both_sides(samples: NDArray[np.int16]) -> Samples:
    return np.repeat(samples[:, np.newaxis], 2, axis=1)


def _sound(samples: Samples) -> pygame.mixer.Sound:
    return pygame.mixer.Sound(buffer=samples.tobytes())


def _blend(old: Samples, new: Samples) -> Samples:
    mixed: Samples = (old * (1 - _RAMP) + new * _RAMP).astype(np.int16)
    return mixed
