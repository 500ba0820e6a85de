"""The command line as a person meets it: mistakes get one sentence and a status."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import psutil
import pytest

import main
from agents.inference.player import AgentPlayer, Model
from game.emulation.cabinet import Action, Cabinet, Rules
from game.play.match import Match
from game.play.player import Kind, RandomPlayer
from game.play.tape import load
from game.records.archive import DATABASE
from game.records.scores import Board, Run, Scores
from game.system.paths import default_model
from game.ui.tools.selftest import USUAL_S
from tests.helpers.common import is_one_sentence, wait_for
from tests.helpers.golden import FOLDER as GOLDEN

ROOT = Path(main.__file__).parent
needs_training = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow") is None, reason="no TensorFlow"
)
needs_model = pytest.mark.skipif(not default_model().exists(), reason="no bundled model")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        status = main.main(arguments)
    except SystemExit as stop:
        status = int(stop.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["play", "--size", "10x10"], "640x480"),
        (["play", "--size", "big"], "1280x720"),
        (["play", "--mode", "16"], "from 0 to 15"),
        (["race", "--difficulty", "2"], "difficulty"),
        (["race", "--sticky", "1.5"], "probability"),
        (["race", "--minutes", "-1"], "30 minutes"),
        (["watch", "--seed", "-4"], "seed"),
        (["--nonsense"], "--nonsense"),
        (["dance"], "dance"),
        (["evaluate", "--agent", "constant:JUMP", "--episodes", "1"], "LEFTFIRE"),
        (["evaluate", "--agent", "nowhere.tflite", "--episodes", "1"], "nowhere.tflite"),
        (["evaluate", "--episodes", "0"], "above zero"),
        (["evaluate", "--agent", "/", "--episodes", "1"], f"model {Path('/')} cannot be read"),
        (["evaluate", "--agent", "/", "--card", "--episodes", "1"], "cannot be read"),
        (["lives", "/"], f"model {Path('/')} cannot be read"),
        (["lives", "random"], "random"),
        (["lives", "nowhere.tflite"], "nowhere.tflite"),
        (["lives", "--tries", "0"], "above zero"),
        (["verify", "nowhere.tape"], "nowhere.tape"),
        (["review", "nowhere.tape"], "nowhere.tape"),
        (["review", "main.py"], "not a BigChamp tape"),
        (["bench", "play", "--agent", "nowhere.tflite"], "nowhere.tflite"),
        (["bench", "play", "--seconds", "-3"], "above zero"),
        (["train", "student", "--seed", "-1"], "from 0 to"),
        pytest.param(["train", "student", "--set", "luck=1"], "luck", marks=needs_training),
        pytest.param(["export", "nowhere", "x.tflite"], "nowhere", marks=needs_training),
        pytest.param(["curve", "x.png", "nowhere"], "nowhere", marks=needs_training),
        (["verify", "main.py"], "not a BigChamp tape"),
        (["race", "--headless", "main.py"], "main.py"),
    ],
)
def test_a_mistake_is_named_in_one_sentence(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(ROOT)
    status, _, err = run(capsys, *arguments)
    last = err.strip().splitlines()[-1]
    assert status != 0
    assert words in last
    assert is_one_sentence(last)
    assert "Traceback" not in err


def test_a_missing_rom_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ALE_ROMS_DIR", str(tmp_path))
    status, _, err = run(capsys, "play")
    assert status == 1
    assert "ALE_ROMS_DIR" in err


@pytest.mark.slow
def test_no_display_names_the_command_that_needs_none(tmp_path: Path) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    }
    environment |= {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "main.py"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "race --headless" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_window_with_a_bad_model_plays_on_and_says_so_at_the_end(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    command = [sys.executable, "main.py", "race", "--agent", "nowhere.tflite", "--frames", "5"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "nowhere.tflite" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_playing_loads_neither_tensorflow_nor_gymnasium(tmp_path: Path) -> None:
    program = (
        "import sys, main; status = main.main(['play', '--frames', '3']);"
        "print(status, [m for m in ('tensorflow', 'keras') if m in sys.modules])"
    )
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip().endswith("0 []"), done.stderr


def test_the_version_is_the_distribution_s(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version")[:2] == (0, f"BigChamp {metadata.version('bigchamp')}\n")


def test_scores_are_listed_and_written_to_a_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path)
    status, _, err = run(capsys, "scores")
    assert status == 1
    assert is_one_sentence(err.strip())

    scores = Scores(tmp_path / DATABASE)
    status, out, again = run(capsys, "scores")
    assert (status, out, again) == (1, "", err), "a measurement leaves a file without a run"
    board = Board("race", Kind.HUMAN, limit_frames=7200)
    scores.mark(scores.add(Run("You", board, 420, 900, 1, "a.tape", initials="MAX")), True)
    scores.add(Run("You", board, 90, 900, 1, "b.tape", initials="FUK"))
    scores.close()
    status, out, _ = run(capsys, "scores")
    assert status == 0
    title, first, second = out.strip().splitlines()
    assert title == "Race, 2 min (human)"
    assert first.split() == ["1", "MAX", "420", "You", "verified"]
    assert second.split() == ["2", "---", "90", "You"]

    assert run(capsys, "scores", "--csv", str(tmp_path / "all.csv"))[0] == 0
    assert len((tmp_path / "all.csv").read_text().splitlines()) == 3
    status, _, err = run(capsys, "scores", "--csv", str(tmp_path))
    assert status == 1
    assert is_one_sentence(err.strip())


@pytest.mark.timed
def test_a_kiosk_ends_on_sigterm_and_keeps_the_game(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    program = subprocess.Popen(
        [sys.executable, "main.py", "play", "--kiosk"], cwd=ROOT, env=environment
    )
    log = tmp_path / "BigChamp" / "arcade.log"
    wait_for(log.exists)
    time.sleep(3)
    assert program.poll() is None
    program.terminate()
    assert program.wait(60) == 0
    (tape,) = (tmp_path / "BigChamp" / "tapes").iterdir()
    assert load(tape).frames > 30


@pytest.mark.timed
def test_a_kiosk_that_dies_is_back_within_five_seconds(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    program = subprocess.Popen(
        [sys.executable, "main.py", "--kiosk"], cwd=ROOT, env=environment, stderr=subprocess.PIPE
    )

    def arcades() -> list[psutil.Process]:
        children = psutil.Process(program.pid).children()
        return [child for child in children if child.status() != psutil.STATUS_ZOMBIE]

    try:
        wait_for(lambda: len(arcades()) == 1)
        time.sleep(2)
        (first,) = arcades()
        first.kill()
        killed = time.monotonic()
        wait_for(lambda: [c.pid for c in arcades()] not in ([], [first.pid]))
        assert time.monotonic() - killed < 5
        time.sleep(2)
    finally:
        program.terminate()
    assert program.wait(60) == 0
    assert "ended with status" in (tmp_path / "BigChamp" / "launcher.log").read_text()


@pytest.mark.slow
@needs_model
def test_a_headless_race_writes_pictures_result_and_tapes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "race"
    status, out, _ = run(
        capsys, "race", "--headless", str(folder), "--minutes", "0.1", "--seed", "3"
    )
    assert status == 0
    assert "winner" in out
    result = json.loads((folder / "result.json").read_text())
    assert [seat["kind"] for seat in result["seats"]] == ["script", "agent"]
    assert (folder / "race.png").stat().st_size > 5000
    assert (folder / "result.png").stat().st_size > 5000
    for seat in result["seats"]:
        status, out, _ = run(capsys, "verify", str(folder / seat["tape"]))
        assert status == 0
        assert "verified" in out


@pytest.mark.slow
@needs_model
def test_a_review_writes_what_the_network_says_of_a_tape(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    match = Match([RandomPlayer(3)], Rules(), 3, 90)
    while not match.over:
        match.step()
    tape, file = tmp_path / "a.tape", tmp_path / "review.json"
    match.seats[0].tape.save(tape)
    status, _, err = run(capsys, "review", str(tape), "--json", str(file))
    assert status == 0, err
    found = json.loads(file.read_text())
    cabinet, agent, values = Cabinet(Rules(), 3), AgentPlayer(Model(default_model())), []
    for action in match.seats[0].tape.actions:
        thought = agent.decide(cabinet.frame).thought
        assert thought is not None
        if cabinet.frame.number % 4 == 0:
            values.append((cabinet.frame.number, thought.value, [float(q) for q in thought.q]))
        cabinet.step(Action(action))
    assert [(d["frame"], d["value"], d["q"]) for d in found["decisions"]] == values
    missing = run(capsys, "review", str(tape), "--json", str(file), "--agent", "no.tflite")
    assert missing[0] == 1
    assert is_one_sentence(missing[2].strip())


@pytest.mark.timed
@needs_model
def test_the_self_test_passes_and_draws_every_scene(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "selftest.json"
    status, out, _ = run(capsys, "selftest", "--json", str(file), "--pictures", str(tmp_path))
    assert status == 0, out
    result = json.loads(file.read_text())
    assert result["passed"] is True
    assert result["checks"][-1]["check"] == "time"
    assert result["checks"][-1]["seconds"] < USUAL_S, "as docs/packaging.md promises"
    names = {path.stem for path in tmp_path.glob("*.png")}
    assert names == {path.stem for path in (GOLDEN / "1280x720").glob("*.png")}
    assert {"title", "race", "two-race", "tournament", "attract-1-demo"} <= names


@pytest.mark.slow
def test_the_self_test_fails_without_a_model(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, _ = run(capsys, "selftest", "--agent", str(tmp_path / "none.tflite"))
    assert status == 1
    assert "FAILED  model" in out


@pytest.mark.slow
def test_evaluation_writes_every_episode(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "result.json"
    status, out, _ = run(
        capsys, "evaluate", "--agent", "constant:fire", "--episodes", "2", "--json", str(file)
    )
    assert status == 0
    assert "285.0" in out
    assert [game["score"] for game in json.loads(file.read_text())["episodes"]] == [285, 285]
