"""Every scene looks as in its golden picture; `python -m tests.helpers.golden` draws those anew."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import numpy as np
import pytest

from game import ui
from game.ui.tools.selftest import scenes
from game.ui.widgets import translation
from tests.helpers.drawn import an_arcade
from tests.helpers.golden import (
    FOLDER,
    KEPT_BYTES,
    LANGUAGES,
    Pixels,
    difference,
    load,
    pictures,
    save,
)

TOLERANCE = 0.25  # mean of 255 levels; another word in a caption makes more
RENEW = "look at it, and keep it with python -m tests.helpers.golden"


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    translation.speak(translation.ENGLISH)


def fault(name: str, file: Path, drawn: Pixels, folder: Path) -> str | None:
    """Say how a scene differs from its picture, and leave both and the difference in `folder`."""
    fresh = folder / "-".join(file.relative_to(FOLDER).parts)
    if not file.exists():
        save(drawn, fresh)
        return f"{name} has no golden picture, it is drawn in {fresh}: {RENEW}"
    kept = load(file)
    apart = difference(kept, drawn)
    if apart <= TOLERANCE:
        return None
    save(drawn, fresh)
    if kept.shape == drawn.shape:
        gap = np.abs(kept.astype(int) - drawn).astype(np.uint8)
        save(gap, fresh.with_suffix(".difference.png"))
    return f"{name} differs by {apart:.2f}, it is drawn in {fresh}: {RENEW}"


@pytest.mark.scenes
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_scene_looks_as_it_shall(language: str, tmp_path: Path) -> None:
    files, faults = set(), []
    for name, file, drawn in pictures(language):
        files.add(file)
        faults.append(fault(name, file, drawn, tmp_path))
    assert [words_ for words_ in faults if words_] == []
    assert set((FOLDER / language).rglob("*.png")) == files, "pictures of scenes that are no more"


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
    drawn = load(file)
    assert fault("same", file, drawn, tmp_path) is None
    drawn[20:60, 20:30] = 255  # about as much as a word
    assert "differs" in str(fault("changed", file, drawn, tmp_path))
    assert len(list(tmp_path.iterdir())) == 2
    assert "no golden" in str(fault("new", FOLDER / "en" / "new.png", drawn, tmp_path))


@pytest.mark.slow
def test_the_tolerance_tells_languages_apart() -> None:
    for file in (FOLDER / "en").rglob("*.png"):
        other = FOLDER / "de" / file.relative_to(FOLDER / "en")
        assert difference(load(file), load(other)) > TOLERANCE, file


def test_pictures_are_small_together() -> None:
    assert sum(file.stat().st_size for file in FOLDER.rglob("*.png")) < KEPT_BYTES
