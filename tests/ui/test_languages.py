"""Every text is in every language's table, drawable, and has room."""

from __future__ import annotations

import ast
import functools
import itertools
import json
import string
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pygame
import pytest

from game.system.paths import asset
from game.system.preferences import LANGUAGES, load_preferences
from game.ui.scenes.settings import Settings
from game.ui.scenes.title import ATTRACT_AFTER_S, Title
from game.ui.widgets import translation
from game.ui.widgets.face import JAPANESE, is_wide
from game.ui.widgets.theme import SMALLEST_SHARE, Font
from game.ui.window.app import App
from tests.helpers.drawn import WatchedTheme, an_arcade, draw, drawn_scenes, faults
from tests.helpers.visit import press, run

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for top in ("game", "agents") for path in (ROOT / top).rglob("*.py"))
TABLES = {
    code: json.loads(asset(f"languages/{code}.json").read_text(encoding="utf-8"))
    for code in LANGUAGES
    if code != translation.ENGLISH
}
WEB_TEXTS = json.loads(asset("web/ja.json").read_text(encoding="utf-8")).values()
SIZES = [(1280, 720), (1024, 768)]
LONGER = 1.4  # than English


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    translation.speak(translation.ENGLISH)


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of the name that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id, node
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr, node


@functools.cache
def said() -> set[str]:
    """Every text in the code that is shown."""
    texts = set()
    for path in SOURCES:
        for name, call in calls(ast.parse(path.read_text(encoding="utf-8"))):
            where, named = f"{path.name}:{call.lineno}", {keyword.arg for keyword in call.keywords}
            if name == "plural":
                named |= {"number"}
            for text in {"say": call.args[:1], "plural": call.args[1:3]}.get(name, []):
                assert isinstance(text, ast.Constant), f"{where} says no literal"
                assert isinstance(text.value, str)
                assert fields(text.value) == named, where
                texts.add(text.value)
    return texts


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.slow
@pytest.mark.parametrize("code", TABLES)
def test_the_table_has_what_is_said_and_nothing_else(code: str) -> None:
    assert set(TABLES[code]) == said()


@pytest.mark.parametrize("code", TABLES)
def test_translations_have_the_same_fields_and_spaces(code: str) -> None:
    for english, text in TABLES[code].items():
        assert fields(text) == fields(english), english
        assert text.strip(" ") == text != "", english  # a no-break space separates thousands


def letters(node: ast.expr) -> bool:
    """Whether a text that is not said is in `node`."""
    if isinstance(node, ast.Call):
        return False  # whatever it returns: say() itself, or a function that says
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return any(c.isalpha() for c in node.value) and node.value != "BIGCHAMP"
    if isinstance(node, ast.FormattedValue):
        return letters(node.value)  # and not how it is formatted
    children = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return any(letters(child) for child in children)


# Where a text stands among the arguments of what shows it.
SHOWS = {
    "text": 1,
    "on_bar": 2,
    "render": 0,
    "fit": 0,
    "Choice": 1,
    "with_value": 0,
    "_draw_stamp": 2,
    "draw": 2,
    "interrupt": 0,
}
SCENES = [path for path in SOURCES if "ui" in path.parts and path.stem != "selftest"]


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_nothing_is_shown_that_is_not_said(path: Path) -> None:
    for name, call in calls(ast.parse(path.read_text(encoding="utf-8"))):
        if name in SHOWS and len(call.args) > SHOWS[name]:
            where = f"{path.name}:{call.lineno} shows what it does not say"
            assert not letters(call.args[SHOWS[name]]), where


@pytest.mark.parametrize("face", sorted({font.value[0] for font in Font} | {JAPANESE}))
def test_the_bundled_fonts_have_every_character(face: str) -> None:
    """One that is missing is drawn as an empty box; for Japanese see tests/helpers."""
    pygame.font.init()
    font = pygame.font.Font(asset(face), 20)
    texts = [*said(), *itertools.chain(*(table.values() for table in TABLES.values()))]
    shown = set("".join([*texts, *WEB_TEXTS, *translation.NAMES.values(), "…<>"]))
    characters = sorted(c for c in shown if is_wide(c) == (face == JAPANESE))
    metrics = font.metrics("".join(characters))
    assert [c for c, metric in zip(characters, metrics, strict=True) if metric is None] == []


def longer(text: str) -> str:
    """Return `text` with more letters before its first field, as a longer language has."""
    missing = round(len(text) * LONGER) - len(text)
    extra = "".join(itertools.islice(itertools.cycle("neme i"), missing)).strip() or "n"
    head, brace, tail = text.partition("{")
    return f"{head}{extra} {brace}{tail}" if brace else f"{head}{extra}"


@pytest.mark.slow
def test_a_language_with_longer_texts_has_room() -> None:
    arcade, kiosk = an_arcade(), an_arcade(kiosk=True)
    translation._table.update({text: longer(text) for text in said() if len(text) > 1})
    themes = [WatchedTheme(size) for size in SIZES]
    found = [
        fault for drawn in drawn_scenes(arcade, *themes) for fault in faults(*drawn, SMALLEST_SHARE)
    ]
    title = Title(kiosk)
    for theme in themes:
        draw(title, theme)
        found += faults("kiosk", theme, SMALLEST_SHARE)
    assert found == []


def labels(app: App) -> list[str]:
    scene = app.scene
    assert isinstance(scene, Title | Settings)
    return [" ".join(filter(None, (c.label, c.value))) for c in scene._menu.choices]


def test_the_language_changes_at_once_and_is_found_again(
    make_app: Callable[..., App], tmp_path: Path
) -> None:
    app = make_app()
    press(app, pygame.K_UP, pygame.K_UP, pygame.K_RETURN)
    assert isinstance(app.scene, Settings)
    while app.scene._menu.current.key != "language":
        press(app, pygame.K_DOWN)
    press(app, pygame.K_RIGHT)
    run(app, 1)
    assert "Lautstärke   <  10  >" in labels(app)
    press(app, pygame.K_ESCAPE)
    run(app, 1)
    assert labels(app)[0] == "Rennen gegen das Netz 2 Minuten"
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    assert load_preferences(tmp_path).language == "de"


@pytest.mark.slow
def test_a_visitor_chooses_a_language_for_the_visit(make_app: Callable[..., App]) -> None:
    app = make_app(kiosk=True)
    assert labels(app)[-1].endswith(": Deutsch")
    press(app, pygame.K_UP, pygame.K_RETURN)
    assert labels(app)[-1] == "Sprache: Français", "the next one"
    assert "Bestenliste" in labels(app)
    press(app, pygame.K_m)
    assert translation.spoken() == "de", "another setting leaves it"
    run(app, ATTRACT_AFTER_S * 60)
    press(app, pygame.K_x)
    assert labels(app)[-1].endswith(": Deutsch")
    assert translation.spoken() == app.arcade.preferences.language == "en"


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        *((["de"], "de"), (["fr"], "fr"), (["es", "en"], "es"), (["en", "de"], "en")),
        (["ja"], "ja"),
        *((["it", "de"], "de"), (["it"], "en"), ([], "en")),
    ],
)
def test_it_begins_in_a_language_of_the_person(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wanted: list[str], language: str
) -> None:
    locales = [{"language": code, "country": None} for code in wanted]
    monkeypatch.setattr("pygame.system.get_pref_locales", lambda: locales)
    assert translation.system_language() == language
    assert load_preferences(tmp_path, translation.system_language()).language == language


@pytest.mark.parametrize(
    ("language", "numbers"),
    [
        (
            "en",
            ("5,213", "-1,000", "12", "0.25", "25%", "28 Nov, 07:05", "1 minute", "1.5 minutes"),
        ),
        (
            "de",
            ("5.213", "-1.000", "12", "0,25", "25 %", "28.11. 07:05", "1 Minute", "1,5 Minuten"),
        ),
        (
            "fr",
            (
                *("5\u00a0213", "-1\u00a0000", "12", "0,25", "25\u00a0%"),
                *("28 nov. 07:05", "1 minute", "1,5 minute"),
            ),
        ),
        (
            "es",
            (
                *("5.213", "-1.000", "12", "0,25", "25\u00a0%"),
                *("28 nov, 07:05", "1 minuto", "1,5 minutos"),
            ),
        ),
        (
            "ja",
            ("5,213", "-1,000", "12", "0.25", "25%", "11月28日 07:05", "1分", "1.5分"),
        ),
    ],
)
def test_numbers_and_dates_are_written_as_the_language_does(
    language: str, numbers: tuple[str, ...]
) -> None:
    translation.speak(language)
    when = time.strptime("2026-11-28 07:05", "%Y-%m-%d %H:%M")
    assert numbers == (
        *map(translation.grouped, (5213, -1000, 12)),
        translation.decimal(0.25, 2),
        translation.percent(25),
        translation.date_time(when),
        translation.plural(1, "{number} minute", "{number} minutes"),
        translation.plural(1.5, "{number} minute", "{number} minutes"),
    )
