"""Keeps what is shown within what the machine has time for, before it misses frames."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pygame

from game.emulation.cabinet import Action
from game.play.match import Match
from game.play.player import ConstantPlayer, Player
from game.system.detail import AUTO, DETAILS, FILE, FULL, SMALL, usual_load
from game.system.limits import machine
from game.system.preferences import ENGINEER
from game.ui.scenes.match import MatchScene
from game.ui.scenes.match_course import FULL_SPEED
from game.ui.scenes.scene import Arcade, Mode, Scene
from game.ui.scenes.settings import Settings
from game.ui.scenes.title import Title
from game.ui.widgets.theme import Look, Theme
from game.ui.window.pacer import Pacer

WARM_UP, TRIED = 30, 60  # draws of each level: left out, and measured
# The load that a trial may come to: beside it the loop has events, sound and the screen.
ROOM = 0.7
Size = tuple[int, int]

_log = logging.getLogger(__name__)


class Trial:
    """A race that nobody sees, drawn at one level of detail after another."""

    def __init__(self, arcade: Arcade, agent: Player, theme: Theme, small: Size | None) -> None:
        """Race `agent` as `theme` draws; the lowest level has the size `small`, if there is one."""
        self._detail = arcade.detail
        self._detail.level = FULL
        match = Match([ConstantPlayer(Action.RIGHTFIRE), agent], arcade.options.rules, seed=0)
        self._scene = MatchScene(Mode.RACE, match, arcade, heard=False, level=ENGINEER)
        self._scene.skip_countdown()
        self._small = small
        self._loads: list[float] = []
        self._open(theme)

    def step(self, pacer: Pacer) -> bool:
        """Play and draw a frame; return whether the level has been found."""
        self._loads.append(pacer.load_of(self._frame))
        if len(self._loads) < WARM_UP + TRIED:
            return False
        load = usual_load(self._loads[WARM_UP:])
        _log.info("with the detail %s a frame takes %.0f %%", self._detail.level, 100 * load)
        self._loads.clear()
        if load <= ROOM:
            return True
        lowest = SMALL if self._small is not None else DETAILS[-2]
        if self._detail.level == lowest:
            return True
        self._detail.lower()
        if self._detail.level == SMALL and self._small is not None:
            self._open(Theme(self._small, self._theme.look))
        return False

    def _open(self, theme: Theme) -> None:
        self._canvas, self._theme, self._fresh = pygame.Surface(theme.size), theme, True

    def _frame(self) -> None:
        self._scene.update()
        self._scene.draw(self._canvas, self._theme, self._fresh)
        self._fresh = False


class Tuning:
    """Measures the machine where that is wanted, and watches matches."""

    def __init__(self, arcade: Arcade) -> None:
        self._arcade = arcade
        self._trial: Trial | None = None

    def update(
        self, scene: Scene, pacer: Pacer, look: Look, small: Callable[[], Size | None]
    ) -> None:
        """Look at the last draw of `scene`; `small` returns the size of a full screen with less."""
        detail = self._arcade.detail
        if isinstance(scene, MatchScene):
            self._trial = None  # a trial beside a match would disturb both
            watches = self._arcade.preferences.detail == AUTO and _is_usual(scene)
            if watches and detail.note(pacer.load):
                _log.info("the detail is %s from now on, load %.2f", detail.level, detail.load)
                self._keep()
        elif not detail.measured and isinstance(scene, Title | Settings):
            self._try(pacer, look, small)

    def give_up(self) -> None:
        """Do without a measurement that failed."""
        if self._trial is not None:
            self._trial, self._arcade.detail.measured = None, True

    def _try(self, pacer: Pacer, look: Look, small: Callable[[], Size | None]) -> None:
        agent, window = self._arcade.agent, pygame.display.get_surface()
        if self._trial is None and not agent.loading and window is not None:
            player = agent.player()
            if player is None:  # without a network nothing is shown that takes long
                self._arcade.detail.measured = True
                return
            theme = Theme(window.get_size(), look)
            self._trial = Trial(self._arcade, player, theme, small())
        if self._trial is not None and self._trial.step(pacer):
            self._trial, self._arcade.detail.measured = None, True
            self._keep()

    def _keep(self) -> None:
        if self._arcade.archive is not None:
            self._arcade.archive.write(FILE, self._arcade.detail.to_json(machine()))


def _is_usual(scene: MatchScene) -> bool:
    """Whether a frame of the match was stepped and drawn as it mostly is."""
    counts = scene.countdown or scene.resuming or not scene.match.number
    return not counts and scene.speed == FULL_SPEED and not scene.hurries and not scene.match.over
