"""A match: one or more seats, stepped together, each with its tape."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from game.emulation.cabinet import FRAMES_PER_SECOND, Cabinet, Frame, Rules
from game.play.player import FRAMES_A_DECISION, Decision, Kind, Player
from game.play.tape import Tape
from game.system.sentence import Say, listed

COUNTDOWN_FRAMES = 3 * FRAMES_PER_SECOND  # before a match in which a person races or goes on
AFTERMATH_FRAMES = 90  # between the end of a match and its result


@dataclass(frozen=True)
class Handicap:
    """The handicap of a match, nearly always in favour of the person."""

    delay_ms: int = 0  # added to the network's reactions
    head_start_s: int = 0  # for the person, before the network starts
    extra_s: int = 0  # for the person, after a race's time is up
    auto_fire: bool = False  # whether the person's cannon fires automatically
    one_switch: bool = False  # whether it moves automatically, and one button does the rest

    @property
    def delay_frames(self) -> int:
        """The delay in frames, to the nearest."""
        return round(self.delay_ms * FRAMES_PER_SECOND / 1000)

    @property
    def name(self) -> str:
        """The key under which boards store this handicap; empty for an even match.

        Score files of every version hold these texts, so they must never change; what people
        read is `words`.
        """
        given = (
            (self.delay_ms, f"network {self.delay_ms} ms slower"),
            (self.head_start_s, f"{self.head_start_s} s head start"),
            (self.extra_s, f"{self.extra_s} s extra time"),
            (self.auto_fire, "auto-fire"),
            (self.one_switch, "one button"),
        )
        return ", ".join(stored for amount, stored in given if amount)

    def words(self, say: Say = str.format) -> str:
        """Return what is given, in the words that people read; empty for an even match."""
        given = (
            (self.delay_ms, say("network reacts {number} ms later", number=self.delay_ms)),
            (self.head_start_s, say("{number} s head start", number=self.head_start_s)),
            (self.extra_s, say("{number} s extra time", number=self.extra_s)),
            (self.auto_fire, say("auto-fire")),
            (self.one_switch, say("one button")),
        )
        return listed((words for amount, words in given if amount), say)


EVEN = Handicap()
HANDICAPS = (
    EVEN,
    Handicap(delay_ms=100),
    Handicap(delay_ms=200),
    Handicap(delay_ms=300),
    Handicap(head_start_s=15),
    Handicap(extra_s=30),
    Handicap(auto_fire=True),
    Handicap(one_switch=True),
)


# One thread for all networks: more would only take the cores from what is drawn meanwhile.
_thinking = ThreadPoolExecutor(1, "thinking")


class Seat:
    """A cabinet, its player, the tape of the game and the last decision."""

    def __init__(
        self,
        player: Player,
        rules: Rules,
        seed: int,
        begins: int = 0,
        ends: int | None = None,
        cabinet: Cabinet | None = None,
        handicap: Handicap = EVEN,
    ) -> None:
        """Let `player` play from frame `begins` of the match to frame `ends`, None for no limit.

        It plays at `cabinet`, which stands at the start of this game, or at a new one.
        `handicap` is what this person is given; a network has none.
        """
        self.player = player
        self.handicap = handicap
        self.begins = begins
        self.ends = ends
        self.cabinet = cabinet or Cabinet(rules, seed)
        self.tape = Tape(rules, seed, player.name, player.kind)
        self.decision: Decision | None = None
        self._ahead: Future[Decision] | None = None  # the decision about the current frame

    @property
    def frame(self) -> Frame:
        """The current frame of the cabinet."""
        return self.cabinet.frame

    def waits(self, number: int) -> bool:
        """Whether it has not started yet after frame `number` of the match."""
        return number < self.begins

    def done(self, number: int) -> bool:
        """Whether nothing more happens here after frame `number` of the match."""
        return self.frame.over or (self.ends is not None and number >= self.ends)

    def step(self) -> None:
        """Let the player decide and emulate one frame; does nothing once the game is over."""
        if self.frame.over:
            return
        ahead, self._ahead = self._ahead, None
        self.decision = ahead.result() if ahead else self.player.decide(self.frame)
        frame = self.cabinet.step(self.decision.action)
        self.tape.record(self.decision.action, frame, self.cabinet)

    def think_ahead(self) -> None:
        """Let a network begin to decide about the current frame, while others draw it.

        The next step plays what it decides, the same as without this. A person is asked only then,
        so that nothing is pressed too late.
        """
        decides = self.tape.kind is Kind.AGENT and self.frame.number % FRAMES_A_DECISION == 0
        if decides and self._ahead is None and not self.frame.over:
            self._ahead = _thinking.submit(self.player.decide, self.frame)


class Match:
    """Seats that play under the same rules and seed, until all games or the time are over."""

    def __init__(
        self,
        players: Sequence[Player],
        rules: Rules,
        seed: int,
        limit_frames: int | None = None,
        handicap: Handicap | Sequence[Handicap] = EVEN,
        cabinets: Sequence[Cabinet] | None = None,
        day: date | None = None,
    ) -> None:
        """Seat `players`; with `limit_frames` the match ends there for those still playing.

        They play at `cabinets`, which stand at the start of this game, or at new ones.
        `handicap` is that of every person, or a list with that of each seat; a network has none.
        The match applies head starts and extra time; the players apply delay and auto-fire.
        `day` says whose seed it is, where it is a day's; it stays so when the day ends meanwhile.
        """
        self.rules = rules
        self.seed = seed
        self.day = day
        self.limit_frames = limit_frames
        self.number = 0  # frames since the start
        ready: Sequence[Cabinet | None] = cabinets or [None] * len(players)
        given = [handicap] * len(players) if isinstance(handicap, Handicap) else list(handicap)
        given = [
            EVEN if player.kind is Kind.AGENT else its
            for player, its in zip(players, given, strict=True)
        ]
        latest = max(its.head_start_s for its in given)
        self.seats = [
            Seat(player, rules, seed, *self._span(its, latest), cabinet, its)
            for player, its, cabinet in zip(players, given, ready, strict=True)
        ]

    @property
    def people(self) -> list[Seat]:
        """The seats whose game is a person's, in their order."""
        return [seat for seat in self.seats if seat.tape.kind is Kind.HUMAN]

    @property
    def handicap(self) -> Handicap:
        """What the first seat is given."""
        return self.seats[0].handicap

    @property
    def delay_ms(self) -> int:
        """What is added to the network's reactions: the most that anybody is given."""
        return max(seat.handicap.delay_ms for seat in self.seats)

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return all(seat.done(self.number) for seat in self.seats)

    @property
    def frames_left(self) -> int | None:
        """Frames until the last seat's time limit, None without one."""
        ends = [seat.ends for seat in self.seats if seat.ends is not None]
        return max(0, max(ends) - self.number) if ends else None

    def step(self) -> None:
        """Advance every seat by one frame."""
        if self.over:
            return
        for seat in self.seats:
            if not seat.waits(self.number) and not seat.done(self.number):
                seat.step()
        self.number += 1
        if self.over:
            self.finish()

    def think_ahead(self) -> None:
        """Let the networks begin to decide about the next step, in a thread of their own."""
        for seat in self.seats:
            if not seat.waits(self.number) and not seat.done(self.number):
                seat.think_ahead()

    def _span(self, given: Handicap, latest: int) -> tuple[int, int | None]:
        """Return the first and last frame of a seat, where the longest head start is `latest` s."""
        begins = (latest - given.head_start_s) * FRAMES_PER_SECOND
        extra = given.extra_s * FRAMES_PER_SECOND
        return begins, None if self.limit_frames is None else self.limit_frames + extra

    def finish(self) -> None:
        """Finish the tapes of a match that ends here, for whatever reason."""
        for seat in self.seats:
            seat.tape.player = seat.player.name  # the network may have taken part
            seat.tape.finish(seat.cabinet)

    def standings(self) -> list[Seat]:
        """Return the seats, best score first; equal scores keep their order."""
        return sorted(self.seats, key=lambda seat: -seat.frame.score)

    def winner(self) -> Seat | None:
        """Return the seat that leads, None for a tie or a match of one."""
        order = self.standings()
        if len(order) < 2 or order[0].frame.score == order[1].frame.score:
            return None
        return order[0]
