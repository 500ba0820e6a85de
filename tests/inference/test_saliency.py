"""Saliency maps, on networks that look at known positions."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.inference.player import AgentPlayer, Model, Outputs
from agents.inference.saliency import GRID, Saliency, SaliencyWorker, blurred
from game.emulation.cabinet import Rules
from game.play.match import Match
from game.play.saliency import SaliencyMap
from game.system.paths import default_model
from tests.helpers.common import wait_for

CELL = 84 // GRID
needs_model = pytest.mark.skipif(not default_model().exists(), reason="no bundled model")


class Patch:
    """A network that looks at one place for its value and at another for its advantages."""

    def __init__(self, value: tuple[int, int], advantage: tuple[int, int]) -> None:
        self._value, self._advantage = value, advantage
        self.calls: list[int] = []

    def __call__(self, frames: NDArray[np.uint8]) -> Outputs:
        self.calls.append(len(frames))
        value, wish = (
            self._brightness(frames, self._value),
            self._brightness(frames, self._advantage),
        )
        advantage = wish[:, None] * np.array([1, -1, 0, 0, 0, 0], np.float32)
        return {"value": value[:, None], "advantage": advantage, "q": value[:, None] + advantage}

    def _brightness(self, frames: NDArray[np.uint8], cell: tuple[int, int]) -> NDArray[np.float32]:
        row, column = cell[0] * CELL, cell[1] * CELL
        place = frames[:, row : row + CELL, column : column + CELL, -1].astype(np.float32)
        # Its contrast: what blur takes away.
        return place.std(axis=(1, 2)) / 64


def noise(seed: int = 3) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (84, 84, 4), np.uint8)


def peak(scores: NDArray[np.float32]) -> tuple[int, int]:
    row, column = np.unravel_index(int(scores.argmax()), scores.shape)
    return int(row), int(column)


@pytest.mark.parametrize(
    ("value", "advantage"), [((2, 9), (10, 1)), ((0, 0), (11, 11)), ((5, 6), (5, 6))]
)
def test_the_places_that_a_network_looks_at_are_found_each_for_its_output(
    value: tuple[int, int], advantage: tuple[int, int]
) -> None:
    patch = Patch(value, advantage)
    observation = noise()
    saliency_map = Saliency(patch)(observation)
    assert saliency_map.observation is observation
    assert peak(saliency_map.value) == value
    assert peak(saliency_map.advantage) == advantage
    assert patch.calls == [GRID * GRID + 1], "one call"
    assert saliency_map.value.max() > 0.05


def test_noise_where_the_network_does_not_look_scores_nothing() -> None:
    saliency_map = Saliency(Patch((2, 9), (10, 1)))(noise())
    rows, columns = np.indices(saliency_map.value.shape)
    for scores, (row, column) in ((saliency_map.value, (2, 9)), (saliency_map.advantage, (10, 1))):
        far = np.maximum(abs(rows - row), abs(columns - column)) > 2
        assert scores[far].max() < 1e-3 * scores.max()


def test_a_flat_picture_scores_nothing_at_all() -> None:
    def whole(frames: NDArray[np.uint8]) -> Outputs:
        mean = frames.astype(np.float32).mean(axis=(1, 2, 3))[:, None]
        return {"value": mean, "advantage": np.repeat(mean, 6, axis=1)}

    saliency_map = Saliency(whole)(np.full((84, 84, 4), 77, np.uint8))
    assert saliency_map.value.max() == saliency_map.advantage.max() == 0


def test_the_score_is_half_the_squared_change() -> None:
    patch = Patch((4, 4), (4, 4))
    observation = noise()
    saliency_map = Saliency(patch)(observation)
    rows = np.exp(-0.5 * ((np.arange(84) - (4.5 * CELL - 0.5)) / 3.0) ** 2)
    mask = (rows[:, None] * rows[None, :])[:, :, None]
    mixed = np.rint(observation + mask * (blurred(observation).astype(float) - observation)).astype(
        np.uint8
    )
    outputs = patch(np.stack([observation, mixed]))
    change = float(outputs["value"][1, 0] - outputs["value"][0, 0])
    assert saliency_map.value[4, 4] == pytest.approx(0.5 * change**2, rel=0.02)
    assert saliency_map.advantage[4, 4] == pytest.approx(change**2, rel=0.02), "two of its six move"


def test_blur_keeps_what_is_flat_and_the_sum_of_what_is_not() -> None:
    dot = np.zeros((84, 84, 4), np.uint8)
    dot[40, 40] = 255
    soft = blurred(dot)
    assert soft[40, 40, 0] == soft.max() < 8
    assert (blurred(np.full((84, 84, 4), 200, np.uint8)) == 200).all()


def test_the_worker_takes_the_newest_picture_and_stops() -> None:
    begun, go = threading.Event(), threading.Event()

    class Slow(Patch):
        def __call__(self, frames: NDArray[np.uint8]) -> Outputs:
            begun.set()
            go.wait(60)
            return super().__call__(frames)

    worker = SaliencyWorker(lambda: Slow((2, 2), (3, 3)))
    assert worker.saliency_map is None
    first, second, third = (noise(seed) for seed in range(3))
    worker.look(first)
    begun.wait(60)
    worker.look(second)
    worker.look(third)
    go.set()
    wait_for(lambda: worker.made == 2)
    assert isinstance(worker.saliency_map, SaliencyMap)
    assert worker.saliency_map.observation is third
    worker.close()
    worker.look(first)
    assert worker.made == 2


def test_a_network_that_cannot_be_loaded_is_logged_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def load() -> Patch:
        raise ValueError("the model is missing")

    worker = SaliencyWorker(load)
    worker.look(noise())
    wait_for(lambda: "the model is missing" in caplog.text)
    worker.close()
    assert worker.saliency_map is None


def test_a_worker_that_was_never_asked_closes() -> None:
    SaliencyWorker(lambda: pytest.fail("nothing was to be loaded")).close()


def test_the_table_of_ten_states_names_what_a_place_shows() -> None:
    from tests.helpers.ten_states import EMPTY, what_is_at

    rgb = np.zeros((210, 160, 3), np.uint8)
    rgb[185:195, 40:47] = (50, 132, 50)
    rgb[160:175, 100:108] = (181, 83, 40)
    rgb[100:108, 20] = (142, 142, 142)
    rgb[10:20, 5:20] = (50, 132, 50)  # a digit of the score has the cannon's colour
    assert what_is_at(rgb, 10, 3) == "cannon"
    assert what_is_at(rgb, 9, 7) == "shield"
    assert what_is_at(rgb, 5, 1) == "bomb or missile"
    assert what_is_at(rgb, 0, 0) == what_is_at(rgb, 6, 10) == EMPTY


@needs_model
def test_the_bundled_network_looks_at_its_ship_and_not_at_the_empty_sky() -> None:
    model = Model(Path(default_model()))
    match, maps = Match([AgentPlayer(model)], Rules(), seed=2), Saliency(model)
    (seat,) = match.seats
    at_the_ship = []
    for number in range(
        132, 232, 12
    ):  # it walks, and no bomb is near; but its missiles are in the air
        while match.number <= number:
            match.step()
        assert seat.decision is not None and seat.decision.thought is not None
        assert seat.decision.thought.observation is not None
        value = maps(seat.decision.thought.observation).value
        row, column = peak(value)
        ship = seat.cabinet.cannon_x * GRID / 160
        at_the_ship.append(row in (10, 11) and abs(column + 0.5 - ship) < 1.5)
        assert value[7:9, 9:].max() < 3e-2 * value.max(), "nothing is there"
    assert np.mean(at_the_ship) > 0.5
