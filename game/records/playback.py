"""A finished game played again from its tape: what happened in it, and any moment of it.

`Rerun` goes through the game once, without a picture, and keeps the emulator's state of
every second. `Playback` uses these to show any frame soon, and goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from game.emulation.cabinet import FRAMES_PER_SECOND, Action, Cabinet, Frame, Snapshot
from game.play.tape import Tape

_ACTIONS = tuple(Action)  # a tenth of the time of Action(number), for each frame of a game


class Happening(StrEnum):
    """What an event is."""

    HIT = "hit"  # something was shot, for points
    DEATH = "death"  # a bomb hit the cannon; the life goes two seconds later
    LANDING = "landing"  # the invaders came down to the cannon, which ends the game
    WAVE = "wave"  # the last invader of a wave was shot


@dataclass(frozen=True)
class Event:
    """Something that the game itself shows."""

    frame: int  # after which it had happened
    what: Happening
    points: int = 0


class Rerun:
    """The facts of a taped game: scores, lives, shots and events, up to `frames`."""

    def __init__(self, tape: Tape) -> None:
        """Begin with the first frame; `advance` goes on from there."""
        self.tape = tape
        self._cabinet = Cabinet(tape.rules, tape.seed, blind=True)
        self.seconds: list[Snapshot] = [self._cabinet.snapshot()]
        self.scores = [0]  # after each frame
        self.lives = [self._cabinet.frame.lives]
        self.events: list[Event] = []
        self.shots: list[int] = []  # the frames in which the cannon's missile left it
        self._bursting, self._invaders = False, self._cabinet.signs.invaders
        self._again = Tape(tape.rules, tape.seed, tape.player, tape.kind)
        self.true = True  # whether the tape's digests hold, as far as it is known

    @property
    def frames(self) -> int:
        """How many frames are known."""
        return len(self.scores) - 1

    @property
    def done(self) -> bool:
        """Whether the whole tape is known."""
        return self.frames >= self.tape.frames or self._cabinet.frame.over

    def advance(self) -> None:
        """Go on to the next whole second, or to the tape's end."""
        end = min(self.tape.frames, self.frames + FRAMES_PER_SECOND)
        for number in self.tape.actions[self.frames : end]:
            action = _ACTIONS[number]
            frame = self._cabinet.step(action)
            self._again.record(action, frame, self._cabinet)
            self._note(frame)
            if frame.over:
                break
        if self.done:
            self._again.finish(self._cabinet)
        sealed = bytes(self._again.digests)
        self.true = self.tape.digests.startswith(sealed)
        if self.frames % FRAMES_PER_SECOND == 0:
            self.seconds.append(self._cabinet.snapshot())

    def _note(self, frame: Frame) -> None:
        bursting, fired, invaders = self._cabinet.signs
        if frame.reward:
            self.events.append(Event(frame.number, Happening.HIT, frame.reward))
        if bursting and not self._bursting:
            self.events.append(Event(frame.number, Happening.DEATH))
        if frame.lives < self.lives[-1] and not self._bursting:
            self.events.append(Event(frame.number, Happening.LANDING))
        if invaders == 0 and self._invaders > 0:
            self.events.append(Event(frame.number, Happening.WAVE))
        if fired:
            self.shots.append(frame.number)
        self._bursting, self._invaders = bursting, invaders
        self.lives.append(frame.lives)
        self.scores.append(frame.score)


class Playback:
    """A cabinet that plays a tape, and can be anywhere in what a `Rerun` of it knows."""

    def __init__(self, rerun: Rerun) -> None:
        """Show the first frame."""
        self._rerun = rerun
        self._cabinet = Cabinet(rerun.tape.rules, rerun.tape.seed)
        self._first = self._cabinet.frame

    @property
    def frame(self) -> Frame:
        """The frame that is shown."""
        return self._cabinet.frame

    @property
    def cabinet(self) -> Cabinet:
        """The cabinet as it stands."""
        return self._cabinet

    @property
    def last(self) -> int:
        """The number of the last frame that is known."""
        return self._rerun.frames

    def step(self) -> None:
        """Show the next frame, if it is known."""
        if self.frame.number < self.last:
            self._cabinet.step(Action(self._rerun.tape.actions[self.frame.number]))

    def go(self, number: int) -> None:
        """Show frame `number`, or the nearest that is known, exactly as the tape had it."""
        number = min(max(0, number), self.last)
        if number == self.frame.number:
            return
        self._cabinet.blind = True
        # A state has no picture, so the last step to a frame is always played.
        second = max(0, number - 1) // FRAMES_PER_SECOND
        if not second * FRAMES_PER_SECOND <= self.frame.number < number:
            self._enter(second)
        for action in self._rerun.tape.actions[self.frame.number : max(0, number - 1)]:
            self._cabinet.step(Action(action))
        self._cabinet.blind = False
        if number:
            self.step()
        else:
            self._cabinet.frame = self._first

    def _enter(self, second: int) -> None:
        """Go to the state of `second`, with the action held that stickiness would repeat.

        ALE's state does not hold that action. It is the last one that got through, so the
        second before is played for it: that none of its frames gets through has a chance of
        stickiness to the power of 60.
        """
        rerun = self._rerun
        if rerun.tape.rules.sticky:
            before = max(0, second - 1)
            self._cabinet.restore(rerun.seconds[before])
            for frame in range(before * FRAMES_PER_SECOND, (before + 1) * FRAMES_PER_SECOND):
                held = rerun.tape.actions[frame] if second else Action.NOOP
                self._cabinet.step(Action(held))
        self._cabinet.restore(rerun.seconds[second])
