"""Draws the emulator's picture: right aspect ratio, crisp at every size."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cache
from typing import Protocol

import numpy as np
import pygame
from numpy.typing import NDArray

from game.emulation.cabinet import SCREEN_HEIGHT, SCREEN_WIDTH
from game.system.preferences import CRT, SOFT
from game.ui.widgets.picture_style import PLAIN_STYLE, PictureStyle
from game.ui.widgets.screens import (
    ONE,
    Lines,
    Picture,
    as_surface,
    draw_scanlines,
    draw_soft,
    glowing,
    smoothly_widened,
)
from game.ui.widgets.sprites import stand_out

NO_LINES = slice(0)
NEAR = 24  # changed rows with fewer than so many between them are shown together
ASPECT = 4 / 3  # a television's; the console's 160 x 210 pixels are not square


def largest_picture(area: pygame.Rect) -> pygame.Rect:
    """Return the largest 4:3 rectangle in the middle of `area`.

    A whole multiple of the 210 lines is used where that costs less than a tenth of the height,
    so that all lines are equally thick.
    """
    height = min(area.height, int(area.width / ASPECT))
    whole = height // SCREEN_HEIGHT * SCREEN_HEIGHT
    if whole >= height * 0.9:
        height = whole
    rect = pygame.Rect(0, 0, round(height * ASPECT), height)
    rect.center = area.center
    return rect


class Tint(Protocol):
    """What colours a picture."""

    @property
    def version(self) -> int:
        """A number that changes whenever the colouring does."""
        ...

    def over(self, rgb: Picture, lines: Lines | None = None) -> Picture:
        """Return the picture `rgb` [210, 160, 3] coloured, at least its `lines`."""
        ...


class GamePicture:
    """The picture of one cabinet in the window, of which only changed lines are drawn again."""

    def __init__(self) -> None:
        self._drawn: Picture | None = None
        self._look: Hashable = None  # all else that the drawn lines hang on
        self._shown = np.zeros((SCREEN_HEIGHT, SCREEN_WIDTH, 3), np.uint8)
        # What rows of the window show, each as wide as it is drawn: lines, and mixtures of two.
        self._wide = np.zeros((2 * SCREEN_HEIGHT - 1, 0), np.uint32)

    def draw(
        self,
        target: pygame.Surface,
        rgb: Picture,
        rect: pygame.Rect,
        fresh: bool = True,
        tint: Tint | None = None,
        covered: slice = NO_LINES,
        style: PictureStyle = PLAIN_STYLE,
    ) -> list[pygame.Rect]:
        """Draw `rgb` [210, 160, 3] into `rect` of `target`; return the rectangles that changed.

        Unless `fresh`, `target` still shows in `rect` what this object has drawn last, but for the
        lines that something else has `covered` since. On the sharp screen each axis
        is averaged over what falls into a pixel, so that edges stay sharp and no pixel is thicker
        than its neighbour.
        """
        if rect.width < SCREEN_WIDTH or rect.height < SCREEN_HEIGHT or not _is_plain(target, rect):
            size = max(rect.width, SCREEN_WIDTH), max(rect.height, SCREEN_HEIGHT)
            canvas = pygame.Surface(size, depth=32)
            self.draw(canvas, rgb, canvas.get_rect(), True, tint, style=style)
            self._drawn = None
            if size != rect.size:
                canvas = pygame.transform.smoothscale(canvas, rect.size)
            target.blit(canvas, rect)
            return [rect]
        look = (rect.size, target.get_masks(), None if tint is None else tint.version, style)
        changed = np.ones(SCREEN_HEIGHT, bool)
        if not fresh and self._drawn is not None and look == self._look:
            changed = (_words(self._drawn) != _words(rgb)).any(axis=1)
            changed[covered] = True
        self._drawn, self._look = rgb, look
        if not changed.any():
            return []
        changed = _spread(changed, style.reach)
        known = _spread(changed, style.margin)
        shown = stand_out(rgb, known, style.sprites)
        if tint is not None:
            shown = tint.over(shown, known)
        runs = list(_runs(self._draw_lines(target, shown, changed, rect, style)))
        if style.screen == CRT:
            for first, end in runs:
                draw_scanlines(target, rect, first, end)
        return [pygame.Rect(rect.left, rect.top + a, rect.width, b - a) for a, b in runs]

    def _draw_lines(
        self,
        target: pygame.Surface,
        rgb: Picture,
        changed: Lines,
        rect: pygame.Rect,
        style: PictureStyle,
    ) -> NDArray[np.intp]:
        """Draw the rows that show a `changed` line; return their numbers within `rect`."""
        if style.screen == SOFT:
            return draw_soft(target, rgb, changed, rect)
        tube = style.screen == CRT
        self._shown[changed] = glowing(rgb, changed) if tube else rgb[changed]
        of_row, share = _shows(rect.height, SCREEN_HEIGHT)
        mixed = (changed[:-1] | changed[1:]) & (share < ONE)
        upper = np.flatnonzero(mixed)
        mixtures = _mixed(self._shown[upper], self._shown[upper + 1], share[upper, None, None])
        wanted = np.concatenate([changed, mixed])
        lines = np.concatenate([self._shown[changed], mixtures])
        if self._wide.shape[1] != rect.width:
            self._wide = np.zeros((len(wanted), rect.width), np.uint32)
        self._wide[wanted] = (smoothly_widened if tube else _widened)(lines, rect.width, target)
        rows = np.flatnonzero(wanted[of_row])
        if tube:  # what lies between two runs is darkened with them, and so it is drawn with them
            rows = np.concatenate([np.arange(first, end) for first, end in _runs(rows)])
        window = pygame.surfarray.pixels2d(target).T[rect.top : rect.bottom, rect.left : rect.right]
        window[rows] = self._wide[of_row[rows]]
        return rows


def draw_picture(
    target: pygame.Surface, rgb: Picture, rect: pygame.Rect, style: PictureStyle = PLAIN_STYLE
) -> None:
    """Draw `rgb` [210, 160, 3] into `rect` of `target`, see GamePicture."""
    GamePicture().draw(target, rgb, rect, style=style)


def _is_plain(target: pygame.Surface, rect: pygame.Rect) -> bool:
    """Whether pixels of `rect` can be written directly."""
    return target.get_bitsize() == 32 and bool(target.get_rect().contains(rect))


def _widened(lines: NDArray[np.uint8], width: int, target: pygame.Surface) -> NDArray[np.uint32]:
    """Return `lines` [n, 160, 3] as wide as `width`, sharply, in the target's own format.

    Two neighbours are mixed once, in colours. Then whole pixels are put in their places, which
    takes a third of the time that SDL needs to scale as much.
    """
    of_column, share = _shows(width, SCREEN_WIDTH)
    of_first = np.repeat(share[:, None], 3, axis=1)  # each colour's, which numpy multiplies faster
    mixtures = _mixed(lines[:, :-1], lines[:, 1:], of_first)
    picture = as_surface(np.concatenate([lines, mixtures], axis=1), target)
    return np.take(pygame.surfarray.pixels2d(picture).T, of_column, axis=1)


def _mixed(
    first: NDArray[np.uint8], second: NDArray[np.uint8], share: NDArray[np.uint16]
) -> NDArray[np.uint8]:
    """Return the mixture of `first` and `second`, of which the first has a `share` of 256."""
    mixture = first * share
    mixture += second * (ONE - share)
    mixture += ONE // 2
    mixture >>= 8
    return mixture.astype(np.uint8)


@cache
def _shows(length: int, parts: int) -> tuple[NDArray[np.intp], NDArray[np.uint16]]:
    """Return what each pixel of a side of so many shows, if `parts` of a picture fill that side.

    That is the number of a part, or, after those of all parts, of a border between two of them,
    whose mixture it shows. The second array is the share in 256ths that the part before each border
    has in it. There are at least as many pixels as parts, so no pixel shows more than two.
    """
    starts = np.arange(length) * parts  # in units of which a pixel is `parts` and a part `length`
    first = starts // length
    shares = np.rint(np.minimum(parts, (first + 1) * length - starts) / parts * ONE)
    mixed = shares < ONE
    share = np.full(parts - 1, ONE, np.uint16)
    share[first[mixed]] = shares[mixed]
    return np.where(mixed, parts + first, first), share


def _runs(rows: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    """Yield first and end of each run of rows; small gaps belong to it."""
    gaps = np.flatnonzero(np.diff(rows) > NEAR)
    firsts, lasts = [rows[0], *rows[gaps + 1]], [*rows[gaps], rows[-1]]
    yield from ((int(first), int(last) + 1) for first, last in zip(firsts, lasts, strict=True))


def _spread(lines: Lines, reach: int) -> Lines:
    """Return `lines` and as many above and below each as it has `reach`."""
    for _ in range(reach):
        wider = lines.copy()
        wider[1:] |= lines[:-1]
        wider[:-1] |= lines[1:]
        lines = wider
    return lines


def _words(rgb: Picture) -> NDArray[np.uint64]:
    """Return a picture's lines in words of eight bytes, which are compared faster."""
    return np.ascontiguousarray(rgb).reshape(len(rgb), -1).view(np.uint64)
