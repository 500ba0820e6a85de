"""How the screen looks: the game's picture, with a sample beside it, text and contrast."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import pygame

from game.play.match import Match
from game.play.player import RandomPlayer
from game.system.preferences import BRIGHT, CRT, LOOKS, OUTLINED, PLAIN, SHARP, SOFT
from game.ui.input.hints import change_hint
from game.ui.scenes.menu_scene import MenuScene
from game.ui.scenes.scene import Arcade, Pop, Transition
from game.ui.widgets.card_menu import Card, CardMenu
from game.ui.widgets.game_picture import draw_picture, largest_picture
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.menu import Choice
from game.ui.widgets.theme import AGENT, BACKGROUND, GAP, HUMAN, MUTED, TEXT, Font, Theme
from game.ui.widgets.translation import on_off, percent, say

WAIT_S = 60
MARGIN, ROWS = 40, 500  # units, around everything, and the width of the rows
# The fields of Preferences that left and right change.
_VALUES = ("screen", "sprites", "focus", "text_size", "high_contrast", "steady")


class LookSettings(MenuScene):
    """A row for each setting; a game beside them shows at once what it does."""

    values = _VALUES

    def __init__(self, arcade: Arcade, visit: bool = False, match_waits: bool = False) -> None:
        """Offer all of it, or for a `visit` to a kiosk what concerns nobody else.

        While a `match_waits` below, nobody is sent to the title.
        """
        self._visit = visit
        monitors = ("monitor",) if len(arcade.monitors) > 1 else ()
        keys = LOOKS if visit else (*_VALUES, *monitors)
        super().__init__(arcade, arcade.idle_timer(WAIT_S, stands=match_waits), (*keys, "back"))
        self._sample = self._new_game()

    def _made(self, keys: Iterable[str]) -> CardMenu:
        choices = [Choice(key, "") for key in keys]
        return CardMenu([Card("", choices[:-1])], choices[-1:])

    def _new_game(self) -> Match:
        seed = self._arcade.next_seed()
        player = self._arcade.agent.player() or RandomPlayer(seed)
        return Match([player], self._arcade.options.rules, seed)

    def _change(self, key: str, step: int | None) -> bool:
        if key == "monitor":
            self._turn_monitor(step or 1)
            return True
        if not self._visit or key not in LOOKS:
            return super()._change(key, step)
        self._arcade.prefer_for_visit(self._arcade.preferences.stepped(key, step or 1))
        return True

    def _turn_monitor(self, step: int) -> None:
        """Move the window to another monitor."""
        names, now = self._arcade.monitors, self._arcade.preferences
        index = names.index(now.monitor) if now.monitor in names else 0
        chosen = names[(index + step) % len(names)] if names else ""
        self._arcade.prefer(dataclasses.replace(now, monitor=chosen))

    def _chosen(self, key: str | None) -> Transition | None:
        return Pop() if key == "back" else None

    def _follow(self) -> None:
        if self._sample.over:
            self._sample = self._new_game()
        self._sample.step()

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        window, gap = target.get_rect(), theme.px(GAP)
        head = (window.centerx, theme.px(24))
        title = theme.text(target, say("Picture and text"), Font.HEADLINE, TEXT, midtop=head)
        area = window.inflate(-2 * theme.px(MARGIN), 0)
        area.top = title.bottom + theme.px(16)
        area.height = window.bottom - theme.height(Font.BODY) - theme.px(40) - area.top
        rows = area.copy()
        rows.width = min(theme.text_px(ROWS), area.width)
        stage = area.copy()
        if window.height > window.width:
            rows.width, rows.height = area.width, self._menu.height(theme)
            stage.top, stage.height = rows.bottom + 2 * gap, area.bottom - rows.bottom - 2 * gap
        else:
            stage.left, stage.width = rows.right + 2 * gap, area.right - rows.right - 2 * gap
        picture = largest_picture(stage)
        picture.top = stage.top
        if stage.left > rows.left:  # beside each other, and together in the middle
            picture.left = stage.left
            spare = (area.right - picture.right) // 2
            picture.left += spare
            rows.left += spare
        style = theme.look.picture
        draw_picture(target, self._sample.seats[0].frame.rgb, picture, style)
        theme.surround(target, picture, AGENT, 3)
        self._menu.draw(target, rows, HUMAN, theme)
        foot = (window.centerx, window.bottom - theme.px(20))
        draw_hint(target, self._hint(), Font.BODY, MUTED, theme, area.width, midbottom=foot)
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _hint(self) -> str:
        """Return the explanation of the marked row."""
        hints = {
            "screen": say("CRT: the scan lines and the glow of an old television"),
            "sprites": say("Easier to see. The network still gets the plain picture"),
            "focus": say("In a race against the network"),
            "steady": say("Nothing that BigChamp draws blinks"),
        }
        if self._visit and self._menu.current.key == "back":
            return say("For your visit: whoever comes next finds the usual look")
        return hints.get(self._menu.current.key, change_hint(self._arcade.controls.kind))

    def _label(self) -> None:
        labels, values = self._labels(), self._values()
        for choice in self._menu.choices:
            choice.label, choice.value = labels[choice.key], values.get(choice.key, "")
        if isinstance(self._menu, CardMenu):
            self._menu.cards[0].title = say("Settings")

    def _labels(self) -> dict[str, str]:
        return {
            "screen": say("Screen"),
            "sprites": say("Sprites"),
            "focus": say("Pictures of a race"),
            "text_size": say("Text size"),
            "high_contrast": say("High contrast"),
            "steady": say("Reduced flashing"),
            "monitor": say("Monitor"),
            "back": say("Back"),
        }

    def _values(self) -> dict[str, str]:
        """Return what left and right change."""
        now = self._arcade.preferences
        screens = {SHARP: say("sharp"), CRT: say("CRT"), SOFT: say("soft")}
        sprites = {
            PLAIN: say("as in the game"),
            BRIGHT: say("brighter"),
            OUTLINED: say("outlined"),
        }
        return {
            "screen": screens[now.screen],
            "sprites": sprites[now.sprites],
            "focus": _sizes(now.focus),
            "text_size": percent(now.text_size),
            "high_contrast": on_off(now.high_contrast),
            "steady": on_off(now.steady),
            "monitor": self._monitor(),
        }

    def _monitor(self) -> str:
        """Return the name of the monitor that is used."""
        names, chosen = self._arcade.monitors, self._arcade.preferences.monitor
        return chosen if chosen in names else next(iter(names), "")


def _sizes(focus: bool) -> str:
    return say("yours large") if focus else say("the same size")
