from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.config import FRAME_SKIP
from agents.inference.player import AgentPlayer
from agents.inference.preprocess import SIDE, STACK, FrameStack, shrink
from game.emulation.cabinet import Action, Cabinet, Frame, Rules

LEVELS, PIXELS = 2, 25  # largest difference, and in how many of a picture's 7,056 pixels


class Comparison:
    """Stands in for a model: holds each stack against ALE's, then chooses at random.

    ALE's vector environment is what the network is trained on; it does what is chosen.
    """

    card: dict[str, Any] = {"name": "comparison"}  # noqa: RUF012
    discount = 0.99

    def __init__(self, rules: Rules, seed: int) -> None:
        pytest.importorskip("gymnasium")
        from ale_py.vector_env import AtariVectorEnv

        self.random = np.random.default_rng(seed)
        self.env = AtariVectorEnv(
            "space_invaders",
            1,
            repeat_action_probability=rules.sticky,
            noop_max=rules.noop_max,
            use_fire_reset=False,
            reward_clipping=False,
        )
        self.stacks, info = self.env.reset(seed=seed)
        self.no_ops = int(info["frame_number"][0])
        self.steps = self.score = 0
        self.over = False

    def __call__(self, stack: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        assert not self.over
        difference = np.abs(stack[0].transpose(2, 0, 1).astype(int) - self.stacks[0])
        assert difference.max() <= LEVELS
        assert np.count_nonzero(difference, axis=(1, 2)).max() <= PIXELS
        action = int(self.random.integers(len(Action)))
        self.stacks, reward, terminated, truncated, _ = self.env.step(np.array([action]))
        self.score += int(reward[0])
        self.over = bool(terminated[0] or truncated[0])
        self.steps += 1
        q = np.eye(len(Action), dtype=np.float32)[[action]]
        return {"q": q, "value": np.zeros((1, 1), np.float32), "advantage": q}


@pytest.mark.slow
@pytest.mark.parametrize("sticky", [0.0, 0.25])
@pytest.mark.parametrize("seed", [1, 2])
def test_agent_sees_in_the_arcade_what_it_saw_in_training(sticky: float, seed: int) -> None:
    training = Comparison(Rules(sticky=sticky), seed)
    player = AgentPlayer(training)  # type: ignore[arg-type]
    cabinet = Cabinet(Rules(sticky=sticky, noop_max=0), seed)
    for _ in range(training.no_ops):
        cabinet.step(Action.NOOP)
    while not cabinet.frame.over:
        number = cabinet.frame.number - training.no_ops
        frame = dataclasses.replace(cabinet.frame, number=number)
        cabinet.step(player.decide(frame).action)
    assert training.over
    assert training.steps > 200
    assert training.score == cabinet.frame.score > 0


def test_stack_at_the_start_is_zeros_and_one_picture() -> None:
    stack = FrameStack()
    stack.push(np.full((210, 160), 9, np.uint8), None)
    assert [set(np.unique(stack.array[:, :, i])) for i in range(STACK)] == [{0}, {0}, {0}, {9}]


def test_stack_takes_the_brighter_of_two_frames_oldest_first() -> None:
    stack = FrameStack()
    left, right = np.zeros((2, 210, 160), np.uint8)
    left[:, :80], right[:, 80:] = 50, 60
    for level in (1, 2, 3, 4):
        stack.push(np.full((210, 160), level, np.uint8), None)
    stack.push(left, right)
    assert [int(stack.array[0, 0, i]) for i in range(STACK)] == [2, 3, 4, 50]
    assert int(stack.array[0, -1, -1]) == 60
    stack.reset()
    assert not stack.array.any()


@pytest.mark.parametrize("level", [0, 1, 100, 254, 255])
def test_shrink_keeps_a_constant_picture(level: int) -> None:
    small = shrink(np.full((210, 160), level, np.uint8))
    assert (small.shape, small.dtype) == ((SIDE, SIDE), np.uint8)
    assert (small == level).all()


def slow_shrink(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Average the area under each target pixel, by the overlap with every source pixel."""

    def overlaps(size: int) -> NDArray[np.float64]:
        scale = size / SIDE
        shares = np.zeros((SIDE, size))
        for target in range(SIDE):
            for source in range(size):
                end = min((target + 1) * scale, source + 1)
                shares[target, source] = max(0.0, end - max(target * scale, source)) / scale
        return shares

    averaged: NDArray[np.float64] = overlaps(210) @ grey.astype(float) @ overlaps(160).T
    return averaged


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_shrink_is_an_area_average(seed: int) -> None:
    grey = np.random.default_rng(seed).integers(0, 256, (210, 160), dtype=np.uint8)
    assert np.abs(shrink(grey) - slow_shrink(grey)).max() <= 0.51


def test_agent_step_is_four_frames() -> None:
    frame = Cabinet(Rules(noop_max=0), 0).frame
    seen: list[Frame] = []

    def model(_stack: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        seen.append(frame)
        return {"q": np.zeros((1, 6)), "value": np.zeros((1, 1)), "advantage": np.zeros((1, 6))}

    model.card, model.discount = {}, 0.99  # type: ignore[attr-defined]
    player = AgentPlayer(model)  # type: ignore[arg-type]
    for number in range(13):
        frame = dataclasses.replace(frame, number=number)
        player.decide(frame)
    assert [f.number for f in seen] == list(range(0, 13, FRAME_SKIP))
