from __future__ import annotations

import contextlib
import copy
import json
import math
import multiprocessing
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from agents.inference.episode import BOMB, LANDING, Episode, play_episode
from agents.inference.evaluate import (
    EvaluationError,
    EvaluationStoppedError,
    add_to_card,
    episodes,
    evaluate,
    summarize,
    table,
    write_json,
)
from agents.inference.lockstep import player_factory
from agents.inference.player import Model, ModelError
from game.emulation.cabinet import Action, Rules, RulesError
from game.play.player import ConstantPlayer
from tests.helpers.common import is_one_sentence

ROOT = Path(__file__).parents[2]
RULES = Rules()
SHORT = Rules(frame_cap=500)
TIMED = {"seconds"}


@pytest.fixture(scope="module")
def random_games() -> dict[str, Any]:
    return evaluate("random", SHORT, 5, seed=10, workers=2)


def without_time(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name not in TIMED}


@pytest.mark.slow
def test_constant_fire_scores_285_in_every_game() -> None:
    result = evaluate("constant:fire", RULES, 4, seed=0, workers=2)
    summary = result["summary"]
    assert [game["score"] for game in result["episodes"]] == [285] * 4
    assert [game["seed"] for game in result["episodes"]] == [0, 1, 2, 3]
    assert (summary["mean"], summary["median"], summary["mean_95"]) == (285, 285, [285, 285])
    assert (summary["action_shares"]["FIRE"], summary["action_entropy_bits"]) == (1, 0)
    assert summary["top_pair"]["action"] == "FIRE"
    assert summary["top_pair"]["share"] > 0.6
    assert all(len(game["deaths"]) == 3 for game in result["episodes"])
    assert summary["deaths"]["by_wave"] == {"1": 1}
    assert summary["deaths"]["by_cause"] == {"bomb": {"1": 1}, "landing": {}}
    assert 0 < summary["deaths"]["invaders_left_median"] < 36
    assert result["agent"] == "constant:fire"
    assert result["rules"]["sticky"] == 0.25


@pytest.mark.slow
def test_the_scripted_expert_is_measured_like_everybody_else() -> None:
    result = evaluate("scripted-expert", Rules(frame_cap=30 * 60), 1, seed=10, workers=1)
    assert result["agent"] == "scripted-expert"
    (game,) = result["episodes"]
    assert game["score"] >= 200 and not game["deaths"], "half a minute"


@pytest.mark.slow
def test_whoever_asked_can_stop_after_a_game() -> None:
    asked: list[None] = []

    def stopped() -> bool:
        asked.append(None)
        return len(asked) > 2

    with pytest.raises(EvaluationStoppedError):
        evaluate("random", SHORT, 5, seed=10, workers=1, stopped=stopped)
    assert len(asked) == 3


@pytest.mark.slow
def test_a_process_that_ends_by_itself_is_said_in_one_sentence() -> None:
    def kill() -> bool:
        for process in multiprocessing.active_children():
            process.kill()
        return False

    with pytest.raises(EvaluationError, match="ended by itself") as error:
        evaluate("constant:fire", SHORT, 500, seed=0, workers=2, stopped=kill)
    assert is_one_sentence(error.value)


def test_row_2_the_reason_why_a_process_cannot_play_arrives(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.tflite cannot be read"):
        list(episodes(str(tmp_path / "gone.tflite"), RULES, range(2), workers=1))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="processes are found otherwise there")
def test_who_plays_ends_with_a_program_that_is_killed() -> None:
    program = """
from agents.inference.evaluate import evaluate
from game.emulation.cabinet import Rules
if __name__ == "__main__":
    evaluate("constant:fire", Rules(), 1000, 0, 2)
"""
    killed = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, start_new_session=True)

    def left() -> int:
        """How many processes of its session go on."""
        count = 0
        for file in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # it has just ended
                state, _, _, session = file.read_text().rpartition(")")[2].split()[:4]
                count += int(session) == killed.pid and state != "Z"
        return count

    deadline = time.monotonic() + 60
    while left() < 3:
        assert time.monotonic() < deadline, "nobody plays"
        time.sleep(0.2)
    killed.kill()
    killed.wait()
    while left():
        assert time.monotonic() < deadline, "who plays goes on"
        time.sleep(0.2)


@pytest.mark.slow
def test_same_call_gives_the_same_games_with_any_number_of_workers(
    random_games: dict[str, Any],
) -> None:
    assert random_games["seeds"] == [10, 14]
    again = evaluate("random", SHORT, 5, seed=10, workers=1)
    assert without_time(again) == without_time(random_games)


def test_random_differs_by_seed(random_games: dict[str, Any]) -> None:
    games = random_games["episodes"]
    assert len({tuple(game["actions"]) for game in games}) == len(games)
    assert [game["seed"] for game in games] == list(range(10, 15))
    assert sum(random_games["summary"]["action_shares"].values()) == pytest.approx(1)
    assert random_games["summary"]["action_entropy_bits"] > 2


def test_episode_counts_agent_steps_not_frames() -> None:
    game = play_episode(ConstantPlayer(Action.FIRE), Rules(noop_max=0, frame_cap=402), 3)
    assert (game.seed, game.frames) == (3, 402)
    assert game.actions == [0, 101, 0, 0, 0, 0]
    assert sum(game.places.values()) == 101
    assert all(place.endswith(":FIRE") for place in game.places)


def test_summary_equals_numbers_made_by_hand() -> None:
    games = [
        Episode(0, 100, 400, [50, 50, 0, 0, 0, 0], {"4:NOOP": 50, "4:FIRE": 50}, [[1, 9]], [BOMB]),
        Episode(
            1,
            200,
            800,
            [0, 100, 100, 0, 0, 0],
            {"4:FIRE": 70, "5:FIRE": 30, "5:RIGHT": 100},
            [[1, 4], [2, 30], [2, 5]],
            [BOMB, BOMB, LANDING],
        ),
        Episode(2, 300, 600, [0, 0, 25, 75, 0, 0], {"4:LEFT": 75, "5:RIGHT": 25}, []),
        Episode(3, 600, 200, [0, 0, 0, 0, 0, 0], {}, []),
    ]
    summary = summarize(games)
    low, high = summary.pop("mean_95")
    assert 100 <= low < 300 < high <= 600
    shares = [50 / 400, 150 / 400, 125 / 400, 75 / 400]
    assert summary == {
        "episodes": 4,
        "mean": 300,
        "median": 250,
        "quartiles": [175, 375],
        "min": 100,
        "max": 600,
        "frames_mean": 500,
        "action_shares": dict(zip([a.name for a in Action], [*shares, 0, 0], strict=True)),
        "action_entropy_bits": pytest.approx(-sum(p * math.log2(p) for p in shares)),
        "top_pair": {"x_from": 40, "action": "RIGHT", "share": 125 / 400},
        "deaths": {
            "by_wave": {"1": 0.5, "2": 0.5},
            "invaders_left_median": 7,
            "by_cause": {"bomb": {"1": 0.5, "2": 0.25}, "landing": {"2": 0.25}},
        },
    }


def test_bootstrap_interval_is_about_two_standard_errors() -> None:
    games = [
        Episode(i, 100 * (i % 2), 10, [1, 0, 0, 0, 0, 0], {"0:NOOP": 1}, []) for i in range(100)
    ]
    low, high = summarize(games)["mean_95"]
    assert low == pytest.approx(50 - 9.8, abs=1.5)
    assert high == pytest.approx(50 + 9.8, abs=1.5)


def test_the_table_counts_late_waves_in_tens(random_games: dict[str, Any]) -> None:
    summary = copy.deepcopy(random_games["summary"])
    waves = {"2": 0.25, "9": 0.125, "10": 0.125, "19": 0.25, "64": 0.25}
    summary["deaths"]["by_wave"] = waves
    (line,) = (each for each in table("x", SHORT, summary).splitlines() if "in  wave" in each)
    assert "wave 2: 25%  9: 12%  10 to 19: 38%  60 to 69: 25%   (" in line


def test_result_is_json_and_a_table(random_games: dict[str, Any], tmp_path: Path) -> None:
    write_json(tmp_path / "result.json", random_games)
    assert json.loads((tmp_path / "result.json").read_text()) == random_games
    lines = table("random", SHORT, random_games["summary"]).splitlines()
    assert len(lines) == 11
    assert f"mean           {random_games['summary']['mean']:.1f} " in lines[3]


@pytest.mark.parametrize("agent", ["constant:", "constant:DUCK", "constant:UP"])
def test_unknown_action_is_refused(agent: str) -> None:
    with pytest.raises(ValueError, match="choose one of NOOP, FIRE") as error:
        evaluate(agent, RULES, 1, seed=0)
    assert is_one_sentence(error.value)


def test_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        evaluate(str(tmp_path / "none.tflite"), RULES, 1, seed=0)


@pytest.mark.parametrize("seed", [-1, 2**31])
def test_seed_out_of_range_is_refused_from_a_worker(seed: int) -> None:
    with pytest.raises(RulesError, match="seed"):
        evaluate("random", SHORT, 1, seed=seed, workers=1)


@pytest.mark.slow
def test_model_is_evaluated_and_its_card_keeps_the_result(tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "tiny.tflite"
    for suffix in (".tflite", ".json"):
        path.with_suffix(suffix).write_bytes(tiny_model.with_suffix(suffix).read_bytes())
    result = evaluate(str(path), SHORT, 2, seed=0, workers=2)
    factory = player_factory(str(path))
    assert [play_episode(factory(seed), SHORT, seed).score for seed in (0, 1)] == [
        game["score"] for game in result["episodes"]
    ]
    add_to_card(path, result)
    add_to_card(path, result | {"rules": {**result["rules"], "sticky": 0.0}})
    results = Model(path).card["results"]
    assert sorted(results) == ["sticky 0", "sticky 0.25"]
    assert results["sticky 0.25"]["summary"] == result["summary"]
    assert len(list(tmp_path.iterdir())) == 2
