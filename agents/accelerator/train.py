"""Play and learn on a machine with an accelerator and JAX, without TensorFlow.

`portable.py` wrote the compiled functions that this module calls. The emulators run on all cores;
the memory and every update are on the accelerator. A student imitates its teacher, or has none and
learns from returns. Training goes on with the run in a folder and saves its checkpoint, so that
`main.py train` and `main.py export` can go on from there (see docs/accelerated.md).
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

from agents.config import ConfigError, TrainingConfig, load_config
from agents.experience.collector import RamCollector, Step
from agents.experience.emulators import EmulatorsError
from agents.experience.memory import Steps
from agents.experience.mirror import MIRROR_ACTIONS, MIRROR_COLUMNS
from agents.inference.preprocess import SIDE, STACK
from agents.learning.schedules import exploration, explored, longest_return, return_steps
from agents.runs import checkpoint
from agents.state import ram_map
from agents.state.targets import TARGETS, state_targets
from game.emulation.cabinet import Action
from game.system.validators import count, minutes
from game.system.validators import learning_rate as rate_of_learning

FOLDER, SIZES = "portable", "sizes.json"
LOG = "log.jsonl"  # as in agents/runs/log.py, which needs TensorFlow
Slots = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]  # rows, lanes, ages
CONSTANT = 0.2  # share of the time in which the learning rate stays at its first value
LOG_SECONDS = 10.0
SAVE_SECONDS = 60.0


class AcceleratedError(RuntimeError):
    """Training cannot start; the message says what to do."""


class Lanes:
    """L emulators in lock-step, in several processes with an equal part each."""

    def __init__(self, config: TrainingConfig, lanes: int, processes: int, seed: int) -> None:
        """Start all processes at once, each with seeds of its own."""
        part = dataclasses.replace(config, emulators=lanes // processes)
        seeds = [seed + 10_000 * number for number in range(processes)]
        with ThreadPoolExecutor(processes) as pool:
            opened = pool.map(lambda s: RamCollector(part, s, pictures=True), seeds)
            self._collectors = list(opened)

    @property
    def pictures(self) -> NDArray[np.uint8]:
        """The newest pictures, uint8 [L, 84, 84]."""
        return np.concatenate([c.observations[:, -1] for c in self._collectors])

    @property
    def ram(self) -> NDArray[np.uint8]:
        """The RAM observations, uint8 [L, 2, 129]."""
        return np.concatenate([c.ram for c in self._collectors if c.ram is not None])

    @property
    def scores(self) -> list[int]:
        """The scores of each process's last hundred games."""
        return [score for c in self._collectors for score in c.games.recent]

    def send(self, actions: NDArray[np.integer]) -> None:
        """Start a step with `actions` [L], and return at once."""
        for collector, part in zip(
            self._collectors, np.split(actions, len(self._collectors)), strict=True
        ):
            collector.send(part)

    def receive(self) -> Step:
        """Wait for the step that was sent, and return what followed, [L] each."""
        steps = [collector.receive() for collector in self._collectors]
        return Step(
            rewards=np.concatenate([step.rewards for step in steps]),
            deaths=np.concatenate([step.deaths for step in steps]),
            final=np.concatenate([step.final for step in steps]),
            idle=np.concatenate([step.idle for step in steps]),
        )

    def close(self) -> None:
        """Close the emulators."""
        for collector in self._collectors:
            collector.close()


class DeviceMemory(Steps):
    """The newest R steps of L emulators, with everything that is large on the device.

    That is the pictures, and during imitation the state targets and the teacher's Q.
    """

    def __init__(self, rows: int, lanes: int, config: TrainingConfig, seed: int) -> None:
        import jax.numpy as jnp

        super().__init__(
            rows,
            lanes,
            stack=STACK,
            most_steps=0 if imitates(config) else longest_return(config),
            gamma=config.gamma,
            reward_clip=config.reward_clip,
            seed=seed,
            late_weight=config.late_weight,
        )
        self.arrays: tuple[Any, ...] = (jnp.zeros((rows, lanes, SIDE, SIDE), jnp.uint8),)
        if imitates(config):
            self.arrays += (
                jnp.zeros((rows, lanes, TARGETS), jnp.float32),
                jnp.zeros((rows, lanes, len(Action)), jnp.float32),
            )

    def slots(self, rows: NDArray[np.int64], lanes: NDArray[np.int64]) -> Slots:
        """Return where the slots [B] are on the device."""
        ages = self.ages(rows, lanes)
        return (rows % self.rows).astype(np.int32), lanes.astype(np.int32), ages.astype(np.int32)


def imitates(config: TrainingConfig) -> bool:
    """Whether the student imitates a teacher; else it learns from returns, without a teacher."""
    return config.imitation_samples > 0


class Device:
    """The compiled functions of the run in a folder, and the variables that they update."""

    def __init__(self, run: Path, config: TrainingConfig, arrays: dict[str, NDArray[Any]]) -> None:
        import jax
        import jax.numpy as jnp

        folder = run / FOLDER
        names = ("act", "update", "teach") if imitates(config) else ("act", "update")
        try:
            sizes = json.loads((folder / SIZES).read_text(encoding="utf-8"))
            self.lanes, self.batch = int(sizes["lanes"]), int(sizes["batch"])
            self._scalars: list[str] = sizes["scalars"]
            act, update, *teach = (
                jax.export.deserialize(bytearray((folder / f"{name}.hlo").read_bytes()))
                for name in names
            )
        except (OSError, ValueError, KeyError) as error:
            raise AcceleratedError(
                f"{folder} cannot be used ({error}): write it with "
                f"`python -m agents.accelerator.portable {run}`"
            ) from error
        self._config, self._arrays = config, arrays
        self._variables = [jnp.asarray(x) for x in _numbered(arrays, "online")]
        self._optimizer = [jnp.asarray(x) for x in _numbered(arrays, "optimizer")]
        self._target = [jnp.asarray(x) for x in _numbered(arrays, "target")]
        everyone = jnp.arange(self.lanes)
        back = jnp.arange(STACK - 1, -1, -1)

        def stacks(frames: Any, rows: Any, lanes: Any, ages: Any) -> Any:
            shown = frames[(rows[:, None] - back) % len(frames), lanes[:, None]]
            return jnp.where((ages[:, None] < back)[:, :, None, None], 0, shown)

        def step(variables: Any, memory: Any, row: Any, news: Any, ram: Any, ages: Any) -> Any:
            news = (*news, *(each.call(ram) for each in teach))
            memory = tuple(kept.at[row].set(new) for kept, new in zip(memory, news, strict=True))
            seen = stacks(memory[0], jnp.full(self.lanes, row), everyone, ages)
            return memory, jnp.argmax(act.call(variables, seen), axis=1)

        def copy(variables: Any, optimizer: Any, memory: Any, rate: Any, slots: Any) -> Any:
            frames, state_targets, q = memory
            optimizer = [optimizer[0], rate, *optimizer[2:]]
            rows, lanes, _ = slots
            seen = stacks(frames, *slots)
            return update.call(
                variables, optimizer, [], seen, q[rows, lanes], state_targets[rows, lanes]
            )

        def learn(
            variables: Any,
            optimizer: Any,
            target: Any,
            memory: Any,
            rate: Any,
            slots: Any,
            ends: Any,
            mirror: Any,
            brought: Any,
        ) -> Any:
            def seen(slots: Any) -> Any:
                shown = stacks(memory[0], *slots)
                return jnp.where(mirror[:, None, None, None], shown[..., MIRROR_COLUMNS], shown)

            optimizer = [optimizer[0], rate, *optimizer[2:]]
            return update.call(variables, optimizer, target, seen(slots), *brought, seen(ends))

        self._step = jax.jit(step, donate_argnums=(1,))
        self._copy = jax.jit(copy, donate_argnums=(0, 1))
        self._learn = jax.jit(learn, donate_argnums=(0, 1))

    def step(
        self, memory: DeviceMemory, pictures: NDArray[np.uint8], ram: NDArray[np.uint8]
    ) -> NDArray[np.int64]:
        """Add what all emulators show to the memory; return the student's actions [L]."""
        news = (pictures, state_targets(ram)) if imitates(self._config) else (pictures,)
        memory.arrays, actions = self._step(
            self._variables,
            memory.arrays,
            memory.added % memory.rows,
            news,
            ram,
            memory.begin().astype(np.int32),
        )
        return np.asarray(actions, np.int64)

    def learn(self, memory: DeviceMemory, rate: float, n_step: int) -> Any:
        """Start one update with learning rate `rate`; return its scalars, perhaps not yet computed.

        Without imitation the loss is of `n_step`-step returns.
        """
        rows, lanes = memory.draw(self.batch)
        slots, size = memory.slots(rows, lanes), np.float32(rate)
        if imitates(self._config):
            self._variables, self._optimizer, scalars = self._copy(
                self._variables, self._optimizer, memory.arrays, size, slots
            )
            return scalars
        r_t, discount_t, ends = memory.returns(rows, lanes, n_step)
        mirror = memory.random.random(self.batch) < self._config.mirror
        actions = memory.actions[rows % memory.rows, lanes]
        actions = np.where(mirror, MIRROR_ACTIONS[actions], actions).astype(np.int32)
        self._variables, self._optimizer, scalars = self._learn(
            self._variables,
            self._optimizer,
            self._target,
            memory.arrays,
            size,
            slots,
            memory.slots(ends, lanes),
            mirror,
            (actions, r_t, discount_t),
        )
        return scalars

    def copy_to_target(self) -> None:
        """Make the target network equal to the online network."""
        # A copy, because the next update reuses the variables' buffers.
        self._target = [variable.copy() for variable in self._variables]

    def named(self, scalars: Any) -> dict[str, float]:
        """Wait for an update's scalars and return them by name."""
        return dict(zip(self._scalars, map(float, np.asarray(scalars)), strict=True))

    def state(self) -> dict[str, NDArray[Any]]:
        """Return the arrays of a checkpoint."""
        parts = {
            "online": self._variables,
            "target": self._target,
            "optimizer": self._optimizer,
        }
        return {
            f"{part}/{i}": np.asarray(x).astype(self._arrays[f"{part}/{i}"].dtype)
            for part, variables in parts.items()
            for i, x in enumerate(variables)
        }


def _numbered(arrays: dict[str, NDArray[Any]], part: str) -> list[NDArray[Any]]:
    count = sum(name.startswith(f"{part}/") for name in arrays)
    return [arrays[f"{part}/{index}"] for index in range(count)]


def learning_rate(first: float, last: float, done: float) -> float:
    """Return the rate after the share `done` of the time: constant, then half a cosine."""
    falling = max(0.0, (done - CONSTANT) / (1 - CONSTANT))
    return last + (first - last) * 0.5 * (1 + math.cos(math.pi * falling))


class Progress:
    """The progress of the run: its counters, its log and its checkpoint."""

    def __init__(self, run: Path, config: TrainingConfig, state: dict[str, Any]) -> None:
        self._run, self._config, self._state = run, config, state
        self._before = dict(state)
        self._actions = np.zeros(len(Action), np.int64)
        self._logged = self._saved = self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds of learning."""
        return time.monotonic() - self._began

    @property
    def samples(self) -> int:
        """Gradient samples so far."""
        samples: int = self._state["updates"] * self._config.batch
        return samples

    def learnt(self, samples: int) -> bool:
        """Count an update's `samples`; return whether to copy to the target network."""
        period, before = self._config.target_period, self._state["updates"]
        self._state["updates"] += samples // self._config.batch
        return bool(before // period < self._state["updates"] // period)

    def acted(self, actions: NDArray[np.int64]) -> None:
        """Count one step of all emulators."""
        self._state["agent_steps"] += len(actions)
        self._actions += np.bincount(actions, minlength=len(Action))
        self._state["hours"] = self._before["hours"] + self.seconds / 3600

    def log(self, scores: list[int], scalars: Callable[[], dict[str, float]]) -> None:
        """Every ten seconds print the progress, and add a line to the run's log."""
        if time.monotonic() - self._logged < LOG_SECONDS:
            return
        self._logged = time.monotonic()
        state, batch = self._state, self._config.batch
        samples = (state["updates"] - self._before["updates"]) * batch / self.seconds
        steps = (state["agent_steps"] - self._before["agent_steps"]) / self.seconds
        entry = {
            "samples": self.samples,
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
            f"{entry['samples'] / 1e6:.2f} million gradient samples, "
            f"score {entry['score'] or '-'}, {samples:.0f} samples/s, {steps:.0f} steps/s",
            flush=True,
        )

    def save(self, arrays: Callable[[], dict[str, NDArray[Any]]], now: bool = False) -> None:
        """Write a checkpoint once a minute, or `now`."""
        if now or time.monotonic() - self._saved >= SAVE_SECONDS:
            age = self.samples + self._state[checkpoint.PRETRAINED]
            checkpoint.save(self._run, age, arrays(), self._state)
            self._saved = time.monotonic()


def accelerate(
    run: Path, minutes: float, processes: int, rows: int, updates: int, rates: tuple[float, float]
) -> None:
    """Go on with the run in folder `run` for `minutes` of learning, and save it.

    The memory holds `rows` steps of every emulator, of which a hundredth is played first. There are
    `updates` for each step of all emulators, and the learning rate falls from the first of `rates`
    to the last. Raises AcceleratedError.
    """
    if minutes <= 0:
        raise AcceleratedError("the minutes of learning must be more than 0")
    try:
        config, loaded = load_config(run), checkpoint.load(run)
    except (ConfigError, checkpoint.DamagedError) as error:
        raise AcceleratedError(str(error)) from error
    if loaded is None:
        raise AcceleratedError(
            f"{run} has no checkpoint yet: start it with `main.py train student`"
        )
    arrays, state = loaded
    device = Device(run, config, arrays)
    lanes, batch = device.lanes, device.batch
    if lanes % processes or batch % config.batch:
        raise AcceleratedError(
            f"{lanes} emulators must be a multiple of the {processes} processes, and the batch of "
            f"{batch} one of the run's {config.batch}"
        )
    state["starts"] += 1
    seed = config.seed + 1_000_000 * state["starts"]
    random = np.random.default_rng(seed)
    memory = DeviceMemory(rows, lanes, config, seed)
    everyone, order = dataclasses.replace(config, emulators=lanes), random.permutation(lanes)
    with contextlib.closing(Lanes(config, lanes, processes, seed)) as emulators:

        def play() -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
            ram = emulators.ram
            late = ram[:, -1, ram_map.COUNT] <= config.late_invaders
            actions = device.step(memory, emulators.pictures, ram)
            epsilons = exploration(everyone, state["agent_steps"])[order]
            actions = explored(actions, epsilons, random)
            emulators.send(actions)
            return actions, late

        def remember(actions: NDArray[np.int64], late: NDArray[np.bool_]) -> None:
            step = emulators.receive()
            memory.add(actions, step.rewards, step.deaths, step.final, late, step.idle)

        while memory.added < max(rows // 100, memory.stack + memory.most_steps + 1):
            remember(*play())
        progress = Progress(run, config, state)
        while (done := progress.seconds / (60 * minutes)) < 1:
            actions, late = play()
            for _ in range(updates):
                n_step = return_steps(config, progress.samples)
                scalars = device.learn(memory, learning_rate(*rates, done), n_step)
                if progress.learnt(batch):
                    device.copy_to_target()
            remember(actions, late)
            progress.acted(actions)
            progress.log(emulators.scores, lambda: device.named(scalars))  # noqa: B023
            progress.save(device.state)
    progress.save(device.state, now=True)


def main() -> int:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(prog="python -m agents.accelerator.train", description=__doc__)
    parser.add_argument("run", type=Path, help="a run's folder, runs/NAME")
    parser.add_argument("--minutes", type=minutes, default=9.0, help="minutes of learning")
    parser.add_argument("--processes", type=count, default=max(1, (os.cpu_count() or 2) - 1))
    parser.add_argument(
        "--rows", type=count, default=3000, help="steps of each emulator in the memory"
    )
    parser.add_argument(
        "--updates", type=count, default=8, help="updates for each step of all emulators"
    )
    for name, default, when in (("--rate", 5e-4, "at first"), ("--last-rate", 2e-5, "at the end")):
        parser.add_argument(
            name, type=rate_of_learning, default=default, help=f"learning rate {when}"
        )
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
