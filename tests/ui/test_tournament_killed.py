"""Whoever pulls the plug in the middle of a tournament takes no result from anybody."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from game.records.archive import DATABASE
from game.tournament import store
from game.tournament.model import Event, Played, Tournament
from game.tournament.standings import standings
from tests.helpers.tournament_day import PEOPLE

ROOT = Path(__file__).parents[2]
KILLS = 3  # more of them, at any moment, after the one in the second round


class Kiosk:
    """A real program at which the tournament in `folder` goes on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.tournament_day", str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def says(self) -> int | None:
        """Wait for what it says next: how many events are on the disk, None for the end."""
        assert self._program.stdout is not None
        for line in self._program.stdout:
            if line.strip().isdigit():
                return int(line)
            if line.strip() == "over":
                return None
        raise AssertionError(f"it ended with status {self._program.wait()}")

    def kill(self) -> None:
        self._program.kill()  # -9, where there are signals
        self._program.wait()
        assert self._program.stdout is not None
        self._program.stdout.close()

    def wait(self) -> None:
        assert self._program.wait(60) == 0


def kept(folder: Path) -> Tournament:
    found = store.read(folder)
    assert found.problem is None
    assert found.tournament is not None
    return found.tournament


def in_the_second_round(now: Tournament) -> bool:
    """Whether one match of the second round has been played, and another has not."""
    second = [pairing for pairing in now.pairings if pairing.round == 1]
    return any(p.over for p in second) and not all(p.over for p in second)


@pytest.mark.slow
def test_killed_in_the_second_round_it_goes_on_and_nothing_is_lost_or_doubled(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chance, known = random.Random(2), tuple[Event, ...]()
    kills, middle = 0, False
    while True:
        kiosk = Kiosk(tmp_path)
        request.addfinalizer(kiosk.kill)
        count = kiosk.says()
        first = True
        while count is not None:
            now = kept(tmp_path)
            assert now.events[: len(known)] == known, "nothing that was said is lost or changed"
            assert len(now.events) >= count
            if first:
                assert count == len(known) or count == len(now.events)
            known, first = now.events[:count], False
            in_middle = in_the_second_round(now)
            if (in_middle and not middle) or (middle and kills <= KILLS and chance.random() < 0.5):
                break
            count = kiosk.says()
        if count is None:
            kiosk.wait()
            break
        middle, kills = True, kills + 1
        time.sleep(chance.uniform(0.05, 0.4))  # the next game is under way
        kiosk.kill()
        assert kept(tmp_path).events[: len(known)] == known
    assert middle and kills > 1
    done = kept(tmp_path)
    assert done.over
    assert sorted(done.plan.names) == PEOPLE
    results: Counter[tuple[int, int, int]] = Counter()
    ties: Counter[int] = Counter()
    now = Tournament(done.plan)
    for event in done.events:  # each game of each match once
        assert isinstance(event, Played)
        side = 0 if event.scores[0] is not None else 1
        results[event.match, now.pairings[event.match].ties, side] += 1
        now = now.after(event)
        ties[event.match] = now.pairings[event.match].ties
    assert set(results.values()) == {1}
    assert len(results) == 2 * (len(PEOPLE) - 1 + sum(ties.values()))
    assert [one.place for one in standings(done)] == [1, 2, 3, 3, 5, 5, 5, 5]
    name = store.stamp(done)
    assert (tmp_path / store.FOLDER / f"{name}.csv").exists()
    assert (tmp_path / store.FOLDER / f"{name}.png").exists()
    rows = sqlite3.connect(tmp_path / DATABASE).execute(
        "SELECT player, score FROM runs WHERE completed AND handicap = 'tournament'"
    )
    games = Counter(rows)
    told = Counter(
        (done.plan.names[done.pairings[e.match].sides[side] or 0], score)
        for e in done.events
        if isinstance(e, Played)
        for side, score in enumerate(e.scores)
        if score is not None
    )
    assert told <= games, "the game of each result is kept"
    assert sum((games - told).values()) <= kills, "a game whose result was not yet told"
    print(f"\nkilled {kills} times: {len(done.events)} results, {sum(games.values())} games kept")
