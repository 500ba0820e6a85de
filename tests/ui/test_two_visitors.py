"""Two people with two pads, or one keyboard: from joining on the title to their initials."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pygame
import pytest

from game.cli.main import main
from game.emulation.cabinet import Action, Rules
from game.play.match import COUNTDOWN_FRAMES, Handicap
from game.play.player import PLAYERS, Kind
from game.play.tape import load, verify
from game.records.archive import DATABASE, TAPES
from game.records.scores import TWO_PEOPLE, Scores
from game.ui.audio.speaker import panned
from game.ui.input.party import HOLD_FRAMES, Person
from game.ui.input.stations import LEFT_HALF, RIGHT_HALF, WHOLE_KEYBOARD, Part
from game.ui.jobs.film import Commentator, Film, SeatTape, usual_size
from game.ui.scenes.flow import follow
from game.ui.scenes.high_scores import HighScores, board_of
from game.ui.scenes.initials import InitialsEntry
from game.ui.scenes.match import MatchScene, start_race
from game.ui.scenes.match_view import KEYS_FRAMES
from game.ui.scenes.pause import Pause
from game.ui.scenes.results import Results
from game.ui.scenes.review import ReviewScene
from game.ui.scenes.scene import Mode, Push, RematchWanted, Replace, ReviewWanted
from game.ui.scenes.title import Title
from game.ui.window.app import App
from tests.helpers import sdl
from tests.helpers.drawn import WatchedTheme, an_arcade, draw
from tests.helpers.skipped import shows_the_same
from tests.helpers.visit import Thinker, match_scene_of, press, run, run_to_results, settle

Plug = Callable[[], sdl.VirtualPad]
RACE_FRAMES = 500


@pytest.fixture
def plug() -> Iterator[Plug]:
    """A function that plugs a virtual pad in; all are pulled out when the test is over."""
    pads: list[sdl.VirtualPad] = []

    def make() -> sdl.VirtualPad:
        pads.append(sdl.VirtualPad())
        return pads[-1]

    yield make
    for pad in pads:
        pad.unplug()
    if pygame.display.get_init():
        pygame.event.clear()


def tap(app: App, pad: sdl.VirtualPad, *buttons: int) -> None:
    for button in buttons:
        pad.button(button)
        app.poll()
        pad.button(button, down=False)
        app.poll()


def key(app: App, code: int, down: bool = True) -> None:
    pygame.event.post(pygame.Event(pygame.KEYDOWN if down else pygame.KEYUP, key=code, mod=0))
    app.poll()


def words_of(app: App) -> set[str]:
    theme = WatchedTheme((1280, 720))
    draw(app.scene, theme)
    return {text.string for text in theme.texts}


def joined(app: App, plug: Plug) -> tuple[sdl.VirtualPad, sdl.VirtualPad]:
    """Plug two pads in and let both people take part."""
    one, two = plug(), plug()
    run(app, 2)
    tap(app, one, sdl.DOWN, sdl.UP)
    tap(app, two, sdl.A)
    assert app.arcade.party.is_two
    assert isinstance(app.scene, Title)
    return one, two


@pytest.mark.slow
def test_two_pads_race_the_network_lose_one_and_both_sign(
    make_app: Callable[..., App], plug: Plug, tmp_path: Path
) -> None:
    app = make_app(rules=Rules(frame_cap=4000))
    app.arcade.race_frames = RACE_FRAMES
    assert "Player 2: press fire" in words_of(app)
    one, two = joined(app, plug)
    assert board_of(Mode.RACE, Kind.HUMAN, app.arcade).handicap == TWO_PEOPLE
    assert any("Both against the network" in words for words in words_of(app))
    tap(app, one, sdl.A)
    scene = match_scene_of(app)
    assert [seat.tape.kind for seat in scene.match.seats] == [Kind.HUMAN, Kind.HUMAN, Kind.AGENT]
    assert len({(seat.tape.seed, seat.tape.rules) for seat in scene.match.seats}) == 1
    assert {"All sides", "PLAYER 1", "PLAYER 2", "THE NETWORK"} <= words_of(app)
    scene.skip_countdown()
    one.button(sdl.X)
    two.button(sdl.X)
    two.axis(0, 1)
    run(app, 100)
    assert [seat.tape.actions[-1] for seat in scene.match.people] == [Action.FIRE, Action.RIGHTFIRE]

    two.unplug()
    run(app, 2)
    assert isinstance(app.scene, Pause)
    assert app.scene._reason == "Player 2: Virtual Controller was unplugged"
    two = plug()
    run(app, 2)
    tap(app, two, sdl.START)
    assert match_scene_of(app) is scene
    two.axis(0, -1)
    two.button(sdl.X)
    run(app, 200)  # three, two, one
    assert scene.match.people[1].tape.actions[-1] == Action.LEFTFIRE, "the pad that came back"

    run_to_results(app)
    for pad in (one, two):
        pad.button(sdl.X, down=False)
    two.axis(0, 0)
    results = app.scene
    assert isinstance(results, Results)
    shown = words_of(app)
    assert {"Player 1", "Player 2", "The network"} <= shown
    end = time.monotonic() + 30
    while len(results.earned) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    settle(app)
    tap(app, one, sdl.A)
    for name, pad, other in (("Player 1", one, two), ("Player 2", two, one)):
        scene_now = app.scene
        assert isinstance(scene_now, InitialsEntry)
        assert f"{name}: your initials" in words_of(app)
        settle(app)
        tap(app, other, sdl.UP, sdl.A)
        assert scene_now.text == "AAA", "it is the other one's turn"
        tap(app, pad, sdl.UP if pad is one else sdl.DOWN, *[sdl.A] * 4)
    assert isinstance(app.scene, HighScores)
    assert len(app.scene._own) == 3

    archive = app.arcade.archive
    assert archive is not None
    archive.close()
    app.arcade.archive = None
    scores = Scores(tmp_path / DATABASE)
    runs = list(scores.runs())
    assert [(run.player, run.initials) for run in runs] == [
        (PLAYERS[0], "BAA"),
        (PLAYERS[1], " AA"),
        ("thinker", ""),
    ]
    assert {run.board.handicap for run in runs} == {TWO_PEOPLE}
    assert sum(run.won is True for run in runs) <= 1
    scores.close()
    for path in (tmp_path / TAPES).glob("*.tape"):
        assert verify(path).verified, path
        assert load(path).frames == RACE_FRAMES


def test_halves_of_one_keyboard_race_each_other_and_share_nothing(
    make_app: Callable[..., App],
) -> None:
    app = make_app(rules=Rules(frame_cap=4000))
    press(app, pygame.K_DOWN, pygame.K_UP, pygame.K_LSHIFT)
    people = app.arcade.party.people
    assert [person.station for person in people] == [RIGHT_HALF, LEFT_HALF]
    press(app, pygame.K_DOWN, pygame.K_DOWN, pygame.K_RETURN)
    scene = match_scene_of(app)
    assert scene.mode is Mode.RACE
    assert [seat.tape.player for seat in scene.match.seats] == list(PLAYERS)
    scene.skip_countdown()
    for code in (pygame.K_LEFT, pygame.K_RETURN, pygame.K_d):
        key(app, code)
    run(app, 10)
    assert [seat.tape.actions[-1] for seat in scene.match.seats] == [
        Action.LEFTFIRE,
        Action.RIGHT,
    ]
    press(app, pygame.K_TAB)
    shown = words_of(app)
    assert "The network would" not in shown, "it has seen too little yet"
    run(app, 30)
    assert "The network would" in words_of(app)
    assert [scene.board(seat).handicap for seat in scene.match.seats] == [
        "two people; with a coach",
        "two people",
    ]
    scene.match.finish()
    assert scene.match.seats[0].tape.player == PLAYERS[0]


def test_who_holds_back_leaves_and_the_other_is_alone(
    make_app: Callable[..., App], plug: Plug
) -> None:
    app = make_app()
    one, two = joined(app, plug)
    app.arcade.party.people[1].handicap = Handicap(extra_s=30)
    one.button(sdl.B)
    run(app, HOLD_FRAMES + 1)
    assert not app.arcade.party.is_two
    assert app.arcade.handicap == Handicap(extra_s=30), "the second is the first now"
    one.button(sdl.B, down=False)
    run(app, 1)
    assert "Player 2: press fire" in words_of(app)
    tap(app, two, sdl.A)
    assert len(match_scene_of(app).match.seats) == 2


def test_a_keyboard_joins_a_pad_and_is_whole_again(
    make_app: Callable[..., App], plug: Plug
) -> None:
    app = make_app()
    pad = plug()
    run(app, 2)
    tap(app, pad, sdl.DOWN, sdl.UP)
    press(app, pygame.K_SPACE)
    people = app.arcade.party.people
    assert people[1].station == WHOLE_KEYBOARD
    assert people[0].station is not None and people[0].station.part is Part.PAD
    key(app, pygame.K_ESCAPE)
    run(app, HOLD_FRAMES + 1)
    key(app, pygame.K_ESCAPE, down=False)
    assert len(app.arcade.party.people) == 1
    press(app, pygame.K_DOWN, pygame.K_UP, pygame.K_RCTRL)
    assert [person.station for person in people] == [LEFT_HALF, RIGHT_HALF]


def test_each_changes_their_own_handicap(make_app: Callable[..., App], plug: Plug) -> None:
    app = make_app()
    one, two = joined(app, plug)
    tap(app, two, sdl.DOWN, sdl.RIGHT)
    tap(app, one, sdl.LEFT)
    people = app.arcade.party.people
    assert [person.handicap for person in people] == [
        Handicap(one_switch=True),
        Handicap(delay_ms=100),
    ]
    assert {"Handicap, Player 1", "one button"} <= words_of(app)


def test_a_pad_that_is_missing_on_the_title_is_said(
    make_app: Callable[..., App], plug: Plug
) -> None:
    app = make_app()
    _one, two = joined(app, plug)
    two.unplug()
    run(app, 2)
    assert "Player 2: Virtual Controller, unplugged" in words_of(app)
    plug()
    run(app, 2)
    assert "Player 2: Virtual Controller" in words_of(app)


def test_who_pauses_is_named(make_app: Callable[..., App], plug: Plug) -> None:
    app = make_app()
    _one, two = joined(app, plug)
    tap(app, two, sdl.A)
    match_scene_of(app).skip_countdown()
    run(app, 2)
    tap(app, two, sdl.START)
    assert isinstance(app.scene, Pause)
    assert app.scene._reason == "Player 2 paused"


@pytest.mark.slow
def test_names_of_their_own_are_on_the_tapes(make_app: Callable[..., App], plug: Plug) -> None:
    app = make_app()
    joined(app, plug)
    scene = start_race(app.arcade, ("ANNA", "BO"), with_network=True, seed=7)
    assert scene is not None
    assert [seat.player.name for seat in scene.match.seats] == ["ANNA", "BO", "thinker"]
    assert scene.match.seed == 7


def played(app: App, plug: Plug) -> Results:
    """Let both race the network for three seconds."""
    app.arcade.race_frames = 180
    joined(app, plug)
    scene = start_race(app.arcade, with_network=True, seed=7)
    assert scene is not None
    scene.skip_countdown()
    while not scene.match.over:
        scene.update()
    return Results(scene, app.arcade)


@pytest.mark.slow
def test_the_review_shows_three_seats_and_speaks_of_either_person(
    make_app: Callable[..., App], plug: Plug
) -> None:
    app = make_app()
    results = played(app, plug)
    push = follow(ReviewWanted(results._played), app.arcade)
    assert isinstance(push, Push) and isinstance(push.scene, ReviewScene)
    review = push.scene
    app._stack.append(review)
    review.review_job.wait()
    run(app, 70)
    assert len(review.playbacks) == 3
    assert {"Player 1", "Player 2", "The network", "Reviewed: Player 1"} <= words_of(app)
    assert review.moment is not None and review.moment is review.reviews[0].moments[17]
    while review._menu.current.key != "whose":
        press(app, pygame.K_DOWN)
    press(app, pygame.K_RETURN)
    assert "Reviewed: Player 2" in words_of(app)
    assert review.moment is review.reviews[1].moments[17]
    press(app, pygame.K_RETURN)
    assert "Reviewed: Player 1" in words_of(app)


@pytest.mark.slow
@pytest.mark.parametrize("overlay", [False, True])
def test_a_film_shows_three_seats(
    make_app: Callable[..., App], plug: Plug, tmp_path: Path, overlay: bool
) -> None:
    app = make_app()
    match = played(app, plug)._played.match
    tapes = [SeatTape(seat.tape, seat.begins) for seat in match.seats]
    size = usual_size(".mp4", 3, overlay)
    commentator = Commentator([Thinker() for _ in tapes]) if overlay else None
    film = Film(tapes, 60, 66, size, commentator)
    for _ in range(6):
        film.next()
    third = size[0] // 3
    for column in range(3):
        part = film.canvas.subsurface(pygame.Rect(column * third, 0, third, size[1]))
        assert len(np.unique(pygame.surfarray.array2d(part))) > 8, f"picture {column + 1}"
    for number, seat in enumerate(match.seats):
        seat.tape.save(tmp_path / f"{number}.tape")
    beside = [part for n in (1, 2) for part in ("--beside", str(tmp_path / f"{n}.tape"))]
    film_of = ["film", str(tmp_path / "0.tape"), str(tmp_path / "race.gif"), "--to", "0.1"]
    assert main([*film_of, *beside, *["--begins", "0"] * 3]) == 0
    assert (tmp_path / "race.gif").stat().st_size > 1000
    assert main([*film_of, *beside, *beside]) == 1


@pytest.mark.slow
@pytest.mark.parametrize("there", [0, 1])
def test_who_presses_nothing_in_a_whole_race_has_left(
    make_app: Callable[..., App], plug: Plug, there: int
) -> None:
    app = make_app()
    app.arcade.race_frames = 60
    pads = joined(app, plug)
    tap(app, pads[0], sdl.A)
    scene = match_scene_of(app)
    scene.skip_countdown()
    stays = app.arcade.party.people[there]
    pads[there].axis(0, 1)
    run(app, 10)
    run_to_results(app)
    assert app.arcade.party.people == [stays]
    again = follow(RematchWanted(scene), app.arcade)
    assert isinstance(again, Replace) and isinstance(again.scene, MatchScene)
    assert len(again.scene.match.people) == 1, "a rematch is for who is still there"


def test_each_is_heard_at_their_side_and_then_whoever_plays_on(
    make_app: Callable[..., App], plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app()
    joined(app, plug)
    app.arcade.race_frames = 600
    app.arcade.party.people[1].handicap = Handicap(extra_s=30)
    scene = start_race(app.arcade, with_network=True, seed=7)
    assert scene is not None
    scene.skip_countdown()
    heard: list[tuple[np.ndarray, ...]] = []
    monkeypatch.setattr(app.arcade.speaker, "play", lambda *sides: heard.append(sides))
    scene.update()
    first, second, network = scene.match.seats
    assert heard[-1][0] is first.frame.audio and heard[-1][1] is second.frame.audio
    first.ends = second.ends = 0
    network.ends = 600
    scene.update()
    assert len(heard[-1]) == 1 and heard[-1][0] is network.frame.audio


def test_two_games_are_mixed_so_that_none_is_lost() -> None:
    left, right = np.array([1000, 30000], np.int16), np.array([-500, 30000], np.int16)
    mixed = panned(left, right)
    assert mixed.tolist() == [[900, -300], [32767, 32767]]
    assert mixed.dtype == np.int16


@pytest.mark.slow
@pytest.mark.parametrize("with_network", [False, True], ids=["two seats", "three seats"])
def test_a_hitch_leaves_nothing_of_a_race_of_two_people_behind(with_network: bool) -> None:
    arcade = an_arcade()
    arcade.race_frames = KEYS_FRAMES + 60
    one, two = arcade.party.people = [Person(LEFT_HALF), Person(RIGHT_HALF)]
    one.handicap = Handicap(head_start_s=15)
    scene = start_race(arcade, with_network=with_network, seed=7)
    assert scene is not None
    for _ in range(COUNTDOWN_FRAMES - 3):
        scene.update()
    assert shows_the_same(scene, [0, 2, 2, 3]), "the start"
    for _ in range(KEYS_FRAMES - 10):
        scene.update()
    two.coach = not with_network
    assert shows_the_same(scene, [1, 4, 4, 4, 1]), "what happened so far fades in"
    cabinet = scene.match.seats[0].cabinet
    cabinet.frame = dataclasses.replace(cabinet.frame, over=True)
    assert shows_the_same(scene, [1, 3, 30, 20]), "who is out, and the end"
