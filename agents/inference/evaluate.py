"""The evaluation protocol: many games of one player without a window, and their statistics."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import closing
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.inference import lockstep
from agents.inference.episode import BOMB, LANDING, POSITION_BUCKET, Episode
from agents.inference.player import protocol_name, read_card
from game.emulation.cabinet import Action, Rules
from game.system.files import write_atomically
from game.system.limits import machine

BOOTSTRAP_DRAWS = 10_000
LOSS = (
    "a process that played games ended by itself: start the same command again, with "
    "fewer programs beside it if memory was short"
)


class EvaluationError(RuntimeError):
    """The games could not be played; the message says what to do."""


class EvaluationStoppedError(Exception):
    """The caller stopped the evaluation before its last game."""


def never() -> bool:
    """Return False."""
    return False


def episodes(
    agent: str,
    rules: Rules,
    seeds: range,
    workers: int,
    enough: Callable[[], bool] = never,
) -> Generator[Episode, None, None]:
    """Play a game for each seed in `workers` processes; yield the games as they end.

    Games start in the order of their seeds, and no more start once `enough` returns true. Closing
    the iterator abandons the games under way. Raises EvaluationError if one of the processes dies,
    and ModelError if the model has disappeared.
    """
    context = multiprocessing.get_context("spawn")
    at_once = min(lockstep.GAMES, -(-len(seeds) // workers))
    left = iter(seeds)
    # What a process says comes through one connection, its seeds go through another.
    processes: dict[Connection, tuple[SpawnProcess, Connection]] = {}
    begun: set[Connection] = set()
    try:
        for _ in range(workers):
            # Two pipes that go one way: one that goes both ways is a pair of sockets.
            heard, says = context.Pipe(duplex=False)
            hears, answer = context.Pipe(duplex=False)
            process = context.Process(
                target=_work, args=(says, hears, agent, rules, at_once), daemon=True
            )
            process.start()
            says.close()
            hears.close()
            processes[heard] = process, answer
        while processes:
            for connection in multiprocessing.connection.wait(list(processes)):
                assert isinstance(connection, Connection)
                try:
                    message = connection.recv()
                    if message is None:
                        # Each process plays one game, so that there is a result.
                        begun, first = begun | {connection}, connection not in begun
                        seed = next(left, None) if first or not enough() else None
                        processes[connection][1].send(seed)
                except (EOFError, OSError) as error:
                    _end(processes.pop(connection)[0], error)
                    continue
                if isinstance(message, Exception):
                    raise message
                if message is not None:
                    yield message
    finally:
        for process, _ in processes.values():
            process.kill()


def _end(process: SpawnProcess, error: Exception) -> None:
    """Wait for a process that says no more; raise EvaluationError if it did not end its work."""
    process.join()
    if process.exitcode:
        raise EvaluationError(LOSS) from error


def _work(
    connection: Connection, seeds: Connection, agent: str, rules: Rules, at_once: int
) -> None:
    """Run a process: ask for `seeds` with None, and send each game, or what is wrong."""
    follow_parent()

    def next_seed() -> int | None:
        connection.send(None)
        seed: int | None = seeds.recv()
        return seed

    try:
        for episode in lockstep.play(agent, rules, next_seed, at_once):
            connection.send(episode)
    except ValueError as error:
        connection.send(error)


def follow_parent() -> None:
    """Leave a terminal's signals to the parent process, and end this one when that is gone."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when its parent is gone, even if the parent was killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "a worker has a parent"
    multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)


def entropy_bits(shares: NDArray[np.floating]) -> float:
    """Return the entropy in bits of `shares` [A], which sum to one; a constant action has zero."""
    used = shares[shares > 0]
    return float(-(used * np.log2(used)).sum())


def mean_95(values: NDArray[np.number]) -> list[float]:
    """Return the 95 % bootstrap interval of the mean of `values` [N]."""
    draws = np.random.default_rng(0).choice(values, (BOOTSTRAP_DRAWS, len(values))).mean(axis=1)
    return [float(x) for x in np.percentile(draws, [2.5, 97.5])]


def summarize(games: list[Episode]) -> dict[str, Any]:
    """Return the statistics of the protocol."""
    scores = np.array([game.score for game in games])
    actions = np.sum([game.actions for game in games], axis=0)
    places: Counter[str] = Counter()
    for game in games:
        places.update(game.places)
    shares = actions / actions.sum()
    pair, steps = places.most_common(1)[0]
    bucket, action = pair.split(":")
    deaths = [death for game in games for death in game.deaths]
    by_wave = Counter(wave for wave, _ in deaths)
    causes = Counter(
        (cause, wave)
        for game in games
        for cause, (wave, _) in zip(game.causes, game.deaths, strict=True)
    )
    return {
        "episodes": len(games),
        "mean": float(scores.mean()),
        "mean_95": mean_95(scores),
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
            "by_cause": {
                kind: {
                    str(wave): number / len(deaths)
                    for (cause, wave), number in sorted(causes.items())
                    if cause == kind
                }
                for kind in (BOMB, LANDING)
            },
        },
    }


def table(agent: str, rules: Rules, summary: dict[str, Any]) -> str:
    """Return the statistics as a table of text."""
    low, high = summary["mean_95"]
    first, third = summary["quartiles"]
    pair = summary["top_pair"]
    shares = "  ".join(f"{name} {share:.1%}" for name, share in summary["action_shares"].items())
    deaths = summary["deaths"]
    waves = "  ".join(f"{wave}: {share:.0%}" for wave, share in _grouped(deaths["by_wave"]).items())
    causes = "  ".join(
        f"{cause}: {sum(shares.values()):.0%}" for cause, shares in deaths["by_cause"].items()
    )
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
            f"lives lost to  {causes}",
        )
    )


def _grouped(by_wave: dict[str, float]) -> dict[str, float]:
    """Return the shares with the waves from the tenth on in tens: a long game has seventy."""
    groups: dict[str, float] = {}
    for wave, share in by_wave.items():
        ten = int(wave) // 10 * 10
        name = f"{ten} to {ten + 9}" if ten else wave
        groups[name] = groups.get(name, 0.0) + share
    return groups


def evaluate(
    agent: str,
    rules: Rules,
    count: int,
    seed: int,
    workers: int | None = None,
    stopped: Callable[[], bool] = never,
    enough: Callable[[], bool] = never,
) -> dict[str, Any]:
    """Play `count` games on the seeds from `seed`; return protocol, statistics and episodes.

    Progress is shown on a terminal. Raises ModelError or ValueError like `lockstep.measured`,
    EvaluationError like `episodes`, and EvaluationStoppedError at the end of a game if `stopped`
    returns true; games under way are abandoned. Once `enough` returns true no more games start, and
    the result is of those that did: of the first seeds, as if no more had been asked for. On
    KeyboardInterrupt the result is of the games that are over, among which long ones are too few.
    """
    lockstep.measured(agent)  # raise here rather than in every worker
    workers = min(workers or os.cpu_count() or 1, count)
    began = time.monotonic()
    games: list[Episode] = []
    try:
        with closing(episodes(agent, rules, range(seed, seed + count), workers, enough)) as played:
            for game in played:
                if stopped():
                    raise EvaluationStoppedError
                games.append(game)
                _progress(len(games), count, sum(g.score for g in games) / len(games))
    except EvaluationError as error:
        if stopped():  # a signal stopped the worker processes as well
            raise EvaluationStoppedError from error
        if not (enough() and games):
            raise
    except KeyboardInterrupt:
        if not games:
            raise
    games.sort(key=lambda game: game.seed)
    return {
        "agent": agent,
        "rules": dataclasses.asdict(rules),
        "seeds": [games[0].seed, games[-1].seed],
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
