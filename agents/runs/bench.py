"""`bench training`: how fast the learner is alone, and how fast a whole run is.

Each case is measured in a process of its own, because TensorFlow's threads can be set only once.
The learner alone, on one constant batch, and the whole run take turns, so that a noisy machine
disturbs both alike.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agents.config import NATURE, TEACHER, TrainingConfig
from agents.inference.preprocess import STACK
from game.system.answers import last_answer, tell

ROUNDS = 5
OF_A_BENCH: dict[str, Any] = {
    "memory_frames": 100_000,
    "learning_starts": 4_000,
    "trial_samples": 0,
}
STUDENT_CASE = "student"
FROZEN_CASE = "student, frozen encoder"
CASES: dict[str, dict[str, Any]] = {
    STUDENT_CASE: {},
    FROZEN_CASE: {
        "frozen_encoder": 1,
        "mirror": 0.0,
        "emulators": 64,
        "batch": 512,
        "samples_per_step": 12.0,
        "memory_frames": 100_000,
    },
    "teacher": TEACHER | OF_A_BENCH,
    "teacher that sees": {"algorithm": "iqn"},
    "student, Nature encoder": {"encoder": NATURE},
    "student, one thread": {"towers": 1},
    "student, Nature encoder, one thread": {"encoder": NATURE, "towers": 1},
}
RIVAL_CASE = "student, Nature encoder, one thread"
WORKERS = 2
WORKERS_CASE = f"student, {WORKERS} workers of one thread"
WORKERS_SETTINGS: dict[str, Any] = {"towers": 1}
WORKERS_RIVAL = STUDENT_CASE  # one worker with as many threads
UPDATES_PER_S = 3  # assumed, to give every worker the same number of updates
LIBRARY = "stable_baselines3"
LIBRARY_ENVS = 8
LEAST_SHARE = 0.85  # a whole run's samples/s relative to the learner alone
MOST_SAMPLING = 0.1  # time of sampling relative to an update
LEAST_LEAD = 2.0  # samples/s relative to the library
LEAST_FROZEN_LEAD = 5.0  # of a run behind a frozen encoder over one that learns it too


class TrainingBenchError(RuntimeError):
    """A case could not be measured; the message says why."""


def bench_training(seconds: float, progress: Callable[[str], None]) -> dict[str, Any]:
    """Measure every case for about `seconds` s; return the figures, and whether all limits hold."""
    library = None
    if importlib.util.find_spec(LIBRARY):
        progress(LIBRARY)
        library = _child({"library": True, "seconds": seconds})
    cases = {}
    for name, settings in CASES.items():
        progress(name)
        cases[name] = _child({"case": settings, "seconds": seconds})
    progress(WORKERS_CASE)
    workers = _workers(WORKERS_SETTINGS, seconds)
    workers["lead"] = workers["samples_per_s"] / cases[WORKERS_RIVAL]["samples_per_s"]
    if library is not None:
        library["lead"] = cases[RIVAL_CASE]["samples_per_s"] / library["samples_per_s"]
    missed = _missed(cases, library)
    return {
        "cases": cases,
        "workers": workers,
        "library": library,
        "frozen_lead": _frozen_lead(cases),
        "cores": os.cpu_count(),
        "missed": missed,
        "passed": not missed,
    }


def _frozen_lead(cases: dict[str, dict[str, Any]]) -> float:
    """Return how many times the samples of a whole student its decisions alone learn in a run."""
    lead: float = cases[FROZEN_CASE]["samples_per_s"] / cases[STUDENT_CASE]["samples_per_s"]
    return lead


def _missed(cases: dict[str, dict[str, Any]], library: dict[str, Any] | None) -> list[str]:
    """Return a line for each limit that is missed."""
    missed = []
    lead = _frozen_lead(cases)
    if lead < LEAST_FROZEN_LEAD:
        missed.append(
            f"{FROZEN_CASE}: {lead:.1f} times the samples of {STUDENT_CASE}, "
            f"needs {LEAST_FROZEN_LEAD:.0f} times"
        )
    for name, case in cases.items():
        if name == FROZEN_CASE:
            continue  # its updates are so cheap that acting takes half of the time
        share, sampling = case["share_of_learner"], case["sampling_per_update"]
        if share < LEAST_SHARE:
            missed.append(f"{name}: {share:.0%} of the learner alone, needs {LEAST_SHARE:.0%}")
        if sampling >= MOST_SAMPLING:
            missed.append(
                f"{name}: sampling takes {sampling:.0%} of an update, needs to be under "
                f"{MOST_SAMPLING:.0%}"
            )
    if library is not None and library["lead"] < LEAST_LEAD:
        missed.append(
            f"{RIVAL_CASE}: {library['lead']:.1f} times the samples of {library['name']}, "
            f"needs {LEAST_LEAD:.0f} times"
        )
    return missed


def report(result: dict[str, Any]) -> str:
    """Return the figures as a table of text."""
    lines = [
        f"{'':36} {'learner':>9} {'end to end':>11} {'share':>6} {'steps':>6}   where time goes",
        f"{'':36} {'samples/s':>9} {'samples/s':>11} {'':>6} {'/s':>6}",
    ]
    for name, case in result["cases"].items():
        rest = ", ".join(f"{part} {share:.1%}" for part, share in case["shares"].items())
        lines.append(
            f"{name:36} {case['learner_samples_per_s']:9.0f} {case['samples_per_s']:11.0f} "
            f"{case['share_of_learner']:6.0%} {case['agent_steps_per_s']:6.0f}   {rest}"
        )
    lines.append(
        f"{FROZEN_CASE}: {result['frozen_lead']:.1f} times as many samples a second as "
        f"{STUDENT_CASE}, both end to end"
    )
    workers = result["workers"]
    lines.append(
        f"{WORKERS_CASE:36} {'':9} {workers['samples_per_s']:11.0f} "
        f"{'':6} {workers['agent_steps_per_s']:6.0f}   "
        f"{workers['lead']:.2f} times one worker of {WORKERS} threads"
    )
    library = result["library"]
    if library is None:
        lines.append(f"{LIBRARY} is not installed, so there is no comparison with it")
    else:
        lines.append(
            f"{library['name'] + ', Nature, one thread':36} {'':9} "
            f"{library['samples_per_s']:11.0f} {'':6} {library['agent_steps_per_s']:6.0f}   "
            f"we learn {library['lead']:.1f} times as many samples a second"
        )
    lines += [f"missed: {line}" for line in result["missed"]] or ["all limits hold"]
    return "\n".join(lines)


def measure(config: TrainingConfig, seconds: float) -> dict[str, Any]:
    """Measure the learner alone and a whole run in turns, for `seconds` s in all."""
    from agents.runs.train import Run, StopSignal, set_threads

    set_threads(config.towers)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder), config)
        run.refill(StopSignal())
        batch = run.memory.sample(config.batch * config.updates_together, config.n_step)

        def learn() -> None:
            run.learner.learn(batch)

        watch = Stopwatch()
        watch.on(run.learner, "act", "choosing actions")
        watch.on(run.collector, "send", "emulators")
        watch.on(run, "wait", "emulators")
        watch.on(run.memory, "sample", "sampling")
        watch.on(run.memory, "add", "storing")
        for _ in range(3):  # compile
            learn()
            run.advance()
        watch.spent.clear()
        alone, together, steps, spent = [], [], [], 0.0
        for _ in range(ROUNDS):
            times, wall = _repeat(learn, seconds / ROUNDS / 2)
            alone.append(times * len(batch.a_tm1) / wall)
            before, acted = run.updates, run.agent_steps
            _, wall = _repeat(run.advance, seconds / ROUNDS / 2)
            together.append((run.updates - before) * config.batch / wall)
            steps.append((run.agent_steps - acted) / wall)
            spent += wall
        run.close()
    learner, whole = statistics.median(alone), statistics.median(together)
    shares = {part: seconds / spent for part, seconds in watch.spent.items()}
    updating = 1 - sum(shares.values())
    return {
        "encoder": config.encoder,
        "algorithm": config.algorithm,
        "towers": config.towers,
        "learner_samples_per_s": learner,
        "samples_per_s": whole,
        "share_of_learner": whole / learner,
        "agent_steps_per_s": statistics.median(steps),
        "sampling_per_update": shares["sampling"] / updating,
        "shares": shares,
    }


def measure_worker(config: TrainingConfig, updates: int) -> dict[str, Any]:
    """Measure `updates` of a whole run as one worker of the cluster in TF_CONFIG."""
    from agents.learning.cluster import join
    from agents.runs.train import Run, StopSignal, set_threads

    set_threads(config.towers)
    cluster = join(os.environ.get("TF_CONFIG"))
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder), config, cluster=cluster)
        run.refill(StopSignal())
        for _ in range(3):  # compile
            run.advance()
        rates = []
        for _ in range(ROUNDS):
            began, before, acted = time.perf_counter(), run.updates, run.agent_steps
            while run.updates - before < updates / ROUNDS:
                run.advance()
            wall = time.perf_counter() - began
            rates.append(
                ((run.updates - before) * config.batch / wall, (run.agent_steps - acted) / wall)
            )
        run.close()
    samples_per_s, steps_per_s = (statistics.median(x) for x in zip(*rates, strict=True))
    return {"samples_per_s": samples_per_s, "agent_steps_per_s": steps_per_s}


class Stopwatch:
    """Adds up the seconds spent in chosen methods."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def on(self, thing: object, method: str, part: str) -> None:
        """Count the time spent in `thing.method` as `part`."""
        inner = getattr(thing, method)

        def timed(*arguments: Any, **named: Any) -> Any:
            began = time.perf_counter()
            result = inner(*arguments, **named)
            taken = time.perf_counter() - began
            self.spent[part] = self.spent.get(part, 0.0) + taken
            return result

        setattr(thing, method, timed)


def measure_library(config: TrainingConfig, seconds: float) -> dict[str, Any]:
    """Measure stable-baselines3's DQN with the Nature network, our batch and samples per step."""
    import ale_py
    import gymnasium
    import stable_baselines3
    import torch
    from stable_baselines3.common.env_util import make_atari_env
    from stable_baselines3.common.vec_env import VecFrameStack

    torch.set_num_threads(1)
    gymnasium.register_envs(ale_py)
    rules = {"frameskip": 1, "repeat_action_probability": config.sticky}
    games = make_atari_env("ALE/SpaceInvaders-v5", LIBRARY_ENVS, seed=0, env_kwargs=rules)
    env = VecFrameStack(games, STACK)
    steps_per_update = int(config.batch / config.samples_per_step)
    model = stable_baselines3.DQN(
        "CnnPolicy",
        env,
        buffer_size=20_000,
        batch_size=config.batch,
        learning_starts=2_000,
        train_freq=steps_per_update // LIBRARY_ENVS,
        gradient_steps=1,
        target_update_interval=config.target_period * steps_per_update,
        learning_rate=config.learning_rate,
    )
    model.learn(3_000)
    rates = []
    for _ in range(ROUNDS):
        began, steps, updates = time.perf_counter(), model.num_timesteps, model._n_updates
        while time.perf_counter() - began < seconds / ROUNDS:
            model.learn(20 * steps_per_update, reset_num_timesteps=False)
        wall = time.perf_counter() - began
        rates.append(((model._n_updates - updates) / wall, (model.num_timesteps - steps) / wall))
    updates_per_s, steps_per_s = (statistics.median(x) for x in zip(*rates, strict=True))
    return {
        "name": f"stable-baselines3 {stable_baselines3.__version__}",
        "samples_per_s": updates_per_s * config.batch,
        "agent_steps_per_s": steps_per_s,
    }


def _repeat(action: Callable[[], object], seconds: float) -> tuple[int, float]:
    """Repeat `action` for `seconds`; return how often, and how many seconds it took."""
    began, times = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        action()
        times += 1
    return times, time.perf_counter() - began


def _workers(settings: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Measure a whole run of `WORKERS` workers on this machine; return the chief's figures."""
    addresses = [f"localhost:{port}" for port in _free_ports(WORKERS)]
    order = {"case": settings, "updates": max(ROUNDS, round(seconds * UPDATES_PER_S))}
    workers = []
    for index in range(WORKERS):
        task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        workers.append(_start(order, TF_CONFIG=json.dumps(task)))
    chief, *_ = [_answer(worker) for worker in workers]
    return chief


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("localhost", 0))
        return [each.getsockname()[1] for each in sockets]


def _child(order: dict[str, Any]) -> dict[str, Any]:
    return _answer(_start(order))


def _start(order: dict[str, Any], **environment: str) -> subprocess.Popen[bytes]:
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", __name__, json.dumps(order)],
        stdout=subprocess.PIPE,
        env={**os.environ, **quiet, **environment},
        cwd=Path(__file__).parents[2],
    )


def _answer(child: subprocess.Popen[bytes]) -> dict[str, Any]:
    said = last_answer(child.communicate()[0]) or {"problem": f"status {child.returncode}"}
    if "problem" in said:
        raise TrainingBenchError(f"a measurement ended early: {said['problem']}")
    return said


def _main(order: dict[str, Any]) -> dict[str, Any]:
    config = dataclasses.replace(TrainingConfig(), **OF_A_BENCH)
    if order.get("library"):
        return measure_library(config, order["seconds"])
    config = dataclasses.replace(config, **order["case"])
    if "updates" in order:
        return measure_worker(config, order["updates"])
    return measure(config, order["seconds"])


if __name__ == "__main__":
    try:
        tell(**_main(json.loads(sys.argv[1])))
    except Exception as error:
        tell(problem=f"{type(error).__name__}: {error}")
        raise
