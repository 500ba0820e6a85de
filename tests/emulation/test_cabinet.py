from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ale_py import ALEInterface

from game.emulation import cabinet
from game.emulation.cabinet import (
    ROM_FILE,
    ROMS_ENV,
    SILENCE,
    Action,
    Cabinet,
    CabinetError,
    Rules,
    RulesError,
    rom_md5,
    rom_path,
    to_16_bits,
    variant_name,
)
from game.play.player import RandomPlayer
from tests.helpers.common import is_one_sentence


def play(rules: Rules, seed: int, frames: int = 500) -> tuple[bytes, int]:
    """Press the same random buttons whatever the cabinet's seed; return memory and score."""
    cabinet, player = Cabinet(rules, seed), RandomPlayer(5)
    for _ in range(frames):
        cabinet.step(player.decide(cabinet.frame).action)
    return cabinet.ram(), cabinet.frame.score


@pytest.mark.parametrize("name", ["Zoë Müller", "Łódź 日本"])
def test_a_game_loads_from_a_folder_that_ale_cannot_be_told(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy(rom_path(), folder)
    before, loaded = Path.cwd(), []

    class Narrow(ALEInterface):  # type: ignore[misc]
        """An emulator that takes what a code page can write, as on Windows."""

        def loadROM(self, path: Path | str) -> None:  # noqa: N802
            loaded.append(str(path))
            if not str(path).isascii():
                raise RuntimeError("No Unicode translation")
            super().loadROM(path)

    monkeypatch.setenv(ROMS_ENV, str(folder))
    monkeypatch.setattr(cabinet, "ALEInterface", Narrow)
    monkeypatch.setattr(cabinet, "_in_code_page", lambda path: str(path).isascii())
    assert Cabinet(Rules(), 3).frame.number == 0
    assert loaded == [ROM_FILE]
    assert Path.cwd() == before


def test_same_seed_and_actions_give_the_same_game() -> None:
    ram, score = play(Rules(), 3)
    assert (ram, score) == play(Rules(), 3)
    assert score > 0


@pytest.mark.slow
def test_seed_changes_a_sticky_game() -> None:
    rules = Rules(noop_max=0)
    assert len({play(rules, seed)[0] for seed in range(5)}) == 5


@pytest.mark.slow
def test_seed_draws_the_no_op_start() -> None:
    rules = Rules(sticky=0)
    assert len({play(rules, seed)[0] for seed in range(5)}) > 1


@pytest.mark.slow
def test_seed_changes_nothing_without_stickiness_and_no_ops() -> None:
    rules = Rules(sticky=0, noop_max=0)
    assert len({play(rules, seed) for seed in range(5)}) == 1


@pytest.mark.slow
def test_mode_changes_the_game() -> None:
    modes = (0, 1, 8, 15)
    assert len({play(Rules(mode=m, sticky=0, noop_max=0), 1, 200)[0] for m in modes}) == 4


def test_difficulty_doubles_the_cannons_width() -> None:
    pixels = []
    for difficulty in (0, 1):
        cabinet = Cabinet(Rules(sticky=0, noop_max=0, difficulty=difficulty), 1)
        while cabinet.frame.number < 160:  # the cannon is in place
            cabinet.step(Action.NOOP)
        pixels.append(np.count_nonzero(cabinet.frame.grey[186:194]))
    assert pixels[1] == 2 * pixels[0] > 0


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"sticky": -0.01}, "sticky"),
        ({"sticky": 1.01}, "sticky"),
        ({"sticky": float("nan")}, "sticky"),
        ({"noop_max": -1}, "noop_max"),
        ({"noop_max": 601}, "noop_max"),
        ({"mode": -1}, "mode"),
        ({"mode": 16}, "mode"),
        ({"difficulty": -1}, "difficulty"),
        ({"difficulty": 2}, "difficulty"),
        ({"frame_cap": 0}, "frame_cap"),
        ({"frame_cap": 1_080_001}, "frame_cap"),
    ],
)
def test_rules_out_of_range_are_refused(values: dict[str, Any], named: str) -> None:
    with pytest.raises(RulesError, match=named) as error:
        Rules(**values)
    assert is_one_sentence(error.value)


@pytest.mark.parametrize(
    "values",
    [
        {"sticky": 0.0, "noop_max": 0, "frame_cap": 1},
        {"sticky": 1.0, "noop_max": 600, "mode": 15, "difficulty": 1, "frame_cap": 1_080_000},
    ],
)
def test_rules_at_their_bounds_start_a_game(values: dict[str, Any]) -> None:
    Cabinet(Rules(**values), 2**31 - 1).step(Action.FIRE)


@pytest.mark.parametrize("seed", [-1, 2**31])
def test_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(RulesError, match="seed") as error:
        Cabinet(Rules(), seed)
    assert is_one_sentence(error.value)


def test_rules_survive_a_round_trip() -> None:
    rules = Rules(0.125, 7, 3, 1, 999)
    assert Rules.from_dict(dataclasses.asdict(rules)) == rules
    assert Rules.from_dict(dataclasses.asdict(rules) | {"sticky": 0}).sticky == 0


@pytest.mark.parametrize(
    "change",
    [
        {"speed": 2},
        {"sticky": True},
        {"noop_max": False},
        {"mode": "0"},
        {"difficulty": None},
        {"frame_cap": 100.0},
        {"noop_max": 10**400},
        {"frame_cap": [1]},
    ],
)
def test_from_dict_refuses_other_values(change: dict[str, Any]) -> None:
    with pytest.raises(RulesError):
        Rules.from_dict(dataclasses.asdict(Rules()) | change)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Rules)])
def test_from_dict_refuses_a_missing_value(name: str) -> None:
    values = dataclasses.asdict(Rules())
    del values[name]
    with pytest.raises(RulesError):
        Rules.from_dict(values)


@pytest.mark.parametrize("folder", ["empty", "missing", "a file", "damaged"])
def test_without_a_whole_rom_the_error_says_what_to_do(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / folder
    if folder == "a file":
        place.write_bytes(b"")
    elif folder != "missing":
        place.mkdir()
    if folder == "damaged":
        (place / "space_invaders.bin").write_bytes(b"\0" * 4096)
    monkeypatch.setenv("ALE_ROMS_DIR", str(place))
    for use in (lambda: Cabinet(Rules(), 0), rom_md5):
        with pytest.raises(CabinetError, match="ALE_ROMS_DIR") as error:
            use()
        assert is_one_sentence(error.value)
        assert str(place) in str(error.value)


def test_a_folder_of_roms_that_was_set_is_nothing_to_talk_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(rom_path(), tmp_path)
    monkeypatch.setenv("ALE_ROMS_DIR", str(tmp_path))
    Cabinet(Rules(), 0)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("noop_max", [0, 30])
def test_a_game_begins_in_silence(noop_max: int) -> None:
    """Zeros would be a click of full size: the samples are unsigned."""
    assert (Cabinet(Rules(noop_max=noop_max), 1).frame.audio == SILENCE).all()
    assert not to_16_bits(Cabinet(Rules(noop_max=noop_max), 1).frame.audio).any()


def test_frames_have_their_shapes_and_stay_as_they_were() -> None:
    cabinet = Cabinet(Rules(), 0)
    first = cabinet.frame
    kept = [first.rgb.copy(), first.grey.copy(), first.audio.copy()]
    for _ in range(200):
        frame = cabinet.step(Action.FIRE)
    shapes = [(a.shape, a.dtype) for a in (frame.rgb, frame.grey, frame.audio)]
    assert shapes == [((210, 160, 3), np.uint8), ((210, 160), np.uint8), ((512,), np.uint8)]
    assert (first.number, frame.number, frame.lives, frame.over) == (0, 200, 3, False)
    assert np.ptp(frame.grey) > 100
    for before, now in zip(kept, (first.rgb, first.grey, first.audio), strict=True):
        np.testing.assert_array_equal(before, now)
    assert (frame.rgb != first.rgb).any()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_score_is_the_sum_of_rewards_and_an_over_game_stays_as_it_is(seed: int) -> None:
    cabinet, player = Cabinet(Rules(), seed), RandomPlayer(seed)
    total = lives_lost = 0
    while not cabinet.frame.over:
        before = cabinet.frame
        frame = cabinet.step(player.decide(before).action)
        total += frame.reward
        lives_lost += before.lives - frame.lives
        assert frame.number == before.number + 1
    assert (frame.score, lives_lost, frame.lives) == (total, 3, 0)
    assert total > 0
    ram = cabinet.ram()
    for action in Action:
        assert cabinet.step(action) is frame
    assert cabinet.ram() == ram


def test_frame_cap_ends_a_game_with_lives_left() -> None:
    cabinet = Cabinet(Rules(noop_max=0, frame_cap=50), 0)
    while not cabinet.frame.over:
        cabinet.step(Action.NOOP)
    assert (cabinet.frame.number, cabinet.frame.lives) == (50, 3)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_constant_fire_scores_285(seed: int) -> None:
    cabinet = Cabinet(Rules(), seed)
    while not cabinet.frame.over:
        cabinet.step(Action.FIRE)
    assert cabinet.frame.score == 285


def test_cannon_follows_the_stick() -> None:
    cabinet = Cabinet(Rules(sticky=0, noop_max=0), 0)
    while cabinet.frame.number < 160:  # the cannon comes in after two seconds
        cabinet.step(Action.NOOP)
    places = [cabinet.cannon_x]
    for action in (Action.RIGHT, Action.LEFT):
        for _ in range(30):
            cabinet.step(action)
        places.append(cabinet.cannon_x)
    assert places[1] > places[0]
    assert places[2] < places[1]


def test_actions_are_the_emulators_in_its_order() -> None:
    import ale_py

    ale = ale_py.ALEInterface()
    ale.loadROM(ale_py.roms.get_rom_path("space_invaders"))
    assert [action.name for action in ale.getMinimalActionSet()] == [a.name for a in Action]
    for action in Action:
        assert Action.of(action.direction, action.fires) is action


def rows_of(mode: int, top: int, bottom: int, frames: int) -> list[bytes]:
    """What some rows of the picture show of a game that nobody plays, over time."""
    cabinet = Cabinet(Rules(sticky=0, noop_max=0, mode=mode), seed=1)
    for _ in range(120):
        cabinet.step(Action.NOOP)
    return [cabinet.step(Action.NOOP).grey[top:bottom].tobytes() for _ in range(frames)]


SHIELDS, INVADERS = (158, 162), (30, 120)


@pytest.mark.parametrize("mode", [0, 1, 8, 9])
def test_variants_are_what_their_names_say(mode: int) -> None:
    seen = [np.frombuffer(rows, np.uint8) > 0 for rows in rows_of(mode, *SHIELDS, 120)]
    stays = np.logical_and.reduce(seen).sum() / seen[0].sum()  # bombs only add to a shield
    moving = stays < 0.9
    assert moving == ("moving shields" in variant_name(mode))
    picture = np.frombuffer(rows_of(mode, *INVADERS, 1)[0], np.uint8)
    invisible = np.count_nonzero(picture) < 100
    assert invisible == ("invisible invaders" in variant_name(mode))


def test_every_variant_has_a_name_of_its_own() -> None:
    names = {variant_name(mode) for mode in range(16)}
    assert len(names) == 16
    assert variant_name(0) == "the classic game"
    assert variant_name(6) == "zigzag bombs, fast bombs"


@pytest.mark.parametrize("frames", [1, 3, 4])
def test_holding_an_action_is_as_many_steps(frames: int) -> None:
    rules = Rules(frame_cap=700)
    held, stepped = Cabinet(rules, 8, blind=True), Cabinet(rules, 8, blind=True)
    rewards = 0
    while not held.frame.over:
        action = Action.of(1 if held.frame.number % 300 < 150 else -1, fires=True)
        rewards += held.hold(action, frames).reward
        for _ in range(frames):
            stepped.step(action)
        assert held.ram() == stepped.ram()
    ends = [(f.number, f.score, f.lives, f.over) for f in (held.frame, stepped.frame)]
    assert ends[0] == ends[1]
    assert rewards == held.frame.score > 0
    assert held.hold(Action.FIRE, frames) is held.frame, "an over game stays as it is"


@pytest.mark.parametrize("chance", [True, False])
def test_from_a_snapshot_the_same_follows_or_with_other_chances_something_else(
    chance: bool,
) -> None:
    cabinet = Cabinet(Rules(sticky=0.5), 3, blind=True, sound=False)
    for _ in range(200):
        cabinet.step(Action.NOOP)
    kept, followed = cabinet.snapshot(chance), []
    for _ in range(4):
        cabinet.step(Action.NOOP)  # what stickiness may repeat first is no part of a snapshot
        cabinet.restore(kept)
        assert (cabinet.ram(), cabinet.frame.number) == (kept.frame.ram, 200)
        player = RandomPlayer(5)
        for _ in range(120):
            cabinet.step(player.decide(cabinet.frame).action)
        followed.append(cabinet.ram())
    assert len(set(followed)) == (1 if chance else 4)
