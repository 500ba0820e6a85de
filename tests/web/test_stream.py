"""The stream: what comes out is what went in, whole or from a key on."""

from __future__ import annotations

import random

import numpy as np
import pytest

from game.emulation.cabinet import Action, Rules
from game.emulation.colours import COLOURS
from game.play.match import Match
from game.play.player import RandomPlayer, Thought
from game.web.stream import KEY, NEXT, Stream
from game.web.view import Gaze, MatchViewer, Phase, SeatState, SeatView, View
from tests.helpers.browser import Unpacker

FRAMES = 90


def view(screens: list[np.ndarray]) -> View:
    seats = [SeatView(screen, 5, 3, Action.FIRE) for screen in screens]
    return View(7, seats, np.arange(512, dtype=np.uint16).astype(np.uint8))


@pytest.fixture(scope="module")
def match() -> Match:
    return Match([RandomPlayer(1), RandomPlayer(2)], Rules(), 5, limit_frames=600)


def test_a_match_comes_out_as_it_was_played(match: Match) -> None:
    viewer, stream, unpacker = MatchViewer(match), Stream(), Unpacker()
    sizes = []
    for number in range(FRAMES):
        message = stream.pack(viewer.view(Phase.PLAY, heard=number), key=number == 0)
        seen = unpacker.take(message)
        sizes.append(len(message))
        assert (seen.number, seen.heard, seen.left) == (number, number, 600 - number)
        for seat, shown in zip(match.seats, seen.seats, strict=True):
            assert (shown.screen == seat.cabinet.screen()).all()
            assert (unpacker.rgb(shown.screen) == seat.frame.rgb).all()
            assert (shown.score, shown.lives) == (seat.frame.score, seat.frame.lives)
        assert seen.audio == match.seats[0].frame.audio.tobytes()
        match.step()
    assert np.mean(sizes[1:]) < 500, "two seats need less than 30 kB a second"


def test_whoever_joins_at_a_key_sees_the_same(match: Match) -> None:
    viewer, stream = MatchViewer(match), Stream()
    first, second = Unpacker(), Unpacker()
    for number in range(30):
        message = stream.pack(viewer.view(), key=number % 10 == 0)
        assert message[:1] == (KEY if number % 10 == 0 else NEXT)
        one = first.take(message)
        if number >= 20:
            other = second.take(message)
            assert all(
                (a.screen == b.screen).all() for a, b in zip(one.seats, other.seats, strict=True)
            )
            assert (second.rgb(other.seats[0].screen) == match.seats[0].frame.rgb).all()
        match.step()


def test_pictures_of_any_kind_survive() -> None:
    random_, stream, unpacker = random.Random(3), Stream(), Unpacker()
    numbers = np.random.default_rng(3)
    for number in range(20):
        screens = [
            2 * numbers.integers(0, 128, (210, 160), np.uint8)  # the console's are even
            if random_.random() < 0.5
            else np.full((210, 160), 2 * random_.randrange(128), np.uint8)
            for _ in range(2)
        ]
        seen = unpacker.take(stream.pack(view(screens), key=number % 7 == 0))
        for screen, seat in zip(screens, seen.seats, strict=True):
            assert (seat.screen == screen).all()
            assert (unpacker.rgb(seat.screen) == COLOURS[screen]).all()


def test_thoughts_and_maps_travel() -> None:
    screen = np.zeros((210, 160), np.uint8)
    q = np.linspace(0, 1, 6, dtype=np.float32)
    thought = Thought(q, 0.5, q - np.float32(0.5))
    maps = [np.random.default_rng(1).random((12, 12), np.float32) for _ in range(2)]
    seat = SeatView(screen, 0, 3, Action.NOOP, thought=thought, gaze=Gaze(*maps, age=9))
    seen = Unpacker().take(Stream().pack(View(0, [seat], np.zeros(512, np.uint8)), key=True))
    shown = seen.seats[0]
    assert shown.q == pytest.approx(q.tolist())
    assert shown.value == pytest.approx(0.5)
    assert shown.maps is not None
    for sent, came in zip(maps, shown.maps, strict=True):
        assert np.allclose(sent.ravel(), came, atol=sent.max() / 255)
    assert seen.left == 2**32 - 1


def test_a_thought_is_shown_once_and_again_to_whoever_joins() -> None:
    class Thinks(RandomPlayer):
        def decide(self, frame):  # type: ignore[no-untyped-def]
            from game.play.player import Decision

            if frame.number % 4 == 0:
                q = np.full(6, frame.number, np.float32)
                self.thinks = Decision(Action.NOOP, Thought(q, 0.0, q))
            return self.thinks

    match = Match([Thinks(0)], Rules(), 5)
    viewer = MatchViewer(match)
    seen = []
    for _ in range(8):
        match.step()
        seen.append(viewer.view().seats[0].thought is not None)
    assert seen == [True, False, False, False] * 2
    assert viewer.view(whole=True).seats[0].thought is not None


def test_states_of_a_race() -> None:
    match = Match([RandomPlayer(1), RandomPlayer(2)], Rules(), 5, limit_frames=3)
    viewer = MatchViewer(match)
    match.seats[1].begins = 2
    assert [seat.state for seat in viewer.view().seats] == [SeatState.PLAYS, SeatState.WAITS]
    for _ in range(3):
        match.step()
    assert {seat.state for seat in viewer.view().seats} == {SeatState.TIME_UP}
    assert viewer.view().frames_left == 0
