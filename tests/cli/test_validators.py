"""Numbers and names that people write: every option has a validator of its kind."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

import pytest

from game.cli import training
from game.cli.parser import parse, parser
from game.cli.web import address
from game.system import validators
from tests.cli.test_options import CASES, commands
from tests.helpers.common import is_one_sentence

NO_NUMBERS = ["nan", "inf", "-inf", "1e400", "-1e400", "", " ", "²", "1_000x", "9" * 5000, "x"]
NO_NAMES = ["", ".", "..", "../x", "a/b", "a\\b", "-x", ".x", "x.", "x ", "a:b", "a*", "nul"]
NO_NAMES += ["con", "Com1.txt", "a\nb", "\x1b[31m", "x" * 101, "/x", "~/\0"]
OF_NUMBERS = [case for case in CASES if case[2].type not in (None, Path) and not case[2].choices]
OF_NAMES = [case for case in OF_NUMBERS if case[2].type is validators.folder_name]


def ids(cases: list[tuple[tuple[str, ...], str, argparse.Action, list[str]]]) -> list[str]:
    return [f"{' '.join(words)} {name}" for words, name, _, _ in cases]


@pytest.mark.slow
@pytest.mark.parametrize(("words", "name", "action", "needed"), OF_NUMBERS, ids=ids(OF_NUMBERS))
def test_row_15_what_is_no_number_is_refused_by_every_option_of_numbers(
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    name: str,
    action: argparse.Action,
    needed: list[str],
) -> None:
    count = action.nargs if isinstance(action.nargs, int) else 1
    for text in NO_NUMBERS if action.type is not validators.folder_name else NO_NAMES:
        line = [f"{name}={text}"] if count == 1 else [name, *[text] * count]
        with pytest.raises(SystemExit) as stop:
            parse([*words, *needed, *line])
        assert stop.value.code == 2
        said = capsys.readouterr().err.strip().splitlines()[-1]
        assert name in said
        assert is_one_sentence(said), said


def test_row_15_every_option_that_takes_a_value_says_of_which_kind_it_is() -> None:
    plain = {"--set", "--agent"}  # of --set config.py is the validator; an agent may be a word
    for words, name, action, _ in CASES:
        takes = action.nargs != 0 and not action.choices
        assert action.type not in (int, float), f"{words} {name}"
        assert action.type is not None or not takes or name in plain, f"{words} {name}"


def test_row_15_every_file_and_folder_that_has_to_be_named_says_of_which_kind_it_is() -> None:
    for words, command in commands(parser()):
        for action in command._actions:
            assert action.option_strings or action.type is not None, words


@pytest.mark.parametrize("text", ["", " ", "127.0.0.1 ", "a b", "a\n", "7", "localhost"])
def test_row_15_where_to_listen_is_an_address(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as error:
        address(text)
    assert is_one_sentence(error.value)


@pytest.mark.parametrize("name", NO_NAMES)
def test_row_15_a_name_stays_in_its_folder(name: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as error:
        validators.folder_name(name)
    assert is_one_sentence(error.value)


@pytest.mark.parametrize("name", ["student", "guided-1", "Zoë Müller", "日本", "a.b c", "console"])
def test_row_15_good_names_are_taken(name: str) -> None:
    assert validators.folder_name(name) == name


def test_row_15_curves_of_two_runs_of_one_name_are_two() -> None:
    runs = [Path("a/student"), Path("b/student"), Path("a/_$x$")]
    assert training.labels(runs) == ["a/student", "b/student", r" _\$x\$"]


def test_row_15_a_model_is_not_written_over_by_its_card(capsys: pytest.CaptureFixture[str]) -> None:
    for file in ("a.json", "a.npz", "a", ".tflite"):
        with pytest.raises(SystemExit):
            parse(["export", "run", file])
        assert ".tflite" in capsys.readouterr().err


@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="no TensorFlow")
@pytest.mark.parametrize("option", ["--minutes", "--processes", "--rows", "--rate", "--last-rate"])
def test_row_15_the_accelerated_learner_refuses_them_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    from agents.accelerator import train

    monkeypatch.setattr(sys, "argv", ["train", "run", f"{option}=nan"])
    with pytest.raises(SystemExit) as stop:
        train.main()
    assert stop.value.code == 2
    assert option in capsys.readouterr().err
