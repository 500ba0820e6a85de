"""The hall: who plays, waits and watches, and what becomes of finished matches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from game.emulation.cabinet import Action, Cabinet, Rules
from game.play.match import AFTERMATH_FRAMES, COUNTDOWN_FRAMES, Match
from game.play.opponents import AgentSource
from game.play.player import Kind, Player, RandomPlayer
from game.play.tape import load, verify
from game.records.archive import Archive
from game.records.scores import BROWSER, Board
from game.web import requests
from game.web.hall import IDLE_S, Arcade, Hall
from game.web.requests import RequestError
from game.web.visitor import MOST_FRAMES, Visitor
from tests.helpers.browser import Unpacker
from tests.helpers.common import wait_for

RULES = Rules(frame_cap=100, sticky=0.0)
RACE = requests.Start(race=True, rung=0, minutes=1)
ALONE = requests.Start(race=False, rung=0, minutes=1)


class Agent(RandomPlayer):
    kind = Kind.AGENT


class FewCabinets:
    """Cabinets that are there at once, without a process beside."""

    rules = RULES

    def __init__(self) -> None:
        self.free = [Cabinet(RULES, 3) for _ in range(5)]
        self.opening = self.free[0].opening()

    def match(self, players: Sequence[Player], limit: int | None = None) -> Match:
        taken = [self.free.pop() for _ in players]
        for cabinet in taken:
            cabinet.open(self.opening)
        return Match(players, RULES, 3, limit, cabinets=taken)

    def take_back(self, match: Match) -> None:
        self.free += [seat.cabinet for seat in match.seats]

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def cabinets() -> FewCabinets:
    return FewCabinets()


class Inside:
    """A hall, a clock, and browsers whose messages are read."""

    def __init__(self, folder: Path, cabinets: FewCabinets, most: int) -> None:
        self.now = 0.0
        self.archive = Archive(folder, check=lambda path: verify(path).verified)
        champion = AgentSource(lambda: lambda: Agent(1))
        champion.wait()
        arcade = Arcade(cabinets, champion, [], self.archive)  # type: ignore[arg-type]
        self.hall = Hall(arcade, most, lambda: self.now)

    def visitor(self) -> Visitor:
        visitor = Visitor(lambda: self.now)
        self.hall.enter(visitor)
        return visitor

    def tick(self, frames: int = 1) -> None:
        for _ in range(frames):
            self.hall.tick()
            self.now += 1 / 60
            for visitor in self.hall.visitors:
                drained(visitor)  # a browser reads

    def until(self, what: Callable[[], object]) -> None:
        def ticked() -> object:
            self.tick()
            return what()

        wait_for(ticked)


def drained(visitor: Visitor) -> dict[str, Any]:
    """What a browser was told since, each name's last; all of it is read."""
    told: dict[str, Any] = visitor.__dict__.setdefault("told", {})
    while visitor._news:
        told |= json.loads(visitor._news.popleft())
    return told


def frames(visitor: Visitor) -> list[bytes]:
    found = list(visitor._frames)
    visitor._frames.clear()
    return found


def news(visitor: Visitor, name: str) -> Any:
    """The last news of that name since it was asked for, None without any."""
    return drained(visitor).pop(name, None)


@pytest.fixture
def inside(tmp_path: Path, cabinets: FewCabinets) -> Iterator[Inside]:
    made = Inside(tmp_path, cabinets, most=1)
    yield made
    for visitor in list(made.hall.visitors):
        made.hall.leave(visitor)
    made.hall.close()
    made.archive.close()
    if made.hall.show._viewer is not None:
        cabinets.take_back(made.hall.show._viewer.match)
    wait_for(lambda: len(cabinets.free) == 5)


def test_everybody_watches_the_same_game(inside: Inside) -> None:
    first, second = inside.visitor(), inside.visitor()
    inside.hall.answer(first, requests.Watch(False))
    inside.until(lambda: first._frames)
    inside.hall.answer(second, requests.Watch(False))
    frames(first)
    inside.until(lambda: second._frames)
    unpacker = Unpacker()
    last = [unpacker.take(message) for message in frames(second)][-1].number  # from a key on
    frames(first)
    for number in range(last + 1, last + 40):
        inside.tick()
        message, same = frames(first)[0], frames(second)[0]
        assert message is same, "it is packed once"
        assert unpacker.take(message).number == number
    assert news(first, "match")["mode"] == "watch"


def test_nobody_looks_and_nothing_is_played(inside: Inside) -> None:
    inside.tick(30)
    assert inside.hall.show._viewer is None


@pytest.mark.slow
def test_a_race_from_its_countdown_to_its_tapes(inside: Inside) -> None:
    player = inside.visitor()
    board = Board("race", Kind.HUMAN, RULES, 60 * 60, BROWSER)
    inside.hall.answer(player, RACE)
    inside.until(lambda: player in inside.hall.games and inside.hall.games[player].match)
    assert [seat["kind"] for seat in news(player, "match")["seats"]] == ["human", "agent"]
    inside.hall.answer(player, requests.Held(7, Action.RIGHTFIRE))
    seen, unpacker, result = [], Unpacker(), None
    for _ in range(COUNTDOWN_FRAMES + 100 + AFTERMATH_FRAMES + 60):
        inside.tick()
        seen += [unpacker.take(message) for message in frames(player)]
        result = news(player, "result") or result
    assert [s.countdown for s in seen[:3]] == [179, 178, 177]
    assert {s.phase for s in seen} == {0, 1, 3}
    assert seen[-1].heard == 7
    assert result is not None
    assert 60 < result["seats"][0]["frames"] <= 100  # with the no-ops before
    assert result["seats"][0]["over"]
    assert player not in inside.hall.games

    inside.until(lambda: len(list((inside.archive.folder / "tapes").glob("*.tape"))) == 2)
    for path in (inside.archive.folder / "tapes").glob("*.tape"):
        assert verify(path).verified
        if load(path).kind is Kind.HUMAN:
            assert set(load(path).actions) == {Action.RIGHTFIRE}
    known = inside.archive.standings(board)
    assert known is not None
    assert known.ever[0].score == result["seats"][0]["score"]


@pytest.mark.slow
def test_initials_go_to_the_board_of_browsers(inside: Inside) -> None:
    player = inside.visitor()
    inside.hall.answer(player, ALONE)
    inside.until(lambda: player in inside.hall.games)
    inside.hall.answer(player, requests.Held(1, Action.FIRE))
    result: dict[str, Any] = {}
    inside.until(lambda: result.update(news(player, "result") or {}) or result)
    if not result["place"]:  # no points in so short a game
        with pytest.raises(RequestError, match="nothing to sign"):
            inside.hall.answer(player, requests.Sign("ABC"))
        inside.hall._finished[player].score = 5
    inside.hall.answer(player, requests.Sign("FUK"))
    assert news(player, "unwanted")
    inside.hall.answer(player, requests.Sign("ABC"))
    board: dict[str, Any] = {}
    inside.until(lambda: board.update(news(player, "board") or {}) or board)
    assert board["ever"][0]["initials"] == "ABC"
    assert board["ever"][0]["own"]
    with pytest.raises(RequestError, match="nothing to sign"):
        inside.hall.answer(player, requests.Sign("XYZ"))


def test_a_queue_when_all_cabinets_are_taken(inside: Inside) -> None:
    first, second, third = (inside.visitor() for _ in range(3))
    inside.hall.answer(first, ALONE)
    inside.until(lambda: first._frames)
    inside.hall.answer(second, ALONE)
    inside.hall.answer(third, RACE)
    assert (news(second, "queue"), news(third, "queue")) == (1, 2)
    inside.hall.leave(second)
    inside.tick(60)
    assert news(third, "queue") == 1
    inside.hall.answer(first, requests.Leave())
    inside.until(lambda: third._frames)
    assert list(inside.hall.games) == [third]


def test_who_does_nothing_makes_room(inside: Inside) -> None:
    player, other = inside.visitor(), inside.visitor()
    inside.hall.answer(player, RACE)
    inside.until(lambda: player._frames)
    inside.hall.answer(other, RACE)
    inside.hall.answer(player, requests.Pause(True))
    inside.now += IDLE_S + 1
    inside.tick()
    assert news(player, "gone") == "idle"
    inside.until(lambda: inside.hall.games)
    assert list(inside.hall.games) == [other]


def test_a_pause_stops_the_match(inside: Inside) -> None:
    player = inside.visitor()
    inside.hall.answer(player, ALONE)
    inside.until(lambda: player in inside.hall.games and inside.hall.games[player].match)
    match = inside.hall.games[player].match
    assert match is not None
    inside.hall.answer(player, requests.Pause(True))
    before = match.number
    inside.tick(20)
    assert match.number == before
    inside.hall.answer(player, requests.Pause(False))
    inside.tick(3)
    assert match.number == before + 3


def test_a_slow_reader_loses_frames_and_goes_on_at_a_key(inside: Inside) -> None:
    slow = inside.visitor()
    inside.hall.answer(slow, requests.Watch(False))
    inside.until(lambda: slow._frames)
    inside.tick(5 * MOST_FRAMES)
    assert len(slow._frames) <= MOST_FRAMES
    frames(slow)
    inside.until(lambda: slow._frames)
    Unpacker().take(frames(slow)[0])  # nothing before it is needed
    assert slow.lost > 0


def test_news_that_nobody_reads_do_not_pile_up(inside: Inside) -> None:
    stalled = inside.visitor()
    for _ in range(100):
        stalled.tell(queue=1)  # and nobody reads
    assert len(stalled._news) < 50


@pytest.mark.parametrize(
    "request_",
    [requests.Sign("ABC"), requests.Follow(), requests.Start(True, 1, 1)],
    ids=["nothing to sign", "no window", "no such opponent"],
)
def test_what_no_page_of_ours_asks(inside: Inside, request_: requests.Request) -> None:
    with pytest.raises(RequestError):
        inside.hall.answer(inside.visitor(), request_)


def test_a_network_that_cannot_play_is_said(inside: Inside) -> None:

    inside.hall.arcade.champion._factory = None
    player = inside.visitor()
    inside.hall.answer(player, RACE)
    gone: list[str] = []
    inside.until(lambda: gone.append(news(player, "gone")) or gone[-1])
    assert gone[-1] == "broken"
    assert not inside.hall.games
