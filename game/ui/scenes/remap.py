"""Binds left, right, fire and pause to other keys or gamepad buttons."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.ui.input.bindings import GAMEPAD, KEYBOARD, Own, Use, own_places, use_name
from game.ui.input.key_labels import keycode_of
from game.ui.scenes.scene import Arcade, Home, Pop, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control, anywhere
from game.ui.widgets.menu import Choice, Menu
from game.ui.widgets.theme import BACKGROUND, HUMAN, MUTED, TEXT, WARNING, Font, Theme
from game.ui.widgets.translation import say

WAIT_S = 60
LISTEN_S = 8  # seconds to wait for the new key or button


class Remap:
    """A row for each use; confirming one waits for its new key or button."""

    def __init__(self, arcade: Arcade, gamepad: bool = False) -> None:
        """Show the bindings of the keyboard, or those of all gamepads."""
        self._arcade = arcade
        self._gamepad = gamepad
        self._device = GAMEPAD if gamepad else KEYBOARD
        self._idle_timer = arcade.idle_timer(WAIT_S)
        self._listens_for: Use | None = None
        self._frames_left = 0
        self._said, self._refused = "", False
        self._before: Own | None = None  # what restoring the defaults has taken away
        choices = [Choice(use, use_name(use)) for use in Use]
        choices += [Choice("reset", say("Restore defaults")), Choice("back", say("Back"))]
        self._menu = Menu(choices)

    @property
    def _own(self) -> Own:
        now = self._arcade.preferences
        return now.buttons if self._gamepad else own_places(now.keys, now.key_places)

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if self._listens_for is not None:
            if command is Command.BACK:
                self._stop(say("Nothing changed"))
            return None
        if command is Command.BACK:
            return Pop()
        match self._menu.handle(command):
            case "back":
                return Pop()
            case "reset":
                self._reset()
            case str(use):
                self._listen(Use(use))
        return None

    def update(self) -> Transition | None:
        self._idle_timer.update()
        if self._listens_for is not None:
            self._frames_left -= 1
            code = self._arcade.controls.take_caught()
            if code is not None:
                self._idle_timer.renew()
                self._take(self._listens_for, code)
            elif self._frames_left <= 0:
                self._stop(say("Nothing changed"))
        return Home() if self._idle_timer.over else None

    def interrupt(self, reason: str) -> Transition | None:
        if self._listens_for is not None:
            self._stop(reason)
        return None

    def leave(self) -> None:
        """Stop waiting for a key; every change was saved at once."""
        self._arcade.controls.catch(None)

    def controls(self) -> Sequence[Control]:
        if self._listens_for is not None:
            return anywhere(Command.BACK, say("Cancel"))
        return self._menu.controls()

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        words = say("Gamepads") if self._gamepad else say("Keyboard")
        title = theme.text(target, words, Font.HEADLINE, TEXT, midtop=(middle, y - theme.px(290)))
        placed = theme.text(target, self._about(), Font.BODY, MUTED, midtop=title.midbottom)
        rows = pygame.Rect(0, placed.bottom + theme.px(24), 0, 0)
        rows.width = min(theme.text_px(860), target.get_width() - theme.px(40))
        rows.centerx = middle
        taken = self._menu.draw(target, rows, HUMAN, theme)
        row = rows.copy()
        row.height = taken // len(self._menu.choices)
        for use in Use:
            self._draw_codes(target, row, use, theme)
            row.top = row.bottom
        foot = rows.top + taken + theme.px(20)
        colour = WARNING if self._refused else MUTED
        theme.text(target, self._foot(), Font.BODY, colour, midtop=(middle, foot))
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _listen(self, use: Use) -> None:
        self._listens_for, self._frames_left = use, LISTEN_S * FRAMES_PER_SECOND
        self._said, self._refused = "", False
        self._arcade.controls.catch(self._device)

    def _stop(self, said: str) -> None:
        self._listens_for = None
        self._said, self._refused = said, False
        self._arcade.controls.catch(None)

    def _take(self, use: Use, code: int) -> None:
        why_not = self._device.refusal(use, code, self._own)
        if why_not is not None:
            self._listen(use)
            self._said, self._refused = why_not, True
            return
        self._keep({**self._own, use.value: code})
        name = self._device.name(code)
        self._stop(say("{use}: {name}", use=use_name(use), name=name))

    def _reset(self) -> None:
        """Restore the defaults, or, at the second press, what there was before."""
        before, own = self._before, dict(self._own)
        if before is not None:
            self._keep(before)
            self._said = say("As before")
        else:
            self._keep({})
            self._said = say("Defaults restored")
            if own:
                self._offer(own)

    def _offer(self, before: Own | None) -> None:
        """Let the row of the defaults bring back what there was `before`, or do so no more."""
        self._before = before
        (row,) = (choice for choice in self._menu.choices if choice.key == "reset")
        row.label = say("Restore defaults") if before is None else say("Undo")

    def _keep(self, own: Own) -> None:
        self._offer(None)
        now = self._arcade.preferences
        if self._gamepad:
            self._arcade.prefer(dataclasses.replace(now, buttons=own))
        else:
            keys = {use: keycode_of(place) for use, place in own.items()}
            self._arcade.prefer(dataclasses.replace(now, keys=keys, key_places=own))

    def _about(self) -> str:
        """Return the explanation below the title."""
        if not self._gamepad:
            return say("Arrow keys, Space, Enter and Esc always work in menus")
        names = ", ".join(dict.fromkeys(self._arcade.controls.pad_names))
        if not names:
            return say("No gamepad connected")
        return say("For all gamepads; connected: {names}", names=names)

    def _foot(self) -> str:
        if self._listens_for is None:
            return self._said or say("Press fire or Enter to change")
        seconds = -(-self._frames_left // FRAMES_PER_SECOND)
        left = say("{seconds} s left", seconds=max(0, seconds))
        return f"{self._said}   -   {left}" if self._said else left

    def _draw_codes(self, target: pygame.Surface, row: pygame.Rect, use: Use, theme: Theme) -> None:
        """Draw the bindings of `use` into its `row`, or that a press is waited for."""
        codes = self._device.codes(use, self._own)
        words = ", ".join(map(self._device.name, codes))
        if self._listens_for is use:
            words = say("press a button ...") if self._gamepad else say("press a key ...")
        left = row.left + theme.text_px(180)
        room = row.right - left - theme.px(18)
        colour = BACKGROUND if self._menu.current.key == use else MUTED
        place = (left, row.centery - theme.px(2))
        theme.text(target, words, Font.MENU, colour, room, midleft=place)
