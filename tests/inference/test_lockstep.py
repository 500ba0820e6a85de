"""Games side by side: each comes out as alone, in a match with a window's pictures and sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.inference import lockstep
from agents.inference.episode import BOMB, LANDING, Episode, Tally, play_episode
from agents.inference.player import Model, ModelError
from agents.state import ram_map, scripted_expert
from game.emulation.cabinet import Action, Cabinet, Frame, Rules
from game.system.paths import default_model
from tests.helpers.common import is_one_sentence

MODELS = Path(__file__).parents[2] / "models"


def side_by_side(agent: str, rules: Rules, seeds: range, at_once: int) -> list[Episode]:
    left = iter(seeds)
    games = lockstep.play(agent, rules, lambda: next(left, None), at_once)
    return sorted(games, key=lambda game: game.seed)


@pytest.mark.slow
@pytest.mark.parametrize("sticky", [0.25, 0.0])
@pytest.mark.parametrize(
    ("agent", "cap"),
    [
        (str(default_model()), 500),
        (str(MODELS / "teacher_iqn.tflite"), 500),
        ("scripted-expert", 500),
        (f"advised:{MODELS / 'teacher_iqn.tflite'}", 500),
        ("random", 2_500),
        ("constant:fire", 2_500),
    ],
    ids=["a network that sees", "one that reads RAM", "the expert", "both", "random", "constant"],
)
def test_each_game_is_as_it_is_alone(agent: str, cap: int, sticky: float) -> None:
    rules, seeds = Rules(sticky=sticky, frame_cap=cap), range(40, 43)
    player = lockstep.player_factory(agent)
    alone = [play_episode(player(seed), rules, seed) for seed in seeds]
    assert side_by_side(agent, rules, seeds, at_once=2) == alone
    if agent != "constant:fire":
        assert all(np.count_nonzero(game.actions) > 1 for game in alone)


def test_the_expert_advises_only_who_reads_ram() -> None:
    with pytest.raises(ModelError, match="leave out advised:") as error:
        lockstep.measured(f"advised:{default_model()}")
    assert is_one_sentence(error.value)


def test_the_advice_is_worth_a_hit() -> None:
    ram = np.zeros((3, 2, 129), np.uint8)
    ram[:, :, ram_map.CANNON_X] = 60
    (choice,) = set(scripted_expert.choose(ram).tolist())
    other = (choice + 1) % len(Action)
    q = np.zeros((3, len(Action)), np.float32)
    q[:, other] = 0.9, 1.0, 1.1
    advised = scripted_expert.advised(q, ram)
    assert advised.argmax(axis=1).tolist() == [choice, min(choice, other), other]


@pytest.mark.parametrize("name", [default_model().name, "teacher_iqn.tflite"])
def test_a_network_answers_in_a_batch_bit_for_bit_as_alone(name: str) -> None:
    model = Model(MODELS / name)
    random = np.random.default_rng(0)
    (shape,) = (each["shape"][1:] for each in model._run.get_input_details().values())
    seen = random.integers(0, 256, (5, *shape), np.uint8)
    alone = [model(seen[at : at + 1])["q"] for at in range(len(seen))]
    np.testing.assert_array_equal(model(seen)["q"], np.concatenate(alone))


def frame(number: int, lives: int, invaders: int, hit: bool = False, over: bool = False) -> Frame:
    ram = bytearray(128)
    ram[ram_map.COUNT] = invaders
    ram[ram_map.CANNON_IDLE] = ram_map.EXPLODES * hit
    seen = Cabinet(Rules(), 0, blind=True).frame
    return Frame(number, seen.rgb, seen.grey, seen.audio, 0, 0, lives, over, bytes(ram))


@pytest.mark.slow
def test_lost_lives_are_counted_by_wave_and_cause() -> None:
    tally = Tally(Rules(noop_max=0, frame_cap=1_000), 7, frame(0, 3, 36))
    for each in (
        frame(1, 3, 4, hit=True),
        frame(2, 2, 4),
        frame(3, 2, 36),
        frame(4, 0, 30, over=True),
    ):
        tally.stepped(each)
    game = tally.episode()
    assert (game.seed, game.deaths, game.causes) == (7, [[1, 4], [2, 30]], [BOMB, LANDING])


@pytest.mark.parametrize(("number", "causes"), [(999, [LANDING]), (1_000, [])])
def test_a_game_that_was_cut_off_lost_no_life(number: int, causes: list[str]) -> None:
    tally = Tally(Rules(noop_max=0, frame_cap=1_000), 0, frame(number - 1, 3, 36))
    tally.stepped(frame(number, 3, 36, over=True))
    assert tally.episode().causes == causes
