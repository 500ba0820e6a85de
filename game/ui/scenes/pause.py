"""A match that waits."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.ui.scenes.look_settings import LookSettings
from game.ui.scenes.scene import (
    Arcade,
    Home,
    Mode,
    PlayedMatch,
    Pop,
    Push,
    RematchWanted,
    Scene,
    TournamentWanted,
    Transition,
)
from game.ui.scenes.settings import Settings
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.menu import Choice, Menu
from game.ui.widgets.theme import AGENT, HUMAN, MUTED, TEXT, Font, Theme
from game.ui.widgets.translation import say

KIOSK_WAIT_S = 45  # at home a match may wait for ever


class Pause:
    """Covers a match until its player comes back."""

    def __init__(self, played: PlayedMatch, arcade: Arcade, reason: str | None = None) -> None:
        self._played = played
        self._arcade = arcade
        self._reason = reason
        leaves = arcade.options.kiosk and played.call is None
        self._idle_timer = arcade.idle_timer(KIOSK_WAIT_S) if leaves else None
        self._menu = Menu([Choice(key, words) for key, words in self._rows().items()])

    def handle(self, command: Command) -> Transition | None:
        if self._idle_timer is not None:
            self._idle_timer.renew()
        if command in (Command.PAUSE, Command.BACK):
            return self._resume()
        match self._menu.handle(command):
            case "resume":
                return self._resume()
            case "hand over":
                self._played.hand_over()
                return self._resume()
            case "again":
                return RematchWanted(self._played)
            case "settings":
                return Push(self._settings())
            case "tournament":
                return TournamentWanted()
            case "home":
                return Home()
        return None

    def _rows(self) -> dict[str, str]:
        """Return what there is to choose; in a tournament nobody who is behind begins again."""
        kiosk, words = self._arcade.options.kiosk, self._played.hand_over_words
        settings = say("Picture and text") if kiosk else say("Settings")
        rows = {"resume": say("Resume")}
        if self._played.call is not None:
            rows["settings"] = settings
            if not kiosk:  # there the operator can end it
                rows["tournament"] = say("Back to the tournament")
            return rows
        if words is not None:
            rows["hand over"] = words
        return {**rows, "again": say("Restart"), "settings": settings, "home": say("Main menu")}

    def _settings(self) -> Scene:
        """Return the page of what a person can change in the middle of a match."""
        if not self._arcade.options.kiosk:
            return Settings(self._arcade, match_waits=True)
        return LookSettings(self._arcade, visit=True, match_waits=self._idle_timer is None)

    def _resume(self) -> Transition:
        self._played.resume()
        self._arcade.controls.take_action()  # the press that resumes is not a shot
        return Pop()

    def update(self) -> Transition | None:
        labels = self._rows()  # the language may have changed in the settings
        for choice in self._menu.choices:
            choice.label = labels.get(choice.key, choice.label)
        if self._idle_timer is None:
            return None
        self._idle_timer.update()
        return Home() if self._idle_timer.over else None

    def interrupt(self, reason: str) -> Transition | None:
        self._reason = reason
        return None

    def leave(self) -> None:
        """Nothing to put in order."""

    def controls(self) -> Sequence[Control]:
        return self._menu.controls()

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        self._played.draw(target, theme)
        theme.shade(target, target.get_rect(), 170)
        box = pygame.Rect(0, 0, theme.text_px(440), self._menu.height(theme))
        box.height += theme.height(Font.HEADLINE) + theme.height(Font.BODY) + theme.px(64)
        box.center = target.get_rect().center
        theme.panel(target, box)
        place, room = (box.centerx, box.top + theme.px(14)), box.width - theme.px(40)
        title = theme.text(target, say("Paused"), Font.HEADLINE, TEXT, room, midtop=place)
        if self._reason:
            words = theme.fit(self._reason, Font.BODY, 2 * room)
            theme.text(target, words, Font.BODY, MUTED, room, midtop=title.midbottom)
        rows = box.inflate(-theme.px(60), 0)
        rows.top = box.bottom - self._menu.height(theme) - theme.px(24)
        accent = AGENT if self._played.mode is Mode.WATCH else HUMAN
        self._menu.draw(target, rows, accent, theme, centred=True)
        if self._idle_timer is not None:
            self._idle_timer.draw(target, theme, say("Main menu"))
