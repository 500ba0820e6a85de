"""How exactly a student sees: the error of each predicted target, in its own games.

The emulator's memory says where everything is, the student says where it sees it (see
`agents/state/targets.py`). Errors are told apart by what overlaps what, and by wave.

With the truth in place of what it sees of a thing, or of all, its features as they are, the student
makes better decisions. What it gains by that is what better eyes are worth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from agents.config import RAM
from agents.inference.episode import Episode
from agents.inference.evaluate import summarize
from agents.inference.lockstep import Game
from agents.inference.player import ModelError, RamStack, read_card
from agents.inference.preprocess import FrameStack
from agents.learning.learner import assign
from agents.networks.networks import ENCODERS, dueling_network
from agents.networks.radial_basis import radial_basis
from agents.runs import checkpoint
from agents.runs.eye_errors import errors_by_target
from agents.state.targets import TARGETS, THINGS, in_pixels, state_targets
from game.emulation.cabinet import Action, Rules

AT_ONCE = 32  # games
KEPT = 4  # of so many decisions one is kept: the next ones look alike


class Eyes:
    """A student that says what it sees and what it would do."""

    def __init__(self, model: Path) -> None:
        """Load the weights beside the file `model`; raise ModelError if it is no student's."""
        self.model = model
        encoder = read_card(model).get("encoder")
        if encoder == RAM:
            raise ModelError(f"{model} reads the console's memory: it has no eyes to measure")
        if encoder not in ENCODERS:
            raise ModelError(f"the card of {model} names no encoder of this program: export again")
        network = dueling_network(encoder)
        weights = model.with_suffix(".npz")
        try:
            assign("online", network.variables, checkpoint.load_weights(weights)[0])
        except (OSError, ValueError) as error:
            raise ModelError(
                f"the weights {weights} cannot be used ({error}): `export` writes them beside "
                "the model"
            ) from error
        basis_and_features = network.get_layer("seen").input
        self._eyes = keras.Model(
            network.inputs[0], [network.output["predicted"], basis_and_features[1]]
        )
        self._decisions = keras.Model(network.get_layer("seen").output, network.output["q"])
        frames = tf.TensorSpec([None, *network.inputs[0].shape[1:]], tf.uint8)
        truth = tf.TensorSpec([None, TARGETS], tf.float32)
        self._answer = tf.function(self._see_and_decide, [frames, truth], autograph=False)

    def __call__(
        self, frames: NDArray[np.uint8], known: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return predicted targets [G, 37] and Q [G, 6] for `frames` [G, 84, 84, 4].

        Q is decided on the targets `known` [G, 37] in place of the prediction, except where they
        are NaN.
        """
        predicted, q = self._answer(frames, known)
        return predicted.numpy(), q.numpy()

    def _see_and_decide(self, frames: tf.Tensor, known: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        predicted, features = self._eyes(frames)
        believed = tf.where(tf.math.is_finite(known), known, predicted)
        return predicted, self._decisions(tf.concat([radial_basis(believed), features], axis=1))


@dataclass
class _Watched:
    """One game, and the memory at its last two decisions."""

    game: Game
    memory: RamStack
    decisions: int = 0


@dataclass(frozen=True)
class _Seen:
    """N decisions: what was wrong with what was seen, and where that was."""

    errors: NDArray[np.float32]  # [N, 37], in pixels or the target's own unit, NaN if unknown
    ram: NDArray[np.uint8]  # [N, 2, 129]
    waves: NDArray[np.int64]  # [N]


def measure(
    eyes: Eyes,
    rules: Rules,
    games: int,
    seed: int,
    truth_of: str | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> dict[str, Any]:
    """Let the student with these `eyes` play `games` games on the seeds from `seed`.

    It decides on the truth of one of targets.THINGS in place of what it sees of it, if `truth_of`
    names one.
    Returns the errors (see eye_errors.py) and the games' statistics (see evaluate.py), and also the
    points per lost life, which tell about games that the rules cut short. A model that averages
    with its mirror image is measured without that. Raises RulesError for a seed out of range.
    """
    seeds = iter(range(seed, seed + games))
    playing = [_begin(rules, number) for _, number in zip(range(AT_ONCE), seeds, strict=False)]
    seen: list[_Seen] = []
    played: list[Episode] = []
    while playing:
        seen.append(_decide(eyes, playing, truth_of))
        over = [each for each in playing if each.game.over]
        if over:
            playing = [each for each in playing if not each.game.over]
            played += [each.game.episode() for each in over]
            fresh = [number for _, number in zip(over, seeds, strict=False)]
            playing += [_begin(rules, number) for number in fresh]
            mean = np.mean([game.score for game in played])
            progress(f"{len(played)} of {games} games, mean {mean:.0f}")
    errors, ram, waves = (
        np.concatenate([getattr(each, name) for each in seen])
        for name in ("errors", "ram", "waves")
    )
    lost = sum(len(game.deaths) for game in played)
    return {
        "model": str(eyes.model),
        "truth_of": truth_of,
        "seeds": [seed, seed + games - 1],
        "decisions": len(waves),
        "lives_lost": lost,
        "points_per_life": sum(game.score for game in played) / lost if lost else None,
        "errors": errors_by_target(errors, ram, waves),
        "summary": summarize(sorted(played, key=lambda game: game.seed)),
    }


def _begin(rules: Rules, seed: int) -> _Watched:
    return _Watched(Game(rules, seed, FrameStack()), RamStack())


def _decide(eyes: Eyes, playing: list[_Watched], truth_of: str | None) -> _Seen:
    """Let every game take a step, and return what was seen in those whose turn it is."""
    for each in playing:
        each.memory.push(*each.game.memory)
    frames = np.stack([each.game.look() for each in playing])
    ram = np.stack([each.memory.array for each in playing])
    truth = state_targets(ram)
    known = np.full_like(truth, np.nan)
    if truth_of is not None:
        known[:, THINGS[truth_of]] = truth[:, THINGS[truth_of]]
    predicted, q = eyes(frames, known)
    due = np.array([each.decisions % KEPT == 0 for each in playing])
    waves = np.array([each.game.wave for each in playing])
    for each, action in zip(playing, q.argmax(axis=1), strict=True):
        each.game.step(Action(int(action)))
        each.decisions += 1
    errors = np.abs(in_pixels(predicted) - in_pixels(truth))
    return _Seen(errors[due].astype(np.float32), ram[due], waves[due])
