"""Answers from one of our processes to another: the true reason arrives, whatever it is called."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pygame
import pytest

from agents.inference import sandbox
from agents.inference.player import Model, ModelError
from agents.inference.sandbox import try_out
from game.play.tape import SUFFIX, TapeError
from game.records.archive import verify_beside
from game.system.answers import heard, last_answer
from game.system.log_files import LOG, log_to_file
from game.system.paths import default_model
from game.ui.jobs.film import SeatTape
from game.ui.jobs.film_job import FilmJob, FilmRequest
from game.ui.tools import bench
from game.ui.window import message_box
from tests.helpers.common import is_one_sentence
from tests.helpers.tampering import record

ROOT = Path(__file__).parents[2]
UNTRUE = 3  # the status of `verify` for a tape that is not true
WAITS_OR_LOOPS = """
import sys, time
from agents.inference import sandbox

def opened(model):
    if sys.argv[1] == "waits":
        time.sleep(1.5)
    while sys.argv[1] == "loops":
        pass

sandbox.Model = opened
sandbox.answer("x.tflite", int(sys.argv[4]))
"""
NAMES = ["-dash", "--help", "Łódź 日本"]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a busy machine take its time."""
    monkeypatch.setattr(sandbox, "PATIENCE_S", 300.0)


def copy_of_the_champion(folder: Path, name: str) -> Path:
    model = folder / f"{name}.tflite"
    shutil.copy(default_model(), model)
    shutil.copy(default_model().with_suffix(".json"), model.with_suffix(".json"))
    return model


def without_file(model: Path) -> None:
    model.unlink()


def without_card(model: Path) -> None:
    model.with_suffix(".json").unlink()


def a_folder(model: Path) -> None:
    model.unlink()
    model.mkdir()


def damaged_card(model: Path) -> None:
    model.with_suffix(".json").write_text("{")


def other_file(model: Path) -> None:
    model.write_bytes(b"TFL3")


HARMS: list[tuple[Callable[[Path], None], str]] = [
    (without_file, "No such file"),
    (without_card, "the model's card .* cannot be read"),
    (a_folder, "Is a directory"),
    (damaged_card, "is not JSON"),
    (other_file, "sha256 differs"),
]


@pytest.mark.slow
def test_whoever_asked_and_has_ended_meanwhile_is_told_nothing() -> None:
    """A window that was closed while its last game was verified left a crash in the terminal."""
    tape = ROOT / "tests" / "golden" / "race-7-script.tape"
    gone, answers = os.pipe()
    os.close(gone)
    command = [sys.executable, "main.py", "verify", "--background", "--report", "--", str(tape)]
    done = subprocess.run(command, cwd=ROOT, stdout=answers, stderr=subprocess.PIPE, check=False)
    os.close(answers)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize(
    ("name", "harm", "words"),
    [("-dash", *harm) for harm in HARMS] + [(name, *HARMS[1]) for name in NAMES],
)
def test_row_2_the_reason_why_a_model_cannot_be_used_arrives(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    harm: Callable[[Path], None],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    model = copy_of_the_champion(tmp_path, name).relative_to(tmp_path)
    harm(model)
    with pytest.raises(ModelError, match=words) as error:
        try_out(model)
    assert name in str(error.value)
    assert is_one_sentence(error.value)


@pytest.mark.parametrize("name", NAMES)
def test_row_2_a_good_model_is_good_whatever_it_is_called(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    try_out(copy_of_the_champion(tmp_path, name).relative_to(tmp_path))


def test_row_2_a_model_that_ends_its_program_has_no_other_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ends = [sys.executable, "-c", "import sys; print('{}'); sys.exit('bigchamp: x.tflite is bad')"]
    monkeypatch.setattr(sandbox, "program", lambda: ends)
    with pytest.raises(ModelError, match="crashes the program that runs it"):
        try_out(tmp_path / "x.tflite")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_row_2_a_busy_machine_is_not_called_a_bad_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What counts is the processor's time: a model that loops is ended, one that waits is not."""
    monkeypatch.setattr(sandbox, "LONGEST_S", 1)
    program = [sys.executable, "-c", WAITS_OR_LOOPS]
    monkeypatch.setattr(sandbox, "program", lambda: [*program, "waits"])
    try_out(tmp_path / "x.tflite")
    monkeypatch.setattr(sandbox, "program", lambda: [*program, "loops"])
    with pytest.raises(ModelError, match="within 1 s of processor time") as error:
        try_out(tmp_path / "x.tflite")
    assert is_one_sentence(error.value)


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tapes") / f"true{SUFFIX}"
    record(70).seats[0].tape.save(path)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("name", [*NAMES, os.fsdecode(b"not-utf8-\xff")])
def test_row_2_a_true_tape_is_true_whatever_it_is_called(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tape: Path, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    path = Path(shutil.copy(tape, f"{name}{SUFFIX}"))
    if name in NAMES:
        assert verify_beside(path) is True
        return
    done = verify_by_hand("--", str(path))
    assert done.returncode == 0, done.stderr
    assert b"verified" in done.stdout


def verify_by_hand(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, str(ROOT / "main.py"), "verify", *arguments]
    return subprocess.run(command, capture_output=True, check=False)


def edited(data: bytes) -> bytes:
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.slow
@pytest.mark.parametrize("change", [edited, lambda data: data[:-40], lambda data: b"no tape"])
def test_row_2_what_is_not_true_has_a_status_of_its_own(
    tmp_path: Path, tape: Path, change: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / tape.name
    path.write_bytes(change(tape.read_bytes()))
    assert verify_beside(path) is False
    assert verify_by_hand(str(path)).returncode == UNTRUE


def newer(data: bytes) -> bytes:
    return data[:14] + b" 2" + data[16:]


@pytest.mark.slow
@pytest.mark.parametrize("cause", ["no cartridge", "no file", "newer", "crash", "no such program"])
def test_row_2_a_tape_that_could_not_be_played_is_not_called_untrue(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tape: Path, cause: str
) -> None:
    path = tmp_path / tape.name
    path.write_bytes(newer(tape.read_bytes()) if cause == "newer" else tape.read_bytes())
    if cause == "no cartridge":
        monkeypatch.setenv("ALE_ROMS_DIR", str(tmp_path))
    elif cause == "no file":
        path.unlink()
    elif cause != "newer":
        ends = {"crash": [sys.executable, "-c", "1 / 0"], "no such program": ["/nowhere"]}[cause]
        monkeypatch.setattr("game.records.archive.program", lambda: ends)
    assert verify_beside(path) is None
    if cause == "no cartridge":
        done = verify_by_hand(str(path))
        assert done.returncode == 1
        assert is_one_sentence(done.stderr.decode().strip())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["-dash", "Łódź 日本"])
def test_row_2_a_film_is_made_whatever_it_is_called(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    seat_tape, file = SeatTape(record(12).seats[0].tape), Path(f"{name}.gif")
    job = FilmJob(FilmRequest([seat_tape], 0, 12, "off", file))
    job.wait()
    assert job.problem is None
    assert job.made == 12
    assert file.stat().st_size > 1000


@pytest.mark.slow
def test_row_2_the_reason_why_there_is_no_film_arrives(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    seat_tape, agent = SeatTape(record(12).seats[0].tape), tmp_path / "Łódź.tflite"
    job = FilmJob(FilmRequest([seat_tape], 0, 12, "visitor", tmp_path / "a.gif", agent))
    job.wait()
    assert "Łódź.tflite" in str(job.problem)
    assert is_one_sentence(job.problem)


@pytest.mark.slow
@pytest.mark.parametrize("missing", [True, False])
def test_row_2_bench_says_why_the_arcade_does_not_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: bool
) -> None:
    if missing:
        monkeypatch.setenv("ALE_ROMS_DIR", str(tmp_path))
    else:
        monkeypatch.setattr(bench, "program", lambda: [sys.executable, "-c", "exit(5)"])
    with pytest.raises(bench.BenchError, match="ALE_ROMS_DIR" if missing else "status 5") as error:
        bench._first_frame()
    assert is_one_sentence(error.value)


def test_row_2_a_runtime_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(ModelError, match="LiteRT") as error:
        Model(default_model())
    assert is_one_sentence(error.value)


def test_row_2_a_name_that_is_no_text_goes_into_the_log_and_the_box(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(
        pygame.display, "message_box", lambda _title, text, **_how: shown.append(text)
    )
    name = os.fsdecode(b"\xff.tape")
    message_box.show(TapeError(f"cannot read {name}"), tmp_path)
    assert shown == [r"cannot read \udcff.tape"]
    root = logging.getLogger()
    before = list(root.handlers)
    log_to_file(tmp_path)
    (handler,) = set(root.handlers) - set(before)
    root.removeHandler(handler)
    # Alone: a report of pytest with such a character cannot be sent between its processes.
    monkeypatch.setattr(root, "handlers", [handler])
    logging.getLogger("game").warning("cannot read %s", name)
    handler.close()
    assert r"cannot read \udcff.tape" in (tmp_path / LOG).read_text(encoding="utf-8")


def test_row_2_answers_are_found_among_other_lines() -> None:
    answer = b'{"bigchamp": {"problem": "\\u0141"}}'
    assert heard(answer) == {"problem": "Ł"}
    assert last_answer(b"a library speaks\n" + answer + b"\r\n{}\n[1]\n\xff\n5") == {"problem": "Ł"}
    assert last_answer(b"") is None
