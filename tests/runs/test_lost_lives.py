"""Players try again what came before the lives that one of them lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from agents.experience.practice import AFTER, APART, BEFORE_BOMB, BEFORE_LANDING
from agents.inference.episode import BOMB, LANDING
from agents.inference.evaluate import EvaluationError
from agents.inference.lockstep import Chooser
from agents.inference.player import ModelError
from agents.runs import lost_lives
from agents.runs.lost_lives import LostLife, measure, table
from game.cli.errors import STOPPED
from game.emulation.cabinet import Action, Cabinet, Rules
from game.system.paths import default_model
from tests.helpers.common import is_one_sentence

LADDER = default_model().parent / "ladder"
RECRUIT, SERGEANT = (str(LADDER / f"{name}.tflite") for name in ("recruit", "sergeant"))


def waiting(reads_ram: bool) -> Chooser:
    """A player that stands still, so that bombs hit it."""
    return Chooser(
        lambda seen: np.full(len(seen), int(Action.NOOP)), reads_ram, alone=lambda: pytest.fail()
    )


@pytest.fixture(scope="module")
def lost() -> list[LostLife]:
    """The lives that a player who sees pictures and stands still lost."""
    games = [lost_lives._Played(Rules(), seed, reads_ram=False) for seed in (1, 2)]
    lost_lives._together(waiting(False), iter(games), 2)
    return [life for game in games for life in game.lost]


def test_every_life_of_a_player_that_stands_still_is_lost_to_something(
    lost: list[LostLife],
) -> None:
    assert 2 <= len(lost) <= 6
    for life in lost:
        least, most = BEFORE_LANDING if life.cause == LANDING else BEFORE_BOMB
        assert least <= (life.practice.steps - AFTER) / APART <= most
        assert life.wave == 1, "it never shoots"


@pytest.mark.parametrize("reads_ram", [True, False])
def test_a_try_begins_with_what_was_seen_and_gives_its_cabinet_back(
    reads_ram: bool, lost: list[LostLife]
) -> None:
    cabinet = Cabinet(Rules(), 5, blind=True, sound=False)
    cabinets = [cabinet]
    practice = lost[0].practice
    attempt = lost_lives._Try(cabinets, practice, reads_ram)
    seen = attempt.look()
    assert not cabinets and cabinet.frame == practice.moment.state.frame
    if reads_ram:
        told = [ram for ram, _ in practice.moment.shown]
        np.testing.assert_array_equal(seen, told[-len(seen) :])
    else:
        pictures = [picture for _, picture in practice.moment.shown if picture is not None]
        np.testing.assert_array_equal(seen, np.stack(pictures, axis=-1))
    steps = 0
    while not attempt.over:
        attempt.look()
        attempt.step(Action.NOOP)
        steps += 1
    assert cabinets == [cabinet]
    assert attempt.lost or steps == practice.steps


def test_who_stands_still_is_hit_again(lost: list[LostLife]) -> None:
    bombs = [life for life in lost if life.cause == BOMB]
    cabinets = [Cabinet(Rules(), seed, blind=True, sound=False) for seed in range(8)]
    tried = [lost_lives._Try(cabinets, life.practice, True) for life in bombs for _ in range(8)]
    lost_lives._together(waiting(True), iter(tried), len(cabinets))
    again = np.mean([each.lost for each in tried])
    assert again > 0.3, "the bomb was on its way, or another comes"


@pytest.mark.slow
def test_a_stronger_player_saves_more_of_the_lives() -> None:
    said: list[str] = []
    result = measure([RECRUIT, SERGEANT], Rules(), 3, 7, tries=2, workers=1, progress=said.append)
    recruit, sergeant = result["again"]
    assert sum(result["lives_lost"].values()) >= 3
    assert recruit["less"] == 0 and recruit["less_95"] == [0, 0]
    assert sergeant["less"] == pytest.approx(recruit["all"] - sergeant["all"])
    assert sergeant["less_95"][0] <= sergeant["less"] <= sergeant["less_95"][1]
    assert len(said) == 3
    lines = table(result).splitlines()
    assert lines[0].endswith("tried 2 times each")
    assert [line.split()[0] for line in lines[1:]] == ["player", "recruit", "sergeant"]


def test_the_figures_of_a_player_are_told_by_cause() -> None:
    causes = np.array([BOMB, BOMB, LANDING, BOMB])
    first, rates = np.array([1.0, 0.5, 0.5, 1.0]), np.array([0.5, 0.0, 0.5, 0.0])
    figures = lost_lives._figures(rates, first, causes)
    assert figures["all"] == 0.25 and figures["less"] == 0.5
    assert figures[BOMB] == pytest.approx(1 / 6) and figures[LANDING] == 0.5
    assert 0 <= figures["less_95"][0] < 0.5 < figures["less_95"][1] <= 1
    assert lost_lives._figures(rates[:2], first[:2], causes[:2])[LANDING] is None


@pytest.mark.parametrize("agent", ["random", "constant:FIRE", "nowhere.tflite", "constant:JUMP"])
def test_who_cannot_try_is_refused(agent: str) -> None:
    with pytest.raises(ValueError, match=r"random|FIRE|nowhere") as error:
        measure([RECRUIT, agent], Rules(), 1, 0, tries=1)
    assert is_one_sentence(error.value)


def test_a_player_that_reads_memory_does_not_play_first_for_one_that_sees() -> None:
    with pytest.raises(ModelError, match="first") as error:
        measure(["scripted-expert", RECRUIT], Rules(), 1, 0, tries=1)
    assert is_one_sentence(error.value)


def test_games_without_a_lost_life_say_so() -> None:
    with pytest.raises(EvaluationError, match="--episodes") as error:
        measure(["scripted-expert"], Rules(frame_cap=200), 1, 0, tries=1, workers=1)
    assert is_one_sentence(error.value)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_who_interrupts_it_does_not_wait_for_its_games() -> None:
    line = [sys.executable, "main.py", "lives", RECRUIT, "--episodes", "4000"]
    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(5)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=10)
    assert process.returncode == STOPPED
    assert "Traceback" not in said
