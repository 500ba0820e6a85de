"""Options: each means the same wherever it stands, tried for every one that the parser knows."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import main
from game.cli import window
from game.cli.parser import parse, parser
from game.system.validators import model_file
from tests.helpers.common import is_one_sentence

WITH_A_WINDOW = ("--fullscreen", "--mute", "--frames 9")
VALUES = ("7", "2", "1", "0.5", "640x480", "visitor", "en", "n_step=7", "some.tflite")
VALUES += ("ship", "https://arcade.example", "0.0.0.0")


def commands(
    of: argparse.ArgumentParser, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    """Every command by its words, those without others behind them."""
    kinds = [a for a in of._actions if isinstance(a, argparse._SubParsersAction)]
    if words and not kinds:
        yield words, of
    for kind in kinds:
        for name, command in kind.choices.items():
            yield from commands(command, (*words, name))


def every_option() -> Iterator[tuple[tuple[str, ...], str, argparse.Action, list[str]]]:
    """Each spelling of each option of each command, with the things that have to stand behind."""
    for words, command in commands(parser()):
        things = [a for a in command._actions if not a.option_strings]
        needed = ["thing.tflite" if a.type is model_file else "thing" for a in things]
        for action in command._actions:
            if not isinstance(action, argparse._HelpAction | argparse._VersionAction):
                for name in action.option_strings:
                    yield words, name, action, needed


def values_of(words: tuple[str, ...], name: str, needed: list[str], count: int) -> list[str]:
    """Values that the option takes and that are not its usual one."""
    for value in VALUES:
        try:
            parse([*words, *needed, name, *[value] * count])
        except SystemExit:
            continue
        return [value] * count
    raise AssertionError(f"no value for {words} {name}")


def read(line: list[str]) -> dict[str, Any]:
    """What the line asks for, without how it was written."""
    return {name: value for name, value in vars(parse(line)).items() if name != "argv"}


CASES = list(every_option())


@pytest.mark.parametrize(
    ("words", "name", "action", "needed"), CASES, ids=[f"{' '.join(c[0])} {c[1]}" for c in CASES]
)
def test_row_1_each_option_means_the_same_before_and_after_the_command(
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    name: str,
    action: argparse.Action,
    needed: list[str],
) -> None:
    count = action.nargs if isinstance(action.nargs, int) else 1
    values = values_of(words, name, needed, count)
    capsys.readouterr()
    usual = read([*words, *needed])
    for option in [[name, *values], *([[f"{name}={values[0]}"]] if count == 1 else [])]:
        after = read([*words, *needed, *option])
        assert after[action.dest] != usual[action.dest]
        assert {**after, action.dest: None} == {**usual, action.dest: None}
        for place in range(len(words) + 1):
            line = [*words[:place], *option, *words[place:], *needed]
            assert read(line) == after, line


@pytest.mark.parametrize(
    "line",
    [
        "--kiosk scores",
        "--seed 5 verify a.tape",
        "--episodes 3 play",
        "--set n_step=3 bench play",
        "--nonsense race",
    ],
)
def test_row_1_an_option_that_the_command_does_not_know_is_named(
    capsys: pytest.CaptureFixture[str], line: str
) -> None:
    with pytest.raises(SystemExit) as stop:
        parse(line.split())
    assert stop.value.code == 2
    assert line.split()[0] in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "dest", "value"),
    [
        ("--agent race watch", "agent", Path("race")),
        ("--name train train student", "name", "train"),
        ("--overlay film a.tape b.gif", "overlay", "visitor"),
        ("film --overlay a.tape b.gif", "overlay", "visitor"),
        ("--overlay engineer film a.tape b.gif", "overlay", "engineer"),
        ("--min 0.15 --se 5 race", "minutes", 0.15),
        ("film -- -a.tape -b.gif", "tape", Path("-a.tape")),
    ],
)
def test_row_1_values_are_told_from_commands(line: str, dest: str, value: object) -> None:
    assert read(line.split())[dest] == value


@pytest.mark.parametrize(
    ("line", "option"),
    [
        *((f"race --headless F {option}", option.split()[0]) for option in WITH_A_WINDOW),
        ("race --headless F --kiosk", "--kiosk"),
        ("race --headless F --attract-sound", "--attract-sound"),
        *((f"review T --json F {option}", option.split()[0]) for option in WITH_A_WINDOW),
        ("review T --json F --size 800x600", "--size"),
        ("--kiosk --size 800x600", "--size"),
        ("film T F.mp4 --agent A", "--agent"),
    ],
)
def test_row_1_an_option_without_effect_is_named(
    line: str, option: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tape,) = (Path(__file__).parents[1] / "golden").glob("race-7-script.tape")
    places = {"T": str(tape), "F": str(tmp_path / "f"), "F.mp4": str(tmp_path / "f.mp4")}
    assert main.main([places.get(word, word) for word in line.split()]) == 1
    said = capsys.readouterr().err.strip()
    assert f"{option} has no effect" in said and is_one_sentence(said)
    assert list(tmp_path.iterdir()) == [], "nothing was done"


@pytest.mark.parametrize(
    "agent", ["random", "constant:FIRE", "scripted-expert", "advised:models/teacher_iqn.tflite"]
)
def test_row_1_a_result_has_no_card_to_go_to_where_no_model_plays_alone(
    agent: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["evaluate", "--agent", agent, "--episodes", "1", "--card"]) == 1
    said = capsys.readouterr().err.strip()
    assert f"{agent} has no card" in said and is_one_sentence(said)


def test_row_1_nothing_asked_for_is_the_title() -> None:
    assert parse([]).run is window.title
    assert parse(["--mute"]).run is window.title


@pytest.mark.slow
def test_row_1_a_race_asked_for_backwards_is_the_race_that_was_asked_for(tmp_path: Path) -> None:
    before = ["--minutes", "0.1", "--seed", "5"]
    assert main.main([*before, "race", "--headless", str(tmp_path)]) == 0
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["seed"] == 5
    assert [seat["frames"] for seat in result["seats"]] == [360, 360]


def test_row_1_options_of_one_name_take_as_many_values_in_every_command() -> None:
    taken: dict[str, set[int | str | None]] = {}
    for _, name, action, _ in CASES:
        taken.setdefault(name, set()).add(action.nargs)
    assert all(len(counts) == 1 for counts in taken.values())
