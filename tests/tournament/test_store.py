"""The file of a tournament: all of it comes back, and damage costs no more than what it met."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from game.emulation.cabinet import Rules
from game.tournament import store
from game.tournament.model import Absent, Format, Plan, Played, Tournament
from game.tournament.store import FILE, begin, read, to_bytes, write
from tests.helpers.common import is_one_sentence

PLAN = Plan(
    Format.KNOCKOUT,
    ("ANNA", "BEN", "ÇELİK", "DÖRTE", "EVA", "F. G."),
    12345,
    Rules(sticky=0.1, mode=2),
    7200,
    begun=1_790_000_000.5,
)
EVENTS = (
    Played(1, (120, None)),
    Absent(1, (False, True)),
    Played(3, (None, 50)),
    Played(3, (90, None)),
)


def a_tournament() -> Tournament:
    tournament = Tournament(PLAN)
    for event in EVENTS:
        tournament = tournament.after(event)
    return tournament


def test_all_of_it_comes_back(tmp_path: Path) -> None:
    assert read(tmp_path) == store.Found()
    for tournament in (a_tournament(), a_tournament().as_ended(), Tournament(PLAN)):
        write(tmp_path, tournament)
        assert read(tmp_path) == store.Found(tournament)


def test_another_tournament_takes_no_place_of_one_before(tmp_path: Path) -> None:
    first, second = a_tournament(), Tournament(PLAN)
    for tournament in (first, second, first):
        begin(tmp_path, tournament)
    assert read(tmp_path).tournament == first
    kept = sorted((tmp_path / FILE).parent.iterdir())
    assert len(kept) == 3
    assert {file.read_bytes() for file in kept} == {to_bytes(first), to_bytes(second)}


@pytest.mark.parametrize("line", range(1, 1 + len(EVENTS)))
def test_a_damaged_line_costs_what_it_says_and_what_follows_from_it(
    tmp_path: Path, line: int
) -> None:
    lines = to_bytes(a_tournament()).splitlines(keepends=True)
    lines[line] = lines[line].replace(b'"match"', b'"watch"')
    data = b"".join(lines)
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_bytes(data)
    found = read(tmp_path)
    assert found.tournament is not None and found.tournament.plan == PLAN
    kept = found.tournament.events
    assert 0 < len(EVENTS) - len(kept) < 3
    assert [event for event in EVENTS if event in kept] == list(kept)
    assert is_one_sentence(found.problem)
    assert (tmp_path / FILE).with_name("damaged.tournament").read_bytes() == data
    write(tmp_path, found.tournament)
    assert read(tmp_path).problem is None


def test_no_changed_byte_does_harm(tmp_path: Path) -> None:
    chance, data = random.Random(1), to_bytes(a_tournament())
    (tmp_path / FILE).parent.mkdir()
    for _ in range(150):
        broken = bytearray(data)
        broken[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        (tmp_path / FILE).write_bytes(broken)
        found = read(tmp_path)
        assert is_one_sentence(found.problem), bytes(broken)
        if found.tournament is not None:
            assert found.tournament.plan == PLAN
            assert set(found.tournament.events) < set(EVENTS)
    aside = [file.read_bytes() for file in (tmp_path / FILE).parent.glob("damaged*")]
    assert len(aside) == 150, "and each is kept"


@pytest.mark.parametrize(
    "data", [b"", b"?", b"\xff" * 50, b"00000000 {}\n", b"x" * (store.MOST_BYTES + 5)]
)
def test_what_is_no_tournament_is_said_and_kept(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_bytes(data)
    found = read(tmp_path)
    assert found.tournament is None and is_one_sentence(found.problem)
    assert (tmp_path / FILE).with_name("damaged.tournament").read_bytes() == data
    assert read(tmp_path) == store.Found(), "and said once"
    begin(tmp_path, a_tournament())
    assert read(tmp_path).tournament == a_tournament()


def test_a_file_of_a_later_version_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "VERSION", 2)
    write(tmp_path, a_tournament())
    before = (tmp_path / FILE).read_bytes()
    monkeypatch.undo()
    for _ in range(2):
        found = read(tmp_path)
        assert found.tournament is None
        assert "version 2" in str(found.problem) and is_one_sentence(found.problem)
        assert (tmp_path / FILE).read_bytes() == before
    begin(tmp_path, a_tournament())
    assert (tmp_path / FILE).with_name("earlier.tournament").read_bytes() == before


def test_a_folder_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir(parents=True)
    found = read(tmp_path)
    assert found.tournament is None and is_one_sentence(found.problem)
