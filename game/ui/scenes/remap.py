"""Binds left, right, fire and pause to more keys or gamepad buttons, or to other ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.ui.input.bindings import (
    GAMEPAD,
    KEYBOARD,
    Own,
    Use,
    own_buttons,
    own_keys,
    use_name,
)
from game.ui.input.hints import button_of, key_of, pad_button
from game.ui.scenes.scene import Arcade, Home, Pop, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control, anywhere
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.menu import Choice, Menu
from game.ui.widgets.theme import BACKGROUND, HUMAN, MARK, MUTED, TEXT, WARNING, Font, Theme
from game.ui.widgets.translation import say

WAIT_S = 60
LISTEN_S = 8  # seconds to wait for the new key or button
FIRST_CHIP, CHIP, LEAST_CHIP = 180, 96, 46  # units: where keys begin, and their width
_SIDES = {Command.LEFT: -1, Command.RIGHT: 1}


class Remap:
    """A row for each use, with its keys and a place for one more.

    Left and right go through them. Confirming one asks what to do with it; confirming the place
    for one more waits for a press.
    """

    def __init__(self, arcade: Arcade, gamepad: bool = False, match_waits: bool = False) -> None:
        """Show the bindings of the keyboard, or those of all gamepads.

        While a `match_waits` below, nobody is sent to the title.
        """
        self._arcade = arcade
        self._gamepad = gamepad
        self._device = GAMEPAD if gamepad else KEYBOARD
        self._idle_timer = arcade.idle_timer(WAIT_S, stands=match_waits)
        self._listens_for: Use | None = None
        self._instead: int | None = None  # the code that the next press replaces
        self._frames_left = 0
        self._said, self._refused = "", False
        self._before: Own | None = None  # what restoring the defaults has taken away
        self._question: Menu | None = None  # what to do with the marked key
        self._chip = 0  # the marked one of the row; the last one adds a key
        self._chips: list[Control] = []  # where they were drawn last
        choices = [Choice(use, use_name(use)) for use in Use]
        choices += [Choice("reset", say("Restore defaults")), Choice("back", say("Back"))]
        self._menu = Menu(choices)
        self._to_the_end()

    @property
    def _own(self) -> Own:
        now = self._arcade.preferences
        return own_buttons(now) if self._gamepad else own_keys(now)

    @property
    def _use(self) -> Use | None:
        """The use of the marked row, None for another row."""
        key = self._menu.current.key
        return Use(key) if key in list(Use) else None

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if self._listens_for is not None:
            if command is Command.BACK:
                self._stop(say("Nothing changed"))
        elif self._question is not None:
            self._answer(self._question, command)
        elif command is Command.BACK:
            return Pop()
        elif command in _SIDES and self._use is not None:
            count = len(self._codes(self._use)) + 1
            self._chip = (self._chip + _SIDES[command]) % count
        else:
            return self._chosen(command)
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
        if self._question is not None:
            return self._question.controls()
        return [*self._chips, *self._menu.controls()]

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        words = say("Gamepads") if self._gamepad else say("Keyboard")
        title = theme.text(target, words, Font.HEADLINE, TEXT, midtop=(middle, y - theme.px(290)))
        placed = theme.text(target, self._about(), Font.BODY, MUTED, midtop=title.midbottom)
        rows = pygame.Rect(0, placed.bottom + theme.px(24), 0, 0)
        rows.width = min(theme.text_px(980), target.get_width() - theme.px(40))
        rows.centerx = middle
        taken = self._menu.draw(target, rows, HUMAN, theme)
        row = rows.copy()
        row.height = taken // len(self._menu.choices)
        self._chips = []
        for use in Use:
            self._draw_codes(target, row, use, theme)
            row.top = row.bottom
        foot = rows.top + taken + theme.px(20)
        colour = WARNING if self._refused else MUTED
        draw_hint(target, self._foot(), Font.BODY, colour, theme, midtop=(middle, foot))
        if self._question is not None:
            self._draw_question(target, self._question, theme)
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _chosen(self, command: Command) -> Transition | None:
        before = self._menu.index
        chosen = self._menu.handle(command)
        if self._menu.index != before:
            self._to_the_end()
        match chosen:
            case "back":
                return Pop()
            case "reset":
                self._reset()
            case str(use):
                self._open(Use(use))
        return None

    def _to_the_end(self) -> None:
        """Mark the place for one more key."""
        self._chip = 0 if self._use is None else len(self._codes(self._use))

    def _codes(self, use: Use) -> list[int]:
        return self._device.codes(use, self._own)

    def _open(self, use: Use) -> None:
        """Ask what to do with the marked key, or wait for one more."""
        codes = self._codes(use)
        if self._chip >= len(codes):
            self._listen(use)
            return
        last = say("the last one") if len(codes) == 1 else None
        self._question = Menu(
            [
                Choice("change", say("Change")),
                Choice("remove", say("Remove"), last),
                Choice("keep", say("Cancel")),
            ]
        )

    def _answer(self, question: Menu, command: Command) -> None:
        answer = "keep" if command is Command.BACK else question.handle(command)
        use = self._use
        if answer is None or use is None:
            return
        self._question = None
        code = self._codes(use)[self._chip]
        if answer == "change":
            self._listen(use, code)
        elif answer == "remove":
            self._keep(self._device.changed(use, code, None, self._own))
            self._chip = max(0, self._chip - 1)
            self._said = say("{use}: without {name}", use=use_name(use), name=self._name(code))

    def _name(self, code: int) -> str:
        return self._device.name(code)

    def _listen(self, use: Use, instead: int | None = None) -> None:
        self._listens_for, self._frames_left = use, LISTEN_S * FRAMES_PER_SECOND
        self._instead = instead
        self._said, self._refused = "", False
        self._arcade.controls.catch(self._device)

    def _stop(self, said: str) -> None:
        self._listens_for = None
        self._said, self._refused = said, False
        self._arcade.controls.catch(None)

    def _take(self, use: Use, code: int) -> None:
        why_not = self._device.refusal(use, code, self._own)
        if why_not is not None:
            self._listen(use, self._instead)
            self._said, self._refused = why_not, True
            return
        self._keep(self._device.changed(use, self._instead, code, self._own))
        if self._instead is None:
            self._chip += 1
        self._stop(say("{use}: {name}", use=use_name(use), name=self._name(code)))

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
        lists = {use: list(codes) for use, codes in own.items()}
        if self._gamepad:
            self._arcade.prefer(dataclasses.replace(now, button_lists=lists, buttons={}))
        else:
            self._arcade.prefer(dataclasses.replace(now, key_lists=lists, keys={}, key_places={}))

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
            return self._said or self._hint()
        seconds = -(-self._frames_left // FRAMES_PER_SECOND)
        left = say("{seconds} s left", seconds=max(0, seconds))
        return f"{self._said}   -   {left}" if self._said else left

    def _hint(self) -> str:
        kind = self._arcade.controls.kind
        if kind.is_pointer:
            return say("Press + for one more, or a key to change or remove it")
        return say(
            "{sides} choose a key, {fire} changes it, + adds one",
            sides=button_of(Command.LEFT, kind) + button_of(Command.RIGHT, kind),
            fire=button_of(Command.CONFIRM, kind),
        )

    def _draw_codes(self, target: pygame.Surface, row: pygame.Rect, use: Use, theme: Theme) -> None:
        """Draw the keys of `use` into its `row`, or that a press is waited for."""
        left = row.left + theme.text_px(FIRST_CHIP)
        room = row.right - left - theme.px(18)
        marked = self._menu.current.key == use
        if self._listens_for is use:
            words = say("press a button ...") if self._gamepad else say("press a key ...")
            theme.on_bar(target, row, words, Font.MENU, BACKGROUND, room, left)
            return
        codes = self._codes(use)
        width = max(theme.px(LEAST_CHIP), min(theme.px(CHIP), room // (len(codes) + 1)))
        for number, code in enumerate((*codes, None)):
            chip = pygame.Rect(left + number * width, row.top, width, row.height)
            here = marked and number == self._chip
            self._draw_chip(target, chip, code, here, theme)
            self._chips.append(self._control(use, number, code, chip, here))

    def _draw_chip(
        self, target: pygame.Surface, chip: pygame.Rect, code: int | None, here: bool, theme: Theme
    ) -> None:
        """Draw a key with its sign, or a plus for one more."""
        box = chip.inflate(-theme.px(6), -theme.px(10))
        theme.box(target, box, BACKGROUND, radius=6)
        theme.box(target, box, TEXT if here else MARK, 4 if here else 1, radius=6)
        colour = TEXT if here else MUTED
        words, room = "+" if code is None else self._sign(code), box.width - theme.px(10)
        draw_hint(target, words, Font.BODY, colour, theme, room, center=box.center)

    def _sign(self, code: int) -> str:
        if not self._gamepad:
            return key_of(code)
        kind = self._arcade.controls.kind
        return pad_button(kind if kind.is_pad else InputKind.XBOX, code)

    def _control(
        self, use: Use, number: int, code: int | None, chip: pygame.Rect, here: bool
    ) -> Control:
        def mark() -> None:
            self._menu.index = list(Use).index(use)
            self._chip = number

        words = say("one more") if code is None else self._name(code)
        label = f"{use_name(use)}: {words}"
        return Control(f"{use} {number}", chip, Command.CONFIRM, label, mark, here)

    def _draw_question(self, target: pygame.Surface, question: Menu, theme: Theme) -> None:
        theme.shade(target, target.get_rect(), 170)
        box = pygame.Rect(0, 0, theme.text_px(520), question.height(theme) + theme.px(120))
        box.center = target.get_rect().center
        theme.panel(target, box)
        use = self._use
        assert use is not None, "only a key's row asks"
        name = self._name(self._codes(use)[self._chip])
        words, room = say("{use}: {name}", use=use_name(use), name=name), box.width - theme.px(40)
        head = (box.centerx, box.top + theme.px(20))
        theme.text(target, words, Font.MENU, TEXT, room, midtop=head)
        rows = box.inflate(-theme.px(60), 0)
        rows.top = box.bottom - question.height(theme) - theme.px(28)
        question.draw(target, rows, HUMAN, theme, centred=True)
