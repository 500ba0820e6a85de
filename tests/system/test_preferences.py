from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pygame
import pytest

from game.emulation.cabinet import Rules
from game.system.preferences import (
    DAMAGED,
    FILE,
    MOST_BYTES,
    Preferences,
    load_preferences,
    open_preferences,
)
from game.ui.audio.effects import LEVEL, Effect, samples
from game.ui.audio.speaker import CARTRIDGE, OWN
from game.ui.scenes.scene import Mode
from game.ui.scenes.settings import WAIT_S, Settings
from game.ui.scenes.title import Title
from game.ui.window.app import App
from tests.helpers.visit import press, run, run_to_results


def test_what_was_set_is_found_again(tmp_path: Path) -> None:
    assert load_preferences(tmp_path) == Preferences()
    mine = Preferences(volume=3, effects=0, muted=True, overlay="engineer")
    (tmp_path / FILE).write_bytes(mine.to_json())
    assert load_preferences(tmp_path) == mine


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[1, 2]",
        '{"volume": 11, "effects": -1}',
        '{"volume": "loud", "muted": "yes"}',
        '{"volume": true, "colour": 3}',
        '{"overlay": "loud"}',
        "[" * 100_000,
        '{"pin": "12", "turn_minutes": 3}',
        '{"pin": "\u0661\u0662\u0663\u0664", "allow_play": 0}',
    ],
)
def test_a_damaged_file_is_as_at_first(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, "utf-8")
    assert load_preferences(tmp_path) == Preferences()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'{"volume": 3} ' + b" " * MOST_BYTES,
        Preferences(volume=3).to_json().decode().encode("utf-16"),
        Preferences(volume=3).to_json().replace(b": 3", b': "3"'),
        b'{"pin": "1234", "colour": 3, "speed": 55}',
    ],
)
def test_what_is_not_understood_is_said_and_kept(
    tmp_path: Path, data: bytes, make_app: Callable[..., App]
) -> None:
    """It used to be gone in silence with the next thing that was set."""
    (tmp_path / FILE).write_bytes(data)
    preferences, kept = open_preferences(tmp_path)
    assert (preferences.volume, preferences.speed) == (10, 100)
    assert kept == tmp_path / DAMAGED
    app = make_app()
    app.arcade.damaged_settings = kept
    assert isinstance(app.scene, Title)
    assert [said for said in app.scene._problems() if DAMAGED in said]
    app.arcade.prefer(dataclasses.replace(preferences, muted=True))
    assert not app.scene._problems()
    assert (tmp_path / DAMAGED).read_bytes() == data


def test_a_good_file_needs_no_copy(tmp_path: Path) -> None:
    assert open_preferences(tmp_path) == (Preferences(), None)
    marked = b"\xef\xbb\xbf" + Preferences(volume=3).to_json()
    (tmp_path / FILE).write_bytes(marked.replace(b"{", b'{"of a later version": 3, ', 1))
    assert open_preferences(tmp_path) == (Preferences(volume=3), None)
    assert not (tmp_path / DAMAGED).exists()


def volumes() -> tuple[float, float]:
    return tuple(pygame.mixer.Channel(n).get_volume() for n in (CARTRIDGE, OWN))  # type: ignore[return-value]


def test_volumes_are_changed_heard_and_kept(make_app: Callable[..., App], tmp_path: Path) -> None:
    app = make_app()
    press(app, pygame.K_UP, pygame.K_UP, pygame.K_RETURN)
    assert isinstance(app.scene, Settings)
    press(app, *[pygame.K_LEFT] * 5)
    press(app, pygame.K_DOWN, pygame.K_LEFT)
    run(app, 1)
    assert app.arcade.preferences == Preferences(volume=5, effects=5)
    assert volumes() == (pytest.approx(0.5, abs=0.01), pytest.approx(0.25, abs=0.01))
    press(app, pygame.K_DOWN, pygame.K_RETURN)
    assert app.arcade.speaker.muted
    assert volumes() == (0, 0)
    press(app, pygame.K_m)
    assert not app.arcade.speaker.muted
    press(app, *[pygame.K_UP] * 2, *[pygame.K_LEFT] * 9)
    assert app.arcade.preferences.volume == 0
    press(app, pygame.K_ESCAPE)
    assert isinstance(app.scene, Title)
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    assert load_preferences(tmp_path) == Preferences(volume=0, effects=5)


def test_settings_do_not_wait_for_ever(make_app: Callable[..., App]) -> None:
    app = make_app()
    press(app, pygame.K_UP, pygame.K_UP, pygame.K_RETURN)
    run(app, WAIT_S * 60)
    assert isinstance(app.scene, Title)


def test_settings_are_not_for_visitors(make_app: Callable[..., App]) -> None:
    kiosk = make_app(kiosk=True)
    assert isinstance(kiosk.scene, Title)
    assert "settings" not in [choice.key for choice in kiosk.scene._menu.choices]


def test_starting_muted_is_for_this_time_only(make_app: Callable[..., App]) -> None:
    app = make_app(mute=True)
    assert app.arcade.speaker.muted
    assert not app.arcade.preferences.muted


@pytest.mark.parametrize("effect", Effect)
def test_an_effect_is_short_and_begins_and_ends_in_silence(effect: Effect) -> None:
    sound = samples(effect).astype(int)
    longest = 2.5 if effect in (Effect.TITLE, Effect.WIN) else 1  # these two are tunes
    assert 0.02 < len(sound) / 30720 < longest
    assert LEVEL / 2 < np.abs(sound).max() <= LEVEL
    assert abs(sound[0]) == abs(sound[-1]) == 0
    assert np.abs(np.diff(sound)).max() < LEVEL * 0.7


@pytest.mark.slow
def test_menus_and_the_count_down_are_heard_and_a_match_is_not_disturbed(
    make_app: Callable[..., App],
) -> None:
    app = make_app(rules=Rules(frame_cap=1500))
    app.arcade.race_frames = 1200
    heard: list[Effect] = []
    app.arcade.speaker.effect = heard.append  # type: ignore[method-assign]
    press(app, pygame.K_DOWN, pygame.K_UP)
    assert heard == [Effect.MOVE] * 2
    press(app, pygame.K_RETURN)
    run(app, 200)
    press(app, pygame.K_LEFT, pygame.K_SPACE)
    assert heard[2:] == [Effect.CHOOSE, *[Effect.COUNT] * 3, Effect.GO]
    run_to_results(app)
    assert heard[-1] is Effect.LOSE  # nobody played


@pytest.mark.parametrize("mixer_too", [False, True])
def test_losing_a_device_in_the_middle_is_no_error(
    make_app: Callable[..., App], mixer_too: bool
) -> None:
    app = make_app(Mode.PLAY)
    run(app, 20)
    if mixer_too:
        pygame.mixer.quit()
    else:
        app.arcade.speaker.close()
    run(app, 20)
    app.arcade.prefer(dataclasses.replace(app.arcade.preferences, volume=2))
    press(app, pygame.K_p, pygame.K_DOWN)
    run(app, 5)
    assert app.running
