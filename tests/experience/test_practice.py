"""Practice: where it begins, what is shown then, how it ends, and that it is no game."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections import Counter, deque
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("gymnasium")

from agents.config import TrainingConfig
from agents.experience.collector import RamCollector, Step
from agents.experience.emulators import Emulators
from agents.experience.practice import (
    AFTER,
    APART,
    BEFORE_BOMB,
    BEFORE_LANDING,
    POOL,
    Pool,
    Practice,
    Trail,
    practising,
)
from agents.state import ram_map
from game.emulation.cabinet import Action, Cabinet, Rules

EMULATORS, SHARE = 4, 0.5
CONFIG = dataclasses.replace(
    TrainingConfig.of_teacher(), emulators=EMULATORS, practice=SHARE, death_at_hit=1
)


def shown(number: int = 0, idle: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    ram = np.full(129, number, np.uint8)
    ram[ram_map.CANNON_IDLE] = idle
    return ram, np.full((84, 84), number, np.uint8)


@pytest.fixture(scope="module")
def cabinet() -> Cabinet:
    return Cabinet(Rules(), 3, blind=True, sound=False)


@pytest.mark.parametrize(("share", "count"), [(0.0, 0), (0.25, 2), (0.3, 2), (0.5, 4), (0.9, 7)])
def test_the_share_of_the_emulators_practises(share: float, count: int) -> None:
    which = practising(8, share)
    assert which.sum() == count
    halves = which[:4].sum(), which[4:].sum()
    assert abs(int(halves[0]) - int(halves[1])) <= 1, "those that explore more and less alike"


@pytest.mark.parametrize(("landed", "back"), [(False, BEFORE_BOMB), (True, BEFORE_LANDING)])
def test_practice_begins_some_time_before_the_loss_and_ends_some_time_after(
    landed: bool, back: tuple[int, int], cabinet: Cabinet
) -> None:
    begun = set()
    most = back[1]
    played = (most + 2) * APART
    for seed in range(40):
        trail = Trail()
        for number in range(1, played + 1):
            trail.push(cabinet, shown(number % 256))
        practice = trail.before_loss(landed, random.Random(seed))
        assert practice is not None
        newest = [int(picture[0, 0]) for _, picture in practice.moment.shown if picture is not None]
        assert (np.diff(newest) % 256).tolist() == [1, 1, 1], "the four that led to it"
        ago = practice.steps - AFTER - APART
        assert (played - newest[-1]) % 256 == ago % 256
        begun.add(ago // APART + 1)
        assert trail.before_loss(landed, random.Random(seed)) is None, "that trail is used up"
    every = set(range(back[0], most + 1))
    assert begun <= every and len(begun) > len(every) / 3
    assert min(begun) < back[0] + 4 and max(begun) > most - 4


def test_no_practice_begins_while_the_cannon_does_not_obey(cabinet: Cabinet) -> None:
    trail = Trail()
    for number in range(20 * APART):
        trail.push(cabinet, shown(number % 256, idle=4))
    assert trail.before_loss(False, random.Random(0)) is None


def test_the_pool_keeps_the_newest(cabinet: Cabinet) -> None:
    pool, trail = Pool(0), Trail()
    assert pool.draw() is None
    for number in range(3 * APART):
        trail.push(cabinet, shown(number))
    practice = trail.before_loss(False, pool.chance)
    assert practice is not None
    for steps in range(POOL + 5):
        pool.add(Practice(practice.moment, steps))
    pool.add(None)
    drawn = {each.steps for each in (pool.draw() for _ in range(20_000)) if each is not None}
    assert len(pool) == POOL and drawn == set(range(5, POOL + 5))


def test_what_is_lost_in_half_of_the_tries_is_practised_most(cabinet: Cabinet) -> None:
    pool, trail = Pool(0), Trail()
    for number in range(3 * APART):
        trail.push(cabinet, shown(number))
    moment = trail.before_loss(False, pool.chance)
    assert moment is not None
    for lost in (0, 2, 5, 8, 10):
        practice = Practice(moment.moment, steps=lost)
        for number in range(10):
            practice.ended(number < lost)
        pool.add(practice)
    drawn = Counter(each.steps for each in (pool.draw() for _ in range(5_000)) if each is not None)
    assert max(drawn, key=lambda lost: drawn[lost]) == 5
    assert drawn[0] + drawn[10] < min(drawn[2], drawn[8]) / 4, "those that teach nothing"
    new = Practice(moment.moment, steps=11)
    assert new.instructive == max(each.instructive for each in pool._practices)


def played(
    act: Callable[[NDArray[np.uint8]], NDArray[np.int64]], steps: int
) -> tuple[RamCollector, list[tuple[NDArray[np.uint8], Step]]]:
    """Let `act` play; return the collector, and what was shown before each step."""
    collector = RamCollector(CONFIG, 40, pictures=False)
    history = []
    for _ in range(steps):
        before = collector.ram
        assert before is not None
        collector.send(act(before))
        history.append((before, collector.receive()))
    collector.close()
    return collector, history


@pytest.fixture(scope="module")
def history() -> tuple[RamCollector, list[tuple[NDArray[np.uint8], Step]]]:
    chance = np.random.default_rng(1)
    return played(lambda ram: chance.integers(0, len(Action), len(ram)), 900)


def test_practice_ends_when_the_cannon_is_hit_again_or_gets_away(
    history: tuple[RamCollector, list[tuple[NDArray[np.uint8], Step]]],
) -> None:
    collector, steps = history
    which = np.flatnonzero(collector.games.practising)
    assert len(which) == EMULATORS * SHARE
    lost = kept = 0
    for lane in which:
        begins = [number for number, (_, step) in enumerate(steps) if step.final[lane]]
        for begin, end in itertools.pairwise(begins):
            assert end - begin <= BEFORE_LANDING[1] * APART + AFTER + 4
            deaths = [number for number in range(begin, end) if steps[number][1].deaths[lane]]
            assert deaths in ([], [end - 1]), "it ends with the hit"
            lost, kept = lost + bool(deaths), kept + (not deaths)
    assert lost > 3 and kept > 3


def test_what_led_to_practice_is_shown_again_and_not_learnt_from(
    history: tuple[RamCollector, list[tuple[NDArray[np.uint8], Step]]],
) -> None:
    collector, steps = history
    seen: deque[bytes] = deque(maxlen=100_000)
    checked = 0
    which = collector.games.practising
    for number in range(len(steps) - 4):
        ram, step = steps[number]
        seen.extend(each[-1, :128].tobytes() for each in ram[~which])
        for lane in np.flatnonzero(which & step.final):
            following = [steps[number + ahead] for ahead in range(1, 5)]
            states = [each[0][lane, -1, :128].tobytes() for each in following]
            if states[0] not in seen:
                continue  # a game, before there was anything to practise
            assert all(state in seen for state in states)
            again = [bool(each[1].idle[lane]) for each in following[:3]]
            assert again == [True] * 3, "nothing was done in these"
            assert not any(each[1].deaths[lane] or each[1].rewards[lane] for each in following[:3])
            checked += 1
    assert checked > 5


def test_practice_is_no_game(
    history: tuple[RamCollector, list[tuple[NDArray[np.uint8], Step]]],
) -> None:
    collector, steps = history
    games = collector.games
    ended = np.sum([step.final for _, step in steps], axis=0)
    assert ended[games.practising].min() > ended[~games.practising].max()
    assert games.count == len(games.recent) <= ended[~games.practising].sum()


def test_without_practice_the_emulators_play_as_ever() -> None:
    played_without, played_with = (memories(practice) for practice in (0.0, 0.2))
    np.testing.assert_array_equal(played_without, played_with, "a fifth of two emulators is none")


def memories(practice: float) -> list[NDArray[np.uint8]]:
    emulators = Emulators(2, Rules(), 40, pictures=False, practice=practice)
    seen = []
    for _ in range(300):
        emulators.send(np.full(2, Action.NOOP))
        emulators.receive()
        seen.append(emulators.shared.ram.copy())
    emulators.close()
    return seen
