"""Emulators in a process of their own that also show the console's RAM.

ALE's vector environment is faster with pictures but does not show the RAM. These emulators step on
the other core while the learner learns. Everything passes through shared arrays.
"""

from __future__ import annotations

import atexit
import ctypes
import itertools
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.config import FRAME_SKIP
from agents.inference.observation import PICTURE, RAM_BYTES, RAM_OBSERVATION
from agents.inference.preprocess import shrink
from game.emulation.cabinet import MAX_SEED, Action, Cabinet, CabinetError, Rules
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
    truncated: NDArray[np.bool_]  # [E], the frame cap ended the game
    ram: NDArray[np.uint8]  # [E, 129], the RAM and the action of the step before
    pictures: NDArray[np.uint8]  # [E, 84, 84], the same as the vector environment's


class Emulators:
    """E games of Space Invaders in lock-step; a finished game restarts at the next step."""

    def __init__(self, count: int, rules: Rules, seed: int, pictures: bool) -> None:
        """Start the process and wait for the first observations; `pictures` cost a quarter."""
        context = multiprocessing.get_context("spawn")
        arrays = _allocate(context, count)
        self.shared = _shared(arrays, count)
        # Two one-way pipes: Python's two-way pipe is a socket.
        orders, self._orders = context.Pipe(duplex=False)
        self._done, done = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_emulate, args=(orders, done, arrays, count, rules, seed, pictures), daemon=True
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
    sizes = (
        count,
        4 * count,
        4 * count,
        count,
        count,
        count * RAM_OBSERVATION.shape[0],
        count * _PIXELS,
    )
    return [context.RawArray(ctypes.c_uint8, size) for size in sizes]


def _shared(arrays: list[Any], count: int) -> Shared:
    actions, rewards, lives, terminated, truncated, ram, pictures = arrays
    return Shared(
        actions=np.frombuffer(actions, np.uint8),
        rewards=np.frombuffer(rewards, np.int32),
        lives=np.frombuffer(lives, np.int32),
        terminated=np.frombuffer(terminated, np.bool_),
        truncated=np.frombuffer(truncated, np.bool_),
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
) -> None:
    """Run the process: step all emulators at each of the `orders`, until the pipe closes.

    It sends None when it is `done`, or the reason why it can do no more.
    """
    # Signals that ask to end are the learner's, which saves before it ends.
    ignore_endings()
    shared = _shared(arrays, count)
    seeds = (number % MAX_SEED for number in itertools.count(seed))
    try:
        lanes = [_Lane(shared, index, rules, seeds, pictures) for index in range(count)]
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
    """One emulator of the process, which plays game after game, each on the next seed."""

    def __init__(
        self, shared: Shared, index: int, rules: Rules, seeds: Iterator[int], pictures: bool
    ) -> None:
        self._shared, self._index, self._pictures = shared, index, pictures
        self._rules, self._seeds = rules, seeds
        self._begin()

    def step(self) -> None:
        """Do one agent step with the action in the shared arrays."""
        if self._cabinet.frame.over:
            self._begin()
            return
        action = Action(int(self._shared.actions[self._index]))
        score, before, frames = self._cabinet.frame.score, None, FRAME_SKIP
        if self._pictures:
            self._cabinet.hold(action, FRAME_SKIP - 1)
            before, frames = self._cabinet.grey(), 1
        frame = self._cabinet.hold(action, frames)
        self._show(action, frame.score - score, before)

    def _begin(self) -> None:
        self._cabinet = Cabinet(self._rules, next(self._seeds), blind=True, sound=False)
        self._show(Action.NOOP, 0, None)

    def _show(self, action: Action, reward: int, before: NDArray[np.uint8] | None) -> None:
        shared, at, frame = self._shared, self._index, self._cabinet.frame
        shared.rewards[at], shared.lives[at] = reward, frame.lives
        shared.truncated[at] = self._cabinet.cut_off
        shared.terminated[at] = frame.over and not self._cabinet.cut_off
        shared.ram[at, :RAM_BYTES] = np.frombuffer(self._cabinet.ram(), np.uint8)
        shared.ram[at, RAM_BYTES] = action
        if self._pictures:
            grey = self._cabinet.grey()
            shared.pictures[at] = shrink(grey if before is None else np.maximum(grey, before))
