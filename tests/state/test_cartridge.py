"""The laws of the cartridge that docs/cartridge.md tells, each seen in the emulator.

Most are seen without bombs, which are taken out of the air before every frame, and some with a
formation of which only a few invaders are left: both are written into the console's memory.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.state import ram_map, scripted_expert
from game.emulation.cabinet import Action, Cabinet, Rules

CALM = Rules(sticky=0, noop_max=0)
PLAY_BEGINS = 129  # the first frame in which the cannon obeys
STATE, STICK, SHIELDS_SHOWN = 42, 110, 1 << 6  # of the heading's byte
SCORE = 102, 104  # its first two digits of four, and the others


class Console(Cabinet):
    """A game without chance, whose memory can be written."""

    def __init__(self, blind: bool = True, difficulty: int = 0) -> None:
        rules = Rules(sticky=0, noop_max=0, difficulty=difficulty)
        super().__init__(rules, 1, blind=blind, sound=False)

    def __getitem__(self, address: int) -> int:
        return int(self._ale.getRAM()[address])

    def write(self, address: int, value: int) -> None:
        """Put `value` where the game keeps something."""
        self._ale.setRAM(address, value)

    def bare(self, action: Action, frames: int = 1) -> None:
        """Play `frames` frames in which there are no bombs."""
        for _ in range(frames):
            for bomb in range(ram_map.BOMBS_Y.start, ram_map.BOMBS_Y.stop):
                self.write(bomb, ram_map.GONE)
            self.step(action)

    def leave(self, *rows: int) -> None:
        """Leave of each of six rows from below the invaders whose bits are set."""
        for row, bits in enumerate(rows):
            self.write(ram_map.ROWS.start + row, bits)
        self.write(ram_map.COUNT, sum(bits.bit_count() for bits in rows))

    def until(self, holds: Callable[[], object], most: int = 6000) -> int:
        """Play without bombs until it `holds`; return the frame's number."""
        for _ in range(most):
            self.bare(Action.NOOP)
            if holds():
                return self.frame.number
        raise AssertionError("it never came to that")

    def shoot(self, wanted: Callable[[], object]) -> None:
        """Let the scripted expert play on without bombs until what was `wanted` has come."""
        shown = np.zeros((1, 2, 129), np.uint8)
        for _ in range(500):
            shown[0, 0] = shown[0, 1]
            shown[0, 1, :128] = np.frombuffer(self.ram(), np.uint8)
            action = Action(int(scripted_expert.choose(shown)[0]))
            for _ in range(4):
                self.bare(action)
                if wanted():
                    return
        raise AssertionError("the expert did not bring it about")

    @property
    def lowest(self) -> int:
        """How far down the lowest invader is, y."""
        rows = [self[address] for address in range(ram_map.ROWS.start, ram_map.ROWS.stop)]
        row = next(number for number, bits in enumerate(rows) if bits)
        return ram_map.INVADER_BOTTOM - ram_map.ROW * row + self[ram_map.FORMATION_Y]


def playing(blind: bool = True, difficulty: int = 0) -> Console:
    """A game whose cannon obeys from the next frame on."""
    console = Console(blind, difficulty)
    console.bare(Action.NOOP, PLAY_BEGINS - 1)
    return console


# Time


@pytest.mark.slow
def test_no_button_counts_before_frame_129() -> None:
    def after(held: int) -> bytes:
        console = Console()
        for number in range(200):
            console.step(Action.RIGHTFIRE if number < held else Action.NOOP)
        return console.ram()

    assert after(PLAY_BEGINS - 1) == after(0)
    assert after(PLAY_BEGINS) != after(0)


@pytest.mark.slow
def test_thirty_one_no_op_starts_are_four_games() -> None:
    """For whoever decides from what is there, on every fourth frame."""
    starts = (0, 1, 2, 3, 5, 12, 22, 27, 30)
    consoles = [Console() for _ in starts]
    for noops, console in zip(starts, consoles, strict=True):
        console.bare(Action.NOOP, noops + (124 - noops) // 4 * 4)  # what is held does not count yet
    shown = np.zeros((len(starts), 2, 129), np.uint8)
    while any(console.frame.number < 200 for console in consoles):
        for row, console in zip(shown, consoles, strict=True):
            row[0] = row[1]
            row[1, :128] = np.frombuffer(console.ram(), np.uint8)
        for console, action in zip(consoles, scripted_expert.choose(shown), strict=True):
            if console.frame.number < 200:
                console.hold(Action(int(action)), 4)
    games = {noops % 4: console.ram() for noops, console in zip(starts, consoles, strict=True)}
    assert len(set(games.values())) == 4
    assert all(games[n % 4] == c.ram() for n, c in zip(starts, consoles, strict=True))


def test_the_state_says_what_the_game_waits_for() -> None:
    console = Console()
    assert console[STATE] == 0 or console[STATE] == 1
    assert console.until(lambda: console[STATE] == 0) == PLAY_BEGINS
    console.leave(0, 0, 0, 0, 0, 0b000100)
    console.shoot(lambda: console[ram_map.COUNT] == 0)
    hit = console.frame.number
    assert console[STATE] == 8
    assert console.until(lambda: console[STATE] == 1) == hit + 97
    assert console[ram_map.COUNT] == ram_map.INVADERS
    assert console.until(lambda: console[STATE] == 0) == hit + 97 + 64


# The cannon


def test_the_cannon_goes_half_a_pixel_a_frame_between_its_ends() -> None:
    console = playing()
    places = []
    for action in [Action.RIGHT] * 200 + [Action.LEFT] * 200:
        console.bare(action)
        places.append(console[ram_map.CANNON_X])
    assert (min(places), max(places)) == ram_map.CANNON_RANGE
    assert places[110] - places[10] == 100 * ram_map.CANNON_SPEED


def test_the_stick_is_read_in_odd_frames_and_kept_in_byte_110() -> None:
    console, chance = playing(), random.Random(1)
    bits = {-1: 0x40, 0: 0, 1: 0x80}  # of the two that are low while it is pushed
    for _ in range(200):
        action = Action(chance.randrange(len(Action)))
        console.bare(action)
        if console.frame.number % 2:
            assert console[STICK] == 0xFF ^ bits[action.direction]


def test_a_hit_takes_the_life_after_128_frames_and_the_cannon_obeys_after_192() -> None:
    console = playing()
    while not console.signs.bursting:
        console.step(Action.NOOP)
    hit, formation = console.frame.number, console[ram_map.FORMATION_X]
    lives, places, walks = [], [], []
    for _ in range(260):
        console.step(Action.RIGHT)
        lives.append(console.frame.lives)
        places.append(console[ram_map.CANNON_X])
        walks.append(console[ram_map.FORMATION_X] - formation)
    assert lives.index(2) + 1 == 128
    assert console[STATE] == 0 and hit + 260 == console.frame.number
    obeyed = next(i for i, (a, b) in enumerate(pairwise(places[130:]), 131) if a != b) + 1
    assert 192 <= obeyed <= 195
    stood = next(i for i, walked in enumerate(walks, 1) if walked)
    assert 192 <= stood <= 192 + 32, "the formation stands still too"


# The missile and the bombs


def test_one_missile_flies_at_a_time_a_pixel_a_frame() -> None:
    console = playing()
    console.leave(0, 0, 0, 0, 0, 0b100000)
    heights, left = [], []
    for _ in range(400):
        console.bare(Action.FIRE)
        heights.append(console[ram_map.MISSILE_Y])
        if console.signs.fired and heights[-2] != ram_map.MISSILE_START:
            left.append(console.frame.number)
    flight = [y for y in heights if y <= ram_map.MISSILE_START][:82]
    assert max(flight) == ram_map.MISSILE_START
    assert flight[60] == ram_map.MISSILE_START - 60 * ram_map.MISSILE_SPEED
    assert all(b - a > 80 for a, b in pairwise(left)), "that is how long a miss takes"
    assert len(left) >= 3, "a button that is held down fires again"


@pytest.mark.slow
def test_the_missile_is_drawn_in_even_frames_and_bombs_in_odd_ones() -> None:
    still, fires, bombed = (playing(blind=False) for _ in range(3))
    still.bare(Action.NOOP, 60)
    fires.bare(Action.NOOP, 60)
    shown: dict[int, set[bool]] = {0: set(), 1: set()}
    for number in range(40):
        still.bare(Action.NOOP)
        fires.bare(Action.FIRE if number < 4 else Action.NOOP)
        if fires[ram_map.MISSILE_Y] < ram_map.MISSILE_START:
            seen = (fires.frame.grey != still.frame.grey).any()
            shown[fires.frame.number % 2].add(bool(seen))
    assert shown == {0: {True}, 1: {False}}
    without = playing(blind=False)
    for number in range(30):
        without.bare(Action.NOOP)
        bombed.step(Action.NOOP)
        falls = any(bombed[y] < 85 for y in range(ram_map.BOMBS_Y.start, ram_map.BOMBS_Y.stop))
        if number > 4 and falls:
            seen = (bombed.frame.grey != without.frame.grey).any()
            assert seen == (bombed.frame.number % 2 == 1)


def test_two_bombs_fall_half_a_pixel_a_frame() -> None:
    console = playing()
    falls: list[tuple[int, ...]] = []
    for _ in range(400):
        console.step(Action.NOOP)
        falls.append(tuple(console.ram()[ram_map.BOMBS_Y]))
    together = [fall for fall in falls if max(fall) < ram_map.BOMB_LEAVES]
    assert together, "both are in the air"
    for bomb in range(2):
        ways = [b[bomb] - a[bomb] for a, b in zip(falls, falls[20:], strict=False)]
        flying = [way for way in ways if 0 < way < 20]
        assert np.median(flying) == 20 * ram_map.BOMB_SPEED


def test_bombs_go_down_in_even_frames_all_game_long() -> None:
    console = playing()
    before: tuple[int, ...] = ()
    while not console.frame.over:
        console.step(Action.NOOP)
        now = tuple(console.ram()[ram_map.BOMBS_Y])
        ways = [to - at for at, to in zip(before, now, strict=False)]
        if console.frame.number % 2 == 1:
            assert not any(0 < way < 4 for way in ways), "which are the frames that show them"
        else:
            assert all(way == 1 for way in ways if 0 < way < 4)
        before = now
    assert console.frame.number > 1000


# The formation


# Invaders left, pixels of a step, and pixels in 64 frames.
WALKS = (
    *((left, 1, 2) for left in (36, 22)),
    *((left, 2, 6) for left in (21, 8)),
    *((left, 3, 12) for left in (7, 5)),
    *((4, 3, 15), (3, 3, 27), (2, 4, 36), (1, 5, 80)),
)


@pytest.mark.parametrize(("left", "step", "pixels"), WALKS)
def test_the_fewer_invaders_are_left_the_faster_they_walk(
    left: int, step: int, pixels: int
) -> None:
    console = playing()
    rows = [0] * ram_map.ROW_COUNT
    for number in range(left):  # few columns, so that there is room to walk
        rows[5 - number % 6] |= 1 << number // 6
    console.leave(*rows)
    console.bare(Action.NOOP, 20)
    places = [console[ram_map.FORMATION_X]]
    for _ in range(64):
        console.bare(Action.NOOP)
        places.append(console[ram_map.FORMATION_X])
    assert {b - a for a, b in pairwise(places)} == {0, step}
    assert places[-1] - places[0] == pixels
    assert ram_map.SPEEDS[left] == pixels / 64, "what the expert reckons"


def test_it_turns_at_either_end_and_comes_down_by_five() -> None:
    console = playing()
    console.leave(0, 0, 0, 0, 0, 0b000001)
    turns = []
    for _ in range(300):
        before = console[ram_map.FORMATION_Y], console[ram_map.HEADING] & ram_map.RIGHTWARD
        console.bare(Action.NOOP)
        after = console[ram_map.FORMATION_Y], console[ram_map.HEADING] & ram_map.RIGHTWARD
        if after != before:
            assert after[0] - before[0] == ram_map.DESCENT and after[1] != before[1]
            turns.append(console[ram_map.FORMATION_X])
    left, right = ram_map.FORMATION_RANGE
    assert turns == [right, left, right]


def test_the_place_of_the_formation_is_that_of_its_left_column_alive() -> None:
    """When that is gone the rows are shifted by a bit and the place goes a column on."""
    console = playing()
    console.bare(Action.NOOP, 20)
    start = console[ram_map.FORMATION_X]
    console.leave(*[0b111100] * 6)
    console.bare(Action.NOOP, 2)
    assert console[ram_map.ROWS.start] == 0b001111
    assert 0 <= console[ram_map.FORMATION_X] - start - 2 * ram_map.COLUMN <= 5


@pytest.mark.parametrize("row", range(6))
def test_an_invader_brings_five_points_for_each_row_from_below(row: int) -> None:
    console = playing()
    console.leave(*(0b000100 if number == row else 0 for number in range(6)))
    console.shoot(lambda: console.frame.reward)
    assert console.frame.reward == 5 * (row + 1)


def test_reaching_the_ground_takes_all_lives_in_the_frame_of_the_last_descent() -> None:
    console = playing()
    console.leave(0b000001, 0, 0, 0, 0, 0)
    before = console.lowest
    while console.frame.lives == 3:
        before = console.lowest
        console.bare(Action.NOOP)
    assert console.frame.lives == 0 and console.frame.over
    assert before <= 85, "as low as it walks"
    assert before + ram_map.DESCENT >= 86
    assert console.lowest == 93, "where it is then put"


@lru_cache(maxsize=1)
def waves() -> list[tuple[int, bool, int, int]]:
    """How each of seven waves begins: y of the formation, shields, frame of play, score."""
    console = playing()
    found = []
    for _ in range(7):
        found.append(
            (
                console[ram_map.FORMATION_Y],
                bool(console[ram_map.HEADING] & SHIELDS_SHOWN),
                console.frame.number,
                console.frame.score,
            )
        )
        console.leave(0, 0, 0, 0, 0, 0b000100)
        console.shoot(lambda: console[ram_map.COUNT] == 0)
        console.until(lambda: console[STATE] == 0)
    return found


@pytest.mark.slow
def test_waves_begin_lower_until_the_fifth() -> None:
    assert [y for y, *_ in waves()] == [0, 5, 10, 15, 20, 20, 20]


def test_from_the_fourth_wave_on_there_are_no_shields() -> None:
    assert [shields for _, shields, *_ in waves()] == [True] * 3 + [False] * 4


# The shields


@pytest.mark.slow
@pytest.mark.parametrize("rows_gone", [0, 3, 5])
def test_shields_go_when_the_lowest_invader_is_at_74(rows_gone: int) -> None:
    console = playing()
    console.leave(*[0] * rows_gone, *[0b001111] * (6 - rows_gone))
    kept = console.ram()[ram_map.SHIELDS[0] : ram_map.SHIELDS[-1] + ram_map.SHIELD_ROWS]
    while console[ram_map.HEADING] & SHIELDS_SHOWN:
        before = console.lowest
        console.bare(Action.NOOP)
    assert before < 74 <= console.lowest
    still = console.ram()[ram_map.SHIELDS[0] : ram_map.SHIELDS[-1] + ram_map.SHIELD_ROWS]
    assert still == kept and any(kept), "their bytes stay as they were"


def test_bit_6_of_the_heading_tells_whether_shields_are_in_the_picture() -> None:
    console = playing(blind=False)
    console.bare(Action.NOOP, 10)

    def shield_pixels() -> int:
        rows: NDArray[np.uint8] = console.frame.grey[157:175, 40:120]
        return int((rows > 0).sum())

    with_shields = shield_pixels()
    console.write(ram_map.HEADING, console[ram_map.HEADING] & ~SHIELDS_SHOWN)
    console.bare(Action.NOOP, 2)
    assert with_shields > 200 and shield_pixels() == 0


@pytest.mark.slow
@pytest.mark.parametrize(("shield", "bit"), [(0, 2), (1, 5), (2, 3)])
def test_a_bit_of_a_shields_row_is_one_pixel(shield: int, bit: int) -> None:
    whole, hurt = playing(blind=False), playing(blind=False)
    address = ram_map.SHIELDS[shield] + 4
    hurt.write(address, hurt[address] ^ 1 << bit)
    for console in (whole, hurt):
        console.bare(Action.NOOP, 2)
    lines, columns = np.nonzero(whole.frame.grey != hurt.frame.grey)
    assert set(columns) == {ram_map.SHIELD_X[shield] - bit - 2}, "two left of where it counts"
    assert len(lines) == 2, "a pixel of y is two lines"


def test_a_missile_passes_where_shields_have_gone() -> None:
    for gone in (False, True):
        console = playing()
        while console[ram_map.CANNON_X] + ram_map.MUZZLE < ram_map.SHIELD_X[0] - 3:
            console.bare(Action.RIGHT)
        kept = console.ram()[ram_map.SHIELDS[0] :][: ram_map.SHIELD_ROWS]
        if gone:
            console.write(ram_map.HEADING, console[ram_map.HEADING] & ~SHIELDS_SHOWN)
        console.bare(Action.FIRE, 4)
        console.until(lambda console=console: console[ram_map.MISSILE_Y] > ram_map.MISSILE_START)
        left = console.ram()[ram_map.SHIELDS[0] :][: ram_map.SHIELD_ROWS]
        assert (left == kept) == gone


# The ship


@pytest.mark.slow
def test_the_ship_comes_832_frames_after_play_begins_and_then_every_1536() -> None:
    console = playing()
    came = []
    before = ram_map.NO_SHIP
    for _ in range(2600):
        console.bare(Action.NOOP)
        now = console[ram_map.SHIP_X]
        if before == ram_map.NO_SHIP != now:
            came.append(console.frame.number)
        before = now
    first = PLAY_BEGINS + 832
    assert came == [first, first + 1536]


@pytest.mark.slow
def test_after_a_death_the_ship_waits_as_long_again() -> None:
    console = playing()
    while console.frame.lives == 3:
        console.step(Action.NOOP)
    begins = console.until(lambda: console[STATE] == 0)
    assert console.until(lambda: console[ram_map.SHIP_X] != ram_map.NO_SHIP) == begins + 832


@pytest.mark.slow
def test_the_ship_goes_a_quarter_of_a_pixel_a_frame_and_brings_200_points() -> None:
    console = playing()
    console.until(lambda: console[ram_map.SHIP_X] != ram_map.NO_SHIP)
    start = console[ram_map.SHIP_X]
    console.bare(Action.NOOP, 100)
    assert abs(console[ram_map.SHIP_X] - start) == 100 * ram_map.SHIP_SPEED
    rewards: set[int] = set()

    def hit() -> bool:
        rewards.add(console.frame.reward)
        return console[ram_map.SHIP_X] == ram_map.NO_SHIP or max(rewards) >= 100

    console.shoot(hit)
    assert max(rewards) == 200


# The score


def test_the_cartridges_counter_wraps_at_10000_and_the_cabinets_does_not() -> None:
    console = playing()
    console.write(SCORE[0], 0x99)
    console.write(SCORE[1], 0x95)
    console.bare(Action.NOOP)
    before = console.frame.score
    console.leave(0, 0b000100, 0, 0, 0, 0)
    console.shoot(lambda: console.frame.reward)
    assert (console.frame.reward, console.frame.score - before) == (10, 10)
    assert (console[SCORE[0]], console[SCORE[1]]) == (0x00, 0x05)
