"""How well players save the lives that one of them lost: the same moments for all.

A game of a strong player depends on three lives and little else, so two hundred games tell apart
only players of which one scores a sixth more. Here the first player's games are played, and what
came just before each lost life (see agents/experience/practice.py) is tried by every player again
and again, with other chances. Moments are hard for whoever lost there: the first player is at a
disadvantage against others, but players that were trained on from it are compared fairly.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from agents.config import FRAME_SKIP
from agents.experience.practice import Practice, Shown, Trail, cause_of_loss
from agents.inference.episode import BOMB, LANDING
from agents.inference.evaluate import LOSS, EvaluationError, follow_parent, mean_95
from agents.inference.lockstep import GAMES, Chooser, Game, measured
from agents.inference.player import ModelError, RamStack
from agents.inference.preprocess import FrameStack
from game.emulation.cabinet import Action, Cabinet, Rules
from game.system.limits import machine

CAUSES = (BOMB, LANDING)
MOST_WORKERS = 61  # processes that ProcessPoolExecutor can have on Windows


@dataclass(frozen=True)
class LostLife:
    """A life that was lost, and where to try again."""

    practice: Practice
    cause: str  # a bomb or a landing
    wave: int


class _Seat(Protocol):
    """A game, or a part of one, that is played beside others."""

    def look(self) -> NDArray[np.uint8]: ...

    def step(self, action: Action) -> None: ...

    @property
    def over(self) -> bool: ...


def measure(
    agents: Sequence[str],
    rules: Rules,
    games: int,
    seed: int,
    tries: int,
    workers: int | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> dict[str, Any]:
    """Let the first of `agents` play `games` games on the seeds from `seed`; let all try again.

    Each tries each moment `tries` times, in so many `workers` processes, all cores if None. Returns
    how often each lost the life again, by cause, and the difference to the first with a 95 %
    bootstrap over moments. Agents are those of lockstep.measured, but scripts that see nothing.
    Raises ModelError or ValueError for others, and EvaluationError if no life was lost at all or a
    process ended by itself.
    """
    choosers = [_chooser(agent) for agent in agents]  # raise here rather than in every worker
    if choosers[0].reads_ram and not all(chooser.reads_ram for chooser in choosers):
        raise ModelError(
            f"{agents[0]} reads the console's memory, and others see pictures, which its games do "
            "not keep: name one that sees pictures first"
        )
    workers = min(workers or os.cpu_count() or 1, games, MOST_WORKERS)
    every = itertools.repeat
    with _processes(workers) as pool:
        shares = [range(seed + at, seed + games, workers) for at in range(workers)]
        played = pool.map(_play, every(agents[0]), every(rules), shares)
        lost = [life for lives in played for life in lives]
        if not lost:
            raise EvaluationError(
                f"{agents[0]} lost no life in {games} games: ask for more with --episodes"
            )
        progress(f"{len(lost)} lives were lost in {games} games")
        again = []
        for agent in agents:
            parts = [lost[at::workers] for at in range(workers)]
            rates = np.zeros(len(lost))
            settings = every(agent), every(rules), parts, every(tries), range(workers)
            for at, part in enumerate(pool.map(_try, *settings)):
                rates[at::workers] = part
            again.append(rates / tries)
            progress(f"{agent} lost {again[-1].mean():.1%} of them again")
    causes = np.array([life.cause for life in lost])
    return {
        "agents": list(agents),
        "seeds": [seed, seed + games - 1],
        "machine": machine(),
        "lives_lost": {cause: int((causes == cause).sum()) for cause in CAUSES},
        "tries": tries,
        "again": [_figures(rates, again[0], causes) for rates in again],
    }


def table(result: dict[str, Any]) -> str:
    """Return a measurement as a table of text."""
    lost = result["lives_lost"]
    names = [Path(agent).stem for agent in result["agents"]]
    width = max(map(len, ["player", *names]))
    lines = [
        f"{sum(lost.values())} lives that {names[0]} lost, {lost[BOMB]} to bombs and "
        f"{lost[LANDING]} to landings, tried {result['tries']} times each",
        f"{'player':{width}}  lost again  bombs   landings  less than the first (95 % bootstrap)",
    ]
    for number, (name, figures) in enumerate(zip(names, result["again"], strict=True)):
        bombs, landings = (_percent(figures[cause]) for cause in CAUSES)
        low, high = figures["less_95"]
        less = f"{figures['less']:.1%} ({low:.1%} to {high:.1%})" if number else "-"
        lines.append(f"{name:{width}}  {figures['all']:10.1%}  {bombs:6}  {landings:8}  {less}")
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _figures(
    rates: NDArray[np.float64], first: NDArray[np.float64], causes: NDArray[np.str_]
) -> dict[str, Any]:
    """Return what is said of one player's `rates` [M] of losing again at M moments."""
    less = first - rates
    by_cause = {
        cause: float(rates[causes == cause].mean()) if (causes == cause).any() else None
        for cause in CAUSES
    }
    return {
        "all": float(rates.mean()),
        **by_cause,
        "less": float(less.mean()),
        "less_95": mean_95(less),
    }


@contextmanager
def _processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Open processes that end with this one, and at once if it is interrupted.

    Raises EvaluationError if one of them ended by itself.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=follow_parent) as pool:
        try:
            yield pool
        except BrokenProcessPool as error:
            raise EvaluationError(LOSS) from error
        except BaseException:  # the pool would wait for games that last for minutes
            for process in multiprocessing.active_children():
                process.kill()
            raise


def _chooser(agent: str) -> Chooser:
    player = measured(agent)
    if not isinstance(player, Chooser):
        raise ModelError(f"{agent} looks at nothing: name models, or scripted-expert")
    return player


def _play(agent: str, rules: Rules, seeds: Sequence[int]) -> list[LostLife]:
    """Play the games of `seeds`; return the lives that were lost in them."""
    player = _chooser(agent)
    games = [_Played(rules, seed, player.reads_ram) for seed in seeds]
    _together(player, iter(games), GAMES)
    return [life for game in games for life in game.lost]


def _try(
    agent: str, rules: Rules, lost: Sequence[LostLife], tries: int, seed: int
) -> NDArray[np.float64]:
    """Try each of `lost` so often; return how often the life was lost again [M]."""
    player = _chooser(agent)
    # To load the cartridge takes longer than most tries.
    cabinets = [
        Cabinet(rules, 1000 * seed + number, blind=True, sound=False)
        for number in range(min(GAMES, len(lost) * tries))
    ]
    tried = [_Try(cabinets, life.practice, player.reads_ram) for life in lost for _ in range(tries)]
    _together(player, iter(tried), len(cabinets))
    again = np.array([each.lost for each in tried], float)
    return again.reshape(len(lost), tries).sum(axis=1)


def _together(player: Chooser, seats: Iterator[_Seat], at_once: int) -> None:
    """Play all `seats`, so many `at_once` with their decisions in one call."""
    playing: list[_Seat] = list(itertools.islice(seats, at_once))
    while playing:
        chosen = player.choose(np.stack([seat.look() for seat in playing]))
        for seat, action in zip(playing, chosen, strict=True):
            seat.step(Action(int(action)))
        left = [seat for seat in playing if not seat.over]
        playing = left + list(itertools.islice(seats, len(playing) - len(left)))


class _Played(Game):
    """A game that keeps what came before its lost lives."""

    def __init__(self, rules: Rules, seed: int, reads_ram: bool) -> None:
        super().__init__(rules, seed, RamStack() if reads_ram else FrameStack())
        self.lost: list[LostLife] = []
        self._trail, self._chance = Trail(), random.Random(seed)

    def look(self) -> NDArray[np.uint8]:
        seen = super().look()
        ram, action = self.memory
        told = np.append(np.frombuffer(ram, np.uint8), np.uint8(action))
        picture = None if isinstance(self._seen, RamStack) else seen[:, :, -1].copy()
        self._trail.push(self._cabinet, (told, picture))
        return seen

    def step(self, action: Action) -> None:
        before = self._cabinet.frame
        super().step(action)
        cause = cause_of_loss(before, self._cabinet.frame, self._cabinet.cut_off)
        if cause is not None:
            practice = self._trail.before_loss(cause == LANDING, self._chance)
            if practice is not None:
                self.lost.append(LostLife(practice, cause, self.wave))


class _Try:
    """One try to save a life; it takes one of the `cabinets` that nobody uses, and returns it."""

    def __init__(self, cabinets: list[Cabinet], practice: Practice, reads_ram: bool) -> None:
        self._cabinets, self._practice = cabinets, practice
        self._seen = RamStack() if reads_ram else FrameStack()
        self._left = practice.steps
        self._cabinet: Cabinet | None = None
        self.lost = False

    @property
    def over(self) -> bool:
        return self.lost or self._left <= 0

    def look(self) -> NDArray[np.uint8]:
        if self._cabinet is None:
            self._cabinet = self._cabinets.pop()
            self._cabinet.restore(self._practice.moment.state)
            for shown in self._practice.moment.shown:
                self._show(shown)
        return self._seen.array

    def step(self, action: Action) -> None:
        cabinet = self._cabinet
        assert cabinet is not None, "it looked before"
        before = cabinet.frame
        cabinet.hold(action, FRAME_SKIP - 1)
        third = cabinet.grey()
        after = cabinet.hold(action, 1)
        self.lost = cause_of_loss(before, after, cabinet.cut_off) is not None
        self._left = 0 if after.over else self._left - 1
        if self.over:
            self._cabinets.append(cabinet)
        elif isinstance(self._seen, RamStack):
            self._seen.push(after.ram, action)
        else:
            self._seen.push(cabinet.grey(), third)

    def _show(self, shown: Shown) -> None:
        ram, picture = shown
        if isinstance(self._seen, RamStack):
            self._seen.add(ram)
        else:
            assert picture is not None, "checked before"
            self._seen.add(picture)
