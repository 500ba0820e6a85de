"""Start BigChamp from its source: `python main.py --help`. The commands are in game/cli."""

from __future__ import annotations

import sys

from game.cli.main import main, run

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(run())
