"""Every scene looks as in its golden picture; `python -m tests.helpers.golden` draws those anew."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import numpy as np
import pygame
import pytest

from game import ui
from game.system.preferences import LANGUAGES
from game.ui.scenes.how_to_play import HowToPlay
from game.ui.scenes.scene import Scene
from game.ui.scenes.title import Title
from game.ui.tools.selftest import scenes
from game.ui.widgets import translation
from game.ui.widgets.theme import Colour, Font, Theme
from tests.helpers.drawn import an_arcade
from tests.helpers.golden import (
    FOLDER,
    KEPT_BYTES,
    SIZES,
    Picture,
    Pixels,
    difference,
    gaps,
    keep,
    load,
    pictures,
    small,
)

# Of 255 levels, in one square. The same drawing has 0, a word that changed more than this.
TOLERANCE = 0.5
WORD = 5  # letters of a word that is told; a shorter one may make too little in the smallest text
RENEW = "look at it, and keep it with python -m tests.helpers.golden"


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    translation.speak(translation.ENGLISH)


def fault(picture: Picture, language: str, folder: Path) -> str | None:
    """Say how a scene differs from its picture, and leave it and the difference in `folder`."""
    name, file, drawn = picture
    fresh = folder / f"{language}-{file.parent.name}-{file.name}"
    kept = dict(zip(LANGUAGES, load(file) if file.exists() else [], strict=False))
    if language not in kept:
        _save(drawn, fresh)
        return f"{name} has no golden picture, it is drawn in {fresh}: {RENEW}"
    apart = difference(kept[language], drawn)
    if apart <= TOLERANCE:
        return None
    _save(drawn, fresh)
    if kept[language].shape == drawn.shape:
        gap = gaps(kept[language], drawn).astype(np.uint8)
        _save(np.repeat(gap[:, :, None], 3, axis=2), fresh.with_suffix(".difference.png"))
    return f"{name} differs by {apart:.2f}, it is drawn in {fresh}: {RENEW}"


def _save(pixels: Pixels, file: Path) -> None:
    pygame.image.save(pygame.surfarray.make_surface(pixels), file)


@pytest.mark.scenes
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_scene_looks_as_it_shall(language: str, tmp_path: Path) -> None:
    files, faults = set(), []
    for picture in pictures(language):
        files.add(picture.file)
        faults.append(fault(picture, language, tmp_path))
    assert [words_ for words_ in faults if words_] == []
    assert set(FOLDER.rglob("*.png")) == files, "pictures of scenes that are no more"


@pytest.mark.scenes
def test_every_kind_of_scene_has_a_picture() -> None:
    """Whatever has a scene's methods is one, and comes among those that are drawn."""
    modules = [import_module(m.name) for m in walk_packages(ui.__path__, "game.ui.")]
    kinds = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type)
        and not getattr(kind, "_is_protocol", False)
        and not inspect.isabstract(kind)
        and all(hasattr(kind, method) for method in ("handle", "update", "draw", "interrupt"))
    }
    drawn = {type(scene) for _, scene in scenes(an_arcade())}
    assert len(kinds) > 15
    assert {kind.__name__ for kind in kinds - drawn} == set()


def test_a_changed_scene_and_one_without_a_picture_are_told(tmp_path: Path) -> None:
    file = sorted(FOLDER.rglob("*.png"))[0]
    drawn = load(file)[0]
    assert fault(Picture("same", file, drawn), LANGUAGES[0], tmp_path) is None
    drawn[20:28, 20:24] += 64  # about as much as a word
    assert "differs" in str(fault(Picture("changed", file, drawn), LANGUAGES[0], tmp_path))
    assert len(list(tmp_path.iterdir())) == 2
    new = Picture("new", FOLDER / "new.png", drawn)
    assert "no golden" in str(fault(new, LANGUAGES[0], tmp_path))


def test_a_picture_is_kept_with_its_colours_but_for_a_step(tmp_path: Path) -> None:
    few = np.zeros((30, 20, 3), np.uint8)
    few[10:, :, 0] = 200
    many = np.random.default_rng(1).integers(0, 256, few.shape, np.uint8)
    for drawn in (few, many):
        keep([drawn] * len(LANGUAGES), tmp_path / "scene.png")
        kept = load(tmp_path / "scene.png")
        assert len(kept) == len(LANGUAGES)
        assert difference(kept[-1], drawn) == 0
    assert difference(load(tmp_path / "scene.png")[0], few) > 50


class WordTheme(Theme):
    """Draws everything as it is, but of one text the longest word backwards."""

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__(size)
        self.texts: set[str] = set()
        self.changed: str | None = None

    def render(self, string: str, font: Font, colour: Colour, share: float = 1.0) -> pygame.Surface:
        self.texts.add(string)
        if string == self.changed:
            word = longest_word(string)
            string = string.replace(word, word[::-1])
        return super().render(string, font, colour, share)


def longest_word(text: str) -> str:
    return max((word for word in text.split() if word.isalpha()), key=len, default="")


def drawn(scene: Scene, theme: Theme) -> pygame.Surface:
    canvas = pygame.Surface(theme.size)
    scene.draw(canvas, theme)
    return canvas


@pytest.mark.scenes
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_word_that_changed_in_a_text_is_told(size: tuple[int, int], tmp_path: Path) -> None:
    arcade, theme, told = an_arcade(), WordTheme(size), 0
    for scene in (Title(arcade), HowToPlay(arcade)):
        theme.texts, theme.changed = set(), None
        now = small(drawn(scene, theme))
        keep([now] * len(LANGUAGES), tmp_path / "scene.png")
        kept = load(tmp_path / "scene.png")[0]
        for text in sorted(text for text in theme.texts if len(longest_word(text)) >= WORD):
            theme.changed = text
            other = small(drawn(scene, theme))
            if (other != now).any():  # not all that is measured is shown
                told += 1
                assert difference(kept, other) > TOLERANCE, text
    assert told > 10


@pytest.mark.slow
def test_the_tolerance_tells_languages_apart() -> None:
    """Every two languages, each in other scenes and sizes: all of them would take half a minute."""
    pairs = itertools.cycle(itertools.combinations(range(len(LANGUAGES)), 2))
    for file, (one, other) in zip(sorted(FOLDER.rglob("*.png")), pairs, strict=False):
        kept = load(file)
        assert difference(kept[one], kept[other]) > TOLERANCE, file


def test_pictures_are_small_together() -> None:
    assert sum(file.stat().st_size for file in FOLDER.rglob("*.png")) < KEPT_BYTES
