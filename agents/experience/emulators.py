"""Emulators in a process of their own that also show the console's RAM.

ALE's vector environment is faster with pictures but does not show the RAM. These emulators step on
the other core while the learner learns. Everything passes through shared arrays.
"""

from __future__ import annotations

import atexit
import ctypes
import itertools
import multiprocessing
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.config import FRAME_SKIP
from agents.experience.practice import Pool, Shown, Trail, cause_of_loss, practising
from agents.inference.episode import BOMB, LANDING
from agents.inference.observation import PICTURE, RAM_OBSERVATION
from agents.inference.preprocess import shrink
from game.emulation.cabinet import MAX_SEED, Action, Cabinet, CabinetError, Frame, Rules
from game.system.ending import ignore_endings

_PIXELS = PICTURE.shape[0] * PICTURE.shape[1]
LOSS = "the emulators' process ended by itself: start the same command again"


class EmulatorsError(RuntimeError):
    """The emulators' process is gone; the message says what to do."""


@dataclass(frozen=True)
class Shared:
    """The arrays that both processes share, one entry for each of E emulators."""

    actions: NDArray[np.uint8]  # [E]
    rewards: NDArray[np.int32]  # [E], ALE's unclipped
    lives: NDArray[np.int32]  # [E]
    terminated: NDArray[np.bool_]  # [E], the game is over
    truncated: NDArray[np.bool_]  # [E], the frame cap ended the game, or practice is over
    again: NDArray[np.bool_]  # [E], only shown again before practice begins; nothing was done
    ram: NDArray[np.uint8]  # [E, 129], the RAM and the action of the step before
    pictures: NDArray[np.uint8]  # [E, 84, 84], the same as the vector environment's


class Emulators:
    """E games of Space Invaders in lock-step; a finished game restarts at the next step."""

    def __init__(
        self, count: int, rules: Rules, seed: int, pictures: bool, practice: float = 0.0
    ) -> None:
        """Start the process and wait for the first observations; `pictures` cost a quarter.

        The share `practice` of the emulators practises (see practice.py).
        """
        context = multiprocessing.get_context("spawn")
        arrays = _allocate(context, count)
        self.shared = _shared(arrays, count)
        # Two one-way pipes: Python's two-way pipe is a socket.
        orders, self._orders = context.Pipe(duplex=False)
        self._done, done = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_emulate,
            args=(orders, done, arrays, count, rules, seed, pictures, practice),
            daemon=True,
        )
        self._process.start()
        # At its exit Python would ask the process to terminate, and wait for ever.
        atexit.register(self._process.kill)
        orders.close()
        done.close()
        self._wait()

    def send(self, actions: NDArray[np.integer]) -> None:
        """Start four frames with `actions` [E], and return at once."""
        self.shared.actions[:] = actions
        try:
            self._orders.send(True)
        except OSError as error:
            raise EmulatorsError(LOSS) from error

    def receive(self) -> None:
        """Wait until `shared` holds the results of the step that was sent."""
        self._wait()

    def close(self) -> None:
        """End the process."""
        atexit.unregister(self._process.kill)
        self._process.kill()
        self._process.join()

    def _wait(self) -> None:
        try:
            problem = self._done.recv()
        except (EOFError, OSError) as error:
            raise EmulatorsError(LOSS) from error
        if problem is not None:
            raise EmulatorsError(problem)


def _allocate(context: Any, count: int) -> list[Any]:
    flags = [count] * 3
    pixels = count * _PIXELS
    sizes = [count, 4 * count, 4 * count, *flags, count * RAM_OBSERVATION.shape[0], pixels]
    return [context.RawArray(ctypes.c_uint8, size) for size in sizes]


def _shared(arrays: list[Any], count: int) -> Shared:
    actions, rewards, lives, terminated, truncated, again, ram, pictures = arrays
    return Shared(
        actions=np.frombuffer(actions, np.uint8),
        rewards=np.frombuffer(rewards, np.int32),
        lives=np.frombuffer(lives, np.int32),
        terminated=np.frombuffer(terminated, np.bool_),
        truncated=np.frombuffer(truncated, np.bool_),
        again=np.frombuffer(again, np.bool_),
        ram=np.frombuffer(ram, np.uint8).reshape(count, *RAM_OBSERVATION.shape),
        pictures=np.frombuffer(pictures, np.uint8).reshape(count, *PICTURE.shape),
    )


def _emulate(
    orders: Connection,
    done: Connection,
    arrays: list[Any],
    count: int,
    rules: Rules,
    seed: int,
    pictures: bool,
    practice: float,
) -> None:
    """Run the process: step all emulators at each of the `orders`, until the pipe closes.

    It sends None when it is `done`, or the reason why it can do no more.
    """
    # Signals that ask to end are the learner's, which saves before it ends.
    ignore_endings()
    shared = _shared(arrays, count)
    seeds = (number % MAX_SEED for number in itertools.count(seed))
    try:
        pool = Pool(seed) if practice else None
        lanes = [
            _Lane(shared, index, rules, seeds, pictures, pool, bool(practises))
            for index, practises in enumerate(practising(count, practice))
        ]
        done.send(None)
        while orders.recv():
            for lane in lanes:
                lane.step()
            done.send(None)
    except CabinetError as error:
        done.send(str(error))
    except (EOFError, OSError):
        return


class _Lane:
    """One emulator of the process, which plays game after game, each on the next seed.

    With a `pool` it adds what came before its lost lives, and if it `practises`, plays that.
    """

    def __init__(
        self,
        shared: Shared,
        index: int,
        rules: Rules,
        seeds: Iterator[int],
        pictures: bool,
        pool: Pool | None,
        practises: bool,
    ) -> None:
        self._shared, self._index, self._pictures = shared, index, pictures
        self._rules, self._seeds = rules, seeds
        self._pool, self._practises = pool, practises
        self._begin()

    def step(self) -> None:
        """Do one agent step with the action in the shared arrays."""
        self._shared.again[self._index] = bool(self._opening)
        if self._opening:
            self._tell(self._opening.popleft(), 0)
        elif self._shared.terminated[self._index] or self._shared.truncated[self._index]:
            self._begin()
        else:
            self._act(Action(int(self._shared.actions[self._index])))

    def _act(self, action: Action) -> None:
        before, grey, frames = self._cabinet.frame, None, FRAME_SKIP
        if self._pictures:
            self._cabinet.hold(action, FRAME_SKIP - 1)
            grey, frames = self._cabinet.grey(), 1
        frame = self._cabinet.hold(action, frames)
        self._show(action, frame.score - before.score, grey)
        if self._pool is not None:
            self._see_to_practice(self._pool, before, frame)

    def _see_to_practice(self, pool: Pool, before: Frame, frame: Frame) -> None:
        """End practice that is over; keep what came before a life that was lost in a game."""
        shared, at = self._shared, self._index
        cause = cause_of_loss(before, frame, bool(shared.truncated[at]))
        if self._practice is None:
            if cause is not None:
                pool.add(self._trail.before_loss(cause == LANDING, pool.chance))
            # Who is to practise plays until there is something to practise.
            shared.truncated[at] |= self._practises and len(pool) > 0 and not frame.over
            return
        self._left -= 1
        shared.terminated[at] |= cause == BOMB
        shared.truncated[at] |= self._left <= 0 and not shared.terminated[at]
        if shared.terminated[at] or shared.truncated[at]:
            self._practice.ended(bool(shared.terminated[at]))

    def _begin(self) -> None:
        practice = self._pool.draw() if self._pool is not None and self._practises else None
        self._practice = practice
        self._opening: deque[Shown] = deque()
        self._trail = Trail()
        if practice is None:
            self._cabinet = Cabinet(self._rules, next(self._seeds), blind=True, sound=False)
            self._show(Action.NOOP, 0, None)
            return
        self._left = practice.steps
        self._cabinet.restore(practice.moment.state)
        first, *others = practice.moment.shown
        self._opening.extend(others)
        self._tell(first, 0)

    def _show(self, action: Action, reward: int, before: NDArray[np.uint8] | None) -> None:
        ram = np.append(np.frombuffer(self._cabinet.ram(), np.uint8), np.uint8(action))
        picture = None
        if self._pictures:
            grey = self._cabinet.grey()
            picture = shrink(grey if before is None else np.maximum(grey, before))
        self._tell((ram, picture), reward)
        if self._pool is not None and self._practice is None:
            self._trail.push(self._cabinet, (ram, picture))

    def _tell(self, shown: Shown, reward: int) -> None:
        shared, at, frame = self._shared, self._index, self._cabinet.frame
        shared.rewards[at], shared.lives[at] = reward, frame.lives
        shared.truncated[at] = self._cabinet.cut_off
        shared.terminated[at] = frame.over and not self._cabinet.cut_off
        shared.ram[at], picture = shown
        if picture is not None:
            shared.pictures[at] = picture
