"""A kiosk without Windows' questions about Sticky Keys."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import main
from game.cli import window
from game.system import hot_keys
from game.system.hot_keys import (
    ASKS,
    FILTER_KEYS,
    HOT_KEY,
    IN_USE,
    STICKY_KEYS,
    TOGGLE_KEYS,
    hot_keys_off,
)

Feature = tuple[int, int, int]
FEATURES = (STICKY_KEYS, FILTER_KEYS, TOGGLE_KEYS)


def test_hot_keys_are_off_inside_and_back_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    rest = 0x1F0
    now: dict[Feature, list[int]] = {
        STICKY_KEYS: [8, HOT_KEY | ASKS | rest],
        FILTER_KEYS: [24, HOT_KEY | ASKS, 1000, 1000, 500, 0],
        TOGGLE_KEYS: [8, IN_USE | HOT_KEY],  # somebody needs it
    }
    before = {feature: list(numbers) for feature, numbers in now.items()}
    monkeypatch.setattr(hot_keys, "_read", lambda feature: list(now[feature]))
    monkeypatch.setattr(hot_keys, "_write", lambda feature, numbers: now.update({feature: numbers}))
    with pytest.raises(ZeroDivisionError), hot_keys_off():
        assert now[STICKY_KEYS] == [8, rest]
        assert now[FILTER_KEYS] == [24, 0, 1000, 1000, 500, 0]
        assert now[TOGGLE_KEYS] == before[TOGGLE_KEYS]
        raise ZeroDivisionError
    assert now == before


def test_a_kiosk_runs_without_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []

    @contextlib.contextmanager
    def noted() -> Iterator[None]:
        happened.append("off")
        yield
        happened.append("back")

    monkeypatch.setattr(window, "data_folder", lambda: tmp_path)
    monkeypatch.setattr(window, "hot_keys_off", noted)
    monkeypatch.setattr(window, "_keep_alive", lambda _: happened.append("runs") or 0)
    assert main.main(["--kiosk"]) == 0
    assert happened == ["off", "runs", "back"]


def test_other_systems_have_none() -> None:
    with hot_keys_off():
        if sys.platform != "win32":
            assert [hot_keys._read(feature) for feature in FEATURES] == [[], [], []]


@pytest.mark.skipif(sys.platform != "win32", reason="asks Windows for it")
def test_windows_says_and_takes_it() -> None:
    before = [hot_keys._read(feature) for feature in FEATURES]
    assert all(before)
    with hot_keys_off():
        for numbers in map(hot_keys._read, FEATURES):
            assert numbers[1] & IN_USE or not numbers[1] & HOT_KEY
    assert [hot_keys._read(feature) for feature in FEATURES] == before
