"""The tape: the inputs of a game, frame by frame, and proof of its result.

A tape holds inputs and digests, never an emulator's state: to know what happened, play
the game again. The file, in order:

    magic        16 bytes, with the version
    length       4 bytes, little-endian, of the header
    header       JSON: rules, seed, ROM, ALE, player, score, number of frames
    actions      one byte a frame
    digests      8 bytes for each started second
    checksum     sha256 of all before it

Each second's digest covers the second before, the actions of the second, the
console's memory and the score at its end; an edit shows in the second that it is in.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import struct
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from game.emulation.cabinet import (
    ALE_VERSION,
    FRAMES_PER_SECOND,
    MAX_SEED,
    Action,
    Cabinet,
    Frame,
    Rules,
    RulesError,
    rom_md5,
)
from game.play.player import Decision, Kind
from game.system.files import write_atomically
from game.system.sentence import Sentence
from game.system.version import MAKER

VERSION = 1
SUFFIX = ".tape"
DIGEST_BYTES = 8
MAX_FILE_BYTES = 4_000_000  # the longest game allowed is 1.2 MB
MAX_HEADER_BYTES = 4_096  # typically about 350
MAX_SCORE = 2**63 - 1  # what a digest can hold

_MAGIC = b"BigChamp tape"
_CHECKSUM_BYTES = 32


class TapeError(ValueError):
    """The file is not a tape that can be read; the message says why."""


class UnreadableError(TapeError):
    """The tape may be true, but nobody can tell here and now; the message says why."""


@dataclass
class Tape:
    """One game's rules, seed, actions and digests, growing as the game is played."""

    rules: Rules
    seed: int
    player: str
    kind: Kind
    actions: bytearray = field(default_factory=bytearray)
    digests: bytearray = field(default_factory=bytearray)
    score: int = 0
    over: bool = False
    maker: str = MAKER  # the program that recorded it; the first did not say

    @property
    def frames(self) -> int:
        """Frames recorded."""
        return len(self.actions)

    def record(self, action: Action, frame: Frame, cabinet: Cabinet) -> None:
        """Add the `action` that led to `frame` of `cabinet`."""
        self.actions.append(action)
        self.score = frame.score
        self.over = frame.over
        if self.frames % FRAMES_PER_SECOND == 0 or frame.over:
            self._seal(cabinet)

    def finish(self, cabinet: Cabinet) -> None:
        """Add the digest of the last started second of a game that was stopped early."""
        if len(self.digests) // DIGEST_BYTES < self._seconds_begun():
            self._seal(cabinet)

    def checksum(self) -> str:
        """Return the tape's digest, SHA-256 of all it holds, in hexadecimal digits.

        It is also the end of its file.
        """
        return self.to_bytes()[-_CHECKSUM_BYTES:].hex()

    def to_bytes(self) -> bytes:
        """Return the file's contents."""
        table = {
            "rules": dataclasses.asdict(self.rules),
            "seed": self.seed,
            "rom": rom_md5(),
            "ale": ALE_VERSION,
            "player": self.player,
            "kind": self.kind,
            "score": self.score,
            "over": self.over,
            "frames": self.frames,
        }
        if self.maker:
            table["maker"] = self.maker
        header = json.dumps(table).encode()
        body = b"".join(
            (_magic(VERSION), struct.pack("<I", len(header)), header, self.actions, self.digests)
        )
        return body + hashlib.sha256(body).digest()

    def save(self, path: Path) -> None:
        """Write the tape to `path`, whole or not at all."""
        write_atomically(path, self.to_bytes())

    def _seconds_begun(self) -> int:
        return -(-self.frames // FRAMES_PER_SECOND)

    def _seal(self, cabinet: Cabinet) -> None:
        begin = len(self.digests) // DIGEST_BYTES * FRAMES_PER_SECOND
        sealed = hashlib.sha256(self.digests[-DIGEST_BYTES:])
        sealed.update(self.actions[begin:])
        sealed.update(cabinet.ram())
        sealed.update(struct.pack("<q?", self.score, self.over))
        self.digests += sealed.digest()[:DIGEST_BYTES]


class TapePlayer:
    """Plays the inputs of a tape; does nothing once it has ended."""

    kind = Kind.TAPE

    def __init__(self, tape: Tape) -> None:
        self.name = tape.player
        self.tape = tape

    def decide(self, frame: Frame) -> Decision:
        if frame.number >= self.tape.frames:
            return Decision(Action.NOOP)
        return Decision(Action(self.tape.actions[frame.number]))


@dataclass(frozen=True)
class Verdict:
    """The result of playing a tape again."""

    verified: bool
    message: str
    second: int | None = None  # the first second, from 0, that differs


def load(path: Path) -> Tape:
    """Read the tape in file `path`; raise TapeError if it is damaged or was edited."""
    data = _read(path)
    tape, _ = _parse(path, data)
    if not _checksum_holds(data):
        raise TapeError(
            Sentence(
                lambda say: say(
                    "{path} was edited or damaged: its checksum does not hold", path=path
                )
            )
        )
    return tape


def verify(path: Path) -> Verdict:
    """Play the tape in file `path` again; raise TapeError if it cannot be read at all."""
    data = _read(path)
    tape, header = _parse(path, data)
    again = Tape(tape.rules, tape.seed, tape.player, tape.kind)
    cabinet = Cabinet(tape.rules, tape.seed, blind=True)
    for number, action in enumerate(tape.actions):
        if cabinet.frame.over:
            return _differs(tape, header, number, "the game was over before the tape's end")
        again.record(Action(action), cabinet.step(Action(action)), cabinet)
        sealed = len(again.digests)
        if sealed and again.digests[-DIGEST_BYTES:] != tape.digests[sealed - DIGEST_BYTES : sealed]:
            return _differs(tape, header, number, "the game went another way than the tape says")
    again.finish(cabinet)
    if again.digests != tape.digests:
        return _differs(tape, header, len(tape.actions) - 1, "the game ended differently")
    if (again.score, again.over) != (tape.score, tape.over):
        return Verdict(
            False, f"edited: the tape claims {tape.score} points, playing it gives {again.score}"
        )
    if not _checksum_holds(data):
        return Verdict(False, "edited: the game is whole, but what the tape says of it is not")
    seconds = tape.frames / FRAMES_PER_SECOND
    return Verdict(True, f"verified: {tape.player}, {tape.score} points in {seconds:.1f} s")


def _differs(tape: Tape, header: dict[str, Any], frame: int, what: str) -> Verdict:
    second = frame // FRAMES_PER_SECOND
    cause = ""
    if header["ale"] != ALE_VERSION or header["rom"] != rom_md5():
        by = f"by {tape.maker} " if tape.maker else ""
        cause = f" (recorded {by}with ALE {header['ale']}, this is {ALE_VERSION})"
    return Verdict(False, f"diverges at second {second}: {what}{cause}", second)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise TapeError(
                Sentence(lambda say: say("{path} is too large to be a tape", path=path))
            )
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror
        raise UnreadableError(
            Sentence(lambda say: say("cannot read {path}: {reason}", path=path, reason=reason))
        ) from error


def _parse(path: Path, data: bytes) -> tuple[Tape, dict[str, Any]]:
    """Parse everything but the checksum; raise TapeError if it is invalid."""
    magic = _magic(VERSION)
    if data[: len(_MAGIC)] != _MAGIC:
        raise _no_tape(path)
    start = len(magic) + 4
    if len(data) < start + _CHECKSUM_BYTES:
        raise _cut_short(path)
    if data[: len(magic)] != magic:
        version = data[len(_MAGIC) : len(magic)].decode("ascii", "replace").strip()
        if not version.isdigit():
            raise _no_tape(path)
        raise UnreadableError(
            Sentence(
                lambda say: say(
                    "{path} needs a newer BigChamp: this one reads recordings of version {ours}",
                    path=path,
                    ours=VERSION,
                )
            )
        )
    (length,) = struct.unpack("<I", data[len(magic) : start])
    body = data[start:-_CHECKSUM_BYTES]
    if MAX_HEADER_BYTES < length <= len(body):
        raise TapeError(
            Sentence(
                lambda say: say("{path} was edited or damaged: its header is too long", path=path)
            )
        )
    if length > len(body):
        raise _cut_short(path)
    tape, header = _parse_header(path, body[:length])
    frames = header["frames"]
    seconds = -(-frames // FRAMES_PER_SECOND)
    if len(body) - length != frames + seconds * DIGEST_BYTES:
        short = len(body) - length < frames + seconds * DIGEST_BYTES
        if short:
            raise _cut_short(path)
        raise TapeError(Sentence(lambda say: say("{path} is longer than it says", path=path)))
    tape.actions[:] = body[length : length + frames]
    tape.digests[:] = body[length + frames :]
    if any(action >= len(Action) for action in tape.actions):
        frame = next(i for i, a in enumerate(tape.actions) if a >= len(Action))
        raise TapeError(
            Sentence(
                lambda say: say(
                    "{path} was edited or damaged: second {second} holds an action that does not "
                    "exist",
                    path=path,
                    second=frame // FRAMES_PER_SECOND,
                )
            )
        )
    return tape, header


def _parse_header(path: Path, data: bytes) -> tuple[Tape, dict[str, Any]]:
    types = {
        "rules": dict,
        "seed": int,
        "rom": str,
        "ale": str,
        "player": str,
        "kind": str,
        "score": int,
        "over": bool,
        "frames": int,
    }
    try:
        header = json.loads(data)
        if not isinstance(header, dict):
            raise TypeError("no table")
        for name, kind in types.items():
            if type(header[name]) is not kind:
                raise TypeError(name)
        tape = Tape(
            rules=Rules.from_dict(header["rules"]),
            seed=header["seed"],
            player=header["player"],
            kind=Kind(header["kind"]),
            score=header["score"],
            over=header["over"],
            maker=header.get("maker", ""),
        )
        if not 0 <= header["frames"] <= MAX_FILE_BYTES or not 0 <= tape.seed <= MAX_SEED:
            raise ValueError("a number out of range")
        if abs(tape.score) > MAX_SCORE:
            raise ValueError("more points than there can be")
        texts = tape.player + header["ale"] + tape.maker
        if any(unicodedata.category(c) in ("Cc", "Cs") for c in texts):
            raise ValueError("a text that cannot be shown")
    except (ValueError, TypeError, KeyError, RecursionError, RulesError) as error:
        raise TapeError(
            Sentence(
                lambda say: say("{path} was edited or damaged: its header is not valid", path=path)
            )
        ) from error
    return tape, header


def _no_tape(path: Path) -> TapeError:
    return TapeError(Sentence(lambda say: say("{path} is not a BigChamp tape", path=path)))


def _cut_short(path: Path) -> TapeError:
    return TapeError(Sentence(lambda say: say("{path} is cut short", path=path)))


def _magic(version: int) -> bytes:
    return _MAGIC + f" {version:2d}".encode()


def _checksum_holds(data: bytes) -> bool:
    return hashlib.sha256(data[:-_CHECKSUM_BYTES]).digest() == data[-_CHECKSUM_BYTES:]
