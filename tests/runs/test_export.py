from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.helpers.common import is_one_sentence, stirred

pytest.importorskip("tensorflow")

import keras
from tensorflow.lite.python import schema_py_generated as schema

from agents.config import FRAME_SKIP, RAM, TrainingConfig
from agents.experience.mirror import MIRROR_ACTIONS, MIRROR_COLUMNS
from agents.inference.player import Model
from agents.inference.preprocess import FrameStack
from agents.learning.learner import Learner
from agents.networks import quantization
from agents.networks.networks import dueling_network, iqn_network
from agents.runs import checkpoint, export
from agents.runs.export import ExportError, decide, export_run, export_weights, write_model
from game.emulation.cabinet import Cabinet, Rules
from game.play.player import RandomPlayer

TOLERANCE = 1e-2
TOLERANCE_INT8 = 0.04  # of the largest answer, on average: a place may be rounded the other way
STATE = {"updates": 1_000, "agent_steps": 16_000, "hours": 1.234}
CONFIG = dataclasses.replace(TrainingConfig(), precision="float32", mirror=0.0, seed=3)


@pytest.fixture(scope="module")
def stacks() -> NDArray[np.uint8]:
    """Thirty stacks of a random game."""
    cabinet, player, stack, kept = Cabinet(Rules(), 0), RandomPlayer(0), FrameStack(), []
    before = None
    while len(kept) < 30:
        frame = cabinet.frame
        if frame.number % FRAME_SKIP == 0:
            stack.push(frame.grey, before)
            if frame.number % (5 * FRAME_SKIP) == 0:
                kept.append(stack.array.copy())
        before = frame.grey
        cabinet.step(player.decide(frame).action)
    return np.stack(kept)


def assert_equal_answers(model: Model, network: Any, stacks: NDArray[np.uint8]) -> None:
    expected = {name: tensor.numpy() for name, tensor in network(stacks).items()}
    assert np.ptp(expected["q"], axis=0).max() > 0.05  # or any constant would pass
    for size in (1, 5):
        for at in range(0, len(stacks), size):
            answer = model(stacks[at : at + size])
            for name, width in (("value", 1), ("advantage", 6), ("q", 6)):
                assert (answer[name].shape, answer[name].dtype) == ((size, width), np.float32)
                difference = np.abs(answer[name] - expected[name][at : at + size]).max()
                assert difference <= TOLERANCE, name


def test_exported_model_answers_like_the_network(
    tiny_model: Path, tiny_network: Any, stacks: NDArray[np.uint8]
) -> None:
    assert_equal_answers(Model(tiny_model), tiny_network, stacks)


@pytest.mark.training
def test_a_network_with_large_q_values_is_exported(tiny_network: Any, tmp_path: Path) -> None:
    network = dueling_network()
    network.set_weights(tiny_network.get_weights())
    for variable in network.variables[-2:]:  # the value's, of which Q is made
        variable.assign(3_000.0 * variable)
    card = write_model(network, tmp_path / "large.tflite", {})
    assert np.abs(card["probe_q"]).max() > 100
    Model(tmp_path / "large.tflite")


def parts(model: Path) -> tuple[list[str], dict[type, list[int]]]:
    """Return the operations of a model, and how many numbers its small constants have."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(model), num_threads=1)
    interpreter.allocate_tensors()
    names = [operation["op_name"] for operation in interpreter._get_ops_details()]
    sizes: dict[type, list[int]] = {np.int8: [], np.float16: []}
    for tensor in interpreter.get_tensor_details():
        if tensor["dtype"] in sizes:
            sizes[tensor["dtype"]].append(int(np.prod(tensor["shape"])))
    return names, sizes


def test_only_large_weights_are_rounded_and_little_is_left_outside_the_fused_parts(
    tiny_model: Path,
) -> None:
    names, sizes = parts(tiny_model)
    assert names.count("DEQUANTIZE") < 20
    assert names.count("DELEGATE") <= 4
    assert len(names) < 350
    assert not sizes[np.int8]
    assert min(sizes[np.float16]) >= quantization.SMALLEST_FLOAT16


@pytest.mark.training
def test_weights_in_8_bits_answer_nearly_like_the_network(
    tiny_network: Any, stacks: NDArray[np.uint8], tmp_path: Path
) -> None:
    file = tmp_path / "small.tflite"
    card = write_model(tiny_network, file, {}, int8=True)
    assert card["tolerance"] == export.EXPORT_TOLERANCE
    names, sizes = parts(file)
    assert names.count("DEQUANTIZE") < 5
    assert names.count("DELEGATE") <= 4
    assert min(sizes[np.int8]) >= quantization.SMALLEST_INT8
    assert sum(sizes[np.int8]) > 0.9 * tiny_network.count_params()
    answer, expected = Model(file)(stacks), tiny_network(stacks)
    for name in ("value", "advantage", "q"):
        exact = expected[name].numpy()
        assert np.abs(answer[name] - exact).mean() <= TOLERANCE_INT8 * np.abs(exact).max(), name
    with pytest.raises(ExportError, match="keeps its weights"):
        write_model(iqn_network(), tmp_path / "teacher.tflite", {}, RAM, int8=True)


def test_a_row_of_weights_in_8_bits_is_as_fine_as_its_largest_number() -> None:
    model, tensor = SimpleNamespace(buffers=[], operatorCodes=[]), SimpleNamespace()
    rows = np.random.default_rng(0).normal(size=(4, 1_024)).astype(np.float32)
    rows *= np.array([[1e-3], [1.0], [50.0], [0.0]], np.float32)
    model.buffers.append(SimpleNamespace(data=rows.tobytes()))
    tensor.type, tensor.buffer, tensor.shape = schema.TensorType.FLOAT32, 0, rows.shape
    quantization._to_int8(model, tensor)
    scale = tensor.quantization.scale[:, None]
    numbers = np.frombuffer(bytes(model.buffers[tensor.buffer].data), np.int8).reshape(rows.shape)
    assert (np.abs(rows - numbers * scale) <= 0.501 * scale).all()
    assert np.abs(numbers[:3]).max(axis=1).tolist() == [127, 127, 127]
    assert not numbers[3].any()


def test_network_outputs_are_dueling(tiny_network: Any, stacks: NDArray[np.uint8]) -> None:
    answer = {name: tensor.numpy() for name, tensor in tiny_network(stacks).items()}
    np.testing.assert_allclose(answer["advantage"].mean(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(answer["q"], answer["value"] + answer["advantage"], atol=1e-6)


def test_signature_has_its_names_types_and_shapes(tiny_model: Path) -> None:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(tiny_model))
    names = {"decide": {"inputs": ["frames"], "outputs": ["advantage", "q", "value"]}}
    assert interpreter.get_signature_list() == names
    runner = interpreter.get_signature_runner("decide")
    frames = runner.get_input_details()["frames"]
    assert frames["shape_signature"].tolist() == [-1, 84, 84, 4]
    assert frames["dtype"] == np.uint8
    widths = {name: out["shape"][-1] for name, out in runner.get_output_details().items()}
    assert widths == {"value": 1, "advantage": 6, "q": 6}


def test_card_describes_the_file(tiny_model: Path, tiny_network: Any) -> None:
    card = json.loads(tiny_model.with_suffix(".json").read_text())
    assert card["version"] == 2
    assert card["name"] == "tiny"
    assert card["sha256"] == hashlib.sha256(tiny_model.read_bytes()).hexdigest()
    assert card["encoder"] == "s2d2-impala-16-32-32"
    assert card["parameters"] == tiny_network.count_params()
    assert card["training"] == {"algorithm": "none"}
    assert card["results"] == {}
    assert len(card["probe_q"]) == 6
    assert "tolerance" not in card


@pytest.fixture(scope="module")
def run(tensorflow: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A run's folder with two checkpoints, and the network of the newer one."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    checkpoint.write_atomically(folder / "config.json", CONFIG.to_json().encode())
    keras.utils.set_random_seed(1)
    learner = Learner(CONFIG)
    checkpoint.save(folder, 1, learner.state(), STATE)
    random = np.random.default_rng(0)
    for variable in learner.online.variables:  # all differ from zero and from the target's
        variable.assign_add(random.normal(0, 0.03, variable.shape))
    checkpoint.save(folder, 2, learner.state(), STATE)
    return folder, learner.online


@pytest.mark.training
def test_exported_run_is_the_newest_online_network(
    run: tuple[Path, Any], stacks: NDArray[np.uint8], tmp_path: Path
) -> None:
    folder, network = run
    lines = [{"samples": 1, "q_online": 2.5, "q_gap": 0.5}, {"samples": 2, "trial": {}}]
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    file = tmp_path / "new" / "agent.tflite"
    card = export_run(folder, file)
    model = Model(file)
    assert model.card == card
    assert card["training"] == {
        "algorithm": "dueling double DQN",
        "gradient_samples": 128_000,
        "agent_steps": 16_000,
        "frames": 64_000,
        "hours": 1.23,
        "seed": 3,
        "discount": 0.99,
        "teacher": None,
        "encoder_from": None,
        "value": 2.5,
        "value_gap": 0.5,
    }
    assert model.discount == 0.99
    assert_equal_answers(model, network, stacks)
    names = {path.name for path in file.parent.iterdir()}
    assert names - {"agent.npz"} == {"agent.json", "agent.tflite"}  # and nothing half-written

    again = tmp_path / "again.tflite"
    card_again = export_weights(file.with_suffix(".npz"), again)
    assert card_again["training"] == card["training"]
    assert_equal_answers(Model(again), network, stacks)
    assert again.with_suffix(".npz").read_bytes() == file.with_suffix(".npz").read_bytes()


def test_weights_without_their_card_are_refused(tmp_path: Path) -> None:
    for name in ("missing", "damaged"):
        weights = tmp_path / f"{name}.npz"
        if name == "damaged":
            weights.write_bytes(b"nothing")
            weights.with_suffix(".json").write_text("{}")
        with pytest.raises(ExportError) as error:
            export_weights(weights, tmp_path / "again.tflite")
        assert is_one_sentence(error.value)
    assert not (tmp_path / "again.tflite").exists()


def test_folder_without_a_run_or_a_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="config") as error:
        export_run(tmp_path, tmp_path / "a.tflite")
    assert is_one_sentence(error.value)
    (tmp_path / "config.json").write_text(CONFIG.to_json())
    with pytest.raises(ExportError, match="no checkpoint yet") as error:
        export_run(tmp_path, tmp_path / "a.tflite")
    assert is_one_sentence(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]


@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["missing", "another shape", "state"])
def test_checkpoint_of_another_version_is_refused(
    wrong: str, run: tuple[Path, Any], tmp_path: Path
) -> None:
    arrays, state = checkpoint.load(run[0]) or ({}, {})
    if wrong == "missing":
        del arrays["online/5"]
    elif wrong == "another shape":
        arrays["online/0"] = arrays["online/0"][..., 1:]
    else:
        state = {}
    (tmp_path / "config.json").write_text(CONFIG.to_json())
    checkpoint.save(tmp_path, 1, arrays, state)
    with pytest.raises(ExportError, match="another version") as error:
        export_run(tmp_path, tmp_path / "a.tflite")
    assert is_one_sentence(error.value)


def test_model_that_is_not_the_network_never_replaces_a_good_one(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "tiny.tflite"
    for suffix in (".tflite", ".json"):
        file.with_suffix(suffix).write_bytes(tiny_model.with_suffix(suffix).read_bytes())
    monkeypatch.setattr(export, "to_tflite", lambda *_: tiny_model.read_bytes())
    keras.utils.set_random_seed(8)
    with pytest.raises(ExportError) as error:
        write_model(dueling_network(), file, {})
    assert is_one_sentence(error.value)
    for suffix in (".tflite", ".json"):
        kept = file.with_suffix(suffix).read_bytes()
        assert kept == tiny_model.with_suffix(suffix).read_bytes()


def test_unwritable_target_is_refused(
    tiny_model: Path, tiny_network: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "to_tflite", lambda *_: tiny_model.read_bytes())
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ExportError, match="cannot write") as error:
        write_model(tiny_network, tmp_path / "file" / "a.tflite", {})
    assert is_one_sentence(error.value)


@pytest.mark.training
@pytest.mark.usefixtures("tensorflow")
def test_exported_teacher_equals_its_network(tmp_path: Path, stacks: NDArray[np.uint8]) -> None:
    keras.utils.set_random_seed(3)
    network = stirred(iqn_network())
    file = tmp_path / "teacher.tflite"
    write_model(network, file, {"algorithm": "implicit quantile network"})
    answer = Model(file)(stacks)
    assert answer["quantiles"].shape == (len(stacks), 32, 6)
    for name, expected in decide(network, stacks).items():
        # A quantile of untrained weights swings with its fraction; Q averages that out.
        tolerance = TOLERANCE * (2 if name == "quantiles" else 1)
        assert np.abs(answer[name] - expected.numpy()).max() <= tolerance, name
    np.testing.assert_allclose(answer["value"] + answer["advantage"], answer["q"], atol=1e-5)
    again = Model(file)(stacks)
    np.testing.assert_array_equal(again["q"], answer["q"])


@pytest.mark.training
def test_a_mirror_averaged_model_gives_mirrored_answers_to_mirrored_frames(
    tiny_network: Any, tmp_path: Path
) -> None:
    file = tmp_path / "even.tflite"
    card = write_model(tiny_network, file, {}, mirror_averaged=True)
    assert card["symmetric"] is True
    model = Model(file)
    frames = np.random.default_rng(0).integers(0, 256, (3, 84, 84, 4), np.uint8)
    frames[:, :, 83] = frames[:, :, 82]  # the column that the mirror repeats
    frames[:, :, 0] = frames[:, :, 1]
    seen, in_mirror = model(frames), model(frames[:, :, MIRROR_COLUMNS])
    np.testing.assert_allclose(seen["q"], in_mirror["q"][:, MIRROR_ACTIONS], atol=2e-2)
    np.testing.assert_allclose(seen["value"], in_mirror["value"], atol=2e-2)
    np.testing.assert_allclose(seen["q"], seen["value"] + seen["advantage"], atol=1e-3)
    assert np.abs(seen["q"] - in_mirror["q"]).max() > 0.1
