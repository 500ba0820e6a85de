"""The result: accuracy, a record's moment, a code that proves it, and a picture to keep."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pygame
import pytest

from game.emulation.cabinet import Rules
from game.play.match import Match
from game.play.player import HumanPlayer
from game.system.qr_code import MOST_BYTES, code_rows
from game.ui.audio.effects import Effect
from game.ui.jobs.screenshot import PICTURES
from game.ui.scenes.match import MatchScene
from game.ui.scenes.results import CODE, Results
from game.ui.scenes.scene import Arcade, Mode
from game.ui.widgets.code_picture import QUIET, code_side
from game.ui.widgets.confetti import FALLS_S, draw_confetti
from game.ui.widgets.result_code import result_text
from game.ui.widgets.theme import HUMAN, Look, Theme
from game.ui.window.app import App
from tests.helpers.crowded import fullest_arcade, with_scores
from tests.helpers.drawn import WatchedTheme, an_arcade, draw
from tests.helpers.visit import Thinker, press, run_to_results


def raced(arcade: Arcade, ours: int = 345, theirs: int = 230) -> MatchScene:
    match = Match([HumanPlayer(auto_fire=True), Thinker()], Rules(), 7, 600)
    scene = MatchScene(Mode.RACE, match, arcade)
    scene.skip_countdown()
    while not match.over:
        scene.update()
    with_scores(match, ours, theirs)
    return scene


@pytest.mark.slow
def test_the_code_holds_scores_seed_and_the_tapes_digest(tmp_path: Path) -> None:
    match = raced(an_arcade()).match
    tape = match.seats[0].tape
    tape.save(tmp_path / "mine.tape")
    file = (tmp_path / "mine.tape").read_bytes()
    digest = file[-32:].hex()
    assert digest == hashlib.sha256(file[:-32]).hexdigest()
    assert result_text(match) == f"BigChamp: You 345, The network 230\nseed 7\ntape {digest}"
    assert len(code_rows(result_text(match))) <= 57, "small enough for a phone"


@pytest.mark.parametrize("size", [(800, 480), (1280, 720), (1080, 1920)])
def test_a_phone_can_read_the_largest_code(size: tuple[int, int]) -> None:
    code = code_rows("x" * MOST_BYTES)
    side = code_side(code, Theme(size).px(CODE))
    assert side // (len(code) + 2 * QUIET) >= 2, "pixels of a module"


@pytest.mark.slow
def test_only_people_have_something_to_photograph() -> None:
    arcade = an_arcade()
    theme = WatchedTheme((1280, 720))
    draw(Results(raced(arcade), arcade), theme)
    assert "Photograph your result" in [text.string for text in theme.texts]
    alone = MatchScene(Mode.WATCH, Match([Thinker()], Rules(), 7, 60), arcade)
    while not alone.match.over:
        alone.update()
    draw(Results(alone, arcade), theme)
    assert "Photograph your result" not in [text.string for text in theme.texts]


@pytest.mark.slow
def test_a_record_has_its_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    arcade, heard = fullest_arcade(), []
    monkeypatch.setattr(arcade.speaker, "effect", heard.append)
    monkeypatch.setattr(arcade.archive, "best", lambda _board: 300)
    results = Results(raced(arcade), arcade)
    assert heard[-1] is Effect.RECORD
    theme = WatchedTheme((1280, 720))
    canvas = draw(results, theme)
    banner = next(text for text in theme.texts if "new record" in text.string)
    assert canvas.get_at((banner.ink.left - 6, banner.ink.centery))[:3] == HUMAN
    assert any("% hit" in text.string or "shots hit (" in text.string for text in theme.texts)


def pixels(frame: int, steady: bool) -> np.ndarray:
    canvas = pygame.Surface((640, 360))
    draw_confetti(canvas, frame, Theme((640, 360), Look(steady=steady)))
    return pygame.surfarray.array2d(canvas)


def test_confetti_falls_and_goes_or_lies_still() -> None:
    assert pixels(60, steady=False).any()
    assert (pixels(60, steady=False) != pixels(70, steady=False)).any()
    assert not pixels(FALLS_S * 60, steady=False).any()
    assert (pixels(0, steady=True) == pixels(5000, steady=True)).all()
    middle = pixels(60, steady=False)[220:420]
    assert not middle.any(), "what is read stays free"


@pytest.mark.slow
def test_nothing_of_the_match_shines_through(monkeypatch: pytest.MonkeyPatch) -> None:
    arcade = an_arcade()
    played = raced(arcade, 10, 20)
    results, theme = Results(played, arcade), WatchedTheme((640, 360))
    before = pygame.surfarray.array2d(draw(results, theme))
    monkeypatch.setattr(played, "draw", lambda target, _theme: target.fill(HUMAN))
    assert (pygame.surfarray.array2d(draw(results, theme)) == before).all()


@pytest.mark.slow
def test_who_loses_sees_no_confetti() -> None:
    arcade = an_arcade()
    assert not Results(raced(arcade, 10, 20), arcade)._celebrates
    assert Results(raced(arcade, 20, 10), arcade)._celebrates


@pytest.mark.slow
@pytest.mark.parametrize("kiosk", [False, True])
def test_the_result_is_kept_as_a_picture(
    make_app: Callable[..., App], tmp_path: Path, kiosk: bool
) -> None:
    app = make_app(Mode.RACE, kiosk=kiosk)
    app.scene.skip_countdown()  # type: ignore[attr-defined]
    run_to_results(app)
    scene = app.scene
    assert isinstance(scene, Results)
    keys = [choice.key for choice in scene._menu.choices]
    assert ("picture" in keys) == (not kiosk), "visitors leave no files"
    if kiosk:
        return
    press(app, *[pygame.K_DOWN] * keys.index("picture"), pygame.K_RETURN)
    scene.leave()
    (file,) = (tmp_path / PICTURES).glob("*-result.png")
    assert pygame.image.load(file).get_size() == (1280, 720)
