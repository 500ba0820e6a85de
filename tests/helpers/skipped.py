"""Drawing after skipped frames, beside a drawing of everything."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.emulation.cabinet import Rules
from game.play.match import COUNTDOWN_FRAMES, Match
from game.play.player import HumanPlayer
from game.ui.scenes.match import MatchScene
from game.ui.scenes.scene import Arcade, Mode, Scene
from game.ui.widgets.theme import Look, Theme
from tests.helpers.visit import Thinker

SIZE = (640, 480)
SETTLED = (0, 0, 0)  # drawings in which a panel that waited is drawn
LIMIT_FRAMES = 40  # of the match: its end is passed too


def shows_the_same(
    scene: Scene, skips: Sequence[int], size: tuple[int, int] = SIZE, look: Look | None = None
) -> bool:
    """Draw `scene` with so many updates before each drawing, and once more completely.

    Of each drawing the window gets only the rectangles that are said to have changed.
    """
    theme, canvas, whole = Theme(size, look), pygame.Surface(size), pygame.Surface(size)
    scene.draw(canvas, theme)
    window = canvas.copy()
    for updates in (*skips, *SETTLED):
        for _ in range(updates):
            scene.update()
        changed = scene.draw(canvas, theme, fresh=False)
        for rect in [canvas.get_rect()] if changed is None else changed:
            window.blit(canvas, rect, rect)
    scene.draw(whole, theme, fresh=True)
    return equal(window, whole)


def equal(one: pygame.Surface, other: pygame.Surface) -> bool:
    """Whether two pictures are the same in every pixel."""
    return one.get_buffer().raw == other.get_buffer().raw


def race(arcade: Arcade, level: str, countdown: int) -> MatchScene:
    """Return a short race with so many frames left before it begins."""
    match = Match([HumanPlayer(), Thinker()], Rules(), seed=1, limit_frames=LIMIT_FRAMES)
    scene = MatchScene(Mode.RACE, match, arcade, level=level)
    for _ in range(COUNTDOWN_FRAMES - countdown):
        scene.update()
    return scene
