"""From a run's weights to a model that the game loads: `.tflite` and its card."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from agents.config import IMPALA, RAM, ConfigError, TrainingConfig, load_config
from agents.experience.mirror import MIRROR_ACTIONS, MIRROR_COLUMNS
from agents.inference.player import (
    CARD_VERSION,
    INPUTS,
    SIGNATURE,
    Model,
    ModelError,
    off_probe,
    probe,
    probe_ram,
    read_card,
    signature_runner,
)
from agents.learning.algorithms import ALGORITHMS
from agents.learning.learner import assign
from agents.networks.litert import converted
from agents.networks.networks import even_taus
from agents.networks.quantization import SMALLEST_FLOAT16
from agents.runs import checkpoint
from agents.runs.log import LOG, read_log
from game.system.together import replace_together

EXPORTED_QUANTILES = 32
# Of Q, with weights in 8 bits: how far an exported answer may lie from the network's, and those of
# two kinds of processors from each other (the champion: 0.003; 0.0012 between x86-64 and ARM64).
EXPORT_TOLERANCE = 0.02
# A model, its card, and the weights that a new run can start with.
SUFFIXES = (".tflite", ".json", ".npz")


class ExportError(RuntimeError):
    """The run cannot be exported; the message says why."""


def decide(
    network: keras.Model, frames: tf.Tensor, mirror_averaged: bool = False
) -> dict[str, tf.Tensor]:
    """Return the outputs of a model for `frames` uint8 [N, 84, 84, 4], float32, by name.

    A network that reads RAM takes observations uint8 [N, 2, 129] instead.

    The outputs are `value` [N, 1], `advantage` [N, 6] and `q` [N, 6]. A teacher has no value of its
    own: its value is the mean of its Q, as the student's is by construction. It adds its
    `quantiles` [N, 32, 6].

    `mirror_averaged` averages the outputs for the frames and for their mirror image, for a network
    that was trained with mirror augmentation.
    """
    if mirror_averaged:
        plain = decide(network, frames)
        in_mirror = decide(network, tf.gather(frames, MIRROR_COLUMNS, axis=2))
        for name in in_mirror.keys() - {"value"}:
            in_mirror[name] = tf.gather(in_mirror[name], MIRROR_ACTIONS, axis=-1)
        return {name: (plain[name] + in_mirror[name]) / 2 for name in plain}
    if len(network.inputs) == 1:
        outputs = network(frames)
        return {name: outputs[name] for name in ("value", "advantage", "q")}
    quantiles = network([tf.convert_to_tensor(frames), even_taus(EXPORTED_QUANTILES)])  # [N, 32, A]
    q = tf.reduce_mean(quantiles, axis=1)
    value = tf.reduce_mean(q, axis=1, keepdims=True)
    return {"value": value, "advantage": q - value, "q": q, "quantiles": quantiles}


def to_tflite(network: keras.Model, mirror_averaged: bool = False, int8: bool = False) -> bytes:
    """Convert `network` to LiteRT with the signature `decide`, its weights in float16 or `int8`."""
    name = network.inputs[0].name
    return converted(
        network,
        lambda shown: decide(network, shown, mirror_averaged),
        SIGNATURE,
        tf.TensorSpec([None, *INPUTS[name]], tf.uint8, name=name),
        int8,
    )


@contextmanager
def _rounded(network: keras.Model) -> Iterator[None]:
    """Let `network` have the weights that are exported: the large ones as in float16."""
    weights = network.get_weights()
    network.set_weights(
        [
            each.astype(np.float16).astype(np.float32) if each.size >= SMALLEST_FLOAT16 else each
            for each in weights
        ]
    )
    try:
        yield
    finally:
        network.set_weights(weights)


def export_run(run: Path, file: Path, int8: bool = False) -> dict[str, Any]:
    """Write the newest weights of folder `run` to `file`, in 8 bits if `int8`; return the card.

    The card (`.json`) and the weights that a new run can start with (`.npz`) are written beside it.

    Raises ExportError if there is nothing to export, or if LiteRT's outputs are not the network's.
    """
    try:
        config = load_config(run)
    except ConfigError as error:
        raise ExportError(str(error)) from error
    try:
        loaded = checkpoint.load(run)
    except checkpoint.DamagedError as error:
        raise ExportError(str(error)) from error
    if loaded is None:
        raise ExportError(f"{run} has no checkpoint yet")
    arrays, state = loaded
    try:
        network = ALGORITHMS[config.algorithm].build(config.encoder, "float32")
        assign("online", network.variables, arrays)
        training = _training(config, state)
    except (KeyError, ValueError) as error:
        raise ExportError(f"the checkpoint in {run} is of another version") from error
    training |= _values(run, training["gradient_samples"])
    weights = checkpoint.weights_file(arrays, state | {"samples": training["gradient_samples"]})
    mirrored = config.mirror > 0
    return write_model(network, file, training, config.encoder, mirrored, weights, int8)


def export_weights(weights: Path, file: Path, int8: bool = False) -> dict[str, Any]:
    """Write the weights that an export left beside a model to `file` anew; return the card.

    Raises ExportError if `weights` or the card beside it cannot be read, and like `export_run`.
    """
    try:
        arrays, _ = checkpoint.load_weights(weights)
        card = read_card(weights)
        (algorithm,) = (a for a in ALGORITHMS.values() if a.title == card["training"]["algorithm"])
        network = algorithm.build(card["encoder"], "float32")
        assign("online", network.variables, arrays)
        kept = weights.read_bytes()
    except ModelError as error:
        raise ExportError(str(error)) from error
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise ExportError(
            f"{weights} and its card are not what an export leaves beside a model: name a file "
            "of weights (.npz) that has its card (.json) beside it"
        ) from error
    symmetric = card.get("symmetric") is True
    return write_model(network, file, card["training"], card["encoder"], symmetric, kept, int8)


def write_model(
    network: keras.Model,
    file: Path,
    training: dict[str, Any],
    encoder: str = IMPALA,
    mirror_averaged: bool = False,
    weights: bytes | None = None,
    int8: bool = False,
) -> dict[str, Any]:
    """Write `network` to `file`, and its card and the file of `weights` beside it; return the card.

    `training` describes where the weights come from, `encoder` names the encoder, and
    `mirror_averaged` says whether the outputs are averaged with the mirror image's (see `decide`).
    Students alone can be in `int8`, which costs them a few choices in a hundred, most of them
    between actions that are worth the same.
    If LiteRT's outputs differ from the network's by more than the tolerance, or a write fails,
    raises ExportError and leaves `file` as it was.
    """
    if int8 and encoder == RAM:
        raise ExportError(
            "a teacher, which students copy, keeps its weights in 16 bits: leave --int8 out"
        )
    data = to_tflite(network, mirror_averaged, int8)
    shown = probe_ram() if encoder == RAM else probe()
    q = _answer(file, data, network, shown, mirror_averaged, int8)
    card = {
        "version": CARD_VERSION,
        "name": file.stem,
        "sha256": hashlib.sha256(data).hexdigest(),
        "encoder": encoder,
        "symmetric": mirror_averaged,
        "parameters": int(network.count_params()),
        "training": training,
        "results": {},
        "probe_q": [round(float(x), 5) for x in q],
    }
    if int8:
        card["tolerance"] = EXPORT_TOLERANCE
    files = {".tflite": data, ".json": (json.dumps(card, indent=1) + "\n").encode()}
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / file.name
        try:
            replace_together(draft.with_suffix(""), files)
            Model(draft)  # as the arcade will load it
            if weights is not None:
                files[".npz"] = weights
            replace_together(file.with_suffix(""), files)
        except ModelError as error:
            raise ExportError(f"the export failed: {error}") from error
        except OSError as error:
            raise ExportError(f"cannot write {file}: {error.strerror}") from error
    return card


def _answer(
    file: Path,
    data: bytes,
    network: keras.Model,
    shown: NDArray[np.uint8],
    mirror_averaged: bool,
    int8: bool,
) -> NDArray[np.float32]:
    """Return the Q-values [6] of the model `data` of `file` for what is `shown`.

    Raises ExportError if they are not those of `network`.
    """
    try:
        answers = signature_runner(file, data)(**{network.inputs[0].name: shown})
    except ModelError as error:
        raise ExportError(f"the export failed: {error}") from error
    q: NDArray[np.float32] = answers["q"]
    with _rounded(network):
        expected = decide(network, shown, mirror_averaged)["q"].numpy()
    if off_probe(q[0], expected[0], EXPORT_TOLERANCE if int8 else None):
        raise ExportError("the export failed: LiteRT's answers are not those of the network")
    return q[0]


def _values(run: Path, samples: int) -> dict[str, float | None]:
    """Return the run's mean value after `samples`, and its gap to the target network.

    Both are in expected hits (clipped), and None where they were not measured.
    """
    log = run / LOG
    try:
        entries = read_log(log) if log.exists() else []
    except OSError as error:
        raise ExportError(f"cannot read {log}: {error.strerror}") from error
    last = [{}, *(e for e in entries if "q_online" in e and e["samples"] <= samples)][-1]
    return {"value": last.get("q_online"), "value_gap": last.get("q_gap")}


def _training(config: TrainingConfig, state: dict[str, Any]) -> dict[str, Any]:
    return {
        "algorithm": ALGORITHMS[config.algorithm].title,
        "gradient_samples": state["updates"] * config.batch,
        "agent_steps": state["agent_steps"],
        "frames": state["agent_steps"] * config.frame_skip,
        "hours": round(state["hours"], 2),
        "seed": config.seed,
        "discount": config.gamma,
        "teacher": Path(config.teacher).name or None,
        "encoder_from": Path(config.encoder_from).name or None,
    }
