"""Whole games of all kinds, played again from their tapes: here, in another program, packaged."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from game.emulation.cabinet import Action, Cabinet, Rules
from game.play.coached_player import CoachedPlayer
from game.play.match import Handicap, Match
from game.play.player import DelayedPlayer, Player, RandomPlayer
from game.play.tape import SUFFIX, load, verify
from game.system.paths import default_model

from .tapes import Pressed
from .trial import Trial

ROOT = Path(__file__).parents[2]
GAMES = 100
HASH_FRAMES = 600  # between two hashes of the console's memory
GOLDEN = ROOT / "tests" / "golden"
PLAY_S = 120.0

# Plays a tape in a program of its own; prints the hash of the memory after so many frames.
AGAIN = """
import sys, zlib
from pathlib import Path
from game.emulation.cabinet import Action, Cabinet
from game.play.tape import load
every = int(sys.argv[1])
for name in sys.argv[2:]:
    tape = load(Path(name))
    cabinet = Cabinet(tape.rules, tape.seed)
    for number, action in enumerate(tape.actions, 1):
        cabinet.step(Action(action))
        if number % every == 0 or number == tape.frames:
            print(number, zlib.crc32(cabinet.ram()), cabinet.frame.score)
"""


class Seen:
    """A cabinet's memory after each frame, hashed."""

    def __init__(self, cabinet: Cabinet) -> None:
        self.hashes: list[int] = []
        self._cabinet = cabinet
        step = cabinet.step

        def stepped(action: Action) -> Any:
            before = cabinet.frame.number
            frame = step(action)
            if frame.number > before:
                self.hashes.append(zlib.crc32(cabinet.ram()))
            return frame

        cabinet.step = stepped  # type: ignore[method-assign]


def check(trial: Trial) -> None:
    """Play whole games and play each again."""
    agent = _agent(trial)
    frozen = os.environ.get("BIGCHAMP_FROZEN")
    files: list[Path] = []
    frames = 0
    for number in trial.cases("games", GAMES, least=2):
        match = _played(number, trial.random(), agent)
        seen = [Seen(seat.cabinet) for seat in match.seats]
        while not match.over:
            for seat in match.seats:
                _press(seat.player, trial, match.number)
            match.step()
        match.finish()
        for which, (seat, hashes) in enumerate(zip(match.seats, seen, strict=True)):
            path = trial.folder / f"game-{number}-{which}{SUFFIX}"
            seat.tape.save(path)
            files.append(path)
            frames += seat.tape.frames
            with trial.guard(seconds=PLAY_S):
                _equal_again(trial, path, hashes.hashes)
    trial.result.facts |= {"tapes": len(files), "frames": frames}
    golden = sorted(GOLDEN.glob(f"*{SUFFIX}"))
    for number in trial.cases("kept tapes", len(golden), least=len(golden)):
        with trial.guard(seconds=PLAY_S):
            verdict = verify(golden[number])
            trial.expect(verdict.verified, f"{golden[number].name} {verdict.message}")
    for number in trial.cases("in the packaged program", len(files) if frozen else 0):
        _verified_frozen(trial, Path(frozen or ""), files[number])
    if not frozen:
        trial.result.facts["in the packaged program"] = "not tried: BIGCHAMP_FROZEN names no build"


def _agent(trial: Trial) -> Callable[[], Player]:
    if not default_model().exists():
        trial.result.facts["left out"] = "the network, without a model"
        return lambda: RandomPlayer(1)
    from agents.inference.player import AgentPlayer, Model

    model = Model(default_model())
    return lambda: AgentPlayer(model)


def _played(number: int, chance: random.Random, agent: Callable[[], Player]) -> Match:
    """Return a match of one of the kinds that there are, all kinds in turn."""
    seed = chance.randrange(2**31)
    rules = Rules()
    match number % 6:
        case 0:  # alone
            return Match([Pressed(seed)], rules, seed)
        case 1:  # a challenge
            rules = Rules(mode=1 + number // 6 % 15, difficulty=number // 6 % 2)
            return Match([Pressed(seed)], rules, seed)
        case 2:  # the network alone
            rules = Rules(sticky=(0.25, 0.0, 0.5)[number // 6 % 3])
            return Match([agent()], rules, seed)
        case 3:  # a race to its end, with help
            return Match([Pressed(seed), DelayedPlayer(agent(), 12)], rules, seed)
        case 4:  # a race with a head start and a time limit
            given = Handicap(head_start_s=15, extra_s=30)
            return Match([Pressed(seed), agent()], rules, seed, 3_600, given)
        case _:  # shared with the network
            return Match([CoachedPlayer(agent, Pressed(seed))], rules, seed)


def _press(player: Player, trial: Trial, number: int) -> None:
    """Let a person who shares with the network hand over every ten seconds."""
    if isinstance(player, CoachedPlayer):
        person = RandomPlayer(number)
        player.held = Action(person._random.randrange(len(Action)))
        if number % 600 == 599:
            player.hand_over()


def _equal_again(trial: Trial, path: Path, hashes: list[int]) -> None:
    """Play the tape at `path` in another program; name the first frame that differs."""
    points = _again(path, HASH_FRAMES)
    wrong = [number for number, found, _ in points if found != hashes[number - 1]]
    if wrong:
        first = next(n for n, found, _ in _again(path, 1) if found != hashes[n - 1])
        trial.find(f"{path.name} differs from frame {first} on")
    tape = load(path)
    score = points[-1][2] if points else 0
    trial.expect(score == tape.score, f"{path.name}: {tape.score} points, again {score}")
    trial.expect(len(hashes) == tape.frames, f"{path.name} is not as long as the game was")


def _again(path: Path, every: int) -> list[tuple[int, int, int]]:
    """Return frame, hash and score after every `every` frames, and at the end."""
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, str(every), str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    return [(int(number), int(found), int(score)) for number, found, score in rows]


def _verified_frozen(trial: Trial, folder: Path, path: Path) -> None:
    """The packaged program says that the tape is true; it compares a digest for each second."""
    done = subprocess.run(
        [str(folder.resolve() / "bigchamp"), "verify", str(path)], capture_output=True, text=True
    )
    said = done.stdout.strip() or done.stderr.strip()
    trial.expect(done.returncode == 0 and "verified" in said, f"packaged: {said[-200:]}")
