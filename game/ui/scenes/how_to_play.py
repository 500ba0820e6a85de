"""How to play: a page that the title opens, and what the attract loop shows of it."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.emulation.cabinet import Action
from game.ui.input.hints import button_of, card_signs
from game.ui.overlay.action_icon import draw_action
from game.ui.scenes.lesson import Lesson
from game.ui.scenes.menu_scene import IdleScene
from game.ui.scenes.scene import Arcade, Pop, Replace, Transition
from game.ui.widgets.back_button import draw_back
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control, anywhere
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.theme import AGENT, BACKGROUND, HUMAN, MUTED, TEXT, Colour, Font, Theme
from game.ui.widgets.translation import say

WAIT_S = 30


class HowToPlay(IdleScene):
    """Shows how to play; fire tries it out, anything else goes back."""

    def __init__(self, arcade: Arcade) -> None:
        super().__init__(arcade.idle_timer(WAIT_S))
        self._arcade = arcade
        self._pressed_here: Sequence[Control] = ()

    def handle(self, command: Command) -> Transition | None:
        return Replace(Lesson(self._arcade)) if command is Command.CONFIRM else Pop()

    def controls(self) -> Sequence[Control]:
        return self._pressed_here

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        window = target.get_rect()
        signs = card_signs(self._arcade.preferences, self._arcade.controls.kind)
        draw_how_to_play(target, window, theme, signs)
        kind, foot = self._arcade.controls.kind, window.bottom - theme.px(50)
        words = say("{fire}: try it for ten seconds", fire=button_of(Command.CONFIRM, kind))
        self._pressed_here = anywhere(Command.CONFIRM, say("Try it for ten seconds"))
        if kind.is_pointer:
            self._pressed_here = [draw_back(target, theme), *self._pressed_here]
        else:
            back = say("{key}: main menu", key=button_of(Command.BACK, kind))
            words = f"{words}    {back}"
        room, middle = theme.drift_room(window.width), (window.centerx, foot)
        draw_hint(target, words, Font.BODY, HUMAN, theme, room, midbottom=middle)
        self._idle_timer.draw(target, theme, say("Main menu"))


def draw_how_to_play(
    target: pygame.Surface,
    area: pygame.Rect,
    theme: Theme,
    signs: tuple[str, str, str] | None = None,
) -> None:
    """Draw how to play into the middle of `area`.

    `signs` are the buttons for left, fire and right; without them every device is named.
    """
    middle, y = area.center
    width = theme.drift_room(area.width)
    top = y - theme.px(330)
    theme.text(target, say("How to play"), Font.HEADLINE, TEXT, width, midtop=(middle, top))
    left, fire, right = signs or (
        say("stick, D-pad, left arrow or A"),
        say("any button, Space or up arrow"),
        say("stick, D-pad, right arrow or D"),
    )
    cards: tuple[tuple[Action, str, str], ...] = (
        (Action.LEFT, say("Go left"), left),
        (Action.FIRE, say("Fire"), fire),
        (Action.RIGHT, say("Go right"), right),
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
        draw_hint(target, how, Font.BODY, MUTED, theme, room, midbottom=below)
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
