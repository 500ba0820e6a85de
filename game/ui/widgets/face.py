"""One face at one height: its own letters, and Japanese ones beside them from a font that has them.

Neither of the arcade's two faces has Japanese letters. They stand in a file of their own, which is
opened with the first of them, so that a name in Japanese can be read in every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pygame

from game.system.paths import asset

JAPANESE = "fonts/MPLUS1-Japanese.ttf"
# What that font draws: kana, kanji, their punctuation, and forms that are as wide as they.
_WIDE = "\u3000-\u30ff\u4e00-\u9fff\uff01-\uff60"
_RUNS = re.compile(f"([{_WIDE}]+)")  # every other part of a text that is split by it is Japanese
# A line ends behind a kanji or hiragana as well as behind a word, but never before what closes
# and never behind what opens; words in katakana, foreign ones mostly, stay whole.
_OPENS = "「『（【〈《［｛"
_CLOSES = "、。，．・：；？！」』）】〉》］｝ー～々ぁぃぅぇぉっゃゅょゎゕゖ"
_PIECES = re.compile(f"[{_OPENS}]*(?:[\u30a1-\u30fa\u30fc]+|[{_WIDE}]|[^{_WIDE}]+)[{_CLOSES}]*")


class Face:
    """Draws texts at one height."""

    def __init__(self, name: str, height: int) -> None:
        """Open the font in the asset `name` for letters of `height` pixels."""
        self._height = height
        self._own = pygame.font.Font(asset(name), height)
        self._japanese: pygame.font.Font | None = None

    @property
    def line_height(self) -> int:
        """The distance of two lines in pixels."""
        return self._own.get_linesize()

    def width(self, string: str) -> int:
        """Return how many pixels `string` takes."""
        if string.isascii():
            return self._own.size(string)[0]
        return sum(font.size(run)[0] for font, run in self._runs(string))

    def render(self, string: str, colour: tuple[int, int, int]) -> pygame.Surface:
        """Return `string` drawn in `colour`, as high as a line of the face's own letters."""
        runs = [] if string.isascii() else list(self._runs(string))
        if all(font is self._own for font, _ in runs):
            return self._own.render(string, True, colour)
        drawn = [(font, font.render(run, True, colour)) for font, run in runs]
        width, height = sum(run.get_width() for _, run in drawn), self._own.get_height()
        whole, x = pygame.Surface((width, height), pygame.SRCALPHA), 0
        for font, run in drawn:
            on_the_line = self._own.get_ascent() - font.get_ascent()
            whole.blit(run, (x, max(0, min(on_the_line, height - run.get_height()))))
            x += run.get_width()
        return whole

    def _runs(self, string: str) -> Iterator[tuple[pygame.font.Font, str]]:
        """Yield the parts of `string`, each with the font that draws it."""
        for number, run in enumerate(_RUNS.split(string)):
            if run:
                yield (self._wide() if number % 2 else self._own), run

    def _wide(self) -> pygame.font.Font:
        if self._japanese is None:
            self._japanese = pygame.font.Font(asset(JAPANESE), self._height)
        return self._japanese


def is_wide(character: str) -> bool:
    """Whether the Japanese font draws `character`."""
    return _RUNS.match(character) is not None


def pieces(text: str) -> list[str]:
    """Return the parts of `text` between which a line may end, each with the space behind it.

    They are words, but in Japanese, which has no spaces, single letters and words in katakana.
    """
    found = []
    for word in re.split(r"[ \n]+", text.strip()):
        parts = _PIECES.findall(word)
        found += [*parts[:-1], *(f"{part} " for part in parts[-1:])]
    return found
