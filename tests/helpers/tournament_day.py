"""A kiosk at which a tournament of eight is played from wherever it stands, as fast as it goes.

`python -m tests.helpers.tournament_day FOLDER` says how many events are on the disk, each time
there are more, and `over` when the last match is. Somebody may kill it at any moment.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"

import pygame

from game.emulation.cabinet import Rules
from game.tournament import store
from game.tournament.desk import Desk
from game.ui.input.settled_input import SETTLED_FRAMES
from game.ui.scenes.match import MatchScene
from game.ui.scenes.scene import TournamentWanted
from game.ui.scenes.tournament import TournamentScene
from game.ui.window.app import App
from tests.helpers.visit import Visits, press

PEOPLE = ["ANNA", "BEN", "CLARA", "DAVID", "EVA", "FINN", "GRETA", "HUGO"]
RULES = Rules(frame_cap=500)
HELD = (pygame.K_LEFT, pygame.K_RIGHT, pygame.K_SPACE)


def main(folder: Path) -> None:
    visits = Visits(folder)
    arcade = visits(rules=RULES, kiosk=True, seed=None).arcade
    assert arcade.archive is not None
    arcade.desk = desk = Desk(store.read(folder), arcade.archive.keep)
    app = App(arcade)
    if desk.tournament is None:
        desk.draft.names = list(PEOPLE)
        desk.begin(RULES)
        app._apply(TournamentWanted())
    assert isinstance(app.scene, TournamentScene), "it is on the screen again by itself"
    chance, told = random.Random(), -1
    while desk.running or not desk.saved:
        events = 0 if desk.tournament is None else len(desk.tournament.events)
        if desk.saved and events > told:
            told = events
            print(told, flush=True)
        if isinstance(app.scene, MatchScene):
            hold_anything(chance)
            pass_by(app, 20)
        elif desk.running:
            app.draw()
            for key in HELD:
                pygame.event.post(pygame.Event(pygame.KEYUP, key=key, mod=0))
            pass_by(app, SETTLED_FRAMES)
            press(app, pygame.K_RETURN)
    visits.close()
    print("over", flush=True)


def pass_by(app: App, frames: int) -> None:
    """Let frames pass that nobody sees."""
    for _ in range(frames):
        app.poll()
        app.update()


def hold_anything(chance: random.Random) -> None:
    """Hold some of the keys of a game, others than before; all three open the operator's menu."""
    left_out = chance.choice(HELD)
    for key in HELD:
        held = key != left_out and chance.random() < 0.5
        kind = pygame.KEYDOWN if held else pygame.KEYUP
        pygame.event.post(pygame.Event(kind, key=key, mod=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
