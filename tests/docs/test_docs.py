"""The documentation tells the truth: links, files, commands and options are there."""

from __future__ import annotations

import argparse
import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import main
from agents.config import TrainingConfig
from game.system.paths import default_model
from tests.architecture.test_imports import PACKAGES
from tests.helpers.common import is_one_sentence
from tests.helpers.pages import (
    PAGES,
    ROOT,
    Command,
    Link,
    anchors,
    blocks,
    commands,
    links,
    prose,
    spans,
)

README = ROOT / "README.md"
DOCS = ROOT / "docs"
LARGEST_DOOR = 8_000  # bytes
# The files of the repository that pages name.
_FILE = re.compile(r"(?:game|agents|tests|assets|models|docs|\.ci|\.github)/[\w./-]+")
_PLACEHOLDER = re.compile(r"[A-Z]{3,}")  # a part of a path that stands for any, such as CODE
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
MACHINES_OWN = re.compile(r"(?<![\w.])/(?:root|home|Users|work|tmp|opt|mnt)/|[A-Z]:\\")
# Programs that are not ours: what they are told is not checked here.
OTHERS = {"docker", "ruff", "mypy", "python3", "."}
OTHER_MODULES = {"pip", "venv", "PyInstaller"}
COMMANDS = [command for page in PAGES for command in commands(page)]
OURS = [c for c in COMMANDS if c.argv[:2] == ["python", "main.py"] or c.argv[0] == "bigchamp"]
MODULES = [c for c in COMMANDS if c.argv[:2] == ["python", "-m"] if c.argv[2] not in OTHER_MODULES]
TESTS = [c for c in MODULES if c.argv[2] == "pytest" and len(c.argv) > 3]
LINKS = [link for page in PAGES for link in links(page)]
_named = {"ids": lambda page: str(page.relative_to(ROOT))}


class ParsedError(Exception):
    """What a program was told, before it does anything."""

    def __init__(self, parser: argparse.ArgumentParser, told: argparse.Namespace) -> None:
        super().__init__()
        self.parser, self.told = parser, told


@pytest.fixture
def only_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every program ends with ParsedError once it has understood its command line."""
    parse = argparse.ArgumentParser.parse_args

    def stop(parser: argparse.ArgumentParser, *args: Any, **kwargs: Any) -> argparse.Namespace:
        raise ParsedError(parser, parse(parser, *args, **kwargs))

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", stop)


def understood(argv: list[str]) -> ParsedError:
    """Return what `main.py` understands of `argv`."""
    with pytest.raises(ParsedError) as stopped:
        main.main(argv)
    return stopped.value


def module_options(name: str) -> set[str]:
    """Return the options of `python -m NAME`, read in its source: importing it may need a lot."""
    path = ROOT / name.replace(".", "/")
    file = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
    return {
        argument.value
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_argument"
        for argument in node.args
        if isinstance(argument, ast.Constant) and str(argument.value).startswith("--")
    }


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of what may come next, by name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def offered(parser: argparse.ArgumentParser) -> set[str]:
    """Return the names of subcommands that `--help` lists."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return {choice.dest for choice in action._choices_actions if choice.help}
    return set()


def options(parser: argparse.ArgumentParser) -> set[str]:
    """Return every option of `parser` and of its subcommands."""
    own = {option for action in parser._actions for option in action.option_strings}
    return own.union(*(options(sub) for sub in subcommands(parser).values()))


def test_the_readme_is_a_door() -> None:
    assert len(README.read_bytes()) <= LARGEST_DOOR
    reached = {link.target for link in links(README)}
    assert set(DOCS.glob("*.md")) <= reached, "every page is one step from the door"


def test_the_two_commands_of_the_readme() -> None:
    install, test = blocks(README)
    assert install == "python -m pip install -c constraints.txt -e . && python main.py\n"
    tested = 'python -m pip install -c constraints.txt -e ".[web,train,dev]" && python -m pytest\n'
    assert test == tested
    assert tested in README.read_text(encoding="utf-8").splitlines(keepends=True)  # for .ci/run


@pytest.mark.parametrize("link", LINKS, ids=str)
def test_every_link_leads_somewhere(link: Link) -> None:
    assert link.target.exists()
    assert link.target.is_relative_to(ROOT)
    if link.anchor:
        assert link.anchor in anchors(link.target)
    if _FILE.fullmatch(link.text):
        assert (ROOT / link.text).resolve() == link.target, "it names another file"


@pytest.mark.parametrize("page", PAGES, **_named)
def test_every_named_file_is_there(page: Path) -> None:
    written = {c.argv[-1] for c in OURS if "export" in c.argv}
    text = "\n".join([*spans(prose(page)), *blocks(page)])
    for name in _FILE.findall(text):
        name = name.rstrip("./")
        if not _PLACEHOLDER.search(name.replace("README", "").replace("CARD", "")):
            known = name in written or list(ROOT.glob(f"{name}*"))
            assert known, f"{name} is not there"


@pytest.mark.parametrize("page", PAGES, **_named)
def test_no_page_names_a_machines_own_folders(page: Path) -> None:
    assert not MACHINES_OWN.search(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", [DOCS / "playing.md", DOCS / "events.md"], **_named)
def test_every_quoted_entry_is_on_the_screen(page: Path) -> None:
    """What stands in double quotes, and begins with a capital letter, is a text of the window."""
    said = json.loads((ROOT / "assets" / "languages" / "de.json").read_text(encoding="utf-8"))
    quoted = re.findall(r'"([A-Z][^"]*)"', re.sub(r"`[^`]*`", "", prose(page)))
    assert quoted and not {" ".join(text.split()) for text in quoted} - set(said)


def test_every_command_is_of_a_known_kind() -> None:
    for command in COMMANDS:
        first, second = [*command.argv, ""][:2]
        if command in OURS or command in MODULES or first in OTHERS:
            continue
        assert first == "python", command
        assert second == "-m" or (ROOT / second).is_file(), command


@pytest.mark.usefixtures("only_parsed")
@pytest.mark.parametrize("command", OURS, ids=str)
def test_every_command_of_ours_is_understood(command: Command) -> None:
    begin = 1 if command.argv[0] == "bigchamp" else 2
    told = understood(command.argv[begin:]).told
    TrainingConfig().changed(getattr(told, "set", []))
    for file in (getattr(told, name, None) for name in ("agent", "weights", "teacher")):
        if file is not None and Path(file).parts[0] == "models":
            assert Path(file).exists() or "mine" in Path(file).name


@pytest.mark.parametrize("command", MODULES, ids=str)
def test_every_module_that_is_run_is_there(command: Command) -> None:
    name, argv = command.argv[2], command.argv[3:]
    if name.partition(".")[0] in ("agents", "game", "tests"):
        assert {word for word in argv if word.startswith("--")} <= module_options(name)
    else:
        assert importlib.util.find_spec(name) is not None


def test_every_mark_of_tests_is_there() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]
    marks = {line.partition(":")[0] for line in settings["ini_options"]["markers"]}
    for command in TESTS:
        asked = [mark for option, mark in pairwise(command.argv[2:]) if option == "-m"]
        words = {word for mark in asked for word in re.findall(r"\w+", mark)}
        assert words - {"not", "and", "or"} <= marks, command


@pytest.mark.slow
@pytest.mark.parametrize("command", [c for c in TESTS if c.argv[-1].startswith("tests/")], ids=str)
def test_every_test_that_is_run_is_there(command: Command) -> None:
    """Asked like that, pytest finds tests, marked or not."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    collected = subprocess.run(
        [sys.executable, *command.argv[1:], "-n", "0", "--collect-only", "-q"],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
    )
    assert collected.returncode == 0, collected.stdout + collected.stderr


def test_every_extra_that_is_installed_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for command in COMMANDS:
        if command.argv[:3] == ["python", "-m", "pip"]:
            asked = re.search(r"\.\[(.+)\]", command.argv[-1])
            names = set(asked[1].split(",")) if asked else set()
            assert names <= set(project["optional-dependencies"]), command


@pytest.mark.usefixtures("only_parsed")
def test_every_option_in_the_text_is_there() -> None:
    known = options(understood([]).parser) | module_options("tests.proof")
    for page in PAGES:
        for span in spans(prose(page)):
            if span.split()[0] in ("python", "tensorboard") and "main.py" not in span:
                continue
            assert set(_OPTION.findall(span)) <= known, f"{page.name}: {span}"


@pytest.mark.usefixtures("only_parsed")
def test_the_table_of_commands() -> None:
    """Each row names subcommands and only options that they have; none is missing."""
    parser = understood([]).parser
    named: set[str] = set()
    for row in table(DOCS / "playing.md", "| command | what it does |"):
        cells = [spans(cell) for cell in row]
        for words in (span.split() for span in cells[0]):
            sub = subcommands(parser)[words[0]]
            named.add(words[0])
            if words[1:] and words[1].islower():
                sub = subcommands(sub)[words[1]]
            asked = {option for span in cells[1] for option in _OPTION.findall(span)}
            assert asked <= options(sub), words
    assert named == offered(parser)


def test_the_tables_of_packages_are_in_their_order() -> None:
    """As the order of imports is tested, and each names the modules that it has."""
    rows = list(table(DOCS / "architecture.md", "| package | holds | files |"))
    assert [spans(row[0])[0].replace("/", ".") for row in rows] == PACKAGES
    for row in rows:
        (package,) = spans(row[0])
        modules = {file.stem for file in (ROOT / package).glob("*.py")} - {"__init__"}
        assert set(spans(row[2])) == modules, package


def table(page: Path, head: str) -> Iterator[list[str]]:
    """Return the cells of each row below every `head` on a page."""
    text = page.read_text(encoding="utf-8")
    assert head in text, f"{page} has no table {head}"
    for part in text.split(f"{head}\n")[1:]:
        for line in part.splitlines()[1:]:
            if not line.startswith("|"):
                break
            yield [cell.strip() for cell in line.strip("|").split("|")]


def asked_for(*words: str) -> list[str]:
    """Return the arguments of the documented command that begins with `words`."""
    begin = ["python", "main.py", *words]
    return next(c.argv[2:] for c in COMMANDS if c.argv[: len(begin)] == begin)


def ended(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Run a command; return its status and what it wrote."""
    try:
        status = main.main(arguments)
    except SystemExit as stop:
        status = int(stop.code or 0)
    return status, *capsys.readouterr()


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ended(["--help"], capsys)
    assert status == 0
    for row in table(DOCS / "playing.md", "| command | what it does |"):
        for span in spans(row[0]):
            name, *rest = span.split()
            assert name in out
            words = [name, *(word for word in rest if word.islower())]
            status, help_out, _ = ended([*words, "--help"], capsys)
            assert status == 0 and name in help_out


def test_scores_of_an_empty_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    status, out, err = ended(asked_for("scores"), capsys)
    assert (status, out) == (1, "")
    assert is_one_sentence(err.strip().removeprefix("bigchamp: ").partition(": ")[0])


def test_a_tape_is_verified(capsys: pytest.CaptureFixture[str]) -> None:
    tape = str(ROOT / "tests" / "golden" / "race-7-network.tape")
    arguments = [tape if word == "TAPE" else word for word in asked_for("verify")]
    assert ended(arguments, capsys)[0] == 0


@pytest.mark.slow
@pytest.mark.skipif(not default_model().exists(), reason="no bundled model")
def test_a_race_without_a_screen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "race"
    arguments = [
        str(folder) if word == "FOLDER" else word for word in asked_for("race", "--headless")
    ]
    status, out, _ = ended([*arguments, "--minutes", "0.02"], capsys)
    assert status == 0 and "winner" in out
    kinds = {file.suffix for file in folder.iterdir()}
    assert {".png", ".tape", ".json"} <= kinds
