"""Who guides a learner: an exported model with its measured score, or the marksman."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agents.inference.player import Model, ModelError, protocol_name
from agents.state import scripted_expert
from game.emulation.cabinet import Action, Rules


class Guide(Protocol):
    """Says what each action is worth, and how far the learner still has to go."""

    reads_ram: bool

    def q(self, stacks: NDArray[np.uint8], ram: NDArray[np.uint8] | None) -> NDArray[np.float32]:
        """Return Q [E, 6] of pictures `stacks` [E, 4, 84, 84], or of `ram` [E, 2, 129]."""

    def lead(self, score: float) -> float:
        """Return how much it still has to say to a learner of `score` points, 0 to 1."""


class ScriptedExpert:
    """The marksman as a guide: he knows what to do, not what it is worth.

    His choice is one hit better than the rest, far more than any action really is.
    """

    reads_ram = True

    def q(self, _stacks: NDArray[np.uint8], ram: NDArray[np.uint8] | None) -> NDArray[np.float32]:
        """Return 1 for his choice and 0 for the others [E, 6] of `ram` [E, 2, 129]."""
        assert ram is not None, "the emulators show what he reads"
        return np.eye(len(Action), dtype=np.float32)[scripted_expert.choose(ram)]

    def lead(self, _score: float) -> float:
        """Return 1: nobody is known to be better."""
        return 1.0


class Teacher:
    """A model that says what it expects of each action."""

    def __init__(self, path: Path, rules: Rules) -> None:
        """Load the model in file `path`, whose card says its score under `rules`.

        Raises ModelError for a model that cannot be used or was never measured.
        """
        self._model = Model(path)
        results = self._model.card.get("results", {})
        try:
            self.score = float(results[protocol_name(rules)]["summary"]["mean"])
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(
                f"the card of {path} has no score under {protocol_name(rules)}: measure it with "
                f"`python main.py evaluate --agent {path} --card`"
            ) from error
        self.reads_ram = self._model.reads_ram
        if self.score <= 0:
            raise ModelError(f"{path} never scored: a student can learn nothing from it")

    def q(self, stacks: NDArray[np.uint8], ram: NDArray[np.uint8] | None) -> NDArray[np.float32]:
        """Return Q [E, 6] of pictures `stacks` [E, 4, 84, 84], or of `ram` [E, 2, 129]."""
        shown = ram if self.reads_ram else np.moveaxis(stacks, 1, -1)
        assert shown is not None, "the emulators show what the teacher reads"
        q: NDArray[np.float32] = self._model(shown)["q"]
        return q

    def lead(self, student_score: float) -> float:
        """Return the share of the teacher's score that the student lacks, 0 to 1."""
        return min(1.0, max(0.0, 1 - student_score / self.score))
