"""Every scene and command where asking for a network's socket ends the program."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from game.emulation.cabinet import rom_path
from game.system.paths import default_model
from tests.helpers.guarded import WALK, guard, run_guarded, sockets

from .trial import Trial

GOLDEN = Path(__file__).parents[1] / "golden"
# Commands, the status that each ends with, and after how many seconds it is told to stop.
_TINY = (
    "--set emulators=4 --set memory_frames=2000 --set learning_starts=200 --set batch=8 "
    "--set refill_steps=200 --set frame_cap=160 --set trial_samples=0 --set precision=float32 "
    "--set log_seconds=1"
)
COMMANDS: tuple[tuple[str, int, float | None], ...] = (
    ("main.py --help", 0, None),
    ("main.py --frames 200", 0, None),
    ("main.py play --frames 300", 0, None),
    ("main.py watch --frames 300", 0, None),
    ("main.py race --minutes 0.05 --frames 600", 0, None),  # to its end, for a board
    ("main.py --kiosk", 0, 12),
    ("main.py race --minutes 0.05 --headless {folder}/race", 0, None),
    ("main.py selftest --pictures {folder}/pictures", 0, None),
    ("main.py verify {tape}", 0, None),
    ("main.py review {tape} --frames 200", 0, None),
    ("main.py review {tape} --json {folder}/review.json", 0, None),
    ("main.py scores", 0, None),
    ("main.py scores --csv {folder}/scores.csv", 0, None),
    ("main.py rom {rom}", 0, None),
    ("main.py evaluate --episodes 2 --workers 2", 0, None),
    ("main.py try-model --seconds 8 {model}", 0, None),
    ("main.py bench play --seconds 2", 1, None),
)
LEARNING: tuple[tuple[str, int, float | None], ...] = (
    (f"main.py train student --name s --runs {{folder}} --minutes 0.4 {_TINY}", 0, None),
    (f"main.py train teacher --name t --runs {{folder}} --minutes 0.4 {_TINY}", 0, None),
    ("main.py export {folder}/s {folder}/s.tflite", 0, None),
    ("main.py curve {folder}/curve.png {folder}/s {folder}/t", 0, None),
)


def check(trial: Trial) -> None:
    """Walk through the window, draw every scene, and run every command."""
    environment = guard(trial.folder)
    for _ in trial.cases("walks", 1, least=0):
        done = run_guarded(environment, "-c", WALK)
        trial.expect(done.stdout.endswith("walked\n"), f"the walk: {done.stderr[-300:]}")
        _none_was_made(trial, environment, "the walk")
    commands = COMMANDS
    if find_spec("tensorflow") is not None and trial.share >= 1:
        commands += LEARNING
    for number in trial.cases("commands", len(commands)):
        command, status, stop_after = commands[number]
        words = command.format(
            folder=trial.folder,
            tape=sorted(GOLDEN.glob("*.tape"))[0],
            rom=rom_path(),
            model=default_model(),
        )
        done = run_guarded(environment, *words.split(), stop_after=stop_after)
        fine = done.returncode in (0, status) and "Traceback" not in done.stderr
        trial.expect(fine, f"{command}: status {done.returncode}, {done.stderr[-300:]}")
        _none_was_made(trial, environment, command)


def _none_was_made(trial: Trial, environment: dict[str, str], by: str) -> None:
    found = sockets(environment)
    trial.expect(not found, f"{by}: {found[:300]}")
    Path(environment["SOCKETS"]).unlink(missing_ok=True)
