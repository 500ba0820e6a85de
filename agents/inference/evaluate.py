"""The evaluation protocol: many games of one player without a window, and their statistics."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import multiprocessing.connection
import os
import platform
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.config import FRAME_SKIP, SCRIPTED_EXPERT
from agents.inference.player import (
    AgentPlayer,
    Model,
    expert_player,
    privileged_model,
    protocol_name,
    read_card,
)
from game.emulation.cabinet import Action, Rules
from game.play.match import Match
from game.play.player import ConstantPlayer, Player, RandomPlayer
from game.system.files import write_atomically

POSITION_BUCKET = 8  # pixels of the cannon's x that count as one position
BOOTSTRAP_DRAWS = 10_000

PlayerFactory = Callable[[int], Player]


class EvaluationError(RuntimeError):
    """The games could not be played; the message says what to do."""


class EvaluationStoppedError(Exception):
    """The caller stopped the evaluation before its last game."""


@dataclass(frozen=True)
class Episode:
    """One game: its seed, its result, and how its agent steps were spent."""

    seed: int
    score: int
    frames: int
    actions: list[int]  # [6], agent steps that chose each action
    places: dict[str, int]  # agent steps for each "bucket:action"
    deaths: list[list[int]]  # [D, 2], for each lost life the wave and the number of invaders left


def player_factory(agent: str) -> PlayerFactory:
    """Return a function from a game's seed to a new player.

    `agent` is "random", "constant:ACTION", "scripted-expert" or a model's path. Raises ModelError
    for a model that cannot be used, and ValueError for an action that does not exist.
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
        return lambda _seed: expert_player()
    model = Model(Path(agent))
    return lambda _seed: privileged_model(model) if model.reads_ram else AgentPlayer(model)


def play_episode(player: Player, rules: Rules, seed: int) -> Episode:
    """Play one game to its end."""
    match = Match([player], rules, seed)
    (seat,) = match.seats
    actions = np.zeros(len(Action), np.int64)
    places: Counter[str] = Counter()
    deaths: list[list[int]] = []
    wave, invaders, lives = 1, seat.cabinet.invaders, seat.frame.lives
    while not match.over:
        decides = seat.frame.number % FRAME_SKIP == 0
        place = seat.cabinet.cannon_x // POSITION_BUCKET
        match.step()
        wave += seat.cabinet.invaders > invaders
        invaders = seat.cabinet.invaders
        lost = seat.frame.lives < lives
        landed = (
            lives > 0 and seat.frame.over and seat.frame.number < rules.frame_cap - rules.noop_max
        )
        if lost or landed:
            deaths.append([wave, invaders])
        lives = seat.frame.lives
        if decides and seat.decision is not None:
            action = seat.decision.action
            actions[action] += 1
            places[f"{place}:{action.name}"] += 1
    score, frames = seat.frame.score, seat.frame.number
    return Episode(seed, score, frames, actions.tolist(), dict(places), deaths)


_worker_factory: PlayerFactory


def _start_worker(agent: str) -> None:
    global _worker_factory
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the parent process
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker_factory = player_factory(agent)


def _end_with_parent() -> None:
    """End this process when its parent is gone, even if the parent was killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "a worker has a parent"
    multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)


def _work(rules: Rules, seed: int) -> Episode:
    return play_episode(_worker_factory(seed), rules, seed)


def episodes(agent: str, rules: Rules, seeds: range, workers: int) -> Iterator[Episode]:
    """Play a game for each seed in `workers` processes; yield the games as they end.

    Raises EvaluationError if one of the processes dies.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start_worker, (agent,)) as pool:
        try:
            # Submit only as many as are played at once, because submitted games cannot be
            # withdrawn.
            left = iter(seeds)
            running = {pool.submit(_work, rules, seed) for seed in islice(left, workers)}
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
                running |= {pool.submit(_work, rules, seed) for seed in islice(left, len(done))}
        except BrokenExecutor as error:
            raise EvaluationError(
                "a process that played games ended by itself: start the same command again, with "
                "fewer programs beside it if memory was short"
            ) from error


def entropy_bits(shares: NDArray[np.floating]) -> float:
    """Return the entropy in bits of `shares` [A], which sum to one; a constant action has zero."""
    used = shares[shares > 0]
    return float(-(used * np.log2(used)).sum())


def summarize(games: list[Episode]) -> dict[str, Any]:
    """Return the statistics of the protocol."""
    scores = np.array([game.score for game in games])
    draws = np.random.default_rng(0).choice(scores, (BOOTSTRAP_DRAWS, len(scores))).mean(axis=1)
    actions = np.sum([game.actions for game in games], axis=0)
    places: Counter[str] = Counter()
    for game in games:
        places.update(game.places)
    shares = actions / actions.sum()
    pair, steps = places.most_common(1)[0]
    bucket, action = pair.split(":")
    deaths = [death for game in games for death in game.deaths]
    by_wave = Counter(wave for wave, _ in deaths)
    return {
        "episodes": len(games),
        "mean": float(scores.mean()),
        "mean_95": [float(x) for x in np.percentile(draws, [2.5, 97.5])],
        "median": float(np.median(scores)),
        "quartiles": [float(x) for x in np.percentile(scores, [25, 75])],
        "min": int(scores.min()),
        "max": int(scores.max()),
        "frames_mean": float(np.mean([game.frames for game in games])),
        "action_shares": {a.name: float(shares[a]) for a in Action},
        "action_entropy_bits": entropy_bits(shares),
        "top_pair": {
            "x_from": int(bucket) * POSITION_BUCKET,
            "action": action,
            "share": steps / places.total(),
        },
        "deaths": {
            "by_wave": {str(wave): by_wave[wave] / len(deaths) for wave in sorted(by_wave)},
            "invaders_left_median": float(np.median([left for _, left in deaths] or [0])),
        },
    }


def table(agent: str, rules: Rules, summary: dict[str, Any]) -> str:
    """Return the statistics as a table of text."""
    low, high = summary["mean_95"]
    first, third = summary["quartiles"]
    pair = summary["top_pair"]
    shares = "  ".join(f"{name} {share:.1%}" for name, share in summary["action_shares"].items())
    deaths = summary["deaths"]
    waves = "  ".join(f"{wave}: {share:.0%}" for wave, share in deaths["by_wave"].items())
    return "\n".join(
        (
            f"player         {agent}",
            f"protocol       stickiness {rules.sticky}, up to {rules.noop_max} no-ops, mode "
            f"{rules.mode}, difficulty {rules.difficulty}, cap {rules.frame_cap} frames",
            f"episodes       {summary['episodes']}",
            f"mean           {summary['mean']:.1f}   (95 % bootstrap {low:.1f} to {high:.1f})",
            f"median         {summary['median']:.1f}   (quartiles {first:.1f}, {third:.1f})",
            f"min, max       {summary['min']}, {summary['max']}",
            f"mean length    {summary['frames_mean'] / 60:.1f} s",
            f"actions        {shares}",
            f"most frequent  {pair['action']} at x = {pair['x_from']} to "
            f"{pair['x_from'] + POSITION_BUCKET - 1}: {pair['share']:.1%} of steps",
            f"lives lost in  wave {waves}   "
            f"(median of invaders left: {deaths['invaders_left_median']:.0f})",
        )
    )


def machine() -> str:
    """Return a short description of the machine, for results."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def evaluate(
    agent: str,
    rules: Rules,
    count: int,
    seed: int,
    workers: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Play `count` games on the seeds from `seed`; return protocol, statistics and episodes.

    Progress is shown on a terminal. Raises ModelError or ValueError like `player_factory`,
    EvaluationError like `episodes`, and EvaluationStoppedError after the current games if
    `stopped` returns true.
    """
    player_factory(agent)  # raise here rather than in every worker
    workers = min(workers or os.cpu_count() or 1, count)
    began = time.monotonic()
    games: list[Episode] = []
    try:
        for game in episodes(agent, rules, range(seed, seed + count), workers):
            if stopped():
                raise EvaluationStoppedError
            games.append(game)
            _progress(len(games), count, sum(g.score for g in games) / len(games))
    except EvaluationError as error:
        if stopped():  # a signal stopped the worker processes as well
            raise EvaluationStoppedError from error
        raise
    games.sort(key=lambda game: game.seed)
    return {
        "agent": agent,
        "rules": dataclasses.asdict(rules),
        "seeds": [seed, seed + count - 1],
        "machine": machine(),
        "seconds": round(time.monotonic() - began, 1),
        "summary": summarize(games),
        "episodes": [dataclasses.asdict(game) for game in games],
    }


def _progress(done: int, count: int, mean: float) -> None:
    if not sys.stderr.isatty():
        return
    filled = 30 * done // count
    bar = "#" * filled + "." * (30 - filled)
    end = "\n" if done == count else ""
    print(f"\r[{bar}] {done}/{count}  mean {mean:.1f}", end=end, file=sys.stderr, flush=True)


def write_json(path: Path, result: dict[str, Any]) -> None:
    """Write `result` to `path`; raise OSError if that fails."""
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def add_to_card(model: Path, result: dict[str, Any]) -> None:
    """Add the protocol and statistics of `result` to the card of the file `model`.

    Raises ModelError for a card that cannot be read, and OSError if it cannot be written.
    """
    card = read_card(model)
    name = protocol_name(Rules(**result["rules"]))
    kept = {key: result[key] for key in ("rules", "seeds", "machine", "summary")}
    card.setdefault("results", {})[name] = kept
    text = json.dumps(card, indent=1) + "\n"
    write_atomically(model.with_suffix(".json"), text.encode())
