"""A race without a window: `race --headless FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from game.cli.errors import UserError
from game.cli.models import agent_loader
from game.cli.results import check_folders
from game.cli.terminal import show
from game.play.match import Match
from game.play.options import Options
from game.play.player import RandomPlayer


def race_headless(options: Options, folder: Path) -> int:
    """Let a script race the network and write what came of it to `folder`."""
    from game.ui.tools.headless import blind_arcade, race_to_files

    check_folders(folder)
    arcade = blind_arcade(options, agent_loader(options.agent))
    player = arcade.agent.player()
    if player is None:
        raise UserError(arcade.agent.problem or "there is no agent")
    seed, day = arcade.next_start()
    players = [RandomPlayer(seed), player]
    match = Match(players, options.rules, seed, options.race_frames, day=day)

    def progress(frame: int) -> None:
        if frame % 300 == 0:
            scores = " : ".join(f"{seat.frame.score}" for seat in match.seats)
            print(f"\r{frame / 60:4.0f} s  {scores}   ", end="", file=sys.stderr, flush=True)

    try:
        result = race_to_files(match, arcade, folder, progress)
    except OSError as error:
        raise UserError(f"cannot write to {folder}: {error.strerror}") from error
    print(file=sys.stderr)
    for seat in result["seats"]:
        show(f"{seat['player']}: {seat['score']} points in {seat['frames'] / 60:.0f} s")
    show(f"winner: {result['winner'] or 'a tie'}; pictures and tapes in {folder}")
    return 0
