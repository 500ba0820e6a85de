"""The agents of the window, opened beside it so that it need not wait for them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from game.play.ladder import CHAMPION, Rung, recommended
from game.play.player import Player
from game.play.saliency import SaliencySource

AgentFactory = Callable[[], Player]
AgentLoader = Callable[[], AgentFactory]
SaliencyLoader = Callable[[], SaliencySource]

_log = logging.getLogger(__name__)


class AgentSource:
    """An agent, loaded beside the window so that the window need not wait for it."""

    def __init__(self, load: AgentLoader, load_saliency: SaliencyLoader | None = None) -> None:
        """Start `load`; it raises ValueError with a sentence for people if it cannot.

        `load_looker` makes what says where this agent looks.
        """
        self._factory: AgentFactory | None = None
        self.problem: str | None = None
        self.saliency: SaliencySource | None = None
        self._load, self._load_saliency = load, load_saliency
        self._thread = threading.Thread(target=self._work, name="agent", daemon=True)
        self._thread.start()

    @property
    def loading(self) -> bool:
        """Whether it is not known yet if there is an agent."""
        return self._thread.is_alive()

    def player(self) -> Player | None:
        """Return a fresh player of the agent, None while loading or without one."""
        return None if self._factory is None else self._factory()

    def wait(self) -> None:
        """Wait until loading has ended."""
        self._thread.join()

    def close(self) -> None:
        """Stop what works beside the game."""
        if self.saliency is not None:
            self.saliency.close()

    def _work(self) -> None:
        try:
            self._factory = self._load()
            if self._load_saliency is not None:
                self.saliency = self._load_saliency()
        except (ValueError, ImportError) as error:
            self.problem = str(error)


@dataclass
class Opponent:
    """One rung of the ladder; its model is opened when it is first wanted."""

    rung: Rung
    load: AgentLoader
    opened: AgentSource | None = None
    load_saliency: SaliencyLoader | None = None

    @property
    def source(self) -> AgentSource:
        """The agent."""
        if self.opened is None:
            self.opened = AgentSource(self.load, self.load_saliency)
        return self.opened


class Opponents:
    """The rungs, weakest first, and the one that sits at the other cabinet."""

    def __init__(self, opponents: list[Opponent]) -> None:
        """Choose the rung for beginners; there must be one at least."""
        self.all = opponents
        self._barred: set[str] = set()  # names
        self._broken: set[str] = set()
        self._current = self._first

    @property
    def current(self) -> Opponent:
        """The chosen one."""
        return self._current

    @property
    def choices(self) -> list[Opponent]:
        """Those that can be chosen, weakest first: one at least, whatever else is wrong."""
        whole = [one for one in self.all if one.rung.name not in self._broken]
        allowed = [one for one in whole if one.rung.name not in self._barred]
        return allowed or whole[-1:] or self.all[-1:]

    def is_broken(self, name: str) -> bool:
        """Whether it was found out that the one of this name cannot be opened."""
        return name in self._broken

    def step(self, step: int) -> None:
        """Choose the one that is `step` rungs further, around the ends."""
        choices = self.choices
        self._current = choices[(choices.index(self._current) + step) % len(choices)]

    def forget(self) -> None:
        """Choose as at first, for the next visitor."""
        self._current = self._first

    def bar(self, names: Iterable[str]) -> None:
        """Let these not be chosen, and all others again."""
        self._barred = set(names)
        if self._current not in self.choices:
            self.forget()

    def pass_by(self) -> bool:
        """If the chosen one cannot be opened, choose the next, for good; say whether it was so."""
        source, choices = self._current.source, self.choices
        if source.loading or source.problem is None:
            return False
        index = choices.index(self._current)
        self._broken.add(self._current.rung.name)
        if self._current in self.choices:
            return False  # there is no other
        _log.warning("%s is no opponent: %s", self._current.rung.name, source.problem)
        self._current = self.choices[min(index, len(self.choices) - 1)]
        return True

    def close(self) -> None:
        """Stop what works beside the game."""
        for opponent in self.all:
            if opponent.opened is not None:
                opponent.opened.close()

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
    """Return the opponents of the ladder `rungs`, or None where there are none.

    `loader` returns what opens a model, for players of a name, and `looker_loader` what makes
    maps of where it looks; the `champion` is opened already.
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
