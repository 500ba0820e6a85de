"""Frames on their way from the window to those who follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from game.emulation.cabinet import Rules
from game.emulation.colours import COLOURS
from game.play.match import Match
from game.play.player import PLAYERS, HumanPlayer, RandomPlayer
from game.web import requests
from game.web.feed import SLOT_BYTES, SLOTS, FeedReader, FeedWriter
from game.web.gallery import QUIET_FRAMES, Gallery
from game.web.requests import RequestError
from game.web.view import Phase
from game.web.visitor import Visitor
from tests.helpers.browser import Unpacker
from tests.web.test_hall import frames, news


@pytest.fixture(scope="module")
def match() -> Match:
    return Match([RandomPlayer(1), RandomPlayer(2)], Rules(), 5, limit_frames=600)


def test_frames_arrive_as_they_were(tmp_path: Path, match: Match) -> None:
    writer = FeedWriter(tmp_path / "frames")
    reader = FeedReader(tmp_path / "frames")
    for number in range(20):
        match.step()
        writer.show(match, 180 - number)
        (fed,) = reader.read()
        assert (fed.view.number, fed.view.countdown) == (match.number, 180 - number)
        assert fed.view.phase is Phase.COUNTDOWN
        assert fed.view.frames_left == match.frames_left
        assert fed.told["mode"] == "race"
        for seat, came in zip(match.seats, fed.view.seats, strict=True):
            assert (came.screen == seat.cabinet.screen()).all()
            assert (COLOURS[came.screen] == seat.frame.rgb).all()
            assert (came.score, came.lives) == (seat.frame.score, seat.frame.lives)
        assert (fed.view.audio == match.seats[0].frame.audio).all()
    assert reader.read() == []


def test_of_three_seats_the_two_peoples_are_shown(tmp_path: Path) -> None:
    writer = FeedWriter(tmp_path / "frames")
    reader = FeedReader(tmp_path / "frames")
    people = [HumanPlayer(name) for name in PLAYERS]
    match = Match([*people, RandomPlayer(1)], Rules(), 5, limit_frames=60)
    match.step()
    writer.show(match, 0)
    (fed,) = reader.read()
    assert [seat["name"] for seat in fed.told["seats"]] == list(PLAYERS)
    assert len(fed.view.seats) == 2


def test_a_slow_reader_finds_the_newest(tmp_path: Path, match: Match) -> None:
    writer = FeedWriter(tmp_path / "frames")
    reader = FeedReader(tmp_path / "frames")
    for _ in range(5 * SLOTS):
        match.step()
        writer.show(match, 0)
    found = reader.read()
    assert 0 < len(found) < SLOTS
    assert found[-1].view.number == match.number


def test_a_slot_that_is_being_written_is_left_out(tmp_path: Path, match: Match) -> None:
    writer = FeedWriter(tmp_path / "frames")
    reader = FeedReader(tmp_path / "frames")
    writer.show(match, 0)
    slot = 8 + SLOT_BYTES  # of the first frame
    writer._memory[slot : slot + 8] = bytes(8)
    assert reader.read() == []


def test_everybody_follows_and_hears_of_the_next_match(tmp_path: Path, match: Match) -> None:
    writer = FeedWriter(tmp_path / "frames")
    gallery = Gallery(FeedReader(tmp_path / "frames"))
    visitor = Visitor(lambda: 0.0)
    gallery.enter(visitor)
    assert news(visitor, "hello")["follow"]
    gallery.answer(visitor, requests.Follow())
    assert news(visitor, "gone") == "ended"
    unpacker = Unpacker()
    for _ in range(5):
        match.step()
        writer.show(match, 0)
        gallery.tick()
        (message,) = frames(visitor)
        assert unpacker.take(message).number == match.number
    assert len(news(visitor, "match")["seats"]) == 2
    for _ in range(QUIET_FRAMES):
        gallery.tick()
    assert news(visitor, "gone") == "ended"
    writer.show(Match([RandomPlayer(1)], Rules(), 6), 0)
    gallery.tick()
    assert len(news(visitor, "match")["seats"]) == 1
    with pytest.raises(RequestError):
        gallery.answer(visitor, requests.Start(True, 0, 1))
