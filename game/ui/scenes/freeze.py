"""A match that is watched stands still, and goes on decision by decision."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.play.moment import moment_of
from game.play.player import FRAMES_A_DECISION
from game.ui.input.hints import button_of
from game.ui.jobs.screenshot import PICTURES, Screenshots
from game.ui.overlay.action_icon import action_words
from game.ui.scenes.scene import Arcade, Home, MatchMenuWanted, PlayedMatch, Pop, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.glyphs import draw_hint, hint_width
from game.ui.widgets.race_chart import clock
from game.ui.widgets.theme import AGENT, BACKGROUND, TEXT, Font, Theme
from game.ui.widgets.translation import grouped, say

BAR = 52  # units
KIOSK_WAIT_S = 45


class Freeze:
    """Shows the match as it stands; right makes the next decision."""

    def __init__(self, played: PlayedMatch, arcade: Arcade) -> None:
        self._played = played
        self._arcade = arcade
        self._idle_timer = arcade.idle_timer(KIOSK_WAIT_S) if arcade.options.kiosk else None
        self._exports: Screenshots | None = None  # visitors of a kiosk leave no files
        if arcade.archive is not None and not arcade.options.kiosk:
            self._exports = Screenshots(arcade.archive.folder / PICTURES)
        self._theme: Theme | None = None  # of the match's part of the window
        self._menu_was_open = False
        self._pressed_here: Sequence[Control] = ()

    def handle(self, command: Command) -> Transition | None:
        if self._idle_timer is not None:
            self._idle_timer.renew()
        if command is Command.RIGHT:
            self._played.step_decision()
        elif command is Command.UP:
            self._export()
        elif command in (Command.CONFIRM, Command.PAUSE):
            self._played.resume()
            return Pop()
        elif command is Command.BACK:
            self._menu_was_open = True
            return MatchMenuWanted(self._played)
        return None

    def update(self) -> Transition | None:
        if self._exports is not None:
            self._exports.update()
        if self._menu_was_open or self._played.match.over:
            return Pop()
        if self._idle_timer is None:
            return None
        self._idle_timer.update()
        return Home() if self._idle_timer.over else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Finish what is being written."""
        if self._exports is not None:
            self._exports.close()

    def controls(self) -> Sequence[Control]:
        return self._pressed_here

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        bar = pygame.Rect(0, 0, target.get_width(), theme.text_px(BAR))
        bar.bottom = target.get_height()
        room = target.get_rect()
        room.height = bar.top
        if self._theme is None or (self._theme.size, self._theme.look) != (room.size, theme.look):
            self._theme = Theme(room.size, theme.look)
        self._played.draw(target.subsurface(room), self._theme)
        target.fill(theme.ink(BACKGROUND), bar)
        inner = bar.inflate(-2 * theme.px(16), 0)
        self._pressed_here = [
            Control("next", room, Command.RIGHT, say("Next decision")),
            Control("go on", bar, Command.CONFIRM, say("Resume")),
        ]
        if self._arcade.controls.kind.is_pointer:  # without keys there is no other way to leave
            self._pressed_here.insert(0, _draw_leave(target, inner, theme))
            inner.width = self._pressed_here[0].rect.left - theme.px(16) - inner.left
        where, keys, gap = self._where(), self._keys(), theme.px(24)
        taken = theme.width(where, Font.BODY) + gap + hint_width(keys, Font.BODY, theme)
        begin = max(inner.left, inner.centerx - taken // 2), bar.centery
        placed = theme.text(target, where, Font.BODY, AGENT, midleft=begin)
        left, rest = placed.right + gap, inner.right - placed.right - gap
        draw_hint(target, keys, Font.BODY, TEXT, theme, rest, midleft=(left, bar.centery))
        if self._exports is not None and self._exports.speaks:
            self._exports.draw(target, theme)

    def _where(self) -> str:
        """Return which moment this is."""
        seat = self._played.match.seats[0]
        number = grouped(seat.frame.number // FRAMES_A_DECISION)
        time = clock(seat.frame.number)
        if seat.decision is None:
            return say("{time}, decision {number}", time=time, number=number)
        action = action_words(seat.decision.action)
        return say("{time}, decision {number}: {action}", time=time, number=number, action=action)

    def _keys(self) -> str:
        """Return what can be pressed here."""
        kind = self._arcade.controls.kind
        if kind.is_pointer:
            return say("Press the picture: next decision    Press here: resume")
        ways = (Command.RIGHT, Command.CONFIRM, Command.BACK)
        right, fire, back = (button_of(way, kind) for way in ways)
        words = say(
            "{right}: next decision    {fire}: resume    {back}: menu",
            right=right,
            fire=fire,
            back=back,
        )
        if self._exports is None:
            return words
        return say("{up}: save this moment", up=button_of(Command.UP, kind)) + "    " + words

    def _export(self) -> None:
        """Save the moment as a picture, and as a table beside it."""
        if self._exports is None or self._theme is None:
            return
        canvas = pygame.Surface(self._theme.size)
        self._played.draw(canvas, self._theme)
        self._exports.take(canvas, "moment", moment_of(self._played.match))


def _draw_leave(target: pygame.Surface, bar: pygame.Rect, theme: Theme) -> Control:
    """Draw the button that opens the menu at the right end of `bar`; return its control."""
    words = say("Menu")
    box = bar.inflate(0, -theme.px(6))
    box.width = theme.width(words, Font.BODY) + 2 * theme.px(16)
    box.right = bar.right
    theme.panel(target, box)
    theme.on_bar(target, box, words, Font.BODY, TEXT, box.width)
    return Control("menu", box, Command.BACK, words)
