"""What a network thinks of a tape, against a slow recomputation."""

from __future__ import annotations

import dataclasses
import json
import zlib
from itertools import pairwise

import numpy as np
import pytest

from game.emulation.cabinet import Action, Cabinet, Frame, Rules
from game.play.match import Match
from game.play.player import Decision, Kind, RandomPlayer, Thought
from game.play.tape import Tape
from game.records.playback import Event, EventKind
from game.records.review import Mishap, Moment, Review, action_of, regret


class Commentator:
    """Has a different, repeatable opinion of every picture."""

    kind = Kind.AGENT
    name = "critic"

    def __init__(self) -> None:
        self._last = Decision(Action.NOOP)

    def decide(self, frame: Frame) -> Decision:
        if frame.number % 4 == 0:
            chance = np.random.default_rng(zlib.crc32(frame.grey.tobytes()))
            advantage = chance.normal(0, 0.2, len(Action)).astype(np.float32)
            value = float(chance.uniform(0, 4))
            q = (value + advantage).astype(np.float32)
            self._last = Decision(Action(int(q.argmax())), Thought(q, value, advantage))
        return self._last


DISCOUNT = 0.95  # a made-up network's


def taped(frames: int = 250, seed: int = 3) -> Tape:
    match = Match([RandomPlayer(seed)], Rules(), seed, frames)
    while not match.over:
        match.step()
    return match.seats[0].tape


def reviewed(tape: Tape, commentator: Commentator | None = None) -> Review:
    review = Review(tape, commentator)
    while not review.done:
        review.advance()
    return review


@pytest.mark.slow
def test_values_and_regrets_equal_a_slow_recomputation() -> None:
    tape = taped()
    found = json.loads(json.dumps(reviewed(tape, Commentator()).to_dict()))
    cabinet, commentator, slow = Cabinet(tape.rules, tape.seed), Commentator(), []
    for number, action in enumerate(tape.actions):
        thought = commentator.decide(cabinet.frame).thought
        if number % 4 == 0:
            assert thought is not None
            q = [float(x) for x in thought.q]
            held = [Action(a) for a in tape.actions[number : number + 4]]
            ways = [a.direction for a in held]
            way = max(ways, key=lambda w: (ways.count(w), -ways.index(w)))
            done = Action.of(way, any(a.fires for a in held))
            slow.append(
                {
                    "frame": number,
                    "done": done.name,
                    "best": Action(q.index(max(q))).name,
                    "q": q,
                    "value": thought.value,
                    "regret": (max(q) - q[done]) / max(max(q) - min(q), 0.1),
                }
            )
        cabinet.step(Action(action))
    assert found["decisions"] == slow
    mean = sum(d["regret"] for d in slow) / len(slow)
    assert found["figures"]["regret"] == pytest.approx(mean)
    assert found["figures"]["score"] == tape.score
    hits = [e for e in found["events"] if e["what"] == "hit"]
    assert sum(e["points"] for e in hits) == tape.score


def test_regret_is_scaled_by_the_spread_but_not_below_its_floor() -> None:
    q = np.array([1.0, 2.0, 1.5, 1.0, 1.0, 1.0], np.float32)
    assert regret(q, Action.FIRE) == 0
    assert regret(q, Action.RIGHT) == pytest.approx(0.5)
    assert regret(q, Action.NOOP) == 1
    calm = np.array([1.0, 1.01, 1.0, 1.0, 1.0, 1.0], np.float32)
    assert regret(calm, Action.NOOP) == pytest.approx(0.1, abs=1e-3)


def test_four_frames_stand_for_one_action() -> None:
    left, right, fire, wait = Action.LEFT, Action.RIGHT, Action.FIRE, Action.NOOP
    assert action_of([left, left, left, right]) is left
    assert action_of([left, right, right, left]) is left
    assert action_of([wait, fire, wait, wait]) is fire
    assert action_of([right, Action.LEFTFIRE, right, wait]) is Action.RIGHTFIRE
    assert action_of([right]) is right


def test_opinions_come_after_the_facts_and_bit_by_bit() -> None:
    review = Review(taped(200), Commentator())
    for _ in range(4):
        assert not review.tape_index.done
        review.advance()
    assert review.tape_index.done
    assert review.moments == []
    review.advance()
    assert [m.frame for m in review.moments] == list(range(0, 60, 4))
    assert not review.done
    for _ in range(3):
        review.advance()
    assert review.done
    assert len(review.moments) == 50


def test_without_a_network_there_are_the_facts() -> None:
    review = reviewed(taped(180))
    assert review.worst() == []
    figures = review.figures()
    assert (figures.regret, figures.agreed, figures.reaction_ms) == (None, None, None)
    assert figures.seconds == 3
    assert review.to_dict()["network"] is None


def test_the_network_agrees_with_its_own_tape() -> None:
    match = Match([Commentator()], Rules(), 5, 100)
    while not match.over:
        match.step()
    figures = reviewed(match.seats[0].tape, Commentator()).figures()
    assert (figures.agreed, figures.regret, figures.wanted) == (1, 0, 0)


def made_up(
    actions: list[Action], values: list[float], events: list[Event], shots: list[int]
) -> Review:
    """A review of a game that never was: what is known of it is given."""
    tape = Tape(Rules(sticky=0), 5, "You", Kind.HUMAN)
    tape.actions[:] = actions
    review = reviewed(tape)
    review.tape_index.events, review.tape_index.shots = events, shots
    q = np.array([0, 0, 0, 0, 0, 1], np.float32)
    review.moments = [
        Moment(4 * i, actions[4 * i], Action.NOOP, q, value, 0.0, DISCOUNT)
        for i, value in enumerate(values)
    ]
    return review


def test_a_shortfall_is_what_did_not_come_within_a_second() -> None:
    values = [3.0] * 40
    values[30:] = [1.0] * 10
    hits = [Event(4 * 16 + 1, EventKind.HIT, 5), Event(4 * 16 + 5, EventKind.HIT, 5)]
    review = made_up([Action.NOOP] * 160, values, hits, [])
    slow = values[16] - 1 - DISCOUNT - DISCOUNT**15 * values[31]
    assert review._shortfall(16) == pytest.approx(slow)
    assert review._shortfall(30) == 0, "what comes after the tape's end is not known"
    (worst,) = [moment for moment in review.worst() if moment.frame > 60]
    assert worst.hits == pytest.approx(review._shortfall(worst.frame // 4))


@pytest.mark.parametrize(
    ("way", "events", "shots", "mishap"),
    [
        (Action.LEFT, [(50, EventKind.DEATH)], [], Mishap.INTO_BOMB),
        (Action.RIGHTFIRE, [(50, EventKind.DEATH)], [40], Mishap.INTO_BOMB),
        (Action.FIRE, [(50, EventKind.DEATH)], [40], Mishap.UNDER_BOMB),
        (Action.LEFT, [(50, EventKind.LANDING)], [], Mishap.LANDED),
        (Action.FIRE, [], [50], Mishap.MISSED),
        (Action.LEFT, [], [2], Mishap.IDLE),
        (Action.FIRE, [(45, EventKind.HIT)], [40], Mishap.FEWER),
    ],
)
def test_a_mishap_is_named_from_what_happened(
    way: Action, events: list[tuple[int, EventKind]], shots: list[int], mishap: Mishap
) -> None:
    values = [3.0] * 9 + [0.5] * 31
    happened = [Event(frame, what) for frame, what in events]
    review = made_up([way] * 160, values, happened, shots)
    assert review._mishap(4) is mishap


@pytest.mark.parametrize(("short", "count"), [(0.04, 0), (0.06, 3)])
def test_a_second_that_fell_short_by_nothing_is_no_worst_moment(
    monkeypatch: pytest.MonkeyPatch, short: float, count: int
) -> None:
    """A good game's list had "Few hits -0.0 hits"."""
    review = made_up([Action.NOOP] * 600, [2.0] * 150, [], [])
    monkeypatch.setattr(Review, "_shortfall", lambda *_: short)
    assert len(review.worst()) == count


def test_worst_moments_are_three_and_apart() -> None:
    chance = np.random.default_rng(1)
    review = made_up([Action.NOOP] * 1200, list(chance.uniform(0, 4, 300)), [], [])
    worst = review.worst()
    assert len(worst) == 3
    frames = [moment.frame for moment in worst]
    assert frames == sorted(frames)
    assert all(b - a >= 120 for a, b in pairwise(frames))
    best = max(review._shortfall(i) for i in range(300))
    assert max(moment.hits for moment in worst) == best


def test_reaction_is_the_time_until_the_wanted_turn() -> None:
    actions = [Action.NOOP] * 160
    actions[50:60] = [Action.LEFT] * 10
    review = made_up(actions, [1.0] * 40, [], [])
    wishes = {10: Action.LEFT, 11: Action.LEFT, 20: Action.RIGHT}
    review.moments = [
        dataclasses.replace(moment, best=wishes.get(i, Action.NOOP))
        for i, moment in enumerate(review.moments)
    ]
    figures = review.figures()
    assert (figures.wanted, figures.reacted) == (2, 1)
    assert figures.reaction_ms == pytest.approx(10 * 1000 / 60)
