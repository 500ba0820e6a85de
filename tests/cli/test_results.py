"""Places for results are tried before the work, and one that fails loses none of the others."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import main
from agents.inference import evaluate as protocol
from agents.inference.episode import play_episode
from game.emulation.cabinet import Rules
from game.play.player import Kind, RandomPlayer
from game.records.archive import DATABASE
from game.records.scores import Board, Run, Scores
from game.system.files import write_atomically
from game.system.paths import APP_NAME, default_model
from tests.helpers.common import is_one_sentence
from tests.helpers.tampering import record

ROOT = Path(__file__).parents[2]
SHORT = Rules(frame_cap=500)
FIRE = "--agent constant:fire --episodes"
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
# Commands, what they write to, and the work that must not begin.
PLACES = [
    ("evaluate --json FILE", "agents.inference.evaluate.evaluate"),
    ("evaluate --card --agent random", "agents.inference.evaluate.evaluate"),
    ("evaluate --card --agent constant:fire", "agents.inference.evaluate.evaluate"),
    ("evaluate --card --agent nowhere.tflite", "agents.inference.evaluate.evaluate"),
    ("review TAPE --json FILE", "game.records.review.Review"),
    ("film TAPE FILE.gif", "game.ui.jobs.film.Film"),
    ("scores --csv FILE", "game.cli.records.Scores"),
    ("selftest --json FILE", "game.ui.tools.selftest.selftest"),
    ("selftest --pictures FOLDER", "game.ui.tools.selftest.selftest"),
    ("bench play --json FILE", "game.ui.tools.bench.bench_play"),
    ("bench training --json FILE", "agents.runs.bench.bench_training"),
    ("race --headless FOLDER", "game.ui.tools.headless.blind_arcade"),
    ("train student --runs FOLDER", "agents.runs.train.train"),
    ("export run FOLDER/x.tflite", "agents.runs.export.export_run"),
    ("curve FOLDER/x.png run", "agents.runs.curves.draw_curves"),
]


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tapes") / "a.tape"
    record(12).seats[0].tape.save(path)
    return path


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    scores = Scores(folder / DATABASE)
    scores.add(Run("You", Board("play", Kind.HUMAN), 420, 900, 1, "a.tape"))
    scores.close()
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: folder)
    return folder


@pytest.mark.parametrize(("line", "work"), PLACES)
def test_row_14_a_place_that_fails_is_named_before_the_work(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    tape: Path,
    line: str,
    work: str,
) -> None:
    if work.startswith("agents.runs") and importlib.util.find_spec("tensorflow") is None:
        pytest.skip("no TensorFlow")
    monkeypatch.setattr(work, lambda *_, **__: pytest.fail("the work began"))
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    (tmp_path / "folder.gif").mkdir()
    folder = tmp_path / "folder.gif"
    bad = {"FILE.gif": [folder, tmp_path / "nowhere" / "x.gif", in_the_way / "x.gif"]}
    bad["FILE"] = [folder, tmp_path / "nowhere" / "x", in_the_way / "x"]
    bad["FOLDER"] = [in_the_way, in_the_way / "inside"]
    words = line.split()
    mark = next((m for m in bad for word in words if word.startswith(m)), None)
    for place in bad.get(mark or "", [Path()]):
        asked = [w.replace("TAPE", str(tape)).replace(mark or "\0", str(place)) for w in words]
        assert main.main(asked) == 1
        said = capsys.readouterr().err.strip()
        assert is_one_sentence(said), said
        assert str(place) in said or mark is None
    assert not (tmp_path / "nowhere").exists()
    assert in_the_way.read_bytes() == b""


def canned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one short game stand for any evaluation."""
    game = play_episode(RandomPlayer(1), SHORT, 1)
    episodes = [vars(game)]
    rules = vars(Rules())
    result = {"rules": rules, "seeds": [1, 1], "machine": "this", "episodes": episodes}
    result["summary"] = protocol.summarize([game])
    monkeypatch.setattr(protocol, "evaluate", lambda *_, **__: result)


@needs_full
def test_row_14_a_place_that_fails_later_loses_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    model = Path(shutil.copy(default_model(), tmp_path / "a.tflite"))
    card = json.loads(default_model().with_suffix(".json").read_text())
    card["results"] = {}
    model.with_suffix(".json").write_text(json.dumps(card))
    canned(monkeypatch)
    line = ["evaluate", "--agent", str(model), "--episodes", "1", "--card", "--json", str(FULL)]
    assert main.main(line) == 1
    out, err = capsys.readouterr()
    assert "mean" in out
    assert err.strip() == "bigchamp: cannot write /dev/full: No space left on device"
    assert json.loads(model.with_suffix(".json").read_text())["results"]
    assert FULL.is_char_device()


@needs_full
def test_row_14_a_full_disk_under_the_output_loses_no_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    canned(monkeypatch)
    file = tmp_path / "a.json"
    with FULL.open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main.main(["evaluate", *FIRE.split(), "1", "--json", str(file)]) == 1
    assert "the output cannot be written: No space left" in capsys.readouterr().err
    assert json.loads(file.read_text())["episodes"]


@pytest.mark.slow
def test_row_14_a_stopped_evaluation_keeps_what_was_played(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    whole = protocol.evaluate

    def stopped(*arguments: Any, **more: Any) -> dict[str, Any]:
        os.kill(os.getpid(), signal.SIGTERM)
        return whole(*arguments, **more)

    monkeypatch.setattr(protocol, "evaluate", stopped)
    file = tmp_path / "a.json"
    line = ["evaluate", *FIRE.split(), "50", "--workers", "1", "--seed", "3", "--json", str(file)]
    assert main.main(line) == 130
    out, err = capsys.readouterr()
    assert "285.0" in out
    assert "stopped after 1 of 50 games" in err
    result = json.loads(file.read_text())
    assert [game["seed"] for game in result["episodes"]] == [3]
    assert result["seeds"] == [3, 3]


@pytest.mark.slow
def test_row_14_games_that_have_begun_are_finished_and_no_others_begun() -> None:
    result = protocol.evaluate("random", SHORT, 50, 7, workers=2, enough=lambda: True)
    assert [game["seed"] for game in result["episodes"]] == [7, 8]
    assert result["summary"]["episodes"] == 2


@pytest.mark.slow
def test_row_14_who_cannot_wait_keeps_the_games_that_are_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over: list[int] = []
    monkeypatch.setattr(protocol, "_progress", lambda done, *_: over.append(done))

    def impatient() -> bool:
        if over:
            raise KeyboardInterrupt
        return False

    result = protocol.evaluate("random", SHORT, 50, 7, workers=1, enough=impatient)
    assert len(result["episodes"]) == len(over)
    assert 1 <= len(over) < 50


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_row_14_a_device_or_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_atomically(pipe, b"result")
    reader.join(10)
    assert read == [b"result"]
    assert pipe.is_fifo()


def environment(data: Path) -> dict[str, str]:
    (data / APP_NAME).mkdir()
    shutil.move(data / DATABASE, data / APP_NAME)
    return {**os.environ, "XDG_DATA_HOME": str(data), "HOME": str(data)}


@pytest.mark.slow
@needs_full
@pytest.mark.skipif(sys.platform != "linux", reason="the data folder is found otherwise")
def test_row_15_an_output_that_fails_is_named(data: Path, tape: Path) -> None:
    values = environment(data)
    for line in (["scores"], ["verify", str(tape)]):
        with FULL.open("w") as full:
            command = [sys.executable, str(ROOT / "main.py"), *line]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=values)
        said = done.stderr.decode().strip()
        assert said == "bigchamp: the output cannot be written: No space left on device"
        assert done.returncode == 1


@pytest.mark.skipif(sys.platform != "linux", reason="the data folder is found otherwise")
def test_row_15_a_reader_that_has_seen_enough_is_no_mistake(data: Path) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    command = [sys.executable, str(ROOT / "main.py"), "scores"]
    done = subprocess.run(command, stdout=writes, stderr=subprocess.PIPE, env=environment(data))
    os.close(writes)
    assert done.stderr == b""
