"""Runs that were acknowledged stay: through kills, power cuts, failing disks and damage."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from game.emulation.cabinet import Rules
from game.play.player import Kind
from game.play.tape import SUFFIX, Tape, TapeError, load
from game.records.archive import DATABASE, TAPES, Archive, Entry
from game.records.scores import Board, Run, Scores
from game.system.lock import AlreadyOpenError, hold
from game.system.preferences import FILE as PREFERENCES
from game.system.preferences import Preferences, load_preferences
from tests.helpers.common import wait_for
from tests.helpers.tampering import record
from tests.helpers.visit import always_true

from .disk import CANTOPEN, FULL, IOERR, Disk, watched
from .trial import Trial

ROOT = Path(__file__).parents[2]
KILLS = 200
CUTS = 400  # losses of power, most of them at random operations
FLIPS = 1_000
COPIES = 20
PLAY = Board("play", Kind.HUMAN)
GAMES = 3  # saved in a scenario
END = -1  # no operation: what comes after all, however many they are
WAIT_S = 60.0

# Saves games as fast as it can; each line is a number that the arcade counts as saved.
WRITER = """
import sys, time
from pathlib import Path
from game.records.archive import Archive
from game.play.player import Kind
from game.records.scores import Board
from game.play.tape import Tape
from game.emulation.cabinet import Rules
first, most = int(sys.argv[2]), int(sys.argv[3])
archive = Archive(Path(sys.argv[1]), lambda _tape: None)
for game in range(first, first + most):
    entry = archive.save(Board("play", Kind.HUMAN), Tape(Rules(), game, "You", Kind.HUMAN))
    while not entry.number and archive.problem is None:
        time.sleep(0.0005)
    print(game, entry.number, flush=True)
archive.close()
"""


def check(trial: Trial) -> None:
    """Try all groups of cases."""
    _kills(trial)
    tape = record(90).seats[0].tape
    _power_cuts(trial, tape)
    _failures(trial, tape)
    _flips(trial, tape)
    _copies(trial)


def writer(folder: Path, first: int, most: int = 10**9) -> subprocess.Popen[str]:
    """Start a program that saves games, `most` at most, whose seeds count from `first`."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(first), str(most)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def _seeds(folder: Path) -> Counter[int]:
    """Return how often each game is in the scores of `folder`."""
    scores = Scores(folder / DATABASE)
    try:
        assert scores.set_aside is None, "the scores were damaged"
        return Counter(run.seed for run in scores.runs())
    finally:
        scores.close()


def _kills(trial: Trial) -> None:
    """Kill what saves, at random moments, one after the other on the same folder."""
    folder, acknowledged = trial.folder / "kills", set()
    for number in trial.cases("kills", KILLS):
        program = writer(folder, number * 1_000_000)
        assert program.stdout is not None
        lines = [program.stdout.readline()]  # it saves now
        time.sleep(trial.random().uniform(0, 0.2))
        program.send_signal(signal.SIGKILL)
        lines += [line for line in program.stdout if line.endswith("\n")]
        program.wait()
        acknowledged |= {int(line.split()[0]) for line in lines if line.split()[1:] != ["0"]}
        with trial.guard(seconds=WAIT_S):
            kept = _seeds(folder)
            lost = acknowledged - set(kept)
            trial.expect(not lost, f"{len(lost)} acknowledged runs are lost")
            trial.expect(max(kept.values()) == 1, "a run is there twice")
            _tapes_are_whole(trial, folder)
            for tape in (folder / TAPES).glob(f"*{SUFFIX}"):
                tape.unlink()
    trial.result.facts["runs saved while killed"] = len(acknowledged)


def _tapes_are_whole(trial: Trial, folder: Path) -> None:
    for path in (folder / TAPES).glob(f"*{SUFFIX}"):
        try:
            load(path)
        except TapeError as error:
            trial.find(f"a tape was left in pieces: {error}")


def _power_cuts(trial: Trial, tape: Tape) -> None:
    """Cut the power at an operation: what was not synced is lost, or in part not."""
    whole = _scenario(trial.folder / "whole", tape, None)
    for number in trial.cases("power cuts", CUTS, least=25):
        chance = trial.random()
        # The first ones are one after the other; of the others every second is at the end of it
        # all, where everything was acknowledged.
        at = number if number < whole else chance.randrange(whole) if number % 2 else END
        folder, after = trial.folder / "powered", trial.folder / "after"
        disk = Disk(folder)
        cut = _Cut(disk, at, chance if number % 2 else None)
        with trial.guard(seconds=WAIT_S):
            _scenario(folder, tape, disk, cut)
            disk.write_to(after, cut.files)
            kept = _seeds(after)
            trial.expect(cut.acknowledged <= set(kept), "an acknowledged run is lost")
            trial.expect(all(count == 1 for count in kept.values()), "a run is there twice")
            if cut.preferred:
                trial.expect(
                    load_preferences(after) == Preferences(volume=3), "the settings are lost"
                )
            for path in (after / TAPES).glob(f"*{SUFFIX}"):
                load(path)
        for used in (folder, after):
            shutil.rmtree(used, ignore_errors=True)


class _Cut:
    """Notes what is on the disk, and was said to be saved, before an operation or at the END."""

    def __init__(self, disk: Disk, at: int, chance: random.Random | None) -> None:
        self.files: dict[Path, bytes] = {}
        self.acknowledged: set[int] = set()
        self.preferred = False
        self._disk, self._at, self._chance = disk, at, chance
        self.entries: dict[int, Entry] = {}
        self.written = False
        disk.at = self._look

    def _look(self, number: int) -> None:
        if number == self._at:
            self.note()

    def note(self) -> None:
        """Cut here."""
        self.acknowledged = {seed for seed, entry in self.entries.items() if entry.number}
        self.preferred = self.written
        self.files = self._disk.left(self._chance)


def _scenario(folder: Path, tape: Tape, disk: Disk | None, cut: _Cut | None = None) -> int:
    """Save a few games, sign one, set something; return how many operations that was."""
    folder.mkdir(parents=True, exist_ok=True)
    Scores(folder / DATABASE).close()  # as an arcade leaves it that was open before
    disk = disk or Disk(folder)
    disk.forget()
    with watched(disk):
        archive = Archive(folder, always_true)
        for seed in range(GAMES):
            entry = archive.save(PLAY, _with_seed(tape, seed))
            if cut is not None:
                cut.entries[seed] = entry
            wait_for(lambda entry=entry: entry.number or archive.problem)
            archive.sign(entry, "ABC")
        archive.write(PREFERENCES, Preferences(volume=3).to_json())
        archive.close()
        if cut is not None:
            cut.written = archive.problem is None
            if not cut.files:
                cut.note()
    return disk.done


def _with_seed(tape: Tape, seed: int) -> Tape:
    return Tape(
        tape.rules, seed, tape.player, Kind.HUMAN, tape.actions, tape.digests, 10 * seed, tape.over
    )


# How the disk fails from the Nth operation on: the errors, and for how many operations.
_WAYS = (
    ("once", errno.EIO, IOERR, 1),
    ("full", errno.ENOSPC, FULL, 10**9),
    ("read-only", errno.EROFS, CANTOPEN, 10**9),
)


def _failures(trial: Trial, tape: Tape) -> None:
    """Let the Nth operation fail, once or from then on, for all N; then there is a disk again."""
    whole = _scenario(trial.folder / "again", tape, None)
    trial.result.facts["file operations of a scenario"] = whole
    for number in trial.cases("failing operations", len(_WAYS) * whole, least=12):
        _name, error, code, count = _WAYS[number % len(_WAYS)]
        nth = number // len(_WAYS)
        folder = trial.folder / "failing"
        folder.mkdir(parents=True, exist_ok=True)
        Scores(folder / DATABASE).close()
        disk = Disk(folder)
        disk.forget()
        disk.error, disk.code = error, code
        disk.fails = lambda done, nth=nth, count=count: nth <= done < nth + count
        with trial.guard(seconds=WAIT_S):
            saved: dict[int, Entry] = {}
            with watched(disk):
                archive = Archive(folder, always_true)
                for seed in range(GAMES):
                    saved[seed] = archive.save(PLAY, _with_seed(tape, seed))
                    archive.sign(saved[seed], "ABC")
                archive.write(PREFERENCES, Preferences(volume=3).to_json())
                wait_for(archive._jobs.empty)
                done = disk.done
                disk.fails = lambda _done: False  # there is room again
                last = archive.save(PLAY, _with_seed(tape, GAMES))
                _wait_for_entry(archive, last)
                archive.close()
            trial.expect(last.number, "after the failure nothing is saved any more")
            trial.expect(done <= nth or count == 1 or archive.problem is None, "it says nothing")
            kept = _seeds(folder)
            lost = {seed for seed, entry in saved.items() if entry.number} - set(kept)
            trial.expect(not lost, f"the acknowledged runs {lost} are lost")
            trial.expect(all(c == 1 for c in kept.values()), "a run is there twice")
            _tapes_are_whole(trial, folder)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_entry(archive: Archive, entry: Entry) -> None:
    """Wait until a game is saved, or what saves games has died or given up."""
    idle = archive._jobs.empty

    def settled() -> bool:
        return bool(entry.number) or not archive._threads[0].is_alive() or idle()

    wait_for(settled)


def _flips(trial: Trial, tape: Tape) -> None:
    """Change a byte of the scores: they are read, or set aside as they are; play goes on."""
    pattern, folder = trial.folder / "pattern", trial.folder / "flipped"
    pattern.mkdir(exist_ok=True)
    scores = Scores(pattern / DATABASE)
    boards = [
        PLAY,
        Board("race", Kind.AGENT, Rules(mode=3), 7200, "100 ms"),
        Board("watch", Kind.AGENT, Rules(sticky=0)),
    ]
    for number in range(120):
        board = boards[number % 3]
        scores.add(Run(f"Player {number}", board, number, 600, number, f"{number}.tape"))
    scores.close()
    data = (pattern / DATABASE).read_bytes()
    aside = 0
    for _ in trial.cases("byte flips", FLIPS, least=20):
        chance = trial.random()
        changed = bytearray(data)
        at = chance.randrange(len(data))
        changed[at] ^= chance.randrange(1, 256)
        folder.mkdir(exist_ok=True)
        (folder / DATABASE).write_bytes(changed)
        with trial.guard(seconds=WAIT_S):
            aside += _plays_on(trial, folder, bytes(changed), boards, tape, at)
        shutil.rmtree(folder, ignore_errors=True)
    rescued = trial.result.facts.pop("rescued", [])
    trial.result.facts["flips after which the file was set aside"] = aside
    if rescued:
        mean = sum(rescued) / len(rescued)
        trial.result.facts["runs rescued from it, of 120"] = f"{mean:.0f} on average"


def _plays_on(
    trial: Trial, folder: Path, changed: bytes, boards: list[Board], tape: Tape, at: int
) -> bool:
    """Look at all boards and save a game; return whether the damaged file was set aside."""
    archive = Archive(folder, always_true)
    for board in boards:
        archive.standings(board)
    entry = archive.save(PLAY, _with_seed(tape, 10**6))
    _wait_for_entry(archive, entry)
    archive.sign(entry, "ABC")
    archive.recent()
    archive.remove(1)
    archive.export(folder / "all.csv")
    wait_for(lambda: archive._jobs.empty() or not archive._threads[0].is_alive())
    alive = archive._threads[0].is_alive()
    archive.close()
    where = f"byte {at}"
    trial.expect(alive, f"{where}: what saves games died of it")
    later = "of version" in (archive.problem or "")  # as if a later program had written it
    trial.expect(entry.number or later, f"{where}: a game cannot be saved ({archive.problem})")
    if later:
        return False
    shown = [archive.standings(board) for board in boards]
    trial.expect(None not in shown, f"{where}: a board cannot be shown ({archive.problem})")
    kept = list(folder.glob("scores-damaged-*.sqlite"))
    if kept:
        trial.expect(kept[0].read_bytes() == changed, f"{where}: what was set aside was changed")
        with sqlite3.connect(folder / DATABASE) as database:
            (count,) = database.execute("SELECT COUNT(*) FROM runs").fetchone()
        trial.result.facts.setdefault("rescued", []).append(count - 1)
        return True
    # The other way: all runs that were acknowledged are there still.
    scores = Scores(folder / DATABASE)
    try:
        count = len(list(scores.runs()))
        trial.expect(count == 121, f"{where}: of 120 runs and one {count} are there")
    finally:
        scores.close()
    return False


def _copies(trial: Trial) -> None:
    """Two programs save in the same folder at once; and only one arcade may hold it."""
    for number in trial.cases("two copies", COPIES):
        folder = trial.folder / f"copies-{number}"
        programs = [writer(folder, 1_000_000 * which, 10) for which in range(2)]
        said: set[int] = set()
        for program in programs:
            text, _ = program.communicate(timeout=WAIT_S)
            rows = [line.split() for line in text.splitlines()]
            said |= {int(game) for game, entry in rows if entry != "0"}
            trial.expect(program.returncode == 0, "one of the two ended with an error")
        with trial.guard(seconds=WAIT_S):
            kept = _seeds(folder)
            trial.expect(said <= set(kept), f"{len(said - set(kept))} runs are lost")
            trial.expect(len(said) == 20, f"only {len(said)} of 20 runs were saved")
            held = hold(folder)
            try:
                hold(folder)
                trial.expect(os.name != "posix", "a second arcade held the folder")
            except AlreadyOpenError:
                pass
            finally:
                if held is not None:
                    held.close()
