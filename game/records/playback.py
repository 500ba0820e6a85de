"""Plays a finished game from its tape: lists what happened, and shows any moment.

`TapeIndex` goes through the game once, without a picture, and keeps the emulator's state and the
sound of every second. `Playback` uses these to seek to any frame quickly and to play on from
there. The sound is kept because the state lacks the sound chip: after a seek it would differ.
"""

from __future__ import annotations

import dataclasses
import zlib
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from game.emulation.cabinet import (
    FRAMES_PER_SECOND,
    SAMPLES_PER_FRAME,
    Action,
    Cabinet,
    Frame,
    Snapshot,
)
from game.play.tape import Tape

_ACTIONS = tuple(Action)  # indexing takes a tenth of the time of Action(number)


class EventKind(StrEnum):
    """The kind of an event."""

    HIT = "hit"  # something was shot, for points
    DEATH = "death"  # a bomb hit the cannon; the life goes two seconds later
    LANDING = "landing"  # the invaders came down to the cannon, which ends the game
    WAVE = "wave"  # the last invader of a wave was shot


@dataclass(frozen=True)
class Event:
    """An event of the game."""

    frame: int  # the first frame after it happened
    what: EventKind
    points: int = 0


class TapeIndex:
    """An index of a tape up to `frames`: scores, lives, shots, events, a snapshot a second."""

    def __init__(self, tape: Tape) -> None:
        """Start at the first frame; each `advance` indexes a second more."""
        self.tape = tape
        self._cabinet = Cabinet(tape.rules, tape.seed, blind=True)
        self.seconds: list[Snapshot] = [self._cabinet.snapshot()]
        self._sounds: list[bytes] = []  # the samples of each second, compressed to a thirtieth
        self._unpacked: tuple[int, NDArray[np.uint8]] | None = None
        self._known, self._over = 0, False  # frames, and whether the game ended with the last
        self.scores = [0]  # after each frame
        self.lives = [self._cabinet.frame.lives]
        self.events: list[Event] = []
        self.shots: list[int] = []  # the frames in which the cannon's missile left it
        self._bursting, self._invaders = False, self._cabinet.signs.invaders
        self._again = Tape(tape.rules, tape.seed, tape.player, tape.kind)
        self.true = True  # whether the digests match so far

    @property
    def frames(self) -> int:
        """How many frames are known, with all that there is to know of them.

        Others may read this while `advance` is under way: it changes at its end.
        """
        return self._known

    @property
    def done(self) -> bool:
        """Whether the whole tape is known."""
        return self.frames >= self.tape.frames or self._over

    def advance(self) -> None:
        """Index up to the next whole second, or to the tape's end."""
        end = min(self.tape.frames, self.frames + FRAMES_PER_SECOND)
        heard: list[bytes] = []
        for number in self.tape.actions[self.frames : end]:
            action = _ACTIONS[number]
            frame = self._cabinet.step(action)
            self._again.record(action, frame, self._cabinet)
            self._note(frame)
            heard.append(self._cabinet.sound().tobytes())
            if frame.over:
                break
        self._sounds.append(zlib.compress(b"".join(heard), level=1))
        known, over = len(self.scores) - 1, self._cabinet.frame.over
        if known >= self.tape.frames or over:
            self._again.finish(self._cabinet)
        sealed = bytes(self._again.digests)
        self.true = self.tape.digests.startswith(sealed)
        if known % FRAMES_PER_SECOND == 0:
            self.seconds.append(self._cabinet.snapshot())
        self._known, self._over = known, over

    def sound(self, frame: int) -> NDArray[np.uint8]:
        """Return the samples [512] of an indexed `frame`, counted from 1."""
        second, place = divmod(frame - 1, FRAMES_PER_SECOND)
        if self._unpacked is None or self._unpacked[0] != second:
            samples = np.frombuffer(zlib.decompress(self._sounds[second]), np.uint8)
            self._unpacked = second, samples.reshape(-1, SAMPLES_PER_FRAME)
        heard: NDArray[np.uint8] = self._unpacked[1][place]
        return heard

    def _note(self, frame: Frame) -> None:
        bursting, fired, invaders = self._cabinet.signs
        if frame.reward:
            self.events.append(Event(frame.number, EventKind.HIT, frame.reward))
        if bursting and not self._bursting:
            self.events.append(Event(frame.number, EventKind.DEATH))
        if frame.lives < self.lives[-1] and not self._bursting:
            self.events.append(Event(frame.number, EventKind.LANDING))
        if invaders == 0 and self._invaders > 0:
            self.events.append(Event(frame.number, EventKind.WAVE))
        if fired:
            self.shots.append(frame.number)
        self._bursting, self._invaders = bursting, invaders
        self.lives.append(frame.lives)
        self.scores.append(frame.score)


class Playback:
    """A cabinet that plays a tape and can seek to every frame that its `TapeIndex` covers."""

    def __init__(self, tape_index: TapeIndex) -> None:
        """Show the first frame."""
        self._tape_index = tape_index
        self._cabinet = Cabinet(tape_index.tape.rules, tape_index.tape.seed)
        self._first = self._cabinet.frame

    @property
    def frame(self) -> Frame:
        """The current frame."""
        return self._cabinet.frame

    @property
    def cabinet(self) -> Cabinet:
        """The cabinet in its current state."""
        return self._cabinet

    @property
    def last(self) -> int:
        """The number of the last indexed frame."""
        return self._tape_index.frames

    def step(self) -> None:
        """Play the next frame, if it is indexed."""
        if self.frame.number < self.last:
            frame = self._cabinet.step(Action(self._tape_index.tape.actions[self.frame.number]))
            heard = self._tape_index.sound(frame.number)
            self._cabinet.frame = dataclasses.replace(frame, audio=heard)

    def go(self, number: int) -> None:
        """Seek to frame `number`, or to the nearest indexed one, exactly as recorded.

        What the cabinet plays on from there beyond the tape sounds alike, but is not the same
        to the sample.
        """
        number = min(max(0, number), self.last)
        if number == self.frame.number:
            return
        self._cabinet.blind = True
        # A state has no picture, so the last step to a frame is always played.
        second = max(0, number - 1) // FRAMES_PER_SECOND
        if not second * FRAMES_PER_SECOND <= self.frame.number < number:
            self._enter(second)
        for action in self._tape_index.tape.actions[self.frame.number : max(0, number - 1)]:
            self._cabinet.step(Action(action))
        self._cabinet.blind = False
        if number:
            self.step()
        else:
            self._cabinet.frame = self._first

    def _enter(self, second: int) -> None:
        """Go to the state of `second`, as the second before it leaves what is not in a state.

        That is the action that stickiness would repeat, and the tones that are under way. The
        action is the last one that got through: that none of a second's frames gets through has
        a chance of stickiness to the power of 60.
        """
        tape_index = self._tape_index
        before = max(0, second - 1)
        self._cabinet.restore(tape_index.seconds[before])
        for frame in range(before * FRAMES_PER_SECOND, (before + 1) * FRAMES_PER_SECOND):
            held = tape_index.tape.actions[frame] if second else Action.NOOP
            self._cabinet.step(Action(held))
        self._cabinet.restore(tape_index.seconds[second])
