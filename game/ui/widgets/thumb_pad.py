"""The buttons on the screen with which a finger or a mouse plays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pygame

from game.ui.widgets.command import Command, Hold
from game.ui.widgets.control import Control
from game.ui.widgets.theme import BACKGROUND, HUMAN, MARK, PANEL, TEXT, Colour, Font, Theme
from game.ui.widgets.translation import say

# Shares of the window. A thumb need not look: it may be anywhere below `TOP`.
LEFT, RIGHT, FIRE, TOP = 0.145, 0.29, 0.6, 0.4
BUTTON, FIRE_WIDTH = 150, 240  # units, of what is drawn of it
MOUSE_SHARE = 1 / 3  # of the window's width, at either side: a mouse there steers
PAUSE, THOUGHTS, LOW = 84, 150, 60  # units, of the buttons between
COVERS = 225  # of 255, how much of what is below a button it hides


@dataclass(frozen=True)
class ThumbPad:
    """The buttons at one window size; of a mouse the sides of the window steer, and a click fires.

    `thoughts` is what the button for the network's thoughts says, None without it.
    """

    is_mouse: bool
    thoughts: str | None
    plays: bool = True  # whether there is somebody to steer

    def controls(self, theme: Theme) -> Sequence[Control]:
        """Return the buttons."""
        width, height = theme.size
        found = [Control("pause", self._pause(theme), Command.PAUSE, say("Pause"))]
        if self.thoughts is not None:
            beside = self._thoughts(theme)
            found.append(Control("thoughts", beside, Command.OVERLAY, self.thoughts))
        if not self.plays:
            return found
        if self.is_mouse:
            side = round(width * MOUSE_SHARE)
            places = {
                Hold.LEFT: pygame.Rect(0, 0, side, height),
                Hold.RIGHT: pygame.Rect(width - side, 0, side, height),
                Hold.FIRE: pygame.Rect(side, 0, width - 2 * side, height),
            }
        else:
            top = round(height * TOP)
            low = height - top
            places = {
                Hold.LEFT: pygame.Rect(0, top, round(width * LEFT), low),
                Hold.RIGHT: pygame.Rect(
                    round(width * LEFT), top, round(width * (RIGHT - LEFT)), low
                ),
                Hold.FIRE: pygame.Rect(round(width * FIRE), top, round(width * (1 - FIRE)), low),
            }
        names = {Hold.LEFT: say("Left"), Hold.RIGHT: say("Right"), Hold.FIRE: say("Fire")}
        found += [Control(hold.value, rect, hold, names[hold]) for hold, rect in places.items()]
        return found

    def draw(self, target: pygame.Surface, held: Iterable[Hold], theme: Theme) -> None:
        """Draw the buttons over the game, those that are `held` filled."""
        down = set(held)
        for control in self.controls(theme):
            if isinstance(control.does, Hold):
                self._draw_hold(target, control, control.does in down, theme)
        _draw_button(target, self._pause(theme), PANEL, theme)
        _draw_bars(target, self._pause(theme), theme)
        if self.thoughts is not None:
            beside = self._thoughts(theme)
            _draw_button(target, beside, PANEL, theme)
            room = beside.width - theme.px(16)
            theme.text(target, self.thoughts, Font.BODY, TEXT, room, center=beside.center)

    def _draw_hold(
        self, target: pygame.Surface, control: Control, down: bool, theme: Theme
    ) -> None:
        gap, rect = theme.px(10), control.rect
        if self.is_mouse:
            if control.does is Hold.FIRE:
                return  # it is anywhere
            shown = pygame.Rect(0, 0, theme.px(64), theme.px(96))
            side = rect.left + gap if control.does is Hold.LEFT else rect.right - gap - shown.width
            shown.topleft = (side, rect.centery - shown.height // 2)
        else:
            shown = pygame.Rect(rect.left + gap, 0, rect.width - 2 * gap, theme.px(BUTTON))
            if control.does is Hold.FIRE:
                shown.width = min(shown.width, theme.px(FIRE_WIDTH))
                shown.right = rect.right - gap
            shown.bottom = rect.bottom - gap
        _draw_button(target, shown, HUMAN if down else PANEL, theme)
        ink: Colour = BACKGROUND if down else TEXT
        x, y = shown.center
        size = min(shown.width, shown.height) // 4
        if control.does is Hold.FIRE:
            pygame.draw.circle(target, theme.ink(ink), (x, y), size, theme.px(6))
            return
        tip = -size if control.does is Hold.LEFT else size
        points = [(x + tip, y), (x - tip // 2, y - size), (x - tip // 2, y + size)]
        pygame.draw.polygon(target, theme.ink(ink), points)

    def _pause(self, theme: Theme) -> pygame.Rect:
        rect = pygame.Rect(0, 0, theme.px(PAUSE), theme.px(LOW))
        rect.bottomleft = (round(theme.size[0] * RIGHT), theme.size[1] - theme.px(10))
        return rect

    def _thoughts(self, theme: Theme) -> pygame.Rect:
        beside = self._pause(theme)
        return pygame.Rect(
            beside.right + theme.px(8), beside.top, theme.px(THOUGHTS), beside.height
        )


def _draw_button(target: pygame.Surface, rect: pygame.Rect, colour: Colour, theme: Theme) -> None:
    """Draw a button through which the game is seen."""

    def veil() -> pygame.Surface:
        surface = pygame.Surface(rect.size, pygame.SRCALPHA)
        theme.box(surface, surface.get_rect(), colour, radius=14)
        theme.frame(surface, surface.get_rect(), MARK, 2)
        surface.set_alpha(COVERS)
        return surface

    target.blit(theme.keep(("thumb", rect.size, colour), veil), rect)


def _draw_bars(target: pygame.Surface, rect: pygame.Rect, theme: Theme) -> None:
    """Draw the two bars that mean a pause."""
    for side in (-1, 1):
        bar = pygame.Rect(0, 0, theme.px(8), theme.px(28))
        bar.center = (rect.centerx + side * theme.px(9), rect.centery)
        pygame.draw.rect(target, theme.ink(TEXT), bar)
