"""The hall: all rooms of a server, who plays, who waits, and what becomes of finished matches."""

from __future__ import annotations

import logging
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from game.emulation.cabinet import FRAMES_PER_SECOND, CabinetError, Rules
from game.play.match import Match
from game.play.opponents import AgentSource, Opponent
from game.play.player import HumanPlayer, Kind, Player
from game.records.archive import Archive, Entry, Standings
from game.records.initials import is_wanted, shown
from game.records.scores import BOARD_LINES, BROWSER, Board, Run
from game.web import requests
from game.web.cabinets import Cabinets
from game.web.requests import Clock, Request, RequestError
from game.web.rooms import Game, Show
from game.web.visitor import Visitor

IDLE_S = 60.0  # after which a player who does nothing makes room
BOARD_WAIT = 5 * FRAMES_PER_SECOND  # frames that the archive has to answer
MOST_WAITING = 100  # in the queue
# Between two matches that begin: to set up cabinets stops all others for some 20 ms.
OPEN_FRAMES = 12
NEWS_FRAMES = FRAMES_PER_SECOND  # between two looks at who plays and waits

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arcade:
    """What a hall plays with."""

    cabinets: Cabinets
    champion: AgentSource
    opponents: list[Opponent]  # weakest first; empty if the champion is the only one
    archive: Archive

    @property
    def rules(self) -> Rules:
        """What every match is played by."""
        return self.cabinets.rules


@dataclass
class Finished:
    """What is kept of a visitor's last match until the initials are there."""

    board: Board
    entry: Entry
    score: int
    signed: bool = False


@dataclass
class _Asked:
    """A visitor who waits for a board."""

    visitor: Visitor
    board: Board
    own: Entry | None = None
    initials: str = ""  # what the own entry was just signed with
    frames: int = BOARD_WAIT


@dataclass
class Hall:
    """Everything that one server runs; `tick` lets one frame pass everywhere."""

    arcade: Arcade
    most_players: int
    clock: Clock
    visitors: set[Visitor] = field(default_factory=set)
    games: dict[Visitor, Game] = field(default_factory=dict)
    queue: deque[tuple[Visitor, requests.Start]] = field(default_factory=deque)
    _finished: dict[Visitor, Finished] = field(default_factory=dict)
    _asked: list[_Asked] = field(default_factory=list)
    _told: tuple[int, int] = (-1, -1)
    _frames: int = 0

    def __post_init__(self) -> None:
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="match")
        cabinets = self.arcade.cabinets
        self.show = Show(self.arcade.champion, self._next_shown, cabinets.take_back)

    def enter(self, visitor: Visitor) -> None:
        """Take in a browser that has just connected."""
        self.visitors.add(visitor)
        visitor.tell(hello=self._hello())

    def leave(self, visitor: Visitor) -> None:
        """Forget a browser that is gone."""
        self._stop(visitor)
        self.visitors.discard(visitor)
        self._finished.pop(visitor, None)
        self._asked = [asked for asked in self._asked if asked.visitor is not visitor]

    def answer(self, visitor: Visitor, request: Request) -> None:
        """Do what a browser asks; raise RequestError for what no page of ours asks."""
        match request:
            case requests.Held(number, action):
                if visitor in self.games:
                    self.games[visitor].hold(action, number)
            case requests.Watch(saliency):
                visitor.wants_gaze = saliency
                if visitor not in self.show.visitors:
                    self._stop(visitor)
                    self.show.join(visitor)
            case requests.Follow():
                raise RequestError("there is no window to follow")
            case requests.Start():
                self._begin(visitor, request)
            case requests.Pause(paused):
                if visitor in self.games:
                    self.games[visitor].paused = paused
            case requests.Leave():
                self._stop(visitor)
            case requests.Sign(initials):
                self._sign(visitor, initials)
            case requests.ShowBoard(race, minutes):
                self._ask_board(visitor, self._board(race, minutes))

    def tick(self) -> None:
        """Let one frame pass."""
        self.show.tick()
        for visitor, game in list(self.games.items()):
            self._play(visitor, game)
        self._frames += 1
        if self._frames % OPEN_FRAMES == 0 and self.queue and len(self.games) < self.most_players:
            self._open(*self.queue.popleft())
        if self._frames % NEWS_FRAMES == 0:
            self._tell_news()
        self._asked = [asked for asked in self._asked if not self._send_board(asked)]

    def close(self) -> None:
        """Stop making matches."""
        self._maker.shutdown(cancel_futures=True)

    def _hello(self) -> dict[str, Any]:
        rungs = [one.rung for one in self.arcade.opponents]
        return {
            "rungs": [{"name": rung.name, "score": round(rung.score)} for rung in rungs],
            "chosen": min(1, len(rungs) - 1) if rungs else 0,
            "champion": self.arcade.champion.problem is None,
            "follow": False,
            "most": self.most_players,
            **self._counts(),
        }

    def _counts(self) -> dict[str, int]:
        return {"playing": len(self.games), "waiting": len(self.queue)}

    def _stop(self, visitor: Visitor) -> None:
        """Take a visitor out of wherever it plays, waits or looks on."""
        if (game := self.games.pop(visitor, None)) is not None:
            game.when_over(self.arcade.cabinets.take_back)
        if visitor in self.show.visitors:
            self.show.leave(visitor)
        self.queue = deque(one for one in self.queue if one[0] is not visitor)
        visitor.begin_anew()

    def _begin(self, visitor: Visitor, start: requests.Start) -> None:
        if start.race and start.rung >= max(1, len(self.arcade.opponents)):
            raise RequestError("there is no such opponent")
        self._stop(visitor)
        self._finished.pop(visitor, None)
        if len(self.queue) >= MOST_WAITING:
            visitor.tell(gone="full")
            return
        self.queue.append((visitor, start))
        if len(self.games) + len(self.queue) > self.most_players:
            visitor.tell(queue=len(self.queue))

    def _open(self, visitor: Visitor, start: requests.Start) -> None:
        board = self._board(start.race, start.minutes)
        self.arcade.archive.standings(board)  # so that they are known at the end
        source = self._source(start.rung)
        limit = board.limit_frames

        def made() -> Match:
            players: list[Player] = [HumanPlayer()]
            if start.race:
                source.wait()
                agent = source.player()
                if agent is None:
                    raise CabinetError(source.problem or "there is no network")
                players.append(agent)
            return self.arcade.cabinets.match(players, limit)

        visitor.last_heard = self.clock()
        mode = "race" if start.race else "play"
        self.games[visitor] = Game(visitor, mode, limit, self._maker.submit(made))

    def _source(self, rung: int) -> AgentSource:
        return self.arcade.opponents[rung].source if self.arcade.opponents else self.arcade.champion

    def _next_shown(self) -> Future[Match]:
        def made() -> Match:
            champion = self.arcade.champion.player()
            if champion is None:
                raise CabinetError("there is no network")
            return self.arcade.cabinets.match([champion])

        return self._maker.submit(made)

    def _play(self, visitor: Visitor, game: Game) -> None:
        if self.clock() - visitor.last_heard > IDLE_S:
            self._dismiss(visitor, "idle")
            return
        try:
            game.tick()
        except (CabinetError, ValueError) as error:
            _log.warning("a match could not begin: %s", error)
            self._dismiss(visitor, "broken")
            return
        if game.finished:
            self._end(visitor, game)
            self._stop(visitor)

    def _dismiss(self, visitor: Visitor, why: str) -> None:
        self._stop(visitor)
        visitor.tell(gone=why)

    def _end(self, visitor: Visitor, game: Game) -> None:
        """Keep the tapes of a finished match and say how it ended."""
        match = game.match
        assert match is not None, "a match that was not made does not finish"
        winner = match.winner()
        seats = []
        for seat in match.seats:
            kind = seat.tape.kind
            board = self._board(game.mode == "race", 0, game.limit, kind)
            won = (winner is seat) if game.mode == "race" else None
            entry = self.arcade.archive.save(board, seat.tape, won=won)
            if kind is Kind.HUMAN:
                own = Finished(board, entry, seat.frame.score)
                self._finished[visitor] = own
            seats.append(
                {
                    "kind": kind,
                    "name": seat.player.name,
                    "score": seat.frame.score,
                    "frames": seat.frame.number,
                    "over": seat.frame.over,
                }
            )
        place = self._place(own)
        visitor.tell(
            result={
                "mode": game.mode,
                "seats": seats,
                "winner": None if winner is None else match.seats.index(winner),
                "place": place,
            }
        )

    def _place(self, own: Finished) -> int | None:
        """Return the place on the board, None if it is none of those shown."""
        standings = self.arcade.archive.standings(own.board)
        better = [] if standings is None else [r for r in standings.ever if r.score > own.score]
        place = len(better) + 1
        return place if own.score > 0 and place <= BOARD_LINES else None

    def _sign(self, visitor: Visitor, initials: str) -> None:
        own = self._finished.get(visitor)
        if own is None or own.signed or self._place(own) is None:
            raise RequestError("there is nothing to sign")
        if not is_wanted(initials):
            visitor.tell(unwanted=True)
            return
        own.signed = True
        self.arcade.archive.sign(own.entry, initials)
        self._ask_board(visitor, own.board, own.entry, initials)

    def _board(
        self, race: bool, minutes: int, limit: int | None = None, kind: Kind = Kind.HUMAN
    ) -> Board:
        if race:
            frames = limit or minutes * 60 * FRAMES_PER_SECOND
            return Board("race", kind, self.arcade.rules, frames, BROWSER)
        return Board("play", kind, self.arcade.rules, None, BROWSER)

    def _ask_board(
        self, visitor: Visitor, board: Board, own: Entry | None = None, initials: str = ""
    ) -> None:
        self._asked = [asked for asked in self._asked if asked.visitor is not visitor]
        self._asked.append(_Asked(visitor, board, own, initials))

    def _send_board(self, asked: _Asked) -> bool:
        """Send a board once it is known; return whether that is done."""
        known = self.arcade.archive.standings(asked.board)
        asked.frames -= 1
        if (known is None or not _has(known, asked)) and asked.frames > 0:
            return False
        own = asked.own or self._own_entry(asked)
        limit = asked.board.limit_frames
        asked.visitor.tell(
            board={
                "race": asked.board.mode == "race",
                "minutes": 0 if limit is None else limit // (60 * FRAMES_PER_SECOND),
                "today": _lines(known.today if known else (), own),
                "ever": _lines(known.ever if known else (), own),
            }
        )
        return True

    def _own_entry(self, asked: _Asked) -> Entry | None:
        last = self._finished.get(asked.visitor)
        return last.entry if last is not None and last.board == asked.board else None

    def _tell_news(self) -> None:
        """Tell everybody how many play and wait, if that changed, and the queue its places."""
        counts = (len(self.games), len(self.queue))
        if counts == self._told:
            return
        self._told = counts
        for visitor in self.visitors:
            visitor.tell(**self._counts())
        for place, (visitor, _) in enumerate(self.queue, 1):
            visitor.tell(queue=place)


def _has(standings: Standings, asked: _Asked) -> bool:
    """Whether the initials have arrived that were just signed, if any."""
    if asked.own is None or not asked.initials:
        return True
    signed = (run.initials for run in standings.ever if run.number == asked.own.number)
    return asked.initials in signed


def _lines(runs: tuple[Run, ...], own: Entry | None) -> list[dict[str, Any]]:
    number = own.number if own is not None else 0
    return [
        {
            "initials": shown(run.initials),
            "score": run.score,
            "own": bool(number) and run.number == number,
        }
        for run in runs[:BOARD_LINES]
    ]
