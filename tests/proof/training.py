"""Training that is killed at any moment goes on from its last whole checkpoint."""

from __future__ import annotations

import json
import shutil
import signal
import statistics
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from agents.runs import checkpoint

from .trial import Trial

ROOT = Path(__file__).parents[2]
SAVES, KILLS, DAMAGES = 50, 50, 20
WAIT_S, UNBROKEN_WAIT_S = 300.0, 1_800.0
LINES = 5  # of the log that a start writes before it may be killed
UNBROKEN = 5  # runs that differ in their seed, from which the tolerance is reckoned
# Student's t, 4 degrees of freedom, 99.5 %, times sqrt(1 + 1/5): one more run of the same kind
# lies within so many standard deviations of the mean of five in 99 of 100 cases.
DEVIATIONS = 4.604 * (1 + 1 / UNBROKEN) ** 0.5

# A teacher without the scripted expert: a run that learns to score within minutes. Its memory is
# as small as what a start refills, so that a killed run learns from as many steps as an unbroken
# one.
TRAINER = """
import sys
from pathlib import Path
from agents.experience import collector
from agents.config import TrainingConfig
from agents.runs.train import set_threads, train
collector.RECENT_GAMES = 8  # one of each emulator: a run that was not killed knows older ones
folder, seed, minutes = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
config = TrainingConfig.of_teacher(
    teacher="", seed=seed, emulators=8, batch=128, memory_frames=2_000, learning_starts=2_000,
    refill_steps=2_000, exploration_steps=20_000, frame_cap=1_000, precision="float32",
    updates_together=1, log_seconds=0.5, checkpoint_minutes=minutes,
)
set_threads(config.towers)
train(folder, config, 60.0, None)
"""

# Writes checkpoints as fast as it can and says which are written.
SAVER = """
import sys
from pathlib import Path
import numpy as np
from agents.runs import checkpoint
folder, samples = Path(sys.argv[1]), int(sys.argv[2])
while True:
    samples += 1
    arrays = {"online/0": np.full(300_000, samples, np.float32), "optimizer/0": np.array(samples)}
    checkpoint.save(folder, samples, arrays, {"updates": samples})
    print(samples, flush=True)
"""


def check(trial: Trial) -> None:
    """Kill what saves, kill runs, and damage what they left."""
    _saves(trial)
    _damages(trial)
    if find_spec("tensorflow") is None:
        trial.result.facts["left out"] = "runs, without TensorFlow"
        return
    _runs(trial)


def _saves(trial: Trial) -> None:
    """Kill a program that writes checkpoints, mostly within a write."""
    folder, last = trial.folder / "saves", 0
    for _ in trial.cases("kills while saving", SAVES, least=2):
        program = subprocess.Popen(
            [sys.executable, "-c", SAVER, str(folder), str(last)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert program.stdout is not None
        lines = [program.stdout.readline()]
        time.sleep(trial.random().uniform(0, 0.3))
        program.send_signal(signal.SIGKILL)
        lines += [line for line in program.stdout if line.endswith("\n")]
        program.wait()
        last = max(last, *(int(line) for line in lines))
        found = _load(folder)
        if found is None:
            trial.find("no whole checkpoint is left")
            continue
        arrays, state = found
        whole = bool((arrays["online/0"] == state["updates"]).all())
        trial.expect(whole, "what was loaded is of two checkpoints")
        trial.expect(state["updates"] >= last, f"{last} was saved, {state['updates']} came back")
        last = state["updates"]


def _load(folder: Path) -> tuple[dict[str, Any], dict[str, Any]] | None:
    try:
        return checkpoint.load(folder)
    except checkpoint.DamagedError:
        return None


def _damages(trial: Trial) -> None:
    """Cut the newest checkpoint short anywhere, or flip a bit: the one before comes back."""
    import numpy as np

    folder = trial.folder / "damaged"
    for number in trial.cases("damaged checkpoints", DAMAGES, least=4):
        shutil.rmtree(folder, ignore_errors=True)
        for samples in (1, 2):
            arrays = {"online/0": np.full(5_000, samples, np.float32)}
            checkpoint.save(folder, samples, arrays, {"updates": samples})
        newest = max(folder.glob("*.npz" if number % 4 < 3 else "*.json"))
        data, chance = newest.read_bytes(), trial.random()
        at = chance.randrange(len(data))
        if number % 2:
            newest.write_bytes(data[:at])
        else:
            flipped = data[at] ^ 1 << chance.randrange(8)
            newest.write_bytes(data[:at] + bytes([flipped]) + data[at + 1 :])
        with trial.guard():
            found = _load(folder)
            if found is None:
                trial.find("with the newest damaged nothing comes back")
                continue
            arrays, state = found
            kept = state.get("updates")
            fine = bool((arrays["online/0"] == kept).all())
            # A flipped bit in the manifest may leave it as true as before.
            trial.expect(fine and kept in (1, 2), "a damaged checkpoint came back")
            trial.expect(kept == 1 or newest.suffix == ".json", "the damaged one came back")


def _start(
    folder: Path, seed: int = 0, checkpoint_minutes: float = 0.03
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", TRAINER, str(folder), str(seed), str(checkpoint_minutes)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )


def _lines(folder: Path) -> list[dict[str, Any]]:
    """Return the whole lines of a run's log."""
    log = folder / "log.jsonl"
    if not log.exists():
        return []
    rows = []
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return rows


def _runs(trial: Trial) -> None:
    """Kill a run again and again, and compare its curve with those of unbroken ones."""
    folder, updates = trial.folder / "broken", 0
    for _ in trial.cases("kills of a run", KILLS, least=0):
        before = len(_lines(folder))
        program = _start(folder)
        end = time.monotonic() + WAIT_S
        while len(_lines(folder)) < before + LINES and time.monotonic() < end:
            if program.poll() is not None:
                break
            time.sleep(0.05)
        trial.expect(program.poll() is None, f"the run ended by itself with {program.returncode}")
        time.sleep(trial.random().uniform(0, 1.5))
        program.kill()
        program.wait()
        found = _load(folder)
        if found is None:
            trial.expect(updates == 0, "no whole checkpoint is left")
            continue
        state = found[1]
        trial.expect(state["updates"] >= updates, f"{updates} updates were saved, now fewer are")
        trial.expect(len(_lines(folder)) > before, "nothing was logged")
        updates = state["updates"]
    done, _ = trial.result.counts.get("kills of a run", (0, 0))
    if done < 2:
        return
    _compare(trial, folder)


def _compare(trial: Trial, folder: Path) -> None:
    """Let unbroken runs go as far: score and value of the broken one have to be among theirs."""
    from agents.runs.log import LOG, read_log

    broken = read_log(folder / LOG)
    order = [row["samples"] for row in broken]
    trial.expect(order == sorted(order), "the curve goes back where the run was killed")
    unbroken = [_unbroken(trial, seed, order[-1]) for seed in range(1, UNBROKEN + 1)]
    for name in ("score", "q_online"):
        found = _late_mean(broken, name)
        others = [_late_mean(rows, name) for rows in unbroken]
        mean, tolerance = statistics.fmean(others), DEVIATIONS * statistics.stdev(others)
        said = f"{name} is {found:.3g} broken, {mean:.3g} +- {tolerance:.2g} unbroken"
        trial.result.facts[name] = said
        trial.expect(abs(found - mean) <= tolerance, said)
    trial.result.facts["samples"] = order[-1]


def _unbroken(trial: Trial, seed: int, samples: int) -> list[dict[str, Any]]:
    """Return the log, as far as `samples`, of a run that nobody kills."""
    folder, end = trial.folder / f"unbroken-{seed}", time.monotonic() + UNBROKEN_WAIT_S
    program = _start(folder, seed, checkpoint_minutes=60)
    while not any(row["samples"] >= samples for row in _lines(folder)):
        if program.poll() is not None or time.monotonic() > end:
            trial.find(f"the unbroken run of seed {seed} did not come as far")
            break
        time.sleep(0.2)
    program.kill()
    program.wait()
    return [row for row in _lines(folder) if row["samples"] <= samples]


def _late_mean(rows: list[dict[str, Any]], name: str) -> float:
    """Return the mean of a number over the second half of a run's samples."""
    half = rows[-1]["samples"] / 2 if rows else 0
    late = [row[name] for row in rows if row["samples"] > half and row.get(name) is not None]
    return statistics.fmean(late) if late else 0.0
