"""Damaged and hostile models and cards: refused, before they are parsed where damage did it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pygame

from agents.inference import player as players
from agents.inference.player import AgentPlayer, Model, ModelError
from agents.inference.sandbox import try_out
from game.play.ladder import CHAMPION, RUNGS, ladder
from game.play.opponents import open_ladder
from game.play.player import Player
from game.system.paths import default_model
from game.ui.scenes.match import MatchScene
from game.ui.scenes.scene import Mode
from game.ui.scenes.title import Title
from game.ui.window.app import App
from tests.helpers.common import is_one_sentence
from tests.helpers.odd_models import WRONG, odd_model
from tests.helpers.visit import Visits, press, run

from .trial import Trial, patched

FLIPS = 1_000  # of the model, and as many of its card
OPEN_S = 20.0  # a whole model is parsed, and answers


class ParsedError(Exception):
    """A damaged file was given to LiteRT."""


def check(trial: Trial) -> None:
    """Try all groups of cases on copies of the bundled model."""
    good = trial.folder / "good.tflite"
    shutil.copyfile(default_model(), good)
    shutil.copyfile(default_model().with_suffix(".json"), good.with_suffix(".json"))
    data, card = good.read_bytes(), good.with_suffix(".json").read_bytes()
    path = trial.folder / "tried.tflite"
    path.with_suffix(".json").write_bytes(card)
    for number in trial.cases("flips", FLIPS):
        bit = trial.random().randrange(8 * len(data))
        path.write_bytes(_flipped(data, bit))
        _refused_unparsed(trial, path, f"bit {bit} was flipped, {number}")
    for number in trial.cases("truncations", 100):
        path.write_bytes(data[: len(data) * number // 100])
        _refused_unparsed(trial, path, f"cut short to {number} %")
    path.write_bytes(data)
    for _ in trial.cases("card flips", FLIPS):
        bit = trial.random().randrange(8 * len(card))
        path.with_suffix(".json").write_bytes(_flipped(card, bit))
        _refused_or_true(trial, path)
    for number in trial.cases("card truncations", 100):
        path.with_suffix(".json").write_bytes(card[: len(card) * number // 100])
        _refused_or_true(trial, path)
    _others(trial, data, json.loads(card))
    _playable(trial, good)


def _flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def _refused_unparsed(trial: Trial, path: Path, how: str) -> None:
    def parse(*_: object) -> None:
        raise ParsedError(how)

    with trial.guard(), patched(players, "signature_runner", parse):
        try:
            Model(path)
        except ModelError as error:
            trial.expect(is_one_sentence(error), f"not one sentence: {error!r}")
        else:
            trial.find(f"it was taken: {how}")


def _refused_or_true(trial: Trial, path: Path) -> None:
    """A card's damage may be harmless; what then is opened is the true file."""
    with trial.guard(seconds=OPEN_S):
        ladder(path)  # cards are read for it too
        try:
            model = Model(path)
        except ModelError as error:
            trial.expect(is_one_sentence(error), f"not one sentence: {error!r}")
            return
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        trial.expect(model.card["sha256"] == digest, "another file than the card's was opened")
        name = AgentPlayer(model).name
        trial.expect(name.isprintable() and len(name) <= 40, f"it is called {name!r}")


def _put(path: Path, data: bytes, card: dict[str, Any]) -> None:
    path.write_bytes(data)
    named = card | {"sha256": hashlib.sha256(data).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(named), encoding="utf-8")


def _others(trial: Trial, data: bytes, card: dict[str, Any]) -> None:
    """Whole files under cards that name them: other things, other weights, other shapes, traps."""
    middle = len(data) // 2
    other_weights = data[:middle] + bytes(200_000) + data[middle + 200_000 :]
    ruined = data[:2_000] + bytes(b ^ 0xFF for b in data[2_000:4_000]) + data[4_000:]
    ready: dict[str, bytes] = {
        "empty": b"",
        "text": b"not a model " * 1_000,
        "header alone": data[:64],
        "other weights": other_weights,
        "a ruined middle": ruined,
        "no zeros": bytes(byte or 1 for byte in data[:200_000]),
    }
    kinds = [*ready, *WRONG]
    path = trial.folder / "other.tflite"
    mean = [float(players.probe().mean())] * 6
    with_tensorflow = find_spec("tensorflow") is not None
    for number in trial.cases("other models", len(kinds), least=2):
        kind = kinds[number]
        if kind in ready:
            _put(path, ready[kind], card)
        elif with_tensorflow:
            import tensorflow

            made = odd_model(tensorflow, kind, trial.folder)
            _put(path, made, card | {"version": players.CARD_VERSION, "probe_q": mean})
        else:
            trial.result.facts["left out"] = "models of another shape, without TensorFlow"
            continue
        with trial.guard(seconds=OPEN_S):
            try:
                try_out(path)
            except ModelError as error:
                trial.expect(is_one_sentence(error), f"{kind}, not one sentence: {error!r}")
            else:
                trial.find(f"it was taken: {kind}")


def _loader(path: Path, name: str | None = None) -> Callable[[], Callable[[], Player]]:
    def load() -> Callable[[], Player]:
        model = Model(path)
        return lambda: AgentPlayer(model)

    return load


def _playable(trial: Trial, good: Path) -> None:
    """With a damaged champion a person plays alone, and races another rung of the ladder."""
    data, card = good.read_bytes(), good.with_suffix(".json").read_bytes()
    ways: dict[str, tuple[bytes | None, bytes | None]] = {
        "flipped": (_flipped(data, 80_000), card),
        "cut short": (data[: len(data) // 3], card),
        "empty": (b"", card),
        "missing": (None, card),
        "card cut short": (data, card[:100]),
        "card missing": (data, None),
        "both empty": (b"", b""),
    }
    for number in trial.cases("arcades", 2 * len(ways), least=2):
        (model, its_card), rung = list(ways.values())[number // 2], number % 2 == 1
        folder = trial.folder / f"arcade-{number}"
        (folder / "ladder").mkdir(parents=True)
        champion = folder / "champion.tflite"
        if rung:
            shutil.copyfile(good, folder / "ladder" / f"{RUNGS[0]}.tflite")
            shutil.copyfile(good.with_suffix(".json"), folder / "ladder" / f"{RUNGS[0]}.json")
        for file, contents in ((champion, model), (champion.with_suffix(".json"), its_card)):
            if contents is not None:
                file.write_bytes(contents)
        visits = Visits(folder / "data")
        try:
            with trial.guard(seconds=60):
                app = visits(load=_loader(champion))
                _open_ladder(app, champion)
                _walk(trial, app, rung and number // 2 < 4)
        finally:
            visits.close()


def _open_ladder(app: App, champion: Path) -> None:
    app.arcade.opponents = open_ladder(ladder(champion), app.arcade.agent, _loader)
    app._stack[0] = Title(app.arcade)


def _walk(trial: Trial, app: App, with_rung: bool) -> None:
    """Play alone, then race whoever there is."""
    run(app, 30)
    problem = app.arcade.agent.problem
    trial.expect(problem and is_one_sentence(problem), f"it is said so: {problem!r}")
    _choose(app, "play")
    run(app, 240)
    trial.expect(
        isinstance(app.scene, MatchScene) and app.scene.match.number > 0, "nobody can play alone"
    )
    press(app, pygame.K_ESCAPE, pygame.K_UP, pygame.K_RETURN)
    run(app, 2)
    if not with_rung:
        return
    opponents = app.arcade.opponents
    if opponents is None:
        trial.find("there is another rung, and it cannot be chosen")
        return
    while opponents.current.rung.name == CHAMPION:
        opponents.step(1)
    opponents.current.source.wait()
    run(app, 2)
    _choose(app, "race")
    run(app, 240)
    scene = app.scene
    raced = isinstance(scene, MatchScene) and scene.mode is Mode.RACE and scene.match.number > 0
    trial.expect(raced, "nobody can race the other rung")


def _choose(app: App, key: str) -> None:
    title = app.scene
    assert isinstance(title, Title), f"not at the title but at {type(title).__name__}"
    title._menu.index = [choice.key for choice in title._menu.choices].index(key)
    press(app, pygame.K_RETURN)
