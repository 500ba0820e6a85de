"""A match: one or more seats, stepped together, each with its tape."""

from __future__ import annotations

from collections.abc import Sequence

from game.cabinet import Cabinet, Frame, Rules
from game.player import Decision, Player
from game.tape import Tape


class Seat:
    """A cabinet, its player, the tape of the game and the last decision."""

    def __init__(self, player: Player, rules: Rules, seed: int) -> None:
        self.player = player
        self.cabinet = Cabinet(rules, seed)
        self.tape = Tape(rules, seed, player.name, player.kind)
        self.decision: Decision | None = None

    @property
    def frame(self) -> Frame:
        """The frame that the cabinet shows."""
        return self.cabinet.frame

    def step(self) -> None:
        """Let the player decide and emulate one frame; nothing once the game is over."""
        if self.frame.over:
            return
        self.decision = self.player.decide(self.frame)
        frame = self.cabinet.step(self.decision.action)
        self.tape.record(self.decision.action, frame, self.cabinet)


class Match:
    """Seats under the same rules and seed, until all games or the time are over."""

    def __init__(
        self,
        players: Sequence[Player],
        rules: Rules,
        seed: int,
        limit_frames: int | None = None,
    ) -> None:
        """Seat `players`; with `limit_frames` the match ends there for those still playing."""
        self.rules = rules
        self.seed = seed
        self.limit_frames = limit_frames
        self.number = 0  # frames since the start
        self.seats = [Seat(player, rules, seed) for player in players]

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        timed_out = self.limit_frames is not None and self.number >= self.limit_frames
        return timed_out or all(seat.frame.over for seat in self.seats)

    @property
    def frames_left(self) -> int | None:
        """Frames until the time limit, None without one."""
        return None if self.limit_frames is None else max(0, self.limit_frames - self.number)

    def step(self) -> None:
        """Advance every seat by one frame."""
        if self.over:
            return
        self.number += 1
        for seat in self.seats:
            seat.step()
        if self.over:
            self.finish()

    def finish(self) -> None:
        """Seal the tapes of a match that ends here, whoever ends it."""
        for seat in self.seats:
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
