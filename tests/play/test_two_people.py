"""Two people in one match, with the network or without: seats, handicaps, story, names."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from game.emulation.cabinet import Action, Rules
from game.play.coached_player import COACHED, CoachedPlayer
from game.play.match import EVEN, Handicap, Match
from game.play.player import PLAYERS, YOU, ConstantPlayer, HumanPlayer, Kind, Player
from game.play.story import Story
from game.play.tape import load, verify
from game.records.scores import TOGETHER, TWO_PEOPLE, Board
from game.ui.widgets.race_words import decisive_words, lead_words, out_words
from game.ui.widgets.seats_table import seat_rules
from tests.helpers.visit import Thinker


def of_three(*handicaps: Handicap, limit: int | None = 300) -> Match:
    given = [*handicaps, EVEN] if handicaps else EVEN
    people = [HumanPlayer(name) for name in PLAYERS]
    return Match([*people, Thinker()], Rules(), 3, limit, given)


def score(match: Match, *scores: int) -> None:
    """Let each seat have so many points."""
    for seat, points in zip(match.seats, scores, strict=True):
        cabinet = seat.cabinet
        reward = points - cabinet.frame.score
        cabinet.frame = dataclasses.replace(cabinet.frame, score=points, reward=reward)


@pytest.mark.slow
def test_everybody_has_the_same_seed_and_rules_and_a_tape_that_is_true(tmp_path: Path) -> None:
    match = of_three(limit=90)
    held = (Action.LEFTFIRE, Action.RIGHT)
    while not match.over:
        for seat, action in zip(match.people, held, strict=True):
            assert isinstance(seat.player, HumanPlayer)
            seat.player.held = action
        match.step()
    assert [bytes(seat.tape.actions) for seat in match.seats] == [
        bytes([action]) * 90 for action in (*held, Action.FIRE)
    ]
    for number, seat in enumerate(match.seats):
        path = tmp_path / f"{number}.tape"
        seat.tape.save(path)
        assert verify(path).verified
        tape = load(path)
        assert (tape.seed, tape.rules) == (3, Rules())
    assert [seat.tape.player for seat in match.seats] == [*PLAYERS, "thinker"]


@pytest.mark.slow
def test_each_is_given_their_own() -> None:
    match = of_three(Handicap(head_start_s=15), Handicap(delay_ms=200))
    assert [seat.begins for seat in match.seats] == [0, 900, 900]
    assert match.delay_ms == 200
    both = of_three(Handicap(head_start_s=15), Handicap(head_start_s=15))
    assert [seat.begins for seat in both.seats] == [0, 0, 900]
    longer = of_three(EVEN, Handicap(extra_s=30))
    assert [seat.ends for seat in longer.seats] == [300, 2100, 300]
    assert [seat.handicap for seat in longer.seats] == [EVEN, Handicap(extra_s=30), EVEN]


def test_who_leads_of_three_and_since_when() -> None:
    match = of_three()
    story = Story(match)
    for number, scores in enumerate(((10, 0, 5), (10, 10, 5), (10, 30, 5), (10, 30, 80)), start=1):
        match.number = 30 * number
        score(match, *scores)
        story.update()
    assert story.changes == [90, 120]
    assert (story.leader, story.ahead_since, story.margin) == (2, 120, 50)
    assert [story.lead(seat) for seat in range(3)] == [-70, -50, 50]
    assert story.leads_at(1) == [0, -10, 0, 20, -50]
    assert lead_words(match) == ("thinker leads by 50".replace("thinker", "The network"), 2)
    assert out_words(match, 0).startswith("The network leads by 70")


def test_a_race_of_people_calls_them_by_their_names() -> None:
    people = [HumanPlayer(name) for name in ("ANNA", "BO")]
    match = Match(people, Rules(), 3)
    story = Story(match)
    match.number = 1800
    score(match, 20, 80)
    story.update()
    assert lead_words(match) == ("BO leads by 60", 1)
    lead = "BO took the lead for good at 0:30"
    assert decisive_words(match, story) == [lead], "who did not fire had no aim"
    for tally, hits in zip(story.tallies, (3, 8), strict=True):
        tally.shots, tally.hits = 10, hits
    assert decisive_words(match, story) == [lead, "Accuracy: ANNA 30%, BO 80%"]
    score(match, 80, 80)
    assert lead_words(match) == ("Tied", None)


def test_what_was_scored_after_all_others_were_out() -> None:
    match = of_three()
    story = Story(match)
    for seat in (0, 1):
        story.tallies[seat].over_at = 30 * (seat + 1)
    for number, points in enumerate((20, 40, 90), start=1):
        match.number = 30 * number
        score(match, 50, 40, points)
        story.update()
    assert story.after_the_others(2) == 50
    assert story.after_the_others(1) == 0
    assert decisive_words(match, story)[1] == (
        "The network scored 50 more after the others were out"
    )


@pytest.mark.parametrize("name", [YOU, "ANNA"])
def test_a_name_of_ones_own_stays_with_a_coach(name: str) -> None:
    player = CoachedPlayer(lambda: None, HumanPlayer(name))
    player.coach()
    assert player.name == ("You and a coach" if name == YOU else "ANNA")
    assert player.help == COACHED


def test_their_board_is_stored_under_a_name_that_never_changes() -> None:
    assert TWO_PEOPLE == "two people"
    assert PLAYERS == ("Player 1", "Player 2")
    board = Board("race", Kind.HUMAN, handicap=TOGETHER.join([TWO_PEOPLE, "auto-fire"]))
    assert board.words() == "Race, no time limit, two people, auto-fire"


def test_without_people_there_is_nobody() -> None:
    players: list[Player] = [ConstantPlayer(Action.FIRE), Thinker()]
    assert Match(players, Rules(), 0).people == []


def test_the_table_of_three_seats_says_all_that_is_given() -> None:
    rules = seat_rules([Handicap(delay_ms=200), Handicap(head_start_s=15)], limited=True)
    told = {rule.name: rule.seats for rule in rules}
    assert told["Added delay"] == ("none", "none", "200 ms")
    assert told["Starts"] == ("15 s later", "at once", "15 s later")
    assert "Stops" not in told
    rules = seat_rules([Handicap(extra_s=30), Handicap(auto_fire=True)], limited=True)
    told = {rule.name: rule.seats for rule in rules}
    assert told["Stops"] == ("30 s later", "on time", "on time")
    assert told["Firing"] == ("-", "automatic", "its own choice")
    assert [rule.given for rule in rules][-1] == (False, True, False)
    assert len(seat_rules([Handicap(extra_s=30), EVEN], limited=False)) == 2
