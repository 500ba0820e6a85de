from __future__ import annotations

import contextlib
import hashlib
import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.emulation.cabinet import Action, Cabinet, Rules
from game.play.match import Match
from game.play.player import Kind, RandomPlayer
from game.play.tape import MAX_FILE_BYTES, Tape, TapeError, TapePlayer, load, verify
from tests.helpers.common import is_one_sentence
from tests.helpers.tampering import (
    CHECKSUM,
    RULES,
    header_end,
    record,
    reseal,
    with_byte,
    with_header,
)

STOPPED_FRAMES = 510  # eight seconds and a half


@pytest.fixture(scope="module")
def whole() -> Match:
    return record(None)


@pytest.fixture(scope="module")
def stopped() -> bytes:
    return record(STOPPED_FRAMES).seats[0].tape.to_bytes()


def write(folder: Path, data: bytes) -> Path:
    path = folder / "game.tape"
    path.write_bytes(data)
    return path


def assert_refused(path: Path) -> str:
    """Neither door opens, both say why in one sentence."""
    for use in (load, verify):
        with pytest.raises(TapeError) as error:
            use(path)
        assert is_one_sentence(error.value), error.value
    return str(error.value)


def test_saved_tape_loads_equal_and_verifies(whole: Match, tmp_path: Path) -> None:
    (seat,) = whole.seats
    path = tmp_path / "new" / "folder" / "game.tape"
    seat.tape.save(path)
    tape = load(path)
    assert tape == seat.tape
    assert (tape.player, tape.kind, tape.over) == (RandomPlayer.name, Kind.SCRIPT, True)
    assert tape.score == seat.frame.score > 0
    assert tape.frames == seat.frame.number
    verdict = verify(path)
    assert verdict.verified
    assert verdict.second is None
    assert verdict.message.startswith(f"verified: {RandomPlayer.name}, {tape.score} points")
    assert list(path.parent.iterdir()) == [path]


def test_file_is_what_the_format_says(stopped: bytes, tmp_path: Path) -> None:
    """Tapes outlive the program, so the format is written out here once more."""
    tape = load(write(tmp_path, stopped))
    cabinet, digests = Cabinet(RULES, 3), [b""]
    for begin in range(0, STOPPED_FRAMES, 60):
        second = tape.actions[begin : begin + 60]
        for action in second:
            cabinet.step(Action(action))
        state = cabinet.ram() + struct.pack("<q?", cabinet.frame.score, cabinet.frame.over)
        digests.append(hashlib.sha256(digests[-1] + second + state).digest()[:8])
    header = stopped[20 : header_end(stopped)]
    body = b"BigChamp tape  1" + struct.pack("<I", len(header)) + header + tape.actions
    body += b"".join(digests)
    assert stopped == body + hashlib.sha256(body).digest()
    assert json.loads(header)["rom"] == "72ffbef6504b75e69ee1045af9075f66"


def test_tape_player_plays_the_same_game_again(whole: Match) -> None:
    (seat,) = whole.seats
    again = Match([TapePlayer(seat.tape)], whole.rules, whole.seed)
    while not again.over:
        again.step()
    assert again.seats[0].cabinet.ram() == seat.cabinet.ram()
    assert again.seats[0].tape.digests == seat.tape.digests
    assert (again.number, again.seats[0].frame.score) == (whole.number, seat.frame.score)


def test_tape_player_lets_go_when_the_tape_ends(stopped: bytes, tmp_path: Path) -> None:
    tape = load(write(tmp_path, stopped))
    match = Match([TapePlayer(tape)], tape.rules, tape.seed)
    while match.number < STOPPED_FRAMES + 3:
        match.step()
    actions = match.seats[0].tape.actions
    assert actions == tape.actions + bytes([Action.NOOP] * 3)


@pytest.mark.parametrize(
    ("frames", "rules"),
    [
        (0, RULES),
        (1, RULES),
        (59, RULES),
        (60, RULES),
        (61, RULES),
        (130, Rules(sticky=0, noop_max=0, mode=2, difficulty=1)),
        (None, Rules(noop_max=0, frame_cap=120)),
        (None, Rules(noop_max=0, frame_cap=100)),
    ],
)
def test_game_stopped_or_capped_anywhere_verifies(
    frames: int | None, rules: Rules, tmp_path: Path
) -> None:
    tape = record(frames, rules).seats[0].tape
    assert len(tape.digests) == 8 * -(-tape.frames // 60)
    assert tape.over == (frames is None)
    tape.save(tmp_path / "game.tape")
    assert verify(tmp_path / "game.tape").verified
    assert load(tmp_path / "game.tape") == tape


@pytest.mark.parametrize("frame", [0, 59, 60, 150, 479, 480, STOPPED_FRAMES - 1])
@pytest.mark.parametrize("sealed", [False, True])
def test_edited_action_is_named_by_its_second(
    frame: int, sealed: bool, stopped: bytes, tmp_path: Path
) -> None:
    at = header_end(stopped) + frame
    edited = with_byte(stopped, at, (stopped[at] + 1) % len(Action))
    path = write(tmp_path, reseal(edited) if sealed else edited)
    verdict = verify(path)
    assert (verdict.verified, verdict.second) == (False, frame // 60)
    assert f"second {frame // 60}:" in verdict.message
    if sealed:
        load(path)
    else:
        with pytest.raises(TapeError):
            load(path)


def test_edit_in_the_second_of_the_games_end_is_named(whole: Match, tmp_path: Path) -> None:
    data = whole.seats[0].tape.to_bytes()
    at = header_end(data) + whole.number - 1
    edited = reseal(with_byte(data, at, (data[at] + 1) % len(Action)))
    assert verify(write(tmp_path, edited)).second == (whole.number - 1) // 60


@pytest.mark.parametrize("second", [0, 3, 8])
def test_edited_digest_is_named_by_its_second(second: int, stopped: bytes, tmp_path: Path) -> None:
    at = header_end(stopped) + STOPPED_FRAMES + 8 * second
    verdict = verify(write(tmp_path, reseal(with_byte(stopped, at, stopped[at] ^ 1))))
    assert (verdict.verified, verdict.second) == (False, second)


def test_action_that_does_not_exist_is_named_by_its_second(stopped: bytes, tmp_path: Path) -> None:
    for value in (len(Action), 255):
        edited = reseal(with_byte(stopped, header_end(stopped) + 200, value))
        assert "second 3 " in assert_refused(write(tmp_path, edited))


@pytest.mark.slow
def test_actions_cut_off_or_added_do_not_verify(stopped: bytes, tmp_path: Path) -> None:
    end = header_end(stopped)
    shorter = stopped[: end + 500] + stopped[end + STOPPED_FRAMES :]
    longer = stopped[: end + STOPPED_FRAMES] + b"\0" * 5 + stopped[end + STOPPED_FRAMES :]
    for frames, data in ((500, shorter), (STOPPED_FRAMES + 5, longer)):
        edited = with_header(data, lambda header, frames=frames: header | {"frames": frames})
        assert verify(write(tmp_path, edited)).second == 8


def test_play_after_the_games_end_does_not_verify(tmp_path: Path) -> None:
    tape = record(None, Rules(noop_max=0, frame_cap=100)).seats[0].tape
    tape.actions += bytes(10)
    tape.save(tmp_path / "game.tape")
    verdict = verify(tmp_path / "game.tape")
    assert (verdict.verified, verdict.second) == (False, 1)
    assert "over before" in verdict.message


@pytest.mark.parametrize("change", [{"score": 99_995}, {"score": 0}, {"over": True}])
def test_edited_result_does_not_verify(
    change: dict[str, Any], stopped: bytes, tmp_path: Path
) -> None:
    path = write(tmp_path, with_header(stopped, lambda header: header | change))
    assert load(path).frames == STOPPED_FRAMES
    verdict = verify(path)
    assert not verdict.verified
    assert verdict.message.startswith("edited") or verdict.second == 8


@pytest.mark.parametrize("change", [{"seed": 4}, {"rules": {**vars(RULES), "sticky": 0.2}}])
def test_other_seed_or_rules_do_not_verify(
    change: dict[str, Any], stopped: bytes, tmp_path: Path
) -> None:
    verdict = verify(write(tmp_path, with_header(stopped, lambda header: header | change)))
    assert not verdict.verified
    assert verdict.second is not None


def test_tape_of_another_emulator_says_so_when_it_diverges(stopped: bytes, tmp_path: Path) -> None:
    at = header_end(stopped) + 100
    edited = with_byte(stopped, at, (stopped[at] + 1) % len(Action))
    path = write(tmp_path, with_header(edited, lambda header: header | {"ale": "0.1"}))
    assert "ALE 0.1" in verify(path).message


def test_name_edited_under_a_stale_checksum_does_not_verify(stopped: bytes, tmp_path: Path) -> None:
    name = RandomPlayer.name.encode()
    edited = stopped.replace(name, name[::-1])
    assert edited != stopped
    verdict = verify(write(tmp_path, edited))
    assert (verdict.verified, verdict.second) == (False, None)


@pytest.mark.parametrize("sealed", [False, True])
def test_tape_cut_short_anywhere_is_refused(sealed: bool, stopped: bytes, tmp_path: Path) -> None:
    whole = stopped[:-CHECKSUM] if sealed else stopped
    lengths = {*range(64), *(len(whole) * percent // 100 for percent in range(100))}
    for length in sorted(lengths | {len(whole) - 1}):
        cut = whole[:length]
        if sealed:
            cut = reseal(cut + bytes(CHECKSUM))
        message = assert_refused(write(tmp_path, cut))
        assert ("cut short" if length >= 13 else "not a BigChamp tape") in message


@pytest.mark.parametrize("extra", [b"\0", b"more" * 100])
def test_trailing_bytes_are_refused(extra: bytes, stopped: bytes, tmp_path: Path) -> None:
    assert_refused(write(tmp_path, stopped + extra))
    inside = reseal(stopped[:-CHECKSUM] + extra + bytes(CHECKSUM))
    assert "longer" in assert_refused(write(tmp_path, inside))


@pytest.mark.parametrize("version", [b" 2", b"12", b"\x1b\n", b"  ", b"-1"])
def test_other_version_is_refused(version: bytes, stopped: bytes, tmp_path: Path) -> None:
    other = reseal(stopped[:14] + version + stopped[16:])
    message = assert_refused(write(tmp_path, other))
    assert ("needs a newer BigChamp" in message) == version.strip().isdigit()
    assert ("not a BigChamp tape" in message) != version.strip().isdigit()


def test_other_files_are_refused(tmp_path: Path) -> None:
    for data in (b"", b"\0" * 5000, os.urandom(5000), b"RIFF" + b" " * 100):
        assert "not a BigChamp tape" in assert_refused(write(tmp_path, data))
    assert_refused(tmp_path / "missing.tape")
    assert_refused(tmp_path)


def test_file_too_large_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, b"BigChamp tape  1")
    os.truncate(path, MAX_FILE_BYTES + 1)
    monkeypatch.setattr(Path, "read_bytes", lambda _path: pytest.fail("it was read"))
    assert "too large" in assert_refused(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda header: [header],
        lambda header: None,
        lambda header: header | {"rules": {}},
        lambda header: header | {"rules": header["rules"] | {"sticky": 2}},
        lambda header: header | {"rules": header["rules"] | {"sticky": float("inf")}},
        lambda header: header | {"seed": -1},
        lambda header: header | {"seed": 2**31},
        lambda header: header | {"seed": True},
        lambda header: header | {"kind": "ghost"},
        lambda header: header | {"score": 1.5},
        lambda header: header | {"score": 2**63},
        lambda header: header | {"over": 1},
        lambda header: header | {"frames": -60},
        lambda header: header | {"frames": 10**9},
        lambda header: header | {"player": None},
        lambda header: header | {"player": "\ud800"},
        lambda header: header | {"player": "\x1b[2J"},
        lambda header: {name: header[name] for name in header if name != "ale"},
    ],
)
def test_header_that_makes_no_sense_is_refused(
    change: Callable[[dict[str, Any]], Any], stopped: bytes, tmp_path: Path
) -> None:
    assert "not valid" in assert_refused(write(tmp_path, with_header(stopped, change)))


@pytest.mark.parametrize("change", [{"player": "x" * 5_000}, {"more": [0] * 5_000}])
def test_header_of_any_length_is_refused(
    change: dict[str, Any], stopped: bytes, tmp_path: Path
) -> None:
    """A name of a megabyte was read, and kept whoever showed it busy for seconds."""
    path = write(tmp_path, with_header(stopped, lambda header: header | change))
    assert "too long" in assert_refused(path)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[" * 4_000, b"\xff\xfe", b'{"seed": ' + b"9" * 4_050]
)
def test_header_that_is_not_json_is_refused(text: bytes, tmp_path: Path) -> None:
    data = b"BigChamp tape  1" + struct.pack("<I", len(text)) + text + bytes(CHECKSUM)
    assert "not valid" in assert_refused(write(tmp_path, reseal(data)))


def test_failed_save_leaves_the_old_tape(
    stopped: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, stopped)

    def full_disk(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        record(60).seats[0].tape.save(path)
    assert path.read_bytes() == stopped


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Path]:
    data = record(170).seats[0].tape.to_bytes()
    return data, tmp_path_factory.mktemp("mutants") / "game.tape"


@pytest.mark.slow
@settings(max_examples=150)
@given(
    edits=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=4)
)
def test_mutated_tape_never_loads_nor_verifies(
    edits: list[tuple[float, int]], short: tuple[bytes, Path]
) -> None:
    original, path = short
    data = original
    for part, value in edits:
        data = with_byte(data, int(part * len(data)), value)
    path.write_bytes(data)
    if data == original:
        assert isinstance(load(path), Tape)
        assert verify(path).verified
        return
    with pytest.raises(TapeError) as error:
        load(path)
    assert is_one_sentence(error.value)
    with contextlib.suppress(TapeError):
        assert not verify(path).verified
