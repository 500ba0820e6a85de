"""What people own, written by version 0.1.0 before its modules moved: it is read as before.

The files and how each was made are in written_before/README.md. They are never written anew:
where a test fails, it is the program that has to change.
"""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pygame
import pytest

from agents.inference.player import AgentPlayer, Model, noise, seeing_model
from game.emulation.cabinet import Action, Rules
from game.play.coached_player import COACHED, SHARED
from game.play.ladder import ladder, models
from game.play.match import Handicap
from game.play.player import Kind
from game.play.tape import Tape, load, verify
from game.records.archive import DATABASE, TAPES
from game.records.review import Review
from game.records.scores import Board, Counters, Scores, write_csv
from game.records.tape_library import Label, TapeLibrary
from game.system.paths import data_folder, default_model
from game.system.preferences import Preferences, open_preferences
from game.ui.input.bindings import GAMEPAD, KEYBOARD, Use, own_buttons, own_keys, unmapped

WRITTEN = Path(__file__).parents[1] / "written_before"
DATA = WRITTEN / "portable" / "data"
SHORT = Rules(frame_cap=600)
RACE_FRAMES = 360
# Name, player, kind, seed, score, frames and whether the game was over, of each tape.
GAMES = [
    ("011538-play-human-10", "You", Kind.HUMAN, 41, 10, 1177, True),
    ("011541-play-human-0", "You", Kind.HUMAN, 41, 0, 90, False),
    ("011543-race-agent-40", "recruit", Kind.AGENT, 41, 40, 360, False),
    ("011543-race-human-30", "You", Kind.HUMAN, 41, 30, 360, False),
    ("011546-race-agent-10", "recruit", Kind.AGENT, 41, 10, 360, False),
    ("011546-race-human-30", "You", Kind.HUMAN, 41, 30, 360, False),
    ("011551-ghost-human-15", "You", Kind.HUMAN, 41, 15, 360, False),
    ("011554-play-human-20", "You", Kind.HUMAN, 42, 20, 575, True),
    ("011556-watch-agent-65", "recruit", Kind.AGENT, 42, 65, 580, True),
    ("011558-play-human-65", "You and a coach", Kind.HUMAN, 42, 65, 580, True),
    ("011600-play-human-75", "You and the network", Kind.HUMAN, 42, 75, 580, True),
    ("011602-play-human-0", "You", Kind.HUMAN, 42, 0, 580, True),
    ("011604-play-human-30", "You", Kind.HUMAN, 42, 30, 580, True),
]
# The boards with a line, as today's arcade names them, with initials and score of the leader.
LEADERS = {
    Board("play", Kind.HUMAN): ("ANN", 10),
    Board("race", Kind.HUMAN, limit_frames=RACE_FRAMES): ("BOB", 30),
    Board("race", Kind.AGENT, limit_frames=RACE_FRAMES): ("", 40),
    Board("race", Kind.HUMAN, Rules(), RACE_FRAMES, Handicap(delay_ms=200).name): ("CY", 30),
    Board("race", Kind.AGENT, Rules(), RACE_FRAMES, Handicap(delay_ms=200).name): ("", 10),
    Board("ghost", Kind.HUMAN, limit_frames=RACE_FRAMES): ("DOT", 15),
    Board("play", Kind.HUMAN, Rules(mode=3, frame_cap=600)): ("EVE", 20),
    Board("watch", Kind.AGENT, SHORT): ("", 65),
    Board("play", Kind.HUMAN, SHORT, handicap=COACHED): ("FLO", 65),
    Board("play", Kind.HUMAN, SHORT, handicap=SHARED): ("GUS", 75),
    Board("play", Kind.HUMAN, SHORT, handicap=Handicap(auto_fire=True).name): ("HAL", 0),
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the data folder: opening the scores writes to their folder."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


@pytest.fixture
def scores(data: Path) -> Scores:
    return Scores(data / DATABASE)


def facts(tape: Tape) -> tuple[object, ...]:
    return (tape.player, tape.kind, tape.seed, tape.score, tape.frames, tape.over)


def test_the_folder_beside_a_portable_executable_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(WRITTEN / "portable" / "bigchamp"))
    assert data_folder() == DATA.resolve()


@pytest.mark.parametrize("game", GAMES, ids=[name for name, *_ in GAMES])
def test_a_tape_says_what_was_played_and_is_still_true(game: tuple[object, ...]) -> None:
    name, *told = game
    path = DATA / TAPES / f"20261129-{name}.tape"
    tape = load(path)
    assert list(facts(tape)) == told
    assert len(tape.digests) == 8 * -(-tape.frames // 60)
    verdict = verify(path)
    assert verdict.verified, verdict.message


def test_the_tapes_of_a_race_without_a_window_are_true() -> None:
    tapes = [load(WRITTEN / "race" / f"seat-{number}.tape") for number in (1, 2)]
    assert [facts(tape) for tape in tapes] == [
        ("stand-in", Kind.SCRIPT, 20, 0, 540, False),
        ("dueling_ddqn", Kind.AGENT, 20, 5, 540, False),
    ]
    assert tapes[0].rules == tapes[1].rules == Rules()
    result = json.loads((WRITTEN / "race" / "result.json").read_text(encoding="utf-8"))
    assert result["winner"] == "dueling_ddqn"
    for seat in result["seats"]:
        verdict = verify(WRITTEN / "race" / seat["tape"])
        assert verdict.verified, verdict.message


def test_the_tapes_are_listed_with_the_names_that_people_gave_them(data: Path) -> None:
    tapes = TapeLibrary(data / TAPES).tapes()
    assert [tape.path.stem.removeprefix("20261129-") for tape in tapes] == sorted(
        (name for name, *_ in GAMES), reverse=True
    )
    named = {tape.path.name: tape.label for tape in tapes if tape.label != Label()}
    assert named == {"20261129-011546-race-human-30.tape": Label("FIRST RACE", True)}
    played = (tapes[-1].finished, tapes[-1].mode, tapes[-1].kind, tapes[-1].score)
    assert played == ("2026-11-29 01:15", "play", Kind.HUMAN, 10)


def test_the_scores_are_whole_and_on_the_boards_that_the_arcade_shows(scores: Scores) -> None:
    assert scores.set_aside is None
    boards = scores.boards()
    assert len(boards) == len(LEADERS)
    assert set(boards) == set(LEADERS)
    for board, leader in LEADERS.items():
        assert [(run.initials, run.score) for run in scores.leaders(board)] == [leader]
    assert scores.counters() == Counters(8, pytest.approx(4572 / 60 / 8), 2, 1)
    assert scores.unverified() == []


def test_each_run_is_as_its_tape_says(scores: Scores) -> None:
    runs = list(scores.runs())
    assert [run.number for run in runs] == list(range(1, 14))
    for run in runs:
        tape = load(DATA / TAPES / run.tape)
        assert (run.player, run.board.kind, run.seed, run.score, run.frames) == facts(tape)[:5]
        assert run.board.rules == tape.rules
    assert [run.number for run in runs if not run.completed] == [2, 13]  # left, and practice
    assert [run.number for run in runs if run.verified is not True] == [2, 13]
    assert {run.number: run.won for run in runs if run.won is not None} == {
        3: False,
        4: True,
        5: True,
        6: False,
    }


def test_a_table_of_the_scores_has_the_same_columns_and_lines(
    scores: Scores, tmp_path: Path
) -> None:
    assert write_csv(scores.runs(), tmp_path / "scores.csv") == 13
    before, now = (
        list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
        for file in (WRITTEN / "scores.csv", tmp_path / "scores.csv")
    )
    columns = list(before[0])
    assert list(now[0])[: len(columns)] == columns, "new ones stand behind"
    now = [{column: line[column] for column in columns} for line in now]
    for line in (*before, *now):
        assert line.pop("finished").startswith("2026-11-")  # in local time
    assert now == before


def test_what_people_and_an_operator_set_still_holds(data: Path) -> None:
    preferences, damaged = open_preferences(data, "en")
    assert damaged is None
    assert preferences == Preferences(
        volume=3,
        effects=8,
        muted=True,
        language="de",
        overlay="engineer",
        text_size=130,
        high_contrast=True,
        steady=False,
        keys={"left": 106, "right": 108, "fire": 107, "pause": 1073741882},
        buttons={"fire": 10, "pause": -8},
        dead_zone=60,
        auto_fire=True,
        speed=70,
        attract_sound=True,
        turn_minutes=5,
        allow_play=False,
        allow_challenge=False,
        allow_watch=False,
        rungs={"recruit": True, "captain": False, "champion": False},
        time_out=200,
        pin="1979",
    )
    assert preferences.barred == {"captain", "champion"}
    kept = (data / "preferences.json").read_text(encoding="utf-8")
    written = json.loads(preferences.to_json())
    assert written.items() >= json.loads(kept).items(), "and all of it is written again"


def test_own_keys_and_buttons_still_play(data: Path) -> None:
    pygame.display.init()  # as in the arcade: SDL has no layout of keys before
    preferences, _ = open_preferences(data, "en")
    places, own = own_keys(preferences), own_buttons(preferences)
    keys, buttons = KEYBOARD.bound(places), GAMEPAD.bound(own)
    assert {use: KEYBOARD.codes(use, places) for use in Use} == {
        Use.LEFT: [pygame.KSCAN_J],
        Use.RIGHT: [pygame.KSCAN_L],
        Use.FIRE: [pygame.KSCAN_K],
        Use.PAUSE: [pygame.KSCAN_F1],
    }
    assert keys.get(pygame.KSCAN_SPACE) is None
    assert GAMEPAD.codes(Use.FIRE, own) == [pygame.CONTROLLER_BUTTON_RIGHTSHOULDER]
    assert buttons[unmapped(7)] is Use.PAUSE
    assert buttons[pygame.CONTROLLER_BUTTON_START] is Use.PAUSE


def test_the_cards_of_a_ladder_rank_the_opponents(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(WRITTEN / "ladder", tmp_path / "models"))
    for card in folder.rglob("*.json"):
        card.with_suffix(".tflite").touch()  # only their cards are read here
    champion = folder / "dueling_ddqn.tflite"
    rungs = ladder(champion)
    assert {rung.model for rung in rungs} == set(models(champion))
    assert [(rung.name, rung.score, rung.frames, rung.taught) for rung in rungs] == [
        ("recruit", 128.2, 107_520, False),
        ("gunner", 435.85, 2_720_768, False),
        ("corporal", 709.025, 2_054_144, True),
        ("sergeant", 1147.95, 9_246_080, True),
        ("captain", 2710.1, 12_437_632, True),
        ("champion", 5213.25, 29_671_552, True),
    ]
    assert [round(rung.minutes, 1) for rung in rungs] == [4.2, 96.0, 84.6, 211.2, 336.6, 345.0]


@pytest.fixture
def recruit(tmp_path: Path) -> Model:
    """The recruit that the arcade comes with, behind the card that it had."""
    model = tmp_path / "recruit.tflite"
    shutil.copyfile(default_model().parent / "ladder" / "recruit.tflite", model)
    shutil.copyfile(WRITTEN / "ladder" / "ladder" / "recruit.json", model.with_suffix(".json"))
    return seeing_model(model)


def test_the_recruit_answers_as_its_card_says(recruit: Model) -> None:
    q = recruit(noise())["q"][0]
    np.testing.assert_allclose(q, recruit.card["probe_q"], atol=1e-3)
    assert recruit.discount == 0.99
    assert AgentPlayer(recruit).name == "dueling_ddqn"
    assert recruit.card["results"]["sticky 0.25"]["summary"]["mean"] == 128.2


def test_an_exported_model_answers_as_its_card_says(tmp_path: Path) -> None:
    packed = (WRITTEN / "model" / "student.tflite.gz").read_bytes()
    (tmp_path / "student.tflite").write_bytes(gzip.decompress(packed))
    shutil.copyfile(WRITTEN / "model" / "student.json", tmp_path / "student.json")
    model = seeing_model(tmp_path / "student.tflite")
    q = model(noise())["q"][0]
    np.testing.assert_allclose(q, model.card["probe_q"], atol=1e-5)
    assert np.ptp(q) > 5e-4, "it has an opinion"
    assert AgentPlayer(model).name == "student"
    assert model.card["training"]["gradient_samples"] == 864
    assert model.card["symmetric"] is True


def test_a_review_says_the_same_of_the_same_game(recruit: Model) -> None:
    before = json.loads((WRITTEN / "review.json").read_text(encoding="utf-8"))
    tape = load(DATA / TAPES / "20261129-011543-race-human-30.tape")
    review = Review(tape, AgentPlayer(recruit))
    while not review.done:
        review.advance()
    now = json.loads(json.dumps(review.to_dict()))
    assert list(now) == list(before)
    for told in ("player", "kind", "seed", "rules", "frames", "true", "network", "events", "shots"):
        assert now[told] == before[told], told
    # What follows from the network's numbers may differ a little on another processor.
    numbers = ("regret", "agreed", "reaction_ms", "reacted", "wanted")
    assert list(now["figures"]) == list(before["figures"])
    for result in (before, now):
        result["figures"] = {k: v for k, v in result["figures"].items() if k not in numbers}
    assert now["figures"] == before["figures"]
    assert len(now["decisions"]) == len(before["decisions"]) == 90
    for then, again in zip(before["decisions"], now["decisions"], strict=True):
        assert list(again) == list(then)
        assert (again["frame"], again["done"]) == (then["frame"], then["done"])
        np.testing.assert_allclose(again["q"], then["q"], atol=2e-3)
        assert again["value"] == pytest.approx(then["value"], abs=2e-3)
        # A best action within the tolerance of another may be that one elsewhere.
        assert then["q"][Action[again["best"]]] >= max(then["q"]) - 4e-3
