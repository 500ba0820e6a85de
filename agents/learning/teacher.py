"""Who guides a learner: an exported model with a measured score, or the scripted expert."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agents.inference.player import Model, ModelError, protocol_name
from agents.state import scripted_expert
from game.emulation.cabinet import Rules


class Guide(Protocol):
    """Values each action, and knows how far the learner lags behind."""

    reads_ram: bool

    def q(self, stacks: NDArray[np.uint8], ram: NDArray[np.uint8] | None) -> NDArray[np.float32]:
        """Return Q [E, 6] of pictures `stacks` [E, 4, 84, 84], or of `ram` [E, 2, 129]."""

    def lead(self, score: float) -> float:
        """Return the weight, 0 to 1, of the guide for a learner that scores `score` points."""


class ScriptedExpert:
    """The scripted expert as a guide: it chooses an action and cannot value any.

    Its choice counts as one hit better than the others, which is far more than it really is.
    """

    reads_ram = True

    def q(self, _stacks: NDArray[np.uint8], ram: NDArray[np.uint8] | None) -> NDArray[np.float32]:
        """Return 1 for the expert's choice and 0 for the others [E, 6], given `ram` [E, 2, 129]."""
        assert ram is not None, "the emulators show the RAM to a guide that reads it"
        return scripted_expert.preferred(ram)

    def lead(self, _score: float) -> float:
        """Return 1: the expert's own score is not measured."""
        return 1.0


class AdvisedTeacher:
    """A teacher whose values favour the scripted expert's choice.

    The expert survives where the teacher has not yet learnt to; the teacher knows what a mistake
    costs.
    """

    reads_ram = True

    def __init__(self, teacher: Guide, weight: float) -> None:
        """Add `weight` hits to the `teacher`'s value of the expert's choice."""
        self._teacher, self._weight = teacher, weight

    def q(self, stacks: NDArray[np.uint8], ram: NDArray[np.uint8] | None) -> NDArray[np.float32]:
        """Return Q [E, 6] of pictures `stacks` [E, 4, 84, 84] and of `ram` [E, 2, 129]."""
        assert ram is not None, "the emulators show the RAM to a guide that reads it"
        return scripted_expert.advised(self._teacher.q(stacks, ram), ram, self._weight)

    def lead(self, score: float) -> float:
        """Return the teacher's own weight, because its score was measured."""
        return self._teacher.lead(score)


class Teacher:
    """An exported model as a guide."""

    def __init__(self, path: Path, rules: Rules) -> None:
        """Load the model in file `path`, whose card holds its score under `rules`.

        Raises ModelError for a model that cannot be used, or that was never measured.
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
            raise ModelError(
                f"{path} never scored a point and cannot teach a student: choose another teacher"
            )

    def q(self, stacks: NDArray[np.uint8], ram: NDArray[np.uint8] | None) -> NDArray[np.float32]:
        """Return Q [E, 6] of pictures `stacks` [E, 4, 84, 84], or of `ram` [E, 2, 129]."""
        shown = ram if self.reads_ram else np.moveaxis(stacks, 1, -1)
        assert shown is not None, "the emulators show the RAM to a guide that reads it"
        q: NDArray[np.float32] = self._model(shown)["q"]
        return q

    def lead(self, student_score: float) -> float:
        """Return the share, 0 to 1, of the teacher's score that the student lacks."""
        return min(1.0, max(0.0, 1 - student_score / self.score))
