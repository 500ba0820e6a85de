"""The collector against a second environment with the same seed and actions."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

pytest.importorskip("gymnasium")

from ale_py.vector_env import AtariVectorEnv

from agents.config import TrainingConfig
from agents.experience.collector import RECENT_GAMES, Games, PictureCollector, RamCollector

EMULATORS = 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("frame_cap", "steps"),
    [pytest.param(108_000, 700, marks=pytest.mark.training), (400, 220)],
)
def test_steps_are_what_the_emulators_did(frame_cap: int, steps: int) -> None:
    config = dataclasses.replace(TrainingConfig(), emulators=EMULATORS, frame_cap=frame_cap)
    collector = PictureCollector(config, seed=5)
    env = AtariVectorEnv(
        "space_invaders",
        EMULATORS,
        repeat_action_probability=config.sticky,
        noop_max=config.noop_max,
        max_num_frames_per_episode=frame_cap,
        use_fire_reset=False,
        reward_clipping=False,
    )
    stacks, info = env.reset(seed=5)
    lives = [info["lives"].copy()]
    ended = np.zeros(EMULATORS, bool)
    scores, games = np.zeros(EMULATORS, int), []
    rewards_seen, deaths, cut_off = set(), 0, 0
    random = np.random.default_rng(0)
    for _ in range(steps):
        actions = random.integers(0, 6, EMULATORS)
        shown, kept = collector.observations, collector.observations.copy()
        collector.send(actions)
        step = collector.receive()
        np.testing.assert_array_equal(shown, kept)  # what was shown stays for the memory

        stacks, rewards, terminated, truncated, info = env.step(actions)
        np.testing.assert_array_equal(collector.observations, stacks)
        np.testing.assert_array_equal(step.rewards, rewards)
        np.testing.assert_array_equal(step.final, ended)
        fewer = info["lives"] < lives[-1]
        np.testing.assert_array_equal(step.deaths, (fewer | terminated) & ~ended)
        assert not step.rewards[step.final].any()
        lives.append(info["lives"].copy())
        scores += rewards
        ended = terminated | truncated
        for emulator in np.flatnonzero(ended):
            games.append(int(scores[emulator]))
            scores[emulator] = 0
        rewards_seen |= set(rewards.tolist())
        deaths += int(step.deaths.sum())
        cut_off += int((truncated & ~terminated).sum())

    assert list(collector.games.recent) == games[-RECENT_GAMES:]
    assert collector.games.count == len(games) >= 4
    assert max(rewards_seen) > 1  # not clipped
    assert bool(cut_off) == (frame_cap == 400)
    assert deaths > 2 * len(games) or cut_off


def test_games_under_way_do_not_count_when_those_so_far_are_forgotten() -> None:
    games = Games(np.array([3, 3], np.int32))

    def end(first: bool, second: bool, reward: int) -> None:
        over, rewards = np.array([first, second]), np.array([reward, reward], np.int32)
        games.step(rewards, np.array([3, 3], np.int32), over, np.zeros(2, bool))

    end(True, False, 500)
    games.forget()
    assert (list(games.recent), games.count) == ([], 1)
    end(True, True, 7)
    assert list(games.recent) == []
    end(False, True, 10)
    end(True, False, 20)
    assert list(games.recent) == [10, 30]
    for _ in range(RECENT_GAMES - 3):
        end(True, False, 20)
    assert not games.reached(0), "a game is missing"
    end(True, False, 20)
    assert games.reached(20)
    assert not games.reached(21)


@pytest.mark.slow
def test_a_death_counts_when_the_cannon_is_hit_and_nothing_until_it_obeys() -> None:
    config = dataclasses.replace(TrainingConfig(), emulators=4)
    collectors = [
        RamCollector(dataclasses.replace(config, death_at_hit=at_hit), seed=9, pictures=False)
        for at_hit in (1, 0)
    ]
    random = np.random.default_rng(0)
    hits, falls = np.zeros((2, 0, 4), bool)
    idle = np.zeros((0, 4), bool)
    for _ in range(350):
        actions = random.integers(0, 6, 4)
        for collector in collectors:
            collector.send(actions)
        early, late = (collector.receive() for collector in collectors)
        hits, falls = np.vstack([hits, early.deaths]), np.vstack([falls, late.deaths])
        idle = np.vstack([idle, early.idle])
        assert not late.idle.any()
    for collector in collectors:
        collector.close()
    assert idle[:24].all(), "a game begins with 102 frames or more without a cannon"
    apart = []
    for lane in range(4):
        for at in np.flatnonzero(hits[:-50, lane]):
            apart.append(int(np.flatnonzero(falls[at:, lane])[0]))
            waits = int(np.flatnonzero(~idle[at + 1 :, lane])[0])
            assert waits in (31, 32, 33) or waits >= 47, "until a game is over, or 192 frames"
    assert len(apart) > 4
    assert set(apart) <= {31, 32}, "128 frames"
    assert abs(int(hits.sum()) - int(falls.sum())) <= 4, "each death counts once"
