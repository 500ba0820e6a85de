"""The settings: sound and language, and pages of more; changes apply and are saved at once."""

from __future__ import annotations

import threading

import pygame

from game.play.audience import AudienceError
from game.system.detail import AUTO, FULL, PLAIN, SMALL
from game.system.sentence import Sentence
from game.ui.input.hints import change_hint
from game.ui.scenes.control_settings import ControlSettings
from game.ui.scenes.look_settings import LookSettings
from game.ui.scenes.menu_scene import MenuScene
from game.ui.scenes.scene import Arcade, Pop, Push, Transition
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.menu import with_value
from game.ui.widgets.theme import BACKGROUND, MUTED, TEXT, Font, Theme
from game.ui.widgets.translation import NAMES, on_off, say

WAIT_S = 60
AUDIENCE_PORT = 2600  # where phones follow unless the command line names another
MEASURE = "measure"
# What is always there; all but one are fields of Preferences that left and right change.
_ROWS = (
    "volume",
    "effects",
    "muted",
    "language",
    "detail",
    MEASURE,
    "speech",
)


class Settings(MenuScene):
    """A row for each setting; left and right change it."""

    values = (*(key for key in _ROWS if key != MEASURE), "daily")
    scales = ("volume", "effects")

    def __init__(self, arcade: Arcade, match_waits: bool = False) -> None:
        """Offer all of it, or while a `match_waits` below what can change in the middle of one."""
        self._match_waits = match_waits
        hidden = {"speech": not arcade.has_voice, MEASURE: match_waits}
        rows = [key for key in _ROWS if not hidden.get(key)]
        # An operator finds the day's seed where all is that concerns an event.
        chooses = arcade.chooses_day and not arcade.options.kiosk and not match_waits
        daily = ("daily",) if chooses else ()
        phones = () if arcade.open_audience is None else ("audience",)
        keys = (*rows, *daily, *phones, "looks", "controls", "home")
        self._refused: Sentence | None = None  # why phones cannot follow
        super().__init__(arcade, arcade.idle_timer(WAIT_S, stands=match_waits), keys)

    def _change(self, key: str, step: int | None) -> bool:
        if key == "audience":
            self._turn_audience()
            return True
        return super()._change(key, step)

    def _turn_audience(self) -> None:
        """Let phones follow, or no more. It is not saved: a start opens no port by itself."""
        arcade = self._arcade
        self._refused = None
        if arcade.audience is not None:
            # The server takes a moment to end, and the window must not stand still.
            threading.Thread(target=arcade.audience.close, name="audience").start()
            arcade.audience = None
        elif arcade.open_audience is not None:
            try:
                arcade.audience = arcade.open_audience(arcade.options.audience or AUDIENCE_PORT)
            except AudienceError as error:
                self._refused = error.args[0]

    def _chosen(self, key: str | None) -> Transition | None:
        if key == MEASURE:
            self._arcade.measure()
        match key:
            case "looks":
                return Push(LookSettings(self._arcade, match_waits=self._match_waits))
            case "controls":
                return Push(ControlSettings(self._arcade, self._match_waits))
            case "home":
                return Pop()
        return None

    def _follow(self) -> None:
        self._label()  # the mute key works here too

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        place = (middle, y - theme.px(330))
        title = theme.text(target, say("Settings"), Font.HEADLINE, TEXT, midtop=place)
        rows = self._draw_rows(target, title.bottom + theme.px(20), 520, theme)
        problem = self._refused or self._arcade.speaker.problem
        words = problem.said(say) if problem else change_hint(self._arcade.controls.kind)
        if problem is None and self._arcade.shown_detail != FULL:
            words = _less_words(self._arcade.shown_detail)
        if problem is None and self._arcade.audience is not None:
            address = self._arcade.audience.invitation.address
            words = say("Phones in your network follow at {address}", address=address)
        foot = (middle, rows.bottom + theme.px(6))
        draw_hint(target, words, Font.BODY, MUTED, theme, midtop=foot)
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _labels(self) -> dict[str, str]:
        now = self._arcade.preferences
        return {
            "volume": with_value(say("Volume"), now.volume),
            "effects": with_value(say("Menu sounds"), now.effects),
            "muted": with_value(say("Sound"), on_off(not now.muted)),
            "language": with_value(say("Language"), NAMES[now.language]),
            "detail": with_value(say("Detail"), self._detail()),
            MEASURE: say("Measure this machine"),
            "speech": with_value(say("Spoken menus"), on_off(now.speech)),
            "daily": with_value(say("Game of the day"), on_off(now.daily)),
            "audience": with_value(
                say("Followers on phones"), on_off(self._arcade.audience is not None)
            ),
            "looks": say("Picture and text"),
            "controls": say("Controls"),
            "home": say("Back"),
        }

    def _detail(self) -> str:
        """Return how much is shown, and whether the machine's speed decides."""
        arcade = self._arcade
        words = detail_words(arcade.shown_detail)
        if arcade.preferences.detail != AUTO:
            return words
        if not arcade.detail.measured:
            return say("being measured")
        return say("automatic ({detail})", detail=words)


def detail_words(level: str) -> str:
    """Return how much is shown at a level of detail, in words."""
    return {FULL: say("full"), PLAIN: say("less"), SMALL: say("least")}[level]


def _less_words(level: str) -> str:
    """Return what is left out at a level below the full one."""
    if level == PLAIN:
        return say("For smooth games the network's picture has no tint")
    return say("For smooth games: no tint, and fewer pixels in full screen")
