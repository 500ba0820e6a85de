"""What the arcade says in each language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from game.play.tape import TapeError, load
from game.system.sentence import Sentence
from game.ui.scenes.notice import Notice
from game.ui.scenes.operator import OperatorMenu
from game.ui.scenes.review import open_tape
from game.ui.scenes.scene import Push
from game.ui.scenes.tape_library import TapeLibraryScene
from game.ui.scenes.title import Title
from game.ui.widgets import translation
from game.ui.widgets.theme import Font, Theme
from tests.helpers.crowded import FullArchive
from tests.helpers.drawn import WatchedTheme, an_arcade, draw


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    translation.speak(translation.ENGLISH)


def test_english_stands_in_the_code() -> None:
    assert translation.say("{seconds} s left", seconds=3) == "3 s left"


def test_another_language_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    translation.speak("de")
    monkeypatch.setitem(translation._table, "{seconds} s left", "noch {seconds} s")
    assert translation.say("{seconds} s left", seconds=3) == "noch 3 s"
    assert translation.say("not in the table") == "not in the table"
    translation.speak(translation.ENGLISH)
    assert translation.say("{seconds} s left", seconds=3) == "3 s left"


def test_less_than_two_is_singular_in_french() -> None:
    numbers = (0, 1, 1.5, 2)
    translation.speak("fr")
    words = [translation.plural(n, "{number} minute", "{number} minutes") for n in numbers]
    assert words == ["0 minute", "1 minute", "1,5 minute", "2 minutes"]
    translation.speak("es")
    words = [translation.plural(n, "{number} minute", "{number} minutes") for n in numbers]
    assert words == ["0 minutos", "1 minuto", "1,5 minutos", "2 minutos"]


def test_japanese_has_one_form() -> None:
    translation.speak("ja")
    words = [translation.plural(n, "{number} minute", "{number} minutes") for n in (0, 1, 1.5, 2)]
    assert words == ["0分", "1分", "1.5分", "2分"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "8 Nov 2026 07:40"),
        ("de", "8.11.2026 07:40"),
        ("fr", "8 nov. 2026 07:40"),
        ("es", "8 nov 2026 07:40"),
        ("ja", "2026年11月8日 07:40"),
    ],
)
def test_a_kept_time_is_written_as_people_do(code: str, words: str) -> None:
    translation.speak(code)
    assert translation.stamp_words("2026-11-08 07:40") == words
    assert translation.stamp_words("12026-11-08 07:40") == "12026-11-08 07:40", "of a file's time"


def test_a_line_does_not_end_before_a_no_break_space() -> None:
    theme = Theme((1280, 720))
    narrow = theme.width("Quitter BigChamp", Font.MENU)
    lines = theme.wrap("Quitter BigChamp\u00a0?", Font.MENU, narrow)
    assert lines == ["Quitter", "BigChamp\u00a0?"]


def test_what_went_wrong_is_said_in_the_language_of_the_screen(tmp_path: Path) -> None:
    """A tape's and an archive's problems are told in English and shown in the person's language."""
    broken = tmp_path / "broken.tape"
    broken.write_bytes(b"not a tape")
    arcade = an_arcade()
    arcade.archive = FullArchive()  # type: ignore[assignment]
    arcade.archive.problem = Sentence(
        lambda say: say("Games are not being saved: {reason}", reason="No space left")
    )
    translation.speak("de")
    move = open_tape(broken, arcade)
    assert isinstance(move, Push)
    assert isinstance(move.scene, Notice)
    assert move.scene.words == f"{broken} ist keine Aufnahme von BigChamp"
    for scene in (Title(arcade), TapeLibraryScene(arcade), OperatorMenu(arcade)):
        theme = WatchedTheme((1280, 720))
        draw(scene, theme)
        shown = [text.string for text in theme.texts]
        assert "Spiele werden nicht gespeichert: No space left" in shown
    with pytest.raises(TapeError, match="is not a BigChamp tape"):
        load(broken)
