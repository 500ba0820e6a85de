"""How to play: a page that the title opens, and what the attract loop shows of it."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.emulation.cabinet import Action
from game.ui.overlay.action_icon import draw_action
from game.ui.scenes.menu_scene import IdleScene
from game.ui.scenes.scene import Arcade, Pop, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control, anywhere
from game.ui.widgets.theme import AGENT, BACKGROUND, HUMAN, MUTED, TEXT, Colour, Font, Theme
from game.ui.widgets.translation import say

WAIT_S = 30


class HowToPlay(IdleScene):
    """Shows how to play; any press goes back."""

    def __init__(self, arcade: Arcade) -> None:
        super().__init__(arcade.idle_timer(WAIT_S))

    def handle(self, command: Command) -> Transition | None:
        return Pop()

    def controls(self) -> Sequence[Control]:
        return anywhere(Command.CONFIRM, say("Back"))

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        window = target.get_rect()
        draw_how_to_play(target, window, theme)
        words, foot = say("Press any button to go back"), window.bottom - theme.px(50)
        theme.text(target, words, Font.BODY, MUTED, midbottom=(window.centerx, foot))
        self._idle_timer.draw(target, theme, say("Main menu"))


def draw_how_to_play(target: pygame.Surface, area: pygame.Rect, theme: Theme) -> None:
    """Draw how to play into the middle of `area`."""
    middle, y = area.center
    width = theme.drift_room(area.width)
    top = y - theme.px(330)
    theme.text(target, say("How to play"), Font.HEADLINE, TEXT, width, midtop=(middle, top))
    cards: tuple[tuple[Action, str, str], ...] = (
        (Action.LEFT, say("Go left"), say("stick, D-pad, left arrow or A")),
        (Action.FIRE, say("Fire"), say("any button, Space or up arrow")),
        (Action.RIGHT, say("Go right"), say("stick, D-pad, right arrow or D")),
    )
    for number, (action, what, how) in enumerate(cards):
        box = pygame.Rect(0, 0, theme.px(340), theme.px(260))
        box.center = (middle + (number - 1) * theme.px(370), y - theme.px(90))
        theme.panel(target, box)
        icon = pygame.Rect(0, 0, theme.px(150), theme.px(110))
        icon.midtop = (box.centerx, box.top + theme.px(20))
        draw_action(target, icon, action, HUMAN, theme)
        room = box.width - theme.px(24)
        above = (box.centerx, icon.bottom + theme.px(12))
        theme.text(target, what, Font.MENU, TEXT, room, midtop=above)
        below = (box.centerx, box.bottom - theme.px(18))
        theme.text(target, how, Font.BODY, MUTED, room, midbottom=below)
    lines: tuple[tuple[str, Colour], ...] = (
        (say("Shoot the invaders and dodge their bombs. You have three lives."), TEXT),
        (say("You are amber, on the left."), HUMAN),
        (say("The network is blue, on the right, and plays the same game."), AGENT),
        (say("Whoever has more points when time runs out wins."), TEXT),
    )
    top = y + theme.px(56)
    foot = area.bottom - theme.height(Font.MENU) - theme.px(54)  # of what invites to go on
    step = min(theme.height(Font.MENU), (foot - top) // len(lines))
    for number, (words, colour) in enumerate(lines):
        place = (middle, top + number * step + step // 2)
        theme.text(target, words, Font.MENU, colour, width, step, center=place)
