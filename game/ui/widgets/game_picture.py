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
from game.ui.widgets.screens import ONE, Lines, Picture, draw_scanlines, draw_soft, glowing
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
        self._lines = np.zeros((SCREEN_HEIGHT, 0), np.uint32)  # the picture, only as wide as drawn

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
        if rect.height < SCREEN_HEIGHT or not _is_plain(target, rect):
            canvas = pygame.Surface((rect.width, max(rect.height, SCREEN_HEIGHT)), depth=32)
            self.draw(canvas, rgb, canvas.get_rect(), True, tint, style=style)
            self._drawn = None
            if canvas.get_height() > rect.height:
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
        self._stretch_lines(
            target, glowing(rgb, changed) if tube else rgb[changed], changed, rect.width, tube
        )
        first, second, _ = _lines_of(rect.height)
        rows = np.flatnonzero(changed[first] | changed[second])
        if tube:  # what lies between two runs is darkened with them, and so it is drawn with them
            rows = np.concatenate([np.arange(first, end) for first, end in _runs(rows)])
        _draw_rows(target, self._lines, rows, rect)
        return rows

    def _stretch_lines(
        self,
        target: pygame.Surface,
        lines: NDArray[np.uint8],
        changed: Lines,
        width: int,
        smooth: bool,
    ) -> None:
        """Enlarge the `changed` lines [n, 160, 3] to `width`, in the target's own format."""
        picture = pygame.image.frombuffer(lines.tobytes(), (SCREEN_WIDTH, len(lines)), "RGB")
        picture = picture.convert(target)
        whole = -(-width // SCREEN_WIDTH) * SCREEN_WIDTH
        if not smooth:
            picture = pygame.transform.scale(picture, (whole, len(lines)))
        if smooth or whole != width:
            picture = pygame.transform.smoothscale(picture, (width, len(lines)))
        if self._lines.shape[1] != width:
            self._lines = np.zeros((SCREEN_HEIGHT, width), np.uint32)
        self._lines[changed] = pygame.surfarray.pixels2d(picture).T


def draw_picture(
    target: pygame.Surface, rgb: Picture, rect: pygame.Rect, style: PictureStyle = PLAIN_STYLE
) -> None:
    """Draw `rgb` [210, 160, 3] into `rect` of `target`, see GamePicture."""
    GamePicture().draw(target, rgb, rect, style=style)


def _is_plain(target: pygame.Surface, rect: pygame.Rect) -> bool:
    """Whether pixels of `rect` can be written directly."""
    return target.get_bitsize() == 32 and bool(target.get_rect().contains(rect))


def _draw_rows(
    target: pygame.Surface, lines: NDArray[np.uint32], rows: NDArray[np.intp], rect: pygame.Rect
) -> None:
    """Draw `rows` of the picture in `rect`, whose `lines` are [210, width]."""
    first, second, share = _lines_of(rect.height)
    window = pygame.surfarray.pixels2d(target).T[rect.top : rect.bottom, rect.left : rect.right]
    window[rows] = np.take(lines, first[rows], axis=0)
    mixed = rows[share[rows] < ONE]
    above, below = (
        np.take(lines, of[mixed], axis=0).view(np.uint8).astype(np.uint16) for of in (first, second)
    )
    of_above = share[mixed, None]
    blend = (above * of_above + below * (ONE - of_above) + ONE // 2) // ONE
    window[mixed] = blend.astype(np.uint8).view(np.uint32)


@cache
def _lines_of(height: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint16]]:
    """Return the one or two lines that each of `height` rows shows, and the first one's share.

    Shares are in 256ths. A row is at most as high as a line.
    """
    tops = np.arange(height) * SCREEN_HEIGHT  # in units of which a row is 210 and a line `height`
    first, second = tops // height, (tops + SCREEN_HEIGHT - 1) // height
    share = np.minimum(SCREEN_HEIGHT, (first + 1) * height - tops) / SCREEN_HEIGHT
    return first, second, np.rint(share * ONE).astype(np.uint16)


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
