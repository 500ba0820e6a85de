"""Saliency: on which cells of the picture a network's value and its advantages depend.

Each cell of a grid is blurred in turn, in all four frames, and the network is asked again. A cell's
score is half the squared change of an output (perturbation maps of Greydanus et al. 2018,
"Visualizing and Understanding Atari Agents"), separately for the value and for the advantages (as
Wang et al. 2016 do for dueling networks). Blur removes what is small and sharp, such as a bomb, and
keeps what is flat. So an empty cell scores zero, and so does a cell that the network ignores. What
a student looks at is described in models/CARD.md.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from agents.inference.player import Outputs
from agents.inference.preprocess import SIDE, STACK
from game.play.saliency import SaliencyMap

GRID = 12  # rows and columns: a cell is 7 x 7 pixels of 84 x 84, as wide as an invader
BLUR = 3.0  # pixels, standard deviation (Greydanus et al. 2018 use 3 of 80)
REACH = 3.0  # pixels, standard deviation of a cell's soft edge, so that cells just overlap

Answer = Callable[[NDArray[np.uint8]], Outputs]

_log = logging.getLogger(__name__)


def _gaussian(deviation: float) -> NDArray[np.float32]:
    """Return the weights of a Gaussian, cut off at three standard deviations."""
    reach = round(3 * deviation)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    kernel: NDArray[np.float32] = (weights / weights.sum()).astype(np.float32)
    return kernel


def blurred(frames: NDArray[np.uint8], deviation: float = BLUR) -> NDArray[np.uint8]:
    """Blur frames [84, 84, C]; beyond the border its pixels are repeated."""
    kernel = _gaussian(deviation)
    reach = len(kernel) // 2
    soft = frames.astype(np.float32)
    for axis in (0, 1):
        edges = [(0, 0)] * 3
        edges[axis] = (reach, reach)
        padded = np.pad(soft, edges, mode="edge")
        soft = np.zeros_like(soft)
        for shift, weight in enumerate(kernel):
            part = [slice(None)] * 3
            part[axis] = slice(shift, shift + SIDE)
            soft += weight * padded[tuple(part)]
    return np.rint(soft).astype(np.uint8)


def _bands() -> Iterator[tuple[slice, slice, NDArray[np.int16]]]:
    """Yield each row of cells: their numbers, the lines that they blur, and how strongly.

    The strengths are [GRID, lines, 84, 1] from 0 to 127. Beyond those lines they are zero.
    """
    centres = (np.arange(GRID) + 0.5) * SIDE / GRID - 0.5
    bells = np.exp(-0.5 * ((np.arange(SIDE) - centres[:, None]) / REACH) ** 2)
    for row, bell in enumerate(bells):
        reached = np.flatnonzero(np.rint(127 * bell))
        lines = slice(int(reached[0]), int(reached[-1]) + 1)
        masks = np.rint(127 * bell[lines, None] * bells[:, None, :]).astype(np.int16)
        yield slice(row * GRID, (row + 1) * GRID), lines, masks[..., None]


class Saliency:
    """Computes the saliency maps of one network; for one thread at a time, as it reuses arrays."""

    def __init__(self, answer: Answer) -> None:
        """Map `answer`, such as a Model, which returns `value` and `advantage` of frames."""
        self._answer = answer
        self._bands = list(_bands())
        # The last entry is the picture itself.
        self._batch = np.empty((GRID * GRID + 1, SIDE, SIDE, STACK), np.uint8)

    def __call__(self, observation: NDArray[np.uint8]) -> SaliencyMap:
        """Return the map of `observation` uint8 [84, 84, 4], with one call of the network."""
        batch = self._batch
        batch[:] = observation
        change = blurred(observation).astype(np.int16) - observation
        for cells, lines, masks in self._bands:
            part = masks * change[lines]
            part += 64  # so that the shift rounds
            part >>= 7
            part += observation[lines]
            batch[cells, lines] = part
        outputs = self._answer(batch)
        scores = [
            0.5 * ((output[:-1] - output[-1]) ** 2).sum(axis=1).reshape(GRID, GRID)
            for output in (outputs["value"], outputs["advantage"])
        ]
        return SaliencyMap(observation, *(score.astype(np.float32) for score in scores))


class SaliencyWorker:
    """Computes maps in a thread of its own, of the newest picture whenever it is free.

    The thread loads its own network with the first picture: LiteRT's interpreter must not be shared
    between threads, and a player who never asks for maps neither waits for it nor keeps it in
    memory.
    """

    def __init__(self, load: Callable[[], Answer]) -> None:
        """Map the network that `load` returns; `load` raises ValueError if it cannot."""
        self._load = load
        self._changed = threading.Condition()
        self._newest: NDArray[np.uint8] | None = None
        self._closing = False
        self._thread: threading.Thread | None = None
        self.saliency_map: SaliencyMap | None = None
        self.made = 0

    def look(self, observation: NDArray[np.uint8]) -> None:
        """Hand over a picture [84, 84, 4] that no longer changes, in place of one still waiting."""
        with self._changed:
            self._newest = observation
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="saliency", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Finish the current map and stop, because a thread inside LiteRT must not be killed."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        try:
            saliency = Saliency(self._load())
        except ValueError as error:
            _log.warning("there are no saliency maps: %s", error)
            return
        while (observation := self._take()) is not None:
            self.saliency_map = saliency(observation)
            self.made += 1

    def _take(self) -> NDArray[np.uint8] | None:
        """Wait for a new picture and return it, or None when closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._newest is not None)
            observation, self._newest = self._newest, None
            return None if self._closing else observation
