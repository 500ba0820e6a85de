"""What is remembered of a match while it goes on."""

from __future__ import annotations

import dataclasses

import pytest

from game.emulation.cabinet import Action, Rules
from game.play.match import Match
from game.play.player import ConstantPlayer
from game.play.story import SAMPLE_FRAMES, Story
from game.play.tape import Tape
from game.records.playback import EventKind, TapeIndex


def firing(seats: int = 2, limit: int | None = None) -> Match:
    players = [ConstantPlayer(Action.FIRE) for _ in range(seats)]
    return Match(players, Rules(), seed=3, limit_frames=limit)


def with_score(match: Match, seat: int, score: int, **changed: object) -> None:
    """Let one more frame of a seat have so many points."""
    cabinet = match.seats[seat].cabinet
    reward = score - cabinet.frame.score
    frame = dataclasses.replace(cabinet.frame, score=score, reward=reward)
    cabinet.frame = dataclasses.replace(frame, **changed)  # type: ignore[arg-type]


@pytest.mark.slow
def test_it_counts_the_shots_and_hits_that_a_review_finds() -> None:
    match = firing(seats=1, limit=1200)
    story = Story(match)
    while not match.over:
        match.step()
        story.update()
    tape: Tape = match.seats[0].tape
    index = TapeIndex(tape)
    while not index.done:
        index.advance()
    hits = [event for event in index.events if event.what is EventKind.HIT]
    tally = story.tallies[0]
    assert (tally.shots, tally.hits) == (len(index.shots), len(hits))
    assert tally.hits > 3
    assert tally.accuracy == tally.hits / tally.shots
    assert [scores[0] for scores in story.samples] == index.scores[::SAMPLE_FRAMES]


def test_it_knows_when_the_lead_passed_over() -> None:
    match = firing()
    story = Story(match)

    def play(first: int, second: int) -> None:
        match.number += 30
        with_score(match, 0, first)
        with_score(match, 1, second)
        story.update()

    play(10, 0)
    assert (story.lead(), story.changes, story.ahead_since) == (10, [], 30)
    play(10, 10)
    assert (story.lead(), story.changes, story.ahead_since) == (0, [], None)
    play(10, 30)
    assert (story.lead(), story.changes, story.ahead_since) == (-20, [90], 90)
    play(20, 40)
    assert story.ahead_since == 90
    play(60, 40)
    assert (story.changes, story.ahead_since) == ([90, 150], 150)
    assert story.leads_at() == [0, 10, 0, -20, -20, 20]


def test_it_knows_what_was_scored_after_the_other_was_out() -> None:
    match = firing()
    story = Story(match)
    match.number = 30
    with_score(match, 0, 50, over=True)
    with_score(match, 1, 40)
    story.update()
    for number, points in ((60, 40), (90, 70), (120, 240)):
        match.number = number
        with_score(match, 1, points)
        story.update()
    assert story.tallies[0].over_at == 30
    assert story.after_the_others(1) == 200
    assert story.after_the_others(0) == 0
    assert story.tallies[1].ships == 170
