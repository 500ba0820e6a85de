"""Cabinets that stand ready, so that a match can begin without stopping all the others.

A new cabinet loads the ROM, which takes 0.2 s in which no other thread runs: twelve frames of
everybody. So all cabinets are made at the start, and a process beside makes the beginnings of
their games.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import random
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection

from game.emulation.cabinet import MAX_SEED, Cabinet, CabinetError, Opening, Rules
from game.play.match import Match
from game.play.player import Player
from game.system.ending import ignore_endings

STOCK = 4  # openings that are ready
PATIENCE_S = 30.0  # for one, on a machine with much else to do


class Cabinets:
    """A fixed number of cabinets under the same rules."""

    def __init__(self, rules: Rules, number: int, seed: int | None = None) -> None:
        """Make `number` cabinets; every game has `seed`, or each a new one."""
        self.rules = rules
        self._free = [Cabinet(rules, 0) for _ in range(number)]
        self._seed = seed
        self._random = random.Random()
        self._openings: queue.Queue[Opening] = queue.Queue(STOCK)
        context = multiprocessing.get_context("spawn")
        self._connection, far = context.Pipe()
        self._process = context.Process(target=_make, args=(far, rules), daemon=True)
        self._process.start()
        far.close()
        self._closing = False
        self._thread = threading.Thread(target=self._fetch, name="openings", daemon=True)
        self._thread.start()

    def match(self, players: Sequence[Player], limit_frames: int | None = None) -> Match:
        """Return a new match of `players`; it may take a moment. Raises CabinetError."""
        try:
            opening = self._openings.get(timeout=PATIENCE_S)
        except queue.Empty as error:
            raise CabinetError("no game can be prepared") from error
        if len(self._free) < len(players):
            raise CabinetError("all cabinets are taken")
        taken = [self._free.pop() for _ in players]
        for cabinet in taken:
            cabinet.open(opening)
        return Match(players, self.rules, opening.seed, limit_frames, cabinets=taken)

    def take_back(self, match: Match) -> None:
        """Let the cabinets of a match that nobody plays any more be used again."""
        self._free += [seat.cabinet for seat in match.seats]

    def close(self) -> None:
        """End the process beside."""
        self._closing = True
        self._process.kill()  # the thread then reads the connection's end
        self._process.join()
        with contextlib.suppress(queue.Empty):  # or it waits for room
            self._openings.get_nowait()
        self._thread.join()
        self._connection.close()

    def _fetch(self) -> None:
        """Keep the stock full."""
        with contextlib.suppress(EOFError, OSError):  # closed
            while not self._closing:
                seed = self._random.randint(0, MAX_SEED) if self._seed is None else self._seed
                self._connection.send(seed)
                self._openings.put(self._connection.recv())


def _make(connection: Connection, rules: Rules) -> None:
    """Make the opening of each seed that is asked for."""
    ignore_endings()
    with contextlib.suppress(EOFError, OSError):  # the server has ended
        while True:
            connection.send(Cabinet(rules, connection.recv()).opening())
