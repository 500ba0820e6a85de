"""Finished games on the disk: listed, named, protected, deleted, opened."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pygame
import pytest

from game.emulation.cabinet import Rules
from game.play.player import Kind
from game.play.tape import Tape
from game.records import tape_library
from game.records.archive import Archive
from game.records.games import Game, games
from game.records.scores import Board
from game.records.tape_library import Label, TapeEntry, TapeLibrary
from game.ui.scenes.high_scores import HighScores
from game.ui.scenes.notice import Notice
from game.ui.scenes.review import ReviewScene
from game.ui.scenes.tape_library import FILTERS, TapeLibraryScene
from game.ui.scenes.title import Title
from game.ui.widgets.game_rows import against_words, result_words
from game.ui.window.app import App
from tests.helpers.common import wait_for
from tests.helpers.drawn import WatchedTheme, draw
from tests.helpers.visit import always_true, press, run


def blank(score: int = 0) -> Tape:
    """A tape of a game that nobody played on."""
    return Tape(Rules(), 5, "You", Kind.HUMAN, score=score)


def fill(folder: Path, *minutes: int) -> None:
    for minute in minutes:
        blank().save(folder / f"20260102-10{minute:02d}00-play-human-{minute}.tape")


def test_tapes_are_listed_newest_first(tmp_path: Path) -> None:
    fill(tmp_path, 5, 7, 6)
    found = TapeLibrary(tmp_path).tapes()
    assert [tape.score for tape in found] == [7, 6, 5]
    assert (found[0].mode, found[0].kind) == ("play", Kind.HUMAN)
    assert found[0].finished == "2026-01-02 10:07"


def test_room_is_never_made_with_a_protected_tape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tape_library, "KEEP_TAPES", 2)
    fill(tmp_path, 1, 2, 3)
    folder = TapeLibrary(tmp_path)
    oldest = folder.tapes()[-1]
    folder.label(oldest.path, Label("Best", True))
    again = TapeLibrary(tmp_path)
    own = [tape.path.name for tape in reversed(again.tapes())]
    added = again.add("play", blank(50))
    again.make_room([*own, added.name])
    kept = again.tapes()
    assert [tape.path for tape in kept][::2] == [added, oldest.path]
    assert [tape.score for tape in kept] == [50, 3, 1]
    assert kept[-1].label == Label("Best", True)


def test_a_tape_that_the_arcade_did_not_write_is_listed_and_can_be_protected(
    tmp_path: Path,
) -> None:
    fill(tmp_path, 5)
    friend = tmp_path / "friend.tape"
    blank(70).save(friend)
    os.utime(friend, (0, 0))
    (tmp_path / "notes.tape").write_text("no tape at all")
    folder = TapeLibrary(tmp_path)
    found = folder.tapes()
    assert [(tape.name, tape.score, tape.mode) for tape in found] == [
        ("", 5, "play"),
        ("friend", 70, tape_library.BROUGHT),
    ]
    folder.label(friend, Label("", True))
    assert folder.tapes()[1].label.protected
    odd = TapeEntry(tmp_path / "\udcff\n.tape", "", tape_library.BROUGHT, Kind.HUMAN, 0)
    assert odd.name == "??", "what no font can show"


def test_room_is_never_made_with_a_tape_that_the_arcade_did_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tape_library, "KEEP_TAPES", 2)
    fill(tmp_path, 1)  # a friend's, whose arcade named it
    blank().save(tmp_path / "friend.tape")
    (tmp_path / "a.tape").write_text("not even a tape")
    theirs = set(tmp_path.iterdir())
    folder, own = TapeLibrary(tmp_path), []
    for score in (10, 20, 30, 40):
        own.append(folder.add("play", blank(score)).name)
        folder.make_room(own)
    assert theirs <= set(tmp_path.iterdir())
    assert {path.name for path in set(tmp_path.iterdir()) - theirs} == set(own[-2:])


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": {"name": 1}}', "{" * 2000])
def test_damaged_names_do_not_hide_the_tapes(tmp_path: Path, text: str) -> None:
    fill(tmp_path, 1)
    (tmp_path / tape_library.LABELS).write_text(text)
    (tape,) = TapeLibrary(tmp_path).tapes()
    assert tape.label == Label()


def test_deleting_forgets_the_label(tmp_path: Path) -> None:
    fill(tmp_path, 1)
    folder = TapeLibrary(tmp_path)
    (tape,) = folder.tapes()
    folder.label(tape.path, Label("x"))
    folder.delete(tape.path)
    folder.delete(tape.path)
    assert folder.tapes() == ()
    assert "x" not in (tmp_path / tape_library.LABELS).read_text()


@pytest.fixture
def app(make_app: Callable[..., App], tmp_path: Path) -> App:
    """The list of two tapes, the older of which holds no tape at all."""
    fill(tmp_path / "tapes", 2)
    (tmp_path / "tapes" / "20260101-100000-race-agent-90.tape").write_text("nonsense")
    opened = make_app()
    opened._stack.append(scene := TapeLibraryScene(opened.arcade))
    wait_for(lambda: scene.tapes)
    run(opened, 1)
    return opened


def scene_of(app: App) -> TapeLibraryScene:
    assert isinstance(app.scene, TapeLibraryScene)
    return app.scene


def test_a_tape_is_opened_in_review(app: App) -> None:
    press(app, pygame.K_RETURN, pygame.K_RETURN)
    run(app, 2)
    assert isinstance(app.scene, ReviewScene), "even a game in which nothing was played"
    press(app, pygame.K_ESCAPE)
    scene_of(app)


def test_a_bad_tape_gets_a_sentence(app: App) -> None:
    press(app, pygame.K_DOWN, pygame.K_RETURN, pygame.K_RETURN)
    assert isinstance(app.scene, Notice)
    assert "not a BigChamp tape" in app.scene.words
    press(app, pygame.K_SPACE)
    scene_of(app)


def test_deleting_asks_first(app: App) -> None:
    scene = scene_of(app)
    delete = [pygame.K_DOWN] * 4
    press(app, pygame.K_RETURN, *delete, pygame.K_RETURN, pygame.K_RETURN)
    run(app, 1)
    assert len(scene.tapes) == 2, "keeping it is marked at first"
    press(app, pygame.K_RETURN, *delete, pygame.K_RETURN, pygame.K_DOWN, pygame.K_RETURN)
    wait_for(lambda: len(scene.tapes) == 1)
    run(app, 1)
    assert scene.current is not None
    assert scene.current.score == 90


def test_a_game_that_is_written_meanwhile_is_not_taken_for_the_marked_one(
    app: App, tmp_path: Path
) -> None:
    scene = app.scene
    assert isinstance(scene, TapeLibraryScene)
    marked = scene.current
    assert marked is not None
    archive = app.arcade.archive
    assert archive is not None
    known = archive.games()
    assert known is not None
    (tmp_path / "newer").mkdir()
    fill(tmp_path / "newer", 59)
    (newer,) = games(TapeLibrary(tmp_path / "newer").tapes(), {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "games", lambda: (newer, *known))
        assert scene.current == marked, "its row has moved"
        run(app, 1)
        assert scene.current == marked
        press(app, pygame.K_UP)
        assert scene.current == newer.first
        press(app, pygame.K_RETURN)
    assert scene.current is None, "what was chosen is gone again"
    run(app, 1)
    assert scene._menu is None
    assert scene.current == marked


@pytest.mark.parametrize("calls", range(1, 12))
def test_games_that_go_while_the_list_is_drawn_do_no_harm(app: App, calls: int) -> None:
    """A thread beside deletes games: each question after the first few is answered "none"."""
    archive = app.arcade.archive
    assert archive is not None
    known, asked = archive.games(), []

    def fewer() -> tuple[Game, ...] | None:
        asked.append(True)
        return known if len(asked) <= calls else ()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "games", fewer)
        app._shown = None
        app.draw()
        press(app, pygame.K_RETURN, pygame.K_RETURN)
        app.draw()


def test_a_tape_is_protected_and_named_with_a_stick_alone(app: App) -> None:
    scene = scene_of(app)
    press(app, pygame.K_RETURN, pygame.K_DOWN, pygame.K_DOWN, pygame.K_RETURN)
    wait_for(lambda: scene.tapes[0].label.protected)
    app.draw()
    press(app, pygame.K_RETURN, *[pygame.K_DOWN] * 3, pygame.K_RETURN)
    app.draw()
    press(app, pygame.K_DOWN, pygame.K_RIGHT, pygame.K_DOWN, pygame.K_DOWN)
    press(app, *[pygame.K_RETURN] * (tape_library.LONGEST_NAME - 1))
    wait_for(lambda: scene.tapes[0].label.name)
    assert scene.tapes[0].label == Label("-.", True)
    press(app, pygame.K_RETURN, pygame.K_ESCAPE, pygame.K_ESCAPE)
    assert isinstance(app.scene, Title)


@pytest.mark.parametrize("kiosk", [False, True])
def test_visitors_of_a_kiosk_do_not_reach_the_list(
    make_app: Callable[..., App], kiosk: bool
) -> None:
    app = make_app(kiosk=kiosk)
    while app.scene._menu.current.key != "board":
        press(app, pygame.K_DOWN)
    press(app, pygame.K_RETURN)
    assert isinstance(app.scene, HighScores)
    app.draw()
    press(app, pygame.K_DOWN, pygame.K_RETURN)
    assert isinstance(app.scene, Title if kiosk else TapeLibraryScene)


def raced(folder: Path, seed: int, ours: int, theirs: int, given: str = "") -> None:
    """Save a race of a person and a network, as a match does."""
    archive = Archive(folder, always_true)
    for kind, points in ((Kind.HUMAN, ours), (Kind.AGENT, theirs)):
        tape = Tape(Rules(), seed, "gunner" if kind is Kind.AGENT else "You", kind, score=points)
        entry = archive.save(Board("race", kind, Rules(), 7200, given), tape)
    archive.close()
    assert entry.number


def test_a_race_is_one_row_with_both_seats(tmp_path: Path) -> None:
    raced(tmp_path, 3, 345, 230)
    raced(tmp_path, 4, 10, 20, "15 s head start")
    fill(tmp_path / "tapes", 5)
    archive = Archive(tmp_path, always_true)
    archive.games()
    wait_for(archive.games)
    found = archive.games()
    archive.close()
    assert found is not None
    by_score = {game.first.score: game for game in found}
    assert {score: len(game.seats) for score, game in by_score.items()} == {345: 2, 10: 2, 5: 1}
    early, late, alone = by_score[345], by_score[10], by_score[5]
    assert (early.first.kind, early.lead, result_words(early)) == (Kind.HUMAN, 115, "won")
    assert against_words(early) == "Gunner 230"
    assert (result_words(late), late.begins(0), late.begins(1)) == ("lost", 0, 900)
    assert (result_words(alone), against_words(alone)) == ("-", "alone")


def test_games_of_one_kind_can_be_listed(app: App) -> None:
    scene = scene_of(app)
    everything = len(scene.games)
    assert everything
    lists = {}
    for name in FILTERS:
        lists[name] = len(scene.games)
        press(app, pygame.K_RIGHT)
    assert lists["all"] == everything == len(scene.games), "round the end"
    assert lists["kept"] == 0
    assert lists["alone"] + lists["races"] + lists["networks"] <= everything
    theme = WatchedTheme((1280, 720))
    draw(scene, theme)
    shown = {text.string for text in theme.texts}
    assert {"When", "Who", "Points", "Against", "Length", "Result", "Name"} <= shown


@pytest.mark.slow
def test_a_race_is_reviewed_with_both_seats(make_app: Callable[..., App], tmp_path: Path) -> None:
    raced(tmp_path, 3, 0, 0)
    app = make_app()
    scene = TapeLibraryScene(app.arcade)
    app._stack.append(scene)
    wait_for(lambda: scene.games)
    run(app, 1)
    press(app, pygame.K_RETURN, pygame.K_RETURN)
    assert isinstance(app.scene, ReviewScene)
    assert [seat.tape.kind for seat in app.scene.seat_tapes] == [Kind.HUMAN, Kind.AGENT]
