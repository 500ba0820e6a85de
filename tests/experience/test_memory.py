"""The memory against a slow twin that keeps each emulator's whole history as a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from agents.experience.memory import Memory
from agents.inference.observation import PICTURE
from agents.inference.preprocess import SIDE, STACK

CLIP, GAMMA = 1.0, 0.9
SAMPLES = 500  # of at most 40 start slots: all of them are drawn

# What a step of a game brought. The two ends are followed by a slot with the last picture.
GOES_ON, LIFE_LOST, GAME_OVER, CUT_OFF = "goes on", "life lost", "game over", "cut off"


@dataclass
class Slot:
    action: int
    reward: int
    death: bool
    final: bool


Lanes = list[list[Slot]]
Place = tuple[int, int]  # step and emulator


def histories(events: list[tuple[str, int, int]], emulators: int) -> Lanes:
    """Turn events into each emulator's slots, with rubbish where a slot is final."""
    lanes: Lanes = [[] for _ in range(emulators)]
    ended = [False] * emulators
    for number, (what, action, reward) in enumerate(events[: len(events) // emulators * emulators]):
        lane = number % emulators
        if ended[lane]:
            lanes[lane].append(Slot(action, reward=100, death=True, final=True))
            ended[lane] = False
            continue
        lanes[lane].append(Slot(action, reward, what in (LIFE_LOST, GAME_OVER), final=False))
        ended[lane] = what in (GAME_OVER, CUT_OFF)
    return lanes


def picture(step: int, lane: int) -> NDArray[np.uint8]:
    """Return a frame that encodes where it was stored; never all zeros."""
    frame = np.full((SIDE, SIDE), (step * 7 + lane) % 255 + 1, np.uint8)
    frame[0, :2] = step + 1, lane + 1
    return frame


def places(stacks: NDArray[np.uint8]) -> list[list[Place | None]]:
    """Return where each frame [B, 4] was stored by `picture`; None for a frame of zeros."""
    said = stacks[:, :, 0, :2].astype(int) - 1  # [B, 4, 2]
    said[said[:, :, 0] < 0] = -1
    rest = stacks.reshape(*stacks.shape[:2], -1)[:, :, 2:]
    level = np.where(said[:, :, 0] < 0, 0, (said[:, :, 0] * 7 + said[:, :, 1]) % 255 + 1)
    said[(rest != level[:, :, None]).any(axis=-1)] = 999  # no picture that was ever stored
    return [[None if s < 0 else (s, e) for s, e in stack] for stack in said.tolist()]


@dataclass
class Drawn:
    """A batch without its pictures, because hypothesis keeps everything that a failure holds."""

    before: list[list[Place | None]]
    after: list[list[Place | None]]
    actions: list[int]
    returns: list[float]
    discounts: list[float]
    teacher: list[Place | None]

    @property
    def starts(self) -> list[Place]:
        return [stack[-1] or (999, 999) for stack in self.before]

    @property
    def ends(self) -> list[Place]:
        return [stack[-1] or (999, 999) for stack in self.after]


def draw(memory: Memory, size: int, n_step: int) -> Drawn:
    batch = memory.sample(size, n_step)
    return Drawn(
        places(batch.s_tm1),
        places(batch.s_t),
        batch.a_tm1.tolist(),
        batch.r_t.tolist(),
        batch.discount_t.tolist(),
        [None if np.isnan(q).all() else (int(q[0]), int(q[5])) for q in batch.teacher_q],
    )


def teacher_q(step: int, emulators: int) -> NDArray[np.float32] | None:
    """Return the teacher's values of a row: its step and emulator; none for every third row."""
    if step % 3 == 2:
        return None
    said = np.zeros((emulators, 6), np.float32)
    said[:, 0], said[:, 5] = step, np.arange(emulators)
    return said


def fill(memory: Memory, lanes: Lanes, begin: int = 0) -> None:
    for step in range(begin, len(lanes[0])):
        slots = [lane[step] for lane in lanes]
        memory.add(
            np.stack([picture(step, lane) for lane in range(len(lanes))]),
            np.array([slot.action for slot in slots]),
            np.array([slot.reward for slot in slots]),
            np.array([slot.death for slot in slots]),
            np.array([slot.final for slot in slots]),
            teacher_q(step, len(lanes)),
        )


def slow_stack(lanes: Lanes, step: int, lane: int) -> list[Place | None]:
    """The last four pictures of the same game, None where there was no game yet."""
    stack: list[Place | None] = [(step, lane)]
    while len(stack) < STACK:
        step -= 1
        if step < 0 or lanes[lane][step].final:
            break
        stack.insert(0, (step, lane))
    return [None] * (STACK - len(stack)) + stack


def slow_return(
    slots: list[Slot], step: int, n_step: int, gamma: float
) -> tuple[float, float, int | None]:
    """Sum the rewards; return the sum, the bootstrap's discount and its step."""
    total, discount = 0.0, 1.0
    for slot in slots[step : step + n_step]:
        if slot.final:
            return total, discount, step
        total += discount * max(-CLIP, min(CLIP, slot.reward))
        if slot.death:
            return total, 0.0, None
        discount *= gamma
        step += 1
    return total, discount, step


def slow_starts(lanes: Lanes, rows: int, n_step: int) -> set[Place]:
    """Slots whose stack and whose n steps are still held, and from which something was done."""
    added = len(lanes[0])
    oldest = max(0, added - rows)
    low = oldest + STACK - 1 if oldest else 0
    return {
        (step, lane)
        for lane, slots in enumerate(lanes)
        for step in range(low, added - n_step)
        if not slots[step].final
    }


def make(rows: int, emulators: int, most_steps: int, gamma: float = GAMMA, seed: int = 0) -> Memory:
    return Memory(
        rows * emulators, emulators, most_steps=most_steps, gamma=gamma, reward_clip=CLIP, seed=seed
    )


def plain_lanes(steps: int, emulators: int = 2) -> Lanes:
    return [[Slot(0, 1, False, False) for _ in range(steps)] for _ in range(emulators)]


steps = st.tuples(
    st.sampled_from([GOES_ON] * 3 + [LIFE_LOST, GAME_OVER, CUT_OFF]),
    st.integers(0, 5),
    st.integers(-2, 200),
)


@pytest.mark.slow
@settings(max_examples=80)
@given(
    emulators=st.integers(1, 3),
    most_steps=st.integers(1, 4),
    fewer=st.integers(0, 3),
    spare_rows=st.integers(0, 6),
    events=st.lists(steps, min_size=1, max_size=90),
    looks=st.sets(st.integers(1, 90), max_size=3),
    seed=st.integers(0, 99),
)
def test_samples_are_what_a_slow_twin_computes(
    emulators: int,
    most_steps: int,
    fewer: int,
    spare_rows: int,
    events: list[Any],
    looks: set[int],
    seed: int,
) -> None:
    """Rows are added and samples drawn in turn; each sample is compared with all so far."""
    n_step = max(1, most_steps - fewer)
    rows = most_steps + STACK + 1 + spare_rows
    lanes = histories(events, emulators)
    memory = make(rows, emulators, most_steps, GAMMA, seed)
    steps = len(lanes[0])
    event("wrapped" if steps > rows else "not full")
    before = 0
    for end in sorted({*(look for look in looks if look < steps), steps}):
        so_far = [lane[:end] for lane in lanes]
        fill(memory, so_far, before)
        compare(memory, so_far, rows, most_steps, n_step)
        before = end


def compare(memory: Memory, lanes: Lanes, rows: int, most_steps: int, n_step: int) -> None:
    """Compare what the memory draws with what the slow twin says of the same history."""
    added, emulators = len(lanes[0]), len(lanes)
    assert len(memory) == min(added, rows) * emulators
    if added <= most_steps:
        with pytest.raises(ValueError, match="too few"):
            memory.sample(1, n_step)
        return

    drawn = draw(memory, SAMPLES, n_step)
    assert set(drawn.starts) == slow_starts(lanes, rows, most_steps)
    for i, (step, lane) in enumerate(drawn.starts):
        assert drawn.before[i] == slow_stack(lanes, step, lane)
        assert drawn.teacher[i] == (None if step % 3 == 2 else (step, lane))
        assert drawn.actions[i] == lanes[lane][step].action
        total, discount, end = slow_return(lanes[lane], step, n_step, GAMMA)
        assert drawn.returns[i] == pytest.approx(total, rel=1e-6)
        assert drawn.discounts[i] == pytest.approx(discount, rel=1e-6)
        if end is not None:
            assert drawn.after[i] == slow_stack(lanes, end, lane)


def test_batch_has_the_types_that_the_learner_takes() -> None:
    memory = make(20, 2, 3)
    fill(memory, plain_lanes(12))
    batch = memory.sample(5, 3)
    stack = ((5, STACK, SIDE, SIDE), np.uint8)
    assert [(x.shape, x.dtype) for x in (batch.s_tm1, batch.s_t)] == [stack, stack]
    assert (batch.a_tm1.shape, batch.a_tm1.dtype) == ((5,), np.int32)
    assert (batch.r_t.dtype, batch.discount_t.dtype) == (np.float32, np.float32)
    assert (batch.teacher_q.shape, batch.teacher_q.dtype) == ((5, 6), np.float32)


def test_rewards_are_clipped_on_both_sides() -> None:
    memory = make(20, 1, 1)
    rewards = [-200, -1, 0, 1, 30, 200] * 2
    fill(memory, [[Slot(0, reward, False, False) for reward in rewards]])
    drawn = draw(memory, 200, 1)
    assert drawn.returns == [max(-1, min(1, rewards[step])) for step, _ in drawn.starts]


@pytest.mark.parametrize(("death", "discount"), [(False, 0.9), (True, 0.0)])
def test_cut_off_game_goes_on_in_value_and_a_death_does_not(death: bool, discount: float) -> None:
    slots = [Slot(0, 1, False, False) for _ in range(12)]
    slots[5] = Slot(0, 1, death, False)
    slots[6] = Slot(0, 9, True, True)
    memory = make(20, 1, 3)
    fill(memory, [slots])
    drawn = draw(memory, 300, 3)
    last = drawn.starts.index((5, 0))
    assert drawn.returns[last] == 1
    assert drawn.discounts[last] == pytest.approx(discount)
    assert (drawn.ends[last] == (6, 0)) == (not death)


@pytest.mark.parametrize("steps_added", range(4))
def test_too_few_steps_to_sample_from(steps_added: int) -> None:
    memory = make(20, 1, 3)
    fill(memory, plain_lanes(steps_added, 1))
    with pytest.raises(ValueError, match="too few"):
        memory.sample(1, 3)
    fill(memory, plain_lanes(4 - steps_added, 1))
    memory.sample(1, 3)


def test_memory_smaller_than_a_stack_and_a_return_is_refused() -> None:
    make(8, 4, most_steps=3)
    with pytest.raises(ValueError, match="too few"):
        make(7, 4, most_steps=3)


@pytest.mark.parametrize("n_step", [0, 4])
def test_returns_longer_than_most_steps_are_refused(n_step: int) -> None:
    memory = make(20, 1, 3)
    fill(memory, plain_lanes(12, 1))
    with pytest.raises(ValueError, match="from 1 to 3"):
        memory.sample(1, n_step)


def test_same_seed_samples_the_same() -> None:
    def drawn(seed: int) -> list[list[int]]:
        memory = make(30, 2, 3, seed=seed)
        fill(memory, plain_lanes(30))
        return [memory.sample(16, 3).s_tm1[:, -1, 0, 0].tolist() for _ in range(3)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_a_million_frames_fit_in_eight_gigabytes() -> None:
    frames, emulators = 1_600, 32
    memory = make(frames // emulators, emulators, 3)
    values = [*vars(memory).values(), *vars(memory._steps).values()]
    held = sum(value.nbytes for value in values if isinstance(value, np.ndarray))
    assert held / frames * 1_000_000 < 8e9


@pytest.mark.slow
@pytest.mark.parametrize("weight", [1.0, 4.0])
def test_late_steps_are_sampled_as_often_as_their_weight_says(weight: float) -> None:
    memory = Memory(
        4000,
        2,
        most_steps=1,
        gamma=0.9,
        reward_clip=1.0,
        seed=0,
        late_weight=weight,
        state_targets=1,
    )
    shown = np.zeros((2, *PICTURE.shape), np.uint8)
    none = np.zeros(2, bool)
    for step in range(1000):
        late = np.array([step % 5 == 0, False])  # one in ten
        memory.add(
            shown, np.zeros(2, int), none, none, none, late=late, state_targets=late[:, None]
        )
    share = memory.sample(20_000, 1).state_targets.mean()
    assert share == pytest.approx(weight / (weight + 9), abs=0.02)


def test_without_the_mark_every_step_is_late() -> None:
    memory = Memory(400, 2, most_steps=1, gamma=0.9, reward_clip=1.0, seed=0, late_weight=1e9)
    shown, none = np.zeros((2, *PICTURE.shape), np.uint8), np.zeros(2, bool)
    for _ in range(50):
        memory.add(shown, np.zeros(2, int), none, none, none)
    assert len(memory.sample(64, 1).a_tm1) == 64


def test_nothing_is_learnt_from_idle_steps() -> None:
    memory = Memory(60, 2, most_steps=1, gamma=GAMMA, reward_clip=CLIP, seed=0)
    for step in range(20):
        memory.add(
            np.stack([picture(step, lane) for lane in range(2)]),
            np.full(2, step % 6),
            np.zeros(2),
            np.zeros(2, bool),
            np.zeros(2, bool),
            idle=np.array([step % 2 == 0, step < 15]),
        )
    starts = set(draw(memory, SAMPLES, 1).starts)
    assert starts == {(step, 0) for step in range(1, 19, 2)} | {(step, 1) for step in range(15, 19)}
