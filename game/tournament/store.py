"""The file of a tournament: one line for the plan, and one for each event.

Each line is a checksum and a JSON table. The file is replaced as a whole after each event, so a
crash leaves it as it was before or after. A line that was damaged costs that event and those that
follow from it, and no other.
"""

from __future__ import annotations

import dataclasses
import json
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from game.emulation.cabinet import Rules
from game.system.files import rename_over, unused, write_atomically
from game.system.sentence import Sentence
from game.tournament.model import Absent, Event, Format, Plan, Played, Tournament, TournamentError

VERSION = 1
FOLDER = "tournaments"
FILE = f"{FOLDER}/current.tournament"  # earlier ones are named by when they began
MOST_BYTES = 1_000_000  # the longest takes about 80,000


@dataclass(frozen=True)
class Found:
    """The tournament that a folder holds, and what was wrong with its file."""

    tournament: Tournament | None = None
    problem: Sentence | None = None


def stamp(tournament: Tournament) -> str:
    """Return what files of this tournament are named by: when it began."""
    return time.strftime("%Y%m%d-%H%M%S", time.localtime(tournament.plan.begun))


def begin(folder: Path, tournament: Tournament) -> None:
    """Write a new tournament to the data folder; the one before it is kept. Raises OSError."""
    file = folder / FILE
    before = read(folder).tournament
    if file.exists():  # or it was set aside just now
        name = "earlier" if before is None else stamp(before)
        rename_over(file, unused(file.with_name(f"{name}.tournament")))
    write(folder, tournament)


def write(folder: Path, tournament: Tournament) -> None:
    """Write a tournament to the data folder, whole or not at all. Raises OSError."""
    write_atomically(folder / FILE, to_bytes(tournament))


def to_bytes(tournament: Tournament) -> bytes:
    """Return the file's contents."""
    tables = [{"version": VERSION, **dataclasses.asdict(tournament.plan)}]
    tables += [_table(event) for event in tournament.events]
    if tournament.ended:
        tables.append({"ended": True})
    return b"".join(map(_line, tables))


def read(folder: Path) -> Found:
    """Read the tournament in the data folder; a file that is damaged is kept as a copy."""
    file = folder / FILE
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
        return _found(file, data)
    except FileNotFoundError:
        return Found()
    except OSError as error:
        reason = error.strerror or str(error)
        return Found(
            problem=Sentence(
                lambda say: say("The tournament cannot be read: {reason}", reason=reason)
            )
        )


def _found(file: Path, data: bytes) -> Found:
    tables = list(_tables(data))
    first = tables[0] if tables else None
    version = None if first is None else first.pop("version", None)
    if type(version) is int and version > VERSION:
        return Found(problem=_newer(version))
    plan = None if first is None or version != VERSION else _plan(first)
    if plan is None or len(data) > MOST_BYTES:
        kept = _aside(file)
        return Found(
            problem=Sentence(
                lambda say: say(
                    "A tournament was damaged and cannot be read: it is kept as {file}", file=kept
                )
            )
        )
    tournament, lost = _replayed(plan, tables[1:])
    if not lost:
        return Found(tournament)
    copy = unused(file.with_name("damaged.tournament"))
    write_atomically(copy, data)
    return Found(
        tournament,
        Sentence(
            lambda say: say(
                "The tournament was damaged: results that cannot be read ({number}) are to be "
                "played again; it is kept as {file}",
                number=lost,
                file=copy.name,
            )
        ),
    )


def _aside(file: Path) -> str:
    """Rename `file` so that nothing takes its place, and return its new name. Raises OSError."""
    aside = unused(file.with_name("damaged.tournament"))
    rename_over(file, aside)
    return aside.name


def _newer(version: int) -> Sentence:
    return Sentence(
        lambda say: say(
            "The tournament is of version {version}, this program reads {known}: update it",
            version=version,
            known=VERSION,
        )
    )


def _replayed(plan: Plan, tables: list[dict[str, Any] | None]) -> tuple[Tournament, int]:
    """Return the tournament after all events that can be read, and how many cannot."""
    tournament, lost = Tournament(plan), 0
    for table in tables:
        try:
            if table == {"ended": True}:
                tournament = tournament.as_ended()
            else:
                tournament = tournament.after(_event(table))
        except (KeyError, TypeError, ValueError):  # TournamentError is a ValueError
            lost += 1
    return tournament, lost


def _line(table: dict[str, Any]) -> bytes:
    text = json.dumps(table, ensure_ascii=False).encode()
    return b"%08x " % zlib.crc32(text) + text + b"\n"


def _tables(data: bytes) -> Iterator[dict[str, Any] | None]:
    """Yield each line's table, None for one that is damaged."""
    for line in data.splitlines():
        text = line[9:]
        if line[:9] != b"%08x " % zlib.crc32(text):
            yield None
            continue
        try:
            table = json.loads(text)
        except (ValueError, RecursionError):
            table = None
        yield table if isinstance(table, dict) else None


def _plan(table: dict[str, Any]) -> Plan | None:
    """Return the plan of the first line, None if it is none."""
    try:
        limit = table["limit_frames"]
        return Plan(
            Format(table["format"]),
            tuple(str(name) for name in table["names"]),
            int(table["seed"]),
            Rules.from_dict(table["rules"]),
            None if limit is None else int(limit),
            bool(table["turns"]),
            float(table["begun"]),
        )
    except (KeyError, TypeError, ValueError):  # TournamentError and RulesError are ValueErrors
        return None


def _table(event: Event) -> dict[str, Any]:
    if isinstance(event, Played):
        return {"match": event.match, "scores": list(event.scores)}
    return {"match": event.match, "absent": list(event.sides)}


def _event(table: dict[str, Any] | None) -> Event:
    """Return the event of a line; raise KeyError, TypeError or ValueError if it is none."""
    if table is None or type(table["match"]) is not int:
        raise TournamentError("it cannot be read")
    if "absent" in table:
        first, second = (bool(away) for away in table["absent"])
        return Absent(table["match"], (first, second))
    first_score, second_score = table["scores"]
    if not all(score is None or type(score) is int for score in (first_score, second_score)):
        raise TournamentError("it has no scores")
    return Played(table["match"], (first_score, second_score))
