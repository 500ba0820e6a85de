"""The networks to play against, loaded in threads so that the window need not wait."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from game.play.ladder import CHAMPION, Rung, recommended
from game.play.player import Player
from game.play.saliency import SaliencySource
from game.system.sentence import Sentence

AgentFactory = Callable[[], Player]
AgentLoader = Callable[[], AgentFactory]
SaliencyLoader = Callable[[], SaliencySource]

# How long the frame loop may wait: the watchdog takes ten seconds of silence for a hang.
LONGEST_WAIT_S = 8.0
STILL_LOADING = Sentence(lambda say: say("The network is still loading: try again in a moment"))

_log = logging.getLogger(__name__)


class AgentSource:
    """A network, loaded in a thread."""

    def __init__(self, load: AgentLoader, load_saliency: SaliencyLoader | None = None) -> None:
        """Start `load`, which raises ValueError with a message for people if it fails.

        `load_saliency` returns the source of saliency maps of this network.
        """
        self._factory: AgentFactory | None = None
        self._failure: str | None = None
        self._missed = False  # whether somebody has waited in vain
        self.saliency: SaliencySource | None = None
        self._load, self._load_saliency = load, load_saliency
        self._thread = threading.Thread(target=self._work, name="agent", daemon=True)
        self._thread.start()

    @property
    def loading(self) -> bool:
        """Whether the network is still loading."""
        return self._thread.is_alive()

    def player(self) -> Player | None:
        """Return a new player of the network, None while it is loading or if it failed."""
        return None if self._factory is None else self._factory()

    @property
    def problem(self) -> str | None:
        """What keeps it from playing, if people have to know."""
        return STILL_LOADING if self._missed and self.loading else self._failure

    def wait(self, seconds: float | None = None) -> None:
        """Wait until loading has finished, for so many `seconds` at most."""
        self._thread.join(seconds)
        self._missed = self.loading

    def close(self) -> None:
        """Stop the background work."""
        if self.saliency is not None:
            self.saliency.close()

    def _work(self) -> None:
        try:
            self._factory = self._load()
            if self._load_saliency is not None:
                self.saliency = self._load_saliency()
        except (ValueError, ImportError) as error:
            told = error.args[0] if error.args else ""
            self._failure = told if isinstance(told, Sentence) else str(error)


@dataclass
class Opponent:
    """One rung of the ladder; its model is loaded when it is first used."""

    rung: Rung
    load: AgentLoader
    opened: AgentSource | None = None
    load_saliency: SaliencyLoader | None = None

    @property
    def source(self) -> AgentSource:
        """The network, loading from the first use on."""
        if self.opened is None:
            self.opened = AgentSource(self.load, self.load_saliency)
        return self.opened


class Opponents:
    """The rungs, weakest first, and the one that is chosen as the opponent."""

    def __init__(self, opponents: list[Opponent]) -> None:
        """Choose the rung for beginners; `opponents` must not be empty."""
        self.all = opponents
        self._barred: set[str] = set()  # names
        self._broken: set[str] = set()
        self._current = self._first
        self._watched: Opponent | None = None  # the strongest, until another is chosen

    @property
    def current(self) -> Opponent:
        """The chosen one."""
        return self._current

    @property
    def watched(self) -> Opponent:
        """The one to watch: the strongest, unless another was chosen."""
        choices = self.choices
        return self._watched if self._watched in choices else choices[-1]

    @property
    def choices(self) -> list[Opponent]:
        """Those that can be chosen, weakest first; there is always at least one."""
        whole = [one for one in self.all if one.rung.name not in self._broken]
        allowed = [one for one in whole if one.rung.name not in self._barred]
        return allowed or whole[-1:] or self.all[-1:]

    def is_broken(self, name: str) -> bool:
        """Whether the opponent of this name has turned out not to load."""
        return name in self._broken

    def step(self, step: int) -> None:
        """Choose the opponent `step` rungs further, wrapping around."""
        choices = self.choices
        self._current = choices[(choices.index(self._current) + step) % len(choices)]

    def step_watched(self, step: int) -> None:
        """Choose the one to watch `step` rungs further, wrapping around."""
        choices = self.choices
        self._watched = choices[(choices.index(self.watched) + step) % len(choices)]

    def forget(self) -> None:
        """Go back to the default choices, for the next visitor."""
        self._current, self._watched = self._first, None

    def bar(self, names: Iterable[str]) -> None:
        """Exclude these opponents from the choice, and only these."""
        self._barred = set(names)
        if self._current not in self.choices:
            self.forget()

    def pass_by(self) -> bool:
        """If the chosen opponent failed to load, exclude it, choose the next and return True."""
        index = self.choices.index(self._current)
        if not self._left_out(self._current):
            return False
        self._current = self.choices[min(index, len(self.choices) - 1)]
        return True

    def pass_by_watched(self) -> bool:
        """If the one to watch failed to load, exclude it and return True: another is watched."""
        return self._left_out(self.watched)

    def close(self) -> None:
        """Stop the background work."""
        for opponent in self.all:
            if opponent.opened is not None:
                opponent.opened.close()

    def _left_out(self, opponent: Opponent) -> bool:
        """Exclude `opponent` if it failed to load; return whether there is another one."""
        source = opponent.source
        if source.loading or source.problem is None:
            return False
        self._broken.add(opponent.rung.name)
        if opponent in self.choices:
            return False  # it is the only one
        _log.warning("the opponent %s is left out: %s", opponent.rung.name, source.problem)
        if self._current not in self.choices:
            self._current = self._first
        return True

    @property
    def _first(self) -> Opponent:
        choices = self.choices
        return choices[recommended([one.rung for one in choices])]


def open_ladder(
    rungs: list[Rung],
    champion: AgentSource,
    loader: Callable[[Path, str | None], AgentLoader],
    saliency_loader: Callable[[Path], SaliencyLoader] | None = None,
) -> Opponents | None:
    """Return the opponents of the ladder `rungs`, or None if it is empty.

    `loader` returns the function that loads a model for players of a given name, and
    `saliency_loader` the one that returns its source of saliency maps. The `champion` is loaded
    already.
    """
    if not rungs:
        return None
    return Opponents(
        [
            Opponent(
                rung,
                loader(rung.model, rung.name),
                champion if rung.name == CHAMPION else None,
                None if saliency_loader is None else saliency_loader(rung.model),
            )
            for rung in rungs
        ]
    )
