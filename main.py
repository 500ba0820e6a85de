"""Start BigChamp from its source, or as `bigchamp` installed. The commands are in game/cli."""

from __future__ import annotations

import sys

if __package__:  # an installed copy lies in a folder of its own (setup.py), which comes first
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).resolve().parent))

from game.cli.main import main, run

__all__ = ["main", "run"]

if __name__ == "__main__":
    sys.exit(run())
