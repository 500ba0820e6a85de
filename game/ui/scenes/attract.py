"""The attract loop: shows a demo, high scores and how to play while nobody is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.match import Match
from game.play.player import Kind
from game.system.preferences import VISITOR
from game.ui.scenes.high_scores import board_of, draw_high_scores
from game.ui.scenes.how_to_play import draw_how_to_play
from game.ui.scenes.match import MatchScene
from game.ui.scenes.scene import Arcade, Mode, Pop, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control, anywhere
from game.ui.widgets.invitation import draw_invitation
from game.ui.widgets.theme import BACKGROUND, HUMAN, MUTED, Font, Theme
from game.ui.widgets.translation import say

DEMO_S, BOARD_S, CARD_S = 30, 15, 15


class Page(Protocol):
    """One page of the loop, shown for `seconds`."""

    name: str
    seconds: int

    def update(self) -> None:
        """Advance by one frame."""
        ...

    def draw(self, target: pygame.Surface, area: pygame.Rect, theme: Theme, fresh: bool) -> None:
        """Draw into `area`, which drifts slowly against burn-in."""
        ...


class Attract:
    """Shows its pages once and returns to the title; any press does so at once."""

    def __init__(self, arcade: Arcade) -> None:
        self._arcade = arcade
        self._makers: list[Callable[[], Page]] = [
            lambda: BoardPage(arcade, Mode.RACE),
            lambda: HowToPlayPage(),
            lambda: BoardPage(arcade, Mode.PLAY),
        ]
        if arcade.agent.player() is not None:
            self._makers.insert(0, lambda: DemoPage(arcade))
        self._page = self._makers.pop(0)()
        self._frame = 0
        self._page_frame = 0
        self._drawn: Page | None = None  # the page that the window holds

    @property
    def page(self) -> Page:
        """What is shown now."""
        return self._page

    @property
    def demo(self) -> MatchScene | None:
        """The game that is shown, if one is."""
        return self._page.match_scene if isinstance(self._page, DemoPage) else None

    def handle(self, command: Command) -> Transition | None:
        return Pop()

    def update(self) -> Transition | None:
        self._frame += 1
        self._page_frame += 1
        if self._page_frame > self._page.seconds * FRAMES_PER_SECOND:
            if not self._makers:
                return Pop()
            self._arcade.speaker.stop()
            self._page = self._makers.pop(0)()
            self._page_frame = 0
        self._page.update()
        return None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Fall silent. A demo is not kept."""
        self._arcade.speaker.stop()

    def controls(self) -> Sequence[Control]:
        return anywhere(Command.CONFIRM, say("Press any button"))

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        area = target.get_rect().move(theme.drift(self._frame))
        fresh = fresh or self._drawn is not self._page
        self._drawn = self._page
        self._page.draw(target, area, theme, fresh)
        if self._arcade.audience is not None and not isinstance(self._page, DemoPage):
            corner = area.right - theme.px(40), area.bottom - theme.px(6)
            draw_invitation(target, corner, self._arcade.audience.invitation, theme)


class DemoPage:
    """The champion plays, with the visitor panel, a new game each time."""

    name = "demo"
    seconds = DEMO_S

    def __init__(self, arcade: Arcade) -> None:
        self._arcade = arcade
        self.match_scene = self._new_game()

    def update(self) -> None:
        if self.match_scene.match.over:
            self.match_scene = self._new_game()
        self.match_scene.update()

    def draw(self, target: pygame.Surface, area: pygame.Rect, theme: Theme, fresh: bool) -> None:
        # A moving picture does not burn in, so it need not drift.
        self.match_scene.draw(target, theme, fresh)
        invite(target, target.get_rect(), self.match_scene.match.number, theme)

    def _new_game(self) -> MatchScene:
        agent = self._arcade.agent.player()
        assert agent is not None, "the page is made only where there is an agent"
        match = Match([agent], self._arcade.options.rules, self._arcade.next_seed())
        heard = self._arcade.demo_is_heard
        return MatchScene(Mode.WATCH, match, self._arcade, heard, level=VISITOR)


class BoardPage:
    """The high scores of people in one kind of match."""

    name = "high-scores"
    seconds = BOARD_S

    def __init__(self, arcade: Arcade, mode: Mode) -> None:
        self._arcade = arcade
        self._board = board_of(mode, Kind.HUMAN, arcade)
        self._frame = 0

    def update(self) -> None:
        self._frame += 1

    def draw(self, target: pygame.Surface, area: pygame.Rect, theme: Theme, fresh: bool) -> None:
        target.fill(theme.ink(BACKGROUND))
        draw_high_scores(target, area, self._arcade, self._board, theme)
        invite(target, area, self._frame, theme)


class HowToPlayPage:
    """How to play, in one picture."""

    name = "how-to-play"
    seconds = CARD_S

    def __init__(self) -> None:
        self._frame = 0

    def update(self) -> None:
        self._frame += 1

    def draw(self, target: pygame.Surface, area: pygame.Rect, theme: Theme, fresh: bool) -> None:
        target.fill(theme.ink(BACKGROUND))
        draw_how_to_play(target, area, theme)
        invite(target, area, self._frame, theme)


def invite(target: pygame.Surface, area: pygame.Rect, frame: int, theme: Theme) -> None:
    """Draw the prompt at the bottom of `area`; it blinks every two seconds where it may."""
    words = say("Press any button")
    box = pygame.Rect(0, 0, theme.width(words, Font.MENU), theme.height(Font.MENU))
    box.inflate_ip(theme.px(48), theme.px(12))
    box.midbottom = (area.centerx, area.bottom - theme.px(26))
    shines = theme.look.steady or frame % (2 * FRAMES_PER_SECOND) < 1.5 * FRAMES_PER_SECOND
    theme.box(target, box, HUMAN if shines else MUTED, radius=10)
    theme.text(target, words, Font.MENU, BACKGROUND, box.width, center=box.center)
