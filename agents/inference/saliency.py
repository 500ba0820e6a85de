"""Where a network looks: which places of its picture its value and its advantages hang on.

Each place of a grid is blurred in turn, in all four frames, and the network asked again; the
score of a place is half the squared change of an output (perturbation maps of Greydanus et al.
2018, "Visualizing and Understanding Atari Agents"), for the value and for the advantages apart
(as Wang et al. 2016 do for dueling networks). Blur takes away what is small and sharp, such as a
bomb, and leaves what is flat as it was: an empty place scores zero, and so does a place that the
network does not look at. What a student looks at is in models/CARD.md.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from agents.inference.player import Outputs
from agents.inference.preprocess import SIDE, STACK
from game.play.saliency import SaliencyMap

GRID = 12  # rows and columns: a place is 7 x 7 pixels of 84 x 84, as wide as an invader
BLUR = 3.0  # pixels, standard deviation (Greydanus et al. 2018 use 3 of 80)
REACH = 3.0  # pixels, standard deviation of a place's soft edge, so that places just overlap
CHUNK = 16  # places made at once: what is worked on then stays in the processor's cache

Answer = Callable[[NDArray[np.uint8]], Outputs]

_log = logging.getLogger(__name__)


def _bell(deviation: float) -> NDArray[np.float32]:
    """Return the weights of a Gaussian of standard deviation `deviation`, three on each side."""
    reach = round(3 * deviation)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    bell: NDArray[np.float32] = (weights / weights.sum()).astype(np.float32)
    return bell


def blurred(frames: NDArray[np.uint8], deviation: float = BLUR) -> NDArray[np.uint8]:
    """Blur frames [84, 84, C]; beyond the border the border's pixels go on."""
    bell = _bell(deviation)
    reach = len(bell) // 2
    soft = frames.astype(np.float32)
    for axis in (0, 1):
        edges = [(0, 0)] * 3
        edges[axis] = (reach, reach)
        padded = np.pad(soft, edges, mode="edge")
        soft = np.zeros_like(soft)
        for shift, weight in enumerate(bell):
            part = [slice(None)] * 3
            part[axis] = slice(shift, shift + SIDE)
            soft += weight * padded[tuple(part)]
    return np.rint(soft).astype(np.uint8)


def _masks() -> NDArray[np.int16]:
    """Return how much of each place is blurred, [GRID * GRID, 84, 84, 1] in parts of 127."""
    centres = (np.arange(GRID) + 0.5) * SIDE / GRID - 0.5
    bells = np.exp(-0.5 * ((np.arange(SIDE) - centres[:, None]) / REACH) ** 2)
    masks = bells[:, None, :, None] * bells[None, :, None, :]
    parts: NDArray[np.int16] = np.rint(127 * masks).astype(np.int16)
    return parts.reshape(-1, SIDE, SIDE, 1)


class Saliency:
    """Makes maps of one network. Its arrays are its own: one thread at a time."""

    def __init__(self, answer: Answer) -> None:
        """Ask `answer`, such as a Model, which gives `value` and `advantage` for frames."""
        self._answer = answer
        self._masks = _masks()
        # The last one is the picture as it is.
        self._batch = np.empty((GRID * GRID + 1, SIDE, SIDE, STACK), np.uint8)

    def __call__(self, observation: NDArray[np.uint8]) -> SaliencyMap:
        """Return the map of the picture `eye` [84, 84, 4], in one call of the network."""
        batch = self._batch
        change = blurred(observation).astype(np.int16) - observation
        for begin in range(0, GRID * GRID, CHUNK):
            part = self._masks[begin : begin + CHUNK] * change
            part += 64  # so that the shift rounds
            part >>= 7
            part += observation
            batch[begin : begin + len(part)] = part
        batch[-1] = observation
        outputs = self._answer(batch)
        scores = [
            0.5 * ((output[:-1] - output[-1]) ** 2).sum(axis=1).reshape(GRID, GRID)
            for output in (outputs["value"], outputs["advantage"])
        ]
        return SaliencyMap(observation, *(score.astype(np.float32) for score in scores))


class SaliencyWorker:
    """Makes maps in a thread of its own, of the newest picture whenever it is free.

    The network is loaded there too, with the first picture: LiteRT's interpreter must not be
    shared between threads, and who never asks shall not wait for it nor keep it in memory.
    """

    def __init__(self, load: Callable[[], Answer]) -> None:
        """Make maps of the network that `load` returns; it raises ValueError if it cannot."""
        self._load = load
        self._changed = threading.Condition()
        self._newest: NDArray[np.uint8] | None = None
        self._closing = False
        self._thread: threading.Thread | None = None
        self.saliency_map: SaliencyMap | None = None
        self.made = 0

    def look(self, observation: NDArray[np.uint8]) -> None:
        """Hand over a picture [84, 84, 4] that stays as it is; the one before is forgotten."""
        with self._changed:
            self._newest = observation
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="saliency", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Finish the map under way and stop: a thread inside LiteRT must not be cut off."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        try:
            saliency = Saliency(self._load())
        except ValueError as error:
            _log.warning("there are no maps of where the network looks: %s", error)
            return
        while (observation := self._take()) is not None:
            self.saliency_map = saliency(observation)
            self.made += 1

    def _take(self) -> NDArray[np.uint8] | None:
        """Wait for a new picture and return it, None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._newest is not None)
            observation, self._newest = self._newest, None
            return None if self._closing else observation
