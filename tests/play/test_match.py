from __future__ import annotations

import threading

import pytest

from game.emulation.cabinet import Action, Frame, Rules
from game.play.match import EVEN, HANDICAPS, Handicap, Match
from game.play.player import (
    ConstantPlayer,
    Decision,
    DelayedPlayer,
    HumanPlayer,
    Kind,
    RandomPlayer,
)


class Script:
    """Holds FIRE until a frame, then nothing."""

    kind = Kind.SCRIPT

    def __init__(self, name: str, until: int) -> None:
        self.name = name
        self.until = until
        self.seen: list[int] = []

    def decide(self, frame: Frame) -> Decision:
        self.seen.append(frame.number)
        return Decision(Action.FIRE if frame.number < self.until else Action.NOOP)


def run(match: Match, frames: int | None = None) -> Match:
    while not match.over and match.number != frames:
        match.step()
    return match


@pytest.mark.parametrize("seed", [1, 2])
def test_same_script_and_seed_give_both_seats_the_same_game(seed: int) -> None:
    match = run(Match([RandomPlayer(9), RandomPlayer(9)], Rules(), seed), 600)
    left, right = match.seats
    assert left.cabinet.ram() == right.cabinet.ram()
    assert left.frame.score == right.frame.score
    assert (left.tape.actions, left.tape.digests) == (right.tape.actions, right.tape.digests)


def test_player_sees_every_frame_once_in_order() -> None:
    script = Script("script", 10)
    run(Match([script], Rules(), 0), 50)
    assert script.seen == list(range(50))


@pytest.mark.slow
def test_race_goes_on_for_the_survivor() -> None:
    match = Match([ConstantPlayer(Action.NOOP), ConstantPlayer(Action.FIRE)], Rules(), 0)
    while not any(seat.frame.over for seat in match.seats):
        match.step()
    assert not match.over
    (dead,) = (seat for seat in match.seats if seat.frame.over)
    (alive,) = (seat for seat in match.seats if not seat.frame.over)
    length, ram = match.number, dead.cabinet.ram()
    run(match)
    assert alive.frame.over
    assert alive.frame.number == match.number == alive.tape.frames > length
    assert (dead.frame.number, dead.tape.frames, dead.cabinet.ram()) == (length, length, ram)
    match.step()
    assert alive.frame.number == match.number


@pytest.mark.parametrize("limit", [60, 130])
def test_time_limit_ends_the_match_and_seals_the_tapes(limit: int) -> None:
    match = Match([RandomPlayer(0), RandomPlayer(1)], Rules(), 0, limit_frames=limit)
    assert match.frames_left == limit
    run(match, 10)
    assert match.frames_left == limit - 10
    run(match)
    assert (match.number, match.frames_left) == (limit, 0)
    for seat in match.seats:
        assert not seat.frame.over
        assert seat.tape.frames == limit
        assert len(seat.tape.digests) == 8 * -(-limit // 60)
    match.step()
    assert match.number == limit


def test_match_without_a_limit_has_no_frames_left_to_count() -> None:
    assert Match([RandomPlayer(0)], Rules(), 0).frames_left is None


@pytest.mark.slow
def test_winner_leads_and_equal_scores_keep_their_order() -> None:
    players = [Script("idle", 0), Script("first", 900), Script("second", 900)]
    match = Match(players, Rules(), 0)
    assert match.winner() is None
    run(match, 900)
    assert match.seats[1].frame.score == match.seats[2].frame.score > 0
    assert [seat.player.name for seat in match.standings()] == ["first", "second", "idle"]
    assert match.winner() is None
    pair = run(Match(players[:2], Rules(), 0), 900)
    assert pair.winner() is pair.seats[1]


def test_match_of_one_has_no_winner() -> None:
    match = run(Match([ConstantPlayer(Action.FIRE)], Rules(), 0), 600)
    assert match.seats[0].frame.score > 0
    assert match.winner() is None


@pytest.mark.parametrize("frames", [0, 45, 60])
def test_finishing_twice_is_harmless(frames: int) -> None:
    match = run(Match([RandomPlayer(0)], Rules(), 0), frames)
    match.finish()
    once = match.seats[0].tape.to_bytes()
    match.finish()
    assert match.seats[0].tape.to_bytes() == once


def test_human_presses_what_is_held() -> None:
    human = HumanPlayer()
    match = Match([human], Rules(), 0)
    for action in (Action.LEFT, Action.LEFTFIRE, Action.NOOP):
        human.held = action
        match.step()
    tape = match.seats[0].tape
    assert bytes(tape.actions) == bytes([Action.LEFT, Action.LEFTFIRE, Action.NOOP])
    assert (tape.player, tape.kind) == ("You", Kind.HUMAN)


def test_random_player_holds_four_frames_and_uses_every_action() -> None:
    actions = run(Match([RandomPlayer(0)], Rules(), 0), 400).seats[0].tape.actions
    held = [set(actions[i : i + 4]) for i in range(0, len(actions), 4)]
    assert all(len(four) == 1 for four in held)
    assert set(actions) == set(Action)


class Listener(Script):
    """A network that says which frame each of its decisions was about."""

    kind = Kind.AGENT

    def decide(self, frame: Frame) -> Decision:
        self.seen.append(frame.number)
        return Decision(Action(frame.number % 6))


@pytest.mark.parametrize(("delay_ms", "frames"), [(0, 0), (100, 6), (200, 12), (300, 18)])
def test_a_delayed_player_presses_late_what_it_decided_in_time(delay_ms: int, frames: int) -> None:
    handicap = Handicap(delay_ms=delay_ms)
    assert handicap.delay_frames == frames
    listener = Listener("net", 0)
    match = run(Match([DelayedPlayer(listener, frames)], Rules(), 0), 60)
    assert listener.seen == list(range(60))
    pressed = list(match.seats[0].tape.actions)
    assert pressed == [Action.NOOP] * frames + [n % 6 for n in range(60 - frames)]
    assert (match.seats[0].player.name, match.seats[0].player.kind) == ("net", Kind.AGENT)


def test_a_head_start_lets_the_network_wait_and_lose_nothing_of_the_game() -> None:
    given = Handicap(head_start_s=2)
    match = Match([HumanPlayer(), Listener("net", 0)], Rules(), 0, 300, given)
    run(match, 120)
    ours, theirs = match.seats
    assert (ours.frame.number, theirs.frame.number) == (120, 0)
    assert theirs.waits(119) and not theirs.waits(120)
    run(match)
    assert match.number == 300
    assert (ours.frame.number, theirs.frame.number) == (300, 180)
    alone = run(Match([Listener("net", 0)], Rules(), 0), 180)
    assert theirs.tape.digests == alone.seats[0].tape.digests


def test_extra_time_is_the_persons_alone() -> None:
    match = Match([HumanPlayer(), Listener("net", 0)], Rules(), 0, 120, Handicap(extra_s=1))
    assert match.frames_left == 180
    run(match, 120)
    ours, theirs = match.seats
    assert theirs.done(120)
    assert not ours.done(120)
    assert not match.over
    run(match)
    assert (ours.frame.number, theirs.frame.number) == (180, 120)
    assert (match.number, match.frames_left) == (180, 0)


def test_every_handicap_offered_is_another_board() -> None:
    names = [given.name for given in HANDICAPS]
    assert names[0] == EVEN.name == ""
    assert len(set(names)) == len(names) == 8


class Witness(RandomPlayer):
    """A network, as far as a seat can tell, that remembers in which thread it decided."""

    kind = Kind.AGENT

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.threads: list[str] = []
        self.seen: list[int] = []

    def decide(self, frame: Frame) -> Decision:
        self.threads.append(threading.current_thread().name)
        self.seen.append(frame.number)
        return super().decide(frame)


def test_a_network_that_thinks_ahead_plays_the_same_game() -> None:
    plain = run(Match([HumanPlayer(), Witness(9)], Rules(), 1), 300)
    ahead = Match([HumanPlayer(), Witness(9)], Rules(), 1)
    while ahead.number < 300:
        ahead.step()
        ahead.think_ahead()
        ahead.think_ahead()  # once more changes nothing
    for one, other in zip(plain.seats, ahead.seats, strict=True):
        assert (one.tape.actions, one.tape.digests) == (other.tape.actions, other.tape.digests)
    network = ahead.seats[1].player
    assert isinstance(network, Witness)
    assert network.seen[:300] == list(range(300))
    decided = [name for number, name in zip(network.seen, network.threads, strict=True) if number]
    assert {name.startswith("thinking") for name in decided[3::4]} == {True}, "of frames 4, 8, ..."
    assert {name.startswith("thinking") for name in decided[0::4]} == {False}


def test_a_person_is_asked_when_the_frame_is_due_and_not_ahead() -> None:
    person = HumanPlayer()
    match = Match([person], Rules(sticky=0.0), 1)
    for _ in range(8):
        match.step()
        match.think_ahead()
        person.held = Action.RIGHT if match.number == 4 else Action.NOOP
    assert list(match.seats[0].tape.actions) == [0, 0, 0, 0, Action.RIGHT, 0, 0, 0]


def test_nobody_thinks_ahead_beyond_the_end() -> None:
    match = Match([Witness(3)], Rules(), 1, limit_frames=8)
    while not match.over:
        match.step()
        match.think_ahead()
    network = match.seats[0].player
    assert isinstance(network, Witness)
    assert network.seen == list(range(8))


def test_what_goes_wrong_while_it_thinks_is_raised_by_the_step() -> None:
    class Broken(Witness):
        def decide(self, frame: Frame) -> Decision:
            if frame.number == 4:
                raise ValueError("no idea")
            return super().decide(frame)

    match = Match([Broken(3)], Rules(), 1)
    for _ in range(4):
        match.step()
        match.think_ahead()
    with pytest.raises(ValueError, match="no idea"):
        match.step()
