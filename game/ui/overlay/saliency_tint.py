"""The saliency tint: colours the parts of the picture on which the network's outputs depend."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

import numpy as np
from numpy.typing import NDArray

from game.emulation.cabinet import SCREEN_HEIGHT, SCREEN_WIDTH
from game.play.saliency import SaliencyMap
from game.ui.widgets.theme import AGENT, WARNING, Colour

VALUE: Colour = AGENT
CHOICE: Colour = WARNING
STRONGEST = 0.56  # largest opacity: the game shows through
_SCALE_FALL = 0.97  # per map: the scale of the brightest region shrinks slowly
# In hits: smaller effects stay dim, however small the others are.
_LEAST_VALUE, _LEAST_CHOICE = 0.4, 0.15
_ONE = 256  # fixed point


_mixing = ThreadPoolExecutor(1, "tint")


class SaliencyTint:
    """Tints pictures by a saliency map; brightness stays comparable between maps.

    To mix the colours of a map takes as long as to step two games, so a match lets it be done
    beside the drawing: `begin` a map, and `take` it when it is mixed. `update` does both.
    """

    def __init__(self) -> None:
        self.saliency_map: SaliencyMap | None = None  # the current map
        self.version = 0
        self._scales = [_LEAST_VALUE, _LEAST_CHOICE]
        self._begun: Future[SaliencyMap] | None = None
        # Of each of a pixel's colours: numpy takes four times as long where it repeats a share for
        # three of them. Shares are mixed in the second pair while the first is in use.
        shape = SCREEN_HEIGHT, SCREEN_WIDTH, len(VALUE)
        self._keep, self._add = np.zeros(shape, np.uint16), np.zeros(shape, np.uint16)
        self._next = np.zeros(shape, np.uint16), np.zeros(shape, np.uint16)

    def update(self, saliency_map: SaliencyMap | None) -> None:
        """Tint by `saliency_map` from now on, or not at all."""
        self.begin(saliency_map)
        if self._begun is not None:
            self._begun.result()
            self.take()

    def begin(self, saliency_map: SaliencyMap | None) -> None:
        """Let `saliency_map` be mixed, beside what else is done; with None nothing is tinted."""
        if self._begun is not None:
            self._begun.result()  # it is older, and uses the arrays
            self.take()
        if saliency_map is None:
            self._tint_by(None)
        elif saliency_map is not self.saliency_map:
            self._begun = _mixing.submit(self._mix, saliency_map, *self._next)

    def take(self) -> None:
        """Tint by what has been mixed, if it is ready."""
        if self._begun is not None and self._begun.done():
            saliency_map, self._begun = self._begun.result(), None
            (self._keep, self._add), self._next = self._next, (self._keep, self._add)
            self._tint_by(saliency_map)

    def _tint_by(self, saliency_map: SaliencyMap | None) -> None:
        self.version += saliency_map is not self.saliency_map
        self.saliency_map = saliency_map

    def over(
        self, rgb: NDArray[np.uint8], lines: NDArray[np.bool_] | None = None
    ) -> NDArray[np.uint8]:
        """Return `rgb` [210, 160, 3] with the map laid over it, or over some `lines` [210] only."""
        if self.saliency_map is None:
            return rgb
        wanted = slice(None) if lines is None else lines
        mixed = np.multiply(rgb[wanted], self._keep[wanted], dtype=np.uint16)
        mixed += self._add[wanted]
        mixed >>= 8
        tinted = rgb.copy()
        tinted[wanted] = mixed
        return tinted

    def _mix(
        self, saliency_map: SaliencyMap, keep: NDArray[np.uint16], add: NDArray[np.uint16]
    ) -> SaliencyMap:
        """Write the share of the picture to `keep` of each pixel, and the colour to `add`."""
        leasts = (_LEAST_VALUE, _LEAST_CHOICE)
        shares = []
        for number, changes in enumerate(saliency_map.hits):
            fallen = self._scales[number] * _SCALE_FALL
            self._scales[number] = max(float(changes.max()), fallen, leasts[number])
            shares.append(_enlarged(changes / self._scales[number]))
        value, choice = shares
        strength = np.maximum(value, choice)
        covered = (strength * STRONGEST * _ONE).astype(np.uint16)
        least = np.maximum(strength, 1e-6)
        for number, (of_value, of_choice) in enumerate(zip(VALUE, CHOICE, strict=True)):
            # Additive: where both are equally strong it is white.
            light = value * np.float32(of_value) + choice * np.float32(of_choice)
            keep[:, :, number] = _ONE - covered
            add[:, :, number] = np.minimum(light / least, 255) * covered
        return saliency_map


def _enlarged(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a map [rows, columns] from 0 to 1, each value at the middle of its place, for
    the whole picture.

    Not a matrix product: that would wake a thread pool.
    """
    down, across = _shares_of(SCREEN_HEIGHT, len(shares)), _shares_of(SCREEN_WIDTH, len(shares.T))
    rows = np.einsum("ry,rc->yc", down, np.clip(shares, 0, 1))
    large: NDArray[np.float32] = np.einsum("yc,cx->yx", rows, across)
    return large


@cache
def _shares_of(pixels: int, places: int) -> NDArray[np.float32]:
    """Return how much of each place each pixel takes [places, pixels], on a straight line."""
    where = (np.arange(pixels) + 0.5) * places / pixels - 0.5
    ones = np.eye(places)
    return np.array([np.interp(where, np.arange(places), one) for one in ones], np.float32)
