"""A tournament as its operator and its people meet it."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pygame
import pytest

from game.emulation.cabinet import Action, Rules
from game.play.player import Kind
from game.records.scores import Board, Scores
from game.system import files
from game.tournament import store
from game.tournament.desk import Desk
from game.tournament.model import Format, Played
from game.ui.scenes.attract import Attract
from game.ui.scenes.match import MatchScene
from game.ui.scenes.name_entry import NameEntry
from game.ui.scenes.operator import OperatorMenu
from game.ui.scenes.pause import Pause
from game.ui.scenes.question import Question
from game.ui.scenes.scene import TournamentWanted
from game.ui.scenes.title import Title
from game.ui.scenes.tournament import TournamentScene
from game.ui.scenes.tournament_menu import CSV_NAME, TournamentMenu
from game.ui.scenes.tournament_setup import NameList, TournamentSetup
from game.ui.widgets.theme import Theme
from game.ui.window.app import App
from tests.helpers.common import wait_for
from tests.helpers.monkeys import join
from tests.helpers.visit import match_scene_of, press, run, settle

NAMES = ["ANNA", "BEN", "CLARA", "DAVID"]
SHORT = Rules(frame_cap=60)


def desk_of(app: App) -> Desk:
    """Give the arcade a desk that keeps its tournaments in its folder, as `main.py` does."""
    archive = app.arcade.archive
    assert archive is not None
    app.arcade.desk = Desk(store.read(archive.folder), archive.keep)
    return app.arcade.desk


@pytest.fixture
def app(make_app: Callable[..., App]) -> App:
    app: App = make_app(rules=SHORT, kiosk=False)
    desk_of(app)
    return app


def begin(app: App, names: list[str] = NAMES) -> Desk:
    desk = app.arcade.desk
    desk.draft.names = list(names)
    desk.begin(app.arcade.options.rules)
    app._apply(TournamentWanted())
    return desk


def choose(app: App, key: str, *then: int) -> None:
    run(app, 1)  # in which a menu takes over what the choice before has changed
    menu: Any = getattr(app.scene, "_menu")  # noqa: B009
    while menu.current.key != key:
        press(app, pygame.K_DOWN)
    press(app, *(then or (pygame.K_RETURN,)))


def choose_on_cards(app: App, key: str) -> None:
    menu: Any = getattr(app.scene, "_menu")  # noqa: B009
    menu.index = next(n for n, choice in enumerate(menu.choices) if choice.key == key)
    press(app, pygame.K_RETURN)


def play_a_game(app: App) -> None:
    """Begin what is called and play it to its end."""
    settle(app)
    press(app, pygame.K_RETURN)
    match_scene_of(app).skip_countdown()
    for _ in range(400):
        app.update()
        if isinstance(app.scene, TournamentScene):
            return
    raise AssertionError("the game did not end")


def test_a_tournament_is_planned_with_a_stick_alone(app: App) -> None:
    choose(app, "tournament")
    assert isinstance(app.scene, TournamentMenu)
    choose(app, "new")
    assert isinstance(app.scene, TournamentSetup)
    choose(app, "format", pygame.K_RIGHT)
    choose(app, "limit", pygame.K_RIGHT)
    choose(app, "begin")
    assert isinstance(app.scene, TournamentSetup), "nobody takes part yet"
    choose(app, "names")
    for ups in range(1, 5):
        assert isinstance(app.scene, NameList)
        choose(app, "add")
        assert isinstance(app.scene, NameEntry)
        press(
            app, *[pygame.K_UP] * ups, pygame.K_SPACE, pygame.K_UP, pygame.K_SPACE, pygame.K_SPACE
        )
        run(app, 1)
    draft = app.arcade.desk.draft
    assert draft.names == ["AA", "BA", "CA", "DA"]
    choose(app, "done")
    run(app, 1)
    choose(app, "begin")
    assert isinstance(app.scene, TournamentScene)
    tournament = app.arcade.desk.tournament
    assert tournament is not None
    plan = tournament.plan
    assert (plan.format, plan.limit_frames, plan.rules) == (Format.ROUND_ROBIN, 18_000, SHORT)
    assert sorted(plan.names) == ["AA", "BA", "CA", "DA"]


def test_a_name_can_be_changed_or_taken_off_but_not_given_twice(app: App) -> None:
    app.arcade.desk.draft.names = list(NAMES)
    app._stack.append(NameList(app.arcade))
    choose(app, "1")
    press(app, pygame.K_DOWN, *[pygame.K_SPACE] * 4)  # AEN
    run(app, 1)
    assert app.arcade.desk.draft.names == ["ANNA", "AEN", "CLARA", "DAVID"]
    choose(app, "1")
    assert isinstance(app.scene, NameEntry)
    app.scene._picker.text, app.scene._picker.at = "ANNA".ljust(10), 9
    press(app, pygame.K_SPACE)
    assert isinstance(app.scene, NameEntry)
    assert app.scene._refused
    app.scene._picker.text = " " * 10
    press(app, pygame.K_SPACE)
    run(app, 1)
    assert app.arcade.desk.draft.names == ["ANNA", "CLARA", "DAVID"]


def test_a_press_that_comes_before_the_next_frame_does_not_ask_for_a_name_that_is_gone(
    app: App,
) -> None:
    app.arcade.desk.draft.names = list(NAMES)
    app._stack.append(NameList(app.arcade))
    choose(app, "3")
    assert isinstance(app.scene, NameEntry)
    app.scene._picker.text = " " * 10
    press(app, pygame.K_SPACE, pygame.K_SPACE)
    assert isinstance(app.scene, NameList)
    assert app.arcade.desk.draft.names == ["ANNA", "BEN", "CLARA"]


def test_a_match_is_two_games_of_one_seed_and_is_told_between_them(app: App) -> None:
    desk = begin(app)
    first = desk.call()
    assert first is not None
    play_a_game(app)
    second = desk.call()
    assert second is not None
    assert (second.names[0], second.opponent) == (first.opponent, first.names[0])
    settle(app)
    press(app, pygame.K_RETURN)
    match = match_scene_of(app).match
    assert (match.seed, match.rules) == (first.seed, SHORT)
    assert match.seats[0].player.name == second.names[0]
    run(app, 1)


def test_both_of_a_match_play_at_once_on_devices_of_their_own(app: App) -> None:
    app.arcade.desk.draft.turns = False
    desk = begin(app)
    call = desk.call()
    assert call is not None
    settle(app)
    press(app, pygame.K_RETURN)
    assert isinstance(app.scene, TournamentScene), "one of them alone cannot begin"
    join()  # one has moved the mark with the keyboard, the other fires on a pad
    run(app, 1)
    assert app.arcade.party.is_two
    choose(app, "start")
    scene = match_scene_of(app)
    assert [seat.player.name for seat in scene.match.seats] == list(call.names)
    assert scene.match.seed == call.seed
    scene.skip_countdown()
    pygame.event.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_RIGHT, mod=0))
    run(app, 30)
    assert scene.match.seats[0].tape.actions[20] == Action.RIGHT
    assert scene.match.seats[1].tape.actions[20] == Action.NOOP
    for _ in range(300):
        app.update()
        if isinstance(app.scene, TournamentScene):
            break
    assert desk.tournament is not None
    assert desk.tournament.events == (Played(call.match, (0, 0)),)
    assert not app.arcade.party.is_two, "others come for the next match"
    assert [scene.board(seat).handicap for seat in scene.match.seats] == [
        "two people; tournament"
    ] * 2


@pytest.mark.slow
def test_a_whole_tournament_leaves_standings_and_games_of_their_own(
    app: App, tmp_path: Path
) -> None:
    desk = begin(app)
    for _ in range(20):  # ties are played again
        if not desk.running:
            break
        if len(desk.tournament.events) >= 4 and desk.tournament.open[0].scores == (None, None):
            press_away(app)  # enough of ties
        else:
            play_a_game(app)
    assert desk.tournament is not None and desk.tournament.over
    settle(app)
    choose(app, "home")
    assert isinstance(app.scene, Title)
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    found = store.read(tmp_path)
    assert found.tournament == desk.tournament
    name = f"{store.FOLDER}/{store.stamp(desk.tournament)}"
    rows = (tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + len(NAMES)
    picture = pygame.image.load(tmp_path / f"{name}.png")
    assert picture.get_size() == (1920, 1080)
    scores = Scores(tmp_path / "scores.sqlite")
    games = [each for each in scores.runs() if each.board.handicap == "tournament"]
    played = [e for e in desk.tournament.events if isinstance(e, Played)]
    assert len(games) == len(played)
    assert {game.player for game in games} <= set(NAMES)
    assert scores.leaders(Board("play", Kind.HUMAN, SHORT)) == []
    scores.close()


def press_away(app: App) -> None:
    """Enter by the menu that the first of the called match did not come."""
    settle(app)
    choose(app, "manage")
    assert isinstance(app.scene, TournamentMenu)
    choose(app, "away")
    assert isinstance(app.scene, Question)
    press(app, pygame.K_DOWN, pygame.K_RETURN)
    run(app, 1)


def test_a_page_that_stands_for_long_is_drawn_when_it_changes(app: App) -> None:
    desk = begin(app)
    theme, canvas = Theme((1280, 720)), pygame.Surface((1280, 720))
    assert app.scene.draw(canvas, theme) is None
    before = pygame.image.tobytes(canvas, "RGB")
    assert app.scene.draw(canvas, theme, fresh=False) == []
    desk.absent(0, (True, False))
    app.update()
    assert app.scene.draw(canvas, theme, fresh=False) is None
    assert pygame.image.tobytes(canvas, "RGB") != before


def test_walk_over_another_match_first_and_the_last_result_taken_back(app: App) -> None:
    desk = begin(app)
    settle(app)
    choose(app, "manage")
    choose(app, "next", pygame.K_RIGHT)
    call = desk.call()
    assert call is not None and call.match == 1
    choose(app, "away", pygame.K_RIGHT, pygame.K_RIGHT, pygame.K_RETURN)
    press(app, pygame.K_RETURN)  # who presses on without reading changes nothing
    assert desk.tournament is not None and desk.tournament.events == ()
    choose(app, "away", pygame.K_RETURN)
    press(app, pygame.K_DOWN, pygame.K_RETURN)
    assert isinstance(app.scene, TournamentScene)
    assert desk.tournament.pairings[1].absent == (True, True)
    choose(app, "manage")
    choose(app, "undo")
    press(app, pygame.K_DOWN, pygame.K_RETURN)
    assert desk.tournament.events == ()
    choose(app, "end")
    press(app, pygame.K_DOWN, pygame.K_RETURN)
    assert not desk.running
    assert isinstance(app.scene, TournamentScene)
    run(app, 1)


def test_whoever_has_played_did_come(app: App) -> None:
    desk = begin(app)
    play_a_game(app)
    settle(app)
    before = desk.tournament
    choose(app, "manage")
    side = 0 if before is not None and before.open[0].scores[0] is not None else 1
    choose(app, "away", *[pygame.K_RIGHT] * side, pygame.K_RETURN)
    assert isinstance(app.scene, TournamentMenu)
    assert desk.tournament == before
    choose(app, "away", *[pygame.K_RIGHT if side == 0 else pygame.K_LEFT], pygame.K_RETURN)
    press(app, pygame.K_DOWN, pygame.K_RETURN)
    assert desk.tournament is not None and desk.tournament.pairings[0].over


@pytest.mark.slow
def test_in_a_game_of_a_tournament_nobody_begins_again(make_app: Callable[..., App]) -> None:
    for kiosk in (False, True):
        app = make_app(rules=SHORT, kiosk=kiosk)
        desk_of(app)
        desk = begin(app)
        settle(app)
        press(app, pygame.K_RETURN, pygame.K_ESCAPE)
        assert isinstance(app.scene, Pause)
        keys = [choice.key for choice in app.scene._menu.choices]
        assert keys == ["resume", "settings", *([] if kiosk else ["tournament"])]
        run(app, 50 * 60)
        assert isinstance(app.scene, Pause), "and it waits"
        if not kiosk:
            choose(app, "tournament")
            assert isinstance(app.scene, TournamentScene)
            assert desk.tournament is not None and desk.tournament.events == ()
        desk.end()


@pytest.mark.slow
def test_visitors_of_a_kiosk_can_begin_what_is_called_and_no_more(
    make_app: Callable[..., App],
) -> None:
    app = make_app(rules=SHORT, kiosk=True)
    desk_of(app)
    begin(app)
    settle(app)
    run(app, 60 * 60)
    assert isinstance(app.scene, TournamentScene), "it stays until somebody comes"
    press(app, pygame.K_ESCAPE)
    assert isinstance(app.scene, TournamentScene)
    assert [choice.key for choice in app.scene._menu.choices] == ["start"]
    app._stack[1:] = []
    run(app, 26 * 60)
    assert isinstance(app.scene, TournamentScene), "and comes back whatever led away from it"
    app._stack[1:] = [OperatorMenu(app.arcade)]
    choose_on_cards(app, "tournament")
    assert isinstance(app.scene, TournamentMenu)
    choose(app, "rest")
    run(app, 26 * 60)
    assert isinstance(app.scene, Attract), "the operator lets visitors play"
    app._apply(TournamentWanted())
    assert not app.arcade.desk.resting


def test_a_restart_goes_on_where_it_ended(make_app: Callable[..., App], app: App) -> None:
    desk = begin(app)
    play_a_game(app)
    wait_for(lambda: desk.saved)
    settle(app)
    press(app, pygame.K_RETURN)
    match_scene_of(app)  # in the middle of a game it ends
    again = make_app(rules=SHORT)
    desk_of(again)
    app_after = App(again.arcade)
    assert isinstance(app_after.scene, TournamentScene)
    assert again.arcade.desk.tournament == desk.tournament
    assert again.arcade.desk.call() == desk.call()
    assert again.arcade.desk.draft.names == NAMES, "the same people may want to play again"


def test_a_full_disk_is_said_and_costs_no_result(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = begin(app)
    wait_for(lambda: desk.saved)

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store, "write_atomically", full)
        desk.absent(0, (True, False))
        assert app.arcade.archive is not None
        wait_for(lambda: app.arcade.archive is None or app.arcade.archive.problem)
        assert not desk.saved
        assert isinstance(app.scene, TournamentScene)
        assert "No space left" in app.scene._problem()
    desk.absent(1, (False, True))
    wait_for(lambda: desk.saved)
    assert store.read(tmp_path).tournament == desk.tournament
    assert app.scene._problem() == ""


def test_the_standings_go_to_a_drive(app: App, tmp_path: Path) -> None:
    begin(app)
    for _ in range(3):
        app.arcade.desk.absent(app.arcade.desk.next.number, (True, False))
    drive = tmp_path / "stick"
    drive.mkdir()
    app._stack[1:] = [TournamentMenu(app.arcade, lambda: drive)]
    choose(app, "export")
    wait_for((drive / CSV_NAME).exists)
    app._stack[1:] = [TournamentMenu(app.arcade, lambda: None)]
    choose(app, "export")
    assert "USB" in app.scene._done


def test_damage_is_said_in_the_menu(app: App, tmp_path: Path) -> None:
    desk = begin(app)
    wait_for(lambda: desk.saved)
    (tmp_path / store.FILE).write_bytes(b"?")
    app._stack[1:] = []
    desk = desk_of(app)
    assert not desk.running
    assert desk.problem is not None and "damaged.tournament" in desk.problem
    choose(app, "tournament")
    run(app, 1)
    assert files.unused(tmp_path / "x") == tmp_path / "x"
    assert isinstance(app.scene, TournamentMenu)
    assert not isinstance(app.scene, MatchScene)
