"""A result as a short text for a QR code: it needs no network to be read, and proves itself."""

from __future__ import annotations

from game.play.match import Match
from game.play.player import Kind
from game.system.qr_code import MOST_BYTES
from game.ui.widgets.theme import name_of

LONGEST_NAME = 16  # characters of each player's


def result_text(match: Match) -> str:
    """Return scores, seed and the digest of the tape of the first person's game, or the first.

    The digest is SHA-256 of the tape's contents; it is also the last 32 bytes of its file.
    """
    people = [seat for seat in match.seats if seat.tape.kind is Kind.HUMAN]
    tape = (people or match.seats)[0].tape
    scores = ", ".join(
        f"{name_of(seat.player)[:LONGEST_NAME]} {seat.frame.score}" for seat in match.seats
    )
    text = f"BigChamp: {scores}\nseed {match.seed}\ntape {tape.checksum()}"
    return text.encode()[:MOST_BYTES].decode(errors="ignore")
