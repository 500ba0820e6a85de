"""Many games of one player side by side, with the decisions of all in one call of the network.

Each game comes out as in a match with a window (see `episode.play_episode`): LiteRT answers a
picture in a batch as it does alone, on x86-64 bit for bit. What nobody looks at is not made: sound,
colours, tapes, and the pictures of two frames in four.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.config import ADVISED, FRAME_SKIP, SCRIPTED_EXPERT
from agents.inference.episode import Episode, Tally
from agents.inference.player import (
    AgentPlayer,
    Model,
    ModelError,
    PrivilegedPlayer,
    RamStack,
    expert_player,
    privileged_model,
)
from agents.inference.preprocess import FrameStack, Grey
from agents.state import scripted_expert
from game.emulation.cabinet import Action, Cabinet, Rules
from game.play.player import ConstantPlayer, Player, RandomPlayer

GAMES = 16  # at once; more than that gain nothing

PlayerFactory = Callable[[int], Player]


@dataclass(frozen=True)
class Chooser:
    """Whoever decides in many games at once, on frames or on the console's RAM."""

    choose: Callable[[NDArray[np.uint8]], NDArray[np.integer]]  # observations [G, ...]: actions [G]
    reads_ram: bool
    alone: Callable[[], Player]  # the same for one game in a match


def measured(agent: str) -> Chooser | PlayerFactory:
    """Return who `agent` names: a chooser, or a function from a game's seed to a new player.

    `agent` is "random", "constant:ACTION", "scripted-expert", a model's path, or "advised:" and a
    teacher's path: students copy it with a hit added to the scripted expert's choice. Raises
    ModelError for a model that cannot be used, and ValueError for an action that does not exist.
    """
    if agent == "random":
        return RandomPlayer
    if agent.startswith("constant:"):
        name = agent.partition(":")[2].upper()
        if name not in Action.__members__:
            raise ValueError(
                f"there is no action {name}: choose one of {', '.join(Action.__members__)}"
            )
        return lambda _seed: ConstantPlayer(Action[name])
    if agent == SCRIPTED_EXPERT:
        return Chooser(scripted_expert.choose, reads_ram=True, alone=expert_player)
    if agent.startswith(ADVISED):
        return _advised_teacher(agent)
    model = Model(Path(agent))
    alone = partial(privileged_model if model.reads_ram else AgentPlayer, model)
    return Chooser(lambda seen: model(seen)["q"].argmax(axis=1), model.reads_ram, alone)


def _advised_teacher(agent: str) -> Chooser:
    file = agent.removeprefix(ADVISED)
    model = Model(Path(file))
    if not model.reads_ram:
        raise ModelError(
            f"{file} sees pictures, and the scripted expert advises a teacher that reads the "
            "console's memory: name such a one, or leave out advised:"
        )

    def choose(ram: NDArray[np.uint8]) -> NDArray[np.integer]:
        actions: NDArray[np.integer] = scripted_expert.advised(model(ram)["q"], ram).argmax(axis=1)
        return actions

    return Chooser(choose, reads_ram=True, alone=lambda: PrivilegedPlayer(agent, choose))


def player_factory(agent: str) -> PlayerFactory:
    """Return a function from a game's seed to a new player; raise like `measured`."""
    player = measured(agent)
    return (lambda _seed: player.alone()) if isinstance(player, Chooser) else player


def play(
    agent: str, rules: Rules, next_seed: Callable[[], int | None], at_once: int = GAMES
) -> Iterator[Episode]:
    """Play the seeds that `next_seed` gives until it gives None; yield the games as they end.

    Raises like `measured`, and RulesError for a seed out of range.
    """
    player = measured(agent)
    games: list[Game] = []
    more = True
    while True:
        while more and len(games) < at_once:
            seed = next_seed()
            more = seed is not None
            if seed is not None:
                games.append(_begin(player, rules, seed))
        if not games:
            return
        for game, action in zip(games, _choose(player, games), strict=True):
            game.step(action)
        yield from (game.episode() for game in games if game.over)
        games = [game for game in games if not game.over]


def _begin(player: Chooser | PlayerFactory, rules: Rules, seed: int) -> Game:
    if isinstance(player, Chooser):
        return Game(rules, seed, RamStack() if player.reads_ram else FrameStack())
    return Game(rules, seed, None, player(seed))


def _choose(player: Chooser | PlayerFactory, games: list[Game]) -> list[Action]:
    if not isinstance(player, Chooser):
        return [game.script() for game in games]
    return [Action(int(each)) for each in player.choose(np.stack([game.look() for game in games]))]


class Game:
    """One game under way, without a window."""

    def __init__(
        self,
        rules: Rules,
        seed: int,
        seen: FrameStack | RamStack | None,
        player: Player | None = None,
    ) -> None:
        """Begin a game; `seen` keeps what its network sees, or `player` is the script that plays.

        Raises RulesError for a seed out of range.
        """
        self._cabinet = Cabinet(rules, seed, blind=True, sound=False)
        self._tally = Tally(rules, seed, self._cabinet.frame)
        self._action = Action.NOOP
        self._before: Grey | None = None
        self._seen, self._player = seen, player

    @property
    def over(self) -> bool:
        return self._cabinet.frame.over

    @property
    def wave(self) -> int:
        """The wave that is on, from 1."""
        return self._tally.wave

    @property
    def memory(self) -> tuple[bytes, Action]:
        """The console's memory, and the action that led to it."""
        return self._cabinet.frame.ram, self._action

    def look(self) -> NDArray[np.uint8]:
        """Return what a network sees at a decision."""
        if isinstance(self._seen, RamStack):
            self._seen.push(*self.memory)
        else:
            assert self._seen is not None, "a network plays"
            self._seen.push(self._cabinet.grey(), self._before)
        return self._seen.array

    def script(self) -> Action:
        """Return what a script decides."""
        assert self._player is not None, "a script plays"
        return self._player.decide(self._cabinet.frame).action

    def step(self, action: Action) -> None:
        """Hold `action` for an agent step, or as long as the game lasts."""
        self._action = action
        self._tally.decided(action)
        for number in range(FRAME_SKIP):
            if number == FRAME_SKIP - 1 and isinstance(self._seen, FrameStack):
                self._before = self._cabinet.grey()
            self._tally.stepped(self._cabinet.step(action))
            if self.over:
                return

    def episode(self) -> Episode:
        return self._tally.episode()
