"""The ladder in the window: who sits at the other cabinet."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from game.cli.models import agent_loader, saliency_loader
from game.play.ladder import Rung, ladder
from game.play.match import COUNTDOWN_FRAMES
from game.play.opponents import AgentSource, open_ladder
from game.play.player import Player
from game.system.paths import default_model
from game.system.preferences import OFF
from game.ui.scenes.attract import Attract
from game.ui.scenes.operator import OpponentMenu
from game.ui.scenes.title import ATTRACT_AFTER_S, Title
from game.ui.tools.selftest import SelfTestError, _check_ladder
from game.ui.widgets.fairness_panel import training_words
from game.ui.widgets.theme import name_of
from game.ui.window.app import App
from tests.helpers.drawn import WatchedTheme, draw
from tests.helpers.visit import Thinker, match_scene_of, press, run

RUNGS = [
    Rung(Path(f"{name}.tflite"), name, score, 40, 700_000)
    for name, score in (("recruit", 200), ("gunner", 310.4), ("champion", 900))
]

DAMAGED: set[str] = set()


@pytest.fixture(autouse=True)
def whole() -> Iterator[None]:
    yield
    DAMAGED.clear()


class Named(Thinker):
    def __init__(self, name: str) -> None:
        self.name = name


def opened(model: Path, name: str | None) -> Callable[[], Callable[[], Player]]:
    def load() -> Callable[[], Player]:
        if name in DAMAGED:
            raise ValueError(f"{model} is damaged")
        return lambda: Named(model.stem)

    return load


def with_ladder(app: App) -> App:
    app.arcade.opponents = open_ladder(RUNGS, app.arcade.agent, opened)
    app._stack[0] = Title(app.arcade)
    return app


def label(app: App) -> str:
    assert isinstance(app.scene, Title)
    return app.scene._menu.current.value


def wait_for_rival(app: App) -> AgentSource:
    app.arcade.rival.wait()
    run(app, 2)
    return app.arcade.rival


@pytest.mark.slow
def test_a_race_is_against_the_chosen_rung(make_app: Callable[..., App]) -> None:
    app = with_ladder(make_app())
    press(app, pygame.K_DOWN)
    assert "Gunner, 310 points" in label(app)
    press(app, pygame.K_UP, pygame.K_RETURN)
    run(app, COUNTDOWN_FRAMES + 10)
    rival = match_scene_of(app).match.seats[1].player
    assert (rival.name, name_of(rival)) == ("gunner", "Gunner")


@pytest.mark.slow
def test_a_network_that_takes_long_is_no_bad_one_and_keeps_no_frame_waiting(
    make_app: Callable[..., App], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("game.ui.scenes.scene.LONGEST_WAIT_S", 0.01)
    app, loaded = make_app(), threading.Event()

    def slow() -> Callable[[], Player]:
        loaded.wait(60)
        return Thinker

    app.arcade.agent = AgentSource(slow)
    press(app, pygame.K_RETURN)
    run(app, 2)
    assert isinstance(app.scene, Title)
    assert app.scene._problems() == ["The network is still loading: try again in a moment"]
    loaded.set()
    app.arcade.agent.wait()
    assert app.scene._problems() == []
    run(app, 1)
    press(app, pygame.K_RETURN)
    match_scene_of(app)


def test_the_champion_is_the_agent_that_is_open_already(make_app: Callable[..., App]) -> None:
    app = with_ladder(make_app())
    press(app, pygame.K_DOWN, pygame.K_RIGHT)
    assert "Champion, 900 points" in label(app)
    assert app.arcade.rival is app.arcade.agent
    press(app, pygame.K_RIGHT)
    assert "Recruit" in label(app), "the list goes round"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damaged", "meets"),
    [
        ({"gunner"}, "champion"),
        ({"champion"}, "gunner"),
        ({"gunner", "champion"}, "recruit"),
        ({"recruit", "gunner", "champion"}, None),
    ],
)
def test_a_damaged_rung_gives_way_to_the_next(
    make_app: Callable[..., App], damaged: set[str], meets: str | None
) -> None:
    DAMAGED.update(damaged)
    app = make_app(load=opened(Path("champion.tflite"), "champion"))
    with_ladder(app)
    press(app, pygame.K_RETURN)  # at once, while models are still being opened
    if meets is None:
        run(app, 2)
        press(app, pygame.K_RETURN)
        assert isinstance(app.scene, Title), "nobody to race"
        assert "is damaged" in " ".join(app.scene._problems())
        return
    assert match_scene_of(app).match.seats[1].player.name == meets
    press(app, pygame.K_ESCAPE, pygame.K_UP, pygame.K_RETURN)
    run(app, 2)
    title = app.scene
    assert isinstance(title, Title)
    assert title._problems() == [], "nothing for visitors to wonder at"
    left = 3 - len(damaged)
    assert ("opponent" in [choice.key for choice in title._menu.choices]) == (left > 1)


def test_a_rung_that_breaks_while_it_is_looked_at_leaves_the_list(
    make_app: Callable[..., App],
) -> None:
    DAMAGED.add("recruit")
    app = with_ladder(make_app())
    press(app, pygame.K_DOWN, pygame.K_LEFT)
    wait_for_rival(app)
    assert "Gunner" in label(app)
    press(app, pygame.K_RIGHT, pygame.K_RIGHT)
    assert "Gunner" in label(app), "two are left"


def test_it_is_said_how_long_an_opponent_was_trained(make_app: Callable[..., App]) -> None:
    app = with_ladder(make_app())
    title = app.scene
    assert isinstance(title, Title)
    assert title._menu.cards[0].note == "Trained for 40 min on 0.7 million frames"
    assert training_words(replace(RUNGS[0], minutes=150, taught=True)) == (
        "2.5 hours with a teacher, on 0.7 million frames"
    )
    assert "0.05 million" in training_words(replace(RUNGS[0], frames=51_000))


def test_the_operator_chooses_whom_visitors_may_race(make_app: Callable[..., App]) -> None:
    app = with_ladder(make_app(kiosk=True))
    app.arcade.prefer(replace(app.arcade.preferences, rungs={"gunner": False, "recruit": True}))
    run(app, 2)
    press(app, pygame.K_DOWN)
    seen = []
    for _ in range(2):
        seen.append(label(app))
        press(app, pygame.K_RIGHT)
    assert [words.split(",")[0] for words in seen] == ["Champion", "Recruit"]
    nobody = {"gunner": False, "recruit": False, "champion": False}
    app.arcade.prefer(replace(app.arcade.preferences, rungs=nobody))
    run(app, 2)
    assert app.arcade.rival is app.arcade.agent, "the network itself, if nobody is left"
    assert "Opponent" not in label(app)


def test_the_operator_sees_which_opponent_is_damaged(make_app: Callable[..., App]) -> None:
    DAMAGED.add("gunner")
    app = with_ladder(make_app(kiosk=True))
    wait_for_rival(app)
    labels = [choice.label for choice in OpponentMenu(app.arcade)._menu.choices]
    assert ["damaged" in words for words in labels] == [False, True, False, False]


def test_what_an_operator_forbade_holds_at_a_kiosk_only(make_app: Callable[..., App]) -> None:
    app = with_ladder(make_app())
    app.arcade.prefer(replace(app.arcade.preferences, rungs={"gunner": False}))
    press(app, pygame.K_DOWN)
    assert "Gunner" in label(app)


@pytest.mark.slow
def test_the_next_visitor_meets_the_recommended_one_again(make_app: Callable[..., App]) -> None:
    app = with_ladder(make_app())
    press(app, pygame.K_DOWN, pygame.K_RIGHT)
    run(app, 60 * ATTRACT_AFTER_S + 10)
    press(app, pygame.K_RETURN)
    press(app, pygame.K_DOWN)
    assert "Gunner" in label(app)


def test_one_agent_is_no_choice(make_app: Callable[..., App]) -> None:
    app = make_app()
    app.arcade.opponents = open_ladder(RUNGS[2:], app.arcade.agent, opened)
    app._stack[0] = Title(app.arcade)
    assert app.arcade.rival is app.arcade.agent
    assert "opponent" not in [choice.key for choice in app._stack[0]._menu.choices]
    assert open_ladder([], app.arcade.agent, opened) is None


@pytest.mark.slow
def test_two_presses_lead_from_the_attract_loop_into_a_race_with_the_recommended_one(
    make_app: Callable[..., App],
) -> None:
    app = with_ladder(make_app(kiosk=True))
    run(app, 60 * ATTRACT_AFTER_S + 10)
    assert isinstance(app.scene, Attract)
    for _ in range(2):  # a pad alone
        button = pygame.CONTROLLER_BUTTON_A
        for kind in (pygame.CONTROLLERBUTTONDOWN, pygame.CONTROLLERBUTTONUP):
            pygame.event.post(pygame.Event(kind, instance_id=0, button=button))
        app.poll()
    assert match_scene_of(app).match.seats[1].player.name == "gunner"


@pytest.mark.slow
def test_with_its_thoughts_hidden_the_opponent_is_introduced(
    make_app: Callable[..., App],
) -> None:
    app = with_ladder(make_app())
    app.arcade.prefer(replace(app.arcade.preferences, overlay=OFF))
    press(app, pygame.K_RETURN)
    run(app, COUNTDOWN_FRAMES + 10)
    theme = WatchedTheme((1280, 720))
    draw(app.scene, theme)
    right = [text.string for text in theme.texts if text.ink.left > 640]
    assert "40 min on 0.7 million frames" in right
    assert "Tab" in right
    assert "Move" not in right, "those are the person's keys"
    assert "Move" in [text.string for text in theme.texts]


@pytest.mark.slow
@pytest.mark.skipif(not default_model().exists(), reason="there is no model to play")
def test_models_of_a_ladder_folder_are_raced_by_their_names(
    make_app: Callable[..., App], tmp_path: Path
) -> None:
    champion = default_model()
    folder = tmp_path / "ladder"
    folder.mkdir()
    for name, score in (("recruit", 100), ("gunner", 200), ("captain", 300)):
        shutil.copy(champion, folder / f"{name}.tflite")
        card = json.loads(champion.with_suffix(".json").read_text())
        card["results"]["sticky 0.25"]["summary"]["mean"] = score
        (folder / f"{name}.json").write_text(json.dumps(card))
    (folder / "gunner.tflite").write_bytes(b"damaged")
    shutil.copy(champion, tmp_path / champion.name)
    shutil.copy(champion.with_suffix(".json"), tmp_path)
    app = make_app()
    rungs = ladder(tmp_path / champion.name)
    assert [rung.name for rung in rungs] == ["recruit", "gunner", "captain", "champion"]
    app.arcade.opponents = open_ladder(rungs, app.arcade.agent, agent_loader, saliency_loader)
    app._stack[0] = Title(app.arcade)
    press(app, pygame.K_RETURN)
    rival = match_scene_of(app).match.seats[1].player
    assert (rival.name, name_of(rival)) == ("captain", "Captain")
    run(app, COUNTDOWN_FRAMES + 200)
    assert match_scene_of(app).match.seats[1].decision.thought is not None
    app.arcade.opponents.close()


@pytest.mark.slow
def test_the_self_test_opens_every_rung(make_app: Callable[..., App], tmp_path: Path) -> None:
    arcade = with_ladder(make_app()).arcade
    champion = tmp_path / "champion.tflite"
    arcade.opponents = open_ladder(
        [replace(rung, model=tmp_path / "ladder" / rung.model) for rung in RUNGS[:2]]
        + [replace(RUNGS[2], model=champion)],
        arcade.agent,
        opened,
    )
    assert _check_ladder(arcade, champion) == "recruit, gunner, champion"
    (tmp_path / "ladder").mkdir()
    (tmp_path / "ladder" / "major.tflite").write_bytes(b"no card")
    with pytest.raises(SelfTestError, match=r"the card of .*major.tflite is missing"):
        _check_ladder(arcade, champion)
    (tmp_path / "ladder" / "major.tflite").unlink()
    DAMAGED.add("gunner")
    arcade.opponents.all[1].opened = None
    with pytest.raises(SelfTestError, match=r"gunner.tflite is damaged"):
        _check_ladder(arcade, champion)
