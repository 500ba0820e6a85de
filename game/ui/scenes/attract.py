"""The attract loop: a race, scores and how to play, while nobody is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.ladder import Rung
from game.play.match import Match
from game.play.player import Kind, Player, StandInPlayer
from game.records.scores import Board
from game.system.preferences import VISITOR
from game.ui.audio.effects import Effect
from game.ui.scenes.high_scores import board_of, draw_high_scores
from game.ui.scenes.how_to_play import draw_how_to_play
from game.ui.scenes.match import MatchScene
from game.ui.scenes.scene import Arcade, Mode, Pop, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control, anywhere
from game.ui.widgets.fairness_panel import rung_words, training_words
from game.ui.widgets.invitation import draw_invitation
from game.ui.widgets.theme import AGENT, BACKGROUND, HUMAN, MUTED, TEXT, Font, Theme
from game.ui.widgets.translation import say

DEMO_S, BOARD_S, CARD_S = 30, 15, 15
RACE_FRAMES = 60 * FRAMES_PER_SECOND  # of a race that is shown
STRIP, EDGE = 58, 12  # units, of the line at the foot that says what this is, and around it
LADDER_ROW = 84


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
        self._makers: list[Callable[[], Page | None]] = [
            lambda: _board_page(arcade, Mode.RACE) or _ladder_page(arcade),
            lambda: HowToPlayPage(),
            lambda: _board_page(arcade, Mode.PLAY),
        ]
        if arcade.agent.player() is not None:
            self._makers.insert(0, lambda: DemoPage(arcade))
        for mode in (Mode.RACE, Mode.PLAY):  # known by the time that they are shown
            _has_entries(arcade, board_of(mode, Kind.HUMAN, arcade))
        page = self._next_page()
        assert page is not None, "how to play is always there"
        self._page = page
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
        self._arcade.speaker.effect(Effect.TITLE)
        return Pop()

    def update(self) -> Transition | None:
        self._frame += 1
        self._page_frame += 1
        if self._page_frame > self._page.seconds * FRAMES_PER_SECOND:
            self._arcade.speaker.stop()
            page = self._next_page()
            if page is None:
                return Pop()
            self._page, self._page_frame = page, 0
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
            corner = area.right - theme.px(40), area.bottom - theme.px(STRIP + 30)
            draw_invitation(target, corner, self._arcade.audience.invitation, theme)

    def _next_page(self) -> Page | None:
        """Return the next page that has something to show, None after the last."""
        while self._makers:
            page = self._makers.pop(0)()
            if page is not None:
                return page
        return None


class DemoPage:
    """The champion races an earlier network in the visitor's place, or plays alone without one."""

    name = "demo"
    seconds = DEMO_S

    def __init__(self, arcade: Arcade) -> None:
        self._arcade = arcade
        self.match_scene = self._new_game()
        self._theme: Theme | None = None  # of the room above the strip

    def update(self) -> None:
        if self.match_scene.match.over:
            self.match_scene = self._new_game()
        self.match_scene.update()

    def draw(self, target: pygame.Surface, area: pygame.Rect, theme: Theme, fresh: bool) -> None:
        # A moving picture does not burn in, so it need not drift.
        room = target.get_rect()
        room.height -= theme.text_px(STRIP) + 2 * theme.px(EDGE)
        if self._theme is None or (self._theme.size, self._theme.look) != (room.size, theme.look):
            self._theme, fresh = Theme(room.size, theme.look), True
        self.match_scene.draw(target.subsurface(room), self._theme, fresh)
        invite(target, target.get_rect(), self.match_scene.match.number, theme)

    def _new_game(self) -> MatchScene:
        agent = self._arcade.agent.player()
        assert agent is not None, "the page is made only where there is an agent"
        players, mode = _racers(self._arcade, agent)
        limit = RACE_FRAMES if mode is Mode.RACE else None
        match = Match(players, self._arcade.options.rules, self._arcade.next_seed(), limit)
        heard = self._arcade.demo_is_heard
        match_scene = MatchScene(mode, match, self._arcade, heard, level=VISITOR)
        match_scene.skip_countdown()
        return match_scene


class BoardPage:
    """The high scores of people in one kind of match."""

    name = "high-scores"
    seconds = BOARD_S

    def __init__(self, arcade: Arcade, board: Board) -> None:
        self._arcade = arcade
        self._board = board
        self._frame = 0

    def update(self) -> None:
        self._frame += 1

    def draw(self, target: pygame.Surface, area: pygame.Rect, theme: Theme, fresh: bool) -> None:
        target.fill(theme.ink(BACKGROUND))
        draw_high_scores(target, area, self._arcade, self._board, theme)
        invite(target, area, self._frame, theme)


class LadderPage:
    """The scores to beat: the ladder's opponents, while no person has one."""

    name = "to-beat"
    seconds = BOARD_S

    def __init__(self, rungs: list[Rung]) -> None:
        self._rungs = rungs
        self._frame = 0

    def update(self) -> None:
        self._frame += 1

    def draw(self, target: pygame.Surface, area: pygame.Rect, theme: Theme, fresh: bool) -> None:
        target.fill(theme.ink(BACKGROUND))
        width = theme.drift_room(area.width)
        head = (area.centerx, area.centery - theme.px(340))
        title = theme.text(target, say("Scores to beat"), Font.HEADLINE, TEXT, width, midtop=head)
        why, under = say("Average of each opponent. Choose yours, and race it"), title.midbottom
        placed = theme.text(target, why, Font.MENU, AGENT, width, midtop=under)
        panel = pygame.Rect(0, placed.bottom + theme.px(14), theme.px(900), 0)
        panel.height = area.bottom - theme.px(STRIP + 26) - panel.top
        panel.centerx = area.centerx
        step = min(theme.text_px(LADDER_ROW), panel.height // len(self._rungs))
        panel.height = step * len(self._rungs)
        theme.panel(target, panel)
        for number, rung in enumerate(reversed(self._rungs)):
            row = pygame.Rect(panel.left, panel.top + number * step, panel.width, step)
            _draw_rung(target, row, rung, theme)
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
    """Draw at the bottom of `area` what this is and how to begin.

    How to begin blinks every two seconds where it may.
    """
    strip = pygame.Rect(area.left, 0, area.width, theme.text_px(STRIP))
    strip.bottom = area.bottom - theme.px(EDGE)
    target.fill(theme.ink(BACKGROUND), strip.inflate(2 * theme.px(40), 2 * theme.px(EDGE)))
    words = say("Press any button")
    box = strip.inflate(0, -theme.px(6))
    box.width = theme.width(words, Font.MENU) + theme.px(40)
    box.right = strip.right - theme.px(40)
    shines = theme.look.steady or frame % (2 * FRAMES_PER_SECOND) < 1.5 * FRAMES_PER_SECOND
    theme.box(target, box, HUMAN if shines else MUTED, radius=10)
    theme.on_bar(target, box, words, Font.MENU, BACKGROUND, box.width)
    left = (strip.left + theme.px(40), strip.centery)
    logo = theme.text(target, "BIGCHAMP", Font.TABLE, TEXT, midleft=left)
    pitch, at = (
        say("Beat the network at Space Invaders"),
        (logo.right + theme.px(24), strip.centery),
    )
    theme.text(target, pitch, Font.MENU, AGENT, box.left - theme.px(24) - at[0], midleft=at)


def _racers(arcade: Arcade, agent: Player) -> tuple[list[Player], Mode]:
    """Return who plays for those who look on: `agent`, beside a weaker one if there is one."""
    other = None
    if arcade.opponents is not None and arcade.rival is not arcade.agent:
        other = arcade.rival.player()
    if other is None:
        return [agent], Mode.WATCH
    return [StandInPlayer(other), agent], Mode.RACE


def _has_entries(arcade: Arcade, board: Board) -> bool:
    """Whether anybody is on `board`, as far as is known."""
    standings = None if arcade.archive is None else arcade.archive.standings(board)
    return standings is not None and bool(standings.ever)


def _board_page(arcade: Arcade, mode: Mode) -> Page | None:
    """Return the page of people's scores in matches of `mode`, None while there are none."""
    board = board_of(mode, Kind.HUMAN, arcade)
    return BoardPage(arcade, board) if _has_entries(arcade, board) else None


def _ladder_page(arcade: Arcade) -> Page | None:
    """Return the page of the opponents' scores, None without a ladder."""
    if arcade.opponents is None:
        return None
    return LadderPage([opponent.rung for opponent in arcade.opponents.choices])


def _draw_rung(target: pygame.Surface, row: pygame.Rect, rung: Rung, theme: Theme) -> None:
    indent = theme.px(24)
    left, right = (row.left + indent, row.centery), (row.right - indent, row.centery)
    half = row.width // 2 - indent
    name = theme.text(target, rung_words(rung), Font.MENU, TEXT, half, row.height, midleft=left)
    room = row.right - indent - name.right - indent
    how = say("Trained for {how}", how=training_words(rung))
    theme.text(target, how, Font.BODY, MUTED, room, row.height, midright=right)
