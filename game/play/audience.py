"""Whoever sees the window's matches from elsewhere; what the window knows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from game.play.match import Match


class AudienceError(RuntimeError):
    """Nobody can follow; a Sentence says why."""


@dataclass(frozen=True)
class Invitation:
    """Where the audience finds the matches."""

    address: str
    code: list[list[bool]]  # a QR code's modules, row by row, True for dark, without a border


class Audience(Protocol):
    """Sees matches; to show one never waits."""

    @property
    def invitation(self) -> Invitation:
        """What the screen tells people."""
        ...

    def show(self, match: Match, countdown: int) -> None:
        """Show the present frame of `match`, which begins in `countdown` frames."""
        ...

    def close(self) -> None:
        """End it."""
        ...
