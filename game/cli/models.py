"""Networks for the other commands: each is opened when a player is first wanted."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from game.cli.errors import UserError
from game.system.paths import default_model, is_bundled
from game.system.validators import count

if TYPE_CHECKING:
    from game.play.player import Player
    from game.play.saliency import SaliencySource


def agent_loader(path: Path | None, name: str | None = None) -> Callable[[], Callable[[], Player]]:
    """Return what opens the model at `path` for players called `name`, or as its card says."""

    def load() -> Callable[[], Player]:
        from agents.inference.player import AgentPlayer, seeing_model

        if path is not None and not is_bundled(path):
            from agents.inference.sandbox import try_out

            try_out(path)
        model = seeing_model(path or default_model())
        return lambda: AgentPlayer(model, name)

    return load


def saliency_loader(path: Path | None) -> Callable[[], SaliencySource]:
    """Return what makes maps of where the network at `path` looks."""

    def load() -> SaliencySource:
        from agents.inference.player import seeing_model
        from agents.inference.saliency import SaliencyWorker

        return SaliencyWorker(lambda: seeing_model(path or default_model()))

    return load


def try_model_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `try-model`."""
    command.add_argument("model", type=Path)
    command.add_argument("--seconds", type=count, default=8, help="of the processor, at most")


def try_model(arguments: argparse.Namespace) -> int:
    """Open a model on behalf of another process of this program: agents/inference/sandbox.py."""
    from agents.inference.player import ModelError
    from agents.inference.sandbox import answer

    try:
        answer(arguments.model, arguments.seconds)
    except ModelError as error:
        raise UserError(str(error)) from error
    return 0
