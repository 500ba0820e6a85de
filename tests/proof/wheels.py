"""Copies that pip installed: every file arrived, and each command works far from the source."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

from game.system.version import VERSION
from tests.helpers import wheel
from tests.helpers.wheel import ROOT, Installed

from .trial import Trial

GOLDEN = ROOT / "tests" / "golden"
SHIPPED = (
    "agents/**/*.py", "game/**/*.py", "assets/**/*",
    "models/*.tflite", "models/*.json", "models/ladder/*",
)  # fmt: skip
NOT_SHIPPED = ("assets/screenshot.png",)
ENVIRONMENTS = 2  # beside another distribution with packages of the same names, and alone

# What is asked of an installed copy, the status that is right, and words that the answer has.
COMMANDS: tuple[tuple[str, int, str], ...] = (
    ("--version", 0, VERSION),
    ("--help", 0, "usage: bigchamp "),
    ("scores", 1, "there are no scores yet"),
    ("selftest", 0, "all is well"),
    *((f"verify {tape}", 0, "verified") for tape in sorted(GOLDEN.glob("*.tape"))),
    ("--frames 60", 0, ""),
    ("play --frames 240", 0, ""),
    ("race --minutes 0.05 --headless {home}/race", 0, ""),
    ("scores", 1, "there are no scores yet"),  # measurements leave none
    ("evaluate --episodes 1 --workers 1 --seed 3", 0, "mean length"),
    (f"review {GOLDEN / 'race-7-script.tape'} --json {{home}}/review.json", 0, ""),
    (f"film {GOLDEN / 'race-7-script.tape'} {{home}}/film.mp4 --size 560x420", 0, ""),
    ("watch --agent nothing.tflite --frames 1", 1, "nothing.tflite"),
)


def check(trial: Trial) -> None:
    """Build one wheel; look at its files, and install it twice to ask it everything."""
    try:
        built = wheel.build(trial.folder)
    except subprocess.CalledProcessError as error:
        trial.find(f"no wheel can be built: {error.stderr.decode()[-300:]}")
        return
    _files(trial, built)
    _commands(trial, built)


def shipped() -> Iterator[Path]:
    """Yield what an installed copy needs of the source, relative to it."""
    for pattern in SHIPPED:
        for path in sorted(ROOT.glob(pattern)):
            name = path.relative_to(ROOT)
            if path.is_file() and name.as_posix() not in NOT_SHIPPED:
                yield name


def _files(trial: Trial, built: Path) -> None:
    """Compare every file in the wheel with the source's, byte for byte."""
    files = list(shipped())
    with zipfile.ZipFile(built) as archive:
        names = set(archive.namelist())
        for number in trial.cases("files", len(files)):
            name = files[number]
            inside = f"bigchamp/{name.as_posix()}"
            if inside not in names:
                trial.find(f"{name} is not in the wheel")
            else:
                same = archive.read(inside) == (ROOT / name).read_bytes()
                trial.expect(same, f"{name} is another file in the wheel")
        strangers = {n for n in names if n.split("/")[0] not in ("bigchamp", _about(built))}
        trial.expect(not strangers, f"the wheel has {sorted(strangers)[:3]} beside our folder")


def _about(built: Path) -> str:
    return "-".join(built.name.split("-")[:2]) + ".dist-info"


def _commands(trial: Trial, built: Path) -> None:
    copies: dict[int, Installed] = {}
    for number in trial.cases("commands", ENVIRONMENTS * len(COMMANDS), least=4):
        environment, which = divmod(number, len(COMMANDS))
        words, status, answer = COMMANDS[which]
        with trial.guard(seconds=None):
            if environment not in copies:
                folder = trial.folder / f"environment-{environment}"
                copies[environment] = wheel.install(built, folder, beside_others=environment == 0)
            _ask(trial, copies[environment], words, status, answer)


def _ask(trial: Trial, bigchamp: Installed, words: str, status: int, answer: str) -> None:
    done = bigchamp(*words.format(home=bigchamp.home).split())
    said = done.stdout + done.stderr
    trial.expect(done.returncode == status, f"{words}: status {done.returncode}, {said[-300:]}")
    trial.expect(answer in said, f"{words}: {said[-300:]}")
    trial.expect("Traceback" not in said, f"{words}: {said[-300:]}")
