"""Every scene at its fullest: long scores, long names, questions and problems."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from game.emulation.cabinet import Rules
from game.play.ladder import CHAMPION
from game.play.match import HANDICAPS, Match, Seat
from game.play.player import HumanPlayer, Kind
from game.records.archive import Entry, Standings
from game.records.games import Game, Recording
from game.records.scores import Board, Counters, Resettable, Run
from game.records.tape_library import Label, TapeEntry
from game.system.detail import SMALL, Detail
from game.system.preferences import ENGINEER, VISITOR
from game.ui.scenes.high_scores import HighScores, board_of
from game.ui.scenes.initials import InitialsEntry
from game.ui.scenes.match import MatchScene
from game.ui.scenes.operator import OperatorMenu
from game.ui.scenes.pause import Pause
from game.ui.scenes.results import Results
from game.ui.scenes.scene import Arcade, Earned, Mode, Scene
from game.ui.scenes.settings import Settings
from game.ui.scenes.tape_library import TapeLibraryScene
from game.ui.scenes.title import Title
from game.ui.tools.selftest import scenes
from game.ui.widgets.theme import HUMAN
from game.ui.widgets.translation import speak
from tests.helpers.drawn import an_arcade
from tests.helpers.visit import Thinker

PERSON, NETWORK = 98_765, 123_450  # the champion's best game has five digits
NOON = time.mktime((2026, 11, 28, 12, 0, 0, 0, 0, -1))


class FullArchive:
    """Stands for an archive with ten long games on every board, and a problem."""

    folder = Path("data")
    problem: str | None = None
    counters = Counters(12_345, 98.0, 1_234, 12_340)
    hours = tuple(range(24))
    latest_day = None
    resettable = Resettable(12_345, 2_345)

    def standings(self, board: Board) -> Standings:
        runs = tuple(_run(place, board) for place in range(10))
        return Standings(runs, runs, (2026, 11, 28))

    def best(self, _board: Board) -> int:
        return PERSON

    def recent(self) -> tuple[Run, ...]:
        return tuple(_run(place, Board(Mode.RACE, Kind.HUMAN, Rules())) for place in range(3))

    def boards(self) -> tuple[Board, ...]:
        return tuple(Board(mode, Kind.HUMAN, Rules()) for mode in (Mode.RACE, Mode.PLAY))

    def games(self) -> tuple[Game, ...]:
        return tuple(_game(place) for place in range(12))

    def save(self, *_args: Any, **_named: Any) -> Entry:
        return Entry(1)

    def write(self, *_args: Any) -> None:
        """Keep nothing."""


def _run(place: int, board: Board) -> Run:
    who = CHAMPION if board.kind is Kind.AGENT else "you"
    return Run(
        who,
        board,
        NETWORK - place,
        frames=9_000,
        seed=1,
        tape="",
        initials="WWW",
        verified=True,
        finished=NOON,
        number=place + 1,
    )


def _tape(place: int) -> TapeEntry:
    kind = (Kind.HUMAN, Kind.AGENT)[place % 2]
    label = Label("WWWWWWWW", protected=place % 3 == 0)
    return TapeEntry(Path(f"{place}.tape"), "2026-11-28 22:40", Mode.GHOST, kind, NETWORK, label)


def _game(place: int) -> Game:
    """A race, or every third time a network's game alone."""
    board = Board(Mode.RACE, Kind.HUMAN, Rules())
    seats = [Recording(_tape(place), _run(place, board))]
    if place % 3:
        seats.append(
            Recording(_tape(place), _run(place, dataclasses.replace(board, kind=Kind.AGENT)))
        )
    return Game(tuple(seats))


def with_scores(match: Match, *scores: int) -> None:
    """Let the seats of `match` have so many points."""
    for seat, score in zip(match.seats, scores, strict=True):
        seat.cabinet.frame = dataclasses.replace(seat.frame, score=score)


def fullest_arcade() -> Arcade:
    """Return an arcade whose boards and lists are full of long entries."""
    arcade = an_arcade()
    arcade.archive = FullArchive()  # type: ignore[assignment]
    arcade.detail = Detail(SMALL)
    arcade.detail.load = 1.23
    return arcade


def crowded_scenes(language: str) -> Iterator[tuple[str, Scene]]:
    """Yield every scene as the self-test has it, and then those that can hold more."""
    arcade, kiosk, full = an_arcade(), an_arcade(kiosk=True), fullest_arcade()
    speak(language)  # opening an arcade chooses one
    yield from scenes(arcade)
    yield from _races(full)
    yield from _lists(full)
    yield "kiosk's title", Title(kiosk)


def _races(arcade: Arcade) -> Iterator[tuple[str, Scene]]:
    for number, handicap in enumerate(HANDICAPS):
        arcade.handicap = handicap
        match = Match([HumanPlayer(), Thinker()], Rules(), 1, 7_200, handicap)
        race = MatchScene(Mode.RACE, match, arcade, level=(VISITOR, ENGINEER)[number % 2])
        with_scores(match, PERSON, NETWORK)
        yield f"count-down, {handicap.name}", race
        race.skip_countdown()
        for _ in range(40):
            race.update()
        with_scores(match, *((PERSON, NETWORK) if number % 2 else (NETWORK, PERSON)))
        yield f"race, {handicap.name}", race
    yield "pause for a pad", Pause(race, arcade, "Wireless Controller (Long Name Ltd) lost")
    _end(match.seats[0])
    race.update()
    yield "one is out", race
    _end(match.seats[1])
    yield "results of many points", Results(race, arcade)
    board = board_of(Mode.RACE, Kind.HUMAN, arcade)
    yield "initials of many points", InitialsEntry(arcade, race, (Earned(0, Entry(1), board),))


def _end(seat: Seat) -> None:
    seat.cabinet.frame = dataclasses.replace(seat.frame, over=True)


def _lists(arcade: Arcade) -> Iterator[tuple[str, Scene]]:
    board = board_of(Mode.RACE, Kind.HUMAN, arcade)
    yield "full boards", HighScores(arcade, board, tapes=TapeLibraryScene(arcade), own={3: HUMAN})
    yield "full library", TapeLibraryScene(arcade)
    yield "title", Title(arcade)
    arcade.options = dataclasses.replace(arcade.options, seed=None)  # then there are more rows
    operator = OperatorMenu(arcade)
    yield "full operator", operator
    operator._ask_to_remove()
    yield "operator's question", operator
    operator._question = None
    operator._reset()
    yield "operator's reset", operator
    yield "full settings", Settings(arcade)
