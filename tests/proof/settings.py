"""Settings that somebody or something spoilt: as at first where they are, with a notice."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path
from typing import Any

from game.records.tape_library import LABELS, TapeLibrary
from game.system.preferences import DAMAGED, FILE, Preferences, open_preferences
from game.ui.scenes.title import Title
from game.ui.window.app import App
from tests.helpers.visit import Visits, run

from .trial import Trial

MUTATIONS = 20_000
GOOD = Preferences(volume=3, language="de", keys={"fire": 102}, dead_zone=60, pin="4711")


def check(trial: Trial) -> None:
    """Try all groups of cases."""
    folder = trial.folder / "spoilt"
    folder.mkdir()
    good = GOOD.to_json()
    kinds = _kinds(good)
    for number in trial.cases("kinds", len(kinds), least=len(kinds)):
        name, data = list(kinds.items())[number]
        _try(trial, folder, name, data)
    for _ in trial.cases("mutations", MUTATIONS):
        _try(trial, folder, "a mutation", _mutated(good, trial.random()))
    visits = Visits(trial.folder / "arcade")
    try:
        app = visits()
        for number in trial.cases("in the window", len(kinds), least=8):
            name, data = list(kinds.items())[number]
            _show(trial, app, folder, name, data)
    finally:
        visits.close()


def _kinds(good: bytes) -> dict[str, bytes | None]:
    """Return what a file may hold, by name; None for no file at all."""
    text = good.decode()
    table = json.loads(good)

    def changed(**values: Any) -> bytes:
        return json.dumps({**table, **values}).encode()

    return {
        "missing": None,
        "empty": b"",
        "blank": b" \n\t ",
        "10 MB": good[:-2] + b', "x": "' + b"y" * 10_000_000 + b'"}',
        "10 MB of brackets": b"[" * 10_000_000,
        "10 MB of nothing": bytes(10_000_000),
        "a list": b"[1, 2]",
        "a number": b"5",
        "null": b"null",
        "cut short": good[: len(good) // 2],
        "texts for numbers": changed(volume="3", dead_zone="60"),
        "numbers for texts": changed(language=5, pin=4711),
        "numbers for truths": changed(muted=1, allow_play=0),
        "lists": changed(volume=[3], keys=[]),
        "no numbers": good.replace(b"3", b"NaN", 1),
        "endless": changed(volume=float("inf")),
        "huge": changed(volume=10**300, keys={"fire": 10**300}),
        "out of range": changed(volume=11, speed=55, turn_minutes=3, text_size=1000),
        "odd keys": changed(keys={"fly": 3}, buttons={"fire": "a"}),
        "odd PIN": changed(pin="\u0661\u0662\u0663\u0664"),
        "another language": changed(language="fr"),
        "later version": changed(version=99, shaders="on", overlay="everything"),
        "earlier version": b'{"volume": 3}',
        "UTF-16": text.encode("utf-16"),
        "UTF-32": text.encode("utf-32"),
        "Latin-1": changed(language="d\u00e9").decode().encode("latin-1") + b"\xe9",
        "with a mark": text.encode("utf-8-sig"),
        "half a letter": good[:-3] + b"\xc3" + good[-3:],
        "twice": good + good,
        "XML": b"<plist><dict/></plist>",
    }


def _mutated(good: bytes, choice: random.Random) -> bytes:
    data = bytearray(good)
    for _ in range(choice.randrange(1, 6)):
        at = choice.randrange(len(data))
        match choice.randrange(5):
            case 0:
                data[at] ^= 1 << choice.randrange(8)
            case 1:
                del data[at : at + choice.randrange(1, 20)]
            case 2:
                data[at:at] = choice.choice((b'"', b"{", b"null", b"-1e999", b"\xff", b"9" * 50))
            case 3:
                data[at] = choice.choice(b'0123456789"{}[]:,')
            case _:
                data[at : at + 4] = choice.randbytes(4)
        if not data:
            break
    return bytes(data)


def _put(folder: Path, data: bytes | None) -> None:
    (folder / DAMAGED).unlink(missing_ok=True)
    (folder / FILE).unlink(missing_ok=True)
    if data is not None:
        (folder / FILE).write_bytes(data)


def _try(trial: Trial, folder: Path, name: str, data: bytes | None) -> Preferences | None:
    """Read a file: every value is one that can be, and what is lost is said and kept."""
    _put(folder, data)
    with trial.guard():
        found, kept = open_preferences(folder)
        for field in dataclasses.fields(Preferences):
            value = getattr(found, field.name)
            usual = getattr(Preferences(), field.name)
            trial.expect(type(value) is type(usual), f"{name}: {field.name} is {value!r:.80}")
        trial.expect(json.loads(found.to_json()), f"{name}: it cannot be written again")
        if kept is not None:
            trial.expect((folder / DAMAGED).read_bytes() == data, f"{name}: it was not kept")
        elif data is not None:
            lost = found == Preferences() and len(data) > 40
            trial.expect(not lost, f"{name}: nothing was said")
        else:
            trial.expect(found == Preferences(), f"{name}: {found}")
        (folder / LABELS).write_bytes(data or b"")
        TapeLibrary(folder)  # the names of tapes are in a file of the same kind
        return found
    return None


def _show(trial: Trial, app: App, folder: Path, name: str, data: bytes | None) -> None:
    """Open the arcade's title with such settings."""
    found = _try(trial, folder, name, data)
    with trial.guard(seconds=20):
        if found is None:
            return
        app.arcade.prefer(found)
        app.arcade.damaged_settings = (folder / DAMAGED) if (folder / DAMAGED).exists() else None
        app._stack = [Title(app.arcade)]
        run(app, 20)
        said = " ".join(app._stack[0]._problems())  # type: ignore[attr-defined]
        trial.expect(
            (DAMAGED in said) == (folder / DAMAGED).exists(), f"{name}: the title says {said!r}"
        )
