"""Imports run one way: main.py -> game.ui -> game <- agents <- main.py (inside a function)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NETWORKS = {"tensorflow", "keras", "ai_edge_litert"}
GAME = [
    "encoder",
    "gif",
    "files",
    "ladder",
    "lock",
    "cabinet",
    "settings",
    "cartridge",
    "player",
    "mood",
    "sight",
    "partner",
    "tape",
    "match",
    "scores",
    "initials",
    "shelf",
    "rerun",
    "review",
    "settings",
    "archive",
    "mp4",
    "preferences",
    "launcher",
]
AGENTS = [
    "config",
    "cluster",
    "preprocess",
    "console",
    "marksman",
    "facts",
    "observation",
    "player",
    "tryout",
    "saliency",
    "motion",
    "ram",
    "places",
    "spots",
    "networks",
    "losses",
    "memory",
    "symmetry",
    "emulators",
    "collector",
    "checkpoint",
    "algorithms",
    "learner",
    "evaluate",
    "journal",
    "export",
    "curve",
    "teacher",
    "schedules",
    "rehearsal",
    "trials",
    "train",
    "accelerated",
    "portable",
    "bench",
]


def imports(path: Path, nodes: Iterator[ast.AST] | None = None) -> set[str]:
    """Every dotted name that the file imports, each with its parents."""
    names: set[str] = set()
    for node in nodes or ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            folder = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            module = ".".join((*folder, *([node.module] if node.module else [])))
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return {name[: i or None] for name in names for i in [0, *dots(name)]}


def dots(name: str) -> list[int]:
    return [i for i, letter in enumerate(name) if letter == "."]


def files(package: str) -> list[Path]:
    paths = sorted((ROOT / package).glob("*.py"))
    assert paths or package == "game/ui"
    return paths


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("game", {"game.ui", "agents", "pygame", *NETWORKS}),
        ("game/ui", {"agents", *NETWORKS}),
        ("agents", {"game.ui", "pygame"}),
    ],
)
def test_package_never_imports(package: str, forbidden: set[str]) -> None:
    for path in files(package):
        assert not imports(path) & forbidden, path


@pytest.mark.parametrize(("package", "order"), [("game", GAME), ("agents", AGENTS)])
def test_modules_import_only_what_the_design_lists_above_them(
    package: str, order: list[str]
) -> None:
    known = {f"{package}.{name}" for name in order}
    for path in files(package):
        if path.stem == "__init__":
            assert not imports(path) & known
            continue
        assert path.stem in order, f"{path} has no place in the order of imports"
        above = {f"{package}.{name}" for name in order[: order.index(path.stem)]}
        assert imports(path) & known <= above, path


def test_command_line_imports_networks_inside_functions_only() -> None:
    path = ROOT / "main.py"
    if not path.exists():
        pytest.skip("no main.py yet")
    top = ast.parse(path.read_text(encoding="utf-8")).body
    assert not imports(path, iter(top)) & {"agents", "pygame", *NETWORKS}


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import game.match, game.tape", {"pygame", "game.ui", "agents", *NETWORKS}),
        ("import agents.player, agents.evaluate", {"pygame", "game.ui", "tensorflow", "keras"}),
    ],
)
def test_importing_loads_no_more_than_it_should(statement: str, unwanted: set[str]) -> None:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert not unwanted & set(loaded)
