"""Play and learn on a machine with an accelerator and XLA, without TensorFlow.

What is computed was written by `portable.py`; this drives it. The emulators run on all cores, the
memory and every update are the accelerator's. It goes on with the run in a folder and saves its
checkpoint, so `main.py train` and `main.py export` go on from there (see ACCELERATED.md).
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import math
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents import checkpoint, console
from agents.collector import MemoryCollector
from agents.config import ConfigError, TrainingConfig, load_config
from agents.emulators import EmulatorsError
from agents.facts import FACTS, facts
from agents.preprocess import SIDE, STACK
from agents.schedules import exploration, explored
from game.cabinet import Action

FOLDER, SIZES = "portable", "sizes.json"
LOG = "log.jsonl"  # as in journal.py, which cannot be imported without TensorFlow
WARM = 0.2  # of the time, the learning rate stays as it begins
LOG_SECONDS = 10.0
SAVE_SECONDS = 60.0


class AcceleratedError(RuntimeError):
    """It cannot begin; the message says what to do."""


class Lanes:
    """L emulators in lock-step, an equal part of them in each of some processes."""

    def __init__(self, config: TrainingConfig, lanes: int, processes: int, seed: int) -> None:
        """Start them all at once. Each process plays other seeds."""
        part = dataclasses.replace(config, emulators=lanes // processes)
        seeds = [seed + 10_000 * number for number in range(processes)]
        with ThreadPoolExecutor(processes) as pool:
            opened = pool.map(lambda s: MemoryCollector(part, s, pictures=True), seeds)
            self._collectors = list(opened)

    @property
    def pictures(self) -> NDArray[np.uint8]:
        """The newest pictures of all, uint8 [L, 84, 84]."""
        return np.concatenate([c.observations[:, -1] for c in self._collectors])

    @property
    def memories(self) -> NDArray[np.uint8]:
        """The consoles' memories, uint8 [L, 2, 129]."""
        return np.concatenate([c.ram for c in self._collectors if c.ram is not None])

    @property
    def scores(self) -> list[int]:
        """The scores of each process's last hundred games."""
        return [score for c in self._collectors for score in c.games.recent]

    def send(self, actions: NDArray[np.integer]) -> None:
        """Begin to do `actions` [L] and return."""
        for collector, part in zip(
            self._collectors, np.split(actions, len(self._collectors)), strict=True
        ):
            collector.send(part)

    def receive(self) -> NDArray[np.bool_]:
        """Wait for what the actions brought; return which emulators only restarted [L]."""
        return np.concatenate([collector.receive().final for collector in self._collectors])

    def close(self) -> None:
        """Let the emulators go."""
        for collector in self._collectors:
            collector.close()


class DeviceMemory:
    """The newest R steps of L emulators: pictures, facts and the teacher's Q on the device.

    What decides which steps are learnt from stays with the host.
    """

    def __init__(self, rows: int, lanes: int, late_weight: float, seed: int) -> None:
        import jax.numpy as jnp

        self._rows, self._lanes = rows, lanes
        self.arrays = (
            jnp.zeros((rows, lanes, SIDE, SIDE), jnp.uint8),
            jnp.zeros((rows, lanes, FACTS), jnp.float32),
            jnp.zeros((rows, lanes, len(Action)), jnp.float32),
        )
        self._age = np.zeros((rows, lanes), np.int32)  # steps since a game's start
        self._useless = np.zeros((rows, lanes), bool)  # a game's last picture: nothing was done
        self._late = np.zeros((rows, lanes), bool)
        self._late_weight = late_weight
        self._random = np.random.default_rng(seed)
        self.added = 0

    @property
    def row(self) -> int:
        """Where the next step goes."""
        return self.added % self._rows

    def begin(self, late: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Note the step whose arrays are put at `row`; return the ages [L] of its games."""
        before = (self.added - 1) % self._rows
        older = np.minimum(self._age[before] + 1, STACK)
        fresh = self._useless[before] if self.added else np.ones(self._lanes, bool)
        self._age[self.row] = np.where(fresh, 0, older)
        self._late[self.row] = late
        ages: NDArray[np.int32] = self._age[self.row]
        return ages

    def end(self, final: NDArray[np.bool_]) -> None:
        """Note which emulators only restarted in that step."""
        self._useless[self.row] = final
        self.added += 1

    def draw(self, size: int) -> tuple[NDArray[np.int32], ...]:
        """Return rows, lanes and ages [size] of steps to learn from; late ones come more often."""
        low = max(0, self.added - self._rows) + STACK
        rows, lanes = np.zeros(size, np.int32), np.zeros(size, np.int32)
        wrong = np.arange(size)
        while len(wrong):
            rows[wrong] = self._random.integers(low, self.added, len(wrong)) % self._rows
            lanes[wrong] = self._random.integers(self._lanes, size=len(wrong))
            at = rows[wrong], lanes[wrong]
            early = ~self._late[at]
            dropped = early & (self._random.random(len(wrong)) * self._late_weight > 1)
            wrong = wrong[self._useless[at] | dropped]
        return rows, lanes, self._age[rows, lanes]


class Device:
    """The compiled functions of the run in a folder, and the variables that they change."""

    def __init__(self, run: Path, arrays: dict[str, NDArray[Any]]) -> None:
        import jax
        import jax.numpy as jnp

        folder = run / FOLDER
        try:
            sizes = json.loads((folder / SIZES).read_text(encoding="utf-8"))
            self.lanes, self.batch = int(sizes["lanes"]), int(sizes["batch"])
            self._scalars: list[str] = sizes["scalars"]
            act, teach, update = (
                jax.export.deserialize(bytearray((folder / f"{name}.hlo").read_bytes()))
                for name in ("act", "teach", "update")
            )
        except (OSError, ValueError, KeyError) as error:
            raise AcceleratedError(
                f"{folder} cannot be used ({error}): `python -m agents.portable {run}` writes it"
            ) from error
        self._arrays = arrays
        self._variables = [jnp.asarray(x) for x in _numbered(arrays, "online")]
        self._optimizer = [jnp.asarray(x) for x in _numbered(arrays, "optimizer")]
        everyone = jnp.arange(self.lanes)
        back = jnp.arange(STACK - 1, -1, -1)

        def stacks(frames: Any, rows: Any, lanes: Any, ages: Any) -> Any:
            shown = frames[(rows[:, None] - back) % len(frames), lanes[:, None]]
            return jnp.where((ages[:, None] < back)[:, :, None, None], 0, shown)

        def step(
            variables: Any,
            memory: Any,
            row: Any,
            pictures: Any,
            told: Any,
            memories: Any,
            ages: Any,
        ) -> Any:
            teacher_q = teach.call(memories)
            frames, facts, q = memory
            frames = frames.at[row].set(pictures)
            memory = frames, facts.at[row].set(told), q.at[row].set(teacher_q)
            seen = stacks(frames, jnp.full(self.lanes, row), everyone, ages)
            return memory, jnp.argmax(act.call(variables, seen), axis=1)

        def learn(
            variables: Any, optimizer: Any, memory: Any, rate: Any, rows: Any, lanes: Any, ages: Any
        ) -> Any:
            frames, facts, q = memory
            optimizer = [optimizer[0], rate, *optimizer[2:]]
            seen = stacks(frames, rows, lanes, ages)
            return update.call(variables, optimizer, seen, q[rows, lanes], facts[rows, lanes])

        self._step = jax.jit(step, donate_argnums=(1,))
        self._learn = jax.jit(learn, donate_argnums=(0, 1))

    def step(
        self,
        memory: DeviceMemory,
        ages: NDArray[np.int32],
        pictures: NDArray[np.uint8],
        memories: NDArray[np.uint8],
    ) -> NDArray[np.int64]:
        """Remember what all emulators show; return the student's actions [L]."""
        memory.arrays, actions = self._step(
            self._variables, memory.arrays, memory.row, pictures, facts(memories), memories, ages
        )
        return np.asarray(actions, np.int64)

    def learn(self, memory: DeviceMemory, rate: float) -> Any:
        """Begin one update at learning `rate` and return its scalars, which need not be there."""
        drawn = memory.draw(self.batch)
        self._variables, self._optimizer, scalars = self._learn(
            self._variables, self._optimizer, memory.arrays, np.float32(rate), *drawn
        )
        return scalars

    def named(self, scalars: Any) -> dict[str, float]:
        """Wait for an update's scalars and return them by name."""
        return dict(zip(self._scalars, map(float, np.asarray(scalars)), strict=True))

    def state(self) -> dict[str, NDArray[Any]]:
        """Return the arrays of a checkpoint; the target network is the online one."""
        after = {f"online/{i}": np.asarray(x) for i, x in enumerate(self._variables)}
        after |= {f"target/{i}": np.asarray(x) for i, x in enumerate(self._variables)}
        after |= {f"optimizer/{i}": np.asarray(x) for i, x in enumerate(self._optimizer)}
        return {name: x.astype(self._arrays[name].dtype) for name, x in after.items()}


def _numbered(arrays: dict[str, NDArray[Any]], part: str) -> list[NDArray[Any]]:
    count = sum(name.startswith(f"{part}/") for name in arrays)
    return [arrays[f"{part}/{index}"] for index in range(count)]


def learning_rate(first: float, last: float, done: float) -> float:
    """Return the rate when the share `done` of the time is over: level, then half a cosine."""
    falling = max(0.0, (done - WARM) / (1 - WARM))
    return last + (first - last) * 0.5 * (1 + math.cos(math.pi * falling))


class Progress:
    """How far the run is: its counters, its log and its checkpoint."""

    def __init__(self, run: Path, config: TrainingConfig, state: dict[str, Any]) -> None:
        self._run, self._config, self._state = run, config, state
        self._before = dict(state)
        self._actions = np.zeros(len(Action), np.int64)
        self._logged = self._saved = self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds of learning."""
        return time.monotonic() - self._began

    def add(self, samples: int, actions: NDArray[np.int64]) -> None:
        """Count what was learnt and done."""
        self._state["updates"] += samples // self._config.batch
        self._state["agent_steps"] += len(actions)
        self._actions += np.bincount(actions, minlength=len(Action))
        self._state["hours"] = self._before["hours"] + self.seconds / 3600

    def log(self, scores: list[int], scalars: Callable[[], dict[str, float]]) -> None:
        """Every ten seconds say where it is, and add a line to the log as journal.py does."""
        if time.monotonic() - self._logged < LOG_SECONDS:
            return
        self._logged = time.monotonic()
        state, batch = self._state, self._config.batch
        samples = (state["updates"] - self._before["updates"]) * batch / self.seconds
        steps = (state["agent_steps"] - self._before["agent_steps"]) / self.seconds
        entry = {
            "samples": state["updates"] * batch,
            "hours": round(state["hours"], 4),
            "agent_steps": state["agent_steps"],
            "samples_per_s": round(samples, 1),
            "agent_steps_per_s": round(steps, 1),
            "score": round(float(np.mean(scores)), 1) if scores else None,
            "action_shares": [round(float(x), 4) for x in self._actions / self._actions.sum()],
            **{name: round(value, 5) for name, value in scalars().items()},
        }
        self._actions[:] = 0
        with (self._run / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")
        print(
            f"{entry['samples'] / 1e6:.2f} Ms, score {entry['score'] or '-'}, "
            f"{samples:.0f} samples/s, {steps:.0f} steps/s",
            flush=True,
        )

    def save(self, arrays: Callable[[], dict[str, NDArray[Any]]], now: bool = False) -> None:
        """Write a checkpoint every minute, or `now`."""
        if now or time.monotonic() - self._saved >= SAVE_SECONDS:
            samples = self._state["updates"] * self._config.batch
            checkpoint.save(self._run, samples, arrays(), self._state)
            self._saved = time.monotonic()


def accelerate(
    run: Path, minutes: float, processes: int, rows: int, updates: int, rates: tuple[float, float]
) -> None:
    """Go on with the run in folder `run` for so many `minutes` of learning, and save it.

    `rows` steps of every emulator are remembered, of which a hundredth is played first; `updates`
    are made in each step, and the learning rate falls from the first of `rates` to the last.
    Raises AcceleratedError.
    """
    if minutes <= 0:
        raise AcceleratedError("the minutes of learning must be more than 0")
    try:
        config = load_config(run)
    except ConfigError as error:
        raise AcceleratedError(str(error)) from error
    loaded = checkpoint.load(run)
    if loaded is None:
        raise AcceleratedError(f"{run} has no whole checkpoint yet: begin it with `train student`")
    arrays, state = loaded
    device = Device(run, arrays)
    lanes, batch = device.lanes, device.batch
    if lanes % processes or batch % config.batch:
        raise AcceleratedError(
            f"{lanes} emulators must be a multiple of the {processes} processes, and the batch of "
            f"{batch} one of the run's {config.batch}"
        )
    state["starts"] += 1
    seed = config.seed + 1_000_000 * state["starts"]
    random = np.random.default_rng(seed)
    memory = DeviceMemory(rows, lanes, config.late_weight, seed)
    rates_of_all = exploration(dataclasses.replace(config, emulators=lanes), state["agent_steps"])
    epsilons = random.permutation(rates_of_all)
    with contextlib.closing(Lanes(config, lanes, processes, seed)) as emulators:

        def play() -> NDArray[np.int64]:
            memories = emulators.memories
            late = memories[:, -1, console.COUNT] <= config.late_invaders
            actions = device.step(memory, memory.begin(late), emulators.pictures, memories)
            actions = explored(actions, epsilons, random)
            emulators.send(actions)
            return actions

        while memory.added < max(rows // 100, STACK + 1):
            play()
            memory.end(emulators.receive())
        progress = Progress(run, config, state)
        while (done := progress.seconds / (60 * minutes)) < 1:
            actions = play()
            for _ in range(updates):
                scalars = device.learn(memory, learning_rate(*rates, done))
            memory.end(emulators.receive())
            progress.add(updates * batch, actions)
            progress.log(emulators.scores, lambda: device.named(scalars))  # noqa: B023
            progress.save(device.state)
    progress.save(device.state, now=True)


def main() -> int:
    """Read the command line and go on with a run."""
    parser = argparse.ArgumentParser(prog="python -m agents.accelerated", description=__doc__)
    parser.add_argument("run", type=Path, help="a run's folder, runs/NAME")
    parser.add_argument("--minutes", type=float, default=9.0, help="of learning")
    parser.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 2) - 1))
    parser.add_argument("--rows", type=int, default=3000, help="steps of each emulator remembered")
    parser.add_argument("--updates", type=int, default=8, help="in each step of all emulators")
    parser.add_argument("--rate", type=float, default=5e-4, help="learning rate at first")
    parser.add_argument("--last-rate", type=float, default=2e-5, help="learning rate at the end")
    options = parser.parse_args()
    try:
        accelerate(
            options.run,
            options.minutes,
            options.processes,
            options.rows,
            options.updates,
            (options.rate, options.last_rate),
        )
    except (AcceleratedError, EmulatorsError) as error:
        print(f"bigchamp: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"bigchamp: cannot write to {options.run}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
