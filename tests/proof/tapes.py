"""Damaged, edited and invented tapes: refused in one sentence, and no false score believed."""

from __future__ import annotations

import json
import random
import struct
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any

import pygame

from game.emulation.cabinet import Action, Rules
from game.play import tape as tapes
from game.play.match import Match
from game.play.player import HumanPlayer, Kind, Player, RandomPlayer
from game.play.tape import DIGEST_BYTES, MAX_FILE_BYTES, Tape, TapeError, load, verify
from game.ui.scenes.notice import Notice
from game.ui.scenes.review import ReviewScene
from tests.helpers.common import is_one_sentence
from tests.helpers.tampering import (
    BEGIN,
    CHECKSUM,
    header_end,
    record,
    reseal,
    with_header,
    with_header_text,
)
from tests.helpers.visit import Visits, press, run

from .pool import PooledCabinet
from .trial import Memory, Trial, patched

TAPES = 20
WHOLE = 4  # of them are games to their end; the mutations are made from the others
LONGEST_FRAMES = 180  # of the others
PLAYED = 4_000  # flips under a checksum that holds, each played again
MUTATIONS = 100_000
PAST_HEADER = 0.3  # of the mutations, at least
MOST_MB = 64
PLAY_S = 20.0  # a tape is read in two seconds; playing it takes its game's time


class Pressed(HumanPlayer):
    """A person who presses at random, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._other = RandomPlayer(seed)

    def decide(self, frame: Any) -> Any:
        return self._other.decide(frame)


def made(number: int) -> Match:
    """Play the game of tape `number`: persons and scripts, all kinds of rules and lengths."""
    choice = random.Random(number)
    rules = Rules(
        sticky=(0.25, 0.0, 0.25, 1.0, 0.1)[number % 5],
        noop_max=30 * (number % 3 > 0),
        mode=number % 16,
        difficulty=number % 2,
    )
    player: Player = Pressed(number) if number % 2 else RandomPlayer(number)
    frames = None if number < WHOLE else choice.randrange(1, LONGEST_FRAMES)
    return record(frames, rules, seed=choice.randrange(2**31), player=player)


def check(trial: Trial) -> None:
    """Try all groups of cases on the same twenty tapes."""
    matches = [made(number) for number in range(TAPES)]
    files = [match.seats[0].tape.to_bytes() for match in matches]
    path = trial.folder / "tried.tape"
    memory = Memory()
    with patched(tapes, "Cabinet", PooledCabinet):
        _all_but_shown(trial, files, matches, path)
    trial.result.facts["memory_mb"] = memory.peak_mb
    if memory.peak_mb > MOST_MB:
        trial.find(f"reading took {memory.peak_mb} MB, at most {MOST_MB} are allowed")
    _shown(trial, files[WHOLE], path)


def _all_but_shown(trial: Trial, files: list[bytes], matches: list[Match], path: Path) -> None:
    _truncations(trial, files, path)
    _flips(trial, files, path)
    _flips_played(trial, files[WHOLE:], path)
    _mutations(trial, files[WHOLE:], path)
    _lengths(trial, files[WHOLE], path)
    _format(trial, matches)


def _refused(trial: Trial, path: Path, use: Callable[[Path], object]) -> None:
    """Expect `use` to refuse the file at `path` in one sentence."""
    with trial.guard():
        try:
            use(path)
        except TapeError as error:
            trial.expect(is_one_sentence(error), f"not one sentence: {str(error)[:200]!r}")
        else:
            trial.find(f"{use.__name__} took a damaged tape")


def _place(number: int, sizes: list[int]) -> tuple[int, int]:
    """Return in which file the case `number` is, and which of that file's it is."""
    ends = list(accumulate(sizes))
    file = bisect_right(ends, number)
    return file, number - (ends[file - 1] if file else 0)


def _truncations(trial: Trial, files: list[bytes], path: Path) -> None:
    sizes = [len(data) for data in files]
    for number in trial.cases("truncations", sum(sizes)):
        file, length = _place(number, sizes)
        path.write_bytes(files[file][:length])
        for use in (load, verify):
            _refused(trial, path, use)


def _flips(trial: Trial, files: list[bytes], path: Path) -> None:
    sizes = [8 * len(data) for data in files]
    for number in trial.cases("flips", sum(sizes)):
        file, bit = _place(number, sizes)
        path.write_bytes(_flipped(files[file], bit))
        _refused(trial, path, load)


def _flips_played(trial: Trial, files: list[bytes], path: Path) -> None:
    """Flip a bit, seal the tape again as a cheat would, and have it played."""
    for _ in trial.cases("flips played", PLAYED, least=20):
        choice = trial.random()
        file = choice.randrange(len(files))
        # All but the checksum, which is made to hold.
        bit = choice.randrange(8 * (len(files[file]) - CHECKSUM))
        path.write_bytes(reseal(_flipped(files[file], bit)))
        _believed(trial, path, files[file])


def _flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def _believed(trial: Trial, path: Path, original: bytes) -> None:
    """Have the tape at `path` played; if it is believed its score has to be true.

    Beyond that none is believed whose actions are not those that were played.
    """
    with trial.guard(TapeError, seconds=PLAY_S):
        if not verify(path).verified:
            return
        tape = load(path)
        end = header_end(original)
        body = original[end : end + tape.frames]
        trial.expect(tape.actions == body, "a tape with other actions was believed")
        trial.expect(tape.score == _played(tape), f"{tape.score} points were believed")


def _played(tape: Tape) -> int:
    """Play a tape without anything of what reads tapes; return the score."""
    cabinet = PooledCabinet(tape.rules, tape.seed, blind=True)
    for action in tape.actions:
        cabinet.step(Action(action))
    return cabinet.frame.score


# Values that a header's entry is given.
_ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2**31, 2**63, 10**30, 0.5, 1e308, "", "x" * 5_000, "\u202e", [], {},
    [[]], {"sticky": 0}, "human", "agent", "ghost",
)  # fmt: skip
# A sealed tape says the original's actions, so these change nothing that is played.
_HARMLESS: tuple[tuple[str, Any], ...] = (
    ("player", "Zoë"), ("player", "x" * 30), ("ale", "0.1"), ("rom", "other"), ("kind", "agent"),
)  # fmt: skip


def _mutations(trial: Trial, files: list[bytes], path: Path) -> None:
    """Change tapes in all ways that come to mind; most are sealed again, to get further in."""
    outcomes: Counter[str] = Counter()
    parse_header = tapes._parse_header

    def counted(*arguments: Any) -> Any:
        found = parse_header(*arguments)
        outcomes["past the header"] += 1
        return found

    tapes._parse_header = counted
    try:
        for _ in trial.cases("mutations", MUTATIONS):
            choice = trial.random()
            original = choice.choice(files)
            data = _mutated(original, choice, files)
            outcomes["mutations"] += 1
            if data == original:
                outcomes["unchanged"] += 1
                continue
            path.write_bytes(data)
            with trial.guard():
                try:
                    load(path)
                except TapeError as error:
                    trial.expect(is_one_sentence(error), f"not one sentence: {str(error)[:200]!r}")
                    continue
            outcomes["played"] += 1
            tapes._parse_header = parse_header
            with trial.guard(TapeError, seconds=PLAY_S):
                if verify(path).verified:
                    outcomes["believed"] += 1
                    tape = load(path)
                    truth = _played(tape)
                    trial.expect(tape.score == truth, f"{tape.score} believed, it was {truth}")
            tapes._parse_header = counted
    finally:
        tapes._parse_header = parse_header
    count = outcomes["mutations"]
    if count:
        trial.result.facts["mutations"] = dict(outcomes)
    if count >= 100:
        part = outcomes["past the header"] / count
        trial.expect(part >= PAST_HEADER, f"only {part:.0%} of the mutations got past the header")


def _mutated(data: bytes, choice: random.Random, files: list[bytes]) -> bytes:
    for _ in range(choice.choice((1, 1, 2, 3))):
        change = choice.choice(_CHANGES)
        if len(data) > BEGIN + CHECKSUM and header_end(data) < len(data) - CHECKSUM:
            data = change(data, choice, files)
    return reseal(data) if choice.random() < 0.8 else data


def _flip(data: bytes, choice: random.Random, _files: list[bytes]) -> bytes:
    return _flipped(data, choice.randrange(8 * len(data)))


def _overwrite(data: bytes, choice: random.Random, _files: list[bytes]) -> bytes:
    at, size = choice.randrange(len(data)), choice.randrange(1, 40)
    return data[:at] + choice.randbytes(size) + data[at + size :]


def _cut_out(data: bytes, choice: random.Random, _files: list[bytes]) -> bytes:
    at, size = choice.randrange(len(data)), choice.randrange(1, 80)
    return data[:at] + data[at + size :]


def _insert(data: bytes, choice: random.Random, _files: list[bytes]) -> bytes:
    at = choice.randrange(len(data))
    size = choice.choice((1, 8, 60, 68, 5_000))
    return data[:at] + choice.randbytes(size) + data[at:]


def _other_actions(data: bytes, choice: random.Random, _files: list[bytes]) -> bytes:
    """Press something else in a few frames."""
    end = header_end(data)
    frames = min(_frames(data), len(data) - end)
    changed = bytearray(data)
    for _ in range(choice.randrange(1, 5)):
        changed[end + choice.randrange(max(1, frames))] = choice.randrange(len(Action) + 1)
    return bytes(changed)


def _other_digest(data: bytes, choice: random.Random, _files: list[bytes]) -> bytes:
    end = min(header_end(data) + _frames(data), len(data) - 1)
    at = choice.randrange(end, max(end + 1, len(data) - CHECKSUM))
    return data[:at] + choice.randbytes(1) + data[at + 1 :]


def _other_entry(data: bytes, choice: random.Random, _files: list[bytes]) -> bytes:
    """Put an odd value in the header."""

    def change(header: dict[str, Any]) -> Any:
        inner = choice.random() < 0.3 and isinstance(header.get("rules"), dict)
        table = header["rules"] if inner else header
        if table:
            table[choice.choice(list(table))] = choice.choice(_ODD)
        return header

    return _reheaded(data, change)


def _harmless(data: bytes, choice: random.Random, _files: list[bytes]) -> bytes:
    name, value = choice.choice(_HARMLESS)
    return _reheaded(data, lambda header: {**header, name: value})


def _fewer_frames(data: bytes, choice: random.Random, _files: list[bytes]) -> bytes:
    """Cut a game short so that its file fits together."""
    frames = choice.randrange(_frames(data) + 1)
    end, whole = header_end(data), _frames(data)
    seconds = -(-frames // 60) * DIGEST_BYTES
    body = data[end : end + frames] + data[end + whole : end + whole + seconds]
    return _reheaded(data[:end] + body + data[-CHECKSUM:], lambda head: {**head, "frames": frames})


def _better_score(data: bytes, choice: random.Random, _files: list[bytes]) -> bytes:
    return _reheaded(data, lambda head: {**head, "score": choice.randrange(100_000)})


def _another_body(data: bytes, choice: random.Random, files: list[bytes]) -> bytes:
    """Put one game's header before another's actions."""
    other = choice.choice(files)
    frames = _frames(other)
    spliced = data[: header_end(data)] + other[header_end(other) :]
    return _reheaded(spliced, lambda head: {**head, "frames": frames})


_CHANGES = (
    _flip, _overwrite, _cut_out, _insert, _other_actions, _other_actions, _other_digest,
    _other_entry, _harmless, _harmless, _fewer_frames, _better_score, _another_body,
)  # fmt: skip


def _reheaded(data: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """Change the header if there still is one."""
    try:
        return with_header(data, change)
    except (ValueError, TypeError, struct.error):
        return data


def _frames(data: bytes) -> int:
    """Return the frames that a header names, if that can be."""
    try:
        frames = json.loads(data[BEGIN : header_end(data)])["frames"]
    except (ValueError, TypeError, KeyError):
        return 0
    return frames if type(frames) is int and 0 <= frames < len(data) else 0


def _huge(data: bytes) -> list[Callable[[Path], None]]:
    """Return ways to write a file that says it is, or is, larger than any tape."""
    head = data[:16]

    def sparse(size: int) -> Callable[[Path], None]:
        def write(path: Path) -> None:
            path.write_bytes(data)
            with path.open("r+b") as file:
                file.truncate(size)

        return write

    def whole(contents: bytes) -> Callable[[Path], None]:
        return lambda path: _write(path, contents)

    room = MAX_FILE_BYTES - 2_000
    deep = b'{"rules":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}"
    return [
        sparse(MAX_FILE_BYTES + 1),
        sparse(150_000_000),
        sparse(1_000_000_000),
        whole(head + struct.pack("<I", 2**32 - 1) + data[BEGIN:]),
        whole(head + struct.pack("<I", 2**31) + data[BEGIN:]),
        whole(with_header(data, lambda header: header | {"frames": 2**31})),
        whole(with_header(data, lambda header: header | {"frames": 2**63})),
        whole(with_header(data, lambda header: header | {"frames": MAX_FILE_BYTES})),
        whole(with_header(data, lambda header: header | {"player": "x" * room})),
        whole(with_header(data, lambda header: header | {"ale": "x" * room})),
        whole(with_header(data, lambda header: header | {"more": ["x"] * (room // 6)})),
        whole(with_header(data, lambda header: header | {"score": 10**4_000})),
        whole(with_header_text(data, deep)),
        whole(with_header_text(data, b"9" * room)),
        whole(b"BigChamp tape  1" + bytes(room)),
    ]


def _write(path: Path, contents: bytes) -> None:
    path.write_bytes(contents)


def _lengths(trial: Trial, data: bytes, path: Path) -> None:
    ways = _huge(data)
    for number in trial.cases("lengths", len(ways), least=len(ways)):
        ways[number](path)
        memory = Memory()
        for use in (load, verify):
            _refused(trial, path, use)
        took = memory.peak_mb
        trial.expect(took < MOST_MB, f"reading it took {took} MB, at most {MOST_MB} are allowed")
    path.unlink(missing_ok=True)


def _format(trial: Trial, matches: list[Match]) -> None:
    """A tape is a header of ten entries, one byte a frame, a digest a second, a checksum."""
    for number in trial.cases("contents", len(matches), least=len(matches)):
        (seat,) = matches[number].seats
        data = seat.tape.to_bytes()
        end, frames = header_end(data), seat.tape.frames
        header = json.loads(data[BEGIN:end])
        texts = sum(len(value) for value in header.values() if isinstance(value, str))
        trial.expect(len(header) == 10 and texts < 200, "the header holds more than it says")
        rest = frames + DIGEST_BYTES * -(-frames // 60) + CHECKSUM
        trial.expect(len(data) - end == rest, "there is more in it than inputs and digests")
        trial.expect(seat.cabinet.ram() not in data, "it holds the console's memory")


# Sealed headers that could be believed until the game is played: what a person sees of them.
_SHOWN: tuple[dict[str, Any], ...] = (
    {"player": "x" * 100},
    {"player": "W" * 20_000},
    {"player": "\u202eabc\u0301\u200d"},
    {"player": ""},
    {"player": "\U0001f47e\uffff"},
    {"score": 10**18},
    {"score": 10**300},
    {"score": -(10**30)},
    {"kind": Kind.TAPE},
    {"ale": "y" * 20_000},
    {"rom": "z" * 20_000},
    {"over": True},
)


def _shown(trial: Trial, data: bytes, path: Path) -> None:
    """A sealed tape with an odd header, dropped on the window, is shown or refused in words."""
    visits = Visits(trial.folder)
    try:
        app = visits(size=(1280, 720))
        for number in trial.cases("shown", len(_SHOWN), least=4):
            odd = _SHOWN[number]
            path.write_bytes(with_header(data, lambda header, odd=odd: header | odd))
            with trial.guard(seconds=PLAY_S):
                app.open_tape(path)
                scene = app.scene
                trial.expect(isinstance(scene, (ReviewScene, Notice)), f"it led to {scene}")
                if isinstance(scene, ReviewScene):
                    scene.review_job.wait()
                run(app, 70)
                press(app, pygame.K_ESCAPE)
    finally:
        visits.close()
