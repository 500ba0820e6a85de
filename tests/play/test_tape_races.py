"""A race against a tape: its rules, its seed, its length, a class of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from game.emulation.cabinet import Action, Rules
from game.play.match import Match
from game.play.player import ConstantPlayer, Kind
from game.play.tape import Tape
from game.records.scores import Board
from game.records.tape_library import TapeLibrary
from game.ui.scenes.flow import follow
from game.ui.scenes.match import MatchScene, start_ghost
from game.ui.scenes.results import Results
from game.ui.scenes.scene import Mode, RematchWanted, Replace
from game.ui.widgets.fairness_panel import facts
from game.ui.widgets.theme import AGENT, HUMAN, colour_of, name_of
from game.ui.window.app import App
from tests.helpers.common import wait_for
from tests.helpers.visit import run, run_to_results

RULES = Rules(mode=3, frame_cap=5000)


def taped(limit: int | None) -> Tape:
    match = Match([ConstantPlayer(Action.FIRE)], RULES, 77, limit)
    while not match.over:
        match.step()
    return match.seats[0].tape


def ghost_of(app: App, tape: Tape) -> MatchScene:
    match_scene = start_ghost(tape, app.arcade)
    app._apply(Replace(match_scene))
    return match_scene


@pytest.mark.slow
def test_a_tape_is_raced_under_its_own_rules(make_app: Callable[..., App]) -> None:
    app, tape = make_app(), taped(150)
    match_scene = ghost_of(app, tape)
    match = match_scene.match
    assert (match.rules, match.seed, match.limit_frames) == (RULES, 77, 150)
    assert [seat.tape.kind for seat in match.seats] == [Kind.HUMAN, Kind.TAPE]
    match_scene.skip_countdown()
    run(app, 150)
    assert match.over
    assert match.seats[1].frame.score == tape.score
    assert bytes(match.seats[1].tape.actions) == bytes(tape.actions)


@pytest.mark.slow
def test_such_a_race_is_on_a_board_of_its_own(make_app: Callable[..., App], tmp_path: Path) -> None:
    app = make_app()
    match_scene = ghost_of(app, taped(100))
    match_scene.skip_countdown()
    run_to_results(app)
    assert set(match_scene.entries) == {0}, "the tape that was raced is kept already"
    archive, board = app.arcade.archive, Board(Mode.GHOST, Kind.HUMAN, RULES, 100)
    assert archive is not None
    assert match_scene.board(match_scene.match.seats[0]) == board
    wait_for(lambda: archive.standings(board) and archive.standings(board).ever)
    assert board.words().startswith("Against a recording")
    (kept,) = TapeLibrary(tmp_path / "tapes").tapes()
    assert (kept.mode, kept.kind) == ("ghost", Kind.HUMAN)
    assert isinstance(app.scene, Results)
    again = follow(RematchWanted(match_scene), app.arcade)
    assert isinstance(again, Replace)
    assert isinstance(again.scene, MatchScene)
    assert (again.scene.match.seed, again.scene.mode) == (77, Mode.GHOST)


def test_a_game_that_was_played_to_its_end_sets_no_limit(make_app: Callable[..., App]) -> None:
    tape = taped(120)
    tape.over = True
    assert start_ghost(tape, make_app().arcade).match.limit_frames is None


@pytest.mark.slow
def test_a_tape_is_seen_to_be_one(make_app: Callable[..., App]) -> None:
    match_scene = ghost_of(make_app(), taped(60))
    person, ghost = match_scene.match.seats
    assert name_of(ghost.player) == "The recording"
    assert colour_of(ghost.player.kind) not in (AGENT, HUMAN)
    said = dict(facts(ghost, match_scene.match))
    assert said["Player"] == "constant FIRE"
    assert said["Result"].endswith("in 1 s")
    assert "Reactions" in dict(facts(person, match_scene.match))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Kind.HUMAN, Kind.AGENT])
def test_who_played_the_tape_is_said(make_app: Callable[..., App], kind: Kind) -> None:
    tape = taped(60)
    tape.kind = kind
    match_scene = start_ghost(tape, make_app().arcade)
    said = dict(facts(match_scene.match.seats[1], match_scene.match))
    assert said["Player"] == {Kind.HUMAN: "a person", Kind.AGENT: "the network"}[kind]
