"""Imports run one way: each package imports only those below it, and no modules form a circle."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NETWORKS = {"tensorflow", "keras", "ai_edge_litert"}

# From the ground up. A package imports itself and what stands above its line here.
PACKAGES = [
    "game.system",
    "game.emulation",
    "game.play",
    "game.tournament",
    "game.records",
    "game.video",
    "game.web",
    "game.ui.widgets",
    "game.ui.audio",
    "game.ui.input",
    "game.ui.overlay",
    "game.ui.review",
    "game.ui.jobs",
    "game.ui.scenes",
    "game.ui.window",
    "game.ui.tools",
    "agents",  # config.py
    "agents.state",
    "agents.inference",
    "agents.experience",
    "agents.networks",
    "agents.learning",
    "agents.runs",
    "agents.accelerator",
    "game.cli",  # what a person starts: it opens whatever was asked for, nobody imports it
]
# What a package must not know though it stands below: the arcade plays with any player, and the
# learner needs no window. The command line knows all of them, but loads only what a command needs.
STRANGERS = {
    "game": ("agents", "pygame", *NETWORKS),
    "game.ui": ("game.web", "agents", *NETWORKS),
    "agents": ("game.ui", "game.web", "pygame"),
}
KNOWS_ALL = "game.cli"


def modules(root: Path) -> dict[str, Path]:
    """Every module of `game` and `agents` under `root`, by its dotted name."""
    found = {}
    for top in ("game", "agents"):
        for path in sorted((root / top).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(path: Path, nodes: Iterable[ast.AST] | None = None) -> set[str]:
    """Every dotted name that the file imports, wherever in it that stands."""
    names: set[str] = set()
    for node in nodes or ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {f"{node.module}"}
    return names


def arrows(root: Path) -> dict[str, set[str]]:
    """Which of our modules each of them imports."""
    known = modules(root)
    return {
        name: {other for other in imported(path) if other in known and path.stem != "__init__"}
        - {name, *parents(name)}
        for name, path in known.items()
    }


def parents(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[:i]) for i in range(1, len(parts))}


def package(module: str, root: Path) -> str:
    """The package that a module lies in, itself if it is one."""
    is_package = (root / module.replace(".", "/")).is_dir()
    return module if is_package else module.rpartition(".")[0]


def backward(root: Path) -> list[str]:
    """Imports of packages that stand higher than the importing one."""
    found = []
    for name, others in arrows(root).items():
        home = package(name, root)
        if home in ("game", "game.ui"):
            assert not others, f"{name} holds no code"
            continue
        for other in sorted(others):
            there = package(other, root)
            if there not in PACKAGES or PACKAGES.index(there) > PACKAGES.index(home):
                found.append(f"{name} imports {other}")
    return found


def circle(root: Path) -> list[str]:
    """Modules that import each other in a circle, none if there is none."""
    try:
        TopologicalSorter(arrows(root)).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.slow
def test_packages_import_only_packages_below_them() -> None:
    assert backward(ROOT) == []


@pytest.mark.slow
def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle(ROOT) == []


def test_every_package_has_its_place_and_says_what_it_is_for() -> None:
    for name, path in modules(ROOT).items():
        if path.stem == "__init__":
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path
            assert name in PACKAGES or name in ("game", "game.ui"), path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "statement"),
    [
        ("game/play/mood.py", "from game.ui.widgets import theme"),
        ("game/ui/widgets/menu.py", "from game.ui.scenes.pause import Pause"),
        ("agents/state/ram_map.py", "import agents.learning.losses"),
        ("game/ui/window/app.py", "from game.cli.errors import UserError"),
        ("agents/runs/train.py", "from game.cli.errors import UserError"),
    ],
)
def test_a_backward_import_is_found(tmp_path: Path, module: str, statement: str) -> None:
    for path in modules(ROOT).values():
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    assert backward(tmp_path) == []
    planted = tmp_path / module
    planted.write_text(planted.read_text(encoding="utf-8") + f"\n{statement}\n", encoding="utf-8")
    assert backward(tmp_path)


def test_a_circle_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "game" / "play"
    folder.mkdir(parents=True)
    (folder / "one.py").write_text("from game.play.two import b\n", encoding="utf-8")
    (folder / "two.py").write_text("def f():\n    from game.play import one\n", encoding="utf-8")
    assert {"game.play.one", "game.play.two"} <= set(circle(tmp_path))


@pytest.mark.parametrize("top", list(STRANGERS))
def test_strangers_stay_out(top: str) -> None:
    for name, path in modules(ROOT).items():
        if not f"{name}.".startswith(f"{top}.") or package(name, ROOT) == KNOWS_ALL:
            continue
        forbidden = set(STRANGERS[top]) - ({"pygame"} if name.startswith("game.ui") else set())
        known = imported(path)
        known |= {parent for other in known for parent in parents(other)}
        assert not known & forbidden, path


def test_command_line_imports_networks_and_windows_inside_functions_only() -> None:
    paths = [path for name, path in modules(ROOT).items() if package(name, ROOT) == KNOWS_ALL]
    assert paths
    for path in [ROOT / "main.py", *paths]:
        names = imported(path, at_once(ast.parse(path.read_text(encoding="utf-8")).body))
        names |= {parent for name in names for parent in parents(name)}
        assert not names & {"agents", "game.ui", "pygame", *NETWORKS}, path


def at_once(body: Iterable[ast.stmt]) -> list[ast.stmt]:
    """The statements that run when a module is imported; what only a type checker reads is not."""
    return [each for each in body if not (isinstance(each, ast.If) and _for_types(each))]


def _for_types(statement: ast.If) -> bool:
    return isinstance(statement.test, ast.Name) and statement.test.id == "TYPE_CHECKING"


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        (
            "import game.play.match, game.play.tape",
            {"pygame", "game.ui", "agents", *NETWORKS},
        ),
        (
            "import main",
            {"pygame", "game.ui", "agents", *NETWORKS},
        ),
        (
            "import agents.inference.player, agents.inference.evaluate",
            {"pygame", "game.ui", "tensorflow", "keras"},
        ),
    ],
)
def test_importing_loads_no_more_than_it_should(statement: str, unwanted: set[str]) -> None:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert not unwanted & set(loaded)
