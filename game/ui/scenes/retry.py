"""Replays a game from a moment of its review, with a person or the network.

It starts from an emulator state and not from a seed, so it is not ranked and leaves no tape. It
shows how the game goes on, compared with the original.
"""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.match import COUNTDOWN_FRAMES
from game.play.player import HumanPlayer, Player
from game.records.playback import Playback, TapeIndex
from game.ui.review.decision_panel import draw_head
from game.ui.review.timeline import clock
from game.ui.scenes.scene import Arcade, Home, Pop, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.game_picture import draw_picture
from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.layout import single_layout
from game.ui.widgets.menu import Choice, Menu
from game.ui.widgets.theme import (
    BACKGROUND,
    MUTED,
    TEXT,
    WARNING,
    Colour,
    Font,
    Theme,
    colour_of,
    name_of,
)
from game.ui.widgets.thumb_pad import ThumbPad
from game.ui.widgets.translation import grouped, say

WAIT_S = 45
KIOSK_FRAMES = 60 * FRAMES_PER_SECOND  # the longest retry in a kiosk
LOOK_BACK = 20  # frames that the network sees before it takes over, to fill its frame stack


class Retry:
    """A game from a moment on, compared with the original."""

    def __init__(self, tape_index: TapeIndex, frame: int, player: Player, arcade: Arcade) -> None:
        """Let `player` play on from frame `frame` of the game in `tape_index`."""
        self._tape_index = tape_index
        self._begin = min(frame, tape_index.frames)
        self._player = player
        self._arcade = arcade
        self._accent = colour_of(player.kind)
        self._pressed_here: Sequence[Control] = ()  # the buttons on the screen, where there are any
        self._menu = Menu([])
        self._idle_timer = arcade.idle_timer(WAIT_S)
        self._start()

    @property
    def played(self) -> int:
        """Frames since the start of the retry."""
        return self.cabinet.frame.number - self._begin

    @property
    def gained(self) -> tuple[int, int]:
        """Points since the start, in the retry and in the original."""
        before = self._tape_index.scores[self._begin]
        now = self.cabinet.frame.score - before
        return now, self._tape_index.scores[self._then] - before

    @property
    def lost(self) -> tuple[int, int]:
        """Lives lost since the start, in the retry and in the original."""
        before = self._tape_index.lives[self._begin]
        return before - self.cabinet.frame.lives, before - self._tape_index.lives[self._then]

    @property
    def over(self) -> bool:
        """Whether the retry has ended."""
        too_long = self._arcade.options.kiosk and self.played >= KIOSK_FRAMES
        return self.cabinet.frame.over or too_long

    @property
    def waits(self) -> bool:
        """Whether it is paused or over and shows its menu."""
        return self._paused or self.over

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if not self.waits:
            if command in (Command.BACK, Command.PAUSE):
                self._pause()
            return None
        if command is Command.BACK:
            return Pop()
        match self._menu.handle(command):
            case "on":
                self._paused = False
                self._arcade.controls.take_action()
            case "again":
                self._start()
            case "back":
                return Pop()
        return None

    def update(self) -> Transition | None:
        action = self._arcade.controls.take_action()
        if self.waits:
            self._idle_timer.update()
            return Home() if self._idle_timer.over else None
        if self._countdown > 0:
            self._countdown -= 1
            return None
        if isinstance(self._player, HumanPlayer):
            self._player.held = action
        self.cabinet.step(self._player.decide(self.cabinet.frame).action)
        self._arcade.speaker.play(self.cabinet.frame.audio)
        if self.over:
            self._pause()
        return None

    def interrupt(self, reason: str) -> Transition | None:
        self._pause()
        return None

    def leave(self) -> None:
        """Stop the sound. Nothing is saved."""
        self._arcade.speaker.stop()

    def controls(self) -> Sequence[Control]:
        return self._menu.controls() if self.waits else self._pressed_here

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        place = single_layout(theme)
        target.fill(theme.ink(BACKGROUND))
        frame, name = self.cabinet.frame, name_of(self._player)
        draw_picture(target, frame.rgb, place.picture, theme.look.picture)
        theme.edge(target, place.picture, self._accent)
        draw_head(target, place.score, name, self._accent, frame, theme)
        self._draw_comparison(target, place.panel, theme)
        if self.waits:
            theme.shade(target, place.picture, 190)
            rows = pygame.Rect(0, 0, theme.px(400), self._menu.height(theme))
            rows.center = place.picture.center
            title = say("Game over") if self.over else say("Paused")
            above = (rows.centerx, rows.top - theme.px(20))
            theme.text(target, title, Font.HEADLINE, TEXT, midbottom=above)
            self._menu.draw(target, rows, self._accent, theme, centred=True)
            self._idle_timer.draw(target, theme, say("Main menu"))
        elif self._countdown > 0:
            number = -(-self._countdown // FRAMES_PER_SECOND)
            theme.shade(target, place.picture, 130)
            theme.text(target, f"{number}", Font.COUNT, TEXT, center=place.picture.center)
        self._draw_pad(target, theme)

    def _draw_pad(self, target: pygame.Surface, theme: Theme) -> None:
        """Draw the buttons on the screen, where a finger or a mouse was pressed last."""
        kind = self._arcade.controls.kind
        self._pressed_here = ()
        if kind.is_pointer and not self.waits:
            pad = ThumbPad(kind is InputKind.MOUSE, None, isinstance(self._player, HumanPlayer))
            self._pressed_here = pad.controls(theme)
            pad.draw(target, self._arcade.controls.held, theme)

    @property
    def _then(self) -> int:
        """The frame of the original at the same distance from the start."""
        return min(self._begin + self.played, self._tape_index.frames)

    def _start(self) -> None:
        """Go back to the moment; a network first watches the last frames before it."""
        playback = Playback(self._tape_index)
        person = isinstance(self._player, HumanPlayer)
        playback.go(self._begin if person else self._begin - LOOK_BACK)
        while playback.frame.number < self._begin:
            self._player.decide(playback.frame)
            playback.step()
        self.cabinet = playback.cabinet
        self._countdown = COUNTDOWN_FRAMES if person else 0
        self._paused = False
        self._arcade.controls.take_action()

    def _pause(self) -> None:
        self._arcade.speaker.stop()
        going_on = [] if self.over else [Choice("on", say("Resume"))]
        again = Choice("again", say("Try again from here"))
        self._menu = Menu([*going_on, again, Choice("back", say("Back to review"))])
        self._paused = True

    def _draw_comparison(self, target: pygame.Surface, rect: pygame.Rect, theme: Theme) -> None:
        """Draw the result so far beside that of the original in the same time."""
        theme.panel(target, rect)
        inner = rect.inflate(-theme.px(32), -theme.px(32))
        gap = theme.px(6 if rect.width > rect.height else 20)  # below an upright picture it is low
        since = say("From {moment} on", moment=clock(self._begin))
        y = theme.text(target, since, Font.MENU, TEXT, inner.width, topleft=inner.topleft).bottom
        seconds = self.played / FRAMES_PER_SECOND
        words = say("after {seconds} s", seconds=f"{seconds:.0f}")
        y = theme.text(target, words, Font.BODY, MUTED, topleft=(inner.left, y)).bottom
        y += gap
        now, then = inner.right - theme.px(100), inner.right
        theme.text(target, say("now"), Font.BODY, self._accent, topright=(now, y))
        y = theme.text(target, say("then"), Font.BODY, MUTED, topright=(then, y)).bottom
        rows = ((say("Points"), self.gained), (say("Lives lost"), self.lost))
        for name, (ours, theirs) in rows:
            middle = y + theme.px(30)
            room = now - theme.px(80) - inner.left
            theme.text(target, name, Font.BODY, MUTED, room, midleft=(inner.left, middle))
            theme.text(target, grouped(ours), Font.TABLE, TEXT, midright=(now, middle))
            theme.text(target, grouped(theirs), Font.TABLE, MUTED, midright=(then, middle))
            y = middle + theme.px(18)
        verdict, colour = self._verdict()
        below = (inner.left, y + gap)
        theme.text(target, verdict, Font.MENU, colour, inner.width, topleft=below)
        notes = theme.wrap(say("Not ranked, not recorded"), Font.BODY, inner.width)
        y = inner.bottom - len(notes) * theme.height(Font.BODY)
        for line in notes:
            y = theme.text(target, line, Font.BODY, MUTED, topleft=(inner.left, y)).bottom

    def _verdict(self) -> tuple[str, Colour]:
        gap = self.gained[0] - self.gained[1]
        if gap > 0:
            return say("{points} ahead", points=grouped(gap)), self._accent
        if gap < 0:
            return say("{points} behind", points=grouped(-gap)), WARNING
        return say("Tied"), MUTED
