from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.inference import player as players
from agents.inference import sandbox
from agents.inference.player import (
    MAX_FILE_BYTES,
    AgentPlayer,
    Model,
    ModelError,
    Outputs,
    read_card,
)
from game.emulation.cabinet import Action, Cabinet, Rules
from game.play.match import Match, Seat
from game.play.player import Kind, RandomPlayer, Thought
from game.play.tape import load
from tests.helpers.common import is_one_sentence
from tests.helpers.odd_models import odd_model

ROOT = Path(__file__).parents[2]


def put(folder: Path, data: bytes, **card: Any) -> Path:
    """Write a model file and a card that names it."""
    path = folder / "agent.tflite"
    path.write_bytes(data)
    usual = {"version": 2, "sha256": hashlib.sha256(data).hexdigest(), "probe_q": [0.0] * 6}
    card = usual | card
    path.with_suffix(".json").write_text(json.dumps(card))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as error:
        Model(path)
    assert is_one_sentence(error.value), error.value
    return str(error.value)


@pytest.fixture
def unparsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test if the model file is given to LiteRT."""
    monkeypatch.setattr(players, "signature_runner", lambda *_: pytest.fail("the file was parsed"))


@pytest.mark.usefixtures("unparsed")
def test_missing_files_are_refused(tmp_path: Path) -> None:
    assert "choose another file" in refusal(tmp_path / "none.tflite")
    assert "cannot be read" in refusal(tmp_path)
    path = put(tmp_path, b"model")
    path.with_suffix(".json").unlink()
    assert "card" in refusal(path)


@pytest.mark.usefixtures("unparsed")
@pytest.mark.parametrize("change", ["cut short", "bit flip", "byte added", "emptied"])
def test_damaged_file_is_refused_before_it_is_parsed(change: str, tmp_path: Path) -> None:
    data = bytes(range(256)) * 40
    path = put(tmp_path, data)
    flipped = data[:5000] + bytes([data[5000] ^ 4]) + data[5001:]
    changed = {"cut short": data[:-100], "bit flip": flipped, "byte added": data + b"\0"}
    path.write_bytes(changed.get(change, b""))
    assert "sha256 differs" in refusal(path)


@pytest.mark.usefixtures("unparsed")
@pytest.mark.parametrize("sha256", [None, 5, "", "0" * 64, ["a"]])
def test_card_without_the_files_sha256_is_refused(sha256: Any, tmp_path: Path) -> None:
    assert "sha256 differs" in refusal(put(tmp_path, b"model", sha256=sha256))


@pytest.mark.usefixtures("unparsed")
@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff\xfe", b"[]", b"5", b"null", b"[" * 100_000], ids=len
)
def test_card_that_is_no_table_of_json_is_refused(text: bytes, tmp_path: Path) -> None:
    path = put(tmp_path, b"model")
    path.with_suffix(".json").write_bytes(text)
    assert "damaged" in refusal(path)
    with pytest.raises(ModelError):
        read_card(path)


@pytest.mark.usefixtures("unparsed")
def test_file_too_large_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, b"model")
    os.truncate(path, MAX_FILE_BYTES + 1)
    monkeypatch.setattr(Path, "read_bytes", lambda _path: pytest.fail("it was read"))
    assert "too large" in refusal(path)


@pytest.mark.parametrize("data", [b"", b"not a model", b"TFL3" * 100, b"\x1c\0\0\0TFL3"])
def test_file_that_is_no_model_is_refused_though_its_sha256_holds(
    data: bytes, tmp_path: Path
) -> None:
    assert "is not a BigChamp model" in refusal(put(tmp_path, data))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("nothing", ""),
        ("signature", "no signature"),
        ("side", "does not take"),
        ("type", "does not take"),
        ("width", "6 wide"),
        ("scalar", "6 wide"),
        ("outputs", "other names"),
        ("input", "other names"),
    ],
)
def test_whole_model_of_another_kind_is_refused(
    wrong: str, said: str, tensorflow: ModuleType, tmp_path: Path
) -> None:
    data = odd_model(tensorflow, wrong, tmp_path)
    probe_q = [float(players.probe().mean())] * 6
    path = put(tmp_path, data, probe_q=probe_q)
    if wrong == "nothing":
        Model(path)  # so that each refusal below has its own cause
    else:
        message = refusal(path)
        assert said in message
        assert message.count(str(path)) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "said"), [("loop", "does not answer within"), ("large", "does not answer as")]
)
def test_a_model_that_hangs_or_takes_all_memory_does_so_in_the_sandbox(
    wrong: str, said: str, tensorflow: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "LONGEST_S", 5)
    monkeypatch.setattr(sandbox, "PATIENCE_S", 300.0)
    probe_q = [float(players.probe().mean())] * 6
    path = put(tmp_path, odd_model(tensorflow, wrong, tmp_path), probe_q=probe_q)
    with pytest.raises(ModelError, match=said) as error:
        sandbox.try_out(path)
    assert is_one_sentence(error.value), error.value


@pytest.mark.slow
def test_a_good_model_from_elsewhere_passes_and_a_bad_one_says_what_is_wrong(
    tiny_model: Path, tmp_path: Path
) -> None:
    sandbox.try_out(tiny_model)
    with pytest.raises(ModelError, match="is not a BigChamp model") as error:
        sandbox.try_out(put(tmp_path, b"TFL3"))
    assert is_one_sentence(error.value), error.value


@pytest.mark.parametrize(
    "probe_q",
    [None, [], [0.0] * 5, [[0.0] * 6], ["a"] * 6, {"q": 1}, "text", [float("nan")] * 6, "shifted"],
)
def test_model_that_answers_otherwise_than_its_card_is_refused(
    probe_q: Any, tiny_model: Path, tmp_path: Path
) -> None:
    card = read_card(tiny_model)
    if probe_q == "shifted":
        probe_q = [q + (0.05 if action == 3 else 0) for action, q in enumerate(card["probe_q"])]
    assert "answer" in refusal(put(tmp_path, tiny_model.read_bytes(), probe_q=probe_q))


def test_card_without_a_probe_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    path = put(tmp_path, tiny_model.read_bytes())
    card = read_card(path)
    del card["probe_q"]
    path.with_suffix(".json").write_text(json.dumps(card))
    assert "answer" in refusal(path)


@pytest.mark.parametrize(
    ("probe", "sha256"),
    [(players.probe, "da8e59534b0fd16e"), (players.noise, "8148a2697c3fac8c")],
    ids=["a picture", "the first version's noise"],
)
def test_probe_never_changes(probe: Callable[[], NDArray[np.uint8]], sha256: str) -> None:
    """Every card ever written holds its answer."""
    shown = probe()
    assert (shown.shape, shown.dtype) == ((1, 84, 84, 4), np.uint8)
    assert hashlib.sha256(shown.tobytes()).hexdigest().startswith(sha256)


def test_a_card_of_the_first_version_holds_the_answer_to_noise(
    model: Model, tiny_model: Path, tmp_path: Path
) -> None:
    answer = [float(q) for q in model(players.noise())["q"][0]]
    Model(put(tmp_path, tiny_model.read_bytes(), version=1, probe_q=answer))
    assert "answer" in refusal(put(tmp_path, tiny_model.read_bytes(), probe_q=answer))


def test_the_larger_q_values_are_the_further_may_rounding_move_them() -> None:
    q = np.array([11.9, 11.6, 12.2, 12.2, 11.5, 11.7], np.float32)
    assert not players.off_probe(q + 0.0072, q), "float16 in the first champion"
    for scale in (1, 10, 100):
        assert not players.off_probe(scale * q * 1.0005, scale * q)
        assert players.off_probe(scale * q * 1.002, scale * q)
    assert players.off_probe(np.float32(0.02) + q / 100, q / 100), "small ones may not move more"
    assert players.off_probe(q * np.float32("nan"), q)
    assert not players.off_probe(q * 1.019, q, share=0.02)
    assert players.off_probe(q * 1.021, q, share=0.02)


def test_a_card_allows_another_processor_no_more_than_a_little(
    tiny_model: Path, tmp_path: Path
) -> None:
    probe_q = [q + 0.015 for q in read_card(tiny_model)["probe_q"]]
    data = tiny_model.read_bytes()
    Model(put(tmp_path, data, probe_q=probe_q, tolerance=0.02))
    for tolerance in (0.01, None, "0.02", 0.5, float("nan")):
        assert "answer" in refusal(put(tmp_path, data, probe_q=probe_q, tolerance=tolerance))


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> Model:
    return Model(tiny_model)


class Counted:
    """A model that records its inputs and answers."""

    def __init__(self, model: Model) -> None:
        self.card = model.card
        self.discount = model.discount
        self.model = model
        self.asked: list[NDArray[np.uint8]] = []
        self.answers: list[Outputs] = []

    def __call__(self, frames: NDArray[np.uint8]) -> Outputs:
        self.asked.append(frames.copy())
        answer = self.model(frames)
        self.answers.append({name: array.copy() for name, array in answer.items()})
        return answer


def test_agent_decides_on_every_fourth_frame_and_repeats_between(model: Model) -> None:
    counted = Counted(model)
    match = Match([AgentPlayer(counted)], Rules(), 1)  # type: ignore[arg-type]
    (seat,) = match.seats
    thoughts: list[Thought] = []
    while match.number < 201:
        match.step()
        assert len(counted.asked) == (match.number - 1) // 4 + 1
        assert seat.decision is not None
        assert seat.decision.thought is not None
        thoughts.append(seat.decision.thought)
        assert seat.decision.action == np.argmax(thoughts[-1].q)
    held = [set(seat.tape.actions[i : i + 4]) for i in range(0, 200, 4)]
    assert all(len(four) == 1 for four in held)
    assert all(thoughts[i] is thoughts[i // 4 * 4] for i in range(len(thoughts)))
    for thought, answer in zip(thoughts[::4], counted.answers, strict=True):
        # A thought is kept, so later decisions must not write into it.
        np.testing.assert_array_equal(thought.q, answer["q"][0])
        np.testing.assert_array_equal(thought.advantage, answer["advantage"][0])
        np.testing.assert_allclose(thought.q, thought.value + thought.advantage, atol=1e-5)
        assert abs(thought.advantage.mean()) < 1e-5
        assert (thought.q.shape, thought.advantage.shape) == ((6,), (6,))
    assert len({stack.tobytes() for stack in counted.asked}) > 10


def play(match: Match, frames: int) -> list[Seat]:
    while match.number < frames and not match.over:
        match.step()
    match.finish()
    return match.seats


@pytest.mark.slow
def test_same_seed_is_the_same_game_for_any_number_of_agents(model: Model) -> None:
    (alone,) = play(Match([AgentPlayer(model)], Rules(), 4), 400)
    assert len(set(alone.tape.actions)) >= 1
    seats = play(Match([AgentPlayer(model), RandomPlayer(0), AgentPlayer(model)], Rules(), 4), 400)
    for seat in (seats[0], seats[2]):
        assert seat.tape.actions == alone.tape.actions
        assert seat.tape.digests == alone.tape.digests


def test_agent_is_named_by_its_card_or_by_whoever_seats_it(model: Model) -> None:
    assert AgentPlayer(model).name == "tiny"
    assert AgentPlayer(model, "Rookie").name == "Rookie"
    assert AgentPlayer(model).kind == Kind.AGENT


@pytest.mark.parametrize("name", ["\x1b[2J", "a\ud800", "x" * 10_000, "", None, ["a"]])
def test_whatever_a_card_calls_its_network_the_tape_can_be_read(
    name: object, tiny_model: Path, tmp_path: Path
) -> None:
    card = read_card(tiny_model) | {"name": name}
    path = put(tmp_path, tiny_model.read_bytes(), probe_q=card["probe_q"], name=name)
    match = Match([AgentPlayer(Model(path))], Rules(), 1, limit_frames=5)
    while not match.over:
        match.step()
    match.finish()
    tape = tmp_path / "game.tape"
    match.seats[0].tape.save(tape)
    assert load(tape).player == match.seats[0].player.name != ""


def test_outputs_are_in_the_emulators_order(model: Model) -> None:
    assert model(players.probe())["q"].shape == (1, len(Action))


def test_model_plays_without_tensorflow(tiny_model: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom agents.inference.player import Model, probe\n"
        f"Model(Path({str(tiny_model)!r}))(probe())\nprint(*sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert not {"tensorflow", "keras", "pygame"} & set(run.stdout.split())


@pytest.mark.parametrize(
    ("training", "discount"),
    [({"discount": 0.995}, 0.995), ({}, 0.99), ({"discount": "half"}, 0.99), (None, 0.99)],
)
def test_a_thought_knows_its_networks_discount_or_the_first_ones(
    training: object, discount: float, tiny_model: Path, tmp_path: Path
) -> None:
    probe_q = read_card(tiny_model)["probe_q"]
    path = put(tmp_path, tiny_model.read_bytes(), probe_q=probe_q, training=training)
    thought = AgentPlayer(Model(path)).decide(Cabinet(Rules(), 1).frame).thought
    assert thought is not None
    assert thought.discount == discount
