"""A game played again: its facts, and a jump to any frame that equals playing to it."""

from __future__ import annotations

import hashlib
import random
import statistics
import time
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from game.emulation.cabinet import Action, Cabinet, Frame, Rules
from game.play.match import Match
from game.play.player import Decision, Kind, RandomPlayer
from game.play.tape import Tape, load
from game.records.playback import EventKind, Playback, TapeIndex
from tests.helpers.long_game import FILE as FIVE_MINUTES

BUSY = 3  # times as long as promised, where much else runs


class Fidget:
    """Changes its mind at any frame, unlike agents: stickiness then matters everywhere."""

    kind = Kind.SCRIPT
    name = "fidget"

    def __init__(self) -> None:
        self._random = random.Random(1)
        self._action = Action.NOOP

    def decide(self, frame: Frame) -> Decision:
        if self._random.random() < 0.4:
            self._action = Action(self._random.randrange(len(Action)))
        return Decision(self._action)


def history(frame: Frame, cabinet: Cabinet) -> tuple[object, ...]:
    """What a frame is: the console's memory, picture and sound, and how the game stands."""
    shown = frame.rgb.tobytes() + frame.grey.tobytes() + frame.audio.tobytes()
    seen = hashlib.md5(shown).hexdigest()
    return (cabinet.ram(), seen, frame.number, frame.score, frame.lives, frame.over)


def played(rules: Rules, frames: int, seed: int = 7) -> tuple[Tape, list[tuple[object, ...]]]:
    """A game of `Fidget` and the trace of each of its frames."""
    match = Match([Fidget()], rules, seed, frames)
    (seat,) = match.seats
    histories = [history(seat.frame, seat.cabinet)]
    while not match.over:
        match.step()
        histories.append(history(seat.frame, seat.cabinet))
    return seat.tape, histories


def known(tape: Tape) -> TapeIndex:
    tape_index = TapeIndex(tape)
    while not tape_index.done:
        tape_index.advance()
    return tape_index


@pytest.mark.slow
def test_what_is_known_can_be_shown_and_heard_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The window shows a game while another thread goes through it: it sees no half second."""
    tape, _ = played(Rules(), 150)
    tape_index = TapeIndex(tape)
    playback, note = Playback(tape_index), tape_index._note

    def watched(frame: Frame) -> None:
        note(frame)
        playback.go(playback.last)
        if tape_index.frames:
            tape_index.sound(tape_index.frames)
        assert playback.frame.number == tape_index.frames
        assert not tape_index.done

    monkeypatch.setattr(tape_index, "_note", watched)
    while not tape_index.done:
        tape_index.advance()
    assert tape_index.frames == 150


def pressing(rules: Rules, frames: int, presses: range) -> TapeIndex:
    """A game in which fire is pressed for four frames at each of `presses`, and nothing else."""
    held = {frame + k for frame in presses for k in range(4)}
    tape = Tape(rules, 5, "script", Kind.SCRIPT)
    tape.actions[:] = [Action.FIRE if i in held else Action.NOOP for i in range(frames)]
    return known(tape)


@pytest.mark.slow
@pytest.mark.parametrize("sticky", [0.0, 0.6])
def test_a_jump_equals_playing_frame_for_frame(sticky: float) -> None:
    tape, histories = played(Rules(sticky=sticky), 330)
    playback = Playback(known(tape))
    chance = random.Random(3)
    anywhere = [chance.randrange(tape.frames + 1) for _ in range(6)]
    for number in [180, 0, tape.frames, 1, 59, 240, 60, 61, 120, 300, *anywhere]:
        playback.go(number)
        assert history(playback.frame, playback.cabinet) == histories[number]
        for later in range(number + 1, min(number + 8, tape.frames) + 1):
            playback.step()
            assert history(playback.frame, playback.cabinet) == histories[later]


@pytest.mark.slow
@pytest.mark.parametrize("sticky", [0.0, 0.25])
def test_what_goes_on_from_a_jump_sounds_alike(sticky: float) -> None:
    """Not to the sample, as the state has no sound chip, but no tone under way is missing."""
    match = Match([RandomPlayer(3)], Rules(sticky=sticky), 3, 1200)
    (seat,) = match.seats
    heard = [seat.frame.audio]
    while not match.over:
        match.step()
        heard.append(seat.frame.audio)
    tape_index = known(seat.tape)

    def loudness(samples: list[NDArray[np.uint8]]) -> list[int]:
        """The range of each third of a second."""
        return [int(np.ptp(np.concatenate(samples[i : i + 20]))) for i in range(0, 80, 20)]

    starts = range(181, 1102, 60)  # with the state of the frame before
    other = 0
    for start in starts:
        playback = Playback(tape_index)
        playback.go(start)
        goes_on = playback.cabinet
        samples = [goes_on.step(Action(a)).audio for a in seat.tape.actions[start : start + 80]]
        other += loudness(samples) != loudness(heard[start + 1 : start + 81])
    assert other <= 2, f"of {len(starts)}; a wave that begins elsewhere can end a window elsewhere"


@pytest.mark.slow
def test_any_moment_of_a_long_game_is_soon_there() -> None:
    tape = load(FIVE_MINUTES)
    begun = time.process_time()
    tape_index = known(tape)
    took = time.process_time() - begun
    assert (tape_index.frames, tape_index.true, tape.over) == (18_000, True, False)
    assert took < 2 * BUSY, "until every moment can be jumped to"
    playback, chance, jumps = Playback(tape_index), random.Random(2), []
    for _ in range(12):
        begun = time.process_time()
        playback.go(chance.randrange(tape.frames))
        jumps.append(time.process_time() - begun)
    assert statistics.median(jumps) < 0.05 * BUSY
    print(f"all known after {took:.2f} s, a jump takes {1000 * statistics.median(jumps):.0f} ms")


def test_nothing_is_shown_beyond_what_is_known() -> None:
    tape, histories = played(Rules(), 150)
    tape_index = TapeIndex(tape)
    playback = Playback(tape_index)
    playback.go(100)
    assert playback.frame.number == 0
    tape_index.advance()
    playback.go(100)
    assert history(playback.frame, playback.cabinet) == histories[60]
    playback.step()
    assert playback.frame.number == 60
    while not tape_index.done:
        tape_index.advance()
    playback.go(10_000)
    assert playback.frame.number == 150
    playback.go(-5)
    assert playback.frame.number == 0


@pytest.mark.slow
def test_facts_are_those_of_the_match() -> None:
    match = Match([RandomPlayer(3)], Rules(), 3, 1005)  # long enough for two deaths
    (seat,) = match.seats
    scores, lives = [0], [3]
    while not match.over:
        match.step()
        scores.append(seat.frame.score)
        lives.append(seat.frame.lives)
    tape_index = known(seat.tape)
    assert (tape_index.scores, tape_index.lives) == (scores, lives)
    points = [(e.frame, e.points) for e in tape_index.events if e.what is EventKind.HIT]
    assert points == [(i, b - a) for i, (a, b) in enumerate(pairwise(scores), 1) if b > a]
    deaths = [e.frame for e in tape_index.events if e.what is EventKind.DEATH]
    taken = [i for i, (a, b) in enumerate(pairwise(lives), 1) if b < a]
    assert [frame + 128 for frame in deaths] == taken
    assert len(taken) == 2


def test_a_tape_that_is_not_true_is_found_out() -> None:
    tape, _ = played(Rules(), 130)
    assert known(tape).true
    tape.actions[125] = Action.NOOP if tape.actions[125] else Action.FIRE
    tape_index = TapeIndex(tape)
    tape_index.advance()
    assert tape_index.true
    while not tape_index.done:
        tape_index.advance()
    assert not tape_index.true


def test_each_press_that_fires_is_one_shot() -> None:
    tape_index = pressing(Rules(sticky=0, noop_max=0), 700, range(220, 660, 110))
    assert tape_index.shots == [222, 332, 442, 552]


def test_a_held_button_fires_again_when_the_missile_is_gone() -> None:
    tape_index = pressing(Rules(sticky=0, noop_max=0), 700, range(220, 700, 4))
    hits = [e for e in tape_index.events if e.what is EventKind.HIT]
    assert len(tape_index.shots) > 4
    assert len(hits) <= len(tape_index.shots)
    # A missile that hits nothing flies for 80 frames; one at a time.
    assert all(b - a >= 3 for a, b in pairwise(tape_index.shots))


def test_a_landing_and_a_wave_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    tape = Tape(Rules(sticky=0), 1, "script", Kind.SCRIPT)
    tape.actions[:] = bytes(400)
    for address, value, what in ((24, 160, EventKind.LANDING), (17, 0, EventKind.WAVE)):
        tape_index = TapeIndex(tape)
        for _ in range(5):
            tape_index.advance()
        tape_index._cabinet._ale.setRAM(address, value)
        tape_index.advance()
        assert [event.what for event in tape_index.events] == [what]


def test_a_cut_off_game_has_no_death_at_its_end() -> None:
    tape_index = pressing(Rules(sticky=0, frame_cap=120), 300, range(0))
    assert tape_index.done
    assert tape_index.frames < 300
    assert tape_index.events == []


def test_a_blind_cabinet_plays_the_same_game() -> None:
    seeing, blind = Cabinet(Rules(), 4), Cabinet(Rules(), 4, blind=True)
    for number in range(300):
        action = Action(number // 7 % len(Action))
        seeing.step(action)
        blind.step(action)
        assert seeing.ram() == blind.ram()
    assert not blind.frame.rgb.any()
    assert seeing.frame.rgb.any()
