"""The arcade without a screen: the same match and the same drawing, into a file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pygame

from game.play.match import Match
from game.play.opponents import AgentSource
from game.play.options import DEFAULT_SIZE, Options
from game.play.player import Kind, Player
from game.play.saliency import SaliencySource
from game.play.tape import SUFFIX
from game.ui.audio.speaker import Speaker
from game.ui.input.controls import Controls
from game.ui.scenes.match import MatchScene
from game.ui.scenes.results import Results
from game.ui.scenes.scene import Arcade, Mode
from game.ui.widgets.theme import Theme
from game.ui.window.app import open_window


def blind_arcade(
    options: Options,
    load_agent: Callable[[], Callable[[], Player]],
    load_saliency: Callable[[], SaliencySource] | None = None,
) -> Arcade:
    """Return an arcade on SDL's dummy drivers, which keeps nothing of what is played."""
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    os.environ["SDL_AUDIODRIVER"] = "dummy"
    open_window(options)
    agent = AgentSource(load_agent, load_saliency)
    agent.wait()
    return Arcade(options, Controls(), Speaker(), agent, archive=None)


def race_to_files(
    match: Match, arcade: Arcade, folder: Path, progress: Callable[[int], None]
) -> dict[str, Any]:
    """Play `match` as fast as it goes; write pictures, tapes and the result to `folder`.

    Raises OSError if `folder` cannot be written. `progress` is told the frame number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    match_scene = MatchScene(Mode.RACE, match, arcade)
    match_scene.skip_countdown()
    size = arcade.options.size or DEFAULT_SIZE
    theme, canvas = Theme(size), pygame.Surface(size)
    halfway: pygame.Surface | None = None
    while not match.over:
        match_scene.update()
        progress(match.number)
        if match.number % 600 == 300 and not any(s.frame.over for s in match.seats):
            match_scene.draw(canvas, theme)
            halfway = canvas.copy()
    Results(match_scene, arcade).draw(canvas, theme)
    pygame.image.save(halfway or canvas, folder / "race.png")
    pygame.image.save(canvas, folder / "result.png")
    seats = []
    for number, seat in enumerate(match.seats, 1):
        tape = folder / f"seat-{number}{SUFFIX}"
        seat.tape.save(tape)
        seats.append(
            {
                "player": seat.player.name,
                "kind": Kind(seat.player.kind),
                "score": seat.frame.score,
                "frames": seat.frame.number,
                "tape": tape.name,
            }
        )
    winner = match.winner()
    result = {
        "winner": None if winner is None else winner.player.name,
        "seed": match.seed,
        "seats": seats,
    }
    (folder / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return result
