"""The runtime player: a network on LiteRT, TensorFlow's on-device runtime.

A model is two files, `NAME.tflite` and its card `NAME.json`. The model is parsed only if its sha256
equals the card's, because LiteRT loads many damaged files without complaint and crashes on others.
"""

from __future__ import annotations

import errno
import hashlib
import json
import math
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.config import FRAME_SKIP, SCRIPTED_EXPERT
from agents.inference.observation import RAM_OBSERVATION
from agents.inference.preprocess import SIDE, STACK, FrameStack, Grey
from agents.state import scripted_expert
from game.emulation.cabinet import Action, Frame, Rules
from game.play.player import Decision, Kind, Thought
from game.system.sentence import Sentence
from game.system.together import finish_quietly

SIGNATURE = "decide"
INPUTS = {"frames": (SIDE, SIDE, STACK), "ram": (RAM_OBSERVATION.stack, *RAM_OBSERVATION.shape)}
OUTPUTS = {"value": 1, "advantage": len(Action), "q": len(Action)}
FIRST_DISCOUNT = 0.99  # per decision, of the first models, whose cards do not name it
CARD_VERSION = 2  # the first with a picture as its probe
ANSWER_TOLERANCE = 1e-2  # for Q-values up to TYPICAL_Q; of larger ones a thousandth
TYPICAL_Q = 10.0  # hits
LOOSEST = 0.05  # of Q, that a card may allow answers to differ by
MAX_FILE_BYTES = 20_000_000
LONGEST_NAME = 40  # letters of a network's name

Outputs = dict[str, NDArray[np.float32]]


class ModelError(ValueError):
    """The model cannot be used; the message says why and what to do."""


def probe() -> NDArray[np.uint8]:
    """Return fixed frames [1, 84, 84, 4] whose answer every card holds: a picture of the game.

    Drawn after frames of play, in ALE's greys: noise, which the first cards hold an answer to, is
    what no network has seen, and a rounding that no game meets turns its answer over.
    """
    picture = np.zeros((SIDE, SIDE, STACK), np.uint8)
    picture[78:] = 73  # the ground
    picture[4:8, 13:45:8] = picture[4:8, 52:84:8] = 55  # scores
    for shield in (24, 40, 56):
        picture[62:70, shield : shield + 6] = 100
    for row in range(6):
        for column in range(6):
            left, top = 17 + 8 * column, 12 + 7 * row
            picture[top : top + 4, left : left + 5] = 85
    picture[33:54, 57:62] = 0  # those that were hit
    for number in range(STACK):
        picture[75:78, 51 + number : 56 + number, number] = 95  # the cannon, on its way
        picture[56 - 4 * number : 61 - 4 * number, 61, number] = 70  # its missile
        picture[50 + 2 * number : 54 + 2 * number, 47, number] = 60  # a bomb
    return picture[None]


def probe_ram() -> NDArray[np.uint8]:
    """Return a fixed observation of the memory [1, 2, 129] for the same purpose."""
    return noise().reshape(-1)[: math.prod(INPUTS["ram"])].reshape(1, *INPUTS["ram"])


def noise() -> NDArray[np.uint8]:
    """Return the frames [1, 84, 84, 4] that cards of version 1 hold the answer to."""
    pixels = np.arange(SIDE * SIDE * STACK, dtype=np.int64)
    return ((pixels * 2654435761 >> 13) % 256).astype(np.uint8).reshape(1, SIDE, SIDE, STACK)


def off_probe(
    q: NDArray[np.float32], expected: NDArray[np.float32], share: float | None = None
) -> bool:
    """Return whether Q-values `q` [6] are others than those `expected`.

    Float16 weights move them in proportion to their size: by less than a thousandth. With weights
    in 8 bits processors of two kinds differ by more: by a `share` of the largest, of one at least.
    """
    largest = float(np.abs(expected).max())
    tolerance = ANSWER_TOLERANCE * max(1.0, largest / TYPICAL_Q)
    if share is not None:
        tolerance = share * max(1.0, largest)
    return not np.allclose(q, expected, rtol=0, atol=tolerance)


def read_card(model: Path) -> dict[str, Any]:
    """Return the card beside the file `model`; raise ModelError if it cannot be read."""
    finish_quietly(model)
    if not model.name:  # such as "." or "/", which have no card beside them
        raise ModelError(_unreadable(model, os.strerror(errno.EISDIR)))
    path = model.with_suffix(".json")
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(
            Sentence(
                lambda say: say(
                    "the model's card {path} cannot be read: put the card that came with the "
                    "model beside it",
                    path=path,
                )
            )
        ) from error
    except (ValueError, RecursionError) as error:
        raise ModelError(
            Sentence(
                lambda say: say("the model's card {path} is damaged: it is not JSON", path=path)
            )
        ) from error
    if not isinstance(card, dict):
        raise ModelError(
            Sentence(
                lambda say: say("the model's card {path} is damaged: it is not a table", path=path)
            )
        )
    return card


def protocol_name(rules: Rules) -> str:
    """Return the name under which a card keeps results under `rules`."""
    return f"sticky {rules.sticky:g}"


class Model:
    """A verified network: from an observation to value, advantage and Q.

    `reads_ram` says that it observes the console's RAM instead of frames: it is a teacher, and no
    person should race it. `discount` is the discount per decision.
    """

    def __init__(self, path: Path) -> None:
        """Load the model in file `path`; raise ModelError if anything about it is wrong."""
        finish_quietly(path)
        data = _read(path)
        self.card = read_card(path)
        if hashlib.sha256(data).hexdigest() != self.card.get("sha256"):
            raise ModelError(
                Sentence(
                    lambda say: say(
                        "{path} is not the file that its card describes (sha256 differs): it is "
                        "damaged or belongs to another card",
                        path=path,
                    )
                )
            )
        self.discount = _discount(self.card)
        self._run = signature_runner(path, data)
        self._busy = threading.Lock()  # LiteRT's interpreter is not safe for threads
        (self._input,) = self._run.get_input_details()
        self.reads_ram = self._input == "ram"
        try:
            shown = probe() if self.card.get("version") == CARD_VERSION else noise()
            answer = self(probe_ram() if self.reads_ram else shown)
            expected = np.asarray(self.card["probe_q"], np.float32)
        except (KeyError, ValueError, TypeError, RuntimeError) as error:
            why = f" ({error})" if str(error) else ""
            raise ModelError(
                Sentence(
                    lambda say: say(
                        "{path} does not answer as its card says{why}", path=path, why=why
                    )
                )
            ) from error
        share = _tolerance(self.card)
        if expected.shape != (len(Action),) or off_probe(answer["q"][0], expected, share):
            raise ModelError(
                Sentence(
                    lambda say: say("{path} does not give the answer stored in its card", path=path)
                )
            )

    def __call__(self, frames: NDArray[np.uint8]) -> Outputs:
        """Return `value` [N, 1], `advantage` [N, 6] and `q` [N, 6] for frames [N, 84, 84, 4].

        A model that reads RAM takes observations uint8 [N, 2, 129] instead.
        """
        with self._busy:
            outputs: Outputs = self._run(**{self._input: frames})
        return outputs


def seeing_model(path: Path) -> Model:
    """Return the model in file `path` for the arcade, where all players see the same picture.

    Raises ModelError like Model, and for a model that reads the console's RAM.
    """
    model = Model(path)
    if model.reads_ram:
        raise ModelError(
            Sentence(
                lambda say: say(
                    "{path} reads the console's memory instead of the picture, so it cannot race "
                    "people: choose another model (`evaluate` measures this one)",
                    path=path,
                )
            )
        )
    return model


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ModelError(
                Sentence(lambda say: say("{path} is too large to be a BigChamp model", path=path))
            )
        return path.read_bytes()
    except OSError as error:
        raise ModelError(_unreadable(path, error.strerror)) from error


def _unreadable(path: Path, reason: str | None) -> Sentence:
    return Sentence(
        lambda say: say(
            "the model {path} cannot be read ({reason}): choose another file",
            path=path,
            reason=reason,
        )
    )


def _discount(card: dict[str, Any]) -> float:
    """Return the discount that a model was trained with; the first cards do not name it."""
    training = card.get("training")
    discount = training.get("discount") if isinstance(training, dict) else None
    return float(discount) if isinstance(discount, float) and 0 < discount <= 1 else FIRST_DISCOUNT


def _tolerance(card: dict[str, Any]) -> float | None:
    """Return the share of Q that answers may differ by, None if the card names no good one."""
    share = card.get("tolerance")
    return share if isinstance(share, float) and 0 < share <= LOOSEST else None


def signature_runner(path: Path, data: bytes) -> Any:
    """Return the runner of the signature `decide` of the model `data` of file `path`.

    Raises ModelError if its names, types or shapes are others than a model's.
    """
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise ModelError(_not_loaded(str(error))) from error
    try:
        interpreter = Interpreter(model_content=data, num_threads=1)
        signatures = interpreter.get_signature_list()
        if SIGNATURE not in signatures:
            raise ModelError(
                Sentence(
                    lambda say: say(
                        "{path} is not a BigChamp model: it has no signature '{name}'",
                        path=path,
                        name=SIGNATURE,
                    )
                )
            )
        runner = interpreter.get_signature_runner(SIGNATURE)
        inputs, outputs = runner.get_input_details(), runner.get_output_details()
    except ModelError:
        raise
    except (ValueError, RuntimeError) as error:
        raise ModelError(
            Sentence(
                lambda say: say("{path} is not a BigChamp model: LiteRT cannot read it", path=path)
            )
        ) from error
    (name, details), *others = inputs.items()
    if others or name not in INPUTS or not set(OUTPUTS) <= set(outputs):
        raise ModelError(
            Sentence(
                lambda say: say(
                    "{path} is not a BigChamp model: its inputs or outputs have other names",
                    path=path,
                )
            )
        )
    if tuple(details["shape"][1:]) != INPUTS[name] or details["dtype"] != np.uint8:
        shape = ", ".join(str(size) for size in INPUTS[name])
        raise ModelError(
            Sentence(
                lambda say: say(
                    "{path} is not a BigChamp model: it does not take {name} uint8 [N, {shape}]",
                    path=path,
                    name=name,
                    shape=shape,
                )
            )
        )
    for name, width in OUTPUTS.items():
        if tuple(outputs[name]["shape"][1:]) != (width,):
            raise ModelError(_wrong_width(path, name, width))
    return runner


def _not_loaded(why: str) -> Sentence:
    """Return what to do where LiteRT itself is missing or lacks a library."""
    if sys.platform == "win32":
        return Sentence(
            lambda say: say(
                "LiteRT, which runs the networks, cannot be loaded ({error}): install Microsoft's "
                "Visual C++ Redistributable",
                error=why,
            )
        )
    return Sentence(
        lambda say: say(
            "LiteRT, which runs the networks, cannot be loaded ({error}): install it again",
            error=why,
        )
    )


def _wrong_width(path: Path, name: str, width: int) -> Sentence:
    return Sentence(
        lambda say: say(
            "{path} is not a BigChamp model: its output {name} is not {width} wide",
            path=path,
            name=name,
            width=width,
        )
    )


def _shown(name: object) -> str:
    """Return a card's name in the form that tapes and high scores can keep and show."""
    text = "".join(c for c in str(name)[:LONGEST_NAME] if c.isprintable())
    return text.strip() or "agent"


class AgentPlayer:
    """Decides greedily on every fourth frame and repeats the action between."""

    kind = Kind.AGENT

    def __init__(self, model: Model, name: str | None = None) -> None:
        self.name = name or _shown(model.card.get("name", "agent"))
        self._model = model
        self._stack = FrameStack()
        self._before: Grey | None = None
        self._decision = Decision(Action.NOOP)

    def decide(self, frame: Frame) -> Decision:
        if frame.number % FRAME_SKIP == 0:
            self._stack.push(frame.grey, self._before)
            observation = self._stack.array.copy()
            outputs = self._model(observation[None])
            q = outputs["q"][0]
            self._decision = Decision(
                Action(int(np.argmax(q))),
                Thought(
                    q,
                    float(outputs["value"][0, 0]),
                    outputs["advantage"][0],
                    observation,
                    self._model.discount,
                ),
            )
        self._before = frame.grey
        return self._decision


class RamStack:
    """The console's memory at the last two decisions of one game, each with the action before."""

    def __init__(self) -> None:
        self.array = np.zeros(INPUTS["ram"], np.uint8)  # [2, 129]

    def push(self, ram: bytes, action: Action) -> None:
        """Add the memory at a decision, and the `action` that led to it."""
        self.add(np.append(np.frombuffer(ram, np.uint8), np.uint8(action)))

    def add(self, observed: NDArray[np.uint8]) -> None:
        """Add what was observed at a decision, uint8 [129]."""
        self.array[:-1] = self.array[1:]
        self.array[-1] = observed


class PrivilegedPlayer:
    """Decides like AgentPlayer but reads the console's RAM; it serves to evaluate who teaches."""

    kind = Kind.AGENT

    def __init__(
        self, name: str, choose: Callable[[NDArray[np.uint8]], NDArray[np.integer]]
    ) -> None:
        """Play what `choose` says [1] of an observation of the memory [1, 2, 129]."""
        self.name = name
        self._choose = choose
        self._stack = RamStack()
        self._decision = Decision(Action.NOOP)

    def decide(self, frame: Frame) -> Decision:
        if frame.number % FRAME_SKIP == 0:
            self._stack.push(frame.ram, self._decision.action)
            self._decision = Decision(Action(int(self._choose(self._stack.array[None])[0])))
        return self._decision


def privileged_model(model: Model) -> PrivilegedPlayer:
    """Return a player that does what `model`, which reads the console's memory, says."""
    name = str(model.card.get("name", "teacher"))
    return PrivilegedPlayer(name, lambda ram: model(ram)["q"].argmax(axis=1))


def expert_player() -> PrivilegedPlayer:
    """Return the scripted expert as a player."""
    return PrivilegedPlayer(SCRIPTED_EXPERT, scripted_expert.choose)
