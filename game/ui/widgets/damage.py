"""What a drawing changed in the window: only that is shown anew, and only that is drawn again."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import pygame


class Damage:
    """The rectangles that one drawing changes, and what each part of the window shows."""

    def __init__(self) -> None:
        self._rects: list[pygame.Rect] | None = None  # None is everything
        self._shown: dict[Hashable, Hashable] = {}

    def begin(self, fresh: bool) -> None:
        """Begin a drawing; a `fresh` one cannot rely on what the window shows."""
        self._rects = None if fresh else []
        if fresh:
            self._shown.clear()

    def changes(self, part: Hashable, content: Hashable, rect: pygame.Rect) -> bool:
        """Whether `part` has to be drawn into `rect`.

        It has if it shows something else than `content`, or if something below it was drawn again.
        """
        covered = self._rects is not None and rect.collidelist(self._rects) >= 0
        if not covered and part in self._shown and self._shown[part] == content:
            return False
        self._shown[part] = content
        self.add([rect])
        return True

    def add(self, rects: Iterable[pygame.Rect]) -> None:
        """Note rectangles that were drawn."""
        if self._rects is not None:
            self._rects += rects

    @property
    def rects(self) -> list[pygame.Rect] | None:
        """What has changed since `begin`, None for everything."""
        return self._rects
