"""A visitor's way through the arcade: attract, start, play, sign, board, and away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pygame
import pytest

from game.emulation.cabinet import FRAMES_PER_SECOND, Action, Rules
from game.play.match import EVEN, HANDICAPS, Handicap, Match
from game.play.player import HumanPlayer, Kind
from game.records.archive import DATABASE
from game.records.scores import Board, Scores
from game.ui.input.settled_input import SETTLED_FRAMES
from game.ui.scenes import attract, high_scores, initials, pause, results, title
from game.ui.scenes.attract import Attract, DemoPage
from game.ui.scenes.high_scores import HighScores, board_of
from game.ui.scenes.initials import InitialsEntry
from game.ui.scenes.pause import Pause
from game.ui.scenes.results import Results
from game.ui.scenes.scene import BoardWanted, Mode
from game.ui.scenes.title import Title
from game.ui.widgets.command import Command
from game.ui.widgets.fairness_panel import draw_fairness, facts
from game.ui.widgets.idle_timer import IdleTimer
from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.theme import Theme
from game.ui.window.app import App
from tests.helpers.visit import (
    Thinker,
    match_scene_of,
    no_agent,
    press,
    run,
    run_to_results,
    run_until,
)

# Long enough for a person who fires all the time to score.
PLAYED = Rules(frame_cap=1500)


def play_to_results(app: App) -> None:
    """Fire until the match is over, and let go."""
    pygame.event.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_w, mod=0))
    run(app, 1)
    run_to_results(app)
    pygame.event.post(pygame.Event(pygame.KEYUP, key=pygame.K_w, mod=0))
    run(app, SETTLED_FRAMES)


def wait_for_initials(app: App) -> None:
    """Signing is what is marked, soon after a game that is on the board."""
    scene = app.scene
    assert isinstance(scene, Results)
    run_until(app, lambda: scene._menu.current.key == "sign")


def seconds(count: float) -> int:
    return round(count * FRAMES_PER_SECOND)


@pytest.mark.slow
def test_a_visit_from_attract_to_attract(make_app: Callable[..., App]) -> None:
    app = make_app(rules=PLAYED)
    app.arcade.race_frames = 1200
    run(app, seconds(title.ATTRACT_AFTER_S))
    assert isinstance(app.scene, Attract)
    press(app, pygame.K_RETURN)
    assert isinstance(app.scene, Title), "the press that wakes it does nothing else"
    press(app, pygame.K_RETURN)
    assert match_scene_of(app).mode is Mode.RACE, "two presses to play"
    archive, race = app.arcade.archive, board_of(Mode.RACE, Kind.HUMAN, app.arcade)
    assert archive is not None
    run_until(app, lambda: archive.standings(race))
    play_to_results(app)
    wait_for_initials(app)
    press(app, pygame.K_RETURN)
    assert isinstance(app.scene, InitialsEntry)
    run(app, SETTLED_FRAMES)
    press(app, pygame.K_UP, pygame.K_RETURN, pygame.K_DOWN, *[pygame.K_RETURN] * 3)
    assert isinstance(app.scene, HighScores)
    run_until(app, lambda: (s := archive.standings(race)) and s.today and s.today[0].initials)
    standings = archive.standings(race)
    assert standings is not None
    assert [run_.initials for run_ in standings.today] == ["B A"]
    run(app, seconds(high_scores.WAIT_S))
    assert isinstance(app.scene, Title)
    run(app, seconds(title.ATTRACT_AFTER_S))
    assert isinstance(app.scene, Attract)


@pytest.mark.slow
@pytest.mark.parametrize("key", [pygame.K_F5, pygame.K_x, pygame.K_ESCAPE, pygame.K_DOWN])
def test_any_key_wakes_it_and_does_nothing_else(make_app: Callable[..., App], key: int) -> None:
    app = make_app()
    run(app, seconds(title.ATTRACT_AFTER_S))
    press(app, key)
    assert isinstance(app.scene, Title)
    press(app, pygame.K_RETURN)
    assert match_scene_of(app).mode is Mode.RACE


@pytest.mark.slow
def test_any_press_puts_the_attract_loop_off(make_app: Callable[..., App]) -> None:
    app = make_app()
    for _ in range(3):
        run(app, seconds(title.ATTRACT_AFTER_S) - 5)
        press(app, pygame.K_F5)
    assert isinstance(app.scene, Title)


@pytest.mark.slow
@pytest.mark.parametrize(("load", "pages"), [(None, 2), (no_agent, 1)])
def test_pages_take_turns_and_end_at_the_title(
    make_app: Callable[..., App], load: object, pages: int
) -> None:
    app = make_app() if load is None else make_app(load=load)
    app._stack.append(loop := Attract(app.arcade))
    seen = []
    while app.scene is loop:
        if loop.page not in seen:
            seen.append(loop.page)
        app.update()
    assert isinstance(app.scene, Title)
    assert len(seen) == pages
    assert isinstance(seen[0], DemoPage) == (load is None)
    assert all(15 <= page.seconds <= 30 for page in seen)


@pytest.mark.parametrize("wanted", [False, True])
def test_demos_are_heard_only_if_the_operator_wants(
    make_app: Callable[..., App], wanted: bool
) -> None:
    app = make_app(attract_sound=wanted)
    heard: list[object] = []
    app.arcade.speaker.play = heard.append  # type: ignore[method-assign,assignment]
    loop = Attract(app.arcade)
    for _ in range(30):
        loop.update()
    assert bool(heard) is wanted


@pytest.mark.slow
def test_a_demo_leaves_no_tape(make_app: Callable[..., App], tmp_path: Path) -> None:
    app = make_app()
    run(app, seconds(title.ATTRACT_AFTER_S) + 100)
    press(app, pygame.K_RETURN)
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    assert not (tmp_path / "tapes").exists()


def test_what_stands_still_wanders(make_app: Callable[..., App]) -> None:
    theme = Theme((1280, 720))
    spots = {theme.drift(frame) for frame in range(0, seconds(240), 60)}
    assert len(spots) > 20
    assert max(abs(x) for x, _ in spots) <= 8
    app = make_app()
    first, later = pygame.Surface((640, 480)), pygame.Surface((640, 480))
    page = attract.HowToPlayPage()
    page.draw(first, first.get_rect(), theme, True)
    page.draw(later, later.get_rect().move(theme.drift(seconds(60))), theme, True)
    assert app.running
    assert (pygame.surfarray.array2d(first) != pygame.surfarray.array2d(later)).any()


@pytest.mark.slow
def test_nothing_to_sign_without_points(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY)
    archive = app.arcade.archive
    assert archive is not None
    run_until(app, lambda: archive.standings(board_of(Mode.PLAY, Kind.HUMAN, app.arcade)))
    app._stack.append(Title(app.arcade))  # nobody plays
    app._stack.pop()
    run_to_results(app)
    assert isinstance(app.scene, Results)
    assert app.scene._menu.current.label == "Play again"
    press(app, pygame.K_DOWN, pygame.K_RETURN)
    assert isinstance(app.scene, HighScores)
    run(app, SETTLED_FRAMES)
    press(app, pygame.K_RETURN)
    assert match_scene_of(app).mode is Mode.PLAY


@pytest.mark.slow
def test_a_match_that_was_left_is_on_no_board(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY, rules=PLAYED)
    archive = app.arcade.archive
    assert archive is not None
    pygame.event.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_w, mod=0))
    run(app, 900)
    assert match_scene_of(app).match.seats[0].frame.score > 0
    press(app, pygame.K_ESCAPE)
    press(app, pygame.K_UP, pygame.K_RETURN)
    played = Board(Mode.PLAY, Kind.HUMAN, PLAYED)
    run_until(app, lambda: archive.standings(played))
    standings = archive.standings(played)
    assert standings is not None
    assert standings.ever == ()


@pytest.fixture
def initials_app(make_app: Callable[..., App]) -> App:
    app = make_app(Mode.PLAY, rules=PLAYED)
    archive = app.arcade.archive
    assert archive is not None
    run_until(app, lambda: archive.standings(board_of(Mode.PLAY, Kind.HUMAN, app.arcade)))
    play_to_results(app)
    wait_for_initials(app)
    press(app, pygame.K_RETURN)
    run(app, SETTLED_FRAMES)
    return app


def enter(app: App, letters: str) -> None:
    from game.records.initials import LETTERS

    for letter in letters:
        for _ in range(LETTERS.index(letter)):
            press(app, pygame.K_UP)
        press(app, pygame.K_RETURN)


def test_unwanted_initials_are_refused_and_can_be_changed(initials_app: App) -> None:
    enter(initials_app, "FUK")
    assert isinstance(initials_app.scene, InitialsEntry)
    assert not initials_app.scene._refused, "the last letter is not the end"
    press(initials_app, pygame.K_RETURN)
    assert isinstance(initials_app.scene, InitialsEntry)
    assert initials_app.scene._refused
    press(initials_app, pygame.K_UP, *[pygame.K_RETURN] * 4)
    assert isinstance(initials_app.scene, HighScores)
    assert initials_app.arcade.party.first.initials == "GUK"


def test_time_out_keeps_the_letters_that_are_there(initials_app: App) -> None:
    press(initials_app, pygame.K_UP)
    run(initials_app, seconds(initials.WAIT_S))
    assert isinstance(initials_app.scene, HighScores)
    archive = initials_app.arcade.archive
    assert archive is not None
    played = Board(Mode.PLAY, Kind.HUMAN, PLAYED)
    run_until(
        initials_app, lambda: (s := archive.standings(played)) and s.ever[0].initials == "BAA"
    )


def test_time_out_signs_nothing_that_nobody_chose(initials_app: App) -> None:
    run(initials_app, seconds(initials.WAIT_S))
    assert isinstance(initials_app.scene, HighScores)
    assert unsigned(initials_app)


def test_back_from_the_first_letter_leaves_unsigned(initials_app: App) -> None:
    press(initials_app, pygame.K_UP, pygame.K_RETURN, pygame.K_ESCAPE)
    assert isinstance(initials_app.scene, InitialsEntry), "back to the first letter"
    press(initials_app, pygame.K_ESCAPE)
    assert isinstance(initials_app.scene, HighScores)
    assert unsigned(initials_app)


def test_a_press_of_the_button_leaves_unsigned_from_any_letter(initials_app: App) -> None:
    press(initials_app, pygame.K_UP, pygame.K_RETURN)
    initials_app.arcade.controls.kind = InputKind.MOUSE
    initials_app.draw()
    scene = initials_app.scene
    back = next(control for control in scene.controls() if control.key == "back")
    assert (back.label, back.does) == ("No initials", Command.BACK)
    assert isinstance(scene.handle(Command.BACK), BoardWanted)


def unsigned(app: App) -> bool:
    """Whether no run of the visit has initials, once all is written."""
    archive = app.arcade.archive
    assert archive is not None
    archive.close()
    app.arcade.archive = None
    scores = Scores(archive.folder / DATABASE)
    signed = [run.initials for run in scores.runs()]
    scores.close()
    return bool(signed) and not any(signed)


def test_left_goes_back_to_a_letter(initials_app: App) -> None:
    press(initials_app, *[pygame.K_RIGHT] * 4, pygame.K_DOWN)
    assert isinstance(initials_app.scene, InitialsEntry)
    assert initials_app.scene._picker.on_ok
    assert initials_app.scene.text == "AAA", "OK is no letter"
    press(initials_app, pygame.K_LEFT, pygame.K_DOWN, pygame.K_LEFT)
    assert initials_app.scene.text == "AA "
    press(initials_app, pygame.K_UP, pygame.K_ESCAPE, pygame.K_UP)
    assert initials_app.scene.text == "BB "


@pytest.mark.slow
def test_results_do_not_wait_for_ever(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY)
    run_to_results(app)
    run(app, seconds(results.WAIT_S))
    assert isinstance(app.scene, Title)


@pytest.mark.parametrize("kiosk", [False, True])
def test_only_a_kiosk_gives_up_on_a_paused_match(make_app: Callable[..., App], kiosk: bool) -> None:
    app = make_app(Mode.PLAY, kiosk=kiosk)
    run(app, 10)
    press(app, pygame.K_p)
    run(app, seconds(pause.KIOSK_WAIT_S) + 1)
    assert isinstance(app.scene, Title if kiosk else Pause)


def test_visitors_cannot_leave_a_kiosk(make_app: Callable[..., App]) -> None:
    app = make_app(kiosk=True)
    window = pygame.display.get_surface()
    pygame.event.post(pygame.Event(pygame.QUIT))
    press(app, pygame.K_ESCAPE, pygame.K_F11)
    run(app, 5)
    assert app.running
    assert isinstance(app.scene, Title)
    assert pygame.display.get_surface() is window
    press(app, pygame.K_UP)
    assert isinstance(app.scene, Title)
    assert app.scene._menu.current.key == "language"
    assert "quit" not in [choice.key for choice in app.scene._menu.choices]


def test_a_wait_is_announced_before_it_ends() -> None:
    theme = Theme((1280, 720))
    wait = IdleTimer(12)

    def picture() -> int:
        canvas = pygame.Surface((1280, 720))
        wait.draw(canvas, theme, "Title")
        return int(np.count_nonzero(pygame.surfarray.array2d(canvas)))

    assert picture() == 0
    for _ in range(seconds(2)):
        wait.update()
    full = picture()
    assert full > 0
    for _ in range(seconds(9)):
        wait.update()
    assert not wait.over
    assert picture() > 0
    wait.renew()
    assert picture() == 0
    for _ in range(seconds(12)):
        wait.update()
    assert wait.over


@pytest.mark.slow
def test_help_is_chosen_shown_and_forgotten_for_the_next_visitor(
    make_app: Callable[..., App],
) -> None:
    app = make_app()
    press(app, pygame.K_DOWN, *[pygame.K_RIGHT] * 2)
    assert app.arcade.handicap == Handicap(delay_ms=200)
    press(app, pygame.K_UP, pygame.K_RETURN)
    match = match_scene_of(app).match
    ours, theirs = match.seats
    assert match.handicap.delay_ms == 200
    assert ("Added delay", "none") in facts(ours, match)
    assert ("Added delay", "200 ms") in facts(theirs, match)
    run(app, seconds(3) + 60)
    pressed = theirs.tape.actions  # the network fires from the first frame on
    assert list(pressed[:12]) == [Action.NOOP] * 12
    assert set(pressed[12:]) == {Action.FIRE}
    press(app, pygame.K_ESCAPE, pygame.K_UP, pygame.K_RETURN)
    run(app, seconds(title.ATTRACT_AFTER_S))
    assert app.arcade.handicap == EVEN


def test_extra_time_needs_a_limit(make_app: Callable[..., App]) -> None:
    arcade = make_app().arcade
    arcade.handicap = Handicap(extra_s=30)
    arcade.race_frames = None
    assert arcade.race_handicap == EVEN
    arcade.race_frames = 600
    assert arcade.race_handicap.extra_s == 30


@pytest.mark.parametrize("given", HANDICAPS)
def test_the_fairness_panel_says_all_that_is_given(given: Handicap) -> None:
    match = Match([HumanPlayer(), Thinker()], Rules(), 1, 600, given)
    said = " ".join(f"{what} {how}" for seat in match.seats for what, how in facts(seat, match))
    for number in (given.delay_ms, given.head_start_s, given.extra_s):
        assert not number or str(number) in said
    assert "25%" in said
    canvas = pygame.Surface((400, 168))
    draw_fairness(canvas, canvas.get_rect(), match.seats[1], match, Theme((1280, 720)))
    assert len(np.unique(pygame.surfarray.array2d(canvas))) > 20


def test_a_challenge_is_another_game_with_a_board_of_its_own(make_app: Callable[..., App]) -> None:
    app = make_app()
    press(app, *[pygame.K_DOWN] * 3, pygame.K_RIGHT, pygame.K_RIGHT, pygame.K_RETURN)
    match_scene = match_scene_of(app)
    assert match_scene.mode is Mode.PLAY
    assert match_scene.match.rules.mode == 3
    assert (
        match_scene.board(match_scene.match.seats[0])
        .words()
        .startswith("Playing alone, moving shields, zigzag bombs")
    )
    press(app, pygame.K_ESCAPE, pygame.K_DOWN, pygame.K_RETURN)
    assert match_scene_of(app) is not match_scene
    assert match_scene_of(app).match.rules.mode == 3, "again is the same game"
