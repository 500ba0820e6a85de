"""A film as it will be, played on the page that exports it: small, silent and over and over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pygame

from game.play.player import Player
from game.records.playback import TapeIndex
from game.system.preferences import OFF
from game.ui.jobs.film import Commentator, Film, FilmError, SeatTape, usual_size

PREPARE_FRAMES = 8  # of the game in one of the window, up to where the film begins
SETTLED_FRAMES = 20  # of the window without a change, before a film is prepared
EVERY = 2  # frames of the film, of which one is drawn


class FilmChoice(NamedTuple):
    """What is chosen of a film."""

    begin: int  # frames of the match
    end: int
    suffix: str
    level: str
    card: bool


class FilmPreview:
    """Plays what is chosen, once it has been the same for a moment and the tapes are indexed."""

    def __init__(
        self,
        seat_tapes: Sequence[SeatTape],
        tape_indexes: Sequence[TapeIndex],
        players: Callable[[], Sequence[Player]],
    ) -> None:
        """Play `seat_tapes`; `players` returns new ones that think of them, none if there are none.

        No other thread may index a tape that is not done.
        """
        self._seat_tapes, self._tape_indexes, self._players = seat_tapes, tape_indexes, players
        self._choice: FilmChoice | None = None
        self._age = 0  # frames of the window since another choice
        self._film: Film | None = None
        self._left = 0  # frames of the film
        self._failed = False
        self.canvas: pygame.Surface | None = None  # what there is to see, once there is something

    def update(self, choice: FilmChoice) -> None:
        """Let a frame pass."""
        if choice != self._choice:
            self._choice, self._age, self._film = choice, 0, None
            self._failed, self.canvas = False, None
        self._age += 1
        known = all(tape_index.done for tape_index in self._tape_indexes)
        if self._failed or self._age <= SETTLED_FRAMES or not known:
            return
        try:
            self._play(choice)
        except FilmError:  # a tape that is not true: whoever exports it is told so
            self._failed = True

    def _play(self, choice: FilmChoice) -> None:
        """Show the film's next frame; at its end begin again."""
        if self._film is None or self._left == 0:
            self._film = self._new_film(choice)
            self._left = self._film.frames
        if not self._film.prepare(PREPARE_FRAMES):
            return
        self._film.step()
        self._left -= 1
        if self._left % EVERY == 0:
            self._film.draw()
            self.canvas = self._film.canvas

    def _new_film(self, choice: FilmChoice) -> Film:
        players = self._players() if choice.level != OFF else ()
        size = usual_size(choice.suffix, len(self._seat_tapes), bool(players))
        return Film(
            self._seat_tapes,
            choice.begin,
            choice.end,
            size,
            Commentator(players) if players else None,
            choice.level,
            choice.card,
            self._tape_indexes,
        )
