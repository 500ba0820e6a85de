"""Runs a race for so many frames, one drawn for each that is played: frames.py FRAMES

The size is a window's of 1280x720, the person holds one action, the network decides, and no clock
is asked: what it takes hangs on FRAMES alone, and two numbers of them tell what one costs.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from game.cli.models import agent_loader
from game.emulation.cabinet import Action
from game.play.match import Match
from game.play.opponents import AgentSource
from game.play.options import Options
from game.play.player import ConstantPlayer
from game.ui.audio.speaker import Speaker
from game.ui.input.controls import Controls
from game.ui.scenes.match import MatchScene
from game.ui.scenes.scene import Arcade, Mode
from game.ui.window.app import App, open_window


def main(frames: int) -> None:
    options = Options(size=(1280, 720), seed=0)
    open_window(options)
    agent = AgentSource(agent_loader(None))
    agent.wait()
    network = agent.player()
    assert network is not None, agent.problem
    arcade = Arcade(options, Controls(), Speaker(), agent, archive=None)
    match = Match([ConstantPlayer(Action.RIGHTFIRE), network], options.rules, seed=0)
    match_scene = MatchScene(Mode.RACE, match, arcade)
    match_scene.skip_countdown()
    app = App(arcade, match_scene=match_scene)
    for _ in range(frames):
        app.poll()
        app.update()
        app.draw()
    assert not match.over, "a race that is over shows other things"
    match_scene.leave()
    arcade.speaker.close()
    agent.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
